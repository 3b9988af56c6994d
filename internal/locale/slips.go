package locale

// LetterMask is the set of letters, in 64 classes: two words that differ by k slips differ by k classes at most on either side.
func LetterMask(r []rune) uint64 {
	var m uint64
	for _, c := range r {
		m |= 1 << (uint32(c) % 64)
	}
	return m
}

// Slips is the optimal string alignment distance (insert, delete, replace, swap two neighbours), or limit+1 when it is more than limit.
// No library of ours carries it, and the bound keeps it to a few hundred steps.
func Slips(a, b []rune, limit int) int {
	if len(b) > 62 {
		return limit + 1
	}
	var rows [3][64]int
	before, last, now := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			now[j] = d
			least = min(least, d)
		}
		if least > limit {
			return limit + 1
		}
		before, last, now = last, now, before
	}
	return min(last[len(b)], limit+1)
}

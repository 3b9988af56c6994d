package answers

import "math/bits"

// maskOf is the set of letters, in 64 classes: two words that differ by k slips differ by k classes at most on either side.
func maskOf(r []rune) uint64 {
	var m uint64
	for _, c := range r {
		m |= 1 << (uint32(c) % 64)
	}
	return m
}

// nearest returns what the spellings mean that are fewest slips away from the word: one slip in four letters or more, two in eight. Where
// several are as near and mean different things, it returns none.
func (lx *Lexicon) nearest(word []rune) (m meaning, slips int, ok bool) {
	if len(word) <= shortestSpelt || len(word) > longestSpelt {
		return meaning{}, 0, false
	}
	most := 1
	if len(word) >= 8 {
		most = 2
	}
	mask, best, clash := maskOf(word), most+1, false
	for n := max(shortestSpelt, len(word)-most); n <= min(longestSpelt, len(word)+most); n++ {
		for i := range lx.spelt[n] {
			s := &lx.spelt[n][i]
			limit := min(most, best)
			if bits.OnesCount64(mask&^s.mask) > limit || bits.OnesCount64(s.mask&^mask) > limit {
				continue
			}
			d := distance(word, s.runes, limit)
			switch {
			case d > limit:
			case d < best:
				best, m, clash = d, s.meaning, false
			case d == best && !same(m.concepts, s.concepts):
				clash = true
			}
		}
	}
	return m, best, best <= most && !clash
}

func same(a, b []uint16) bool {
	for _, c := range a {
		for _, d := range b {
			if c == d {
				return true
			}
		}
	}
	return false
}

// distance is the optimal string alignment distance (insert, delete, replace, swap two neighbours), or limit+1 when it is more than limit.
func distance(a, b []rune, limit int) int {
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

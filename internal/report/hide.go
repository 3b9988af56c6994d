package report

import (
	"cmp"
	"slices"
)

// How small numbers are kept back. A number from 1 to least-1 tells of somebody who may be recognised; it is never told, and neither is it
// left as the difference of others. 0 tells of nobody: it is told where nothing beside it is hidden. What holds, then, of each Report:
//
//   - Of the parts of a whole that stand beside each other, such as the scores of 1 to 5, the small ones are hidden, the zeros with them, and
//     as many of the next ones as it takes for the hidden together to be at least the least, and for none of them to be determined by the
//     others' bounds.
//   - In a list whose lines bear names, such as trades, the small ones are one line without a name, and so is the smallest of the others
//     where they would be too few. A trade isn't told apart from its branch where the rest of the branch is small.
//   - A whole is told as "fewer than" when one of its parts is small, even when it is large: the parts are worth more.
//
// It holds of one Report. Who may order several can subtract one from another, a week from the same week and a day: they are staff, who see
// each recommendation in their inbox. Recommendations are counted, not their authors: quotes go by authors.

// Few is how many, unless they are few.
func few(least, n int) Number {
	if small(least, n) {
		return Number{Under: least}
	}
	return Number{N: n}
}

func small(least, n int) bool { return n > 0 && n < least }

// most is the largest that a number can be for who reads it.
func (n Number) most() int {
	if n.Under > 0 {
		return n.Under - 1
	}
	return n.N
}

// hidden tells whether a number says only what it is under.
func (n Number) hidden() bool { return n.Under > 0 }

// whole is the sum of parts of which some are told: exact, unless one of them is small.
func whole(least int, parts ...int) Number {
	sum, most, any := 0, 0, false
	for _, p := range parts {
		sum, most, any = sum+p, most+few(least, p).most(), any || small(least, p)
	}
	if any {
		return Number{Under: most + 1}
	}
	return Number{N: sum}
}

// noRest says that the parts are all that there is of their whole.
const noRest = -1

// hide tells the parts of a whole that is told. rest is what isn't among the parts and told nowhere; noRest when nothing can be.
func hide(least, rest int, parts ...int) []Number {
	told := make([]Number, len(parts))
	for i, p := range parts {
		told[i].N = p
	}
	if !slices.ContainsFunc(parts, func(p int) bool { return small(least, p) }) && !small(least, rest) {
		return told
	}
	// sum is what is known of the hidden ones together; loose, that one of them may be of any size.
	sum, n, loose := max(rest, 0), 0, rest != noRest
	var others []int
	for i, p := range parts {
		if p >= least {
			others = append(others, i)
			continue
		}
		sum, n, told[i] = sum+p, n+1, Number{Under: least}
	}
	slices.SortStableFunc(others, func(a, b int) int { return cmp.Compare(parts[a], parts[b]) })
	open := func() bool { return sum < least || !loose && sum == n*(least-1) }
	for ; open() && len(others) > 0; others = others[1:] {
		sum, loose = sum+parts[others[0]], true
		told[others[0]] = Number{Under: sum + 1}
	}
	if sum >= least && open() { // all of them are as large as a small one can be
		for i := range told {
			told[i] = Number{Under: sum + 1}
		}
	}
	return told
}

// gather tells a list: the counts in their order, the largest first, and without a name those that are few and those that have none. What
// is told together is 0 or enough.
func gather(least int, list []count) []Count {
	var shown []Count
	rest := 0
	for _, c := range ranked(list) {
		if c.id == "" || c.n < least {
			rest += c.n
			continue
		}
		shown = append(shown, Count{c.id, Number{N: c.n}})
	}
	for ; small(least, rest) && len(shown) > 0; shown = shown[:len(shown)-1] {
		rest += shown[len(shown)-1].N
	}
	if rest > 0 {
		shown = append(shown, Count{Number: few(least, rest)})
	}
	return shown
}

// count is how many of one thing, as it is.
type count struct {
	id string
	n  int
}

// ranked puts the largest first.
func ranked(list []count) []count {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b count) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.id, b.id)) })
	return list
}

// within tells a list whose lines belong to those of another, trades to branches: those of branches that are told, as long as what is left
// of the branch is 0 or enough.
func within(least int, list []count, of func(id string) string, above []count, told []Count) []Count {
	left := map[string]int{}
	for _, t := range told {
		if t.ID != "" {
			left[t.ID] = t.N
		}
	}
	total := 0
	for _, a := range above {
		total += a.n
	}
	var shown []Count
	for _, c := range ranked(list) {
		if _, ok := left[of(c.id)]; ok && c.id != "" && c.n >= least {
			shown = append(shown, Count{c.id, Number{N: c.n}})
			left[of(c.id)] -= c.n
		}
	}
	for i := len(shown) - 1; i >= 0; i-- { // the smallest of its branch goes where the others leave too few
		if b := of(shown[i].ID); small(least, left[b]) {
			left[b] += shown[i].N
			shown = slices.Delete(shown, i, i+1)
		}
	}
	for _, s := range shown {
		total -= s.N
	}
	if total > 0 {
		shown = append(shown, Count{Number: few(least, total)})
	}
	return shown
}

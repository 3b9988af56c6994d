package report

import "math"

// moments are the mean and the standard deviation of the scores, to a tenth: as they are told. 0 without scores.
func moments(scores [5]int) (mean, spread float64) {
	n, sum, squares := 0, 0, 0
	for i, k := range scores {
		n, sum, squares = n+k, sum+k*(i+1), squares+k*(i+1)*(i+1)
	}
	if n == 0 {
		return 0, 0
	}
	m := float64(sum) / float64(n)
	return tenth(m), tenth(math.Sqrt(max(0, float64(squares)/float64(n)-m*m)))
}

func tenth(x float64) float64 { return math.Round(x*10) / 10 }

// tellMoments are the mean and the spread, each 0 where it would let a hidden number be worked out: five scores with the mean 4.8 are four
// times 5 and once 4. told are the scores as they are told.
func tellMoments(least int, scores [5]int, told [5]Number) (mean, spread float64) {
	n := 0
	for _, k := range scores {
		n += k
	}
	if n < least {
		return 0, 0
	}
	mean, spread = moments(scores)
	fits := func(other [5]int) (bool, bool) {
		m, s := moments(other)
		return m == mean, m == mean && s == spread
	}
	byMean, byBoth := determined(least, scores, told, fits)
	switch {
	case byMean:
		return 0, 0
	case byBoth:
		return mean, 0
	}
	return mean, spread
}

// enough is from how many scores on a mean to a tenth alone determines nothing: two sums at least have it.
const enough = 25

// determined goes through all scores that may be meant by what is told, and tells whether those that fit leave one small number only for some
// hidden one: with the mean, and with the spread too. Without anything told but the mean (all hidden), enough scores leave more than one.
func determined(least int, scores [5]int, told [5]Number, fits func([5]int) (mean, both bool)) (byMean, byBoth bool) {
	var at []int // of the hidden ones; the widest last, which the others determine
	sum, widest := 0, 0
	for i, t := range told {
		if t.hidden() {
			at, sum, widest = append(at, i), sum+scores[i], max(widest, t.most())
		}
	}
	if len(at) == 0 {
		return false, false
	}
	for k, i := range at {
		if told[i].most() == widest {
			at[k], at[len(at)-1] = at[len(at)-1], i
			break
		}
	}
	type values struct{ from, to int }
	none := values{math.MaxInt, -1}
	mean, both := [5]values{none, none, none, none, none}, [5]values{none, none, none, none, none}
	other := scores
	var try func(k, left int)
	try = func(k, left int) {
		i := at[k]
		if k == len(at)-1 {
			if left > told[i].most() {
				return
			}
			other[i] = left
			m, b := fits(other)
			for _, j := range at {
				if m {
					mean[j] = values{min(mean[j].from, other[j]), max(mean[j].to, other[j])}
				}
				if b {
					both[j] = values{min(both[j].from, other[j]), max(both[j].to, other[j])}
				}
			}
			return
		}
		for v := 0; v <= min(left, told[i].most()); v++ {
			other[i] = v
			try(k+1, left-v)
		}
	}
	try(0, sum)
	for _, i := range at {
		byMean = byMean || mean[i].from == mean[i].to && small(least, mean[i].from)
		byBoth = byBoth || both[i].from == both[i].to && small(least, both[i].from)
	}
	return byMean, byBoth
}

// tellMean is the mean of scores of which nothing else is told but how many they are.
func tellMean(least int, scores [5]int) float64 {
	n := 0
	for _, k := range scores {
		n += k
	}
	if n >= enough {
		mean, _ := moments(scores)
		return mean
	}
	unknown := Number{Under: n + 1}
	mean, _ := tellMoments(least, scores, [5]Number{unknown, unknown, unknown, unknown, unknown})
	return mean
}

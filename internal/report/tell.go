package report

import (
	"cmp"
	"slices"
)

// tell makes a report of a tally: what may be told of it.
func (c Compiler) tell(t *tally) Report {
	r := Report{Scope: t.scope, Least: c.Least, Made: t.now.UTC(), Before: t.before}
	r.Scope.From, r.Scope.To = r.Scope.From.UTC(), r.Scope.To.UTC()
	if !r.Before.IsZero() {
		r.Before = r.Before.UTC()
	}
	r.Stops = c.tellStops(t)
	r.Came = c.tellCame(t)
	r.Satisfaction = c.tellSatisfaction(t)
	r.Themes, r.Voices = c.tellThemes(t)
	r.Response = c.tellResponse(t)
	r.Unanswered = c.tellQuestions(t)
	for _, g := range t.gathered {
		if g.Authors >= c.Least && len(r.Groups) < mostListed {
			r.Groups = append(r.Groups, Group{Theme: g.Theme, Size: Number{N: g.Authors}, Quotes: quotes(g.Said)})
		}
	}
	return r
}

// tellStops tells each stop. Those who came are parts of all who came; those who didn't, at stops that are over, and those who are still
// expected, at the others, are too. Who was registered at a stop is both together, so it is exact where both are.
func (c Compiler) tellStops(t *tally) []Stop {
	list := make([]Stop, len(t.stops))
	came, missed, expected, rated := perStop{}, perStop{}, perStop{}, perStop{}
	for i, s := range t.stops {
		list[i] = s.Stop
		if s.Cancelled {
			continue
		}
		if s.begun {
			came.add(i, s.attended)
			rated.add(i, s.ratings())
		}
		if s.over {
			missed.add(i, s.expected)
		} else {
			expected.add(i, s.expected)
		}
	}
	here, absent := map[int]Number{}, map[int]Number{}
	came.tell(c.Least, here)
	missed.tell(c.Least, absent)
	expected.tell(c.Least, absent)
	answered := map[int]Number{}
	rated.tell(c.Least, answered)
	for i, s := range t.stops {
		a, m := here[i], absent[i]
		list[i].Attended, list[i].Registered = a, Number{N: a.N + m.N}
		if a.hidden() || m.hidden() {
			list[i].Registered = Number{Under: a.most() + m.most() + 1}
		}
		list[i].Rated = answered[i]
		if !answered[i].hidden() {
			list[i].Mean = tellMean(c.Least, s.scores)
		}
	}
	return list
}

// A perStop is a number of several stops.
type perStop struct{ at, parts []int }

func (c *perStop) add(i, n int) { c.at, c.parts = append(c.at, i), append(c.parts, n) }

func (c *perStop) tell(least int, into map[int]Number) {
	for k, n := range hide(least, noRest, c.parts...) {
		into[c.at[k]] = n
	}
}

func (s *stopTally) ratings() (n int) {
	for _, k := range s.scores {
		n += k
	}
	return n
}

// tellCame tells who came and who didn't. Lists are of those who came, or have a place at a stop ahead; of each of the two only when they
// aren't few, because the sum of a list is how many they are.
func (c Compiler) tellCame(t *tally) Came {
	attended, missed, expected := 0, 0, 0
	for _, s := range t.stops {
		if attended += s.attended; s.over {
			missed += s.expected
		} else {
			expected += s.expected
		}
	}
	came := Came{Registered: whole(c.Least, attended, missed, expected), Attended: few(c.Least, attended), Missed: few(c.Least, missed)}
	walked, first := of(t.came["way"], "walk-in"), of(t.came["way"], "first")
	way := hide(c.Least, attended-walked-first, walked, first) // the rest came again
	came.WalkIns, came.First = way[0], way[1]

	list := func(part string) []count {
		sum := map[string]int{}
		if !small(c.Least, attended) {
			add(sum, t.came[part])
		}
		if !small(c.Least, expected) {
			add(sum, t.awaited[part])
		}
		return counts(sum)
	}
	trades := list("trade")
	branches := map[string]int{}
	for _, tr := range trades {
		branches[c.branch(tr.id)] += tr.n
	}
	above := counts(branches)
	came.Branches = gather(c.Least, above)
	known := make([]count, 0, len(trades))
	for _, tr := range trades {
		if c.branch(tr.id) == tr.id {
			tr.id = "" // at the door only the branch is asked
		}
		known = append(known, tr)
	}
	came.Trades = within(c.Least, known, c.branch, above, came.Branches)
	came.Places = gather(c.Least, list("place"))
	came.Card, came.RNA = c.ways(list("card")), c.ways(list("rna"))
	return came
}

func (c Compiler) branch(trade string) string {
	if c.Branch == nil || trade == "" {
		return ""
	}
	return c.Branch(trade)
}

// ways are the answers to a question that not everybody was asked.
func (c Compiler) ways(list []count) map[string]Number {
	keys := []string{"yes", "no", "unsure"}
	rest := 0
	for _, a := range list {
		if !slices.Contains(keys, a.id) {
			rest += a.n
		}
	}
	told := map[string]Number{}
	for i, n := range hide(c.Least, rest, of(list, keys[0]), of(list, keys[1]), of(list, keys[2])) {
		told[keys[i]] = n
	}
	return told
}

func of(list []count, id string) int {
	for _, c := range list {
		if c.id == id {
			return c.n
		}
	}
	return 0
}

func add(sum map[string]int, list []count) {
	for _, c := range list {
		sum[c.id] += c.n
	}
}

func counts(sum map[string]int) []count {
	list := make([]count, 0, len(sum))
	for id, n := range sum {
		list = append(list, count{id, n})
	}
	return ranked(list)
}

// tellSatisfaction tells the scores of all stops together.
func (c Compiler) tellSatisfaction(t *tally) Satisfaction {
	var scores [5]int
	asked, answered := 0, 0
	for _, s := range t.stops {
		for i, n := range s.scores {
			scores[i] += n
		}
		answered += s.ratings()
		asked += max(s.asked, s.ratings())
	}
	told := Satisfaction{Answered: few(c.Least, answered), Asked: whole(c.Least, answered, asked-answered)}
	copy(told.Scores[:], hide(c.Least, noRest, scores[:]...))
	told.Mean, told.Spread = tellMoments(c.Least, scores, told.Scores)
	return told
}

// tellThemes tells the themes and all recommendations together. What was said before is told of each theme by itself: its sum isn't told.
func (c Compiler) tellThemes(t *tally) (told []Theme, voices Number) {
	total := 0
	list := make([]count, len(t.themes))
	by := map[string]themeTally{}
	for i, th := range t.themes {
		list[i], by[th.id], total = count{th.id, th.now}, th, total+th.now
	}
	rest := 0
	for _, th := range t.themes {
		rest += th.before
	}
	for _, g := range gather(c.Least, list) {
		th := by[g.ID]
		if g.ID == "" {
			th = themeTally{before: rest}
		}
		rest -= th.before
		one := Theme{Count: g, Before: few(c.Least, th.before)}
		if len(th.names) > 0 {
			one.Names = th.names
		}
		if total >= c.Least && !g.hidden() {
			one.Share = float64(g.N) / float64(total)
		}
		told = append(told, one)
	}
	return told, few(c.Least, total)
}

// tellResponse tells how soon there was an answer. Questions are the difference to the recommendations, which are told: while they are few
// they are left out.
func (c Compiler) tellResponse(t *tally) Response {
	r, to := t.response, 1
	if small(c.Least, r.received[1]) {
		to = 0
	}
	received, answered, late := r.received[0], r.answered[0], r.late[0]
	if to == 1 {
		received, answered, late = received+r.received[1], answered+r.answered[1], late+r.late[1]
	}
	open := received - answered
	of := hide(c.Least, noRest, answered, open) // all of them are known: without questions they are the recommendations
	told := Response{Received: few(c.Least, received), Answered: of[0], Open: of[1], Late: hide(c.Least, open-late, late)[0]}
	if answered >= c.Least {
		told.Median, told.Slowest = r.median[to], r.slowest[to]
	}
	return told
}

// tellQuestions tells what was asked often enough without an answer, those alike together in the words that were used most.
func (c Compiler) tellQuestions(t *tally) []Question {
	groups := make([][]int, len(t.questions))
	for i := range t.questions {
		groups[i] = []int{i}
	}
	if c.Alike != nil {
		words := make([]string, len(t.questions))
		for i, q := range t.questions {
			words[i] = q.Words
		}
		groups = c.Alike(words)
	}
	var told []Question
	for _, g := range groups {
		one := t.questions[g[0]]
		for _, i := range g[1:] {
			one.Times.N += t.questions[i].Times.N
		}
		if one.Words = nameless(one.Words, ""); one.Times.N >= c.Least && one.Words != "" {
			told = append(told, one)
		}
	}
	slices.SortStableFunc(told, func(a, b Question) int { return cmp.Compare(b.Times.N, a.Times.N) })
	return told[:min(len(told), mostListed)]
}

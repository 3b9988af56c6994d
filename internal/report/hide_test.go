package report

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A reader is somebody who works out of a report all that its numbers and their sums give away.
type reader struct {
	t     *rapid.T
	least int
	know  map[string][2]int // what each number may be
	sums  []sum
}

// A sum is known to hold: the parts together are the whole.
type sum struct {
	whole string
	parts []string
}

func (r *reader) told(name string, n Number, atLeast int) {
	if n.N > 0 && n.N < r.least {
		r.t.Fatalf("%s is told as %d", name, n.N)
	}
	if n.Under > 0 {
		r.know[name] = [2]int{atLeast, n.Under - 1}
		return
	}
	r.know[name] = [2]int{n.N, n.N}
}

func (r *reader) holds(whole string, parts ...string) {
	for _, name := range append(parts, whole) {
		if _, ok := r.know[name]; !ok {
			r.know[name] = [2]int{0, math.MaxInt / 1000}
		}
	}
	r.sums = append(r.sums, sum{whole, parts})
}

// think narrows what each number may be by the others, until nothing comes of it any more.
func (r *reader) think() {
	for changed := true; changed; {
		changed = false
		narrow := func(name string, from, to int) {
			now := r.know[name]
			next := [2]int{max(now[0], from), min(now[1], to)}
			if next[0] > next[1] {
				r.t.Fatalf("%s can't be: %v, then %d to %d", name, now, from, to)
			}
			if next != now {
				r.know[name], changed = next, true
			}
		}
		for _, s := range r.sums {
			low, high := 0, 0
			for _, p := range s.parts {
				low, high = low+r.know[p][0], high+r.know[p][1]
			}
			narrow(s.whole, low, high)
			for _, p := range s.parts {
				narrow(p, r.know[s.whole][0]-(high-r.know[p][1]), r.know[s.whole][1]-(low-r.know[p][0]))
			}
		}
	}
}

// mustNotKnow fails where a number that is small, or several together that are, could be worked out; real are the true ones.
func (r *reader) mustNotKnow(real map[string]int) {
	r.think()
	for name, may := range r.know {
		if n, ok := real[name]; ok && (n < may[0] || n > may[1]) {
			r.t.Fatalf("%s is %d, and the report says %v", name, n, may)
		}
		if may[0] == may[1] && small(r.least, may[0]) {
			r.t.Fatalf("%s can be worked out: %d", name, may[0])
		}
	}
	for _, s := range r.sums {
		if w := r.know[s.whole]; w[0] == w[1] {
			left, some := w[0], false
			for _, p := range s.parts {
				if k := r.know[p]; k[0] == k[1] {
					left -= k[0]
				} else {
					some = true
				}
			}
			if some && small(r.least, left) {
				r.t.Fatalf("what isn't told of %s can be worked out to be %d together", s.whole, left)
			}
		}
	}
}

// few counts are small mostly, as they are at small stops.
func someCount(t *rapid.T, name string) int {
	return rapid.OneOf(rapid.IntRange(0, 6), rapid.IntRange(0, 6), rapid.IntRange(0, 40)).Draw(t, name)
}

var testBranches = map[string]string{"T1": "bois", "T2": "bois", "T3": "bois", "T4": "cuir", "T5": "cuir", "T6": "metal", "bois": "bois", "cuir": "cuir"}

// someTally is a tally whose sums fit, as those of the tables do.
func someTally(t *rapid.T) *tally {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	y := &tally{now: now, came: map[string][]count{}, awaited: map[string][]count{}}
	attended, expected := 0, 0
	for i := range rapid.IntRange(0, 4).Draw(t, "stops") {
		s := &stopTally{Stop: Stop{ID: fmt.Sprint(i)}}
		switch rapid.IntRange(0, 3).Draw(t, "when") {
		case 0: // ahead
			s.expected = someCount(t, "expected")
			expected += s.expected
		case 1: // going on
			s.begun, s.attended, s.expected = true, someCount(t, "attended"), someCount(t, "expected")
			expected += s.expected
		default:
			s.begun, s.over, s.attended, s.expected = true, true, someCount(t, "attended"), someCount(t, "missed")
			for k := range s.scores {
				s.scores[k] = rapid.IntRange(0, 8).Draw(t, "score")
			}
			s.asked = rapid.IntRange(0, 60).Draw(t, "asked")
		}
		attended += s.attended
		y.stops = append(y.stops, s)
	}
	split := func(n int, part string, keys ...string) []count {
		var list []count
		for i, k := range keys {
			m := n
			if i < len(keys)-1 {
				m = min(n, rapid.OneOf(rapid.IntRange(0, 6), rapid.IntRange(0, n)).Draw(t, part+" "+k))
			}
			list, n = append(list, count{k, m}), n-m
		}
		return list
	}
	for part, keys := range map[string][]string{"trade": {"T1", "T2", "T3", "T4", "T5", "bois", "cuir", "", "T6"}, "place": {"fes", "sefrou", "", "taza", "meknes"},
		"card": {"yes", "unsure", "", "no"}, "rna": {"yes", "no", "unsure", ""}, "way": {"walk-in", "again", "first"}} {
		y.came[part] = split(attended, "came "+part, keys...)
		if part != "way" {
			y.awaited[part] = split(expected, "awaited "+part, keys...)
		}
	}
	voices := 0
	for i := range rapid.IntRange(0, 5).Draw(t, "themes") {
		n := someCount(t, "theme")
		y.themes = append(y.themes, themeTally{id: fmt.Sprint("theme", i), now: n, before: someCount(t, "before")})
		voices += n
	}
	for k, n := range [2]int{voices, someCount(t, "questions")} {
		r := &y.response
		r.received[k] = n
		r.answered[k] = min(n, rapid.OneOf(rapid.IntRange(0, 6), rapid.IntRange(0, n)).Draw(t, "answered"))
		r.late[k] = rapid.IntRange(0, n-r.answered[k]).Draw(t, "late")
	}
	return y
}

func TestFromAReportNobodyWorksOutASmallNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		y := someTally(t)
		least := rapid.IntRange(SmallestLeast, 7).Draw(t, "least")
		c := Compiler{Least: least, Branch: func(trade string) string { return testBranches[trade] }}
		r := c.tell(y)
		who := &reader{t: t, least: least, know: map[string][2]int{}}
		real := map[string]int{}

		// who came: of each stop, of all, and how
		who.told("registered", r.Came.Registered, 0)
		who.told("attended", r.Came.Attended, 1)
		who.told("missed", r.Came.Missed, 1)
		var came, missed, expected, rated []string
		for i, s := range r.Stops {
			id := func(what string) string { return what + " at " + s.ID }
			who.told(id("registered"), s.Registered, 0)
			who.told(id("attended"), s.Attended, 0)
			who.told(id("rated"), s.Rated, 0)
			real[id("attended")], real[id("absent")], real[id("registered")] = y.stops[i].attended, y.stops[i].expected, y.stops[i].attended+y.stops[i].expected
			real[id("rated")] = y.stops[i].ratings()
			came, rated = append(came, id("attended")), append(rated, id("rated"))
			who.holds(id("registered"), id("attended"), id("absent"))
			if y.stops[i].over {
				missed = append(missed, id("absent"))
			} else {
				expected = append(expected, id("absent"))
			}
		}
		who.holds("attended", came...)
		who.holds("missed", missed...)
		who.holds("expected", expected...)
		who.holds("registered", "attended", "missed", "expected")
		who.told("walk-ins", r.Came.WalkIns, 0)
		who.told("first", r.Came.First, 0)
		who.holds("attended", "walk-ins", "first", "again")

		// lists: their sum is how many they are about, whatever that is
		who.listed("branches", r.Came.Branches)
		who.listed("trades", r.Came.Trades)
		who.listed("places", r.Came.Places)
		who.holds("listed", "branches")
		who.holds("listed", "trades")
		who.holds("listed", "places")
		listed := 0
		for _, b := range r.Came.Branches {
			listed += b.N // that of too few is 0
		}
		if !r.Came.Attended.hidden() && small(least, listed-r.Came.Attended.N) {
			t.Fatalf("the branches are %d, and %d came: the others have a place ahead", listed, r.Came.Attended.N)
		}
		for _, b := range r.Came.Branches {
			if b.ID != "" {
				parts := []string{"rest of " + b.ID}
				for _, tr := range r.Came.Trades {
					if tr.ID != "" && testBranches[tr.ID] == b.ID {
						parts = append(parts, "trades "+tr.ID)
					}
				}
				who.holds("branches "+b.ID, parts...)
			}
		}
		for _, q := range []struct {
			name string
			told map[string]Number
		}{{"card", r.Came.Card}, {"rna", r.Came.RNA}} {
			for _, k := range []string{"yes", "no", "unsure"} {
				who.told(q.name+k, q.told[k], 0)
			}
			who.holds("listed", q.name+"yes", q.name+"no", q.name+"unsure", q.name+" not asked")
		}

		// how they found it
		s := r.Satisfaction
		who.told("asked", s.Asked, 0)
		who.told("answered", s.Answered, 1)
		who.holds("asked", "answered", "silent")
		who.holds("answered", rated...)
		var scores []string
		for i, n := range s.Scores {
			who.told(fmt.Sprint("score ", i+1), n, 0)
			scores = append(scores, fmt.Sprint("score ", i+1))
		}
		who.holds("answered", scores...)

		// what they said, and what came of it
		who.told("voices", r.Voices, 1)
		var themes []Count
		for _, th := range r.Themes {
			themes = append(themes, th.Count)
			who.told("before "+th.ID, th.Before, 1)
		}
		who.listed("themes", themes)
		who.holds("voices", "themes")
		who.told("received", r.Response.Received, 1)
		who.told("answered voices", r.Response.Answered, 0)
		who.told("open", r.Response.Open, 0)
		who.told("late", r.Response.Late, 0)
		who.holds("received", "answered voices", "open")
		who.holds("open", "late", "in time")
		who.holds("received", "voices", "questions")
		who.mustNotKnow(real)
	})
}

// listed is a list that is told: the lines are all that there is.
func (r *reader) listed(name string, list []Count) {
	var parts []string
	for _, c := range list {
		r.told(name+" "+c.ID, c.Number, 1)
		parts = append(parts, name+" "+c.ID)
	}
	r.holds(name, parts...)
}

func TestMeanAndSpreadGiveNoScoreAway(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const least = 5
		var scores [5]int
		for i := range scores {
			scores[i] = rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 4), rapid.IntRange(0, 12)).Draw(t, "score")
		}
		var told [5]Number
		copy(told[:], hide(least, noRest, scores[:]...))
		mean, spread := tellMoments(least, scores, told)
		alone := tellMean(least, scores)
		n := 0
		for _, k := range scores {
			n += k
		}
		if n < least {
			if mean+spread+alone != 0 {
				t.Fatal("a mean of too few")
			}
			return
		}
		if n > 22 {
			return // too many to go through
		}
		// All that could be meant, gone through one by one.
		may, mayAlone := [5]map[int]bool{}, [5]map[int]bool{}
		for i := range may {
			may[i], mayAlone[i] = map[int]bool{}, map[int]bool{}
		}
		var x [5]int
		for x[0] = 0; x[0] <= n; x[0]++ {
			for x[1] = 0; x[0]+x[1] <= n; x[1]++ {
				for x[2] = 0; x[0]+x[1]+x[2] <= n; x[2]++ {
					for x[3] = 0; x[0]+x[1]+x[2]+x[3] <= n; x[3]++ {
						x[4] = n - x[0] - x[1] - x[2] - x[3]
						m, s := moments(x)
						fits := (mean == 0 || m == mean) && (spread == 0 || s == spread || mean == 0)
						for i := range x {
							fits = fits && (told[i].hidden() && x[i] <= told[i].most() || !told[i].hidden() && x[i] == told[i].N)
						}
						for i := range x {
							if fits {
								may[i][x[i]] = true
							}
							if alone == 0 || m == alone {
								mayAlone[i][x[i]] = true
							}
						}
					}
				}
			}
		}
		for i, k := range scores {
			if small(least, k) && (len(may[i]) < 2 || alone > 0 && len(mayAlone[i]) < 2) {
				t.Fatalf("of %v the score %d can be worked out from mean %v, spread %v, %v; or from the mean %v alone", scores, i+1, mean, spread, told, alone)
			}
		}
	})
}

func TestHowSmallNumbersAreTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		rest int
		in   []int
		want string
	}{
		{"nothing is small", noRest, []int{5, 0, 12}, "5 0 12"},
		{"zeros hide beside small ones", noRest, []int{0, 3, 2, 20}, "<5 <5 <5 20"},
		{"too few together take the next one", noRest, []int{0, 0, 3, 12, 25}, "<5 <5 <5 <16 25"},
		{"two fours would be known", noRest, []int{4, 4, 30}, "<5 <5 <39"},
		{"nothing is left to take", noRest, []int{4, 4}, "<9 <9"},
		{"few in all", noRest, []int{2, 0}, "<5 <5"},
		{"what isn't told hides them", 9, []int{3, 20}, "<5 20"},
		{"what isn't told is small itself", 2, []int{30, 20}, "30 <23"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			for _, n := range hide(5, c.rest, c.in...) {
				if got != "" {
					got += " "
				}
				if n.hidden() {
					got += "<"
				}
				got += fmt.Sprint(n.N + n.Under)
			}
			if got != c.want {
				t.Errorf("told %s, want %s", got, c.want)
			}
		})
	}
}

package answers

import (
	"cmp"
	"runtime"
	"slices"
	"sync"

	"github.com/qafila/qafila/internal/locale"
)

// A Decision is what to do with a question.
type Decision string

const (
	// Answer is for a question that is understood: answer it.
	Answer Decision = "answer"
	// Choose is for one that may mean a few things: ask which.
	Choose Decision = "choose"
	// Unknown is for what is not understood, or not the bot's business: say so, kindly.
	Unknown Decision = "unknown"
)

// A Result is what a question was understood as.
type Result struct {
	Decision   Decision
	ID         string      // the likeliest entry, whatever the decision; OutOfScope for what isn't the bot's business
	Score      float64     // 0 to 1: how likely ID is
	Candidates []Candidate // the likeliest entries, ID first; at most three, none that can't be meant
}

// A Candidate is an entry that a question may mean.
type Candidate struct {
	ID    string
	Score float64
}

// mostCandidates is how many buttons a person chooses among.
const mostCandidates = 3

// An Index understands questions in French, Arabic and Darija in either script, also in several at once. It learns from the ways of
// asking, the titles, and the lexicon's readings; the same knowledge always gives the same index. It never changes, does no I/O, and is
// safe for concurrent use.
type Index struct {
	answers *Answers
	lexicon *Lexicon
	known   map[string]word   // words of the ways and titles, looked up already
	rows    map[feature]int32 // the features that were met
	weighed int               // rows below this have weights
	ids     []string          // the classes
	class   map[string]int    // the reverse
	weights *packed
	near    *neighbours
}

// NewIndex learns how people ask for each entry.
func NewIndex(a *Answers, lx *Lexicon) *Index {
	return learn(a, a.questions(), lx)
}

// A question is words of which it is known what they mean.
type question struct {
	text, id string
	script   Script // "" for titles
}

// questions are all that people are known to ask.
func (a *Answers) questions() []question {
	var all []question
	for _, e := range a.Entries() {
		for _, s := range Scripts() {
			for _, way := range e.ways[s] {
				all = append(all, question{way, e.ID, s})
			}
		}
		for _, l := range locale.Languages() {
			if t, ok := e.title[l]; ok {
				all = append(all, question{t, e.ID, ""})
			}
		}
	}
	return all
}

// readingWeight is how much a reading of the lexicon counts beside a way of asking.
const readingWeight = 0.5

func learn(a *Answers, asked []question, lx *Lexicon) *Index {
	ix := &Index{answers: a, lexicon: lx, known: map[string]word{}, rows: map[feature]int32{}, class: map[string]int{}}
	for _, e := range a.Entries() {
		ix.class[e.ID] = len(ix.ids)
		ix.ids = append(ix.ids, e.ID)
	}
	typed := make([][]string, len(asked))
	for i, q := range asked {
		typed[i] = split(q.text)
	}
	ix.lookUp(typed)
	shows := make([]sight, len(asked)+len(lx.readings))
	apart(len(shows), func(from, to int) {
		var seen []shown
		for i := from; i < to; i++ {
			id, r, weight := lx.lesson(i, asked, typed, ix.known)
			if c, ok := ix.class[id]; ok {
				seen = lx.features(r, seen)
				shows[i] = sight{c, slices.Clone(seen), weight}
			}
		}
	})
	shows = slices.DeleteFunc(shows, func(s sight) bool { return s.weight == 0 }) // of entries that there aren't
	met := map[feature]int{}
	for _, s := range shows {
		for _, f := range s.seen {
			met[f.feature]++
		}
	}
	all, weighed := ix.number(shows, met)
	ix.near = remember(all, len(ix.rows))
	ix.weights = teach(len(ix.ids), ix.weighed, weighed).pack()
	return ix
}

// lesson is the reading of the i-th of the questions, or of the lexicon's readings behind them: what it means, and how much it counts.
func (lx *Lexicon) lesson(i int, asked []question, typed [][]string, known map[string]word) (id string, r reading, weight float32) {
	if i < len(asked) {
		return asked[i].id, lx.readWords(typed[i], known), 1
	}
	said := lx.readings[i-len(asked)]
	r = reading{words: make([]word, len(said.concepts))}
	for k := range said.concepts {
		r.words[k] = word{concepts: said.concepts[k : k+1], surety: asSpelt}
	}
	return said.id, r, readingWeight
}

// lookUp looks all the words up, once each.
func (ix *Index) lookUp(typed [][]string) {
	var list []string
	for _, words := range typed {
		for _, w := range words {
			if _, ok := ix.known[w]; !ok {
				ix.known[w] = word{}
				list = append(list, w)
			}
		}
	}
	found := make([]word, len(list))
	apart(len(list), func(from, to int) {
		for i := from; i < to; i++ {
			found[i] = ix.lexicon.look(list[i])
		}
	})
	for i, w := range list {
		ix.known[w] = found[i]
	}
}

// apart does something for n things in as many parts as there are processors, at the same time.
func apart(n int, do func(from, to int)) {
	parts := runtime.GOMAXPROCS(0)
	var all sync.WaitGroup
	for p := range parts {
		all.Go(func() { do(n*p/parts, n*(p+1)/parts) })
	}
	all.Wait()
}

// A sight is what is to be learnt of one question.
type sight struct {
	class  int
	seen   []shown
	weight float32
}

// number gives the features their rows, those first that more than one question has. Only these are weighed: what one question alone has
// says nothing of others but that they are near, and most of all features are such.
func (ix *Index) number(shows []sight, met map[feature]int) (all, weighed []lesson) {
	for _, often := range []bool{true, false} {
		for _, s := range shows {
			for _, f := range s.seen {
				if _, ok := ix.rows[f.feature]; !ok && met[f.feature] > 1 == often {
					ix.rows[f.feature] = int32(len(ix.rows))
				}
			}
		}
		if often {
			ix.weighed = len(ix.rows)
		}
	}
	all, weighed = make([]lesson, len(shows)), make([]lesson, len(shows))
	for i, s := range shows {
		seen, often := ix.traits(s.seen)
		all[i], weighed[i] = lesson{s.class, seen, s.weight}, lesson{s.class, often, s.weight}
		shows[i].seen = nil // there are many
	}
	return all, weighed
}

// traits are the features that were met, those that are weighed first.
func (ix *Index) traits(seen []shown) (all, weighed []trait) {
	all = make([]trait, 0, len(seen))
	for _, s := range seen {
		if row, ok := ix.rows[s.feature]; ok && int(row) < ix.weighed {
			all = append(all, trait{row, s.value * sharpness})
		}
	}
	n := len(all)
	for _, s := range seen {
		if row, ok := ix.rows[s.feature]; ok && int(row) >= ix.weighed {
			all = append(all, trait{row, s.value * sharpness})
		}
	}
	return all, all[:n:n]
}

// likelihoods are the probabilities of all classes.
func (ix *Index) likelihoods(r reading) []float32 {
	all, weighed := ix.traits(ix.lexicon.features(r, nil))
	p := make([]float32, len(ix.ids))
	ix.weights.scores(weighed, p)
	ix.near.add(all, p)
	softmax(p)
	return p
}

// ranked are the likeliest entries, the likeliest first.
func (ix *Index) ranked(p []float32, most int) []Candidate {
	var list []Candidate
	for c, v := range p {
		if len(list) == most && float64(v) <= list[most-1].Score {
			continue
		}
		at, _ := slices.BinarySearchFunc(list, float64(v), func(a Candidate, v float64) int { return cmp.Compare(v, a.Score) })
		list = slices.Insert(list, at, Candidate{ix.ids[c], float64(v)})
		list = list[:min(len(list), most)]
	}
	return list
}

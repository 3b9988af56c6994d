package answers

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/qafila/qafila/internal/locale"
)

// A Decision is what to do with a question.
type Decision string

const (
	Answer  Decision = "answer"  // sure: answer it
	Choose  Decision = "choose"  // one of a few: ask which
	Unknown Decision = "unknown" // not the bot's business, or not understood: say so
)

// A Result is what a question was understood as.
type Result struct {
	Decision   Decision
	ID         string  // the best entry, whatever the decision; OutOfScope for what is not the bot's business, "" when nothing was said
	Score      float64 // from 0 to 1: the share of questions that look so and mean ID
	Candidates []Candidate
}

// A Candidate is an entry that a question may mean.
type Candidate struct {
	ID    string
	Score float64
}

// mostCandidates is how many buttons a person chooses among.
const mostCandidates = 3

// An Index understands questions in French, Arabic and Darija in either script. It never changes and is safe for concurrent use.
type Index struct {
	lexicon     *Lexicon
	known       map[string]word // words of the ways and titles
	ids         []string        // the classes
	model       *weights
	lists       [][]posting
	idf         []float32
	lessonClass []int32
	share       map[string][]float32
}

func topicOf(id string) string { t, _, _ := strings.Cut(id, "."); return t }

func (ix *Index) learnShares(asked []question) {
	count := map[string][]float32{}
	total := map[string]float32{}
	note := func(id string, r reading, w float32) {
		t := topicOf(id)
		if count[t] == nil {
			count[t] = make([]float32, len(ix.lexicon.concepts))
		}
		seen := map[uint16]bool{}
		for _, x := range r.words {
			for _, c := range x.concepts {
				if !seen[c] {
					seen[c] = true
					count[t][c] += w * x.surety
				}
			}
		}
		total[t] += w
	}
	for _, q := range asked {
		note(q.id, ix.lexicon.readQuestion(q.text, ix.known), 1)
	}
	for _, said := range ix.lexicon.readings {
		var r reading
		for _, concept := range said.concepts {
			r.words = append(r.words, word{concepts: []uint16{concept}, surety: 1})
		}
		note(said.id, r, 1)
	}
	sum := make([]float32, len(ix.lexicon.concepts))
	for t := range count {
		for c := range sum {
			count[t][c] /= total[t]
			sum[c] += count[t][c]
		}
	}
	for t := range count {
		for c := range sum {
			if sum[c] > 0 {
				count[t][c] /= sum[c]
			}
		}
	}
	ix.share = count
}

func (ix *Index) support(id string, r reading) float32 {
	s := ix.share[topicOf(id)]
	var best float32
	for _, x := range r.words {
		for _, c := range x.concepts {
			best = max(best, s[c]*x.surety)
		}
	}
	return best
}

type posting struct {
	lesson int32
	v      float32
}

// NewIndex learns how people ask for each entry.
func NewIndex(a *Answers, lx *Lexicon) *Index {
	var asked []question
	for _, e := range a.Entries() {
		for _, way := range e.Asked() {
			asked = append(asked, question{way, e.ID})
		}
		for _, l := range locale.Languages() {
			if t, ok := e.title[l]; ok {
				asked = append(asked, question{t, e.ID})
			}
		}
	}
	return learn(asked, lx)
}

type question struct{ text, id string }

func learn(asked []question, lx *Lexicon) *Index {
	ix := &Index{lexicon: lx, known: map[string]word{}}
	class := map[string]int{}
	rows := map[feature]int32{}
	lessons := make([]lesson, 0, len(asked)+len(lx.readings))
	add := func(c int, r reading, weight float32) {
		seen := lx.features(r, nil)
		for i, s := range seen {
			row, ok := rows[s.feature]
			if !ok {
				row = int32(len(rows))
				rows[s.feature] = row
			}
			seen[i].feature = feature(row)
		}
		lessons = append(lessons, lesson{class: c, features: seen, weight: weight})
	}
	for _, q := range asked {
		c, ok := class[q.id]
		if !ok {
			c = len(ix.ids)
			class[q.id] = c
			ix.ids = append(ix.ids, q.id)
		}
		for _, w := range split(q.text) {
			if _, ok := ix.known[w]; !ok {
				ix.known[w] = lx.look(w)
			}
		}
		add(c, lx.readQuestion(q.text, ix.known), 1)
	}
	for _, said := range lx.readings {
		if c, ok := class[said.id]; ok {
			var r reading
			for _, concept := range said.concepts {
				r.words = append(r.words, word{concepts: []uint16{concept}, surety: asSpelt})
			}
			add(c, r, float32(ev("RW", 0.5)))
		}
	}
	for i := range lessons {
		for j := range lessons[i].features {
			lessons[i].features[j].value *= sharpness
		}
	}
	ix.learnShares(asked)
	ix.near(lessons, len(rows))
	ix.model = teach(len(ix.ids), lessons, rows)
	return ix
}

// Ask tells what the question means.
func (ix *Index) Ask(text string) Result {
	r := ix.lexicon.readQuestion(text, ix.known)
	seen := ix.lexicon.features(r, nil)
	kept := seen[:0]
	for _, s := range seen {
		if row, ok := ix.model.row[s.feature]; ok {
			kept = append(kept, seen0(row, s.value*sharpness))
		}
	}
	p := make([]float32, len(ix.ids))
	ix.model.scores(kept, p)
	ix.nearBonus(kept, p)
	softmax(p)
	var out Result
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p[b], p[a]) })
	for _, c := range order[:min(mostCandidates, len(order))] {
		out.Candidates = append(out.Candidates, Candidate{ix.ids[c], float64(p[c])})
	}
	out.ID, out.Score = out.Candidates[0].ID, out.Candidates[0].Score
	out.Decision = Choose
	if out.Score > 0.6 {
		out.Decision = Answer
	}
	return out
}

func seen0(row int32, v float32) seen { return seen{feature(row), v} }

func (ix *Index) near(lessons []lesson, n int) {
	df := make([]int, n)
	for _, l := range lessons {
		for _, f := range l.features {
			df[f.feature]++
		}
	}
	ix.idf = make([]float32, n)
	for i := range df {
		ix.idf[i] = float32(math.Log(float64(len(lessons)+1) / float64(df[i]+1)))
	}
	ix.lists = make([][]posting, n)
	for li, l := range lessons {
		ix.lessonClass = append(ix.lessonClass, int32(l.class))
		var sum float32
		for _, f := range l.features {
			w := f.value * ix.idf[f.feature]
			sum += w * w
		}
		sum = float32(math.Sqrt(float64(sum)))
		for _, f := range l.features {
			ix.lists[f.feature] = append(ix.lists[f.feature], posting{int32(li), f.value * ix.idf[f.feature] / sum})
		}
	}
}

func (ix *Index) nearBonus(kept []seen, p []float32) {
	dots := make([]float32, len(ix.lessonClass))
	var sum float32
	for _, f := range kept {
		w := f.value * ix.idf[f.feature]
		sum += w * w
	}
	sum = float32(math.Sqrt(float64(sum)))
	if sum == 0 {
		return
	}
	for _, f := range kept {
		w := f.value * ix.idf[f.feature] / sum
		for _, q := range ix.lists[f.feature] {
			dots[q.lesson] += w * q.v
		}
	}
	best := make([][3]float32, len(p))
	for i, d := range dots {
		b := &best[ix.lessonClass[i]]
		switch {
		case d > b[0]:
			b[2] = b[1]
			b[1] = b[0]
			b[0] = d
		case d > b[1]:
			b[2] = b[1]
			b[1] = d
		case d > b[2]:
			b[2] = d
		}
	}
	k := float32(ev("KNN", 6))
	for c := range p {
		p[c] += k * (best[c][0]*0.5 + best[c][1]*0.3 + best[c][2]*0.2)
	}
}

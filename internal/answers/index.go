package answers

import (
	"cmp"
	"slices"

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
	lexicon *Lexicon
	known   map[string]word // words of the ways and titles
	ids     []string        // the classes
	model   *weights
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

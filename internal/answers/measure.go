package answers

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/qafila/qafila/internal/locale"
)

// A Labelled question is one of which somebody has said what it means.
type Labelled struct {
	Script Script
	ID     string
	Text   string
	Line   int // in its file, from 1
}

// ReadLabelled reads lines of "id<TAB>question"; empty ones are skipped.
func ReadLabelled(r io.Reader, script Script) ([]Labelled, error) {
	var list []Labelled
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		id, text, ok := strings.Cut(lines.Text(), "\t")
		if !ok || id == "" || strings.TrimSpace(text) == "" {
			return nil, fmt.Errorf("line %d: want an id, a tab and a question, got %q", n, lines.Text())
		}
		list = append(list, Labelled{script, id, text, n})
	}
	return list, lines.Err()
}

// Unasked leaves out questions that are ways of asking as they stand ("merci", "prix carte"): they would measure nothing.
func (a *Answers) Unasked(list []Labelled) []Labelled {
	return slices.DeleteFunc(slices.Clone(list), func(q Labelled) bool { return a.exact[locale.Fold(q.Text)] != "" })
}

// Figures tell how well questions in one script are understood.
type Figures struct {
	Asked           int // about what the bot knows
	First           int // of these, the right entry came first, whatever the decision
	Three           int // it was among the first three
	Answered        int // it was answered without asking back
	Wrong           int // it was answered so, and wrongly
	Outside         int // about anything else
	OutsideAnswered int // of these, answered as if the bot knew
}

func (f *Figures) count(id string, r Result) {
	answered := r.Decision == Answer && r.ID != OutOfScope
	if id == OutOfScope {
		f.Outside++
		if answered {
			f.OutsideAnswered++
		}
		return
	}
	f.Asked++
	if r.ID == id {
		f.First++
	}
	if slices.ContainsFunc(r.Candidates, func(c Candidate) bool { return c.ID == id }) {
		f.Three++
	}
	if answered {
		f.Answered++
		if r.ID != id {
			f.Wrong++
		}
	}
}

// Measure asks every question and counts what came of it, by script.
func (ix *Index) Measure(questions []Labelled) map[Script]Figures {
	figures := map[Script]Figures{}
	for _, q := range questions {
		f := figures[q.Script]
		f.count(q.ID, ix.Ask(q.Text))
		figures[q.Script] = f
	}
	return figures
}

// CrossValidate teaches an index all ways of asking but one in folds, asks it those, and so on for each fold. A way is judged by what
// was learnt from the others: that it is known as it stands, to the answers, doesn't count.
func CrossValidate(a *Answers, lx *Lexicon, folds int) map[Script]Figures {
	figures := map[Script]Figures{}
	all := a.questions()
	for fold := range folds {
		var learnt []question
		for i, q := range all {
			if q.script == "" || i%folds != fold {
				learnt = append(learnt, q)
			}
		}
		ix := learn(a, learnt, lx)
		for i, q := range all {
			if q.script != "" && i%folds == fold {
				f := figures[q.script]
				f.count(q.id, ix.judge(lx.readQuestion(q.text, ix.known)))
				figures[q.script] = f
			}
		}
	}
	return figures
}

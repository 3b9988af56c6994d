package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/qafila/qafila/internal/answers"
)

type answersCheck struct{}

// Run says what is wrong with the knowledge, with file, line and a hint.
func (answersCheck) Run() error {
	a, _, problems := shippedKnowledge()
	for _, p := range problems {
		fmt.Fprintln(os.Stderr, p)
	}
	if len(problems) > 0 {
		return fmt.Errorf("%d problems", len(problems))
	}
	ways := 0
	for _, e := range a.Entries() {
		ways += len(e.Asked())
	}
	fmt.Printf("%d answers, %d ways of asking: sound\n", len(a.Entries()), ways)
	return nil
}

type answersStats struct {
	Set   string `help:"Folder with fr.tsv, ar.tsv and latin.tsv: an id, a tab and a question a line." default:"internal/answers/testdata/dev" type:"path"`
	Folds int    `help:"Parts of the ways of asking for the cross-validation; 0 leaves it out." default:"5"`
}

// Run prints how well questions are understood, script by script: on a set of questions that the knowledge was not made from (the lines
// with even numbers were not looked at for the lexicon either; what is a way of asking as it stands is left out), and by cross-validation over the ways of asking.
func (c *answersStats) Run() error { return c.print(os.Stdout) }

func (c *answersStats) print(out io.Writer) error {
	a, lexicon, problems := shippedKnowledge()
	if len(problems) > 0 {
		return fmt.Errorf("%d problems; see qafila answers check", len(problems))
	}
	ix := answers.NewIndex(a, lexicon)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "questions\tscript\tasked\tright first\tin three\tanswered\tsure and wrong\toutside\tanswered\t")
	var odd, even []answers.Labelled
	for _, script := range answers.Scripts() {
		file, err := os.Open(filepath.Join(c.Set, string(script)+".tsv"))
		if err != nil {
			return fmt.Errorf("open the set: %w", err)
		}
		list, err := answers.ReadLabelled(file, script)
		_ = file.Close()
		if err != nil {
			return fmt.Errorf("read %s: %w", file.Name(), err)
		}
		for _, q := range list {
			if q.Line%2 == 1 {
				odd = append(odd, q)
			} else {
				even = append(even, q)
			}
		}
	}
	row(w, "odd lines", ix.Measure(a.Unasked(odd)))
	row(w, "even lines", ix.Measure(a.Unasked(even)))
	if c.Folds > 1 {
		row(w, fmt.Sprintf("%d folds of the ways", c.Folds), answers.CrossValidate(a, lexicon, c.Folds))
	}
	return w.Flush()
}

func row(w io.Writer, name string, figures map[answers.Script]answers.Figures) {
	for _, script := range answers.Scripts() {
		f := figures[script]
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%d\t%s\t\n", name, script, f.Asked, share(f.First, f.Asked), share(f.Three, f.Asked),
			share(f.Answered, f.Asked), share(f.Wrong, f.Asked), f.Outside, share(f.OutsideAnswered, f.Outside))
	}
}

func share(n, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(of))
}

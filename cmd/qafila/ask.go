package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/knowledge"
)

type askCommand struct {
	JSON bool   `name:"json" help:"Print one JSON object a line instead of words."`
	Lang string `help:"Language of the words: fr, ar or ary." default:"fr" enum:"fr,ar,ary"`
}

// Run understands the questions on standard input, one a line. It needs no database.
func (c *askCommand) Run() error {
	a, ix, err := understanding()
	if err != nil {
		return err
	}
	return c.answer(a, ix, os.Stdin, os.Stdout)
}

// understanding loads what ships.
func understanding() (*answers.Answers, *answers.Index, error) {
	a, lexicon, problems := shippedKnowledge()
	if len(problems) > 0 {
		var all []error
		for _, p := range problems {
			all = append(all, errors.New(p.String()))
		}
		return nil, nil, fmt.Errorf("read the answers: %w", errors.Join(all...))
	}
	return a, answers.NewIndex(a, lexicon), nil
}

func shippedKnowledge() (*answers.Answers, *answers.Lexicon, []answers.Problem) {
	a, wrong := answers.Load(knowledge.Files, nil)
	lexicon, unread := answers.ReadLexicon(knowledge.Files, directory.Default())
	wrong = append(wrong, unread...)
	if a != nil && lexicon != nil {
		wrong = append(wrong, lexicon.Check(a)...)
	}
	for i := range wrong {
		wrong[i].File = "knowledge/" + wrong[i].File
	}
	return a, lexicon, wrong
}

// understood is one line of --json.
type understood struct {
	Text       string           `json:"text"`
	Decision   answers.Decision `json:"decision"`
	ID         string           `json:"id"`
	Score      float64          `json:"score"`
	Candidates []candidate      `json:"candidates"`
}

type candidate struct {
	ID    string  `json:"id"`
	Score float64 `json:"score"`
}

// answer reads in line by line and flushes each answer, so that it can be talked to through a pipe. A line may be of any length.
func (c *askCommand) answer(a *answers.Answers, ix *answers.Index, in io.Reader, out io.Writer) error {
	lines, w := bufio.NewReader(in), bufio.NewWriter(out)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	for {
		line, err := lines.ReadString('\n')
		if line == "" && err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("read a question: %w", err)
		}
		text := strings.TrimRight(line, "\r\n")
		r := ix.Ask(text)
		if c.JSON {
			u := understood{Text: text, Decision: r.Decision, ID: r.ID, Score: r.Score, Candidates: []candidate{}}
			for _, one := range r.Candidates {
				u.Candidates = append(u.Candidates, candidate(one))
			}
			if err := encoder.Encode(u); err != nil {
				return fmt.Errorf("print an answer: %w", err)
			}
		} else {
			fmt.Fprintln(w, inWords(a, r, locale.Language(c.Lang)))
		}
		if err := w.Flush(); err != nil {
			return fmt.Errorf("print an answer: %w", err)
		}
	}
}

// inWords is what a person at a terminal reads.
func inWords(a *answers.Answers, r answers.Result, lang locale.Language) string {
	var b strings.Builder
	switch r.Decision {
	case answers.Answer:
		e, _ := a.Get(r.ID)
		fmt.Fprintf(&b, "%s  [%s, %s, %.2f]\n%s\n", e.Title(lang), e.ID, e.Class, r.Score, e.Body(lang))
		for _, more := range []string{e.Who(lang), e.Source, e.Opens} {
			if more != "" {
				fmt.Fprintf(&b, "→ %s\n", more)
			}
		}
	case answers.Choose:
		for _, one := range r.Candidates {
			if e, ok := a.Get(one.ID); ok && one.ID != answers.OutOfScope {
				fmt.Fprintf(&b, "? %s  [%s, %.2f]\n", e.Title(lang), e.ID, one.Score)
			}
		}
	default:
		e, _ := a.Get(answers.OutOfScope)
		fmt.Fprintf(&b, "%s\n", e.Body(lang))
	}
	return b.String()
}

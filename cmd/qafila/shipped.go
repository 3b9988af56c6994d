package main

import (
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"github.com/qafila/qafila/flows"
	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/knowledge"
	"github.com/qafila/qafila/locales"
)

// What ships with the program never changes, and reading it takes a while: it is read once for a set of languages, however many services
// one process runs.

// textsIn are the words.
func textsIn(languages []locale.Language) (*locale.Texts, error) {
	type read struct {
		texts *locale.Texts
		err   error
	}
	r := readOnce(&textsRead, languages, func() read {
		texts, err := locale.Load(locales.Files, languages)
		return read{texts, err}
	})
	return r.texts, r.err
}

// shippedAnswers are the knowledge, the lexicon, and what makes voices alike; nil where they can't be read at all.
func shippedAnswers(languages []locale.Language) (*answers.Answers, *answers.Lexicon, *answers.Likeness, []flow.Problem) {
	type read struct {
		known *answers.Answers
		wrong []answers.Problem
	}
	r := readOnce(&answersRead, languages, func() read {
		known, wrong := answers.Load(knowledge.Files, languages)
		return read{known, wrong}
	})
	lexicon, unread := shippedLexicon()
	alike, unlike := shippedLikeness()
	var problems []flow.Problem
	for _, p := range slices.Concat(r.wrong, unread, unlike) {
		problems = append(problems, flow.Problem{File: "knowledge/" + p.File, Line: p.Line, What: p.What, Hint: p.Hint})
	}
	return r.known, lexicon, alike, problems
}

var shippedLexicon = sync.OnceValues(func() (*answers.Lexicon, []answers.Problem) {
	return answers.ReadLexicon(knowledge.Files, directory.Default())
})

var shippedLikeness = sync.OnceValues(func() (*answers.Likeness, []answers.Problem) {
	lexicon, _ := shippedLexicon()
	if lexicon == nil {
		return nil, nil // what is wrong with it is told already
	}
	return answers.ReadLikeness(knowledge.Files, lexicon)
})

// bound is the book of the flows in files, which load reads and checks. A book holds names only, so that services may share it.
func bound(files fs.FS, languages []locale.Language, load func() (*flow.Book, []flow.Problem)) (*flow.Book, []flow.Problem) {
	if files != fs.FS(flows.Files) {
		return load()
	}
	type read struct {
		book  *flow.Book
		wrong []flow.Problem
	}
	r := readOnce(&booksRead, languages, func() read {
		book, wrong := load()
		return read{book, wrong}
	})
	return r.book, slices.Clone(r.wrong)
}

var textsRead, answersRead, booksRead sync.Map // by languages

// readOnce gives what was read for these languages before, or reads it.
func readOnce[T any](before *sync.Map, languages []locale.Language, read func() T) T {
	key := fmt.Sprint(languages)
	one, ok := before.Load(key)
	if !ok {
		one, _ = before.LoadOrStore(key, read())
	}
	return one.(T)
}

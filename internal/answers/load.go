package answers

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/qafila/qafila/internal/locale"
)

// A Problem is something wrong in a file of the knowledge.
type Problem struct {
	File string
	Line int
	What string
	Hint string // how to mend it, or ""
}

// String is the problem as a compiler would print it.
func (p Problem) String() string {
	s := fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.What)
	if p.Hint != "" {
		s += " (" + p.Hint + ")"
	}
	return s
}

// Load reads every *.yaml of fsys and checks it as a whole, for the languages that are offered (none given: all that the house has).
// Answers is nil when there is a problem; problems are sorted by file and line.
func Load(fsys fs.FS, languages []locale.Language) (*Answers, []Problem) {
	if len(languages) == 0 {
		languages = locale.Languages()
	}
	l := &loader{languages: languages}
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil || len(names) == 0 {
		return nil, []Problem{{File: ".", Line: 1, What: "there is no *.yaml file here", Hint: "one file a topic"}}
	}
	var pages []page
	for _, name := range names {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			l.problem(name, 1, "", "can't be read: %v", err)
			continue
		}
		if p, ok := l.read(name, b); ok {
			pages = append(pages, p)
		}
	}
	slices.SortStableFunc(pages, func(a, b page) int { return cmp.Compare(a.Order.number, b.Order.number) })
	a := &Answers{byTopic: map[string][]Entry{}, byID: map[string]Entry{}, exact: map[string]string{}, bare: map[string]string{}}
	l.checkTopics(pages)
	for _, p := range pages {
		a.topics = append(a.topics, Topic{ID: p.Topic.text, Hidden: p.Hidden.text == "true", name: p.Name.shown()})
		for _, written := range p.Entries {
			e, ok := l.checkEntry(p, written)
			if !ok {
				continue
			}
			if first, taken := a.byID[e.ID]; taken {
				l.problem(p.file, written.ID.line, "", "there are two entries %s; the other is at %s:%d", e.ID, first.File, first.Line)
				continue
			}
			a.byID[e.ID] = e
			a.byTopic[e.Topic] = append(a.byTopic[e.Topic], e)
			l.index(a, p.file, e, written)
		}
	}
	if len(l.problems) > 0 {
		slices.SortStableFunc(l.problems, func(a, b Problem) int {
			return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
		})
		return nil, l.problems
	}
	return a, nil
}

type loader struct {
	languages []locale.Language
	problems  []Problem
}

func (l *loader) problem(file string, line int, hint, what string, args ...any) {
	l.problems = append(l.problems, Problem{File: file, Line: line, What: fmt.Sprintf(what, args...), Hint: hint})
}

// index makes the entry findable by its ways and its titles, and reports words that name another entry already.
func (l *loader) index(a *Answers, file string, e Entry, written entry) {
	ways := slices.Concat(written.Ways.French, written.Ways.Arabic, written.Ways.Latin)
	for _, lang := range locale.Languages() {
		if t, ok := written.Title[lang]; ok {
			ways = append(ways, t)
		}
	}
	for _, way := range ways {
		exact, rough := locale.Fold(way.text), bare(way.text)
		if exact == "" {
			l.problem(file, way.line, "", "%q has no letters to be found by", way.text)
			continue
		}
		other := a.exact[exact]
		if other == "" && rough != "" {
			other = a.bare[rough]
		}
		if other != "" && other != e.ID {
			l.problem(file, way.line, "leave it to one of them", "%q means both %s and %s", way.text, e.ID, other)
			continue
		}
		a.exact[exact] = e.ID
		if rough != "" {
			a.bare[rough] = e.ID
		}
	}
}

// day reads a date such as 2026-11-23.
func day(s string) (time.Time, error) { return time.Parse(time.DateOnly, s) }

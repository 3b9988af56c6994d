package answers

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qafila/qafila/internal/locale"
)

// Overrides are what staff changed and added since the program was made, by entry.
type Overrides struct {
	Texts   map[string]map[locale.Language]Text
	Sources map[string]Source
	Voices  map[string]map[locale.Language]Recording
	Ways    []Way
}

// A Text is an entry's words in one language; an empty one stays as it was.
type Text struct{ Title, Body string }

// A Source is who says what an entry says.
type Source struct {
	Source    string    // an address, or who said it
	Checked   time.Time // UTC midnight
	Confirmed bool      // what ships as not confirmed is a fact now
}

// A Way is one way of asking for an entry.
type Way struct{ Words, Entry string }

// With gives the knowledge with what staff changed; a is as it was. What no longer fits, as its entry has gone or its words mean another
// one by now, is left out and named.
func (a *Answers) With(o Overrides) (*Answers, []string) {
	b := &Answers{topics: a.topics, byTopic: map[string][]Entry{}, byID: maps.Clone(a.byID), exact: maps.Clone(a.exact), bare: maps.Clone(a.bare)}
	var left []string
	change := func(id string, f func(*Entry)) {
		e, ok := b.byID[id]
		if !ok {
			left = append(left, id+": there is no such answer")
			return
		}
		f(&e)
		b.byID[id] = e
	}
	for _, id := range slices.Sorted(maps.Keys(o.Texts)) {
		change(id, func(e *Entry) {
			e.title, e.body = maps.Clone(e.title), maps.Clone(e.body)
			for lang, t := range o.Texts[id] {
				if t.Title != "" {
					e.title[lang] = t.Title
				}
				if t.Body != "" {
					e.body[lang] = t.Body
				}
			}
		})
	}
	for _, id := range slices.Sorted(maps.Keys(o.Sources)) {
		change(id, func(e *Entry) {
			s := o.Sources[id]
			e.Source, e.Checked = s.Source, s.Checked
			if s.Confirmed && e.Class == Unconfirmed {
				e.Class = Fact
			}
		})
	}
	for _, id := range slices.Sorted(maps.Keys(o.Voices)) {
		change(id, func(e *Entry) { e.voices = o.Voices[id] })
	}
	for _, w := range o.Ways {
		if other := b.Meant(w.Words); other != "" && other != w.Entry {
			left = append(left, fmt.Sprintf("a way of asking for %s: it means %s", w.Entry, other))
			continue
		}
		change(w.Entry, func(e *Entry) {
			s := scriptOf(w.Words)
			e.ways = maps.Clone(e.ways)
			e.ways[s] = append(slices.Clone(e.ways[s]), w.Words)
			b.find(w.Words, w.Entry)
		})
	}
	for _, t := range a.topics {
		for _, e := range a.byTopic[t.ID] {
			changed := b.byID[e.ID]
			for _, title := range changed.title {
				if b.Meant(title) == "" {
					b.find(title, e.ID)
				}
			}
			b.byTopic[t.ID] = append(b.byTopic[t.ID], changed)
		}
	}
	return b, left
}

// Meant is the entry that the words name already; "" when they are free.
func (a *Answers) Meant(words string) string {
	if id, ok := a.exact[locale.Fold(words)]; ok {
		return id
	}
	if rough := bare(words); rough != "" {
		return a.bare[rough]
	}
	return ""
}

// find makes words find an entry.
func (a *Answers) find(words, id string) {
	a.exact[locale.Fold(words)] = id
	if rough := bare(words); rough != "" {
		a.bare[rough] = id
	}
}

// scriptOf tells Arabic letters from Latin ones. French is not told from Darija: only measuring asks for that.
func scriptOf(words string) Script {
	if strings.ContainsFunc(words, arabicLetter) {
		return Arabic
	}
	return Latin
}

// A Fit tells whether what staff wrote can stand in an answer.
type Fit string

// The fits.
const (
	Fits     Fit = "ok"
	Empty    Fit = "empty"
	TooLong  Fit = "long"
	TooTall  Fit = "tall"  // more lines than a small screen shows
	NoSource Fit = "wrong" // an address that is none
)

// Longest are the most characters of a title, a body, a source and a way of asking.
const (
	LongestTitle  = longestTitle
	LongestBody   = longestBody
	LongestSource = 300
	LongestWay    = 120
)

// FitTitle looks at a title.
func FitTitle(s string) Fit { return fit(s, longestTitle, 1) }

// FitBody looks at an answer's words.
func FitBody(s string) Fit { return fit(s, longestBody, mostLines) }

// FitSource looks at who says so: an address that begins with http, or words of at most 60 characters that name somebody.
func FitSource(s string) Fit {
	if Address(s) {
		return fit(s, LongestSource, 1)
	}
	if strings.HasPrefix(s, "http:") || strings.HasPrefix(s, "https:") {
		return NoSource
	}
	return fit(s, longestNamed, 1)
}

const longestNamed = 60

// Address tells whether a source is an address rather than the name of who said it.
func Address(source string) bool {
	u, err := url.Parse(source)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

// FitWay looks at a way of asking.
func FitWay(s string) Fit {
	if locale.Fold(s) == "" {
		return Empty
	}
	return fit(s, LongestWay, 1)
}

func fit(s string, longest, lines int) Fit {
	switch {
	case strings.TrimSpace(s) == "":
		return Empty
	case utf8.RuneCountInString(s) > longest:
		return TooLong
	case filledLines(s) > lines:
		return TooTall
	}
	return Fits
}

// Old is after how long a source should be looked at again.
const Old = 180 * 24 * time.Hour

// Aged tells whether what the entry says as a fact was checked too long ago.
func (e Entry) Aged(now time.Time) bool { return !e.Checked.IsZero() && now.Sub(e.Checked) > Old }

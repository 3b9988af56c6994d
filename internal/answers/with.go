package answers

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qafila/qafila/internal/locale"
)

// An Override corrects one entry without a release: what organisers change through the bot. What is empty stays as it was.
type Override struct {
	ID      string
	Title   map[locale.Language]string
	Body    map[locale.Language]string
	Who     map[locale.Language]string
	Voice   map[locale.Language]string // the recorded voice's file id at the messenger
	Source  string
	Checked time.Time // the day (UTC midnight) on which the corrected words were checked
	Ways    []string  // more ways of asking
}

// A Refusal is a part of an override that can't be taken; the other parts are.
type Refusal struct {
	ID   string
	What string
}

// With returns the knowledge with the overrides, in their order, and what of them was refused: an unknown entry, words that are too long
// for a phone, a way that asks for another entry. The receiver doesn't change. An index has to be built anew from the result.
func (a *Answers) With(overrides []Override) (*Answers, []Refusal) {
	b := &Answers{topics: a.topics, byTopic: map[string][]Entry{}, byID: maps.Clone(a.byID), exact: maps.Clone(a.exact), bare: maps.Clone(a.bare)}
	var refused []Refusal
	refuse := func(id, what string, args ...any) { refused = append(refused, Refusal{id, fmt.Sprintf(what, args...)}) }
	for _, o := range overrides {
		e, ok := b.byID[o.ID]
		if !ok {
			refuse(o.ID, "there is no such entry")
			continue
		}
		e.title = corrected(e.title, o.Title, longestTitle, 1, func(what string) { refuse(o.ID, "title: %s", what) })
		e.body = corrected(e.body, o.Body, longestBody, mostLines, func(what string) { refuse(o.ID, "body: %s", what) })
		e.who = corrected(e.who, o.Who, longestWho, 1, func(what string) { refuse(o.ID, "who: %s", what) })
		e.voice = corrected(e.voice, o.Voice, longestFileID, 1, func(what string) { refuse(o.ID, "voice: %s", what) })
		if o.Source != "" {
			e.Source = o.Source
		}
		if !o.Checked.IsZero() {
			e.Checked = o.Checked
		}
		e.ways = maps.Clone(e.ways)
		for _, way := range o.Ways {
			if other := b.learn(&e, way); other != "" {
				refuse(o.ID, "%q %s", way, other)
			}
		}
		b.byID[e.ID] = e
	}
	for topic, entries := range a.byTopic {
		for _, e := range entries {
			b.byTopic[topic] = append(b.byTopic[topic], b.byID[e.ID])
		}
	}
	return b, refused
}

// longestFileID bounds what is kept of a messenger's file id; Telegram's have about 80 characters.
const longestFileID = 256

// corrected is the words with some replaced. The original isn't changed: the knowledge that has it is in use.
func corrected(w words, by map[locale.Language]string, longest, lines int, refuse func(what string)) words {
	if len(by) == 0 {
		return w
	}
	out := make(words, len(w)+len(by))
	maps.Copy(out, w)
	for _, lang := range slices.Sorted(maps.Keys(by)) {
		s := strings.TrimSpace(by[lang])
		switch {
		case s == "":
		case utf8.RuneCountInString(s) > longest:
			refuse(fmt.Sprintf("%d characters in %s; %d is the most", utf8.RuneCountInString(s), lang, longest))
		case filledLines(s) > lines:
			refuse(fmt.Sprintf("%d lines in %s; %d is the most", filledLines(s), lang, lines))
		default:
			out[lang] = s
		}
	}
	return out
}

// learn adds a way of asking, or says why it can't be one.
func (a *Answers) learn(e *Entry, way string) (wrong string) {
	exact, rough := locale.Fold(way), bare(way)
	if exact == "" {
		return "has no letters to be found by"
	}
	if len(way) > longestAsked {
		return "is a story, not one question"
	}
	other := a.exact[exact]
	if other == "" && rough != "" {
		other = a.bare[rough]
	}
	if other == e.ID {
		return ""
	}
	if other != "" {
		return "asks for " + other
	}
	a.exact[exact] = e.ID
	if rough != "" {
		a.bare[rough] = e.ID
	}
	script := Latin
	if strings.ContainsFunc(way, arabicLetter) {
		script = Arabic
	}
	e.ways[script] = append(slices.Clone(e.ways[script]), way)
	return ""
}

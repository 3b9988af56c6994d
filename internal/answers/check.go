package answers

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/qafila/qafila/internal/locale"
)

// Bounds of what one small screen shows and a slow reader reads, in characters.
const (
	longestTitle = 40 // a button
	longestBody  = 320
	longestWho   = 120
	mostLines    = 3
)

var (
	topicID = regexp.MustCompile(`^[a-z][a-z_]*$`)
	entryID = regexp.MustCompile(`^[a-z][a-z_]*\.[a-z][a-z_]*$|^` + OutOfScope + `$`)
	door    = regexp.MustCompile(`^(/[a-z_]+|start:[a-z0-9_]+)$`) // as flows write their triggers; whether it exists, flows know
)

// checkTopics looks at what heads the files, and at what the files share.
func (l *loader) checkTopics(pages []page) {
	files, places := map[string]string{}, map[int]string{}
	for _, p := range pages {
		if !topicID.MatchString(p.Topic.text) {
			l.problem(p.file, max(p.Topic.line, 1), "lower-case letters, such as card", "%q is no topic", p.Topic.text)
		} else if other, taken := files[p.Topic.text]; taken {
			l.problem(p.file, p.Topic.line, "", "topic %s is in %s already", p.Topic.text, other)
		}
		files[p.Topic.text] = p.file
		if p.Order.number < 1 {
			l.problem(p.file, max(p.Order.line, p.Topic.line, 1), "a whole number from 1", "the topic needs its `order` among the others")
		} else if other, taken := places[p.Order.number]; taken {
			l.problem(p.file, p.Order.line, "", "order %d is taken by %s", p.Order.number, other)
		}
		places[p.Order.number] = p.file
		if h := p.Hidden.text; h != "" && h != "true" && h != "false" {
			l.problem(p.file, p.Hidden.line, "true, or no such line", "hidden can't be %q", h)
		}
		l.checkTexts(p.file, max(p.Topic.line, 1), "the topic", "name", p.Name, longestTitle, 1)
		if len(p.Entries) == 0 {
			l.problem(p.file, max(p.Topic.line, 1), "", "topic %s has no entries", p.Topic.text)
		}
	}
}

// checkEntry makes an entry of what is written; ok is false when it can't stand among the others.
func (l *loader) checkEntry(p page, w entry) (Entry, bool) {
	id, line := w.ID.text, w.ID.line
	if line == 0 {
		line = p.Topic.line
		for _, t := range w.Title {
			line = max(line, t.line)
		}
	}
	if !entryID.MatchString(id) {
		l.problem(p.file, max(line, 1), "such as card.price", "%q is no id of an entry", id)
		return Entry{}, false
	}
	e := Entry{
		ID: id, Topic: p.Topic.text, Class: Class(w.Class.text), Source: w.Source.text, Opens: w.Opens.text, File: p.file, Line: line,
		title: w.Title.shown(), body: w.Body.shown(), who: w.Who.shown(), ways: map[Script][]string{},
	}
	l.checkTexts(p.file, line, id, "title", w.Title, longestTitle, 1)
	l.checkTexts(p.file, line, id, "body", w.Body, longestBody, mostLines)
	e.Checked = l.checkSource(p.file, id, line, w)
	l.checkClass(p.file, line, e, w)
	l.checkWays(p.file, line, e, w)
	return e, true
}

// checkClass looks at what an entry of its class must have, and mustn't.
func (l *loader) checkClass(file string, line int, e Entry, w entry) {
	switch e.Class {
	case Fact:
		if e.Source == "" {
			l.problem(file, line, "add `source` and `checked`, or make it unconfirmed", "%s is a fact without a source", e.ID)
		}
	case Unconfirmed:
		if len(w.Who) == 0 {
			l.problem(file, line, "add `who`", "%s is not confirmed and doesn't say who knows", e.ID)
		}
	case Live, Action:
		if e.Opens == "" {
			l.problem(file, line, "add `opens`, such as /register", "%s is %s and opens no door", e.ID, e.Class)
		} else if !door.MatchString(e.Opens) {
			l.problem(file, w.Opens.line, "such as /register", "%s opens %q, which is no door", e.ID, e.Opens)
		}
	case Refuse:
	default:
		l.problem(file, max(w.Class.line, line), "fact, unconfirmed, live, action or refuse", "%s has no class %q", e.ID, w.Class.text)
	}
	if e.Opens != "" && e.Class != Live && e.Class != Action {
		l.problem(file, w.Opens.line, "only live answers and actions open a door", "%s is %s and opens %s", e.ID, e.Class, e.Opens)
	}
	if e.ID == OutOfScope && e.Class != Refuse {
		l.problem(file, max(w.Class.line, line), "refuse", "%s can only be refused", e.ID)
	}
	if len(w.Who) > 0 {
		l.checkTexts(file, line, e.ID, "who", w.Who, longestWho, 1)
	}
}

// checkWays takes the ways of asking, and looks whether each is in the script that it stands under.
func (l *loader) checkWays(file string, line int, e Entry, w entry) {
	for _, script := range Scripts() {
		if len(w.Ways.in(script)) == 0 {
			l.problem(file, line, "add `ways: {fr: […], ar: […], latin: […]}`", "%s has no way of being asked in %s", e.ID, script)
		}
		for _, way := range w.Ways.in(script) {
			e.ways[script] = append(e.ways[script], way.text)
			if arabic := strings.ContainsFunc(way.text, arabicLetter); arabic != (script == Arabic) {
				l.problem(file, way.line, "ar has Arabic letters; fr and latin have none", "%q of %s stands under %s", way.text, e.ID, script)
			}
			if len(way.text) > longestAsked {
				l.problem(file, way.line, "a way is one question", "a way of %s has %d bytes; %d is the most", e.ID, len(way.text), longestAsked)
			}
		}
	}
}

func arabicLetter(r rune) bool { return unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r) }

// checkSource reads the source and the day it was checked, which stand together or not at all.
func (l *loader) checkSource(file, id string, line int, w entry) time.Time {
	if w.Source.text != "" {
		if u, err := url.Parse(w.Source.text); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			l.problem(file, w.Source.line, "https://…", "the source of %s is no address: %s", id, w.Source.text)
		}
		if w.Checked.text == "" {
			l.problem(file, line, "add `checked: YYYY-MM-DD`", "%s doesn't say when its source was checked", id)
		}
	}
	if w.Checked.text == "" {
		return time.Time{}
	}
	if w.Source.text == "" {
		l.problem(file, w.Checked.line, "add `source`", "%s was checked against nothing", id)
	}
	t, err := day(w.Checked.text)
	if err != nil {
		l.problem(file, w.Checked.line, "YYYY-MM-DD", "%s is no day", w.Checked.text)
	}
	return t
}

// checkTexts looks at one text in all its languages.
func (l *loader) checkTexts(file string, line int, owner, part string, t texts, longest, lines int) {
	for _, lang := range l.languages {
		if t[lang].text == "" {
			l.problem(file, max(line, t[lang].line), "", "%s has no %s in %s", owner, part, lang)
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(t)) {
		s := t[lang]
		if !slices.Contains(locale.Languages(), lang) {
			l.problem(file, s.line, "fr, ar or ary", "%s has a %s in an unknown language %q", owner, part, lang)
		}
		if n := utf8.RuneCountInString(s.text); n > longest {
			l.problem(file, s.line, "say less", "the %s of %s in %s has %d characters; %d is the most", part, owner, lang, n, longest)
		}
		if n := filledLines(s.text); n > lines {
			l.problem(file, s.line, "say less", "the %s of %s in %s has %d lines; %d is the most", part, owner, lang, n, lines)
		}
	}
}

// filledLines counts lines that aren't blank.
func filledLines(s string) int {
	n := 0
	for line := range strings.Lines(s) {
		if strings.TrimSpace(line) != "" {
			n++
		}
	}
	return n
}

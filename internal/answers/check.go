package answers

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
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
	entryID = regexp.MustCompile(`^[a-z][a-z_]*\.[a-z][a-z_]*$`)
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
		ID: id, Topic: p.Topic.text, Class: Class(w.Class.text), Source: w.Source.text, File: p.file, Line: line,
		title: w.Title.plain(), body: w.Body.plain(), who: w.Who.plain(),
	}
	for _, k := range w.Keywords {
		e.Keywords = append(e.Keywords, k.text)
	}
	l.checkTexts(p.file, line, id, "title", w.Title, longestTitle, 1)
	l.checkTexts(p.file, line, id, "body", w.Body, longestBody, mostLines)
	e.Checked = l.checkSource(p.file, id, line, w)
	switch e.Class {
	case Fact:
		if e.Source == "" {
			l.problem(p.file, line, "add `source` and `checked`, or make it unconfirmed", "%s is a fact without a source", id)
		}
		if len(w.Who) > 0 {
			l.checkTexts(p.file, line, id, "who", w.Who, longestWho, 1)
		}
	case Unconfirmed:
		if len(w.Who) == 0 {
			l.problem(p.file, line, "add `who`", "%s is not confirmed and doesn't say who knows", id)
		} else {
			l.checkTexts(p.file, line, id, "who", w.Who, longestWho, 1)
		}
	default:
		l.problem(p.file, max(w.Class.line, line), "fact or unconfirmed", "%s has no class %q", id, w.Class.text)
	}
	if len(w.Keywords) == 0 {
		l.problem(p.file, line, "add `keywords`", "%s has no way of being asked", id)
	}
	return e, true
}

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

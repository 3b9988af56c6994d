package flow

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Telegram's limits, in UTF-16 units; a button's label has none there but is cut on a phone.
const (
	maxMessage = 4096
	maxCaption = 1024
	maxButton  = 64
)

// What somebody who reads slowly takes in at once; who lays messages out keeps to the same.
const (
	MostLines = 3   // empty ones apart
	LongLine  = 120 // characters of one of them at most: on a small phone that is four rows already
)

// Longest values, in characters, of what no flow bounds.
const (
	usual    = 64
	longKey  = 40   // of a list's item
	longLink = 64   // Telegram: the payload of a deep link
	longFile = 200  // a messenger's file id
	longNote = 1024 // Telegram: a caption
)

// lengths finds out how long a flow's texts may become, from everywhere they are set.
func (l *loader) lengths(f *flow) {
	raise := func(name string, n int) {
		if v := f.byName[name]; v != nil {
			v.longest = max(v.longest, n)
		}
	}
	for i, v := range f.with {
		raise(v.name, longLink)
		if i == 0 && f == l.book.typed {
			raise(v.name, maxWords)
		}
		if i == 0 && f == l.book.voice {
			raise(v.name, longFile)
		}
	}
	for _, st := range f.steps {
		switch st.kind {
		case stepSet:
			for _, a := range st.args {
				raise(a.name.text, a.expr.longest(f))
			}
		case stepDo:
			sig := l.offered.actions[st.name2.text]
			for name := range sig.Sets {
				n, ok := sig.Longest[name]
				if !ok {
					n = usual
				}
				raise(name, n)
			}
		case stepCall:
			if st.callee == nil {
				continue
			}
			for _, a := range st.args {
				if v := st.callee.byName[a.name.text]; v != nil {
					v.longest = max(v.longest, a.expr.longest(f))
				}
			}
			for _, s := range st.save {
				if v := st.callee.byName[s.part]; v != nil {
					raise(s.into, v.longest)
				}
			}
		case stepAsk:
			for _, s := range st.save {
				raise(s.into, st.question.longest(s.part))
			}
			for _, c := range st.question.fixed {
				for _, a := range c.set {
					raise(a.name.text, a.expr.longest(f))
				}
			}
		}
	}
}

func (x *expression) longest(f *flow) int {
	if s, ok := x.literal.(string); ok {
		return utf8.RuneCountInString(s)
	}
	if v := f.byName[x.variable]; v != nil && v.longest > 0 {
		return v.longest
	}
	return usual
}

// file tells whether a file can answer a question.
func (q *question) file() bool {
	return q.accepts[answerVoice] || q.accepts[answerPhoto] || q.accepts[answerVideo] || q.accepts[answerDocument]
}

// longest is the most characters that a part of an answer has.
func (q *question) longest(part string) int {
	n := 0
	if part == "" || part == "text" {
		if q.accepts[answerText] {
			n = max(n, q.maxText)
		}
		if part == "text" && q.file() {
			n = max(n, longNote)
		}
	}
	if part == "file" || part == "" && q.file() {
		n = max(n, longFile)
	}
	switch part {
	case "label":
		n = max(n, usual)
	case "phone", "kind", "lat", "lon":
		n = max(n, 16)
	case "", "choice":
		n = max(n, longKey)
	}
	return n
}

var paramForm = regexp.MustCompile(`\{\{[^}]*\.([A-Za-z_][A-Za-z0-9_]*)[^}]*\}\}`)

// longest is a text's length with every parameter at its longest, in UTF-16 units.
func (l *loader) longest(lang, id string, st *step) int {
	if !l.texts.Has(lang, id) {
		return 0
	}
	text := l.texts.Text(lang, id)
	n := units(paramForm.ReplaceAllString(text, ""))
	for _, m := range paramForm.FindAllStringSubmatch(text, -1) {
		n += l.paramLongest(lang, m[1], st)
	}
	return n
}

func (l *loader) paramLongest(lang, name string, st *step) int {
	if st == nil {
		return 64
	}
	if v := st.flow.byName[name]; v != nil {
		return v.room()
	}
	if name == "example" && st.question != nil && st.question.example.text != "" {
		return l.longest(lang, st.question.example.text, nil)
	}
	return 64
}

// room is the most characters that a variable's value takes.
func (v *variable) room() int {
	switch v.typ {
	case "number":
		return 11
	case "bool":
		return 5
	case "list":
		return 400
	}
	if v.longest == 0 {
		return 64
	}
	return v.longest
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }

// length checks a text where it is used, in the language in which it is worst.
func (l *loader) length(u use) {
	var limit int
	switch u.role {
	case asMessage, asLine, asWrong:
		limit = maxMessage
	case asCaption:
		limit = maxCaption
	case asButton:
		limit = maxButton
		if len(l.params(u.id)) > 0 {
			return // said already
		}
	default:
		return
	}
	var most, mostLines, widest int
	var in, linesIn, widestIn string
	for _, lang := range l.langs {
		if !l.texts.Has(lang, u.id) {
			continue
		}
		n := l.longest(lang, u.id, u.step)
		if u.role == asMessage && u.step != nil && u.step.kind == stepAsk {
			n += l.wrongLongest(lang, u.step)
		}
		if n > most {
			most, in = n, lang
		}
		if n := lines(l.texts.Text(lang, u.id)); n > mostLines {
			mostLines, linesIn = n, lang
		}
		if n := widestLine(l.texts.Text(lang, u.id)); n > widest {
			widest, widestIn = n, lang
		}
	}
	if most > limit {
		l.add(Problem{File: u.file, Line: u.line, What: fmt.Sprintf("the text `%s` may become %d characters long in %s; the limit here is %d", u.id, most, in, limit), Hint: "shorten it, or what it shows"})
	}
	read := u.role == asMessage || u.role == asCaption || u.role == asLine
	if mostLines > MostLines && read && u.step != nil && !u.step.long {
		l.add(Problem{File: u.file, Line: u.line, What: fmt.Sprintf("the text `%s` has %d lines in %s; a person reads three", u.id, mostLines, linesIn), Hint: "shorten it, make it two messages, or say `long: true`"})
	}
	if widest > LongLine && read && u.step != nil && !u.step.long {
		l.add(Problem{File: u.file, Line: u.line, What: fmt.Sprintf("a line of the text `%s` has %d characters in %s; a person reads %d", u.id, widest, widestIn, LongLine), Hint: "shorten it, or say `long: true`"})
	}
}

// wrongLongest is the room that the line about a wrong answer takes before a question.
func (l *loader) wrongLongest(lang string, st *step) int {
	n := 0
	q := st.question
	kinds := wrongKinds
	if q.wrong != nil {
		for _, w := range q.wrong {
			n = max(n, l.longest(lang, w.text, st))
		}
		kinds = []string{"kind"}
	}
	for _, kind := range kinds {
		n = max(n, l.longest(lang, "wrong."+kind, st), l.longest(lang, "wrong."+kind+"_again", st))
	}
	if q.example.text != "" {
		n += l.longest(lang, q.example.text, nil)
	}
	return n
}

func lines(s string) (n int) {
	for _, line := range strings.Split(s, "\n") {
		if strings.TrimSpace(line) != "" {
			n++
		}
	}
	return n
}

var notShown = regexp.MustCompile(`\{\{[^}]*\}\}|<[^>]*>`)

// widestLine counts the characters of a text's longest line, without what it shows and its tags.
func widestLine(s string) (n int) {
	for _, line := range strings.Split(notShown.ReplaceAllString(s, ""), "\n") {
		n = max(n, utf8.RuneCountInString(line))
	}
	return n
}

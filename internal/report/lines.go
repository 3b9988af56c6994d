package report

import (
	"strings"

	"golang.org/x/text/unicode/bidi"

	"github.com/qafila/qafila/internal/locale"
)

// Lines are the report in five lines of a chat: what it is about, who came, how they found it, what they recommend, and what became of it.
// Names that run the other way are isolated; nothing is escaped.
func Lines(r Report, words Words, lang locale.Language) []string {
	t := teller{r, words, lang}
	rate := t.rate(r.Came.Attended, r.Came.Registered)
	mean, half := t.mean(r.Satisfaction.Mean), t.took(r.Response.Median)
	return []string{
		t.line("report.line_title", with{"sample": t.sample(), "about": t.about(), "when": t.when()}),
		t.line("report.line_came", with{"registered": t.number(r.Came.Registered), "attended": t.number(r.Came.Attended), "rate": rate}),
		t.line("report.line_satisfaction", with{"mean": mean, "number": t.number(r.Satisfaction.Answered)}),
		t.line("report.line_voices", with{"number": t.number(r.Voices), "themes": t.foremost(3)}),
		t.line("report.line_response", with{"answered": t.number(r.Response.Answered), "received": t.number(r.Response.Received), "time": half}),
	}
}

// line fills a text in; nothing is nothing to it.
func (t teller) line(id string, params with) string {
	for k, v := range params {
		switch s, ok := v.(string); {
		case ok && s == nothing:
			params[k] = ""
		case ok && t.foreign(s):
			params[k] = locale.Isolate(s)
		}
	}
	return t.say(id, params)
}

// foremost are the weightiest themes' names.
func (t teller) foremost(most int) string {
	var names []string
	for _, th := range t.Themes[:min(most, len(t.Themes))] {
		if th.told() == 0 || th.ID == "" { // none, or too few to be told, or to be named
			break
		}
		name := t.themeName(th)
		if t.foreign(name) {
			name = locale.Isolate(name)
		}
		names = append(names, name)
	}
	if t.lang.RTL() {
		return strings.Join(names, "، ")
	}
	return strings.Join(names, ", ")
}

// foreign tells what would disturb a line of the language: in Arabic letters and numbers of the other direction, in French Arabic letters.
func (t teller) foreign(s string) bool {
	own, other := false, false
	for _, r := range s {
		switch p, _ := bidi.LookupRune(r); p.Class() {
		case bidi.L:
			own, other = own || !t.lang.RTL(), other || t.lang.RTL()
		case bidi.R, bidi.AL:
			own, other = own || t.lang.RTL(), other || !t.lang.RTL()
		case bidi.EN, bidi.AN:
			other = other || t.lang.RTL()
		}
	}
	return other && !own
}

package flow

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
)

// Telegram's limits, in UTF-16 units; a button's label has none there but is cut on a phone.
const (
	maxMessage = 4096
	maxCaption = 1024
	maxButton  = 64
	maxLines   = 3 // that a person reads at once, empty ones apart
)

type role uint8

const (
	asMessage role = iota
	asCaption
	asLine   // put before a message
	asWrong  // a line that says what was wrong
	asButton // no parameters
	asPlain  // no parameters, not shown by itself
)

// A use is one place where a text is needed.
type use struct {
	file string
	line int
	id   string
	role role
	step *step
}

func (l *loader) use(u use) {
	if u.id == "" {
		return
	}
	l.used[u.id] = true
	l.uses = append(l.uses, u)
}

// params is what a text needs in any language.
func (l *loader) params(id string) []string {
	var all []string
	for _, lang := range l.langs {
		if !l.texts.Has(lang, id) {
			continue
		}
		for _, p := range l.texts.Params(lang, id) {
			if !contains(all, p) {
				all = append(all, p)
			}
		}
	}
	slices.Sort(all)
	return all
}

// plural tells whether a text has plural forms in any language.
func (l *loader) plural(id string) bool {
	for _, lang := range l.langs {
		if l.texts.Has(lang, id) && l.texts.Forms(lang, id) != nil {
			return true
		}
	}
	return false
}

// needs tells where a text's parameters come from, and notes the use.
func (k *linker) needs(line int, id string, role role, st *step) []param {
	k.use(use{k.file, line, id, role, st})
	plural := k.plural(id)
	counted := st != nil && st.count.text != "" && st.text.text == id
	if counted {
		if v := k.variable(st.count); v != nil {
			k.same(st.count.line, "count", "number", v.typ)
		}
	}
	switch {
	case plural && !counted:
		k.problem(line, "add `count: variable`", "the text `%s` has plural forms and no number", id)
	case counted && !plural && k.known(id):
		k.problem(line, "leave `count` out, or give the text plural forms", "the text `%s` has no plural forms", id)
	case counted && role == asLine:
		k.problem(line, "", "a line before a message can't have plural forms")
	}
	if st != nil {
		st.plural = st.plural || plural && counted
	}
	var all []param
	for _, name := range k.params(id) {
		s := fromVariable
		_, wrong := wrongSource(name)
		switch {
		case role == asWrong && wrong:
			s, _ = wrongSource(name)
		case name == "lang":
			s = fromLanguage
		case name == "parked":
			s = fromParked
		case name == "parked_about":
			s = fromParkedAbout
		case ownCount(name):
			if counted || plural {
				continue // the host's own
			}
			fallthrough
		default:
			if k.f.byName[name] == nil {
				var known []string
				for _, v := range k.f.vars {
					known = append(known, v.name)
				}
				k.problem(line, didYouMean(name, known), "the text `%s` needs {{.%s}}, and the flow `%s` has no such variable", id, name, k.f.name)
				continue
			}
		}
		all = append(all, param{name, s})
	}
	return all
}

// ownCount tells whether a parameter is the number of a plural text, which the host gives. One form may well leave it out.
func ownCount(name string) bool { return name == "count" || name == "Count" || name == "PluralCount" }

func (l *loader) known(id string) bool {
	for _, lang := range l.langs {
		if l.texts.Has(lang, id) {
			return true
		}
	}
	return false
}

// checkTexts looks at every text that is used, once, and at its length wherever it is used.
func (l *loader) checkTexts() {
	for _, id := range l.options.Used {
		if !strings.HasSuffix(id, "*") {
			l.use(use{file: here, line: 1, id: id, role: asPlain})
		}
	}
	seen := map[string]bool{}
	for _, u := range l.uses {
		if !seen[u.id] {
			seen[u.id] = true
			l.everyLanguage(u)
		}
		l.length(u)
	}
	if all, ok := l.texts.(interface{ IDs() []string }); ok {
		l.unused(all.IDs())
	}
}

// everyLanguage checks that a text is the same thing in each language.
func (l *loader) everyLanguage(u use) {
	var missing []string
	for _, lang := range l.langs {
		if !l.texts.Has(lang, u.id) {
			missing = append(missing, lang)
		}
	}
	if len(missing) > 0 {
		l.missing(u, missing)
	}
	params, plural := l.params(u.id), l.plural(u.id)
	for _, lang := range l.langs {
		if !l.texts.Has(lang, u.id) {
			continue
		}
		file, line := l.texts.At(lang, u.id)
		has := l.texts.Params(lang, u.id)
		for _, p := range params {
			if !contains(has, p) && !ownCount(p) {
				l.add(Problem{File: file, Line: line, What: fmt.Sprintf("`%s` lacks {{.%s}} in %s, which another language has", u.id, p, lang)})
			}
		}
		if !plural {
			continue
		}
		forms := l.texts.Forms(lang, u.id)
		for _, f := range l.texts.RequiredForms(lang) {
			if !contains(forms, f) {
				l.add(Problem{File: file, Line: line, What: fmt.Sprintf("`%s` lacks the plural form `%s` in %s", u.id, f, lang), Hint: lang + " needs " + strings.Join(l.texts.RequiredForms(lang), ", ")})
			}
		}
	}
	if (u.role == asButton || u.role == asPlain) && len(params) > 0 && u.file != here {
		l.add(Problem{File: u.file, Line: u.line, What: fmt.Sprintf("the text `%s` needs {{.%s}}, and here it can have no parameters", u.id, params[0])})
	}
}

// missing says where a text is needed, and where it stands in the languages that have it.
func (l *loader) missing(u use, langs []string) {
	p := Problem{
		File: u.file, Line: u.line,
		What: fmt.Sprintf("the text `%s` is missing in %s", u.id, strings.Join(langs, ", ")),
		Hint: "add it to " + strings.Join(langs, ", "),
	}
	for _, lang := range l.langs {
		if !l.texts.Has(lang, u.id) {
			continue
		}
		file, line := l.texts.At(lang, u.id)
		p.Hint += fmt.Sprintf("; %s has it at %s:%d", lang, file, line)
		if u.file == here {
			p.File, p.Line = file, line
		}
		break
	}
	if all, ok := l.texts.(interface{ IDs() []string }); ok && len(langs) == len(l.langs) {
		if near := didYouMean(u.id, all.IDs()); near != "" {
			p.Hint = near
		}
	}
	l.add(p)
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

// length checks a text where it is used, in each language.
func (l *loader) length(u use) {
	for _, lang := range l.langs {
		n := l.longest(lang, u.id, u.step)
		limit := 0
		switch u.role {
		case asMessage, asLine, asWrong:
			limit = maxMessage
			if u.step != nil && u.step.kind == stepAsk && u.role == asMessage {
				n += l.wrongLongest(lang, u.step)
			}
		case asCaption:
			limit = maxCaption
		case asButton:
			limit = maxButton
			if len(l.params(u.id)) > 0 {
				continue // said already
			}
		default:
			continue
		}
		if n > limit {
			l.add(Problem{File: u.file, Line: u.line, What: fmt.Sprintf("the text `%s` may become %d characters long in %s; the limit here is %d", u.id, n, lang, limit), Hint: "shorten it, or what it shows"})
		}
		if lines := lines(l.texts.Text(lang, u.id)); lines > maxLines && u.step != nil && !u.step.long && (u.role == asMessage || u.role == asCaption || u.role == asLine) && l.texts.Has(lang, u.id) {
			l.add(Problem{File: u.file, Line: u.line, What: fmt.Sprintf("the text `%s` has %d lines in %s; a person reads three", u.id, lines, lang), Hint: "shorten it, make it two messages, or say `long: true`"})
		}
	}
}

// wrongLongest is the room that the line about a wrong answer takes before a question.
func (l *loader) wrongLongest(lang string, st *step) int {
	n := 0
	q := st.question
	if q.wrong != nil {
		for _, w := range q.wrong {
			n = max(n, l.longest(lang, w.text, st))
		}
	} else {
		for _, kind := range wrongKinds {
			n = max(n, l.longest(lang, "wrong."+kind, st), l.longest(lang, "wrong."+kind+"_again", st))
		}
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

// unused warns about texts that nothing shows.
func (l *loader) unused(ids []string) {
	for _, name := range l.book.names {
		if l.book.flows[name].broken {
			return
		}
	}
	for _, id := range ids {
		used := l.used[id]
		for _, u := range l.options.Used {
			if prefix, ok := strings.CutSuffix(u, "*"); ok && strings.HasPrefix(id, prefix) {
				used = true
			}
		}
		if !used {
			file, line := l.texts.At(l.langs[0], id)
			l.add(Problem{File: file, Line: line, What: fmt.Sprintf("nothing uses the text `%s`", id), Hint: "remove it", Warning: true})
		}
	}
}

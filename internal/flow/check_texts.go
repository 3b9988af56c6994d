package flow

import (
	"fmt"
	"slices"
	"strings"
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
			if !slices.Contains(all, p) {
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
		case name == "role":
			s = fromRole
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
			if !slices.Contains(has, p) && !ownCount(p) {
				l.add(Problem{File: file, Line: line, What: fmt.Sprintf("`%s` lacks {{.%s}} in %s, which another language has", u.id, p, lang), Hint: "add it to " + lang + ", or leave it out everywhere"})
			}
		}
		if !plural {
			continue
		}
		forms := l.texts.Forms(lang, u.id)
		for _, f := range l.texts.RequiredForms(lang) {
			if !slices.Contains(forms, f) {
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

// unused warns about texts that nothing shows.
func (l *loader) unused(ids []string) {
	if l.unread {
		return
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

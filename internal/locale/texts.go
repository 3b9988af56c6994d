package locale

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/feature/plural"
)

// Texts holds every message in every language, read once and never changed: safe for concurrent use.
type Texts struct {
	offered  []Language
	messages map[Language]map[string]*message
	// localizers execute the few texts with actions ({{if …}}), and stand behind the test of the plural rules.
	localizers map[Language]*i18n.Localizer
}

// message is one id in one language.
type message struct {
	file   string
	line   int
	plural bool
	forms  [len(formNames)]*text // by plural.Form; without plurals only plural.Other
}

// Offered returns the languages offered to people, in their order.
func (t *Texts) Offered() []Language { return slices.Clone(t.offered) }

// Text is the message in the language, with its parameters. Strings go in as they are: whoever shows the text escapes. The parameter
// "count", a whole number, selects the plural form. What the language lacks is said in French; an id that nobody knows shows as ⟦id⟧.
// It never panics.
func (t *Texts) Text(lang Language, id string, params map[string]any) string {
	m := t.messages[lang][id]
	if m == nil {
		lang = French
		if m = t.messages[French][id]; m == nil {
			return "⟦" + id + "⟧"
		}
	}
	form := m.forms[plural.Other]
	count, counted := 0, false
	if m.plural {
		if count, counted = whole(params["count"]); counted {
			if f := m.forms[formOf(lang, count)]; f != nil {
				form = f
			}
		}
	}
	if form.parts != nil {
		return form.fill(params)
	}
	return t.execute(lang, id, form, params, count, counted)
}

// execute lets go-i18n work out a text that has actions.
func (t *Texts) execute(lang Language, id string, form *text, params map[string]any, count int, counted bool) string {
	config := &i18n.LocalizeConfig{MessageID: id, TemplateData: params}
	if params == nil {
		config.TemplateData = map[string]any{}
	}
	if counted {
		config.PluralCount = count
	}
	s, err := t.localizers[lang].Localize(config)
	if err != nil && s == "" {
		return form.source
	}
	return s
}

func whole(v any) (int, bool) {
	switch v := v.(type) {
	case int:
		return v, true
	case int64:
		return int(v), true
	case int32:
		return int(v), true
	}
	return 0, false
}

// Has tells whether the language itself has the message.
func (t *Texts) Has(lang Language, id string) bool { return t.messages[lang][id] != nil }

// IDs returns every id that any language has, sorted.
func (t *Texts) IDs() []string {
	all := map[string]bool{}
	for _, ms := range t.messages {
		for id := range ms {
			all[id] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Params returns the names of the parameters that the message uses in the language, in any of its forms, sorted.
func (t *Texts) Params(lang Language, id string) []string {
	m := t.messages[lang][id]
	if m == nil {
		return nil
	}
	var names []string
	for _, f := range m.forms {
		if f != nil {
			names = append(append(names, f.params...), f.actions...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Forms returns the plural forms that the message has in the language, zero first and other last; nil when it has no plurals.
func (t *Texts) Forms(lang Language, id string) []string {
	m := t.messages[lang][id]
	if m == nil || !m.plural {
		return nil
	}
	var names []string
	for _, f := range formOrder {
		if m.forms[f] != nil {
			names = append(names, formNames[f])
		}
	}
	return names
}

// At is where the message is written; line 0 when the language lacks it.
func (t *Texts) At(lang Language, id string) (file string, line int) {
	m := t.messages[lang][id]
	if m == nil {
		return "", 0
	}
	return m.file, m.line
}

// Longest is the message's longest form as it is written, with its {{.name}}, for checks against an edge's limits.
func (t *Texts) Longest(lang Language, id string) string {
	m := t.messages[lang][id]
	if m == nil {
		return ""
	}
	longest := ""
	for _, f := range m.forms {
		if f != nil && utf8.RuneCountInString(f.source) > utf8.RuneCountInString(longest) {
			longest = f.source
		}
	}
	return longest
}

// Problem is something that a translation lacks. Texts with problems work (Text falls back); a release doesn't have any.
type Problem struct {
	File string // of the message that lacks something, or of the source that isn't translated
	Line int
	Text string // what is wrong and what would be right
}

func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text) }

// Problems compares each offered language with the French: messages and plural forms that are missing, messages and parameters that the
// French doesn't have, plurals on one side only. Sorted by file and line.
func (t *Texts) Problems() []Problem {
	var found []Problem
	for id, source := range t.messages[French] {
		for _, lang := range t.offered {
			m := t.messages[lang][id]
			if m == nil {
				found = append(found, Problem{source.file, source.line, fmt.Sprintf("%q has no text in %s", id, lang)})
				continue
			}
			if m.plural != source.plural {
				found = append(found, Problem{m.file, m.line, fmt.Sprintf("%q has plural forms in one of %s and %s only", id, French, lang)})
			}
			for _, name := range t.Params(lang, id) {
				// A plural form may drop its count ("deux personnes"), and only counting languages need it.
				if !slices.Contains(t.Params(French, id), name) && !(name == "count" && m.plural) {
					found = append(found, Problem{m.file, m.line, fmt.Sprintf("%q uses {{.%s}}, which the French does not", id, name)})
				}
			}
			for _, name := range t.Params(French, id) {
				if !slices.Contains(t.Params(lang, id), name) && !(name == "count" && m.plural) {
					found = append(found, Problem{m.file, m.line, fmt.Sprintf("%q leaves out {{.%s}} of the French", id, name)})
				}
			}
		}
	}
	for _, lang := range t.offered {
		for id, m := range t.messages[lang] {
			if t.messages[French][id] == nil {
				found = append(found, Problem{m.file, m.line, fmt.Sprintf("%q is not in French, the source", id)})
			}
			if !m.plural {
				continue
			}
			for _, name := range RequiredForms(lang) {
				if f, _ := formNamed(name); m.forms[f] == nil {
					found = append(found, Problem{m.file, m.line, fmt.Sprintf("%q lacks the plural form %q that %s needs", id, name, lang)})
				}
			}
		}
	}
	slices.SortFunc(found, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(found)
}

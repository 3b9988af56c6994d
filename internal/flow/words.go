package flow

import "strings"

// Kinds of wrong answers. Each has a second text, in other words, under the same id with "_again".
var wrongKinds = []string{"text_short", "text_long", "number", "phone", "contact", "choice", "location", "kind"}

// engineTexts are the ids of the other words that the engine uses, by how they are shown.
var engineTexts = map[role][]string{
	asMessage: {"wrong.out"},
	asLine: {
		"wrong.search_many", "list.empty", "press.stale", "flow.changed", "role.gone", "cancelled",
		"unexpected.voice", "unexpected.photo", "unexpected.location", "unexpected.contact", "unexpected.other", "unexpected.command",
	},
	asButton: {"wrong.retry", "nav.back", "nav.menu", "nav.more", "nav.less"},
	asPlain:  {"keyword.back", "keyword.menu", "keyword.cancel"},
}

// here is the place that problems with the engine's own words are noted at when the text itself has none.
const here = "flows"

func (l *loader) engineWords() {
	l.book.wrongNeeds = map[string][]param{}
	for _, kind := range wrongKinds {
		for _, id := range []string{"wrong." + kind, "wrong." + kind + "_again"} {
			l.use(use{file: here, line: 1, id: id, role: asLine})
			for _, name := range l.params(id) {
				s, ok := wrongSource(name)
				if !ok {
					file, line := l.texts.At(l.langs[0], id)
					l.add(Problem{File: file, Line: line, What: "`" + id + "` needs {{." + name + "}}, which the engine doesn't give", Hint: "it gives {{.example}}, {{.min}} and {{.max}}"})
					continue
				}
				l.book.wrongNeeds[id] = append(l.book.wrongNeeds[id], param{name, s})
			}
		}
	}
	for role, ids := range engineTexts {
		for _, id := range ids {
			l.use(use{file: here, line: 1, id: id, role: role})
			for _, name := range l.params(id) {
				file, line := l.texts.At(l.langs[0], id)
				l.add(Problem{File: file, Line: line, What: "`" + id + "` needs {{." + name + "}}, which the engine doesn't give", Hint: "it has no parameters"})
			}
		}
	}
}

func wrongSource(name string) (source, bool) {
	switch name {
	case "example":
		return fromExample, true
	case "min":
		return fromMin, true
	case "max":
		return fromMax, true
	}
	return 0, false
}

// synonyms are the words of a text that are parted by |, in all languages, folded.
func (l *loader) synonyms(id string) []string {
	var all []string
	for _, lang := range l.langs {
		if !l.texts.Has(lang, id) {
			continue
		}
		for _, w := range strings.Split(l.texts.Text(lang, id), "|") {
			if folded := l.book.u.Fold(strings.TrimSpace(w)); folded != "" {
				all = append(all, folded)
			}
		}
	}
	return all
}

// keywords reads the words that work at every question, in all languages at once.
func (l *loader) keywords() {
	for _, kw := range []struct {
		id string
		k  keyword
	}{{"keyword.back", keywordBack}, {"keyword.menu", keywordMenu}, {"keyword.cancel", keywordCancel}} {
		for _, lang := range l.langs {
			if !l.texts.Has(lang, kw.id) {
				continue
			}
			for _, w := range strings.Split(l.texts.Text(lang, kw.id), "|") {
				folded := l.book.u.Fold(strings.TrimSpace(w))
				if folded == "" {
					continue
				}
				if k, taken := l.book.keywords[folded]; taken && k != kw.k {
					file, line := l.texts.At(lang, kw.id)
					l.add(Problem{File: file, Line: line, What: "`" + w + "` means two things", Hint: "keep it in one of keyword.back, keyword.menu and keyword.cancel"})
				}
				l.book.keywords[folded] = kw.k
			}
		}
	}
	// Below the text field a button comes back as its label, typed.
	for _, b := range []struct {
		id string
		k  keyword
	}{{"nav.back", keywordBack}, {"nav.menu", keywordMenu}, {"wrong.retry", keywordRetry}, {"nav.more", keywordMore}, {"nav.less", keywordLess}} {
		for _, lang := range l.langs {
			folded := l.book.u.Fold(l.texts.Text(lang, b.id))
			if _, taken := l.book.keywords[folded]; !taken && folded != "" {
				l.book.keywords[folded] = b.k
			}
		}
	}
}

// standardWords checks that a question has the example that the standard words for its wrong answers show.
func (k *linker) standardWords(st *step) {
	q := st.question
	if q.example.text != "" || q.wrong != nil && q.sent() {
		return
	}
	kinds := []string{"kind"}
	switch {
	case q.wrong != nil: // its own words are about what is typed
	case q.accepts[answerText]:
		kinds = append(kinds, "text_short", "text_long")
	case q.accepts[answerNumber]:
		kinds = append(kinds, "number")
	case q.accepts[answerPhone]:
		kinds = append(kinds, "phone")
	case q.list != nil || len(q.fixed) > 0:
		kinds = append(kinds, "choice")
	case q.accepts[answerLocation]:
		kinds = append(kinds, "location")
	}
	if q.accepts[answerContact] {
		kinds = append(kinds, "contact")
	}
	for _, kind := range kinds {
		for _, id := range []string{"wrong." + kind, "wrong." + kind + "_again"} {
			for _, p := range k.book.wrongNeeds[id] {
				if p.source == fromExample {
					k.problem(st.line, "add `example: text`", "a wrong answer to `%s` gets `%s`, which shows an example, and there is none", st.name, id)
					return
				}
			}
		}
	}
}

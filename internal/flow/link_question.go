package flow

import (
	"regexp"
	"strconv"
	"strings"
)

// keyForm is what a button can bring back: with the question's number it stays within Telegram's 64 bytes.
var keyForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:-]{0,39}$`)

func (k *linker) question(st *step) {
	q := st.question
	q.mixed = q.takes() || q.list != nil
	st.params = k.needs(st.text.line, st.text.text, asMessage, st)
	if q.button.text != "" {
		k.use(use{file: k.file, line: q.button.line, id: q.button.text, role: asButton})
	}
	if q.example.text != "" {
		k.use(use{file: k.file, line: q.example.line, id: q.example.text, role: asPlain})
	}
	for i, w := range q.wrong {
		q.wrongs[i] = k.needs(w.line, w.text, asWrong, st)
	}
	if q.out.word.text != "" {
		k.target(&q.out)
	}
	if l := q.list; l != nil {
		sig, ok := k.offered.lists[l.from.text]
		if !ok {
			k.problem(l.from.line, didYouMean(l.from.text, keys(k.offered.lists)), "no room provides the list `%s`", l.from.text)
		}
		k.within(l.from.line, "the list `"+sig.Name+"`", sig.For)
		k.args("the list `"+sig.Name+"`", l.args, sig, ok)
		if l.empty.word.text != "" {
			k.target(&l.empty)
		}
		if l.done.text != "" {
			k.use(use{file: k.file, line: l.done.line, id: l.done.text, role: asButton})
			l.finish = k.fold(l.done.text)
		}
	}
	for _, c := range q.fixed {
		k.choice(c)
	}
	k.savings(st)
	k.standardWords(st)
}

func (k *linker) choice(c *choice) {
	k.use(use{file: k.file, line: c.line, id: c.text.text, role: asButton})
	k.condition(c.cond)
	c.folded = k.fold(c.text.text)
	if c.to.word.text != "" {
		k.target(&c.to)
	}
	for _, a := range c.set {
		v := k.variable(a.name)
		if k.compile(a.expr) && v != nil {
			k.same(a.name.line, a.name.text, v.typ, a.expr.typ)
		}
	}
	if c.doorAt.text != "" {
		k.door(c)
	} else if !keyForm.MatchString(c.key.text) {
		k.problem(c.line, "up to 40 of A-Z a-z 0-9 _ . : -, first a letter or a digit", "`%s` can't be a key", c.key.text)
	}
}

// fold gives a text in each language as typed words are compared with it; "" where it is missing.
func (k *linker) fold(id string) []string {
	folded := make([]string, len(k.langs))
	for i, lang := range k.langs {
		if k.texts.Has(lang, id) {
			folded[i] = k.book.u.Fold(k.texts.Text(lang, id))
		}
	}
	return folded
}

// door takes "start:stop_{{.stop}}" apart.
func (k *linker) door(c *choice) {
	rest := c.doorAt.text
	longest := 0
	example := ""
	for rest != "" {
		words, after, found := strings.Cut(rest, "{{.")
		p := piece{words: words}
		longest += len(words)
		example += words
		if found {
			name, tail, closed := strings.Cut(after, "}}")
			if v := k.variable(word{name, c.doorAt.line}); v != nil {
				k.same(c.doorAt.line, name, "text", v.typ)
			}
			if !closed {
				k.problem(c.doorAt.line, "{{.name}}", "this door is not closed: `%s`", c.doorAt.text)
			}
			p.variable = name
			longest += 40
			example += "x"
			after = tail
		}
		c.door = append(c.door, p)
		rest = after
	}
	if longest > 64 {
		k.problem(c.doorAt.line, "64 bytes at most, 40 for a variable", "the door `%s` is too long", c.doorAt.text)
	}
	if example == "/menu" || example == "/cancel" || example == "/start" {
		return
	}
	if !k.book.known(example) {
		known := keys(k.book.doors)
		k.problem(c.doorAt.line, didYouMean(c.doorAt.text, known), "no flow opens with `%s`", c.doorAt.text)
	}
}

// savings checks that each part goes into a variable that can hold it.
func (k *linker) savings(st *step) {
	q := st.question
	for i := range st.save {
		s := &st.save[i]
		v := k.variable(word{s.into, s.line})
		if v == nil {
			s.typ = "text"
			continue
		}
		s.typ = v.typ
		given := q.parts(s.part)
		if len(given) == 0 && s.part != "" {
			k.problem(s.line, "it has "+strings.Join(q.partNames(), ", "), "the answer has no part `%s`", s.part)
		}
		for _, typ := range given {
			switch {
			case typ == v.typ:
			case typ == "key":
				k.keys(q, v, s.line)
			default:
				k.same(s.line, v.name, v.typ, typ)
			}
		}
	}
	if len(st.save) == 0 && q.mixed {
		k.problem(st.line, "add `save: variable`", "what is answered to `%s` is kept nowhere", st.name)
	}
	if q.list != nil && q.list.many && len(st.save) > 0 && st.save[0].part != "" && st.save[0].part != "choice" {
		k.problem(st.save[0].line, "", "of a list of which several can be picked, save the choice first")
	}
}

// keys checks that the fixed keys of a question make sense as a variable's type.
func (k *linker) keys(q *question, v *variable, line int) {
	for _, c := range q.fixed {
		if c.doorAt.text != "" || q.mixed && c.to.word.text != "" {
			continue
		}
		switch v.typ {
		case "text":
			continue
		case "bool":
			if s := c.key.text; s == "yes" || s == "no" || s == "true" || s == "false" {
				continue
			}
		case "number":
			if _, err := strconv.Atoi(c.key.text); err == nil {
				continue
			}
		}
		k.problem(line, "", "`%s` is a %s and can't be `%s`", v.name, v.typ, c.key.text)
	}
}

// parts gives the types that a part can have; "key" is a fixed choice's key. "" is the main part.
func (q *question) parts(name string) (types []string) {
	for kind, ok := range q.accepts {
		if !ok {
			continue
		}
		for i, p := range answerParts[kind] {
			if p.part == name || name == "" && i == 0 {
				types = append(types, p.typ)
			}
		}
		if name == "kind" {
			types = append(types, "text")
		}
	}
	chosen := name == "" || name == "choice"
	if q.list != nil && (chosen || name == "label" || name == "kind") {
		typ := "text"
		if q.list.many && name != "kind" {
			typ = "list"
		}
		types = append(types, typ)
	}
	for _, c := range q.fixed {
		if c.doorAt.text != "" || q.mixed && c.to.word.text != "" {
			continue
		}
		switch {
		case chosen && (q.list == nil || !q.list.many):
			return append(types, "key")
		case name == "label" || name == "kind":
			return append(types, "text")
		}
	}
	return types
}

func (q *question) partNames() []string {
	var all []string
	for _, name := range []string{"text", "number", "phone", "lat", "lon", "file", "seconds", "choice", "label", "kind"} {
		if len(q.parts(name)) > 0 {
			all = append(all, name)
		}
	}
	return all
}

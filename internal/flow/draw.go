package flow

import (
	"fmt"
	"strings"
)

// Draw gives a flow as a Graphviz drawing: its steps and the ways between them, with the words of the source language.
// "" when there is no such flow.
func (b *Book) Draw(name string) (dot string) {
	f := b.flows[name]
	if f == nil {
		return ""
	}
	d := &drawing{book: b, ends: map[string]bool{}}
	d.line("digraph %q {", name)
	d.line("  rankdir=TB; node [fontname=\"sans-serif\", fontsize=11, style=filled, fillcolor=white]; edge [fontname=\"sans-serif\", fontsize=9];")
	if len(f.roles) > 0 {
		d.line("  label=%s; labelloc=t;", quote("for "+strings.Join(names(f.roles), ", ")))
	}
	for _, t := range f.triggers {
		d.line("  %s [shape=cds, label=%s, fillcolor=\"#fff2cc\"];", quote("<"+t.text), quote(t.text))
		d.line("  %s -> %s;", quote("<"+t.text), quote(f.steps[0].name))
	}
	for _, st := range f.steps {
		d.step(st)
	}
	for _, w := range []string{"menu", "back", "return", "resume", "stay"} {
		if d.ends[w] {
			d.line("  %s [shape=plaintext, label=%s, fontcolor=\"#777777\"];", quote(">"+w), quote(w))
		}
	}
	d.line("}")
	return d.String()
}

type drawing struct {
	strings.Builder
	book *Book
	ends map[string]bool
}

func (d *drawing) line(format string, args ...any) { fmt.Fprintf(d, format+"\n", args...) }

// quote makes a DOT string; \n in it breaks the line.
func quote(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s)
	return `"` + s + `"`
}

// words is the beginning of a text.
func (d *drawing) words(id string) string {
	r := []rune(strings.ReplaceAll(d.book.texts.Text(d.book.langs[0], id), "\n", " "))
	if len(r) > 48 {
		r = append(r[:47], '…')
	}
	return string(r)
}

func (d *drawing) step(st *step) {
	shape, label, fill := "box", st.name, "#ffffff"
	switch st.kind {
	case stepSay:
		shape = "note"
		if st.text.text != "" {
			label += "\n" + d.words(st.text.text)
		}
		for _, a := range st.attach {
			label += "\n+ " + a.kind.text
		}
	case stepAsk:
		fill = "#dae8fc"
		label += "\n" + d.words(st.text.text)
	case stepDo:
		shape, fill = "component", "#d5e8d4"
		label += "\n" + st.name2.text
	case stepBranch:
		shape = "diamond"
	case stepCall:
		shape, fill = "folder", "#e1d5e7"
		label += "\n" + st.name2.text
	case stepSet:
		for _, a := range st.args {
			label += "\n" + a.name.text
		}
	}
	d.line("  %s [shape=%s, label=%s, fillcolor=%s];", quote(st.name), shape, quote(label), quote(fill))
	for i := range st.on {
		d.edge(st, &st.on[i].to, st.on[i].name.text)
	}
	for i := range st.arms {
		label := "else"
		if c := st.arms[i].cond; c != nil {
			label = c.source
		}
		d.edge(st, &st.arms[i].to, label)
	}
	next := ""
	if q := st.question; q != nil {
		next = d.question(st, q)
	}
	if st.goesOn() {
		d.edge(st, &st.next, next)
	}
}

// question draws the ways out of a question and tells what goes on to its `next`.
func (d *drawing) question(st *step, q *question) string {
	var on []string
	for kind, ok := range q.accepts {
		if ok {
			on = append(on, answerWords[kind])
		}
	}
	if q.list != nil {
		on = append(on, q.list.from.text)
		if q.list.empty.kind != toNothing {
			d.edge(st, &q.list.empty, "empty")
		}
	}
	for _, c := range q.fixed {
		switch {
		case c.door != nil:
			d.line("  %s [shape=cds, label=%s, fillcolor=\"#fff2cc\"];", quote(">"+c.doorAt.text), quote(c.doorAt.text))
			d.line("  %s -> %s [label=%s];", quote(st.name), quote(">"+c.doorAt.text), quote(d.words(c.text.text)))
		case c.to.kind == toNothing:
			on = append(on, d.words(c.text.text))
		default:
			d.edge(st, &c.to, d.words(c.text.text))
		}
	}
	if q.out.kind != toNothing {
		d.edge(st, &q.out, "third wrong answer")
	}
	return strings.Join(on, "\n")
}

func (d *drawing) edge(from *step, t *target, label string) {
	var to string
	switch {
	case t.step != nil:
		to = t.step.name
	case t.kind != toNothing:
		to = ">" + t.word.text
		d.ends[t.word.text] = true
	default:
		return
	}
	d.line("  %s -> %s [label=%s];", quote(from.name), quote(to), quote(label))
}

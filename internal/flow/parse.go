package flow

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// A loader makes a Book, and notes what is wrong on the way.
type loader struct {
	book     *Book
	texts    Texts
	langs    []string
	offered  offers
	options  Options
	used     map[string]bool // text ids
	uses     []use
	problems []Problem
	unread   bool // a flow could not be read whole: what it uses isn't known
}

func (l *loader) add(p Problem) { l.problems = append(l.problems, p) }

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// read parses every flow file.
func (l *loader) read(fsys fs.FS) {
	files, err := fs.Glob(fsys, "*.yaml")
	if err != nil || len(files) == 0 {
		l.add(Problem{File: ".", Line: 1, What: "there are no flows here", Hint: "flows are files named *.yaml"})
		return
	}
	for _, file := range files {
		p := &page{l, file}
		b, err := fs.ReadFile(fsys, file)
		if err != nil {
			p.problem(1, "", "can't read: %v", err)
			continue
		}
		before := len(l.problems)
		if f := p.flow(p.document(b)); f != nil {
			f.broken = len(l.problems) > before
			l.book.flows[f.name] = f
			l.book.names = append(l.book.names, f.name)
		}
		l.unread = l.unread || len(l.problems) > before
	}
}

func (p *page) flow(fields []field) *flow {
	if fields == nil {
		return nil
	}
	f := &flow{file: p.file, line: 1, byName: map[string]*variable{}, byStep: map[string]*step{}}
	f.name = strings.TrimSuffix(path.Base(p.file), ".yaml")
	var named bool
	for _, e := range fields {
		switch e.key {
		case "flow":
			named = true
			if w := p.word(e); w.text != f.name {
				p.problem(e.line, "a flow is named for its file", "the flow `%s` is in the file of `%s`", w.text, f.name)
			}
		case "about":
			f.about, f.line = p.word(e).text, e.line
		case "resume":
			f.resume, f.resumeAt = p.word(e).text, e.line
		case "triggers":
			for _, n := range p.items(e.node) {
				f.triggers = append(f.triggers, p.word(field{"triggers", line(n), n}))
			}
		case "for":
			for _, n := range p.items(e.node) {
				f.roles = append(f.roles, p.word(field{"for", line(n), n}))
			}
		case "with":
			p.variables(f, e.node, true)
		case "vars":
			p.variables(f, e.node, false)
		case "steps":
			for _, s := range p.fields(e.node) {
				p.step(f, s)
			}
		default:
			p.unknown(e, "a flow", "flow", "about", "for", "triggers", "with", "vars", "resume", "steps")
		}
	}
	if !named {
		p.problem(1, "write `flow: "+f.name+"` first", "the flow doesn't say its name")
	}
	if len(f.steps) == 0 {
		p.problem(1, "", "the flow has no steps")
		return nil
	}
	return f
}

func (p *page) variables(f *flow, n ast.Node, given bool) {
	for _, e := range p.fields(n) {
		v := &variable{name: e.key, typ: p.word(e).text, line: e.line, given: given}
		switch v.typ {
		case "text", "number", "bool", "list":
		default:
			p.problem(e.line, "text, number, bool or list", "`%s` is no type of a variable", v.typ)
			v.typ = "text"
		}
		switch {
		case !nameForm.MatchString(v.name):
			p.problem(e.line, "small letters, digits and _", "`%s` can't name a variable", v.name)
		case special(v.name):
			p.problem(e.line, "", "`%s` is the engine's own name", v.name)
		case f.byName[v.name] != nil:
			p.problem(e.line, "", "the variable `%s` is there twice", v.name)
		}
		if f.byName[v.name] == nil {
			f.byName[v.name] = v
			f.vars = append(f.vars, v)
			if given {
				f.with = append(f.with, v)
			}
		}
	}
}

func special(name string) bool {
	return name == "lang" || name == "role" || name == "parked" || name == "parked_about"
}

var stepFields = map[stepKind][]string{
	stepSay:    {"say", "attach", "count", "keep", "lead", "head", "long", "next"},
	stepAsk:    {"ask", "choose", "answer", "save", "example", "wrong", "out", "nav", "asides", "columns", "count", "keep", "long", "next"},
	stepDo:     {"do", "with", "on", "next"},
	stepBranch: {"branch"},
	stepCall:   {"call", "with", "save", "next"},
	stepSet:    {"set", "next"},
}

func (p *page) step(f *flow, s field) {
	st := &step{flow: f, name: s.key, line: s.line}
	if _, taken := reserved[st.name]; taken {
		p.problem(s.line, "choose another name", "`%s` is a word of the language, not a step", st.name)
	} else if !nameForm.MatchString(st.name) {
		p.problem(s.line, "small letters, digits and _", "`%s` can't name a step", st.name)
	}
	fields := p.fields(s.node)
	kind, ok := p.kind(st, fields)
	if !ok {
		return
	}
	st.kind = kind
	if kind == stepAsk {
		st.question = &question{nav: true, asides: true}
	}
	for _, e := range fields {
		if !slices.Contains(stepFields[kind], e.key) {
			p.unknown(e, "a "+stepWords[kind]+" step", stepFields[kind]...)
			continue
		}
		if kind == stepAsk && p.asking(st, e) {
			continue
		}
		p.stepField(st, e)
	}
	if f.byStep[st.name] != nil { // unreachable for YAML itself, which refuses the second
		p.problem(s.line, "", "the step `%s` is there twice", st.name)
		return
	}
	f.byStep[st.name] = st
	f.steps = append(f.steps, st)
}

// kind tells which of the six a step is.
func (p *page) kind(st *step, fields []field) (kind stepKind, ok bool) {
	for _, e := range fields {
		for k, w := range stepWords {
			if e.key != w {
				if e.key == "attach" && !ok && !slices.ContainsFunc(fields, func(f field) bool { return f.key == "say" }) {
					kind, ok = stepSay, true
				}
				continue
			}
			if ok && kind != stepKind(k) {
				p.problem(e.line, "make it two steps", "the step `%s` does two things", st.name)
				return 0, false
			}
			kind, ok = stepKind(k), true
		}
	}
	if !ok {
		p.problem(st.line, "it may say, ask, do, branch, call or set", "the step `%s` does nothing", st.name)
	}
	return kind, ok
}

func (p *page) stepField(st *step, e field) {
	switch e.key {
	case "say", "ask":
		st.text = p.word(e)
	case "next":
		st.next.word = p.word(e)
	case "keep":
		st.keep = p.truth(e)
	case "lead":
		st.lead = p.truth(e)
	case "head":
		st.head = p.truth(e)
		st.lead = st.lead || st.head
	case "long":
		st.long = p.truth(e)
	case "count":
		st.count = p.word(e)
	case "attach":
		for _, a := range p.fields(e.node) {
			st.attach = append(st.attach, attach{word{a.key, a.line}, p.word(a)})
		}
	case "do", "call":
		st.name2 = p.word(e)
	case "with", "set":
		st.args = p.arguments(e.node)
	case "on":
		for _, o := range p.fields(e.node) {
			st.on = append(st.on, outcome{word{o.key, o.line}, target{word: p.word(o)}})
		}
	case "save": // of a call
		for _, s := range p.fields(e.node) {
			st.save = append(st.save, saving{part: p.word(s).text, into: s.key, line: s.line})
		}
	case "branch":
		for _, n := range p.items(e.node) {
			a := arm{line: line(n)}
			for _, b := range p.fields(n) {
				switch b.key {
				case "if":
					a.cond = p.expression(b)
				case "to":
					a.to.word = p.word(b)
				default:
					p.unknown(b, "an arm of a branch", "if", "to")
				}
			}
			if a.to.word.text == "" {
				p.problem(a.line, "give it `to: step`", "this arm of the branch leads nowhere")
			}
			st.arms = append(st.arms, a)
		}
	}
}

func (p *page) arguments(n ast.Node) []argument {
	var args []argument
	for _, a := range p.fields(n) {
		args = append(args, argument{word{a.key, a.line}, p.expression(a)})
	}
	return args
}

// expression takes a plain value as it is, and words as an expression.
func (p *page) expression(e field) *expression {
	x := &expression{line: e.line}
	switch n := e.node.(type) {
	case *ast.BoolNode:
		x.constant, x.literal, x.typ = true, n.Value, "bool"
		return x
	case *ast.SequenceNode:
		var all []string
		for _, item := range n.Values {
			s, _ := p.scalar(item)
			all = append(all, s)
		}
		x.constant, x.literal, x.typ = true, all, "list"
		return x
	}
	x.source = p.word(e).text
	return x
}

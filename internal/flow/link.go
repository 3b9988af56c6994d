package flow

import (
	"maps"
	"slices"
	"strings"
)

// offers are the rooms' signatures by name.
type offers struct {
	actions, lists, attachments map[string]Signature
}

func index(s Signatures) offers {
	by := func(all []Signature) map[string]Signature {
		m := make(map[string]Signature, len(all))
		for _, sig := range all {
			m[sig.Name] = sig
		}
		return m
	}
	return offers{by(s.Actions), by(s.Lists), by(s.Attachments)}
}

// A linker turns the names of one flow into what they stand for.
type linker struct {
	*page
	f   *flow
	env map[string]any
}

func (l *loader) link() {
	b := l.book
	slices.Sort(b.names)
	l.keywords()
	l.engineWords()
	b.menu = l.part(l.options.Menu, "menu")
	if l.options.Language != "" {
		b.language = l.part(l.options.Language, "language")
	}
	for _, name := range b.names {
		l.triggers(b.flows[name])
	}
	slices.SortStableFunc(b.prefixes, func(a, b door) int { return len(b.word) - len(a.word) })
	for _, name := range b.names {
		f := b.flows[name]
		if f.broken {
			continue
		}
		k := &linker{&page{l, f.file}, f, environment(f)}
		k.roles()
		if f.about != "" {
			l.use(use{file: f.file, line: f.line, id: f.about, role: asPlain})
		}
		if f.resume != "" {
			f.recap = k.needs(f.resumeAt, f.resume, asLine, nil)
			if f.about == "" {
				k.problem(f.resumeAt, "add `about: text`: the menu says what can be gone on with", "a flow that can be taken up again needs an `about`")
			}
			if f == b.menu || f == b.language {
				k.problem(f.resumeAt, "", "`%s` can't be put aside", f.name)
			}
		}
		for i := range f.steps {
			k.step(i)
		}
	}
}

// part finds a flow that has a part in every conversation.
func (l *loader) part(name, what string) *flow {
	f := l.book.flows[name]
	if f == nil {
		l.add(Problem{File: name + ".yaml", Line: 1, What: "there is no flow `" + name + "`", Hint: "it is the " + what})
	}
	return f
}

func (l *loader) triggers(f *flow) {
	p := &page{l, f.file}
	for _, t := range f.triggers {
		other := func(d door) {
			if f.meets(d.flow) {
				p.problem(t.line, "a trigger opens one flow for each role", "`%s` opens `%s` already", t.text, d.flow.name)
			}
		}
		w, star := strings.CutSuffix(t.text, "*")
		switch {
		case t.text == "typed":
			if l.book.typed != nil {
				other(door{flow: l.book.typed})
				continue
			}
			l.book.typed = f
			if len(f.with) == 0 || f.with[0].typ != "text" {
				p.problem(t.line, "with: {words: text}", "a flow that takes typed words needs a text in `with` to receive them")
			}
			continue
		case t.text == "voice":
			if l.book.voice != nil {
				other(door{flow: l.book.voice})
				continue
			}
			l.book.voice = f
			if len(f.with) == 0 || f.with[0].typ != "text" || len(f.with) > 1 && f.with[1].typ != "number" {
				p.problem(t.line, "with: {file: text, seconds: number}", "a flow that takes voice messages needs a text in `with` to receive the file")
			}
			continue
		case t.text == "/cancel", t.text == "/menu" && f != l.book.menu:
			p.problem(t.line, "", "`%s` works everywhere and can't open a flow", t.text)
			continue
		case !strings.HasPrefix(w, "/") && !strings.HasPrefix(w, "start:") || w == "/" || strings.ContainsAny(w, " *"):
			p.problem(t.line, "/command, \"start:link\", \"start:link_*\", typed or voice", "`%s` is no trigger", t.text)
			continue
		case len(w) > 64:
			p.problem(t.line, "", "`%s` is longer than 64 bytes", t.text)
		}
		if star {
			if len(f.with) == 0 {
				p.problem(t.line, "with: {it: text}", "what `*` stands for needs a variable in `with` to receive it")
			}
			for _, d := range l.book.prefixes {
				if d.word == w {
					other(d)
				}
			}
			l.book.prefixes = append(l.book.prefixes, door{w, f, t.line})
			continue
		}
		for _, d := range l.book.doors[w] {
			other(d)
		}
		l.book.doors[w] = append(l.book.doors[w], door{w, f, t.line})
	}
}

// meets tells whether somebody is admitted to both flows by the same right: by a role of theirs, or as everybody is.
func (f *flow) meets(other *flow) bool {
	if len(f.roles) == 0 || len(other.roles) == 0 {
		return len(f.roles) == len(other.roles)
	}
	return slices.ContainsFunc(f.roles, func(w word) bool { return other.admits(w.text) })
}

// roles checks whom the flow says that it is for.
func (k *linker) roles() {
	for _, w := range k.f.roles {
		if !slices.Contains(k.options.Roles, w.text) {
			k.problem(w.line, didYouMean(w.text, k.options.Roles), "nobody is `%s`", w.text)
		}
	}
	if len(k.f.roles) > 0 && (k.f == k.book.menu || k.f == k.book.language || k.f == k.book.typed || k.f == k.book.voice) {
		k.problem(k.f.roles[0].line, "", "`%s` must be for everybody", k.f.name)
	}
}

// within checks that whoever may be in this flow may use what it names: roles empty is for everybody.
func (k *linker) within(line int, what string, roles []string) {
	if len(roles) == 0 {
		return
	}
	for _, w := range k.f.roles {
		if !slices.Contains(roles, w.text) {
			k.problem(line, "for: ["+strings.Join(roles, ", ")+"]", "%s is not for `%s`, and this flow is", what, w.text)
		}
	}
	if len(k.f.roles) == 0 {
		k.problem(line, "for: ["+strings.Join(roles, ", ")+"]", "%s is not for everybody, and this flow is", what)
	}
}

func names(words []word) []string {
	var all []string
	for _, w := range words {
		all = append(all, w.text)
	}
	return all
}

func (k *linker) step(i int) {
	st := k.f.steps[i]
	switch st.kind {
	case stepSay:
		k.say(st)
	case stepAsk:
		k.question(st)
	case stepDo:
		k.action(st)
	case stepBranch:
		k.branch(st)
	case stepCall:
		k.call(st)
	case stepSet:
		for _, a := range st.args {
			v := k.variable(a.name)
			if k.compile(a.expr) && v != nil {
				k.same(a.name.line, a.name.text, v.typ, a.expr.typ)
			}
		}
	}
	if !st.goesOn() {
		if st.next.word.text != "" {
			k.target(&st.next)
		}
		return
	}
	switch {
	case st.next.word.text != "":
		k.target(&st.next)
	case i+1 < len(k.f.steps):
		st.next.kind, st.next.step = toStep, k.f.steps[i+1]
	default:
		k.problem(st.line, "add `next: menu`, or another step", "the last step `%s` leads nowhere", st.name)
	}
}

// goesOn tells whether a step uses its `next`.
func (st *step) goesOn() bool {
	switch st.kind {
	case stepBranch:
		return false
	case stepDo:
		return len(st.on) == 0 || st.next.word.text != ""
	case stepAsk:
		q := st.question
		if q.takes() || q.list != nil {
			return true
		}
		for _, c := range q.fixed {
			if c.doorAt.text == "" && c.to.word.text == "" {
				return true
			}
		}
		return false
	}
	return true
}

func (k *linker) target(t *target) {
	if kind, ok := reserved[t.word.text]; ok {
		t.kind = kind
		return
	}
	t.kind, t.step = toStep, k.f.byStep[t.word.text]
	if t.step == nil {
		var known []string
		for _, st := range k.f.steps {
			known = append(known, st.name)
		}
		k.problem(t.word.line, didYouMean(t.word.text, known), "there is no step `%s`", t.word.text)
		t.kind = toMenu
	}
}

func (k *linker) variable(w word) *variable {
	v := k.f.byName[w.text]
	if v == nil {
		var known []string
		for _, v := range k.f.vars {
			known = append(known, v.name)
		}
		hint := didYouMean(w.text, known)
		if hint == "" {
			hint = "add it to `vars`"
		}
		k.problem(w.line, hint, "there is no variable `%s`", w.text)
	}
	return v
}

func (k *linker) compile(x *expression) bool {
	what, hint := x.compile(k.env, k.book.means())
	if what != "" {
		k.problem(x.line, hint, "%s", what)
	}
	for _, id := range x.texts {
		k.use(use{file: k.file, line: x.line, id: id, role: asPlain})
		k.book.synonyms[id] = map[string]bool{}
		for _, w := range k.synonyms(id) {
			k.book.synonyms[id][w] = true
		}
	}
	return what == ""
}

func (k *linker) condition(x *expression) {
	if x != nil && k.compile(x) && x.typ != "bool" && x.typ != "" {
		k.problem(x.line, "compare it with something", "`%s` is a %s, not yes or no", x.source, x.typ)
	}
}

// same notes a value of the wrong type.
func (k *linker) same(line int, name, want, got string) {
	if got != "" && got != want {
		k.problem(line, "", "`%s` is a %s and gets a %s", name, want, got)
	}
}

func (k *linker) say(st *step) {
	role := asMessage
	if st.lead {
		role = asLine
	}
	for _, a := range st.attach {
		role = asCaption
		sig, ok := k.offered.attachments[a.kind.text]
		if !ok {
			k.problem(a.kind.line, didYouMean(a.kind.text, keys(k.offered.attachments)), "no room makes the attachment `%s`", a.kind.text)
		}
		k.within(a.kind.line, "the attachment `"+sig.Name+"`", sig.For)
		var v *variable
		if !special(a.from.text) {
			v = k.variable(a.from)
		}
		if len(sig.Args) == 1 && v != nil {
			for name, typ := range sig.Args {
				k.same(a.from.line, name, typ, v.typ)
			}
		}
	}
	if st.text.text != "" {
		st.params = k.needs(st.text.line, st.text.text, role, st)
	}
	if st.lead && len(st.attach) > 0 {
		k.problem(st.line, "leave `lead` or `head` out", "what leads the next message can't have anything attached")
	}
}

func (k *linker) action(st *step) {
	sig, ok := k.offered.actions[st.name2.text]
	if !ok {
		k.problem(st.name2.line, didYouMean(st.name2.text, keys(k.offered.actions)), "no room offers the action `%s`", st.name2.text)
	}
	k.within(st.name2.line, "the action `"+sig.Name+"`", sig.For)
	k.args("the action `"+sig.Name+"`", st.args, sig, ok)
	for i := range st.on {
		o := &st.on[i]
		if ok && !slices.Contains(sig.Outcomes, o.name.text) {
			k.problem(o.name.line, didYouMean(o.name.text, sig.Outcomes), "`%s` never comes to `%s`", sig.Name, o.name.text)
		}
		k.target(&o.to)
	}
	if st.on != nil && st.next.word.text == "" {
		for _, o := range sig.Outcomes {
			if !st.hasOutcome(o) {
				k.problem(st.line, "add it to `on`, or a `next` for the rest", "`%s` may come to `%s`, and nothing is said for it", sig.Name, o)
			}
		}
	}
	for name, typ := range sig.Sets {
		if v := k.f.byName[name]; v != nil {
			k.same(st.line, name, v.typ, typ)
		}
	}
}

func (st *step) hasOutcome(name string) bool {
	for i := range st.on {
		if st.on[i].name.text == name {
			return true
		}
	}
	return false
}

// args checks what a step gives to a room.
func (k *linker) args(whom string, args []argument, sig Signature, known bool) {
	for _, a := range args {
		fine := k.compile(a.expr)
		typ, ok := sig.Args[a.name.text]
		switch {
		case !known:
		case !ok:
			k.problem(a.name.line, didYouMean(a.name.text, keys(sig.Args)), "%s has no argument `%s`", whom, a.name.text)
		case fine:
			k.same(a.name.line, a.name.text, typ, a.expr.typ)
		}
	}
}

func (k *linker) branch(st *step) {
	for i := range st.arms {
		a := &st.arms[i]
		last := i == len(st.arms)-1
		switch {
		case a.cond == nil && !last:
			k.problem(a.line, "put it last", "nothing below an arm without `if` is ever tried")
		case a.cond != nil && last:
			k.problem(a.line, "end with `- {to: step}`", "when no arm of the branch holds, it leads nowhere")
		}
		k.condition(a.cond)
		if a.to.word.text != "" {
			k.target(&a.to)
		}
	}
	if len(st.arms) == 0 {
		k.problem(st.line, "", "the branch `%s` has no arms", st.name)
	}
}

func (k *linker) call(st *step) {
	callee := k.book.flows[st.name2.text]
	if callee == nil {
		k.problem(st.name2.line, didYouMean(st.name2.text, k.book.names), "there is no flow `%s` to call", st.name2.text)
		return
	} else if callee == k.book.menu {
		k.problem(st.name2.line, "next: menu", "the menu can't be called")
	}
	st.callee = callee
	k.within(st.name2.line, "the flow `"+callee.name+"`", names(callee.roles))
	for _, a := range st.args {
		fine := k.compile(a.expr)
		v := callee.byName[a.name.text]
		if v == nil || !v.given {
			var known []string
			for _, v := range callee.with {
				known = append(known, v.name)
			}
			k.problem(a.name.line, didYouMean(a.name.text, known), "the flow `%s` takes no `%s`", callee.name, a.name.text)
		} else if fine {
			k.same(a.name.line, a.name.text, v.typ, a.expr.typ)
		}
	}
	for i := range st.save {
		s := &st.save[i]
		mine := k.variable(word{s.into, s.line})
		theirs := callee.byName[s.part]
		if theirs == nil {
			k.problem(s.line, "save: {mine: theirs}", "the flow `%s` has no variable `%s`", callee.name, s.part)
		} else {
			s.typ = theirs.typ
			if mine != nil {
				k.same(s.line, s.into, mine.typ, theirs.typ)
			}
		}
	}
}

func keys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}

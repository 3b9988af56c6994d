package flow

// check looks for what would strand a person.
func (l *loader) check() {
	for range 4 { // lengths travel from flow to flow; deeper chains of calls than that keep the usual length
		for _, name := range l.book.names {
			l.lengths(l.book.flows[name])
		}
	}
	l.checkTexts()
	g := &graph{loader: l, silent: map[*flow]bool{}, busy: map[*flow]bool{}}
	for _, name := range l.book.names {
		if f := l.book.flows[name]; !f.broken {
			g.flow(f)
		}
	}
}

// A graph is the flows seen as steps and the ways between them.
type graph struct {
	*loader
	silent map[*flow]bool // can be gone through, from the first step to `return`, without a question
	busy   map[*flow]bool
}

func (g *graph) flow(f *flow) {
	p := &page{g.loader, f.file}
	reached := g.reached(f)
	for _, st := range f.steps {
		if !reached[st] {
			p.problem(st.line, "lead to it, or remove it", "no way leads to the step `%s`", st.name)
		}
	}
	g.loops(p, f, reached)
	g.calls(p, f)
	if f == g.book.menu && g.quiet(f) {
		p.problem(f.line, "let the menu ask something", "the menu ends without a question, and would be shown again for ever")
	}
	free := g.free(f)
	for _, st := range f.steps {
		if st.kind != stepAsk {
			continue
		}
		g.choices(p, st)
		if q := st.question; len(q.fixed) == 0 && q.list == nil && !q.takes() {
			p.problem(st.line, "give it `choose` or `answer`", "nobody can answer `%s`", st.name)
		} else if q.mayVanish() {
			p.problem(st.line, "leave one choice without `if`, or `nav: none` out", "all choices of `%s` may be missing at once", st.name)
		} else if reached[st] && !free[st] {
			p.problem(st.line, "leave `nav: none` out, or lead to menu or return", "once at `%s` there is no way out", st.name)
		}
	}
}

// ways are all the targets of a step.
func (st *step) ways() []*target {
	var all []*target
	put := func(t *target) {
		if t.kind != toNothing {
			all = append(all, t)
		}
	}
	for i := range st.on {
		put(&st.on[i].to)
	}
	for i := range st.arms {
		put(&st.arms[i].to)
	}
	if q := st.question; q != nil {
		for _, c := range q.fixed {
			put(&c.to)
		}
		put(&q.out)
		if q.list != nil {
			put(&q.list.empty)
		}
	}
	if st.goesOn() {
		put(&st.next)
	}
	return all
}

// quietWays are the targets that a step goes to without waiting for the person.
func (g *graph) quietWays(st *step) []*target {
	switch {
	case st.kind == stepAsk && st.question.list != nil && st.question.list.empty.kind != toNothing:
		return []*target{&st.question.list.empty}
	case st.kind == stepAsk, st.kind == stepCall && (st.callee == nil || !g.quiet(st.callee)):
		return nil
	}
	return st.ways()
}

func (g *graph) reached(f *flow) map[*step]bool {
	seen := map[*step]bool{}
	var visit func(st *step)
	visit = func(st *step) {
		if st == nil || seen[st] {
			return
		}
		seen[st] = true
		for _, t := range st.ways() {
			visit(t.step)
		}
	}
	visit(f.steps[0])
	return seen
}

// quiet tells whether a flow can end without a question.
func (g *graph) quiet(f *flow) bool {
	if v, known := g.silent[f]; known || g.busy[f] {
		return v
	}
	g.busy[f] = true
	seen := map[*step]bool{}
	var visit func(st *step) bool
	visit = func(st *step) bool {
		if st == nil || seen[st] {
			return false
		}
		seen[st] = true
		for _, t := range g.quietWays(st) {
			if t.kind == toReturn || f == g.book.menu && t.kind != toStep || visit(t.step) {
				return true
			}
		}
		return false
	}
	g.silent[f] = visit(f.steps[0])
	g.busy[f] = false
	return g.silent[f]
}

// loops finds circles on which nobody is asked anything.
func (g *graph) loops(p *page, f *flow, reached map[*step]bool) {
	const open, closed = 1, 2
	state := map[*step]int{}
	var visit func(st *step)
	visit = func(st *step) {
		state[st] = open
		for _, t := range g.quietWays(st) {
			switch {
			case t.step == nil || state[t.step] == closed:
			case state[t.step] == open:
				p.problem(st.line, "let a question stand between", "`%s` leads back to `%s` without a question: a loop without end", st.name, t.step.name)
			default:
				visit(t.step)
			}
		}
		state[st] = closed
	}
	for _, st := range f.steps {
		if reached[st] && state[st] == 0 {
			visit(st)
		}
	}
}

// calls finds flows that call themselves, directly or by way of others.
func (g *graph) calls(p *page, f *flow) {
	for _, st := range f.steps {
		if st.kind != stepCall {
			continue
		}
		seen := map[*flow]bool{}
		var leads func(c *flow) bool
		leads = func(c *flow) bool {
			if c == f {
				return true
			}
			if seen[c] {
				return false
			}
			seen[c] = true
			for _, s := range c.steps {
				if s.kind == stepCall && s.callee != nil && leads(s.callee) {
					return true
				}
			}
			return false
		}
		if st.callee != nil && leads(st.callee) {
			p.problem(st.line, "use `next: step` within the flow, or a door", "`%s` calls itself by way of `%s`", f.name, st.name2.text)
		}
	}
}

// free are the steps from which a person gets out, or to a question with a way out.
func (g *graph) free(f *flow) map[*step]bool {
	free := map[*step]bool{}
	for changed := true; changed; {
		changed = false
		for _, st := range f.steps {
			if !free[st] && g.leaves(st, free) {
				free[st], changed = true, true
			}
		}
	}
	return free
}

func (g *graph) leaves(st *step, free map[*step]bool) bool {
	if q := st.question; q != nil {
		if q.nav {
			return true
		}
		for _, c := range q.fixed {
			if c.doorAt.text != "" {
				return true
			}
		}
	}
	for _, t := range st.ways() {
		if t.kind == toMenu || t.kind == toReturn || t.kind == toResume || free[t.step] {
			return true
		}
	}
	return false
}

// mayVanish tells that a question can be left without any button and takes no words.
func (q *question) mayVanish() bool {
	if q.nav || q.takes() || q.list != nil && q.list.empty.kind != toNothing {
		return false
	}
	for _, c := range q.fixed {
		if c.cond == nil {
			return false
		}
	}
	return true
}

// choices finds buttons that can't be told apart.
func (g *graph) choices(p *page, st *step) {
	q := st.question
	seenKey := map[string]bool{}
	for _, c := range q.fixed {
		if c.key.text != "" && seenKey[c.key.text] {
			p.problem(c.line, "", "the key `%s` is there twice", c.key.text)
		}
		seenKey[c.key.text] = true
	}
	others := []string{}
	if q.nav {
		others = append(others, "nav.back", "nav.menu")
	}
	if q.list != nil {
		others = append(others, "nav.more", "nav.less")
		if q.list.many {
			others = append(others, q.list.done.text)
		}
	}
	for i, lang := range g.langs {
		for n, c := range q.fixed {
			if c.folded == nil || c.folded[i] == "" {
				continue
			}
			twin := ""
			for _, d := range q.fixed[:n] {
				if d.folded[i] == c.folded[i] && (d.cond == nil || c.cond == nil) {
					twin = d.text.text
				}
			}
			for _, id := range others {
				if g.texts.Has(lang, id) && g.book.u.Fold(g.texts.Text(lang, id)) == c.folded[i] {
					twin = id
				}
			}
			if twin != "" {
				p.problem(c.line, "use other words", "the choices `%s` and `%s` read the same in %s", twin, c.text.text, lang)
			}
		}
	}
}

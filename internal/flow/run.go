package flow

import (
	"fmt"
	"strconv"
)

// run works through steps until a question is asked.
func (r *run) run(st *step) error {
	for {
		if r.steps++; r.steps > maxSteps {
			return r.runaway(st)
		}
		var to *target
		var err error
		switch st.kind {
		case stepSay:
			r.message(st)
			to = &st.next
		case stepAsk:
			var asked bool
			if asked, err = r.ask(st); asked || err != nil {
				return err
			}
			to = &st.question.list.empty
		case stepDo:
			to, err = r.do(st)
		case stepBranch:
			to, err = r.branch(st)
		case stepSet:
			err = r.set(st.args)
			to = &st.next
		case stepCall:
			if err = r.call(st); err == nil {
				st = st.callee.steps[0]
				continue
			}
		}
		if err != nil {
			return err
		}
		st = r.follow(to)
	}
}

// follow gives the step that a target leads to. It may leave flows on the way.
func (r *run) follow(t *target) *step {
	switch t.kind {
	case toStep:
		return t.step
	case toBack, toStay:
		if st := r.before(); st != nil {
			return st
		}
	case toReturn:
		return r.back()
	case toResume:
		if p := r.state.parked; p != nil {
			r.state.parked = nil
			return r.takeUp(p)
		}
	}
	return r.menu()
}

// back ends the flow on top and goes on in the one that called it.
func (r *run) back() *step {
	s := &r.state
	n := len(s.frames) - 1
	if n == 0 {
		return r.menu()
	}
	done := &s.frames[n]
	caller := &s.frames[n-1]
	caller.answered = caller.answered || done.answered
	st := r.book.flows[caller.flow].byStep[caller.step]
	for _, sv := range st.save {
		v := done.get(sv.part)
		if v == nil {
			v = zero(sv.typ)
		}
		caller.set(sv.into, v)
	}
	s.frames = s.frames[:n]
	for len(s.trail) > 0 && s.trail[len(s.trail)-1].depth >= n {
		s.trail = s.trail[:len(s.trail)-1]
	}
	return r.follow(&st.next)
}

// before gives the question that was asked before this step; nil when there is none.
func (r *run) before() *step {
	s := &r.state
	for n := len(s.trail); n > 0; n = len(s.trail) {
		m := s.trail[n-1]
		s.trail = s.trail[:n-1]
		if m.depth >= 0 && m.depth < len(s.frames) {
			if st := r.book.flows[s.frames[m.depth].flow].byStep[m.step]; st != nil && st.kind == stepAsk {
				s.frames = s.frames[:m.depth+1]
				return st
			}
		}
	}
	return nil
}

func (r *run) do(st *step) (*target, error) {
	args, err := r.arguments(st.args)
	if err != nil {
		return nil, err
	}
	out, err := r.host.Do(st.name2.text, args)
	if err != nil {
		return nil, err
	}
	fr := r.top()
	for _, known := range st.flow.vars {
		if v, ok := out.Set[known.name]; ok {
			fr.set(known.name, plain(v))
		}
	}
	if out.Language != "" {
		r.state.Language = out.Language
	}
	if out.Role != nil {
		r.in.Role = *out.Role
	}
	r.turn.Forget = r.turn.Forget || out.Forget
	for i := range st.on {
		if st.on[i].name.text == out.Name {
			return &st.on[i].to, nil
		}
	}
	if st.next.kind == toNothing {
		return nil, fmt.Errorf("flow %s, step %s: %s came to %q, which it never promised", st.flow.name, st.name, st.name2.text, out.Name)
	}
	return &st.next, nil
}

func (r *run) branch(st *step) (*target, error) {
	for i := range st.arms {
		ok, err := r.holds(st.arms[i].cond)
		if ok || err != nil {
			return &st.arms[i].to, err
		}
	}
	return nil, fmt.Errorf("flow %s, step %s: no arm holds", st.flow.name, st.name)
}

// set evaluates all before it sets any.
func (r *run) set(args []argument) error {
	values, err := r.arguments(args)
	if err != nil {
		return err
	}
	fr := r.top()
	for _, a := range args {
		fr.set(a.name.text, values[a.name.text])
	}
	return nil
}

func (r *run) call(st *step) error {
	values, err := r.arguments(st.args)
	if err != nil {
		return err
	}
	r.top().step = st.name
	fr := frame{flow: st.callee.name, vars: make([]binding, 0, len(st.callee.vars))}
	for _, a := range st.args {
		fr.set(a.name.text, values[a.name.text])
	}
	r.state.frames = append(r.state.frames, fr)
	return nil
}

// read is a variable's value as the flow on top sees it, its type's zero value when it was never set.
func (r *run) read(name string) Value {
	switch name {
	case "lang":
		return r.state.Language
	case "role":
		return r.in.Role
	case "parked":
		return r.state.parked != nil
	case "parked_about":
		return r.about()
	}
	fr := r.top()
	return r.value(fr, name)
}

func (r *run) value(fr *frame, name string) Value {
	v := fr.get(name)
	d := r.book.flows[fr.flow].byName[name]
	if d == nil {
		return v
	}
	ok := false
	switch d.typ {
	case "text":
		_, ok = v.(string)
	case "number":
		_, ok = v.(int)
	case "bool":
		_, ok = v.(bool)
	case "list":
		_, ok = v.([]string)
	}
	if !ok {
		return zero(d.typ)
	}
	return v
}

// about is what the unfinished work is, in words.
func (r *run) about() string {
	if r.state.parked == nil {
		return ""
	}
	return r.book.texts.Text(r.language(), r.book.flows[r.book.unfinished(r.state.parked).flow].about)
}

// convert makes a word, such as a choice's key, a value of a type.
func convert(s, typ string) Value {
	switch typ {
	case "number":
		n, _ := strconv.Atoi(s)
		return n
	case "bool":
		return s == "yes" || s == "true"
	case "list":
		return []string{s}
	}
	return s
}

// message says something that is no question. In front of the next message, when it leads.
func (r *run) message(st *step) {
	params := r.params(r.top(), st.params, nil)
	if st.lead {
		r.lead = append(r.lead, Line{st.text.text, params, st.head})
		return
	}
	m := Message{Text: st.text.text, Params: params, Lead: r.lead, Keep: st.keep}
	r.lead = nil
	r.count(st, &m)
	for _, a := range st.attach {
		m.Attach = append(m.Attach, Attachment{a.kind.text, r.read(a.from.text)})
	}
	r.emit(m)
}

func (r *run) count(st *step, m *Message) {
	if st.plural {
		m.Plural = true
		m.Count, _ = r.read(st.count.text).(int)
	}
}

func (r *run) emit(m Message) {
	r.turn.Messages = append(r.turn.Messages, m)
}

// params gives a text what it needs.
func (r *run) params(fr *frame, needs []param, st *step) map[string]Value {
	if len(needs) == 0 {
		return nil
	}
	m := make(map[string]Value, len(needs))
	for _, p := range needs {
		switch p.source {
		case fromVariable:
			m[p.name] = r.value(fr, p.name)
		case fromLanguage:
			m[p.name] = r.state.Language
		case fromRole:
			m[p.name] = r.in.Role
		case fromParked:
			m[p.name] = r.state.parked != nil
		case fromParkedAbout:
			m[p.name] = r.about()
		case fromExample:
			m[p.name] = r.example(st)
		case fromMin, fromMax:
			m[p.name] = st.limit(p.source)
		}
	}
	return m
}

// limit is the least or the most that a question takes.
func (st *step) limit(s source) int {
	q := st.question
	switch {
	case q.accepts[answerNumber] && s == fromMin:
		return q.minNum
	case q.accepts[answerNumber]:
		return q.maxNum
	case s == fromMin:
		return q.minText
	}
	return q.maxText
}

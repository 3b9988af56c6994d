package flow

import "github.com/goccy/go-yaml/ast"

// asking reads the fields that only a question has; false leaves the field to stepField.
func (p *page) asking(st *step, e field) bool {
	q := st.question
	switch e.key {
	case "choose":
		p.choose(q, e)
	case "answer":
		for _, a := range p.fields(e.node) {
			p.answer(q, a)
		}
	case "save":
		if _, many := e.node.(*ast.MappingNode); !many {
			st.save = append(st.save, saving{into: p.word(e).text, line: e.line})
			break
		}
		for _, s := range p.fields(e.node) {
			w := p.word(s)
			st.save = append(st.save, saving{part: s.key, into: w.text, line: w.line})
		}
	case "example":
		q.example = p.word(e)
	case "wrong":
		for _, n := range p.items(e.node) {
			q.wrong = append(q.wrong, p.word(field{"wrong", line(n), n}))
		}
		if len(q.wrong) != 2 {
			p.problem(e.line, "wrong: [first, second]", "`wrong` needs two texts: for the first wrong answer and, in other words, for the second")
			q.wrong = nil
		}
	case "out":
		q.out.word = p.word(e)
	case "nav":
		if p.word(e).text != "none" {
			p.problem(e.line, "`nav: none`, or leave it out", "`nav` can only be none")
		}
		q.nav = false
	case "asides":
		if p.word(e).text != "none" {
			p.problem(e.line, "`asides: none`, or leave it out", "`asides` can only be none")
		}
		q.asides = false
	case "columns":
		q.columns = p.number(e, 1)
	default:
		return false
	}
	return true
}

func (p *page) choose(q *question, e field) {
	if _, many := e.node.(*ast.SequenceNode); many {
		q.fixed = p.choices(e.node)
		return
	}
	l := &list{page: 8, columns: 1}
	for _, c := range p.fields(e.node) {
		switch c.key {
		case "from":
			l.from = p.word(c)
		case "with":
			l.args = p.arguments(c.node)
		case "page":
			l.page = p.number(c, 1)
		case "columns":
			l.columns = p.number(c, 1)
		case "search":
			l.search = p.truth(c)
		case "many":
			l.many = p.truth(c)
		case "done":
			l.done = p.word(c)
		case "empty":
			l.empty.word = p.word(c)
		case "then":
			q.fixed = p.choices(c.node)
		default:
			p.unknown(c, "a provided list", "from", "with", "page", "search", "columns", "many", "done", "empty", "then")
		}
	}
	if l.from.text == "" {
		p.problem(e.line, "choose: {from: list}", "it isn't said which list the choices are from")
		return
	}
	if l.many && l.done.text == "" {
		p.problem(e.line, "give it `done: text`", "a list of which several can be picked needs a button to finish")
	}
	if l.page > 40 || l.columns > 8 {
		p.problem(e.line, "page up to 40, columns up to 8", "this list is too long or too wide for a screen")
	}
	q.list = l
}

func (p *page) choices(n ast.Node) []*choice {
	var all []*choice
	for _, item := range p.items(n) {
		c := &choice{line: line(item)}
		for _, e := range p.fields(item) {
			switch e.key {
			case "key":
				c.key = p.word(e)
			case "text":
				c.text = p.word(e)
			case "to":
				c.to.word = p.word(e)
			case "if":
				c.cond = p.expression(e)
			case "start":
				c.doorAt = p.word(e)
			case "set":
				c.set = p.arguments(e.node)
			default:
				p.unknown(e, "a choice", "key", "text", "to", "if", "start", "set")
			}
		}
		if c.text.text == "" {
			p.problem(c.line, "give it `text: id`", "a choice without a text")
		}
		switch isDoor := c.doorAt.text != ""; {
		case isDoor && (c.key.text != "" || c.to.word.text != "" || c.set != nil):
			p.problem(c.line, "a door has only `text`, `start` and `if`", "this choice is a door and a choice")
		case !isDoor && c.key.text == "":
			p.problem(c.line, "give it `key: word`", "a choice without a key")
		}
		all = append(all, c)
	}
	return all
}

func (p *page) answer(q *question, a field) {
	limits := func(least, low, high int) (int, int) {
		for _, e := range p.fields(a.node) {
			switch e.key {
			case "min":
				low = p.number(e, least)
			case "max":
				high = p.number(e, least)
			default:
				p.unknown(e, "`"+a.key+"`", "min", "max")
			}
		}
		if low > high {
			p.problem(a.line, "", "min is more than max")
		}
		return low, high
	}
	plain := func() {
		if !p.truth(a) {
			p.problem(a.line, "leave it out instead", "`%s: false` says nothing", a.key)
		}
	}
	request := func(k Kind) {
		if q.request != Text {
			p.problem(a.line, "ask for one, then for the other", "a question can't ask for a contact and a location at once")
		}
		q.request, q.button = k, p.word(a)
	}
	for k, w := range answerWords {
		if a.key != w {
			continue
		}
		q.accepts[k] = true
		switch answerKind(k) {
		case answerText:
			if q.minText, q.maxText = limits(1, 1, 4096); q.maxText > 4096 {
				p.problem(a.line, "max: 4096 at most", "nobody can send a text that long")
			}
		case answerNumber:
			q.minNum, q.maxNum = limits(-1<<31, 0, 1<<31)
		case answerContact:
			request(Contact)
		case answerLocation:
			request(Location)
		default:
			plain()
		}
		return
	}
	p.unknown(a, "`answer`", answerWords[:]...)
}

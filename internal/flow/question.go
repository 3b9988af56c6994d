package flow

// Keys of the buttons that the engine adds. A choice's own key begins with a letter or a digit.
const (
	keyBack  = "<"
	keyMenu  = "^"
	keyRetry = "~"
	keyDone  = "!"
	keyTurn  = '>' // ">16": the list from its 17th item
	keyPick  = '+' // "+key": pick it, in a list of which several can be picked
	keyAside = '?' // "?key": what was meant by words typed in between
	keyLeave = '-' // "-key": pick it no longer
)

// ask opens a question under a new number. It doesn't when its list is empty and the step says where to go then.
func (r *run) ask(st *step) (asked bool, err error) {
	s := &r.state
	q := st.question
	r.close()
	var items *Page
	if q.list != nil {
		if items, err = r.items(q.list); err != nil {
			return false, err
		}
		if items.Total == 0 && q.list.empty.kind != toNothing {
			return false, nil
		}
		if q.list.many && len(st.save) > 0 {
			picked, _ := r.read(st.save[0].into).([]string)
			s.picked = append(s.picked, picked...)
		}
	}
	s.screen++
	s.open = true
	r.top().step = st.name
	return true, r.show(st, items)
}

// show words the open question as it stands: its list turned and picked as the person left it.
func (r *run) show(st *step, items *Page) error {
	q := st.question
	m := Message{
		Text:   st.text.text,
		Params: r.params(r.top(), st.params, nil),
		Screen: r.state.screen,
		Keep:   st.keep,
	}
	r.count(st, &m)
	room := len(q.fixed) + len(r.offered) + 5
	if q.list != nil {
		room += q.list.page
	}
	offered := r.offered
	r.offered = nil
	rows := rows{flat: make([]Choice, 0, room), rows: make([][]Choice, 0, room), width: 1}
	if q.request == Text { // else the choices are words on a keyboard
		for _, c := range offered {
			rows.add(Choice{Key: string(keyAside) + c.Key, Label: c.Label})
		}
	}
	if q.list != nil {
		if items == nil {
			var err error
			if items, err = r.items(q.list); err != nil {
				return err
			}
		}
		if items.Total == 0 {
			r.say("list.empty", nil)
		}
		r.listed(&rows, q.list, items)
	}
	rows.width = max(1, q.columns)
	for _, c := range q.fixed {
		ok, err := r.holds(c.cond)
		if err != nil {
			return err
		}
		if ok {
			rows.add(Choice{Key: c.key.text, Text: c.text.text, Door: r.doorWord(c)})
		}
	}
	if q.list != nil && q.list.many {
		rows.end()
		rows.add(Choice{Key: keyDone, Text: q.list.done.text})
	}
	rows.end()
	if !r.newcomer() && (q.nav || len(rows.rows) == 0 && !q.takes()) {
		rows.width = 2
		if len(r.state.trail) > 0 {
			rows.add(Choice{Key: keyBack, Text: "nav.back"})
		}
		rows.add(Choice{Key: keyMenu, Text: "nav.menu"})
		rows.end()
	}
	m.Choices = rows.rows
	if q.request != Text {
		m.Request = Request{q.request, q.button.text}
	}
	m.Lead, r.lead = r.lead, nil
	r.emit(m)
	return nil
}

// takes tells whether something can be typed or sent.
func (q *question) takes() bool { return q.accepts != [answerKinds]bool{} }

// rows lays buttons out.
type rows struct {
	flat  []Choice
	rows  [][]Choice
	from  int
	width int
}

func (w *rows) add(c Choice) {
	w.flat = append(w.flat, c)
	if len(w.flat)-w.from == w.width {
		w.end()
	}
}

func (w *rows) end() {
	if n := len(w.flat); n > w.from {
		w.rows = append(w.rows, w.flat[w.from:n:n])
		w.from = n
	}
}

// doorWord is what a door button brings; "" for an ordinary choice.
func (r *run) doorWord(c *choice) string {
	switch {
	case c.door == nil:
		return ""
	case len(c.door) == 1 && c.door[0].variable == "":
		return c.door[0].words
	}
	word := ""
	for _, p := range c.door {
		word += p.words
		if p.variable != "" {
			v, _ := r.read(p.variable).(string)
			word += v
		}
	}
	return word
}

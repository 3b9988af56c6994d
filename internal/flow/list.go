package flow

import (
	"slices"
	"strconv"
)

// items gets the part of a list that is to be seen.
func (r *run) items(l *list) (*Page, error) {
	args, err := r.arguments(l.args)
	if err != nil {
		return nil, err
	}
	s := &r.state
	p, err := r.host.List(l.from.text, args, Query{s.search, s.offset, l.page})
	if err == nil && len(p.Items) == 0 && s.offset > 0 { // it became shorter
		s.offset = 0
		p, err = r.host.List(l.from.text, args, Query{s.search, 0, l.page})
	}
	if len(p.Items) > l.page {
		p.Items = p.Items[:l.page]
	}
	p.Total = max(p.Total, len(p.Items))
	return &p, err
}

// listed lays out a list's items, and the buttons that turn it.
func (r *run) listed(w *rows, l *list, p *Page) {
	s := &r.state
	w.width = l.columns
	for _, it := range p.Items {
		c := Choice{Key: it.Key, Label: it.Label}
		if l.many {
			c.On = slices.Contains(s.picked, it.Key)
			if c.On {
				c.Key = string(keyLeave) + it.Key
			} else {
				c.Key = string(keyPick) + it.Key
			}
		}
		w.add(c)
	}
	w.end()
	w.width = 2
	if s.offset > 0 {
		w.add(Choice{Key: turnKey(max(0, s.offset-l.page)), Text: "nav.less"})
	}
	if s.offset+len(p.Items) < p.Total && len(p.Items) > 0 {
		w.add(Choice{Key: turnKey(s.offset + len(p.Items)), Text: "nav.more"})
	}
	w.end()
}

func turnKey(offset int) string { return string(keyTurn) + strconv.Itoa(offset) }

// turnTo shows another part of the list, under the same number. The same part again says nothing.
func (r *run) turnTo(st *step, to string) error {
	n, err := strconv.Atoi(to)
	switch {
	case err != nil || n < 0 || st.question.list == nil:
		return r.stale()
	case n == r.state.offset:
		r.turn.Echo = true
		return nil
	}
	r.state.offset = n
	return r.show(st, nil)
}

// item looks an item up by its key.
func (r *run) item(l *list, key string) (Item, bool, error) {
	args, err := r.arguments(l.args)
	if err != nil {
		return Item{}, false, err
	}
	return r.host.Item(l.from.text, args, key)
}

// toggle picks an item, or picks it no longer. The key says which, so that pressing twice counts once.
func (r *run) toggle(st *step, on bool, key string) error {
	s := &r.state
	at := slices.Index(s.picked, key)
	if on == (at >= 0) {
		r.turn.Echo = true
		return nil
	}
	if !on {
		s.picked = slices.Delete(s.picked, at, at+1)
		return r.show(st, nil)
	}
	_, ok, err := r.item(st.question.list, key)
	switch {
	case err != nil:
		return err
	case !ok:
		return r.stale()
	}
	s.picked = append(s.picked, key)
	return r.show(st, nil)
}

// maxSearch is the longest that is looked up in a list, in bytes: nothing there has so long a name.
const maxSearch = 400

// search looks typed words up in the list. done is false when the list has nothing like them.
func (r *run) search(st *step, words string) (done bool, err error) {
	l := st.question.list
	switch {
	case r.state.search == words && st.question.takes():
		return false, nil // offered already: the words themselves are meant
	case len(words) > maxSearch:
		return false, nil
	}
	args, err := r.arguments(l.args)
	if err != nil {
		return false, err
	}
	p, err := r.host.List(l.from.text, args, Query{Search: words, Limit: l.page})
	switch {
	case err != nil:
		return false, err
	case len(p.Items) == 0:
		return false, nil
	case p.Sure:
		return true, r.chosen(st, p.Items[0])
	}
	r.state.search, r.state.offset = words, 0
	r.say("wrong.search_many", nil)
	p.Total = max(p.Total, len(p.Items))
	return true, r.show(st, &p)
}

// chosen takes an item that was pressed or typed.
func (r *run) chosen(st *step, it Item) error {
	if !st.question.list.many {
		return r.taken(st, &st.next, it.Key, given{kind: "choice", choice: it.Key, label: it.Label})
	}
	if !slices.Contains(r.state.picked, it.Key) {
		r.state.picked = append(r.state.picked, it.Key)
	}
	r.state.search, r.state.offset = "", 0
	return r.show(st, nil)
}

// finished takes what was picked.
func (r *run) finished(st *step) error {
	g := given{kind: "choice", picked: append([]string{}, r.state.picked...)} // none is a choice too: not nil
	for _, sv := range st.save {
		if sv.part != "label" {
			continue
		}
		for _, key := range g.picked {
			it, ok, err := r.item(st.question.list, key)
			if err != nil {
				return err
			}
			if ok {
				g.labels = append(g.labels, it.Label)
			}
		}
	}
	return r.taken(st, &st.next, keyDone, g)
}

// visible looks for typed words among the labels that are seen, and for a number among their places.
func (r *run) visible(st *step, folded string, place int) (found bool, err error) {
	q := st.question
	n := 0
	var items *Page
	if l := q.list; l != nil && (!l.search || place > 0 || r.turning(folded)) {
		if items, err = r.items(l); err != nil {
			return false, err
		}
		for _, it := range items.Items {
			if n++; n == place || place == 0 && r.book.u.Fold(it.Label) == folded {
				return true, r.chosen(st, it)
			}
		}
	}
	for _, c := range q.fixed {
		ok, err := r.holds(c.cond)
		if err != nil {
			return false, err
		}
		if !ok {
			continue
		}
		if n++; n == place || place == 0 && r.reads(c, folded) {
			if c.door != nil {
				return true, r.door(r.doorWord(c))
			}
			return true, r.fixed(st, c)
		}
	}
	if q.list != nil && place == 0 {
		return r.listButton(st, items, folded)
	}
	return false, nil
}

// listButton takes the typed label of a button that turns the list or finishes it.
func (r *run) listButton(st *step, items *Page, folded string) (found bool, err error) {
	l := st.question.list
	k, turns := r.book.keywords[folded]
	switch {
	case l.many && slices.Contains(l.finish, folded):
		return true, r.finished(st)
	case turns && k == keywordLess && r.state.offset > 0:
		return true, r.turnTo(st, strconv.Itoa(max(0, r.state.offset-l.page)))
	case turns && k == keywordMore && items != nil && r.state.offset+len(items.Items) < items.Total:
		return true, r.turnTo(st, strconv.Itoa(r.state.offset+len(items.Items)))
	case turns && k == keywordMore && items != nil && !l.many && len(items.Items) > shortly: // below an aside that was all of it
		return true, r.turnTo(st, strconv.Itoa(r.state.offset+shortly))
	}
	return false, nil
}

// turning tells whether words are the label of the button that turns a list.
func (r *run) turning(folded string) bool {
	k, ok := r.book.keywords[folded]
	return ok && k == keywordMore
}

// reads tells whether words are a choice's label, in the person's language or, before there is one, in any.
func (r *run) reads(c *choice, folded string) bool {
	for i, lang := range r.book.langs {
		if c.folded[i] == folded && (lang == r.state.Language || r.state.Language == "") {
			return true
		}
	}
	return false
}

package flow

import "strings"

// wrong answers what the question can't take: in one way the first time, in another the second; after the third comes
// the way out. The menu has no wrong answers.
func (r *run) wrong(st *step, id string) error {
	if r.onMenu() {
		return r.idle()
	}
	s := &r.state
	q := st.question
	s.wrong++
	if s.wrong >= 3 {
		return r.wayOut(st)
	}
	if s.wrong == 2 {
		id += "_again"
	}
	needs := r.book.wrongNeeds[id]
	// A question's own words are about words; "I don't know this town" is no answer to a picture.
	if q.wrong != nil && (r.in.Kind == Text || q.sent()) {
		id, needs = q.wrong[s.wrong-1].text, q.wrongs[s.wrong-1]
	}
	r.say(id, r.params(r.top(), needs, st))
	shown := false
	for _, p := range needs {
		shown = shown || p.source == fromExample
	}
	if q.example.text != "" && !shown {
		r.say(q.example.text, nil)
	}
	return r.show(st, nil)
}

// wayOut offers to try again or to leave, unless the step has its own way.
func (r *run) wayOut(st *step) error {
	if out := &st.question.out; out.kind != toNothing {
		switch out.kind {
		case toStay:
			return r.run(st)
		case toBack:
			return r.goBack()
		}
		r.close()
		r.remember(st)
		return r.run(r.follow(out))
	}
	m := Message{
		Text:    "wrong.out",
		Screen:  r.state.screen,
		Choices: [][]Choice{{{Key: keyRetry, Text: "wrong.retry"}}},
		Lead:    r.lead,
	}
	if !r.newcomer() {
		m.Choices = append(m.Choices, []Choice{{Key: keyMenu, Text: "nav.menu"}})
	}
	r.lead = nil
	r.emit(m)
	return nil
}

// sent tells whether something else than words can answer a question.
func (q *question) sent() bool {
	return q.file() || q.accepts[answerContact] || q.accepts[answerLocation]
}

// example is the example's words.
func (r *run) example(st *step) string {
	if st == nil || st.question.example.text == "" {
		return ""
	}
	return strings.TrimSpace(r.book.texts.Text(r.language(), st.question.example.text))
}

package flow

import (
	"errors"
	"fmt"
	"strings"
)

// maxSteps is how many steps one turn may take; more is a loop that the check could not see.
const maxSteps = 200

// ErrRunaway tells that a turn took more than 200 steps without a question.
var ErrRunaway = errors.New("a turn without end")

// A run is one turn at work on a copy of the state.
type run struct {
	book  *Book
	state State
	host  Host
	in    Input
	turn  Turn
	lead  []Line // waits for the next message

	offered []Choice // of an aside, to stand above the next question's own choices
	steps   int
}

// Advance takes the conversation one input further. Afterwards a question waits, be it the menu's, unless the turn
// was an Echo. When it returns an error s is as it was.
func (b *Book) Advance(s *State, in Input, h Host) (Turn, error) {
	r := &run{book: b, state: s.clone(), host: h, in: in}
	if err := r.route(); err != nil {
		return Turn{}, err
	}
	if n := len(r.state.frames); n > 0 {
		r.turn.Flow, r.turn.Step = r.state.frames[n-1].flow, r.state.frames[n-1].step
	}
	r.turn.Language = r.state.Language
	if r.turn.Forget {
		// The number goes on, so that old buttons can't be taken for new ones.
		r.state = State{screen: r.state.screen}
	}
	*s = r.state
	return r.turn, nil
}

// route decides what an input is about.
func (r *run) route() error {
	if p := r.state.parked; p != nil && (!r.fits(p) || !r.admitted(p) || r.book.unfinished(p) == nil) {
		r.state.parked = nil
	}
	if !r.admitted(&r.state.work) {
		r.drop()
		r.say("role.gone", nil)
		if r.in.Kind != Door {
			return r.home()
		}
	}
	if len(r.state.frames) > 0 && (!r.state.open || !r.fits(&r.state.work)) {
		r.drop()
		r.say("flow.changed", nil)
		if r.in.Kind != Door {
			return r.home()
		}
	}
	switch {
	case r.in.Kind == Press:
		return r.press()
	case r.in.Kind == Door:
		return r.door(r.in.Text)
	case !r.state.open:
		return r.idle()
	case r.in.Long && !r.newcomer():
		if r.parkable() {
			r.recap()
			return r.run(r.question())
		}
		r.drop()
		return r.idle()
	}
	return r.answer()
}

// fits tells whether what was under way still exists as it was: a question on top, calls below it.
func (r *run) fits(w *work) bool {
	for i := range w.frames {
		fr := &w.frames[i]
		f := r.book.flows[fr.flow]
		if f == nil {
			return false
		}
		st := f.byStep[fr.step]
		switch {
		case st == nil:
			return false
		case i == len(w.frames)-1:
			if st.kind != stepAsk {
				return false
			}
		case st.kind != stepCall || st.callee.name != w.frames[i+1].flow:
			return false
		}
	}
	return true
}

// admitted tells whether the person may be in all of what was under way: a role can be taken away at any time.
func (r *run) admitted(w *work) bool {
	for i := range w.frames {
		if f := r.book.flows[w.frames[i].flow]; f != nil && !f.admits(r.in.Role) {
			return false
		}
	}
	return true
}

func (r *run) top() *frame { return &r.state.frames[len(r.state.frames)-1] }

// question is the step of the open question.
func (r *run) question() *step {
	t := r.top()
	return r.book.flows[t.flow].byStep[t.step]
}

// newcomer tells that the language has to come first.
func (r *run) newcomer() bool { return r.state.Language == "" && r.book.language != nil }

// onMenu tells that nothing but the menu is open.
func (r *run) onMenu() bool {
	return len(r.state.frames) == 1 && r.state.frames[0].flow == r.book.menu.name
}

// say puts a line before the next message.
func (r *run) say(id string, params map[string]Value) {
	r.lead = append(r.lead, Line{Text: id, Params: params})
}

// language is the language that texts are looked up in.
func (r *run) language() string {
	if r.state.Language == "" {
		return r.book.langs[0]
	}
	return r.state.Language
}

// press works through a button of a question.
func (r *run) press() error {
	s := &r.state
	if s.open && r.in.Screen == s.screen {
		return r.pick(r.question(), r.in.Key)
	}
	if s.pressed.key != "" && s.pressed == (pressed{r.in.Screen, r.in.Key}) {
		r.turn.Echo = true
		return nil
	}
	return r.stale()
}

// stale answers a button that no longer means anything, and shows what is open now.
func (r *run) stale() error {
	r.say("press.stale", nil)
	return r.again()
}

// again shows the open question as it stands, or the menu.
func (r *run) again() error {
	if r.state.open {
		return r.show(r.question(), nil)
	}
	return r.home()
}

// home leaves everything and shows the menu, or asks a newcomer for the language.
func (r *run) home() error {
	if r.newcomer() {
		return r.greet()
	}
	return r.run(r.menu())
}

func (r *run) greet() error {
	r.drop()
	return r.run(r.start(r.book.language, "", false))
}

// door opens what a command, a door button or a deep link leads to.
func (r *run) door(word string) error {
	f, given, known := r.book.find(word, r.in.Role)
	if r.newcomer() {
		if known && f != r.book.language && f != r.book.menu {
			r.state.after = word
		}
		return r.greet()
	}
	switch {
	case word == "/cancel":
		return r.cancel()
	case word == "/menu" || known && f == r.book.menu:
		r.leave()
		return r.home()
	case known:
		return r.open(f, given)
	case word == "/start" || strings.HasPrefix(word, "start:"):
		r.leave()
		return r.home()
	}
	r.say("unexpected.command", nil)
	return r.again()
}

// cancel drops what is under way.
func (r *run) cancel() error {
	if r.state.open && !r.onMenu() && !r.newcomer() {
		r.say("cancelled", nil)
	}
	r.drop()
	return r.home()
}

// open starts a flow, or takes it up again when it is the very one that was put aside.
func (r *run) open(f *flow, given string) error {
	before := r.state.parked
	r.leave()
	now := r.state.parked
	for _, p := range []*work{now, before} {
		if p == nil || !r.book.sameWork(p, f, given) {
			continue
		}
		if p == now {
			r.state.parked = nil
		}
		return r.run(r.takeUp(p))
	}
	return r.run(r.start(f, given, given != ""))
}

// idle takes what comes when no question is open, or when the menu has no use for it.
func (r *run) idle() error {
	if r.newcomer() {
		if r.in.Kind == Text && r.book.typed != nil && r.in.Text != "" {
			r.state.after = "=" + cut(r.in.Text)
		}
		return r.greet()
	}
	if r.in.Kind == Voice && r.book.voice != nil && r.in.File != "" {
		r.drop()
		st := r.start(r.book.voice, r.in.File, true)
		if with := r.book.voice.with; len(with) > 1 {
			r.top().set(with[1].name, r.in.Seconds)
		}
		return r.run(st)
	}
	if r.in.Kind == Text {
		if k, ok := r.book.keywords[r.book.u.Fold(r.in.Text)]; ok && k <= keywordCancel {
			return r.home()
		}
		if r.book.typed != nil && strings.TrimSpace(r.in.Text) != "" {
			r.drop()
			return r.run(r.start(r.book.typed, r.in.Text, true))
		}
	}
	id := "unexpected.other"
	switch r.in.Kind {
	case Voice:
		id = "unexpected.voice"
	case Photo:
		id = "unexpected.photo"
	case Location:
		id = "unexpected.location"
	case Contact:
		id = "unexpected.contact"
	}
	r.say(id, nil)
	return r.home()
}

// start puts a flow in place of whatever there was and gives its first step.
func (r *run) start(f *flow, given string, has bool) *step {
	fr := frame{flow: f.name, step: f.steps[0].name, vars: make([]binding, 0, len(f.vars))}
	if has && len(f.with) > 0 {
		fr.set(f.with[0].name, convert(cut(given), f.with[0].typ))
	}
	r.state.work = work{frames: append(r.state.frames[:0], fr), trail: r.state.trail[:0]}
	return f.steps[0]
}

// maxWords is how much of what is typed when no question is open is looked at, in characters.
const maxWords = 500

func cut(s string) string {
	n := 0
	for i := range s {
		if n++; n > maxWords {
			return s[:i]
		}
	}
	return s
}

// menu ends everything. What was asked for before there was a language comes now, and else the menu.
func (r *run) menu() *step {
	r.drop()
	if r.newcomer() {
		r.state.Language = r.book.langs[0]
	}
	after := r.state.after
	r.state.after = ""
	if words, ok := strings.CutPrefix(after, "="); ok && r.book.typed != nil {
		return r.start(r.book.typed, words, true)
	}
	if f, given, ok := r.book.find(after, r.in.Role); ok && after != "" {
		return r.start(f, given, given != "")
	}
	return r.start(r.book.menu, "", false)
}

// drop ends what is under way.
func (r *run) drop() {
	s := &r.state
	s.frames, s.trail = s.frames[:0], s.trail[:0]
	r.close()
}

// close ends the open question.
func (r *run) close() {
	s := &r.state
	s.open, s.wrong, s.offset, s.search, s.picked = false, 0, 0, "", s.picked[:0]
}

func (r *run) runaway(st *step) error {
	return fmt.Errorf("flow %s, step %s: %w", st.flow.name, st.name, ErrRunaway)
}

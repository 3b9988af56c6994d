package flow

// leave ends what is under way, and puts it aside when it can be taken up again: all of it, with the flows that called.
// There is one place: the newest stays.
func (r *run) leave() {
	if r.parkable() {
		s := &r.state
		s.parked = &work{frames: append([]frame(nil), s.frames...), trail: append([]mark(nil), s.trail...)}
	}
	r.drop()
}

// parkable tells whether a flow that can be taken up again is open, and something in it was answered.
func (r *run) parkable() bool {
	return r.state.open && r.book.begun(&r.state.work)
}

// begun tells whether a flow that can be taken up again is among some work, and something in it was answered.
func (b *Book) begun(w *work) bool {
	unfinished := false
	for i := range w.frames {
		fr := &w.frames[i]
		unfinished = unfinished || b.Resumable(fr.flow)
		if unfinished && fr.answered {
			return true
		}
	}
	return false
}

// Resumable tells whether there is a flow of that name that can be taken up again.
func (b *Book) Resumable(name string) bool {
	f := b.flows[name]
	return f != nil && f.resume != ""
}

// Unfinished names the flow that a person began and hasn't ended, open or put aside; "" when there is none. Only a flow that can be taken
// up again counts, once something in it was answered.
func (b *Book) Unfinished(s *State) string {
	for _, w := range []*work{&s.work, s.parked} {
		if w != nil && b.begun(w) {
			return b.unfinished(w).flow
		}
	}
	return ""
}

// unfinished is the innermost flow of some work that says how it is recalled; nil when there is none.
func (b *Book) unfinished(w *work) *frame {
	for i := len(w.frames) - 1; i >= 0; i-- {
		if fr := &w.frames[i]; b.Resumable(fr.flow) {
			return fr
		}
	}
	return nil
}

// sameWork tells whether a door leads to what was put aside: to a flow of it, given the same or nothing.
func (b *Book) sameWork(w *work, f *flow, given string) bool {
	for i := range w.frames {
		fr := &w.frames[i]
		if fr.flow == f.name {
			return given == "" || len(f.with) > 0 && fr.get(f.with[0].name) == convert(given, f.with[0].typ)
		}
	}
	return false
}

// takeUp brings back what was put aside, and gives the question that was open.
func (r *run) takeUp(p *work) *step {
	r.drop()
	r.state.work = p.clone()
	r.recap()
	return r.question()
}

// recap says where the person was, before the question comes again.
func (r *run) recap() {
	fr := r.book.unfinished(&r.state.work)
	f := r.book.flows[fr.flow]
	r.say(f.resume, r.params(fr, f.recap, nil))
}

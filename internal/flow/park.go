package flow

// leave ends what is under way, and puts it aside when it can be taken up again. There is one place: the newest stays.
func (r *run) leave() {
	if i := r.parkable(); i >= 0 {
		s := &r.state
		p := &work{frames: append([]frame(nil), s.frames[i:]...)}
		for _, m := range s.trail {
			if m.depth >= i {
				p.trail = append(p.trail, mark{m.depth - i, m.step})
			}
		}
		s.parked = p
	}
	r.drop()
}

// parkable gives the lowest frame that can be taken up again and in which something was answered; -1 when there is none.
func (r *run) parkable() int {
	if !r.state.open {
		return -1
	}
	for i := range r.state.frames {
		if r.book.flows[r.state.frames[i].flow].resume == "" {
			continue
		}
		for _, fr := range r.state.frames[i:] {
			if fr.answered {
				return i
			}
		}
		return -1
	}
	return -1
}

// takeUp brings back what was put aside, and gives the question that was open.
func (r *run) takeUp(p *work) *step {
	r.drop()
	r.state.work = p.clone()
	r.recap(0)
	return r.question()
}

// recap says where the person was, before the question comes again.
func (r *run) recap(i int) {
	fr := &r.state.frames[i]
	f := r.book.flows[fr.flow]
	r.say(f.resume, r.params(fr, f.recap, nil))
}

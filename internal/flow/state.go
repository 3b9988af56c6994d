package flow

// A State is where one person's conversation stands. The zero State is somebody new.
//
// It holds what the person said in the flows that are not finished: treat it as personal data.
type State struct {
	Language string // "" before the person chose

	screen  int    // the number that the last question got; never goes back
	open    bool   // the question of the top frame waits for an answer
	wrong   int    // wrong answers to it so far
	offset  int    // how far its list is turned
	search  string // what its list was searched for
	picked  []string
	pressed pressed // the last button that counted
	after   string  // what to do once the person has a language: a door, or "=" and words
	work
	parked *work
}

// work is what can be put aside: the flows that are under way and the way back through their questions.
type work struct {
	frames []frame
	trail  []mark // the questions before the open one, oldest first
}

type pressed struct {
	screen int
	key    string
}

// A frame is one flow under way. All but the top one wait at a call.
type frame struct {
	flow     string
	step     string
	answered bool // a question of it, or of a flow that it called, was answered
	vars     []binding
}

type binding struct {
	name  string
	value Value
}

// A mark is a question that was asked: in which frame, and which step.
type mark struct {
	depth int
	step  string
}

// maxTrail is how many questions *back* remembers.
const maxTrail = 24

// Open tells whether a question waits for an answer.
func (s *State) Open() bool { return s.open }

// Variable is the value of a variable of the flow that is under way; nil when there is none.
func (s *State) Variable(name string) Value {
	if len(s.frames) == 0 {
		return nil
	}
	return s.frames[len(s.frames)-1].get(name)
}

func (f *frame) get(name string) Value {
	for i := range f.vars {
		if f.vars[i].name == name {
			return f.vars[i].value
		}
	}
	return nil
}

func (f *frame) set(name string, v Value) {
	for i := range f.vars {
		if f.vars[i].name == name {
			f.vars[i].value = v
			return
		}
	}
	f.vars = append(f.vars, binding{name, v})
}

// clone is a State that can change without changing s. What is put aside is shared: it never changes in place.
func (s *State) clone() State {
	c := *s
	c.work = s.work.clone()
	c.picked = append([]string(nil), s.picked...)
	return c
}

func (w *work) clone() work {
	c := work{trail: append(make([]mark, 0, len(w.trail)+1), w.trail...)}
	if len(w.frames) == 0 {
		return c
	}
	c.frames = append(make([]frame, 0, len(w.frames)+1), w.frames...)
	n := 0
	for i := range c.frames {
		n += len(c.frames[i].vars) + 2
	}
	room := make([]binding, 0, n)
	for i := range c.frames {
		from := len(room)
		room = append(room, c.frames[i].vars...)
		to := len(room)
		room = room[:to+2]
		c.frames[i].vars = room[from : to : to+2]
	}
	return c
}

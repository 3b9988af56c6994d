package flow

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// ErrState tells that Read was given something that Append didn't write.
var ErrState = errors.New("not a conversation's state")

// Read reads what Append wrote; nothing at all is the State of somebody new.
func Read(b []byte) (State, error) {
	var s State
	if len(b) == 0 {
		return s, nil
	}
	r := reader{s: string(b)}
	var parked work
	version := 0
	r.object(func(k string) {
		switch k {
		case "v":
			version = r.number()
		case "lang":
			s.Language = r.string()
		case "screen":
			s.screen = r.number()
		case "open":
			s.open = r.bool()
		case "wrong":
			s.wrong = r.number()
		case "offset":
			s.offset = r.number()
		case "search":
			s.search = r.string()
		case "picked":
			s.picked = r.strings()
		case "last":
			s.pressed.screen = r.number()
		case "key":
			s.pressed.key = r.string()
		case "after":
			s.after = r.string()
		case "frames":
			s.frames = r.frames()
		case "trail":
			s.trail = r.trail()
		case "parked":
			parked.frames = r.frames()
		case "parked_trail":
			parked.trail = r.trail()
		default:
			r.fail("unknown " + k)
		}
	})
	if r.at != len(r.s) {
		r.fail("more after the end")
	}
	if version != 1 {
		r.fail("unknown version")
	}
	if s.screen < 0 || s.offset < 0 || s.wrong < 0 {
		r.fail("a number below zero")
	}
	if r.err != nil {
		return State{}, r.err
	}
	if len(parked.frames) > 0 {
		s.parked = &parked
	}
	s.open = s.open && len(s.frames) > 0
	return s, nil
}

// A reader takes JSON of exactly the shape that the writer writes, without white space. After an error it stands still.
type reader struct {
	s   string
	at  int
	err error
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s at byte %d", ErrState, what, r.at)
	}
	r.at = len(r.s)
}

func (r *reader) peek() byte {
	if r.at < len(r.s) {
		return r.s[r.at]
	}
	return 0
}

// take passes c, or fails.
func (r *reader) take(c byte) {
	if r.peek() != c || r.at >= len(r.s) {
		r.fail("no " + string(c))
		return
	}
	r.at++
}

func (r *reader) object(entry func(key string)) {
	r.take('{')
	for first := true; r.err == nil; first = false {
		if r.peek() == '}' {
			r.at++
			return
		}
		if !first {
			r.take(',')
		}
		k := r.string()
		r.take(':')
		if r.err == nil {
			entry(k)
		}
	}
}

func (r *reader) array(entry func()) {
	r.take('[')
	for first := true; r.err == nil; first = false {
		if r.peek() == ']' {
			r.at++
			return
		}
		if !first {
			r.take(',')
		}
		if r.err == nil {
			entry()
		}
	}
}

func (r *reader) number() int {
	from := r.at
	for c := r.peek(); c >= '0' && c <= '9' || c == '-'; c = r.peek() {
		r.at++
	}
	n, err := strconv.Atoi(r.s[from:r.at])
	if err != nil {
		r.fail("no number")
	}
	return n
}

func (r *reader) bool() bool {
	if len(r.s)-r.at >= 4 && r.s[r.at:r.at+4] == "true" {
		r.at += 4
		return true
	}
	r.fail("no true")
	return false
}

func (r *reader) strings() (all []string) {
	r.array(func() { all = append(all, r.string()) })
	return all
}

func (r *reader) trail() (all []mark) {
	all = make([]mark, 0, 8)
	r.array(func() {
		var m mark
		r.take('[')
		m.depth = r.number()
		r.take(',')
		m.step = r.string()
		r.take(']')
		all = append(all, m)
	})
	return all
}

func (r *reader) frames() (all []frame) {
	all = make([]frame, 0, 2)
	r.array(func() {
		var f frame
		r.object(func(k string) {
			switch k {
			case "flow":
				f.flow = r.string()
			case "step":
				f.step = r.string()
			case "answered":
				f.answered = r.bool()
			case "vars":
				f.vars = make([]binding, 0, 8)
				r.object(func(k string) { f.vars = append(f.vars, binding{k, r.value()}) })
			default:
				r.fail("unknown " + k)
			}
		})
		all = append(all, f)
	})
	return all
}

func (r *reader) value() Value {
	switch c := r.peek(); {
	case c == '"':
		return r.string()
	case c == '[':
		return r.strings()
	case c == 't':
		return r.bool()
	}
	return r.number()
}

// string gives a part of the text itself unless something in it is escaped.
func (r *reader) string() string {
	r.take('"')
	from := r.at
	for r.at < len(r.s) {
		switch r.s[r.at] {
		case '"':
			r.at++
			return r.s[from : r.at-1]
		case '\\':
			return r.escaped(from)
		}
		r.at++
	}
	r.fail("no end of a text")
	return ""
}

func (r *reader) escaped(from int) string {
	b := append(make([]byte, 0, 2*(r.at-from)+16), r.s[from:r.at]...)
	for r.at < len(r.s) {
		c := r.s[r.at]
		r.at++
		switch c {
		case '"':
			return string(b)
		case '\\':
			switch e := r.peek(); e {
			case '"', '\\':
				b = append(b, e)
				r.at++
			case 'n':
				b = append(b, '\n')
				r.at++
			case 'u':
				digits := r.s[r.at+1 : min(r.at+5, len(r.s))]
				n, err := strconv.ParseUint(digits, 16, 8)
				if err != nil || n >= utf8.RuneSelf || len(digits) < 4 {
					r.fail("bad escape")
					return ""
				}
				b = append(b, byte(n))
				r.at += 5
			default:
				r.fail("bad escape")
				return ""
			}
		default:
			b = append(b, c)
		}
	}
	r.fail("no end of a text")
	return ""
}

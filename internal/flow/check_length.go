package flow

import "unicode/utf8"

// Longest values, in characters, of what no flow bounds.
const (
	usual    = 64
	longKey  = 40   // of a list's item
	longLink = 64   // Telegram: the payload of a deep link
	longFile = 200  // a messenger's file id
	longNote = 1024 // Telegram: a caption
)

// lengths finds out how long a flow's texts may become, from everywhere they are set.
func (l *loader) lengths(f *flow) {
	raise := func(name string, n int) {
		if v := f.byName[name]; v != nil {
			v.longest = max(v.longest, n)
		}
	}
	for _, v := range f.with {
		raise(v.name, longLink)
	}
	for _, st := range f.steps {
		switch st.kind {
		case stepSet:
			for _, a := range st.args {
				raise(a.name.text, a.expr.longest(f))
			}
		case stepDo:
			sig := l.offered.actions[st.name2.text]
			for name := range sig.Sets {
				n, ok := sig.Longest[name]
				if !ok {
					n = usual
				}
				raise(name, n)
			}
		case stepCall:
			if st.callee == nil {
				continue
			}
			for _, a := range st.args {
				if v := st.callee.byName[a.name.text]; v != nil {
					v.longest = max(v.longest, a.expr.longest(f))
				}
			}
			for _, s := range st.save {
				if v := st.callee.byName[s.part]; v != nil {
					raise(s.into, v.longest)
				}
			}
		case stepAsk:
			for _, s := range st.save {
				raise(s.into, st.question.longest(s.part))
			}
			for _, c := range st.question.fixed {
				for _, a := range c.set {
					raise(a.name.text, a.expr.longest(f))
				}
			}
		}
	}
}

func (x *expression) longest(f *flow) int {
	if s, ok := x.literal.(string); ok {
		return utf8.RuneCountInString(s)
	}
	if v := f.byName[x.variable]; v != nil && v.longest > 0 {
		return v.longest
	}
	return usual
}

// longest is the most characters that a part of an answer has.
func (q *question) longest(part string) int {
	n := 0
	if part == "" || part == "text" {
		if q.accepts[answerText] {
			n = max(n, q.maxText)
		}
		if part == "text" && (q.accepts[answerVoice] || q.accepts[answerPhoto]) {
			n = max(n, longNote)
		}
	}
	if part == "file" || part == "" && (q.accepts[answerVoice] || q.accepts[answerPhoto]) {
		n = max(n, longFile)
	}
	switch part {
	case "label":
		n = max(n, usual)
	case "phone", "kind", "lat", "lon":
		n = max(n, 16)
	case "", "choice":
		n = max(n, longKey)
	}
	return n
}

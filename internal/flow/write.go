package flow

import (
	"strconv"
	"unicode/utf8"
)

// Append writes the state as one line of JSON, to be kept as text. Invalid UTF-8 becomes U+FFFD, and no NUL is ever
// written as such, so that Postgres takes it. What has its type's zero value is left out.
func (s State) Append(dst []byte) []byte {
	w := writer{dst}
	w.raw(`{"v":1`)
	w.text("lang", s.Language)
	w.number("screen", s.screen)
	w.flag("open", s.open)
	w.number("wrong", s.wrong)
	w.number("offset", s.offset)
	w.text("search", s.search)
	w.texts("picked", s.picked)
	if s.pressed.key != "" {
		w.number("last", s.pressed.screen)
		w.text("key", s.pressed.key)
	}
	w.text("after", s.after)
	w.work("frames", "trail", &s.work)
	if s.parked != nil {
		w.work("parked", "parked_trail", s.parked)
	}
	w.raw("}")
	return w.b
}

type writer struct{ b []byte }

func (w *writer) raw(s string) { w.b = append(w.b, s...) }

func (w *writer) key(k string) {
	if c := w.b[len(w.b)-1]; c != '{' {
		w.b = append(w.b, ',')
	}
	w.b = append(w.b, '"')
	w.b = append(w.b, k...)
	w.b = append(w.b, '"', ':')
}

func (w *writer) text(k, v string) {
	if v != "" {
		w.key(k)
		w.string(v)
	}
}

func (w *writer) number(k string, v int) {
	if v != 0 {
		w.key(k)
		w.b = strconv.AppendInt(w.b, int64(v), 10)
	}
}

func (w *writer) flag(k string, v bool) {
	if v {
		w.key(k)
		w.raw("true")
	}
}

func (w *writer) texts(k string, v []string) {
	if len(v) > 0 {
		w.key(k)
		w.list(v)
	}
}

func (w *writer) list(v []string) {
	w.b = append(w.b, '[')
	for i, s := range v {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.string(s)
	}
	w.b = append(w.b, ']')
}

func (w *writer) work(frames, trail string, k *work) {
	if len(k.frames) > 0 {
		w.key(frames)
		w.b = append(w.b, '[')
		for i := range k.frames {
			if i > 0 {
				w.b = append(w.b, ',')
			}
			w.frame(&k.frames[i])
		}
		w.b = append(w.b, ']')
	}
	if len(k.trail) > 0 {
		w.key(trail)
		w.b = append(w.b, '[')
		for i, m := range k.trail {
			if i > 0 {
				w.b = append(w.b, ',')
			}
			w.b = append(w.b, '[')
			w.b = strconv.AppendInt(w.b, int64(m.depth), 10)
			w.b = append(w.b, ',')
			w.string(m.step)
			w.b = append(w.b, ']')
		}
		w.b = append(w.b, ']')
	}
}

func (w *writer) frame(f *frame) {
	w.b = append(w.b, '{')
	w.text("flow", f.flow)
	w.text("step", f.step)
	w.flag("answered", f.answered)
	w.key("vars")
	w.b = append(w.b, '{')
	for _, b := range f.vars {
		switch v := b.value.(type) {
		case string:
			w.text(b.name, v)
		case int:
			w.number(b.name, v)
		case bool:
			w.flag(b.name, v)
		case []string:
			w.texts(b.name, v)
		}
	}
	w.b = append(w.b, '}', '}')
}

const hexDigits = "0123456789abcdef"

func (w *writer) string(s string) {
	b := append(w.b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= 0x20 && c != '"' && c != '\\' && c != 0x7f {
				i++
				continue
			}
			b = append(b, s[from:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\n':
				b = append(b, '\\', 'n')
			default:
				b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			from = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			b = append(b, s[from:i]...)
			b = append(b, "\uFFFD"...)
			from = i + n
		}
		i += n
	}
	b = append(b, s[from:]...)
	w.b = append(b, '"')
}

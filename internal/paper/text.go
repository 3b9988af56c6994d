package paper

import (
	"image/color"
	"strings"

	"github.com/tdewolff/canvas"
	"golang.org/x/text/unicode/bidi"
)

// An Align says where a line stands in its width.
type Align uint8

// Begin is left for a line that runs from left to right, and right for the other; a line in Arabic begins at the right by itself.
const (
	Begin Align = iota
	Middle
	End
)

// A Style is how a line looks.
type Style struct {
	Size   float64 // of letters, in points
	Weight Weight
	Align  Align
	Color  color.Color
}

// leading is from one line's foot to the next, in sizes of the letters. Arabic needs more room below and above than Latin.
const leading = 1.5

// mm is a point's length.
const mm = 25.4 / 72

// Lines writes words below y, in the width that begins at x, on as many lines as they need, at most so many: more are made to fit by smaller
// letters. It gives where the next thing may stand. Line breaks in words are kept.
func (p *Page) Lines(x, y, width float64, most int, s Style, words string) (below float64) {
	lines := p.broken(width, s, words)
	for len(lines) > most && s.Size > 4 {
		s.Size *= 0.95
		lines = p.broken(width, s, words)
	}
	for _, l := range lines {
		y = p.Line(x, y, width, s, l)
	}
	return y
}

// Line writes one line below y, in the width that begins at x, in smaller letters where it needs more. It gives where the next thing may
// stand.
func (p *Page) Line(x, y, width float64, s Style, words string) (below float64) {
	words = plain(words)
	w := p.width(s, words)
	if w > width {
		s.Size *= width / w
		w = width
	}
	switch {
	case s.Align == Middle:
		x += (width - w) / 2
	case (s.Align == End) != rightToLeft(words):
		x += width - w
	}
	height := s.Size * mm * leading
	p.ctx.DrawText(x, y+height*0.72, p.shaped(s, words)) // its foot: Arabic hangs deep below it
	return y + height
}

// broken parts words into lines that are no wider than width, between words; a longer word stays whole.
func (p *Page) broken(width float64, s Style, words string) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(words, "\n") {
		line := ""
		for word := range strings.SplitSeq(paragraph, " ") { // a no-break space holds its words together
			longer := strings.Trim(line+" "+word, " ")
			if line != "" && p.width(s, plain(longer)) > width {
				lines = append(lines, line)
				longer = word
			}
			line = longer
		}
		lines = append(lines, line)
	}
	return lines
}

// shaped is a line that stands right of its beginning. The library's own centred and right-hand lines put what runs the other way in the
// wrong place.
func (p *Page) shaped(s Style, words string) *canvas.Text {
	return canvas.NewTextLine(p.face(s), words, canvas.Left)
}

// width is a line's, in millimetres.
func (p *Page) width(s Style, words string) (w float64) {
	p.shaped(s, words).WalkSpans(func(_, _ float64, span canvas.TextSpan) { w += span.Width })
	return w
}

func (p *Page) face(s Style) *canvas.FontFace {
	c := s.Color
	if c == nil {
		c = color.Black
	}
	return p.fonts.of(s.Weight).Face(s.Size, c)
}

// plain leaves out the marks of direction, for which fonts have no sign: lines are short enough to do without.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u200e' || r == '\u200f' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
			return -1
		case r == '\u00a0':
			return ' '
		}
		return r
	}, s)
}

// rightToLeft tells a line's direction by its first letter (Unicode TR9, P2).
func rightToLeft(s string) bool {
	for _, r := range s {
		switch p, _ := bidi.LookupRune(r); p.Class() {
		case bidi.L:
			return false
		case bidi.R, bidi.AL:
			return true
		}
	}
	return false
}

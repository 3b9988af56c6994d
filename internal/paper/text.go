package paper

import (
	"image/color"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tdewolff/canvas"
	"golang.org/x/text/unicode/bidi"
)

// An Align says where a line stands in its width.
type Align uint8

// Begin is left for a line that runs from left to right, and right for the other; a line in Arabic begins at the right by itself. Left and
// Right are the same for all, as a column needs them.
const (
	Begin Align = iota
	Middle
	End
	Left
	Right
)

// A Direction is how a line runs.
type Direction uint8

// A line runs as its first letter does, unless it is part of something that runs in one direction: a sentence in Arabic may begin with a
// number or a name in Latin letters.
const (
	Own Direction = iota
	LeftToRight
	RightToLeft
)

// A Style is how a line looks.
type Style struct {
	Size   float64 // of letters, in points
	Weight Weight
	Align  Align
	Runs   Direction
	Color  color.Color
}

// leading is from one line's foot to the next, in sizes of the letters. Arabic needs more room below and above than Latin.
const leading = 1.5

// mm is a point's length.
const mm = 25.4 / 72

// Needs is the height of what Lines writes.
func (p *Page) Needs(width float64, most int, s Style, words string) float64 {
	lines, size := p.fitted(width, most, s, words)
	return float64(len(lines)) * size * mm * leading
}

// Wide is a line's width.
func (p *Page) Wide(s Style, words string) float64 { return p.width(s, p.plain(words)) }

// Lines writes words below y, in the width that begins at x, on as many lines as they need, at most so many: more are made to fit by smaller
// letters. It gives where the next thing may stand. Line breaks in words are kept.
func (p *Page) Lines(x, y, width float64, most int, s Style, words string) (below float64) {
	lines, size := p.fitted(width, most, s, words)
	if s.Runs == Own && s.rightToLeft(words) { // as the first line does, so do the others
		s.Runs = RightToLeft
	}
	s.Size = size
	for _, l := range lines {
		y = p.Line(x, y, width, s, l)
	}
	return y
}

// fitted are words as that many lines at most, and the size of letters for it.
func (p *Page) fitted(width float64, most int, s Style, words string) (lines []string, size float64) {
	measured, space := p.measured(s, words)
	lines = parted(measured, space, width)
	size = s.Size
	for len(lines) > most && size > 4 { // smaller letters are as if there were more room
		size *= 0.95
		lines = parted(measured, space, width*s.Size/size)
	}
	return lines, size
}

// Line writes one line below y, in the width that begins at x, in smaller letters where it needs more. It gives where the next thing may
// stand.
func (p *Page) Line(x, y, width float64, s Style, words string) (below float64) {
	words = p.plain(words)
	w := p.width(s, words)
	if w > width {
		s.Size *= width / w
		w = width
	}
	switch right := s.Align == Right || s.Align != Left && (s.Align == End) != s.rightToLeft(words); {
	case s.Align == Middle:
		x += (width - w) / 2
	case right:
		x += width - w
	}
	height := s.Size * mm * leading
	p.ctx.DrawText(x, y+height*0.72, p.shaped(s, words)) // its foot: Arabic hangs deep below it
	return y + height
}

// A word is what stays together on a line.
type word struct {
	is    string
	width float64
}

// measured are the words of each paragraph, and how wide the space between two is.
func (p *Page) measured(s Style, words string) (paragraphs [][]word, space float64) {
	for paragraph := range strings.SplitSeq(words, "\n") {
		var list []word
		for is := range strings.SplitSeq(paragraph, " ") { // a no-break space holds its words together
			list = append(list, word{is, p.width(s, p.plain(is))})
		}
		paragraphs = append(paragraphs, list)
	}
	return paragraphs, p.width(s, " ")
}

// parted puts words on lines that are no wider than width; a longer word stays whole.
func parted(paragraphs [][]word, space, width float64) (lines []string) {
	for _, words := range paragraphs {
		line, wide := "", 0.0
		for _, w := range words {
			if line != "" && wide+space+w.width > width {
				lines = append(lines, line)
				line, wide = "", 0
			}
			if line != "" {
				line, wide = line+" ", wide+space
			}
			line, wide = line+w.is, wide+w.width
		}
		lines = append(lines, line)
	}
	return lines
}

// shaped is a line that stands right of its beginning. The library's own centred and right-hand lines put what runs the other way in the
// wrong place, and so it does with a number that begins a line in Arabic. A mark, which has no width, tells it how the line runs.
func (p *Page) shaped(s Style, words string) *canvas.Text {
	switch r, _ := utf8.DecodeRuneInString(words); {
	case s.rightToLeft(words) && !rightToLeft(string(r)):
		words = "\u200f" + words
	case s.Runs == LeftToRight && rightToLeft(words):
		words = "\u200e" + words
	}
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

// plain leaves out the marks of direction, which lines are short enough to do without, and the pictures and signs that the fonts don't have.
// A letter that they don't have stays, as the empty box that says so.
func (p *Page) plain(s string) string {
	kept := strings.Map(func(r rune) rune {
		switch {
		case r == '\u200e' || r == '\u200f' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
			return -1
		case unicode.IsSpace(r) || r == '\u200c' || r == '\u200d': // joiners have no width
			return r
		case !written(r) && p.fonts.regular.GlyphIndex(r) == 0:
			return -1
		}
		return r
	}, s)
	if len(kept) == len(s) {
		return s
	}
	return strings.Trim(strings.ReplaceAll(kept, "  ", " "), " ")
}

// Writes tells whether the fonts have each letter and digit of words.
func (p *Page) Writes(words string) bool {
	return !strings.ContainsFunc(words, func(r rune) bool { return written(r) && p.fonts.regular.GlyphIndex(r) == 0 })
}

// written tells what carries the words; what doesn't can be left out.
func written(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func (s Style) rightToLeft(words string) bool {
	return s.Runs == RightToLeft || s.Runs == Own && rightToLeft(words)
}

// Leftward tells whether words by themselves run from right to left.
func Leftward(words string) bool { return rightToLeft(words) }

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

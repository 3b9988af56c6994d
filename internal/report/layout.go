package report

import (
	"image/color"

	"github.com/qafila/qafila/internal/paper"
)

// Measures in millimetres; letters in points.
const (
	edge   = 18.0
	wide   = paper.Width - 2*edge
	gap    = 10.0 // between two columns
	half   = (wide - gap) / 2
	top    = 24.0
	bottom = paper.Height - 24.0
)

// One colour, that of the posters, and greys: whatever is told by colour is told by words or shapes too.
var (
	green = color.RGBA{R: 0x12, G: 0x5b, B: 0x43, A: 0xff}
	red   = color.RGBA{R: 0xb0, G: 0x1e, B: 0x1e, A: 0xff}
	ink   = color.RGBA{R: 0x1c, G: 0x1c, B: 0x1c, A: 0xff}
	grey  = color.RGBA{R: 0x5a, G: 0x5a, B: 0x5a, A: 0xff}
	hair  = color.RGBA{R: 0xc8, G: 0xcd, B: 0xca, A: 0xff}
	pale  = color.RGBA{R: 0xec, G: 0xf2, B: 0xef, A: 0xff}
)

// A layout fills pages from top to bottom. What is at x is so far from where its language begins: in Arabic all is mirrored.
type layout struct {
	teller
	doc   *paper.Document
	page  *paper.Page
	pages []*paper.Page
	width float64 // of the page
	y     float64 // where the next thing may stand
}

// turn begins the next page.
func (l *layout) turn() {
	l.page = l.doc.Page()
	l.pages = append(l.pages, l.page)
	l.y = top
}

// room begins the next page when there is no room for so much on this one, and tells whether it did.
func (l *layout) room(height float64) bool {
	if l.y+height <= bottom || l.y == top {
		return false
	}
	l.turn()
	return true
}

func (l *layout) x(x, width float64) float64 {
	if l.lang.RTL() {
		return l.width - x - width
	}
	return x
}

// set completes a style: paper.Begin and paper.End are where the report's language begins and ends a line.
func (l *layout) set(s paper.Style) paper.Style {
	begin, end := paper.Left, paper.Right
	if l.lang.RTL() {
		begin, end = end, begin
	}
	switch s.Align {
	case paper.Begin:
		s.Align = begin
	case paper.End:
		s.Align = end
	}
	if s.Color == nil {
		s.Color = ink
	}
	return s
}

// ours is a style for words of the report's language.
func (l *layout) ours(s paper.Style) paper.Style {
	s.Runs = paper.LeftToRight
	if l.lang.RTL() {
		s.Runs = paper.RightToLeft
	}
	return l.set(s)
}

// put writes words of the report's language below y, on at most so many lines, and gives where they end.
func (l *layout) put(x, y, width float64, most int, s paper.Style, words string) float64 {
	return l.page.Lines(l.x(x, width), y, width, most, l.ours(s), words)
}

// name writes a name, which runs as its own letters do.
func (l *layout) name(x, y, width float64, most int, s paper.Style, words string) float64 {
	return l.page.Lines(l.x(x, width), y, width, most, l.set(s), words)
}

func (l *layout) area(x, y, width, height float64, c color.Color) {
	l.page.Area(l.x(x, width), y, width, height, c)
}

func (l *layout) rule(x, y, width float64) { l.area(x, y, width, 0.2, hair) }

// section begins a part of the report, where there is room for its title and so much of it.
func (l *layout) section(title string, least float64) {
	const height = 17.0
	if l.y > top {
		l.y += 7
	}
	l.room(height + least)
	l.area(edge, l.y+1, 14, 1.1, green)
	l.y = l.put(edge, l.y+3, wide, 1, paper.Style{Size: 16, Weight: paper.Bold, Color: green}, title) + 2
}

// empty is a section of which there is nothing to tell but that.
func (l *layout) empty(title, why string) {
	l.section(l.say(title), 8)
	l.remark(l.say(why))
}

// part begins a list within a section, in a column.
func (l *layout) part(x, width float64, title string) {
	l.y = l.put(x, l.y, width, 1, paper.Style{Size: 10.5, Weight: paper.Bold}, title) + 1
}

// remark says something about what stands above it.
func (l *layout) remark(words string) {
	s := paper.Style{Size: 9.5, Color: grey}
	l.room(l.page.Needs(wide, 3, l.ours(s), words))
	l.y = l.put(edge, l.y, wide, 3, s, words) + 1.5
}

// A figure is one number that is told large.
type figure struct{ number, label, note string }

// figures stand side by side.
func (l *layout) figures(list []figure, size float64) {
	const height = 30.0
	l.room(height)
	each := wide / float64(len(list))
	below := l.y
	for i, f := range list {
		x, w := edge+float64(i)*each, each-8
		l.put(x, l.y, w, 1, paper.Style{Size: size, Weight: paper.Bold, Color: green}, f.number)
		y := l.put(x, l.y+size*0.53-1, w, 2, paper.Style{Size: 10.5}, f.label)
		if f.note != "" {
			y = l.put(x, y, w, 1, paper.Style{Size: 9, Color: grey}, f.note)
		}
		below = max(below, y)
	}
	for i := 1; i < len(list); i++ {
		l.area(edge+float64(i)*each-4, l.y+2, 0.2, below-l.y-2, hair)
	}
	l.y = below + 4
}

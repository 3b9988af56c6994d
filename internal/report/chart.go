package report

import "github.com/qafila/qafila/internal/paper"

// A bar is one number of a list, drawn as long as it is large. A number that may not be told has no length.
type bar struct {
	label string
	Number
	note   string  // beside the number
	before *Number // the days before, as an empty bar below
	move   move    // since then
	change string  // in words
}

const (
	barRow   = 6.6 // from one bar to the next
	barThick = 3.4
	barSmall = 9.5 // letters
	barLabel = 8.5 // of a label on two lines
)

// longestOf is the number whose bar is the longest of a list.
func longestOf(list []bar) int {
	most := 1
	for _, b := range list {
		most = max(most, b.told())
		if b.before != nil {
			most = max(most, b.before.told())
		}
	}
	return most
}

// barHeight is how much room a bar with its label takes.
func (l *layout) barHeight(b bar, labels float64) float64 {
	if l.page.Wide(l.set(paper.Style{Size: barSmall}), b.label) <= labels-3 {
		return barRow
	}
	return max(barRow, l.page.Needs(labels-3, 2, l.set(paper.Style{Size: barLabel}), b.label)+0.8)
}

// bars draws a list, each bar labelled before it and with its number behind it, in a column of that width. It gives where it ends.
func (l *layout) bars(x, y, width, labels float64, longest int, list []bar) float64 {
	changes, values := 0.0, 17.0
	for _, b := range list {
		if b.change != "" {
			changes = 36
		}
		if b.note != "" {
			values = 26
		}
	}
	area := width - labels - values - changes
	length := func(n Number) float64 {
		if n.told() == 0 {
			return 0
		}
		return max(0.5, area*float64(n.told())/float64(longest))
	}
	for _, b := range list {
		height := l.barHeight(b, labels)
		line := y + (height-barSmall*0.53)/2 // of the words beside the bar
		if height == barRow {
			l.name(x, line, labels-3, 1, paper.Style{Size: barSmall}, b.label)
		} else {
			l.name(x, y+0.4, labels-3, 2, paper.Style{Size: barLabel}, b.label)
		}
		at, long := x+labels, length(b.Number)
		thick, from := barThick, y+(height-barThick)/2
		if b.before != nil {
			thick, from = 2.6, y+height/2-2.3
			l.outline(at, from+thick+0.5, length(*b.before), 1.5)
		}
		if long > 0 {
			l.area(at, from, long, thick, green)
		} else {
			l.area(at, from, 0.3, thick, hair) // where it would begin
		}
		if b.before != nil {
			long = max(long, length(*b.before))
		}
		l.valued(at+max(long, 0.3)+1.5, line, values-2, b)
		if b.change != "" {
			l.changed(x+width-changes+2, line, changes-2, b)
		}
		y += height
	}
	return y
}

// valued writes a bar's number behind it.
func (l *layout) valued(x, y, width float64, b bar) {
	value := paper.Style{Size: barSmall, Weight: paper.Bold}
	figure := l.number(b.Number)
	l.put(x, y, width, 1, value, figure)
	if b.note != "" {
		used := l.page.Wide(l.ours(value), figure) + 1.8
		l.put(x+used, y, width-used, 1, paper.Style{Size: barSmall - 1, Color: grey}, b.note)
	}
}

func (l *layout) outline(x, y, width, height float64) {
	if width > 0 {
		l.page.Frame(l.x(x, width), y, width, height, 0.25, grey)
	}
}

// changed tells how a number has changed: an arrowhead where it rose or fell, and in words.
func (l *layout) changed(x, y, width float64, b bar) {
	const side = 2.2
	switch b.move {
	case rose:
		l.page.Up(l.x(x, side), y+1.3, side, ink)
	case fell:
		l.page.Down(l.x(x, side), y+1.4, side, ink)
	}
	l.put(x+4, y, width-4, 1, paper.Style{Size: barSmall - 0.5}, b.change)
}

// mostBars is how many of a list are drawn; the sheets have all.
const mostBars = 10

// counted makes bars of the first of a list, and tells how many more there are.
func (l *layout) counted(list []Count, name func(Count) string) (bars []bar, more int) {
	if len(list) > mostBars {
		list, more = list[:mostBars], len(list)-mostBars
	}
	for _, c := range list {
		bars = append(bars, bar{label: name(c), Number: c.Number})
	}
	return bars, more
}

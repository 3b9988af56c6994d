package report

import "github.com/qafila/qafila/internal/paper"

// A column of a table. Numbers stand at its end, so that they can be compared.
type column struct {
	head    string
	width   float64
	numbers bool
}

// A cell has a line of its own below, where it has a note.
type cell struct {
	words  string
	note   string
	theirs bool // somebody's own words or a name: they run as their letters do
	bold   bool
}

const (
	tableSize = 10.0
	cellRoom  = 1.6 // above and below a row's words
	cellLines = 3
)

// table draws rows below its heads, which come again on each page.
func (l *layout) table(columns []column, rows [][]cell) {
	l.heads(columns)
	for _, row := range rows {
		height := 0.0
		for i, c := range row {
			height = max(height, l.cellHeight(columns[i], c))
		}
		if l.room(height + 2*cellRoom) {
			l.heads(columns)
		}
		x := edge
		for i, c := range row {
			l.cell(x, l.y+cellRoom, columns[i], c)
			x += columns[i].width
		}
		l.y += height + 2*cellRoom
		l.rule(edge, l.y, wide)
	}
	l.y += 3
}

func (l *layout) heads(columns []column) {
	const height = 8.0
	l.room(height + 12)
	l.area(edge, l.y, wide, height, pale)
	x := edge
	for _, c := range columns {
		s := paper.Style{Size: tableSize - 1, Weight: paper.Bold, Color: green}
		if c.numbers {
			s.Align = paper.End
		}
		l.put(x+1.5, l.y+1.6, c.width-3, 1, s, c.head)
		x += c.width
	}
	l.y += height
}

func (l *layout) styles(col column, c cell) (words, note paper.Style) {
	words, note = paper.Style{Size: tableSize}, paper.Style{Size: tableSize - 1.5, Color: grey}
	if c.bold {
		words.Weight = paper.Bold
	}
	if col.numbers {
		words.Align, note.Align = paper.End, paper.End
	}
	if c.theirs {
		return l.set(words), l.set(note)
	}
	return l.ours(words), l.ours(note)
}

func (l *layout) cellHeight(col column, c cell) float64 {
	words, note := l.styles(col, c)
	height := l.page.Needs(col.width-3, cellLines, words, c.words)
	if c.note != "" {
		height += l.page.Needs(col.width-3, 2, note, c.note)
	}
	return height
}

func (l *layout) cell(x, y float64, col column, c cell) {
	words, note := l.styles(col, c)
	at := l.x(x+1.5, col.width-3)
	y = l.page.Lines(at, y, col.width-3, cellLines, words, c.words)
	if c.note != "" {
		l.page.Lines(at, y, col.width-3, 2, note, c.note)
	}
}

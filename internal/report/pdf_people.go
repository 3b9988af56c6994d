package report

import (
	"strconv"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/paper"
)

// came is who registered, who came, and of what trade and where from.
func (l *layout) came() {
	c := l.Came
	if !some(c.Registered, c.Attended) {
		l.empty("report.section_came", "report.nobody")
		return
	}
	l.section(l.say("report.section_came"), 40)
	totals := []bar{
		{label: l.say("report.registered"), Number: c.Registered},
		{label: l.say("report.attended"), Number: c.Attended},
		{label: l.say("report.first"), Number: c.First},
		{label: l.say("report.missed"), Number: c.Missed},
		{label: l.say("report.walkins"), Number: c.WalkIns},
	}
	l.y = l.bars(edge, l.y, wide, 58, longestOf(totals), totals) + 3
	l.pair(l.voted(l.say("report.card"), c.Card), l.voted(l.say("report.rna"), c.RNA))
	l.pair(l.list(l.say("report.branches"), c.Branches, l.words.Branch), l.list(l.say("report.places"), c.Places, l.words.Place))
	l.pair(l.list(l.say("report.trades"), c.Trades, l.words.Trade), charted{})
}

// some tells whether one of them is not nobody.
func some(numbers ...Number) bool {
	for _, n := range numbers {
		if n.N > 0 || n.Under > 0 {
			return true
		}
	}
	return false
}

// A charted is a list that stands in a column.
type charted struct {
	title string
	bars  []bar
	more  int // that are not drawn
}

func (l *layout) list(title string, of []Count, name func(locale.Language, string) string) charted {
	bars, more := l.counted(of, func(c Count) string { return l.label(c, name) })
	return charted{title, bars, more}
}

func (l *layout) voted(title string, of map[string]Number) charted {
	if !some(of["yes"], of["no"], of["unsure"]) {
		return charted{}
	}
	return charted{title: title, bars: []bar{
		{label: l.say("report.yes"), Number: of["yes"]},
		{label: l.say("report.no"), Number: of["no"]},
		{label: l.say("report.unsure"), Number: of["unsure"]},
	}}
}

// pair draws two lists side by side; one by itself is as wide as the page.
func (l *layout) pair(a, b charted) {
	var drawn []charted
	for _, c := range []charted{a, b} {
		if len(c.bars) > 0 {
			drawn = append(drawn, c)
		}
	}
	if len(drawn) == 0 {
		return
	}
	width, labels := half, 34.0
	if len(drawn) == 1 {
		width, labels = wide, 58
	}
	needs := 0.0
	for _, c := range drawn {
		height := 16.0
		for _, b := range c.bars {
			height += l.barHeight(b, labels)
		}
		needs = max(needs, height)
	}
	l.room(needs)
	from, below := l.y, l.y
	for i, c := range drawn {
		x := edge + float64(i)*(half+gap)
		l.y = from
		l.part(x, width, c.title)
		l.y = l.bars(x, l.y, width, labels, longestOf(c.bars), c.bars)
		if c.more > 0 {
			l.y = l.put(x, l.y, width, 1, paper.Style{Size: 8.5, Color: grey}, l.say("report.more_rows", with{"count": c.more}))
		}
		below = max(below, l.y)
	}
	l.y = below + 4
}

// longestVenue is how much of a venue's name a page shows, in characters.
const longestVenue = 70

// stops is the caravan's table.
func (l *layout) stops() {
	if len(l.Stops) == 0 {
		l.empty("report.section_stops", "report.no_stop")
		return
	}
	l.section(l.say("report.section_stops"), 24)
	columns := []column{
		{head: l.say("report.day"), width: 47},
		{head: l.say("report.stop"), width: 51},
		{head: l.say("report.registered"), width: 19, numbers: true},
		{head: l.say("report.attended"), width: 19, numbers: true},
		{head: l.say("report.rate"), width: 19, numbers: true},
		{head: l.say("report.rating"), width: 19, numbers: true},
	}
	var rows [][]cell
	for _, s := range l.Stops {
		place := l.words.Place(l.lang, s.Place)
		if s.Sample {
			place += " (" + l.say("report.sample_stop") + ")"
		}
		row := []cell{
			{words: locale.Date(l.lang, s.Starts)},
			{words: place, note: short(l.venue(s), longestVenue), theirs: true, bold: true},
		}
		if s.Cancelled {
			row = append(row, cell{words: l.number(s.Registered)}, cell{words: l.say("report.cancelled")}, cell{}, cell{})
		} else {
			mean := nothing
			if s.Mean != 0 {
				mean = decimal(s.Mean)
			}
			row = append(row, cell{words: l.number(s.Registered)}, cell{words: l.number(s.Attended)}, cell{words: l.rate(s.Attended, s.Registered)}, cell{words: mean})
		}
		rows = append(rows, row)
	}
	l.table(columns, rows)
}

// satisfaction is what those who came gave, from five down to one.
func (l *layout) satisfaction() {
	s := l.Satisfaction
	switch {
	case !some(s.Answered):
		l.empty("report.section_satisfaction", "report.no_rating")
		return
	case s.Mean == 0:
		l.empty("report.section_satisfaction", "report.too_few")
		return
	}
	l.section(l.say("report.section_satisfaction"), 46)
	answered := ""
	if share, ok := rate(s.Answered, s.Asked); ok {
		answered = l.percent(share)
	}
	const left = 58.0
	from := l.y
	y := l.put(edge, from-2, left-6, 1, paper.Style{Size: 30, Weight: paper.Bold, Color: green}, l.mean(s.Mean))
	if s.Spread > 0 {
		y = l.put(edge, y-1, left-4, 2, paper.Style{Size: 10}, l.say("report.spread", with{"spread": decimal(s.Spread)}))
	}
	y = l.put(edge, y, left-4, 3, paper.Style{Size: 10, Color: grey},
		l.say("report.responded", with{"answered": l.number(s.Answered), "asked": l.number(s.Asked), "rate": answered}))
	var list []bar
	for score := 5; score >= 1; score-- {
		b := bar{label: strconv.Itoa(score), Number: s.Scores[score-1]}
		if share, ok := rate(b.Number, s.Answered); ok {
			b.note = l.percent(share)
		}
		switch score {
		case 5:
			b.label = l.say("report.best", with{"score": score})
		case 1:
			b.label = l.say("report.worst", with{"score": score})
		}
		list = append(list, b)
	}
	l.y = max(y, l.bars(edge+left, from+1, wide-left, 30, longestOf(list), list)) + 3
}

package report

import (
	"strings"
	"unicode"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/paper"
)

// themes are what is recommended, the weightiest first, beside the days before.
func (l *layout) themes() {
	if !some(l.Voices) {
		l.empty("report.section_themes", "report.no_voice")
		return
	}
	l.section(l.say("report.section_themes"), 30)
	if !l.Before.IsZero() {
		l.legend()
	}
	var list []bar
	for _, th := range l.Themes {
		b := bar{label: l.themeName(th), Number: th.Number}
		if th.Share > 0 {
			b.note = l.percent(th.Share)
		}
		if !l.Before.IsZero() {
			before := th.Before
			b.before, b.change = &before, l.change(th)
			b.move, _ = l.moved(th)
		}
		list = append(list, b)
	}
	longest := longestOf(list)
	for len(list) > 0 { // it may be longer than a page
		l.room(l.barHeight(list[0], themeLabels))
		n, below := 0, l.y
		for n < len(list) && (n == 0 || below+l.barHeight(list[n], themeLabels) <= bottom) {
			below += l.barHeight(list[n], themeLabels)
			n++
		}
		l.y = l.bars(edge, l.y, wide, themeLabels, longest, list[:n])
		list = list[n:]
	}
}

// themeLabels is how wide the names of themes may be.
const themeLabels = 46.0

// legend tells the full bars from the empty ones.
func (l *layout) legend() {
	s := paper.Style{Size: 9, Color: grey}
	now := l.say("report.legend_now")
	l.area(edge, l.y+1.2, 6, 2.6, green)
	l.put(edge+8, l.y, 80, 1, s, now)
	at := edge + 8 + l.page.Wide(l.ours(s), now) + 6
	l.outline(at, l.y+1.6, 6, 1.8)
	l.y = l.put(at+8, l.y, wide-(at-edge)-8, 1, s, l.say("report.legend_before", with{"from": locale.Date(l.lang, l.Before), "to": locale.Date(l.lang, lastDay(l.Scope.From))})) + 1.5
}

// longestQuote is how much of somebody's words a page shows, in characters.
const longestQuote = 320

// groups are the recommendations that many made alike, in their own words.
func (l *layout) groups() {
	if len(l.Groups) == 0 {
		return
	}
	l.section(l.say("report.section_groups"), 40)
	l.remark(l.say("report.groups_note"))
	for _, g := range l.Groups {
		l.room(l.groupNeeds(g))
		title := paper.Style{Size: 11, Weight: paper.Bold}
		name := l.theme(g.Theme)
		l.name(edge, l.y, wide-60, 1, title, name)
		l.y = l.put(edge+wide-58, l.y, 58, 1, paper.Style{Size: 10, Weight: paper.Bold, Color: green, Align: paper.End}, l.say("report.alike", with{"number": l.number(g.Size)}))
		for _, q := range g.Quotes {
			if strings.ContainsFunc(q.Words, unicode.IsLetter) { // not only pictures, which paper doesn't have
				l.quote(q)
			}
		}
		l.y += 2
	}
}

// groupNeeds is the height of a group's name and its first quote: these stay together.
func (l *layout) groupNeeds(g Group) float64 {
	height := 8.0
	if len(g.Quotes) > 0 {
		height += l.page.Needs(quoteWide, quoteLines, quoteStyle, l.quoted(g.Quotes[0])) + 2
	}
	return height
}

const (
	quoteWide  = wide - 8
	quoteLines = 6
)

var quoteStyle = paper.Style{Size: 10.5, Color: ink}

// quote writes somebody's words from where their own script begins, beside a line on that side.
func (l *layout) quote(q Quote) {
	words := l.quoted(q)
	l.room(l.page.Needs(quoteWide, quoteLines, quoteStyle, words) + 2)
	from := l.y
	l.y = l.page.Lines(edge+4, l.y+0.6, quoteWide, quoteLines, quoteStyle, words)
	at := edge
	if paper.Leftward(words) {
		at = edge + wide - 0.8
	}
	l.page.Area(at, from+1, 0.8, l.y-from-0.6, hair)
	l.y += 1.4
}

// quoted are somebody's words as a page can show them.
func (l *layout) quoted(q Quote) string {
	if !l.page.Writes(q.Words) {
		return l.say("report.other_letters")
	}
	words := short(q.Words, longestQuote)
	if paper.Leftward(words) {
		return "«" + words + "»"
	}
	return "«\u00a0" + words + "\u00a0»"
}

// unanswered are questions that the bot could not answer.
func (l *layout) unanswered() {
	if !l.asked() {
		return
	}
	if len(l.Unanswered) == 0 {
		l.empty("report.section_unanswered", "report.all_answered")
		return
	}
	l.section(l.say("report.section_unanswered"), 24)
	columns := []column{{head: l.say("report.question"), width: wide - 26}, {head: l.say("report.times"), width: 26, numbers: true}}
	var rows [][]cell
	for _, q := range l.Unanswered {
		words := short(q.Words, longestQuote)
		if !l.page.Writes(words) {
			words = l.say("report.other_letters")
		}
		rows = append(rows, []cell{{words: words, theirs: true}, {words: l.number(q.Times)}})
	}
	l.table(columns, rows)
}

// response is how the chamber dealt with what came in.
func (l *layout) response() {
	r := l.Response
	if !some(r.Received) {
		l.empty("report.section_response", "report.nothing_received")
		return
	}
	l.section(l.say("report.section_response"), 40)
	dealt := figure{number: l.number(r.Answered), label: l.say("report.dealt")}
	if share, ok := rate(r.Answered, r.Received); ok {
		dealt.note = l.percent(share)
	}
	l.figures([]figure{{number: l.number(r.Received), label: l.say("report.received")}, dealt,
		{number: l.number(r.Open), label: l.say("report.open")}, {number: l.number(r.Late), label: l.say("report.late")}}, 22)
	if r.Median > 0 {
		l.remark(l.say("report.half_within", with{"time": l.took(r.Median)}))
	}
	if r.Slowest > 0 {
		l.remark(l.say("report.most_within", with{"time": l.took(r.Slowest)}))
	}
}

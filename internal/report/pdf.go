package report

import (
	"fmt"
	"image/color"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/paper"
)

// PDF writes the report on A4 pages, to be printed and handed on. In Darija it is the Arabic one: that is what is read on paper.
func PDF(press *paper.Press, r Report, words Words, lang locale.Language) ([]byte, error) {
	if lang == locale.Darija {
		lang = locale.Arabic
	}
	t := teller{r, words, lang}
	about := paper.Info{Title: t.say("report.title") + " · " + t.about() + " · " + t.when(), Author: t.say("report.caravan"), Language: string(lang), RightToLeft: lang.RTL()}
	made, err := press.Print(about, func(d *paper.Document) error {
		l := &layout{teller: t, doc: d, width: paper.Width}
		l.turn()
		l.head()
		l.came()
		l.stops()
		l.satisfaction()
		l.themes()
		l.groups()
		l.unanswered()
		l.response()
		l.margins()
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("print a report: %w", err)
	}
	return made, nil
}

// head is the top of the first page: what the report is about, and its four figures.
func (l *layout) head() {
	when := paper.Style{Size: 13, Color: color.White}
	band := 36 + l.page.Needs(wide, 2, l.ours(when), l.when())
	l.area(0, 0, paper.Width, band, green)
	mild := color.RGBA{R: 0xd8, G: 0xe6, B: 0xe0, A: 0xff}
	y := l.put(edge, 9, wide, 1, paper.Style{Size: 12, Color: mild}, l.say("report.caravan")+" · "+l.say("report.title"))
	y = l.put(edge, y+0.5, wide, 1, paper.Style{Size: 28, Weight: paper.Bold, Color: color.White}, l.about())
	l.put(edge, y+0.5, wide, 2, when, l.when())
	l.y = band
	if l.sample() {
		l.area(0, l.y, paper.Width, 10, red)
		l.put(edge, l.y+1.2, wide, 1, paper.Style{Size: 13, Weight: paper.Bold, Color: color.White}, l.say("report.sample"))
		l.y += 10
	}
	l.y += 7
	l.figures(l.four(), 30)
}

// four are the figures that tell the most.
func (t teller) four() []figure {
	came := figure{number: t.number(t.Came.Attended), label: t.say("report.attended")}
	if share, ok := rate(t.Came.Attended, t.Came.Registered); ok && share <= 1 {
		came.note = t.say("report.of_registered", with{"rate": t.percent(share)})
	}
	found := figure{number: nothing, label: t.say("report.satisfaction"), note: t.say("report.few_answers")}
	if t.Satisfaction.Mean != 0 {
		found.number, found.note = decimal(t.Satisfaction.Mean), t.say("report.answers", with{"number": t.number(t.Satisfaction.Answered)})
	}
	return []figure{{number: t.number(t.Came.Registered), label: t.say("report.registered")}, came, found,
		{number: t.number(t.Voices), label: t.say("report.voices")}}
}

// margins are what stands above and below each page; the last pages must be known for it.
func (l *layout) margins() {
	small := paper.Style{Size: 8.5, Color: grey}
	end := small
	end.Align = paper.End
	for i, p := range l.pages {
		l.page = p
		if i > 0 {
			l.put(edge, 10, wide*0.6, 1, small, l.say("report.title")+" · "+l.about())
			l.put(edge+wide*0.6, 10, wide*0.4, 1, end, l.when())
			l.rule(edge, 16, wide)
		}
		l.rule(edge, paper.Height-17, wide)
		l.put(edge, paper.Height-16, wide-25, 1, small, l.until()+". "+l.note())
		l.put(edge+wide-22, paper.Height-16, 22, 1, end, l.say("report.page", with{"page": i + 1, "pages": len(l.pages)}))
	}
}

// note explains numbers that are hidden.
func (t teller) note() string {
	return t.say("report.under_note", with{"under": t.number(Number{Under: t.Least}), "least": t.Least})
}

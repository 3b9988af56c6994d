package report

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/qafila/qafila/internal/locale"
)

// Sheets writes the report as a workbook of Excel's, a sheet a table. Numbers, days and rates are such; whatever somebody wrote is text, so
// that =1+1 stays what it is; a number that may not be told is text too.
func Sheets(w io.Writer, r Report, words Words, lang locale.Language) error {
	b, err := newBook(lang)
	if err != nil {
		return fmt.Errorf("make a workbook: %w", err)
	}
	t := teller{r, words, lang}
	for _, s := range t.sheets() {
		if err := b.sheet(s); err != nil {
			return fmt.Errorf("make the sheet %s: %w", s.name, err)
		}
	}
	if err := b.write(w); err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	return nil
}

// A sheet is one table. Its cells are string, int, float64 (a rate is share), or day.
type sheet struct {
	name  string
	heads []string
	wide  []float64 // in letters
	rows  [][]any
}

type (
	share float64
	day   time.Time
)

func (t teller) sheets() []sheet {
	list := []sheet{
		t.summary(), t.stopSheet(),
		t.counts("report.trades", t.Came.Trades, t.words.Trade),
		t.counts("report.branches", t.Came.Branches, t.words.Branch),
		t.counts("report.places", t.Came.Places, t.words.Place),
		t.themeSheet(), t.quoteSheet(),
	}
	if t.asked() {
		list = append(list, t.questionSheet())
	}
	return list
}

// figure is a number as a cell.
func (t teller) figure(n Number) any {
	if n.Under > 0 {
		return t.number(n)
	}
	return n.N
}

// part is a rate as a cell; empty where it may not be told.
func part(of, whole Number) any {
	if s, ok := rate(of, whole); ok {
		return share(s)
	}
	return nil
}

// known is a measure as a cell; empty when it is of too few.
func known(f float64) any {
	if f == 0 {
		return nil
	}
	return f
}

func (t teller) summary() sheet {
	c, s, r := t.Came, t.Satisfaction, t.Response
	rows := [][]any{
		{t.say("report.subject"), t.about()},
		{t.say("report.dates"), t.when()},
	}
	if t.sample() {
		rows = append(rows, []any{t.say("report.sample_stop"), t.say("report.sample")})
	}
	rows = append(rows,
		[]any{t.say("report.registered"), t.figure(c.Registered)},
		[]any{t.say("report.attended"), t.figure(c.Attended)},
		[]any{t.say("report.rate"), part(c.Attended, c.Registered)},
		[]any{t.say("report.first"), t.figure(c.First)},
		[]any{t.say("report.missed"), t.figure(c.Missed)},
		[]any{t.say("report.walkins"), t.figure(c.WalkIns)})
	for _, of := range []struct {
		id  string
		had map[string]Number
	}{{"report.card", c.Card}, {"report.rna", c.RNA}} {
		for _, answer := range []struct{ key, id string }{{"yes", "report.yes"}, {"no", "report.no"}, {"unsure", "report.unsure"}} {
			if n, asked := of.had[answer.key]; asked {
				rows = append(rows, []any{t.say(of.id) + " · " + t.say(answer.id), t.figure(n)})
			}
		}
	}
	rows = append(rows, []any{t.say("report.asked"), t.figure(s.Asked)}, []any{t.say("report.answered"), t.figure(s.Answered)})
	for i := len(s.Scores) - 1; i >= 0; i-- {
		rows = append(rows, []any{t.say("report.score") + " " + strconv.Itoa(i+1), t.figure(s.Scores[i])})
	}
	rows = append(rows,
		[]any{t.say("report.mean"), known(s.Mean)},
		[]any{t.say("report.deviation"), known(s.Spread)},
		[]any{t.say("report.voices"), t.figure(t.Voices)},
		[]any{t.say("report.received"), t.figure(r.Received)},
		[]any{t.say("report.dealt"), t.figure(r.Answered)},
		[]any{t.say("report.open"), t.figure(r.Open)},
		[]any{t.say("report.late"), t.figure(r.Late)},
		[]any{t.say("report.median"), known(r.Median.Hours() / 24)},
		[]any{t.say("report.slowest"), known(r.Slowest.Hours() / 24)},
		[]any{t.until(), t.note()})
	return sheet{t.say("report.sheet_summary"), []string{t.say("report.what"), t.say("report.value")}, []float64{44, 44}, rows}
}

func (t teller) stopSheet() sheet {
	s := sheet{name: t.say("report.sheet_stops"), wide: []float64{13, 22, 40, 12, 12, 12, 12, 12, 16},
		heads: []string{t.say("report.day"), t.say("report.place"), t.say("report.venue"), t.say("report.registered"), t.say("report.attended"),
			t.say("report.rate"), t.say("report.answered"), t.say("report.mean"), t.say("report.state")}}
	for _, stop := range t.Stops {
		state := ""
		switch {
		case stop.Cancelled:
			state = t.say("report.cancelled")
		case stop.Sample:
			state = t.say("report.sample_stop")
		}
		s.rows = append(s.rows, []any{day(stop.Starts), t.words.Place(t.lang, stop.Place), t.venue(stop), t.figure(stop.Registered), t.figure(stop.Attended),
			part(stop.Attended, stop.Registered), t.figure(stop.Rated), known(stop.Mean), state})
	}
	return s
}

// counts is a sheet of one list; all of it, where a page draws the first ones.
func (t teller) counts(title string, of []Count, name func(locale.Language, string) string) sheet {
	s := sheet{name: t.say(title), heads: []string{t.say(title), t.say("report.number")}, wide: []float64{40, 14}}
	for _, c := range of {
		s.rows = append(s.rows, []any{t.label(c, name), t.figure(c.Number)})
	}
	return s
}

func (t teller) themeSheet() sheet {
	s := sheet{name: t.say("report.sheet_themes"), wide: []float64{34, 12, 12, 12, 14},
		heads: []string{t.say("report.theme"), t.say("report.number"), t.say("report.share"), t.say("report.previous"), t.say("report.change")}}
	for _, th := range t.Themes {
		row := []any{t.themeName(th), t.figure(th.Number), nil, nil, nil}
		if th.Share > 0 {
			row[2] = share(th.Share)
		}
		if !t.Before.IsZero() {
			row[3] = t.figure(th.Before)
		}
		switch m, by := t.moved(th); m {
		case rose, stayed:
			row[4] = by
		case fell:
			row[4] = -by
		}
		s.rows = append(s.rows, row)
	}
	return s
}

func (t teller) quoteSheet() sheet {
	s := sheet{name: t.say("report.sheet_quotes"), heads: []string{t.say("report.theme"), t.say("report.likes"), t.say("report.language"), t.say("report.quote")},
		wide: []float64{30, 16, 12, 100}}
	for _, g := range t.Groups {
		for _, q := range g.Quotes {
			s.rows = append(s.rows, []any{t.theme(g.Theme), t.figure(g.Size), locale.Language(q.Language).Name(), q.Words})
		}
	}
	return s
}

func (t teller) questionSheet() sheet {
	s := sheet{name: t.say("report.sheet_questions"), heads: []string{t.say("report.question"), t.say("report.times"), t.say("report.language")}, wide: []float64{100, 12, 12}}
	for _, q := range t.Unanswered {
		s.rows = append(s.rows, []any{q.Words, t.figure(q.Times), locale.Language(q.Language).Name()})
	}
	return s
}

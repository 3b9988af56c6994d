package report

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/qafila/qafila/internal/locale"
)

// Words are what a report is told in.
type Words interface {
	// Text is one of the texts report.*, with its parameters as they are.
	Text(lang locale.Language, id string, params map[string]any) string

	// What things are called, of their id. A theme may have been given names by language.
	Place(lang locale.Language, slug string) string
	Region(lang locale.Language, code string) string
	Trade(lang locale.Language, id string) string
	Branch(lang locale.Language, id string) string
	Theme(lang locale.Language, id string, names map[string]string) string
}

// A teller puts one report into the words of one language; a page, a sheet, a picture and the chat all say what it says.
type teller struct {
	Report
	words Words
	lang  locale.Language
}

type with = map[string]any

func (t teller) say(id string, params ...with) string {
	if len(params) == 0 {
		return t.words.Text(t.lang, id, nil)
	}
	return t.words.Text(t.lang, id, params[0])
}

// nothing stands where there is nothing to say.
const nothing = "–"

func (t teller) number(n Number) string {
	if n.Under > 0 {
		return t.say("report.under", with{"least": n.Under})
	}
	return locale.Grouped(n.N)
}

// told is a number as far as it may be told.
func (n Number) told() int {
	if n.Under > 0 {
		return 0
	}
	return n.N
}

// rate is a part of the whole, 0 to 1; not ok where one of them may not be told.
func rate(part, whole Number) (share float64, ok bool) {
	if part.Under > 0 || whole.Under > 0 || whole.N == 0 {
		return 0, false
	}
	return float64(part.N) / float64(whole.N), true
}

func (t teller) rate(part, whole Number) string {
	if share, ok := rate(part, whole); ok {
		return t.percent(share)
	}
	return nothing
}

func (t teller) percent(share float64) string {
	return t.say("report.percent", with{"percent": strconv.Itoa(int(math.Round(share * 100)))})
}

// decimal has one digit behind the comma, as all our languages write it.
func decimal(f float64) string {
	return strings.Replace(strconv.FormatFloat(f, 'f', 1, 64), ".", ",", 1)
}

// mean is a mean of ratings; nothing when they are too few.
func (t teller) mean(m float64) string {
	if m == 0 {
		return nothing
	}
	return t.say("report.of_five", with{"mean": decimal(m)})
}

// took is a time as people tell it: in days from two days on, else in hours, or minutes.
func (t teller) took(d time.Duration) string {
	switch hours := int(math.Round(d.Hours())); {
	case d <= 0:
		return nothing
	case hours >= 48:
		return t.say("report.days", with{"count": int(math.Round(d.Hours() / 24))})
	case hours >= 1:
		return t.say("report.hours", with{"count": hours})
	}
	return t.say("report.minutes", with{"count": max(1, int(math.Round(d.Minutes())))})
}

// about is what the report is about: a stop's place, a region, the country.
func (t teller) about() string {
	if s, ok := t.stop(); ok {
		return t.words.Place(t.lang, s.Place)
	}
	if t.Scope.Region != "" {
		return t.say("report.region", with{"region_name": t.words.Region(t.lang, t.Scope.Region)})
	}
	return t.say("report.country")
}

// stop is the one that the report is about.
func (t teller) stop() (Stop, bool) {
	i := slices.IndexFunc(t.Stops, func(s Stop) bool { return t.Scope.Stop != "" && s.ID == t.Scope.Stop })
	if i < 0 {
		return Stop{}, false
	}
	return t.Stops[i], true
}

// when is a stop's day, or the days of the scope.
func (t teller) when() string {
	if s, ok := t.stop(); ok {
		return locale.Date(t.lang, s.Starts)
	}
	return t.span(t.Scope.From, t.Scope.To)
}

// span is from one day to the last before to; one day is itself.
func (t teller) span(from, to time.Time) string {
	first, last := t.date(from), t.date(lastDay(to))
	if first == last {
		return first
	}
	return t.say("report.span", with{"from": first, "to": last})
}

// date is a day whose parts stay on one line.
func (t teller) date(at time.Time) string {
	return strings.ReplaceAll(locale.Date(t.lang, at), " ", "\u00a0")
}

// until is up to when the data go: the last of the days, or when the report was made, if that was before.
func (t teller) until() string {
	last := lastDay(t.Scope.To)
	if !t.Made.IsZero() && t.Made.Before(last) {
		last = t.Made
	}
	return t.say("report.until", with{"date": locale.Date(t.lang, last)})
}

// asked tells whether it is known what the bot was asked: questions are kept without where they came from.
func (t teller) asked() bool {
	return len(t.Unanswered) > 0 || t.Scope.Stop == "" && t.Scope.Region == ""
}

func lastDay(to time.Time) time.Time { return to.Add(-time.Nanosecond) }

// sample tells whether there are stops in it that were invented.
func (t teller) sample() bool {
	return slices.ContainsFunc(t.Stops, func(s Stop) bool { return s.Sample })
}

// themeName is what a theme is called; one without an id is all those that are too few to be named.
func (t teller) themeName(th Theme) string {
	if th.ID == "" {
		return t.say("report.others")
	}
	return t.words.Theme(t.lang, th.ID, th.Names)
}

func (t teller) theme(id string) string {
	for _, th := range t.Themes {
		if th.ID == id {
			return t.themeName(th)
		}
	}
	return t.words.Theme(t.lang, id, nil)
}

// label is what one of a list of counts is called; the last may be all those that are too few to be named.
func (t teller) label(c Count, name func(locale.Language, string) string) string {
	if c.ID == "" {
		return t.say("report.others")
	}
	return name(t.lang, c.ID)
}

// venue is a stop's in the language, or as somebody wrote it in another.
func (t teller) venue(s Stop) string {
	order := []locale.Language{t.lang, locale.Arabic, locale.Darija, locale.French}
	if !t.lang.RTL() {
		order = []locale.Language{t.lang, locale.French, locale.Arabic}
	}
	for _, l := range order {
		if v := s.Venue[string(l)]; v != "" {
			return v
		}
	}
	return ""
}

// A move is how a theme's weight has changed since the days before.
type move int

const (
	unknown move = iota // there are none to compare with, or one of the numbers may not be told
	rose
	fell
	stayed
)

// moved is how a theme's weight has changed, and by how many.
func (t teller) moved(th Theme) (m move, by int) {
	by = th.N - th.Before.N
	switch {
	case t.Before.IsZero() || th.Under > 0 || th.Before.Under > 0:
		return unknown, 0
	case by > 0:
		return rose, by
	case by < 0:
		return fell, -by
	}
	return stayed, 0
}

// change is the same in words.
func (t teller) change(th Theme) string {
	switch m, by := t.moved(th); {
	case m == rose:
		return t.say("report.more", with{"number": locale.Grouped(by)})
	case m == fell:
		return t.say("report.fewer", with{"number": locale.Grouped(by)})
	case m == stayed:
		return t.say("report.same")
	case t.Before.IsZero():
		return ""
	}
	return t.say("report.before", with{"number": t.number(th.Before)})
}

// longestWord is how much of one word a page shows.
const longestWord = 36

// short cuts words that are too long to be read on a page, between two of them.
func short(words string, most int) string {
	fields := strings.Fields(words)
	for i, f := range fields {
		if r := []rune(f); len(r) > longestWord {
			fields[i] = string(r[:longestWord-1]) + "…"
		}
	}
	r := []rune(strings.Join(fields, " "))
	if len(r) <= most {
		return string(r)
	}
	cut := most - 1
	for cut > most*2/3 && !unicode.IsSpace(r[cut]) {
		cut--
	}
	return strings.TrimRightFunc(string(r[:cut]), unicode.IsSpace) + "…"
}

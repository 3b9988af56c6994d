package outreach

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/qafila/qafila/internal/locale"
)

// UsualQuiet are the quiet hours unless an operator says otherwise: the night, and the Friday prayer.
const UsualQuiet = "21:00-08:00, fri 12:00-14:30"

// Quiet are the hours in which the bot writes to nobody first, by the clocks of Casablanca: when those change around Ramadan, the quiet
// hours are that much shorter or longer. The zero Quiet has none.
type Quiet struct{ spans []span }

// A span begins on some days of the week, at a minute of the day, and ends on that day or, when the end isn't later, on the next.
type span struct {
	days     [7]bool // by time.Weekday
	from, to int     // minutes since midnight; to may be more than a day
}

const minutesADay = 24 * 60

var (
	spanForm = regexp.MustCompile(`^(?:([a-z ]+) )?(\d\d?):(\d\d)-(\d\d?):(\d\d)$`)
	weekdays = map[string]time.Weekday{"sun": time.Sunday, "mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday,
		"fri": time.Friday, "sat": time.Saturday}
)

// ParseQuiet reads spans parted by commas, each with the days of the week on which it begins, or none for every day:
// "21:00-08:00, fri 12:00-14:30", "sat sun 00:00-24:00". "none" is no quiet hours.
func ParseQuiet(s string) (Quiet, error) {
	var q Quiet
	if strings.TrimSpace(s) == "none" {
		return q, nil
	}
	for part := range strings.SplitSeq(s, ",") {
		one, err := parseSpan(strings.Join(strings.Fields(strings.ToLower(part)), " "))
		if err != nil {
			return Quiet{}, err
		}
		q.spans = append(q.spans, one)
	}
	if q.always() {
		return Quiet{}, errors.New("the quiet hours leave no time to write to anybody")
	}
	return q, nil
}

func parseSpan(s string) (span, error) {
	m := spanForm.FindStringSubmatch(s)
	if m == nil {
		return span{}, fmt.Errorf("%q is no quiet time: write 21:00-08:00, or fri 12:00-14:30", s)
	}
	var one span
	for name := range strings.FieldsSeq(m[1]) {
		day, ok := weekdays[name]
		if !ok {
			return span{}, fmt.Errorf("%q is no day of the week: write mon, tue, wed, thu, fri, sat or sun", name)
		}
		one.days[day] = true
	}
	if m[1] == "" {
		one.days = [7]bool{true, true, true, true, true, true, true}
	}
	var ok1, ok2 bool
	one.from, ok1 = minuteOf(m[2], m[3])
	one.to, ok2 = minuteOf(m[4], m[5])
	switch {
	case !ok1 || !ok2:
		return span{}, fmt.Errorf("%q has an hour that there isn't: from 00:00 to 24:00", s)
	case one.from == one.to:
		return span{}, fmt.Errorf("%q ends when it begins: a whole day is 00:00-24:00", s)
	case one.to < one.from:
		one.to += minutesADay
	}
	return one, nil
}

// minuteOf is a time of day in minutes since midnight; ok is false for one that there isn't.
func minuteOf(hour, minute string) (n int, ok bool) {
	h, err1 := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(minute)
	n = h*60 + m
	return n, err1 == nil && err2 == nil && m < 60 && n <= minutesADay
}

// always tells that no minute of the week is left.
func (q Quiet) always() bool {
	var quiet [7 * minutesADay]bool
	for _, s := range q.spans {
		for day, on := range s.days {
			for m := s.from; on && m < s.to; m++ {
				quiet[(day*minutesADay+m)%len(quiet)] = true
			}
		}
	}
	for _, yes := range quiet {
		if !yes {
			return false
		}
	}
	return true
}

// At tells whether it is too early or too late to write to anybody first.
func (q Quiet) At(t time.Time) bool { return q.covering(t).After(t) }

// Ends is the first moment from t on at which people may be written to: t itself when that is now.
func (q Quiet) Ends(t time.Time) time.Time {
	for {
		end := q.covering(t)
		if !end.After(t) {
			return t
		}
		t = end // another span may have begun by then
	}
}

// covering is the latest end of the spans under way at t; t itself when there is none.
func (q Quiet) covering(t time.Time) time.Time {
	here, latest := t.In(locale.Zone()), t
	for _, s := range q.spans {
		for back := range 2 { // begun today, or yesterday
			begins := wall(here, -back, s.from, false)
			if s.days[time.Weekday((int(here.Weekday())+7-back)%7)] && !begins.After(t) {
				if ends := wall(here, -back, s.to, true); ends.After(latest) {
					latest = ends
				}
			}
		}
	}
	return latest
}

// wall is the moment at which the clocks of Casablanca show a minute of the day, so many days from a day. Of an hour that they show twice
// it is the earlier, or later, one; an hour that they skip is the moment of the change.
func wall(day time.Time, days, minute int, later bool) time.Time {
	y, m, d := day.Date()
	shown := time.Date(y, m, d+days, 0, minute, 0, 0, time.UTC)
	t := time.Date(y, m, d+days, 0, minute, 0, 0, locale.Zone())
	same := func(t time.Time) bool { return t.Hour() == shown.Hour() && t.Minute() == shown.Minute() }
	if !same(t) {
		from, to := t.ZoneBounds()
		if t.Hour()*60+t.Minute() > shown.Hour()*60+shown.Minute() {
			return from
		}
		return to
	}
	shift := time.Hour // Morocco's only one
	if !later {
		shift = -shift
	}
	if other := t.Add(shift); same(other) {
		return other
	}
	return t
}

package outreach

import (
	"time"

	"github.com/robfig/cron/v3"

	"github.com/qafila/qafila/internal/locale"
)

// A Rule is one reminder: to whom, when, until when it still makes sense, and what it says. LoadRules reads them.
type Rule struct {
	name  string
	to    audience
	flow  string // unfinished: the flow that was left open
	when  moment
	until moment
	late  bool // who came to it after its time gets it too, while it makes sense
	line  schedule
	text  string
	doors []string
}

// An audience is to whom a rule is, and what its times hang on.
type audience string

const (
	expected     audience = "expected"     // of a stop: registered there, or asked to be reminded
	came         audience = "came"         // to a stop: checked in there, or, where nobody was, registered
	unfinished   audience = "unfinished"   // left a flow open; times count from when they began it
	unregistered audience = "unregistered" // said that they aren't in the national register, or not sure; times count from that day
	watching     audience = "watching"     // asked to hear of stops; times count from the cron line's
)

// stop tells whether a rule goes by stops.
func (a audience) stop() bool { return a == expected || a == came }

// A moment is a time that hangs on another: "7 days before, 10:00", "2 hours before", "24 hours after", "start".
type moment struct {
	before bool
	days   int           // with a time of day: days of the calendar
	minute int           // since midnight; -1: no time of day, but span
	span   time.Duration // exactly so long
}

// of is the moment for that on which it hangs.
func (m moment) of(anchor time.Time) time.Time {
	if m.minute < 0 {
		if m.before {
			return anchor.Add(-m.span)
		}
		return anchor.Add(m.span)
	}
	days := m.days
	if m.before {
		days = -days
	}
	return wall(anchor.In(locale.Zone()), days, m.minute, false)
}

// at is the moment for a stop: before it begins, or after it ends.
func (m moment) at(starts, ends time.Time) time.Time {
	if m.before {
		return m.of(starts)
	}
	return m.of(ends)
}

// reach is how far from its anchor a moment can be, at most.
func (m moment) reach() time.Duration { return max(m.span, time.Duration(m.days+1)*24*time.Hour) }

// A schedule is a cron line and what narrows it: cron joins a day of the month and a day of the week with "or".
type schedule struct {
	cron     cron.Schedule
	weekdays [7]bool // by time.Weekday
	from, to int     // days of the month
}

// next is the first time after t; zero when there is none within five years (robfig/cron).
func (s schedule) next(t time.Time) time.Time {
	for end := t.AddDate(5, 0, 0); ; {
		t = s.cron.Next(t)
		if t.IsZero() || t.After(end) {
			return time.Time{}
		}
		if here := t.In(locale.Zone()); s.weekdays[here.Weekday()] && here.Day() >= s.from && here.Day() <= s.to {
			return t
		}
	}
}

// last is the latest time after from and up to now; zero when there is none.
func (s schedule) last(from, now time.Time) (at time.Time) {
	for t := s.next(from); !t.IsZero() && !t.After(now); t = s.next(t) {
		at = t
	}
	return at
}

package outreach

import (
	"context"
	"io/fs"
	"time"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/report"
)

// ReportsFile is the name under which problems of the reports' calendar are told.
const ReportsFile = "reminders/reports.yaml"

// A ReportCalendar says when reports are made that nobody asks for. The zero one makes none.
type ReportCalendar struct {
	week *schedule // of the seven days before
	stop *moment   // of each stop
}

// writtenReport is a rule as it stands in the file.
type writtenReport struct {
	Of   located `yaml:"report"`
	Cron located `yaml:"cron"`
	When located `yaml:"when"`
}

// LoadReports reads reports.yaml.
func LoadReports(fsys fs.FS) (c ReportCalendar, problems []flow.Problem) {
	l := &ruleLoader{file: ReportsFile}
	b, err := fs.ReadFile(fsys, "reports.yaml")
	if err != nil {
		l.problem(1, "", "can't be read: %v", err)
		return c, l.problems
	}
	for _, w := range readRules[writtenReport](l, b, "a report may have report, and cron or when") {
		const hint = "report: week with a cron, report: stop with a when"
		switch {
		case w.Of.text == "week" && c.week == nil && w.When.text == "":
			if s, ok := l.schedule(written{Cron: w.Cron}); ok {
				c.week = &s
			}
		case w.Of.text == "stop" && c.stop == nil && w.Cron.text == "":
			if m, ok := l.moment(w.When, "when"); ok {
				c.stop = &m
			}
		default:
			l.problem(w.Of.line, hint, "`report: %s` is no report of the calendar's, or is there twice", w.Of.text)
		}
	}
	return c, l.problems
}

// How far back is looked for what nobody has asked for yet: a week in which the bot was away isn't lost.
const (
	weeksBack = 28 * 24 * time.Hour
	stopsBack = 14 * 24 * time.Hour
)

// wantReports asks for the reports whose time has come.
func (o *Outreach) wantReports(ctx context.Context, now time.Time) error {
	var due []report.Occasion
	if week := o.Calendar.week; week != nil {
		for at := week.next(now.Add(-weeksBack)); !at.IsZero() && !at.After(now); at = week.next(at) {
			here := at.In(locale.Zone())
			due = append(due, report.Occasion{Key: "week:" + here.Format(time.DateOnly), At: at,
				Scope: report.Scope{From: midnight(here, -7), To: midnight(here, 0)}})
		}
	}
	if when := o.Calendar.stop; when != nil {
		stops, err := caravan.Beginning(ctx, o.Pool, now.Add(-stopsBack-when.reach()), now)
		if err != nil {
			return err
		}
		for _, s := range stops {
			if at := when.at(s.Starts, s.Ends); !at.After(now) && at.After(now.Add(-stopsBack)) {
				here := s.Starts.In(locale.Zone())
				due = append(due, report.Occasion{Key: "stop:" + s.ID + ":" + here.Format(time.DateOnly), At: at, Region: s.Region,
					Scope: report.Scope{Stop: s.ID, From: midnight(here, 0), To: midnight(here, 1)}})
			}
		}
	}
	return report.Due(ctx, o.Pool, due, now)
}

// midnight begins the day so many days from one.
func midnight(day time.Time, days int) time.Time { return wall(day, days, 0, false) }

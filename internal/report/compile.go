package report

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
)

// A Reader is who may read what: those of a region's chamber what is of it, or all. The zero Reader may read nothing.
type Reader struct {
	Region string // an agent's
	All    bool
}

// narrow is a scope as its reader may have it; ok is false when nothing of it is theirs.
func (r Reader) narrow(s Scope) (_ Scope, ok bool) {
	switch {
	case r.All:
		return s, true
	case r.Region == "" || s.Region != "" && s.Region != r.Region:
		return s, false
	}
	s.Region = r.Region // the queries hold to it
	return s, true
}

// UsualLeast is of how many people a number tells, unless an operator says otherwise.
const UsualLeast = 5

// SmallestLeast is the smallest least that hides anything: of "fewer than 2, and not 0" anybody knows how many.
const SmallestLeast = 3

// A Compiler makes reports. Its functions are what other rooms know.
type Compiler struct {
	Least     int                                                                                         // 0: UsualLeast
	Branch    func(trade string) string                                                                   // of a trade; of a branch, itself; "" when it is neither
	Alike     func(questions []string) [][]int                                                            // which of them ask for the same; nil: none but those in the same words
	Strongest func(ctx context.Context, q postgres.Querier, s Scope, least, most int) ([]Gathered, error) // nil: nothing is gathered yet
}

// mostListed is how many groups and questions a report tells.
const mostListed = 10

// Compile works a report out of the tables as they are; ok is false when there is no such stop, or it isn't the reader's to know. step is
// told how far it is, in per cent. In a transaction that sees one state of the tables the numbers fit together: see Snapshot.
//
// It goes through the registrations of the stops once for each thing that is counted, and twice through the recommendations of the days; Go
// sees counts alone.
func (c Compiler) Compile(ctx context.Context, q postgres.Querier, r Reader, s Scope, now time.Time, step func(percent int)) (made Report, ok bool, err error) {
	if c.Least == 0 {
		c.Least = UsualLeast
	}
	if step == nil {
		step = func(int) {}
	}
	s, ok = r.narrow(s)
	if !ok {
		return Report{}, false, nil
	}
	t := &tally{scope: s, now: now}
	if err := t.readStops(ctx, q); err != nil {
		return Report{}, false, err
	}
	if s.Stop != "" {
		if len(t.stops) == 0 {
			return Report{}, false, nil
		}
		t.scope = ofStop(t.scope, t.stops[0].Stop)
	} else {
		t.before = s.From.AddDate(0, 0, -s.days())
	}
	for i, read := range []func(context.Context, postgres.Querier) error{t.readPresence, t.readRatings, t.readThemes, t.readResponse, t.readQuestions} {
		step(10 + 15*i)
		if err := read(ctx, q); err != nil {
			return Report{}, false, err
		}
	}
	step(85)
	if c.Strongest != nil {
		if t.gathered, err = c.Strongest(ctx, q, t.scope, c.Least, mostListed); err != nil {
			return Report{}, false, fmt.Errorf("gather what was said alike: %w", err)
		}
	}
	step(95)
	return c.tell(t), true, nil
}

// Snapshot is how a transaction for Compile begins.
var Snapshot = pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}

// ofStop says what a scope of one stop is about: its region's, unless it was narrowed, and its day.
func ofStop(s Scope, stop Stop) Scope {
	at := stop.Starts.In(locale.Zone())
	s.From = time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, locale.Zone()).UTC()
	s.To = time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, locale.Zone()).UTC()
	return s
}

// days are how many a scope has, by the calendar of Casablanca.
func (s Scope) days() int {
	day := func(t time.Time) time.Time {
		y, m, d := t.In(locale.Zone()).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return max(1, int(day(s.To).Sub(day(s.From)).Hours()/24))
}

// errScope is a scope that can't be one.
var errScope = errors.New("a report is about a stop, or about days that end after they begin")

// Check tells whether a scope can be one.
func (s Scope) Check() error {
	if s.Stop == "" && !s.To.After(s.From) {
		return errScope
	}
	return nil
}

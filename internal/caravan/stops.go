package caravan

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/postgres"
)

// ByID gives a stop whatever its state; ok is false when there is none.
func ByID(ctx context.Context, q postgres.Querier, id string) (s Stop, ok bool, err error) {
	err = q.QueryRow(ctx, `SELECT `+stopColumns+fromStops+`WHERE s.id = $1`, id).Scan(s.scan()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return Stop{}, false, nil
	}
	if err != nil {
		return Stop{}, false, fmt.Errorf("find stop %q: %w", id, err)
	}
	return s, true, nil
}

// Upcoming gives the published stops that aren't over, the soonest first. There are few at a time (a tour has a dozen), so what is
// asked about them is worked out here rather than in the database. It relies on the index stops_ahead.
func Upcoming(ctx context.Context, q postgres.Querier, now time.Time) (Calendar, error) {
	rows, err := q.Query(ctx, `SELECT `+stopColumns+fromStops+`WHERE s.state = 'published' AND s.ends_at > $1 ORDER BY s.starts_at, s.id`, now)
	if err != nil {
		return nil, fmt.Errorf("list the stops ahead: %w", err)
	}
	stops, err := collectStops(rows)
	if err != nil {
		return nil, fmt.Errorf("list the stops ahead: %w", err)
	}
	return stops, nil
}

// Beginning gives the published stops that begin between two times, whether or not they are over, the soonest first. It relies on the
// index stops_ahead.
func Beginning(ctx context.Context, q postgres.Querier, from, to time.Time) (Calendar, error) {
	rows, err := q.Query(ctx, `SELECT `+stopColumns+fromStops+`WHERE s.state = 'published' AND s.starts_at > $1 AND s.starts_at <= $2 ORDER BY s.starts_at, s.id`, from, to)
	if err != nil {
		return nil, fmt.Errorf("list the stops of some days: %w", err)
	}
	stops, err := collectStops(rows)
	if err != nil {
		return nil, fmt.Errorf("list the stops of some days: %w", err)
	}
	return stops, nil
}

// All gives every stop with its registrations counted, for an operator.
func All(ctx context.Context, q postgres.Querier) ([]Stop, error) {
	rows, err := q.Query(ctx, `SELECT `+stopColumns+`, (SELECT count(*) FROM registrations r WHERE r.stop_id = s.id AND r.state <> 'cancelled')`+
		fromStops+`ORDER BY s.starts_at, s.id`)
	if err != nil {
		return nil, fmt.Errorf("list all stops: %w", err)
	}
	stops, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Stop, error) {
		var s Stop
		err := row.Scan(append(s.scan(), &s.Registered)...)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("list all stops: %w", err)
	}
	return stops, nil
}

// A Calendar is the stops ahead, the soonest first.
type Calendar []Stop

// Next is the soonest.
func (c Calendar) Next() (Stop, bool) {
	if len(c) == 0 {
		return Stop{}, false
	}
	return c[0], true
}

// InRegion keeps those of one region.
func (c Calendar) InRegion(region string) Calendar {
	var in Calendar
	for _, s := range c {
		if s.Region == region {
			in = append(in, s)
		}
	}
	return in
}

// At is the soonest in a place.
func (c Calendar) At(place string) (Stop, bool) {
	for _, s := range c {
		if s.Place == place {
			return s, true
		}
	}
	return Stop{}, false
}

// Nearest is the one closest to a position, with the distance in kilometres as the crow flies; of several at the same venue the
// soonest.
func (c Calendar) Nearest(lat, lon float64) (s Stop, km float64, ok bool) {
	km = math.Inf(1)
	for _, each := range c {
		if d := directory.Distance(lat, lon, each.Lat, each.Lon); d < km-0.05 {
			s, km, ok = each, d, true
		}
	}
	return s, km, ok
}

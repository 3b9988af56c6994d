package caravan

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
)

// A Door is a published stop at whose door people can be let in.
type Door struct {
	Stop
	Today bool // some of it lies in this day, by the calendar of Casablanca
}

// doorDays is for how long after a stop its door can still be taken, to note from paper who came.
const doorDays = 7

// Doors gives the doors that can be held: today's first, then those of the stops ahead, then those of the last week.
func Doors(ctx context.Context, q postgres.Querier, now time.Time) ([]Door, error) {
	stops, err := Upcoming(ctx, q, now.AddDate(0, 0, -doorDays))
	if err != nil {
		return nil, err
	}
	y, m, d := now.In(locale.Zone()).Date()
	from, to := time.Date(y, m, d, 0, 0, 0, 0, locale.Zone()), time.Date(y, m, d+1, 0, 0, 0, 0, locale.Zone())
	doors := make([]Door, len(stops))
	for i, s := range stops {
		doors[i] = Door{s, s.Starts.Before(to) && s.Ends.After(from)}
	}
	rank := func(d Door) int {
		switch {
		case d.Today:
			return 0
		case d.Starts.After(now):
			return 1
		}
		return 2
	}
	slices.SortStableFunc(doors, func(a, b Door) int { return rank(a) - rank(b) })
	return doors, nil
}

// named is how many people one search at a door finds at most.
const named = 40

// Named finds the guests of a stop in whose name all the words stand: folded, as a registration's NameKey is. It relies on
// registrations_once.
func Named(ctx context.Context, q postgres.Querier, stop string, words []string) ([]Guest, error) {
	if len(words) == 0 {
		return nil, nil
	}
	rows, err := q.Query(ctx, `SELECT `+guestColumns+fromRegistrations+`WHERE r.stop_id = $1 AND r.state <> 'cancelled'
		AND NOT EXISTS (SELECT FROM unnest($2::text[]) w WHERE strpos(r.name_key, w) = 0) ORDER BY r.name_key, r.id LIMIT $3`,
		stop, words, named)
	if err != nil {
		return nil, fmt.Errorf("find a guest of stop %q by name: %w", stop, err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Guest, error) {
		var g Guest
		err := g.read(row)
		return g, err
	})
	if err != nil {
		return nil, fmt.Errorf("find a guest of stop %q by name: %w", stop, err)
	}
	return list, nil
}

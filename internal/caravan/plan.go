package caravan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
)

// newStop is the advisory lock that lets one new stop look for a free id at a time.
const newStop = 0x71616670 // "qafp"

// Create stores a new stop under an id made of its town and day, like fes-2027-01-14, or fes-2027-01-14-2 where that is taken. It gives
// the id.
func Create(ctx context.Context, tx pgx.Tx, s Stop, now time.Time) (string, error) {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, newStop); err != nil {
		return "", fmt.Errorf("wait to create a stop: %w", err)
	}
	name := s.Place[:min(len(s.Place), 25)] + "-" + s.Starts.In(locale.Zone()).Format(time.DateOnly)
	for n := 1; ; n++ {
		if s.ID = name; n > 1 {
			s.ID = fmt.Sprintf("%s-%d", name, n)
		}
		_, taken, err := ByID(ctx, tx, s.ID)
		if err != nil {
			return "", err
		}
		if !taken {
			break
		}
	}
	if _, err := Save(ctx, tx, []Stop{s}, now); err != nil {
		return "", err
	}
	return s.ID, nil
}

// Change saves one stop as alter leaves it; nobody else changes it meanwhile. When alter says no, it stays as it is. ok is false when
// there is no such stop.
func Change(ctx context.Context, tx pgx.Tx, id string, now time.Time, alter func(*Stop) bool) (s Stop, ok bool, err error) {
	if err := lock(ctx, tx, []string{id}); err != nil {
		return Stop{}, false, err
	}
	if s, ok, err = ByID(ctx, tx, id); err != nil || !ok {
		return Stop{}, false, err
	}
	if !alter(&s) {
		return s, true, nil
	}
	if _, err := Save(ctx, tx, []Stop{s}, now); err != nil {
		return Stop{}, false, err
	}
	return s, true, nil
}

// Plans gives every stop that isn't over, whatever its state, the soonest first; or those that are, the latest first. Registrations are
// counted.
func Plans(ctx context.Context, q postgres.Querier, over bool, now time.Time) ([]Stop, error) {
	all, err := All(ctx, q)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(s Stop) bool { return s.Ends.After(now) == over })
	if over {
		slices.Reverse(all)
	}
	return all, nil
}

// SameDay finds another stop in the same town on the same day of Casablanca that isn't cancelled.
func SameDay(ctx context.Context, q postgres.Querier, s Stop) (other Stop, ok bool, err error) {
	y, m, d := s.Starts.In(locale.Zone()).Date()
	from, to := time.Date(y, m, d, 0, 0, 0, 0, locale.Zone()), time.Date(y, m, d+1, 0, 0, 0, 0, locale.Zone())
	err = q.QueryRow(ctx, `SELECT `+stopColumns+fromStops+`WHERE s.place = $1 AND s.id <> $2 AND s.state <> 'cancelled'
		AND s.starts_at >= $3 AND s.starts_at < $4 ORDER BY s.starts_at, s.id LIMIT 1`, s.Place, s.ID, from, to).Scan(other.scan()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return Stop{}, false, nil
	}
	if err != nil {
		return Stop{}, false, fmt.Errorf("look for a stop in %s on the same day: %w", s.Place, err)
	}
	return other, true, nil
}

package feedback

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// hears is the condition on a row of inbox_ratings: as in reports, an agent has the stops of their region, organisers all. $1 is the chamber,
// for every scope.
func (s Scope) hears() string {
	switch {
	case s.Chamber != "":
		return `region = $1::text`
	case s.All, s.Organisers:
		return `$1::text = ''`
	}
	return `$1::text IS NULL`
}

// A Remark is a rating that says something, as staff see it: nothing in it tells whose it is.
type Remark struct {
	Key     string // random
	Score   int    // 1 to 5
	Words   string
	File    string // a voice: the messenger's file id
	Day     time.Time
	Refused string // why its file was refused, in internal/media's words; "": it was not
	Copy    int64  // its file's number in internal/media; 0: it has none
	At, Of  int    // which it is of how many of its stop
}

// Remarked gives the remark of a stop that is so many steps behind another one, or before it when steps are below 0; the first is one step
// behind "", and behind one that is gone. ok is false when the scope hears none there. They go by their day, those of one day by chance: in
// which order people registered, or spoke, is not to be seen.
func Remarked(ctx context.Context, q postgres.Querier, s Scope, stop, key string, steps int) (r Remark, ok bool, err error) {
	rows, err := q.Query(ctx, `WITH said AS (SELECT key, score, words, file, day, refused, copy, row_number() OVER (ORDER BY day, key) AS at, count(*) OVER () AS of
			FROM inbox_ratings WHERE stop_id = $2 AND `+s.hears()+`)
		SELECT * FROM said WHERE at = coalesce((SELECT at FROM said WHERE key = $3), 0) + $4::int`, s.Chamber, stop, key, steps)
	if err != nil {
		return r, false, fmt.Errorf("find a remark on stop %q: %w", stop, err)
	}
	r, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Remark])
	if errors.Is(err, pgx.ErrNoRows) {
		return r, false, nil
	}
	if err != nil {
		return r, false, fmt.Errorf("find a remark on stop %q: %w", stop, err)
	}
	return r, true, nil
}

// CountRemarks tells how many there are, of one stop or of all (""), up to MostCounted.
func CountRemarks(ctx context.Context, q postgres.Querier, s Scope, stop string) (n int, err error) {
	err = q.QueryRow(ctx, fmt.Sprintf(`SELECT count(*) FROM (SELECT FROM inbox_ratings WHERE %s AND ($2 = '' OR stop_id = $2) LIMIT %d) AS few`, s.hears(), MostCounted),
		s.Chamber, stop).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count remarks on stops: %w", err)
	}
	return n, nil
}

// StopsRemarked gives the stops of which something was said that the scope hears, the latest first.
func StopsRemarked(ctx context.Context, q postgres.Querier, s Scope) ([]string, error) {
	rows, err := q.Query(ctx, `SELECT id FROM stops s WHERE EXISTS (SELECT FROM inbox_ratings i WHERE i.stop_id = s.id AND `+s.hears()+`) ORDER BY starts_at DESC, id LIMIT 50`, s.Chamber)
	if err != nil {
		return nil, fmt.Errorf("list stops with remarks: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list stops with remarks: %w", err)
	}
	return ids, nil
}

package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype/zeronull"

	"github.com/qafila/qafila/internal/postgres"
)

// The states of a kept report.
const (
	Wanted = "wanted"
	Making = "making"
	Ready  = "ready"
	Failed = "failed"
)

// Kept is a report that somebody, or the calendar, asked for, and what has come of it.
type Kept struct {
	ID       int64
	Staff    int64  // staff.id of who asked; 0: the calendar
	Language string // of who asked
	Scope    Scope
	State    string
	Panel    int64  // the message that shows how far it is; 0: none
	Report   Report // once it is Ready

	tries int
	taken time.Time
}

// Has tells whether a reader may have it: of a region, its own report alone, never a part of the country's.
func (r Reader) Has(k Kept) bool { return r.All || r.Region != "" && r.Region == k.Scope.Region }

const keptColumns = `id, coalesce(staff, 0), language, coalesce(stop_id, ''), region, from_at, to_at, state, panel, report, tries, taken_at`

func scanKept(row pgx.CollectableRow) (k Kept, err error) {
	var raw []byte
	if err := row.Scan(&k.ID, &k.Staff, &k.Language, &k.Scope.Stop, &k.Scope.Region, &k.Scope.From, &k.Scope.To, &k.State, &k.Panel, &raw, &k.tries,
		(*zeronull.Timestamptz)(&k.taken)); err != nil {
		return k, err
	}
	k.Scope.From, k.Scope.To = k.Scope.From.UTC(), k.Scope.To.UTC()
	if raw == nil {
		return k, nil
	}
	return k, json.Unmarshal(raw, &k.Report)
}

// Order asks for a report, for a member of the staff; ok is false when it isn't theirs to have. panel is the message that shows how far it is.
func Order(ctx context.Context, q postgres.Querier, r Reader, s Scope, staff int64, language string, panel int64, now time.Time) (ok bool, err error) {
	s, ok = r.narrow(s)
	if !ok {
		return false, nil
	}
	t := &tally{scope: s, now: now}
	if s.Stop != "" {
		if err := t.readStops(ctx, q); err != nil || len(t.stops) == 0 {
			return false, err
		}
		s = ofStop(s, t.stops[0].Stop)
	}
	if err := s.Check(); err != nil {
		return false, fmt.Errorf("ask for a report: %w", err)
	}
	if _, err := q.Exec(ctx, `INSERT INTO reports (staff, language, stop_id, region, from_at, to_at, panel, created_at) VALUES ($1, $2, nullif($3, ''), $4, $5, $6, $7, $8)`,
		staff, language, s.Stop, s.Region, s.From, s.To, panel, now); err != nil {
		return false, fmt.Errorf("ask for a report: %w", err)
	}
	return true, nil
}

// An Occasion is one of the calendar's: from At on the report of a stop, or of some days, is to be made for every region that it is of and that
// has agents, and for the organisers. Who joined later than At doesn't get it.
type Occasion struct {
	Key    string
	Scope  Scope
	Region string // of the stop; "" of days: every region
	At     time.Time
}

// Due asks for the reports of occasions that nobody has asked for yet: one a key, however often and from wherever it is called.
func Due(ctx context.Context, q postgres.Querier, list []Occasion, now time.Time) error {
	if len(list) == 0 {
		return nil
	}
	var keys, stops, regions []string
	var from, to, at []time.Time
	for _, o := range list {
		keys, stops, regions = append(keys, o.Key), append(stops, o.Scope.Stop), append(regions, o.Region)
		from, to, at = append(from, o.Scope.From), append(to, o.Scope.To), append(at, o.At)
	}
	if _, err := q.Exec(ctx, `INSERT INTO reports (key, stop_id, region, from_at, to_at, created_at)
		SELECT o.key || ':' || g.region, nullif(o.stop, ''), g.region, o.from_at, o.to_at, $7
		FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[]) o(key, stop, region, from_at, to_at, at)
		CROSS JOIN LATERAL (SELECT DISTINCT region FROM staff s WHERE s.joined_at <= o.at AND (s.region = '' OR o.region = '' OR s.region = o.region)) g
		WHERE NOT EXISTS (SELECT FROM reports r WHERE r.key = o.key || ':' || g.region)
		ON CONFLICT (key) DO NOTHING`, keys, stops, regions, from, to, at, now); err != nil {
		return fmt.Errorf("ask for the calendar's reports: %w", err)
	}
	return nil
}

// A report that is being made is tried by somebody else when its maker hasn't been heard of for that long; after so many tries it has failed.
const (
	patience = 2 * time.Minute
	tries    = 3
)

// Take gives one report to be made to its caller alone; ok is false when none waits. One whose makers all were lost has failed. It relies on
// reports_open.
func Take(ctx context.Context, q postgres.Querier, now time.Time) (k Kept, ok bool, err error) {
	rows, err := q.Query(ctx, `WITH lost AS (UPDATE reports SET state = 'failed' WHERE state IN ('wanted', 'making') AND tries >= $3 AND taken_at < $2)
		UPDATE reports SET state = 'making', taken_at = $1, tries = tries + 1, progress = 0 WHERE id = (SELECT id FROM reports
			WHERE state IN ('wanted', 'making') AND tries < $3 AND (taken_at IS NULL OR taken_at < $2) ORDER BY staff IS NULL, id LIMIT 1 FOR UPDATE SKIP LOCKED)
		RETURNING `+keptColumns, now, now.Add(-patience), tries)
	if err != nil {
		return k, false, fmt.Errorf("take a report: %w", err)
	}
	k, err = pgx.CollectExactlyOneRow(rows, scanKept)
	if errors.Is(err, pgx.ErrNoRows) {
		return k, false, nil
	}
	if err != nil {
		return k, false, fmt.Errorf("take a report: %w", err)
	}
	return k, true, nil
}

// Done tells how far the making of a report is.
func (k Kept) Done(ctx context.Context, q postgres.Querier, percent int) error {
	if _, err := q.Exec(ctx, `UPDATE reports SET progress = $3 WHERE id = $1 AND taken_at = $2`, k.ID, k.taken, percent); err != nil {
		return fmt.Errorf("tell how far a report is: %w", err)
	}
	return nil
}

// Keep keeps what was made, unless somebody else has taken it over meanwhile.
func (k Kept) Keep(ctx context.Context, q postgres.Querier, r Report, now time.Time) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write a report down: %w", err)
	}
	if _, err := q.Exec(ctx, `UPDATE reports SET state = 'ready', progress = 100, report = $3, made_at = $4, to_at = $5, from_at = $6 WHERE id = $1 AND state = 'making' AND taken_at = $2`,
		k.ID, k.taken, raw, now, r.Scope.To, r.Scope.From); err != nil {
		return fmt.Errorf("keep a report: %w", err)
	}
	return nil
}

// GiveUp puts a report back whose making failed, to be tried later; over says that it isn't tried any more.
func (k Kept) GiveUp(ctx context.Context, q postgres.Querier, over bool) error {
	if _, err := q.Exec(ctx, `UPDATE reports SET state = CASE WHEN $3 OR tries >= $4 THEN 'failed' ELSE state END WHERE id = $1 AND state = 'making' AND taken_at = $2`,
		k.ID, k.taken, over, tries); err != nil {
		return fmt.Errorf("give a report up: %w", err)
	}
	return nil
}

// Untold gives reports that are ready, or have failed, and marks them as told: the caller tells of them in the same transaction. Those of the
// calendar only with calendar: there are hours in which nobody is written to who didn't ask. It relies on reports_untold.
func Untold(ctx context.Context, tx postgres.Querier, calendar bool, most int) ([]Kept, error) {
	rows, err := tx.Query(ctx, `UPDATE reports SET told = true WHERE id IN (SELECT id FROM reports WHERE NOT told AND state IN ('ready', 'failed')
			AND ($1 OR staff IS NOT NULL) ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING `+keptColumns, calendar, most)
	if err != nil {
		return nil, fmt.Errorf("look for reports to tell of: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanKept)
	if err != nil {
		return nil, fmt.Errorf("look for reports to tell of: %w", err)
	}
	return list, nil
}

// Open gives a report that is ready and the reader's to have.
func Open(ctx context.Context, q postgres.Querier, r Reader, id int64) (k Kept, ok bool, err error) {
	rows, err := q.Query(ctx, `SELECT `+keptColumns+` FROM reports WHERE id = $1 AND state = 'ready' AND ($2 OR $3 <> '' AND region = $3)`, id, r.All, r.Region)
	if err != nil {
		return k, false, fmt.Errorf("open report %d: %w", id, err)
	}
	k, err = pgx.CollectExactlyOneRow(rows, scanKept)
	if errors.Is(err, pgx.ErrNoRows) {
		return k, false, nil
	}
	if err != nil {
		return k, false, fmt.Errorf("open report %d: %w", id, err)
	}
	return k, true, nil
}

// Latest lists the reports that are the reader's to have, the newest first; of what the calendar made for the regions' agents, only theirs.
func Latest(ctx context.Context, q postgres.Querier, r Reader, most int) ([]Kept, error) {
	rows, err := q.Query(ctx, `SELECT `+keptColumns+` FROM reports WHERE state = 'ready' AND ($1 AND (region = '' OR staff IS NOT NULL) OR $2 <> '' AND region = $2) ORDER BY id DESC LIMIT $3`, r.All, r.Region, most)
	if err != nil {
		return nil, fmt.Errorf("list reports: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanKept)
	if err != nil {
		return nil, fmt.Errorf("list reports: %w", err)
	}
	return list, nil
}

// Stops lists the stops of which the reader may have a report, the latest first; those too that are ahead.
func Stops(ctx context.Context, q postgres.Querier, r Reader, most int) ([]Stop, error) {
	rows, err := q.Query(ctx, `SELECT id, place, starts_at FROM stops WHERE state <> 'draft' AND ($1 OR $2 <> '' AND region = $2) ORDER BY starts_at DESC, id LIMIT $3`, r.All, r.Region, most)
	if err != nil {
		return nil, fmt.Errorf("list stops to report of: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s Stop, err error) { return s, row.Scan(&s.ID, &s.Place, &s.Starts) })
	if err != nil {
		return nil, fmt.Errorf("list stops to report of: %w", err)
	}
	return list, nil
}

package outreach

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// sameHour is within which two broadcasts to the same people are worth a warning.
const sameHour = time.Hour

// overlap tells how many of a draft's people get another broadcast within an hour of at: those whom one has written to, is writing to, or will
// write to. Of one that isn't prepared yet, they are its segment's people as they are now.
func (o *Outreach) overlap(ctx context.Context, q postgres.Querier, b Broadcast, says map[string]Words, at, now time.Time) (int, error) {
	soon, err := o.near(ctx, q, b.ID, at)
	if err != nil {
		return 0, err
	}
	args := append(b.Segment.arguments(o.Directory, now), silent(says), b.ID, at.Add(-sameHour), at.Add(sameHour), max(o.BulkRate, 1))
	// One that goes out ends when the rest of it is sent; one that is paused may go on at any time.
	sql := `SELECT count(*)` + members + ` AND c.language <> ALL($11) AND (c.chat_id IN (SELECT r.chat_id FROM recipients r JOIN broadcasts b ON b.id = r.broadcast
		WHERE b.id <> $12 AND r.state IN (0, 1, 2, 3) AND b.prepared_at <= $14 AND CASE b.state WHEN 'paused' THEN true
			WHEN 'sending' THEN $10::timestamptz + make_interval(secs => (b.total - b.sent - b.unsure - b.unreachable - b.stopped - b.failed)::float / $15::int) >= $13::timestamptz
			WHEN 'scheduled' THEN false ELSE r.state <> 0 AND b.finished_at >= $13::timestamptz END)`
	for _, other := range soon {
		sql += ` OR c.chat_id IN (SELECT c.chat_id` + membersFrom(len(args)+1) + ` AND c.language <> ALL($` + strconv.Itoa(len(args)+11) + `))`
		args = append(append(args, other.segment.arguments(o.Directory, now)...), other.silent)
	}
	var n int
	if err := q.QueryRow(ctx, sql+`)`, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count who is written to twice: %w", err)
	}
	return n, nil
}

// scheduled is a broadcast that has no recipients yet.
type scheduled struct {
	segment Segment
	silent  []string // the languages that get nothing
}

// near are the broadcasts that are to begin within an hour of at. It relies on broadcasts_open, but for the few that are paused.
func (o *Outreach) near(ctx context.Context, q postgres.Querier, but int64, at time.Time) ([]scheduled, error) {
	rows, err := q.Query(ctx, `SELECT segment, ARRAY(SELECT language FROM broadcast_words WHERE broadcast = id AND instead = $4) FROM broadcasts
		WHERE state IN ('scheduled', 'paused') AND prepared_at IS NULL AND id <> $1 AND begins_at BETWEEN $2 AND $3 ORDER BY id`,
		but, at.Add(-sameHour), at.Add(sameHour), Silence)
	if err != nil {
		return nil, fmt.Errorf("look for broadcasts of the same hour: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s scheduled, err error) {
		var segment string
		if err := row.Scan(&segment, &s.silent); err != nil {
			return s, err
		}
		s.segment, err = readSegment(segment)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("look for broadcasts of the same hour: %w", err)
	}
	return list, nil
}

var placeholder = regexp.MustCompile(`\$\d+`)

// membersFrom finds another segment's people in the same statement, with its arguments from $first on.
func membersFrom(first int) string {
	return placeholder.ReplaceAllStringFunc(members, func(s string) string {
		n, _ := strconv.Atoi(s[1:])
		return "$" + strconv.Itoa(first+n-1)
	})
}

// silent are the languages that get nothing.
func silent(says map[string]Words) []string {
	list := []string{}
	for language, w := range says {
		if w.Instead == Silence {
			list = append(list, language)
		}
	}
	return list
}

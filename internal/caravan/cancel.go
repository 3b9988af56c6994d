package caravan

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// A Promotion is a place that came free for somebody on the waiting list: whom to tell, and of what.
type Promotion struct {
	Chat      int64
	Language  string // of the chat; "" when it isn't known
	Reference string
	Name      string
	Self      bool
	Silent    bool // the chat asked not to be written to first, or can't be reached: it finds out when it looks
	Stop      Stop
}

// Cancel withdraws a chat's registration and, before the stop begins, moves the waiting list up. ok is false when the chat has no such registration that is
// confirmed or waiting. A reminder that the chat asked for goes with its last registration at the stop.
func Cancel(ctx context.Context, tx postgres.Querier, chat int64, reference string, now time.Time) (up []Promotion, ok bool, err error) {
	var stop string
	err = tx.QueryRow(ctx, `SELECT stop_id FROM registrations WHERE reference = $1 AND chat_id = $2`, reference, chat).Scan(&stop)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find registration %s: %w", reference, err)
	}
	if err := lock(ctx, tx, []string{stop}); err != nil {
		return nil, false, err
	}
	tag, err := tx.Exec(ctx, `WITH gone AS (
			UPDATE registrations SET state = 'cancelled', cancelled_at = $3, to_tell = false
			WHERE reference = $1 AND chat_id = $2 AND state IN ('confirmed', 'waitlisted') RETURNING id, stop_id
		), unwatched AS (
			DELETE FROM watches w USING gone WHERE w.chat_id = $2 AND w.stop_id = gone.stop_id AND NOT EXISTS (
				SELECT FROM registrations r WHERE r.chat_id = $2 AND r.stop_id = gone.stop_id AND r.state <> 'cancelled' AND r.id <> gone.id)
		)
		SELECT FROM gone`, reference, chat, now)
	if err != nil {
		return nil, false, fmt.Errorf("cancel registration %s: %w", reference, err)
	}
	if tag.RowsAffected() == 0 {
		return nil, false, nil
	}
	up, err = moveUp(ctx, tx, []string{stop}, now, false)
	return up, true, err
}

// Forget deletes everything that the caravan knows of a chat, and moves the waiting lists up where that frees places before a stop.
func Forget(ctx context.Context, tx postgres.Querier, chat int64, now time.Time) ([]Promotion, error) {
	rows, err := tx.Query(ctx, `SELECT DISTINCT stop_id FROM registrations WHERE chat_id = $1`, chat)
	if err != nil {
		return nil, fmt.Errorf("find a chat's stops: %w", err)
	}
	stops, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("find a chat's stops: %w", err)
	}
	if err := lock(ctx, tx, stops); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, `WITH w AS (DELETE FROM watches WHERE chat_id = $1) DELETE FROM registrations WHERE chat_id = $1`, chat); err != nil {
		return nil, fmt.Errorf("forget a chat's registrations: %w", err)
	}
	return moveUp(ctx, tx, stops, now, false)
}

// lock holds the places of some stops until the transaction ends, in the order of their ids, so that two can't wait for each other.
func lock(ctx context.Context, tx postgres.Querier, stops []string) error {
	if len(stops) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, `SELECT FROM seats WHERE stop_id = ANY($1) ORDER BY stop_id FOR UPDATE`, stops); err != nil {
		return fmt.Errorf("lock the places of stops: %w", err)
	}
	return nil
}

// moveUp gives the free places of stops, which must be locked, to those who wait longest, and counts the places given away afresh. Once a
// stop has begun nobody moves up any more: who waits may be anywhere, and a free place is for who is at the door.
// later marks them for outreach to tell, where the caller has no conversation to tell them in. It relies on registrations_queue.
func moveUp(ctx context.Context, tx postgres.Querier, stops []string, now time.Time, later bool) ([]Promotion, error) {
	if len(stops) == 0 {
		return nil, nil
	}
	rows, err := tx.Query(ctx, `WITH counted AS (
			SELECT s.id, s.capacity, s.state = 'published' AND s.starts_at > $2 AS open, CASE WHEN s.capacity IS NULL THEN 0 ELSE
				(SELECT count(*) FROM registrations r WHERE r.stop_id = s.id AND r.state IN ('confirmed', 'attended')) END AS taken
			FROM stops s WHERE s.id = ANY($1)
		), queue AS (
			SELECT id, stop_id, row_number() OVER (PARTITION BY stop_id ORDER BY id) AS place
			FROM registrations WHERE stop_id = ANY($1) AND state = 'waitlisted'
		), up AS (
			UPDATE registrations r SET state = 'confirmed', to_tell = $3 FROM queue q JOIN counted c ON c.id = q.stop_id
			WHERE r.id = q.id AND c.open AND (c.capacity IS NULL OR q.place <= c.capacity - c.taken)
			RETURNING r.id, r.stop_id, r.chat_id, r.reference, r.name, r.self
		), counted_afresh AS (
			UPDATE seats p SET taken = c.taken + CASE WHEN c.capacity IS NULL THEN 0 ELSE (SELECT count(*) FROM up WHERE up.stop_id = c.id) END
			FROM counted c WHERE p.stop_id = c.id
		)
		SELECT up.chat_id, coalesce(c.language, ''), up.reference, up.name, up.self,
			c.stopped_at IS NOT NULL OR c.unreachable_at IS NOT NULL, `+stopColumns+`
		FROM up JOIN stops s ON s.id = up.stop_id JOIN seats p ON p.stop_id = s.id LEFT JOIN chats c ON c.chat_id = up.chat_id
		ORDER BY up.id`, stops, now, later)
	if err != nil {
		return nil, fmt.Errorf("move the waiting list up: %w", err)
	}
	up, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Promotion, error) {
		var p Promotion
		err := row.Scan(append([]any{&p.Chat, &p.Language, &p.Reference, &p.Name, &p.Self, &p.Silent}, p.Stop.scan()...)...)
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("move the waiting list up: %w", err)
	}
	return up, nil
}

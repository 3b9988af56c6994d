package caravan

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// WatchAll notes that a chat wants to be told when a stop is published: in a region, or anywhere when region is "". A later wish
// takes the place of an earlier one. new is false when it was noted before.
func WatchAll(ctx context.Context, q postgres.Querier, chat int64, region string, now time.Time) (new bool, err error) {
	tag, err := q.Exec(ctx, `INSERT INTO watches (chat_id, region, created_at) VALUES ($1, $2, $3)
		ON CONFLICT (chat_id, stop_id) DO UPDATE SET region = excluded.region, created_at = excluded.created_at
		WHERE watches.region <> excluded.region`, chat, region, now)
	if err != nil {
		return false, fmt.Errorf("note who wants to hear of stops: %w", err)
	}
	return tag.RowsAffected() > 0, nil
}

// WatchStop notes that a chat wants to be reminded the evening before a stop. new is false when it was noted before.
func WatchStop(ctx context.Context, q postgres.Querier, chat int64, stop string, now time.Time) (new bool, err error) {
	tag, err := q.Exec(ctx, `INSERT INTO watches (chat_id, stop_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, chat, stop, now)
	if err != nil {
		return false, fmt.Errorf("note who wants a reminder of stop %q: %w", stop, err)
	}
	return tag.RowsAffected() > 0, nil
}

// Unwatch takes back all that a chat asked to be told first.
func Unwatch(ctx context.Context, q postgres.Querier, chat int64) error {
	if _, err := q.Exec(ctx, `DELETE FROM watches WHERE chat_id = $1`, chat); err != nil {
		return fmt.Errorf("take back a chat's wishes to be told: %w", err)
	}
	return nil
}

// A Watch is a wish to be told: of Stop the evening before, or, when Stop is "", of stops that are published in Region ("" anywhere).
type Watch struct {
	Stop    string
	Region  string
	Created time.Time
}

// Watches gives a chat's wishes.
func Watches(ctx context.Context, q postgres.Querier, chat int64) ([]Watch, error) {
	rows, err := q.Query(ctx, `SELECT coalesce(stop_id, ''), region, created_at FROM watches WHERE chat_id = $1 ORDER BY created_at`, chat)
	if err != nil {
		return nil, fmt.Errorf("list a chat's wishes to be told: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Watch])
	if err != nil {
		return nil, fmt.Errorf("list a chat's wishes to be told: %w", err)
	}
	return list, nil
}

package telegram

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/conversation"
)

// outbox is the stored side of sending: it settles deliveries in batches and finds those that nobody is sending.
type outbox struct {
	pool     *pgxpool.Pool
	instance int64
	log      *slog.Logger
	sent     chan int64
	failed   chan failure
	done     chan struct{}
}

type failure struct {
	id     int64
	chat   int64
	gone   bool
	reason string
}

func newOutbox(pool *pgxpool.Pool, instance int64, log *slog.Logger) *outbox {
	return &outbox{pool: pool, instance: instance, log: log,
		sent: make(chan int64, 4096), failed: make(chan failure, 4096), done: make(chan struct{})}
}

// finish lets run settle what it has and end.
func (o *outbox) finish() { close(o.done) }

// settleEvery is how long a settled delivery may wait for company.
const settleEvery = 10 * time.Millisecond

// run settles deliveries until finish, a batch at a time, however long the database is away.
func (o *outbox) run(ctx context.Context, forget func([]int64)) {
	var ids []int64
	var fails []failure
	tick := time.NewTicker(settleEvery)
	defer tick.Stop()
	for last := false; ; {
		select {
		case id := <-o.sent:
			ids = append(ids, id)
			if len(ids) < 1000 {
				continue
			}
		case f := <-o.failed:
			fails = append(fails, f)
			continue
		case <-tick.C:
		case <-o.done:
			last = true
			for more := true; more; {
				select {
				case id := <-o.sent:
					ids = append(ids, id)
				case f := <-o.failed:
					fails = append(fails, f)
				default:
					more = false
				}
			}
		}
		if len(ids) > 0 || len(fails) > 0 {
			if err := persist(ctx, o.log, "settle deliveries", func() error { return o.settle(ctx, ids, fails) }); err != nil {
				return
			}
			for _, f := range fails {
				ids = append(ids, f.id)
			}
			forget(ids)
			ids, fails = ids[:0], fails[:0]
		}
		if last {
			return
		}
	}
}

// settle takes delivered rows away and empties those that can't be delivered, keeping why.
func (o *outbox) settle(ctx context.Context, ids []int64, fails []failure) error {
	if len(ids) > 0 {
		if _, err := o.pool.Exec(ctx, `DELETE FROM deliveries WHERE id = ANY($1)`, ids); err != nil {
			return fmt.Errorf("settle deliveries: %w", err)
		}
	}
	if len(fails) == 0 {
		return nil
	}
	var b pgx.Batch
	for _, f := range fails {
		b.Queue(`UPDATE deliveries SET failed_at = now(), message = '', error = $2 WHERE id = $1`, f.id, f.reason)
		if f.gone {
			b.Queue(`UPDATE chats SET unreachable_at = now() WHERE chat_id = $1 AND unreachable_at IS NULL`, f.chat)
		}
	}
	if err := o.pool.SendBatch(ctx, &b).Close(); err != nil {
		return fmt.Errorf("settle failed deliveries: %w", err)
	}
	return nil
}

// alive is for how long an instance counts as running after its last sign of life; beat gives one each second.
const alive = "3 seconds"

// beat gives a sign of life.
func (o *outbox) beat(ctx context.Context) error {
	_, err := o.pool.Exec(ctx, `INSERT INTO instances (id, seen_at) VALUES ($1, now()) ON CONFLICT (id) DO UPDATE SET seen_at = now()`, o.instance)
	if err != nil {
		return fmt.Errorf("give a sign of life: %w", err)
	}
	return nil
}

// leave says that this instance is gone, and forgets those that have been for long.
func (o *outbox) leave(ctx context.Context) error {
	_, err := o.pool.Exec(ctx, `DELETE FROM instances WHERE id = $1 OR seen_at < now() - interval '1 day'`, o.instance)
	if err != nil {
		return fmt.Errorf("say goodbye: %w", err)
	}
	return nil
}

// orphans takes over the replies of instances that are gone.
func (o *outbox) orphans(ctx context.Context) ([]conversation.Delivery, error) {
	return o.fetch(ctx, `WITH free AS (
			SELECT id FROM deliveries d WHERE failed_at IS NULL AND lane = 'reply' AND owner <> $1
				AND NOT EXISTS (SELECT FROM instances i WHERE i.id = d.owner AND i.seen_at > now() - interval '`+alive+`')
			ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED)
		UPDATE deliveries d SET owner = $1, attempts = attempts + 1 FROM free WHERE d.id = free.id
		RETURNING d.id, d.chat_id, false, d.attempts, d.message`, o.instance)
}

// handed finds replies that another instance stored for this one to send, because it was already sending to their chat; known are those
// in hand. A fresh row is not looked at: it is on its way here in memory.
func (o *outbox) handed(ctx context.Context, known []int64) ([]conversation.Delivery, error) {
	return o.fetch(ctx, `SELECT id, chat_id, lane = 'bulk', attempts, message FROM deliveries
		WHERE failed_at IS NULL AND owner = $1 AND created_at < now() - interval '2 seconds' AND id <> ALL($2)
		ORDER BY id LIMIT 1000`, o.instance, known)
}

// bulk takes up to n bulk deliveries that nobody is sending, to people who can be written to; replies that wait for the same chat go
// first.
func (o *outbox) bulk(ctx context.Context, n int) ([]conversation.Delivery, error) {
	return o.fetch(ctx, `WITH free AS (
			SELECT d.id FROM deliveries d WHERE failed_at IS NULL AND lane = 'bulk' AND (not_before IS NULL OR not_before <= now())
				AND (owner = 0 OR NOT EXISTS (SELECT FROM instances i WHERE i.id = d.owner AND i.seen_at > now() - interval '`+alive+`'))
			ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
		UPDATE deliveries d SET owner = $1, attempts = attempts + (owner <> 0)::int FROM free WHERE d.id = free.id
		RETURNING d.id, d.chat_id, true, d.attempts, d.message`, o.instance, n)
}

func (o *outbox) fetch(ctx context.Context, sql string, args ...any) ([]conversation.Delivery, error) {
	rows, err := o.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("fetch deliveries: %w", err)
	}
	var out []conversation.Delivery
	var d conversation.Delivery
	var text string
	if _, err := pgx.ForEachRow(rows, []any{&d.ID, &d.Chat, &d.Bulk, &d.Attempts, &text}, func() error {
		d.Message = conversation.Message{}
		if err := json.Unmarshal([]byte(text), &d.Message); err != nil {
			return fmt.Errorf("read delivery %d: %w", d.ID, err)
		}
		out = append(out, d)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("fetch deliveries: %w", err)
	}
	slices.SortFunc(out, func(a, b conversation.Delivery) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

package telegram

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/postgres"
)

// outbox is the stored side of sending: it settles deliveries in batches and finds those that nobody is sending.
type outbox struct {
	pool     *pgxpool.Pool
	instance int64
	log      *slog.Logger
	sent     chan settled  // has arrived and waits to be settled
	some     chan struct{} // there is one
	hurry    chan struct{} // and it can't wait for company
	done     chan struct{}

	mu    sync.Mutex
	alone []settled // waits too, and can't go along with a turn
}

// settled is a delivery that needs no more calls: it has arrived, or it can't be made, and why.
type settled struct {
	id, chat int64
	reason   string // "": it has arrived
	more     bool   // another waits behind it
	gone     bool   // the person can't be reached at all
	lost     bool   // by now another instance's to send, or erased
}

func newOutbox(pool *pgxpool.Pool, instance int64, log *slog.Logger) *outbox {
	return &outbox{pool: pool, instance: instance, log: log, sent: make(chan settled, 4096), some: make(chan struct{}, 1), hurry: make(chan struct{}, 1),
		done: make(chan struct{})}
}

// finish lets run settle what it has and end.
func (o *outbox) finish() { close(o.done) }

// A settled delivery waits for others, this long or for this many, so that one commit, and one wait for the disk, settles them all: the
// turns wait for the same disk. Most go along with a turn's own commit before that.
const (
	company = 20 * time.Millisecond
	crowd   = 48
)

// add hands over a settled delivery, unless all is over: then the row stays, and the next start sends it once more.
func (o *outbox) add(ctx context.Context, d settled) {
	if d.reason != "" {
		o.byItself(d)
	} else {
		select {
		case o.sent <- d:
		case <-ctx.Done():
			return
		}
		signal(o.some)
	}
	if d.more || len(o.sent) >= crowd {
		signal(o.hurry)
	}
}

// signal says something to whom hears it once, however often it is said.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// run settles deliveries until finish, a batch at a time, however long the database is away.
func (o *outbox) run(ctx context.Context, then func(done []settled)) {
	for over := false; !over; {
		select {
		case <-o.some:
			select {
			case <-time.After(company):
			case <-o.hurry:
			case <-o.done:
			}
		case <-o.done:
			over = true
		}
		batch := o.rest()
		if len(batch) == 0 {
			continue // gone along
		}
		if err := persist(ctx, o.log, "settle deliveries", func() error { return o.settle(ctx, batch) }); err != nil {
			return
		}
		then(batch)
	}
}

// rest takes all that waits.
func (o *outbox) rest() []settled {
	o.mu.Lock()
	defer o.mu.Unlock()
	batch := append(o.alone, o.arrived(cap(o.sent))...)
	o.alone = nil
	return batch
}

// arrived takes up to most of what has arrived.
func (o *outbox) arrived(most int) (batch []settled) {
	for len(batch) < most {
		select {
		case d := <-o.sent:
			batch = append(batch, d)
		default:
			return batch
		}
	}
	return batch
}

// byItself leaves some to run.
func (o *outbox) byItself(some ...settled) {
	o.mu.Lock()
	o.alone = append(o.alone, some...)
	o.mu.Unlock()
	signal(o.some)
}

// passengers is how many go along with a turn at most: they shall not hold it up.
const passengers = 128

// along settles what has arrived with the last statements of somebody else's transaction. What could not be delivered never goes along: why has to
// be kept, and then the order in which rows are locked is another.
func (o *outbox) along(b *pgx.Batch, then func(done []settled)) (end func(stored bool)) {
	batch := o.arrived(passengers)
	if len(batch) == 0 {
		return func(bool) {}
	}
	ours := o.queue(b, batch)
	return func(stored bool) {
		if !stored {
			o.byItself(batch...)
			return
		}
		ours()
		then(batch)
	}
}

// settle takes delivered rows away and empties those that can't be delivered, keeping why. Of what is another instance's by now it marks
// that it is lost.
func (o *outbox) settle(ctx context.Context, batch []settled) error {
	var b pgx.Batch // one transaction
	postgres.QueueByIndex(&b)
	for _, d := range batch {
		if d.reason == "" {
			continue
		}
		b.Queue(`UPDATE deliveries SET failed_at = now(), message = '', error = $2 WHERE id = $1 AND owner = $3`, d.id, d.reason, o.instance)
		if d.gone {
			// Unless they have written since: a refusal that comes late says nothing about now.
			b.Queue(`UPDATE chats SET unreachable_at = now() WHERE chat_id = $1 AND unreachable_at IS NULL
				AND seen_at <= (SELECT created_at FROM deliveries WHERE id = $2)`, d.chat, d.id)
		}
	}
	ours := o.queue(&b, batch)
	if err := o.pool.SendBatch(ctx, &b).Close(); err != nil {
		return fmt.Errorf("settle deliveries: %w", err)
	}
	ours()
	return nil
}

// queue has those that have arrived taken away. Once it is done, ours marks which were not this instance's any more.
func (o *outbox) queue(b *pgx.Batch, batch []settled) (ours func()) {
	var arrived []int64
	for _, d := range batch {
		if d.reason == "" {
			arrived = append(arrived, d.id)
		}
	}
	taken := make(map[int64]bool, len(arrived))
	b.Queue(`DELETE FROM deliveries WHERE id = ANY($1) AND owner = $2 RETURNING id`, arrived, o.instance).Query(func(rows pgx.Rows) error {
		var id int64
		_, err := pgx.ForEachRow(rows, []any{&id}, func() error { taken[id] = true; return nil })
		return err
	})
	return func() {
		for i := range batch {
			batch[i].lost = batch[i].reason == "" && !taken[batch[i].id]
		}
	}
}

// beat gives a sign of life, each second, and forgets the instances that are gone and have left nothing to send.
func (o *outbox) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if _, err := o.pool.Exec(ctx, `DELETE FROM instances i WHERE seen_at < now() - interval '1 minute'
		AND NOT EXISTS (SELECT FROM deliveries d WHERE d.owner = i.id AND d.failed_at IS NULL)`); err != nil {
		return fmt.Errorf("forget silent instances: %w", err)
	}
	_, err := o.pool.Exec(ctx, `INSERT INTO instances (id, seen_at) VALUES ($1, now()) ON CONFLICT (id) DO UPDATE SET seen_at = now(), gone = false`, o.instance)
	if err != nil {
		return fmt.Errorf("give a sign of life: %w", err)
	}
	return nil
}

// leave says that this instance is gone. Its row stays a while, so that who comes next looks for what it left.
func (o *outbox) leave(ctx context.Context) error {
	_, err := o.pool.Exec(ctx, `UPDATE instances SET gone = true WHERE id = $1`, o.instance)
	if err != nil {
		return fmt.Errorf("say goodbye: %w", err)
	}
	return nil
}

// others tells whether there is, or lately was, another instance: only then is there anything to take over or to be handed.
func (o *outbox) others(ctx context.Context) (bool, error) {
	var some bool
	if err := o.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM instances WHERE id <> $1)`, o.instance).Scan(&some); err != nil {
		return false, fmt.Errorf("look for other instances: %w", err)
	}
	return some, nil
}

// orphans takes over the replies of instances that are gone; one instance at a time, so that a chat's go to one, and not those of a chat
// to which a living one is sending.
func (o *outbox) orphans(ctx context.Context) ([]conversation.Delivery, error) {
	const lock = 0x71616670 // any number that nobody else locks
	return o.fetch(ctx, `WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock($2) AS mine), free AS (
			SELECT d.id FROM deliveries d, turn WHERE turn.mine AND d.failed_at IS NULL AND d.lane = 'reply' AND d.owner <> $1
				AND NOT EXISTS (SELECT FROM instances i WHERE i.id = d.owner AND `+conversation.Alive+`)
				AND NOT EXISTS (SELECT FROM deliveries e JOIN instances i ON i.id = e.owner AND i.id <> $1 AND `+conversation.Alive+`
					WHERE e.chat_id = d.chat_id AND e.id < d.id AND e.lane = 'reply' AND e.failed_at IS NULL)
			ORDER BY d.id LIMIT 1000 FOR UPDATE OF d SKIP LOCKED)
		UPDATE deliveries d SET owner = $1, handed = true, attempts = attempts + 1 FROM free WHERE d.id = free.id
		RETURNING d.id, d.chat_id, false, d.message`, o.instance, lock)
}

// handed finds replies that another instance stored for this one to send, because it was already sending to their chat; known are those
// in hand.
func (o *outbox) handed(ctx context.Context, known []int64) ([]conversation.Delivery, error) {
	return o.fetch(ctx, `SELECT id, chat_id, false, message FROM deliveries
		WHERE failed_at IS NULL AND owner = $1 AND handed AND id <> ALL($2) ORDER BY id LIMIT 1000`, o.instance, known)
}

// strays finds deliveries that are this instance's and not in hand: most are on their way here in memory, but one whose transaction took
// effect while the answer was lost is known to nobody.
func (o *outbox) strays(ctx context.Context, known []int64) ([]conversation.Delivery, error) {
	return o.fetch(ctx, `SELECT id, chat_id, lane = 'bulk', message FROM deliveries
		WHERE failed_at IS NULL AND owner = $1 AND NOT handed AND id <> ALL($2) ORDER BY id LIMIT 1000`, o.instance, known)
}

// of finds what this instance must send to certain chats and has not in hand.
func (o *outbox) of(ctx context.Context, chats, known []int64) ([]conversation.Delivery, error) {
	return o.fetch(ctx, `SELECT id, chat_id, false, message FROM deliveries
		WHERE failed_at IS NULL AND owner = $1 AND lane = 'reply' AND chat_id = ANY($2) AND id <> ALL($3) ORDER BY id`, o.instance, chats, known)
}

// bulk takes up to n bulk deliveries that nobody is sending: reminders first, since they make no sense later, and none whose time is over
// (outreach takes those back). What waits for somebody who has stopped messages or can't be reached is given up. It goes along the index
// deliveries_bulk, whose order is the same.
func (o *outbox) bulk(ctx context.Context, n int) ([]conversation.Delivery, error) {
	return o.fetch(ctx, `WITH free AS (
			SELECT d.id, c.stopped_at IS NOT NULL OR c.unreachable_at IS NOT NULL AS mute FROM deliveries d LEFT JOIN chats c USING (chat_id)
			WHERE d.failed_at IS NULL AND d.lane = 'bulk' AND (d.not_before IS NULL OR d.not_before <= now())
				AND (d.not_after IS NULL OR d.not_after > now())
				AND (d.owner = 0 OR NOT EXISTS (SELECT FROM instances i WHERE i.id = d.owner AND `+conversation.Alive+`))
			ORDER BY d.notice IS NULL, d.id LIMIT $2 FOR UPDATE OF d SKIP LOCKED
		), taken AS (
			UPDATE deliveries d SET owner = $1, attempts = attempts + (owner <> 0)::int, failed_at = CASE WHEN mute THEN now() END,
				message = CASE WHEN mute THEN '' ELSE message END, error = CASE WHEN mute THEN 'stopped, or out of reach' END
			FROM free WHERE d.id = free.id RETURNING d.id, d.chat_id, d.message, d.failed_at
		)
		SELECT id, chat_id, true, message FROM taken WHERE failed_at IS NULL`, o.instance, n)
}

// fetch is many short looks at a table whose rows live for milliseconds: by its indexes, never through what is dead.
func (o *outbox) fetch(ctx context.Context, sql string, args ...any) ([]conversation.Delivery, error) {
	var out []conversation.Delivery
	err := pgx.BeginTxFunc(ctx, o.pool, postgres.ByIndex, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		var d conversation.Delivery
		var text string
		_, err = pgx.ForEachRow(rows, []any{&d.ID, &d.Chat, &d.Bulk, &text}, func() error {
			d.Message = conversation.Message{}
			if err := json.Unmarshal([]byte(text), &d.Message); err != nil {
				return fmt.Errorf("read delivery %d: %w", d.ID, err)
			}
			out = append(out, d)
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("fetch deliveries: %w", err)
	}
	slices.SortFunc(out, func(a, b conversation.Delivery) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

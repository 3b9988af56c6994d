package conversation

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
)

// Config is what a Conversation needs.
type Config struct {
	Pool     *pgxpool.Pool
	Book     *flow.Book
	Offer    Offer
	Texts    *locale.Texts
	Asides   Asides           // nil: a question in the middle of something is none
	Instance int64            // owns the deliveries that its turns store
	Now      func() time.Time // nil: time.Now
	Log      *slog.Logger
	Observe  func(Observation) // nil: nobody looks
	Along    Along             // nil: nothing
}

// An Along queues what else is to be written soon with the last statements of a batch's transaction: one wait for the disk does for both. It is
// told whether the transaction took effect; when not, it sees to its own by itself.
type Along func(b *pgx.Batch) (end func(stored bool))

// An Observation counts what happened to a batch.
type Observation struct {
	Updates, Repeated, Failed int
	Took                      time.Duration
}

// A Conversation takes batches of updates through their turns. It may be used by many goroutines, and by many processes on one
// database.
type Conversation struct {
	pool     *pgxpool.Pool
	book     *flow.Book
	offer    Offer
	texts    *locale.Texts
	asides   Asides
	instance int64
	now      func() time.Time
	log      *slog.Logger
	observe  func(Observation)
	along    Along
}

// New makes a Conversation.
func New(c Config) *Conversation {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Observe == nil {
		c.Observe = func(Observation) {}
	}
	if c.Along == nil {
		c.Along = func(*pgx.Batch) func(bool) { return func(bool) {} }
	}
	return &Conversation{c.Pool, c.Book, c.Offer, c.Texts, c.Asides, c.Instance, c.Now, c.Log, c.Observe, c.Along}
}

// longSilence is after how long a person is told again where they were.
const longSilence = 12 * time.Hour

// Handle takes a batch through its turns and stores what came of them. When it returns without an error, every update of the batch
// has taken effect for good, has been seen before, or is kept as failed; the deliveries are stored, and are those that this
// instance must send, in the order in which they must leave within each chat. An error means that the database can't be used now:
// nothing is confirmed, and the same batch must be handled again.
func (c *Conversation) Handle(ctx context.Context, batch []Update) ([]Delivery, error) {
	start := c.now()
	batch = slices.Clone(batch)
	slices.SortStableFunc(batch, func(a, b Update) int { return cmp.Compare(a.ID, b.ID) })
	batch = slices.CompactFunc(batch, func(a, b Update) bool { return a.ID == b.ID })
	out, seen, err := c.attempt(ctx, batch)
	failed := 0
	if err != nil {
		if out, seen, failed, err = c.recover(ctx, batch, err); err != nil {
			return nil, err
		}
	}
	c.observe(Observation{Updates: len(batch), Repeated: seen, Failed: failed, Took: c.now().Sub(start)})
	return out, nil
}

// attempt handles a batch in one transaction, trying again after a deadlock.
func (c *Conversation) attempt(ctx context.Context, batch []Update) ([]Delivery, int, error) {
	for try := 0; ; try++ {
		var out []Delivery
		var seen int
		err := guard(func() (err error) { out, seen, err = c.transact(ctx, batch); return err })
		if err == nil || try == 2 || !conflict(err) {
			return out, seen, err
		}
	}
}

// recover redoes a batch whose transaction failed: without the chat that is at fault when that is known, else chat by chat, so that
// everybody else goes on.
func (c *Conversation) recover(ctx context.Context, batch []Update, cause error) (out []Delivery, seen, failed int, err error) {
	if unusable(ctx, cause) {
		return nil, 0, 0, cause
	}
	var groups [][]Update
	var at *turnError
	if errors.As(cause, &at) {
		rest, own := split(batch, at.chat)
		groups = [][]Update{rest, own}
	}
	if len(groups) == 0 || len(groups[0]) == 0 {
		groups = byChat(batch)
	}
	for _, g := range groups {
		if len(g) == 0 {
			continue
		}
		d, s, err := c.attempt(ctx, g)
		switch {
		case err == nil:
			out, seen = append(out, d...), seen+s
		case unusable(ctx, err):
			return nil, 0, 0, err
		case len(g) == 1:
			d, err := c.giveUp(ctx, g[0], err)
			if err != nil {
				return nil, 0, 0, err
			}
			out, failed = append(out, d...), failed+1
		default:
			d, s, f, err := c.recoverGroup(ctx, g, err)
			if err != nil {
				return nil, 0, 0, err
			}
			out, seen, failed = append(out, d...), seen+s, failed+f
		}
	}
	return out, seen, failed, nil
}

// recoverGroup redoes a group that failed again: one chat's updates one by one, several chats' by chat.
func (c *Conversation) recoverGroup(ctx context.Context, g []Update, cause error) ([]Delivery, int, int, error) {
	if g[0].Chat != g[len(g)-1].Chat || len(byChat(g)) > 1 {
		return c.recover(ctx, g, cause)
	}
	var out []Delivery
	var seen, failed int
	for _, u := range g {
		d, s, err := c.attempt(ctx, []Update{u})
		if err != nil {
			if unusable(ctx, err) {
				return nil, 0, 0, err
			}
			if d, err = c.giveUp(ctx, u, err); err != nil {
				return nil, 0, 0, err
			}
			failed++
		}
		out, seen = append(out, d...), seen+s
	}
	return out, seen, failed, nil
}

func unusable(ctx context.Context, err error) bool {
	return ctx.Err() != nil || postgres.IsTransient(err)
}

// conflict tells that two transactions stood in each other's way (Postgres: serialization_failure, deadlock_detected).
func conflict(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

func split(batch []Update, chat int64) (rest, own []Update) {
	for _, u := range batch {
		if u.Chat == chat {
			own = append(own, u)
		} else {
			rest = append(rest, u)
		}
	}
	return rest, own
}

func byChat(batch []Update) [][]Update {
	at := map[int64]int{}
	var groups [][]Update
	for _, u := range batch {
		i, ok := at[u.Chat]
		if !ok {
			i = len(groups)
			at[u.Chat] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], u)
	}
	return groups
}

// A turnError says in which chat a turn failed.
type turnError struct {
	chat int64
	err  error
}

func (e *turnError) Error() string { return e.err.Error() }
func (e *turnError) Unwrap() error { return e.err }

// transact is the way of a batch: seen-before drop out, states are loaded and locked in chat order, each update is advanced in its
// order, and everything is written in a few statements. It returns the deliveries and how many updates had been handled before.
func (c *Conversation) transact(ctx context.Context, batch []Update) ([]Delivery, int, error) {
	w := &work{c: c, now: c.now()}
	defer w.end(ctx)
	if err := w.begin(ctx, batch); err != nil {
		return nil, 0, err
	}
	seen := 0
	for i := range batch {
		u := &batch[i]
		if !w.fresh[u.ID] {
			seen++
			continue
		}
		if err := guard(func() error { return w.advance(ctx, u) }); err != nil {
			return nil, 0, &turnError{u.Chat, err}
		}
	}
	out, err := w.store(ctx)
	return out, seen, err
}

// giveUp keeps an update whose turn failed for good, tells the person, and lets everybody go on. What can't even be kept must not hold up
// the rest: then only its id and the log say that it was there.
func (c *Conversation) giveUp(ctx context.Context, u Update, cause error) ([]Delivery, error) {
	c.log.Error("a turn failed; the update is kept in failed_updates", "update", u.ID, "error", safeError(cause))
	return c.keep(ctx, u, safeError(cause))
}

// KeepUnread keeps an update that the edge could not decode, as it came but for identity numbers, and tells the person, when the edge could
// make out who it was (else Chat is 0).
func (c *Conversation) KeepUnread(ctx context.Context, u Update, reason string) ([]Delivery, error) {
	if u.Chat == 0 {
		u.Act = Foreign
	}
	return c.keep(ctx, u, storable(reason, 500))
}

func (c *Conversation) keep(ctx context.Context, u Update, reason string) (out []Delivery, err error) {
	err = guard(func() (err error) { out, err = c.keepOnce(ctx, u, readable(u.Raw), reason); return err })
	if err == nil || unusable(ctx, err) {
		return out, err
	}
	c.log.Error("a failed update can't be kept", "update", u.ID, "error", safeError(err))
	_, err = c.pool.Exec(ctx, `INSERT INTO updates (update_id) VALUES ($1) ON CONFLICT DO NOTHING`, u.ID)
	if err != nil {
		return nil, fmt.Errorf("pass over an update: %w", err)
	}
	return nil, nil
}

func (c *Conversation) keepOnce(ctx context.Context, u Update, raw, reason string) ([]Delivery, error) {
	w := &work{c: c, now: c.now()}
	defer w.end(ctx)
	if err := w.begin(ctx, []Update{u}); err != nil {
		return nil, err
	}
	if !w.fresh[u.ID] {
		return nil, nil
	}
	if _, err := w.tx.Exec(ctx, `INSERT INTO failed_updates (update_id, chat_id, raw, reason) VALUES ($1, NULLIF($2::bigint, 0), $3, $4)
		ON CONFLICT (update_id) DO NOTHING`, u.ID, u.Chat, raw, reason); err != nil {
		return nil, fmt.Errorf("keep a failed update: %w", err)
	}
	if ch := w.chats[u.Chat]; ch != nil {
		w.say(u.Chat, c.word(c.language(ch.language, u.Hint), flow.Message{Text: "turn.failed", Choices: [][]flow.Choice{{{Text: "nav.menu", Door: "/menu"}}}}))
	}
	return w.store(ctx)
}

// readable is an update's JSON as text that Postgres takes, identity numbers masked. Telegram writes letters as \u escapes, in which a
// number would hide.
func readable(raw []byte) string {
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&v) == nil {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if e.Encode(mask(v)) == nil {
			return storable(strings.TrimSpace(b.String()), 1<<16)
		}
	}
	masked, _ := locale.MaskIdentity(storable(string(raw), 1<<16))
	return masked
}

// mask masks the identity numbers in every text of a JSON value.
func mask(v any) any {
	switch v := v.(type) {
	case string:
		s, _ := locale.MaskIdentity(v)
		return s
	case []any:
		for i := range v {
			v[i] = mask(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = mask(v[k])
		}
	}
	return v
}

// safeError gives an error's words without what a person typed: Postgres puts values into the detail, and of errors of class 22 (data
// exception) into the message too.
func safeError(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && strings.HasPrefix(pg.Code, "22") {
		return "SQLSTATE " + pg.Code
	}
	s, _ := locale.MaskIdentity(storable(err.Error(), 500))
	return s
}

// storable cuts a text and leaves out what Postgres refuses in one.
func storable(s string, most int) string {
	if len(s) > most {
		s = s[:most]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
}

// guard runs one step of a turn and makes a panic an error of that turn.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			what := fmt.Sprintf("%T", p) // its value may be a person's words
			if e, ok := p.(runtime.Error); ok {
				what = e.Error()
			}
			err = fmt.Errorf("panic: %s\n%s", what, debug.Stack())
		}
	}()
	return f()
}

package caravan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/internal/reference"
)

// A Registration is one artisan's place at one stop. Chat is who registered them, not always themselves.
type Registration struct {
	ID        int64
	Reference string
	Stop      Stop
	Chat      int64
	Self      bool // the person of the chat, not somebody they registered
	Name      string
	NameKey   string // the name folded, to know the same person again
	Trade     string // internal/directory's id, or other:words
	Place     string // internal/directory's slug
	Phone     string // E.164, or ""
	Card      string // has the professional card: yes, no, unsure, or ""
	RNA       string // is in the national register: yes, no, unsure, or ""
	Topics    []string
	State     string // confirmed, waitlisted, cancelled, attended
	Created   time.Time
	Came      *time.Time // when they were let in; nil while they aren't
}

// The states of a registration.
const (
	Confirmed  = "confirmed"
	Waitlisted = "waitlisted"
	Withdrawn  = "cancelled"
	Attended   = "attended"
)

// Registered is what came of Register.
type Registered struct {
	Stop      Stop
	Reference string
	State     string
	Already   bool // the same person was registered before: Reference and State are that registration's
	Position  int  // on the waiting list, from 1; 0 when confirmed
	Begun     bool // the stop has begun: who waits gets a place at its door, and isn't written to
	Over      bool // the stop is over: nobody was registered
	Gone      bool // there is no such stop, or it isn't published: nobody was registered
}

// Register gives a person a place, or one on the waiting list: that too when the stop has begun and others wait, because then the free
// places are for who is at the door. The same person at the same stop (the same folded name from the same chat, or the chat's own person
// twice) keeps their first registration. tx must be a transaction: the stop's places stay locked until it ends. One round trip, but for
// two in the rare case that a reference is taken or the same person registers twice at the same moment.
func Register(ctx context.Context, tx postgres.Querier, r Registration, now time.Time, random io.Reader) (Registered, error) {
	var b pgx.Batch
	collect, err := QueueRegister(&b, r, now, random)
	if err != nil {
		return Registered{}, err
	}
	if err := tx.SendBatch(ctx, &b).Close(); err != nil {
		return Registered{}, fmt.Errorf("register at stop %q: %w", r.Stop.ID, err)
	}
	return collect(ctx, tx)
}

// QueueRegister queues what Register does, for a caller who has more to send on the same trip. collect gives what came of it, once
// the batch has been sent and closed.
func QueueRegister(b *pgx.Batch, r Registration, now time.Time, random io.Reader) (
	collect func(context.Context, postgres.Querier) (Registered, error), err error) {
	a := &attempt{r: r, now: now}
	if a.ref, err = reference.New(random); err != nil {
		return nil, err
	}
	a.queue(b)
	return func(ctx context.Context, tx postgres.Querier) (Registered, error) {
		for try := 0; !a.done; try++ {
			if try == 5 {
				return Registered{}, fmt.Errorf("register at stop %q: no free reference in %d tries", r.Stop.ID, try)
			}
			if a.ref, err = reference.New(random); err != nil {
				return Registered{}, err
			}
			var again pgx.Batch
			a.queue(&again)
			if err := tx.SendBatch(ctx, &again).Close(); err != nil {
				return Registered{}, fmt.Errorf("register at stop %q: %w", r.Stop.ID, err)
			}
		}
		return a.got, nil
	}, nil
}

// attempt is one try at a registration, under one reference.
type attempt struct {
	r    Registration
	now  time.Time
	ref  string
	got  Registered
	done bool // false after a try: the reference, or the person at this very moment, was there already
}

// lockSeats comes first, as a statement of its own: a statement sees what was committed before it began, so that only a second one
// sees what those did whom the lock made us wait for. A stop without a capacity needs no lock.
const lockSeats = `SELECT FROM seats p JOIN stops s ON s.id = p.stop_id WHERE p.stop_id = $1 AND s.capacity IS NOT NULL FOR UPDATE OF p`

const insertRegistration = `WITH stop AS (
		SELECT ` + stopColumns + `, s.capacity <= p.taken OR s.capacity IS NOT NULL AND s.starts_at <= $15
			AND EXISTS (SELECT FROM registrations WHERE stop_id = $1 AND state = 'waitlisted') AS filled, s.state = 'published' AND s.ends_at > $15 AS open` + fromStops + `WHERE s.id = $1
	), same AS (
		SELECT id, reference, state FROM registrations
		WHERE stop_id = $1 AND chat_id = $3 AND state <> 'cancelled' AND (name_key = $6 OR $4 AND self) ORDER BY id LIMIT 1
	), new AS (
		INSERT INTO registrations (stop_id, reference, chat_id, self, name, name_key, trade, place, phone, card, rna, topics, state, created_at)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, CASE WHEN filled THEN $14 ELSE $13 END, $15 FROM stop
		WHERE open AND NOT EXISTS (SELECT FROM same)
		ON CONFLICT DO NOTHING
		RETURNING id, reference, state
	), seated AS (
		UPDATE seats SET taken = taken + 1
		WHERE stop_id = $1 AND EXISTS (SELECT FROM new WHERE state = $13) AND (SELECT filled IS NOT NULL FROM stop)
	)
	SELECT stop.*, r.reference, r.state, r.already, CASE WHEN r.state = $14 THEN
			(SELECT count(*) FROM registrations w WHERE w.stop_id = $1 AND w.state = 'waitlisted' AND w.id < r.id) + 1 ELSE 0 END
	FROM stop LEFT JOIN (SELECT id, reference, state, false AS already FROM new UNION ALL SELECT id, reference, state, true FROM same) r ON true`

func (a *attempt) queue(b *pgx.Batch) {
	b.Queue(lockSeats, a.r.Stop.ID)
	b.Queue(insertRegistration, a.r.Stop.ID, a.ref, a.r.Chat, a.r.Self, a.r.Name, a.r.NameKey, a.r.Trade, a.r.Place, a.r.Phone, a.r.Card, a.r.RNA,
		list(a.r.Topics), Confirmed, Waitlisted, a.now).QueryRow(a.read)
}

func (a *attempt) read(row pgx.Row) error {
	g := Registered{}
	var full, already *bool
	var open bool
	var ref, state *string
	err := row.Scan(append(g.Stop.scan(), &full, &open, &ref, &state, &already, &g.Position)...)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		a.got, a.done = Registered{Gone: true}, true
		return nil
	case err != nil:
		return err
	case ref != nil:
		g.Reference, g.State, g.Already = *ref, *state, *already
	case !open:
		g.Gone = g.Stop.State != Published
		g.Over = !g.Gone
	default:
		return nil // the caller tries again
	}
	g.Begun = !g.Stop.Starts.After(a.now)
	if !g.Already && g.State == Confirmed && g.Stop.Capacity > 0 {
		g.Stop.Taken++
	}
	a.got, a.done = g, true
	return nil
}

package caravan

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// Grace is how long after a stop's start a place is kept for who has one and isn't there yet.
const Grace = 30 * time.Minute

// An Admission is what the door has to say about one registration: who it is, how many are in, and what came of it.
type Admission struct {
	Verdict Verdict
	Guest   Guest // without a Verdict Unknown
	Crowd   Crowd // of the stop whose door it is
}

// A Verdict is what came of somebody's coming to a door.
type Verdict string

// The verdicts. Who is let in for the first time is Entered; only Look says Due.
const (
	Entered   Verdict = "in"
	Already   Verdict = "already"   // in since Guest.Came
	Due       Verdict = "due"       // has a place, or waits for one, and isn't in
	Early     Verdict = "wait"      // has no place, and those left are kept for who is expected, until the grace is over
	Filled    Verdict = "full"      // as many are in as may be
	GivenBack Verdict = "cancelled" // the place was given back
	Elsewhere Verdict = "elsewhere" // it is another stop's
	Off       Verdict = "off"       // the stop isn't published, or not any more
	Unknown   Verdict = "unknown"   // there is no such registration, or not any more
)

// A Guest is a registration as the door sees it.
type Guest struct {
	Registration
	Party   int // registered from the same phone at this stop, themselves too; cancelled ones don't count
	PartyIn int // how many of these are in
}

// A Crowd is how many are at a stop.
type Crowd struct {
	In       int
	Expected int // have a place, and aren't there yet
}

// room tells whether one more may come in. Who has a place comes in while there is room inside; who has none must leave enough for
// everybody who is still expected, until the grace is over.
func (c Crowd) room(s Stop, placed bool, now time.Time) bool {
	if s.Capacity == 0 {
		return true
	}
	if placed || !now.Before(s.Starts.Add(Grace)) {
		return c.In < s.Capacity
	}
	return c.In+c.Expected < s.Capacity
}

// refusal is the word for somebody for whom there is no room.
func (c Crowd) refusal(s Stop, placed bool, now time.Time) Verdict {
	if !placed && c.In < s.Capacity && now.Before(s.Starts.Add(Grace)) {
		return Early
	}
	return Filled
}

// CrowdAt counts who is at a stop. It relies on registrations_once.
func CrowdAt(ctx context.Context, q postgres.Querier, stop string) (Crowd, error) {
	var c Crowd
	err := q.QueryRow(ctx, `SELECT count(*) FILTER (WHERE state = 'attended'), count(*) FILTER (WHERE state = 'confirmed')
		FROM registrations WHERE stop_id = $1 AND state <> 'cancelled'`, stop).Scan(&c.In, &c.Expected)
	if err != nil {
		return Crowd{}, fmt.Errorf("count who is at stop %q: %w", stop, err)
	}
	return c, nil
}

const guestColumns = registrationColumns + `, CASE WHEN r.chat_id = 0 THEN 1 ELSE
		(SELECT count(*) FROM registrations o WHERE o.chat_id = r.chat_id AND o.stop_id = r.stop_id AND o.state <> 'cancelled') END,
	CASE WHEN r.chat_id = 0 THEN 1 ELSE
		(SELECT count(*) FROM registrations o WHERE o.chat_id = r.chat_id AND o.stop_id = r.stop_id AND o.state = 'attended') END`

func (g *Guest) read(row pgx.Row) error {
	return row.Scan(append(g.scan(), &g.Party, &g.PartyIn)...)
}

// Look tells what the door of a stop has to say about a registration, before anybody is let in.
func Look(ctx context.Context, q postgres.Querier, reference, stop string) (Admission, error) {
	var a Admission
	err := a.Guest.read(q.QueryRow(ctx, `SELECT `+guestColumns+fromRegistrations+`WHERE r.reference = $1`, reference))
	if errors.Is(err, pgx.ErrNoRows) {
		return Admission{Verdict: Unknown}, nil
	}
	if err != nil {
		return Admission{}, fmt.Errorf("look at registration %s: %w", reference, err)
	}
	if a.Crowd, err = CrowdAt(ctx, q, stop); err != nil {
		return Admission{}, err
	}
	switch g := a.Guest; {
	case g.Stop.ID != stop:
		a.Verdict = Elsewhere
	case g.Stop.State != Published:
		a.Verdict = Off
	case g.State == Withdrawn:
		a.Verdict = GivenBack
	case g.State == Attended:
		a.Verdict = Already
	default:
		a.Verdict = Due
	}
	return a, nil
}

// Admit marks a person present at a stop, once: who is in already stays in since the first time. There are never more in than the capacity,
// unless anyway says that somebody at the door decided so. tx must be a transaction: the stop's places stay locked until it ends, so that
// two doors can't give the last one twice.
func Admit(ctx context.Context, tx postgres.Querier, reference, stop string, anyway bool, now time.Time) (Admission, error) {
	if err := lock(ctx, tx, []string{stop}); err != nil {
		return Admission{}, err
	}
	a, err := Look(ctx, tx, reference, stop)
	if err != nil || a.Verdict != Due {
		return a, err
	}
	placed := a.Guest.State == Confirmed
	if !anyway && !a.Crowd.room(a.Guest.Stop, placed, now) {
		a.Verdict = a.Crowd.refusal(a.Guest.Stop, placed, now)
		return a, nil
	}
	if err := enter(ctx, tx, stop, []int64{a.Guest.ID}, now); err != nil {
		return Admission{}, err
	}
	if a, err = Look(ctx, tx, reference, stop); err == nil && a.Verdict == Already {
		a.Verdict = Entered
	}
	return a, err
}

// AdmitParty lets in who else was registered from the same phone at the same stop, those with a place first, as far as there is room. It
// tells how many came in, and how many had to stay outside. tx must be a transaction.
func AdmitParty(ctx context.Context, tx postgres.Querier, reference, stop string, now time.Time) (in, out int, err error) {
	if err := lock(ctx, tx, []string{stop}); err != nil {
		return 0, 0, err
	}
	a, err := Look(ctx, tx, reference, stop)
	if err != nil || a.Verdict != Due && a.Verdict != Already || a.Guest.Chat == 0 {
		return 0, 0, err
	}
	rows, err := tx.Query(ctx, `SELECT id, state = 'confirmed' FROM registrations
		WHERE chat_id = $1 AND stop_id = $2 AND state IN ('confirmed', 'waitlisted') ORDER BY state, id`, a.Guest.Chat, stop)
	if err != nil {
		return 0, 0, fmt.Errorf("find the party of %s: %w", reference, err)
	}
	var id int64
	var placed bool
	var ids []int64
	_, err = pgx.ForEachRow(rows, []any{&id, &placed}, func() error {
		if !a.Crowd.room(a.Guest.Stop, placed, now) {
			out++
			return nil
		}
		ids = append(ids, id)
		a.Crowd.In++
		if placed {
			a.Crowd.Expected--
		}
		return nil
	})
	if err != nil {
		return 0, 0, fmt.Errorf("find the party of %s: %w", reference, err)
	}
	return len(ids), out, enter(ctx, tx, stop, ids, now)
}

// enter marks registrations of a stop, which must be locked, as present.
func enter(ctx context.Context, tx postgres.Querier, stop string, ids []int64, now time.Time) error {
	if _, err := tx.Exec(ctx, `UPDATE registrations SET came_as = state, state = 'attended', attended_at = $2, to_tell = false
		WHERE id = ANY($1) AND state IN ('confirmed', 'waitlisted')`, ids, now); err != nil {
		return fmt.Errorf("let in at stop %q: %w", stop, err)
	}
	return recount(ctx, tx, stop)
}

// recount counts the places given away afresh at a stop that must be locked. They can be more than there are: who was expected and
// hasn't come keeps the right to a place that is left.
func recount(ctx context.Context, tx postgres.Querier, stop string) error {
	if _, err := tx.Exec(ctx, `UPDATE seats p SET taken = (SELECT count(*) FROM registrations r WHERE r.stop_id = $1 AND r.state IN ('confirmed', 'attended'))
		FROM stops s WHERE p.stop_id = $1 AND s.id = $1 AND s.capacity IS NOT NULL`, stop); err != nil {
		return fmt.Errorf("count the places of stop %q: %w", stop, err)
	}
	return nil
}

// TakeBack undoes a check-in: the person has again what they had before, who came without a registration is gone, and a place that comes
// free before the stop begins goes to who waits. ok is false when nobody of that reference is in at the stop. tx must be a transaction.
func TakeBack(ctx context.Context, tx postgres.Querier, reference, stop string, now time.Time) (up []Promotion, ok bool, err error) {
	if err := lock(ctx, tx, []string{stop}); err != nil {
		return nil, false, err
	}
	for _, sql := range []string{
		`DELETE FROM registrations WHERE reference = $1 AND stop_id = $2 AND state = 'attended' AND chat_id = 0`,
		`UPDATE registrations SET state = coalesce(came_as, 'confirmed'), came_as = NULL, attended_at = NULL
			WHERE reference = $1 AND stop_id = $2 AND state = 'attended'`,
	} {
		tag, err := tx.Exec(ctx, sql, reference, stop)
		if err != nil {
			return nil, false, fmt.Errorf("take the check-in of %s back: %w", reference, err)
		}
		if tag.RowsAffected() > 0 {
			up, err = moveUp(ctx, tx, []string{stop}, now, false)
			return up, true, err
		}
	}
	return nil, false, nil
}

package caravan

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/internal/reference"
)

// nobody is the chat of who came without a registration.
const nobody = 0

// WalkIn registers somebody who stands at the door without a registration, and lets them in at once: by the rules of who has no place, unless
// anyway says that somebody at the door decided so. trade is internal/directory's id of a trade or a branch; name may be "", and is kept
// only with the person's agreement. tx must be a transaction.
func WalkIn(ctx context.Context, tx postgres.Querier, stop, trade, name, nameKey string, anyway bool, now time.Time, random io.Reader) (Admission, error) {
	if err := lock(ctx, tx, []string{stop}); err != nil {
		return Admission{}, err
	}
	s, ok, err := ByID(ctx, tx, stop)
	if err != nil {
		return Admission{}, err
	}
	if !ok || s.State != Published {
		return Admission{Verdict: Off}, nil
	}
	crowd, err := CrowdAt(ctx, tx, stop)
	if err != nil {
		return Admission{}, err
	}
	if !anyway && !crowd.room(s, false, now) {
		return Admission{Verdict: crowd.refusal(s, false, now), Guest: Guest{Registration: Registration{Stop: s, Name: name, Trade: trade}}, Crowd: crowd}, nil
	}
	for range 5 {
		ref, err := reference.New(random)
		if err != nil {
			return Admission{}, err
		}
		tag, err := tx.Exec(ctx, `INSERT INTO registrations (stop_id, reference, chat_id, self, name, name_key, trade, place, state, created_at, attended_at, came_as)
			VALUES ($1, $2, $3, false, $4, $5, $6, '', 'attended', $7, $7, 'walk-in') ON CONFLICT DO NOTHING`,
			stop, ref, nobody, name, nameKey+" "+ref, trade, now)
		if err != nil {
			return Admission{}, fmt.Errorf("register at the door of stop %q: %w", stop, err)
		}
		if tag.RowsAffected() == 0 {
			continue // the reference is somebody's
		}
		if err := recount(ctx, tx, stop); err != nil {
			return Admission{}, err
		}
		a, err := Look(ctx, tx, ref, stop)
		if err == nil && a.Verdict == Already {
			a.Verdict = Entered
		}
		return a, err
	}
	return Admission{}, fmt.Errorf("register at the door of stop %q: no free reference in 5 tries", stop)
}

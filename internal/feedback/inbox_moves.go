package feedback

import (
	"context"
	"fmt"
	"time"

	"github.com/qafila/qafila/internal/postgres"
)

// A Step is who of the staff does something with a recommendation, and when.
type Step struct {
	Scope Scope
	Staff int64 // staff.id
	Now   time.Time
}

// move changes a recommendation that the scope sees and notes it among its moves. $1 to $5 are the scope's chamber, the reference, the time,
// the member and the move's words; more follow. ok is false when the scope sees no such recommendation, or the condition doesn't hold.
func (p Step) move(ctx context.Context, q postgres.Querier, reference, what, words, set, condition string, more ...any) (ok bool, err error) {
	var n int
	err = q.QueryRow(ctx, `WITH moved AS (
			UPDATE recommendations SET `+set+`, updated_at = $3 WHERE reference = $2 AND `+p.Scope.sees()+` AND `+condition+` RETURNING id, chamber
		), noted AS (
			INSERT INTO moves (recommendation, at, staff, what, chamber, words) SELECT id, $3, $4, '`+what+`', chamber, $5 FROM moved RETURNING recommendation
		)
		SELECT count(*) FROM noted`, append([]any{p.Scope.Chamber, reference, p.Now, p.Staff, words}, more...)...).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("move recommendation %s, %s: %w", reference, what, err)
	}
	return n > 0, nil
}

// Read notes that a recommendation was read; only the first time counts.
func (p Step) Read(ctx context.Context, q postgres.Querier, reference string) error {
	_, err := p.move(ctx, q, reference, "read", "", `state = 'read'`, `state = 'received'`)
	return err
}

// Forward passes a recommendation, with its thread, to the chamber of a region, or to the organisers ("") with a note. What its days were
// begins again there. ok is false when it is closed or lies there already.
func (p Step) Forward(ctx context.Context, q postgres.Querier, reference, chamber, note string) (ok bool, err error) {
	ok, err = p.move(ctx, q, reference, "forwarded", note,
		`state = 'forwarded', chamber = $6::text, since = $3, assigned = NULL, reminded_at = NULL, escalated_at = NULL, tell_organisers = false, tell_chamber = true`,
		`state <> 'closed' AND chamber <> $6::text AND ($6::text = '' OR EXISTS (SELECT FROM chambers WHERE region = $6::text))`, chamber)
	if err != nil || !ok {
		return ok, err
	}
	if _, err := q.Exec(ctx, `UPDATE threads SET chamber = $2, assigned = NULL, reminded_at = NULL, escalated_at = NULL, tell_organisers = false
		WHERE recommendation = (SELECT id FROM inbox WHERE reference = $1)`, reference, chamber); err != nil {
		return false, fmt.Errorf("forward the thread of %s: %w", reference, err)
	}
	return true, nil
}

// Close ends a recommendation, and its thread, with a reason that its author reads.
func (p Step) Close(ctx context.Context, q postgres.Querier, reference, reason string) (ok bool, err error) {
	ok, err = p.move(ctx, q, reference, "closed", reason, `state = 'closed', tell_chamber = false, tell_organisers = false`, `state <> 'closed'`)
	if err != nil || !ok {
		return ok, err
	}
	if _, err := q.Exec(ctx, `UPDATE threads SET state = 'closed', since = $2, tell_organisers = false
		WHERE recommendation = (SELECT id FROM inbox WHERE reference = $1)`, reference, p.Now); err != nil {
		return false, fmt.Errorf("close the thread of %s: %w", reference, err)
	}
	return true, nil
}

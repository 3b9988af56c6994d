package feedback

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/internal/reference"
)

// staffThreads selects the threads of which a condition on inbox_threads holds.
func staffThreads(where string) string {
	return `SELECT t.reference, coalesce(r.reference, ''), t.named, t.name, t.chamber, t.state, t.language, t.since, coalesce(h.id, 0), coalesce(h.name, ''),
			coalesce((SELECT m.words FROM moves m WHERE (m.thread = t.id OR m.recommendation = t.recommendation) AND m.what = 'assigned' AND m.taker = h.id ORDER BY m.id DESC LIMIT 1), '')
		FROM inbox_threads t LEFT JOIN inbox r ON r.id = t.recommendation LEFT JOIN staff h ON h.id = t.assigned AND ` + seenBy("h", "t") + `
		WHERE t.id = ANY(ARRAY(SELECT id FROM inbox_threads WHERE ` + where + `))`
}

func scanStaff(row pgx.CollectableRow) (t Thread, err error) {
	return t, row.Scan(&t.Reference, &t.Recommendation, &t.Named, &t.Name, &t.Chamber, &t.State, &t.Language, &t.Since, &t.Holder, &t.HeldBy, &t.Given)
}

// Waiting gives the threads that wait for an answer and that the scope sees, those alone that somebody has where holder isn't 0, without their
// messages, the longest wait first, with how many there are (up to MostCounted). Its rows are the first of threads_waiting, of
// threads_organisers, or of threads_held.
func Waiting(ctx context.Context, q postgres.Querier, s Scope, holder int64, offset, limit int) (list []Thread, total int, err error) {
	waits, args := `state = 'waiting' AND `+s.sees(), []any{s.Chamber}
	if holder != 0 {
		waits, args = waits+` AND assigned = $2`, append(args, holder)
	}
	if err := q.QueryRow(ctx, fmt.Sprintf(`SELECT count(*) FROM (SELECT FROM inbox_threads WHERE %s LIMIT %d) AS few`, waits, MostCounted), args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count threads that wait: %w", err)
	}
	rows, err := q.Query(ctx, staffThreads(fmt.Sprintf(`%s ORDER BY since, id OFFSET $%d LIMIT $%d`, waits, len(args)+1, len(args)+2))+` ORDER BY t.since, t.id`,
		append(args, offset, limit)...)
	if err != nil {
		return nil, 0, fmt.Errorf("list threads that wait: %w", err)
	}
	if list, err = pgx.CollectRows(rows, scanStaff); err != nil {
		return nil, 0, fmt.Errorf("list threads that wait: %w", err)
	}
	return list, total, nil
}

// OpenThread gives a thread that the scope sees, with its messages; ok is false when it sees none of that reference.
func OpenThread(ctx context.Context, q postgres.Querier, s Scope, ref string) (t Thread, ok bool, err error) {
	rows, err := q.Query(ctx, staffThreads(`reference = $2 AND `+s.sees()), s.Chamber, ref)
	if err != nil {
		return t, false, fmt.Errorf("open thread %s: %w", ref, err)
	}
	t, err = pgx.CollectExactlyOneRow(rows, scanStaff)
	if errors.Is(err, pgx.ErrNoRows) {
		return t, false, nil
	}
	if err != nil {
		return t, false, fmt.Errorf("open thread %s: %w", ref, err)
	}
	t.Messages, err = messages(ctx, q, ref)
	return t, true, err
}

// Answer is Reply to the author of a recommendation; the first begins its thread.
func (p Step) Answer(ctx context.Context, q postgres.Querier, recommendation string, m Message, seen int64, random io.Reader) (Said, error) {
	i, ok, err := Open(ctx, q, p.Scope, recommendation)
	if err != nil || !ok {
		return Nowhere, err
	}
	if i.State == "closed" {
		return Over, nil
	}
	for n := 0; i.Thread == "" && n < 5; n++ {
		ref, err := reference.New(random)
		if err != nil {
			return 0, err
		}
		if err := begin(ctx, q, recommendation, ref, p.Now); err != nil {
			return 0, err
		}
		if i, _, err = Open(ctx, q, p.Scope, recommendation); err != nil {
			return 0, err
		}
	}
	if i.Thread == "" {
		return Nowhere, nil // its author is detached
	}
	return p.Reply(ctx, q, i.Thread, m, seen)
}

// Reply answers in a thread. seen is the number of the last answer that the member knows of: when somebody else has answered since, the
// message is not kept, and they are told so first. Who answers a thread that nobody has, has it. q must be a transaction.
func (p Step) Reply(ctx context.Context, q postgres.Querier, ref string, m Message, seen int64) (Said, error) {
	var id int64
	var state string
	err := q.QueryRow(ctx, `SELECT id, state FROM inbox_threads WHERE reference = $2 AND `+p.Scope.sees()+` FOR UPDATE`, p.Scope.Chamber, ref).Scan(&id, &state)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return Nowhere, nil
	case err != nil:
		return 0, fmt.Errorf("look at thread %s: %w", ref, err)
	case state == "closed":
		return Over, nil
	}
	var crossed bool
	if err := q.QueryRow(ctx, `SELECT EXISTS (SELECT FROM thread_messages WHERE thread = $1 AND id > $2 AND staff <> $3)`, id, seen, p.Staff).Scan(&crossed); err != nil {
		return 0, fmt.Errorf("look for other answers in thread %s: %w", ref, err)
	}
	if crossed {
		return Crossed, nil
	}
	if err := keep(ctx, q, id, p.Staff, m, p.Now); err != nil {
		return 0, err
	}
	var recommendation *string
	if err := q.QueryRow(ctx, `UPDATE threads t SET state = 'answered', since = $2, updated_at = $2, replied_at = coalesce(replied_at, $2), reminded_at = NULL,
			assigned = coalesce(assigned, $3), tell_organisers = false WHERE id = $1 RETURNING (SELECT reference FROM inbox i WHERE i.id = t.recommendation)`,
		id, p.Now, p.Staff).Scan(&recommendation); err != nil {
		return 0, fmt.Errorf("answer in thread %s: %w", ref, err)
	}
	if recommendation == nil {
		return Kept, nil
	}
	// The answer itself tells its author.
	_, err = p.move(ctx, q, *recommendation, "answered", "", `state = 'answered', told_state = 'answered', assigned = coalesce(assigned, $4), tell_organisers = false`, `true`)
	return Kept, err
}

// Finish ends a thread with a reason, which may be "", that the artisan reads; a recommendation stays as it is.
func (p Step) Finish(ctx context.Context, q postgres.Querier, ref, reason string) (ok bool, err error) {
	tag, err := q.Exec(ctx, `WITH done AS (
			UPDATE threads SET state = 'closed', since = $3, updated_at = $3, tell_organisers = false WHERE reference = $2 AND state <> 'closed' AND `+p.Scope.sees()+` RETURNING id
		)
		INSERT INTO thread_messages (thread, staff, kind, words, at) SELECT id, $4, 'closed', $5, $3 FROM done`, p.Scope.Chamber, ref, p.Now, p.Staff, reason)
	if err != nil {
		return false, fmt.Errorf("close thread %s: %w", ref, err)
	}
	return tag.RowsAffected() > 0, nil
}

// Pass gives a question to the chamber of another region, or to the organisers (""). A recommendation's thread goes with it, by Forward.
func (p Step) Pass(ctx context.Context, q postgres.Querier, ref, chamber string) (ok bool, err error) {
	tag, err := q.Exec(ctx, `WITH passed AS (
			UPDATE threads SET chamber = $3, since = $4, assigned = NULL, reminded_at = NULL, escalated_at = NULL, tell_organisers = false, state = 'waiting', updated_at = $4
			WHERE reference = $2 AND state <> 'closed' AND recommendation IS NULL AND chamber <> $3 AND ($3 = '' OR EXISTS (SELECT FROM chambers WHERE region = $3))
				AND `+p.Scope.sees()+` RETURNING id
		)
		UPDATE thread_messages SET to_tell = true WHERE id = (SELECT max(m.id) FROM thread_messages m, passed WHERE m.thread = passed.id AND m.staff IS NULL)`,
		p.Scope.Chamber, ref, chamber, p.Now)
	if err != nil {
		return false, fmt.Errorf("pass thread %s on: %w", ref, err)
	}
	return tag.RowsAffected() > 0, nil
}

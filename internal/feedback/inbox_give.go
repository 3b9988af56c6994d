package feedback

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// An About names what lies in the inbox: a recommendation or else a thread, by its reference.
type About struct {
	Recommendation string
	Thread         string
}

// lies tells in which table and view it is, by which column its moves are its own, and its reference.
func (a About) lies() (table, view, column, reference string) {
	if a.Recommendation != "" {
		return "recommendations", "inbox", "recommendation", a.Recommendation
	}
	return "threads", "inbox_threads", "thread", a.Thread
}

// seenBy holds where a member s of the staff sees a row x of inbox or inbox_threads: Scope.sees, asked of anybody. Who had something and sees it
// no more has it no more.
func seenBy(s, x string) string {
	return fmt.Sprintf(`CASE %[1]s.role WHEN 'agent' THEN %[1]s.region = %[2]s.chamber WHEN 'admin' THEN true
		ELSE %[2]s.chamber = '' OR %[2]s.escalated_at IS NOT NULL END`, s, x)
}

// takes holds of a member s of the staff to whom the scope can give a row x: who sees it too, and can be told. An agent gives to the agents of
// their chamber; to organisers they forward.
func (s Scope) takes() string {
	if s.Chamber != "" {
		return `s.role = 'agent' AND ` + seenBy("s", "x") + ` AND ` + reached
	}
	return seenBy("s", "x") + ` AND ` + reached
}

// A Taker is one of the staff to whom something can be given.
type Taker struct {
	Staff int64
	Name  string
	Role  string
	Holds bool // they have it
}

// Takers gives to whom the scope can give something, and who has it, by their names; none when it doesn't see it, or it is closed.
func Takers(ctx context.Context, q postgres.Querier, s Scope, a About) ([]Taker, error) {
	_, view, _, ref := a.lies()
	rows, err := q.Query(ctx, `SELECT s.id, s.name, s.role, x.assigned IS NOT DISTINCT FROM s.id FROM `+view+` x JOIN staff s ON `+s.takes()+` OR s.id = x.assigned
		WHERE x.reference = $2 AND x.state <> 'closed' AND `+s.sees()+` ORDER BY s.name, s.id`, s.Chamber, ref)
	if err != nil {
		return nil, fmt.Errorf("list to whom %s can be given: %w", ref, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Taker])
	if err != nil {
		return nil, fmt.Errorf("list to whom %s can be given: %w", ref, err)
	}
	return list, nil
}

// Give gives a recommendation with its thread, or a thread with its recommendation, to one of its Takers, the member themselves among them, or to
// nobody (0), also when somebody else has it. note is for who gets it. They are told, and so is who had it, unless they did it themselves. ok is
// false when the scope doesn't see it, it is closed, or it can't be given to them.
func (p Step) Give(ctx context.Context, q postgres.Querier, a About, to int64, note string) (ok bool, err error) {
	if a.Thread != "" {
		t, ok, err := OpenThread(ctx, q, p.Scope, a.Thread)
		if err != nil || !ok {
			return false, err
		}
		if t.Recommendation != "" { // a thread may have been escalated by itself: then it is given by itself
			if ok, err := p.give(ctx, q, About{Recommendation: t.Recommendation}, to, note); err != nil || ok {
				return ok, err
			}
		}
	}
	return p.give(ctx, q, a, to, note)
}

func (p Step) give(ctx context.Context, q postgres.Querier, a About, to int64, note string) (ok bool, err error) {
	table, view, column, ref := a.lies()
	own := "id"
	given := `UPDATE ` + table + ` x SET assigned = nullif($5::bigint, 0)`
	if a.Recommendation != "" { // who has it knows that it is there; the others needn't. Its thread goes with it
		own = column
		given += `, tell_chamber = false, updated_at = $3 FROM was WHERE x.id = was.id), along AS (
			UPDATE threads x SET assigned = nullif($5::bigint, 0)`
	}
	given += ` FROM was WHERE x.` + own + ` = was.id`
	var n int
	err = q.QueryRow(ctx, `WITH was AS (
			SELECT x.id, x.chamber, x.assigned FROM `+view+` x WHERE x.reference = $2 AND x.state <> 'closed' AND `+p.Scope.sees()+`
				AND ($5::bigint = 0 OR EXISTS (SELECT FROM staff s WHERE s.id = $5 AND `+p.Scope.takes()+`)) FOR UPDATE
		), given AS (`+given+`), noted AS (
			INSERT INTO moves (`+column+`, at, staff, what, chamber, words, former, taker, to_tell)
			SELECT id, $3, $4::bigint, 'assigned', chamber, $6, assigned, nullif($5, 0), $5 NOT IN (0, $4) OR coalesce(assigned <> $4, false)
			FROM was WHERE assigned IS DISTINCT FROM nullif($5, 0)
		)
		SELECT count(*) FROM was`, p.Scope.Chamber, ref, p.Now, p.Staff, to, note).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("give %s to %d: %w", ref, to, err)
	}
	return n > 0, nil
}

// GiveBack frees what a member had and doesn't see any more, having another role or another chamber: should they come back, it isn't theirs again.
func GiveBack(ctx context.Context, q postgres.Querier, staff int64) error {
	var b pgx.Batch
	for _, table := range []string{"recommendations", "threads"} {
		b.Queue(`UPDATE `+table+` x SET assigned = NULL FROM staff s WHERE s.id = $1 AND x.assigned = s.id AND NOT `+seenBy("s", "x"), staff)
	}
	if err := q.SendBatch(ctx, &b).Close(); err != nil {
		return fmt.Errorf("give back what a member had: %w", err)
	}
	return nil
}

package feedback

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// A Handover is what one of the staff is to be told when somebody else gave them something, or took it from them.
type Handover struct {
	Staff     int64  // who is to be told
	Given     bool   // they have it now; else they had it
	By        string // the first name of who gave it to them, or of who has it now; "": nobody, or somebody who is gone
	Thread    bool   // it is a question, else a recommendation
	Reference string
	Chamber   string // where it lies
	Kind      string // of what was said, the last of a question
	Words     string
	Note      string // for who has it
}

// TellHandovers gives who is to be told that they have something, or have it no more, by moves_tell. Something that went through several hands
// since the last look is told to who had it first and who has it now; something that came back, that is closed, or that they don't see any more,
// to nobody.
func TellHandovers(ctx context.Context, q postgres.Querier) ([]Handover, error) {
	rows, err := q.Query(ctx, `WITH new AS (SELECT id FROM moves WHERE to_tell ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED),
			told AS (UPDATE moves m SET to_tell = false FROM new WHERE m.id = new.id),
			way AS (
				SELECT recommendation, thread, (array_agg(nullif(former, staff) ORDER BY id))[1] AS former, (array_agg(taker ORDER BY id DESC))[1] AS taker,
					(array_agg(staff ORDER BY id DESC))[1] AS giver, (array_agg(words ORDER BY id DESC))[1] AS note
				FROM moves JOIN new USING (id) GROUP BY recommendation, thread
			), x AS (
				SELECT w.former, w.taker, w.giver, w.note, false AS thread, i.reference, i.chamber, i.escalated_at, i.assigned, i.kind, i.words
				FROM way w JOIN inbox i ON i.id = w.recommendation WHERE i.state <> 'closed'
				UNION ALL
				SELECT w.former, w.taker, w.giver, w.note, true, t.reference, t.chamber, t.escalated_at, t.assigned, m.kind, m.words
				FROM way w JOIN inbox_threads t ON t.id = w.thread
					JOIN thread_messages m ON m.id = (SELECT max(id) FROM thread_messages WHERE thread = t.id AND staff IS NULL) WHERE t.state <> 'closed'
			)
		SELECT s.id, s.id IS NOT DISTINCT FROM x.taker, coalesce(b.name, ''), x.thread, x.reference, x.chamber, x.kind, x.words, CASE WHEN s.id = x.taker THEN x.note ELSE '' END
		FROM x JOIN staff s ON (s.id = x.taker AND x.assigned = s.id AND s.id <> x.giver AND s.id IS DISTINCT FROM x.former
				OR s.id = x.former AND x.assigned IS DISTINCT FROM s.id) AND `+seenBy("s", "x")+`
			LEFT JOIN staff b ON b.id = CASE WHEN s.id = x.taker THEN x.giver ELSE x.assigned END
		ORDER BY x.thread, x.reference, s.id`, atOnce)
	if err != nil {
		return nil, fmt.Errorf("find what was given to whom: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Handover])
	if err != nil {
		return nil, fmt.Errorf("find what was given to whom: %w", err)
	}
	return list, nil
}

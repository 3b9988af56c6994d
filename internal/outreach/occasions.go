package outreach

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/flow"
)

// published tells those who wanted to hear of new stops, of those that were published after they asked and haven't begun. Several at
// once are one message. notices keeps what was told.
func (o *Outreach) published(ctx context.Context, tx pgx.Tx, now time.Time) ([]due, error) {
	rows, err := tx.Query(ctx, `WITH new AS (
			SELECT w.chat_id, c.language, s.id, s.starts_at FROM stops s
			JOIN watches w ON w.stop_id IS NULL AND w.created_at < s.published_at AND w.region IN ('', s.region)
			JOIN chats c ON c.chat_id = w.chat_id AND c.stopped_at IS NULL AND c.unreachable_at IS NULL
			WHERE s.state = 'published' AND NOT s.announced AND s.starts_at > $1
				AND NOT EXISTS (SELECT FROM notices n WHERE n.key = 'published:' || s.id || ':' || w.chat_id)
			ORDER BY w.chat_id LIMIT $2
		), told AS (
			INSERT INTO notices (key, chat_id, sent_at) SELECT 'published:' || id || ':' || chat_id, chat_id, $1 FROM new
			ON CONFLICT DO NOTHING RETURNING key
		)
		SELECT chat_id, language, count(*), (array_agg(id ORDER BY starts_at, id))[1] FROM new
		WHERE 'published:' || id || ':' || chat_id IN (SELECT key FROM told) GROUP BY chat_id, language ORDER BY chat_id`, now, most)
	if err != nil {
		return nil, fmt.Errorf("find who wants to hear of new stops: %w", err)
	}
	type row struct {
		Chat     int64
		Language string
		Count    int
		Stop     string
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[row])
	if err != nil {
		return nil, fmt.Errorf("find who wants to hear of new stops: %w", err)
	}
	if len(list) == 0 {
		// Nobody is left to tell, so the next ticks needn't look. A wish noted at the very moment of publishing may only now be committed:
		// hence the delay.
		if _, err := tx.Exec(ctx, `UPDATE stops SET announced = true WHERE state = 'published' AND NOT announced AND published_at < $1`,
			now.Add(-2*time.Minute)); err != nil {
			return nil, fmt.Errorf("note which stops were announced: %w", err)
		}
		return nil, nil
	}
	ids := map[string]bool{}
	for _, r := range list {
		ids[r.Stop] = true
	}
	known, err := stops(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	type occasion struct {
		language, stop string
		count          int
	}
	words := wording[occasion]{}
	out := make([]due, len(list))
	for i, r := range list {
		out[i] = due{r.Chat, words.of(occasion{r.Language, r.Stop, r.Count}, func() conversation.Message {
			if r.Count > 1 {
				return o.word(r.Language, known[r.Stop], conversation.Note{Text: "notice.published_more", Params: map[string]any{"count": r.Count},
					Doors: []flow.Choice{{Text: "door.stop", Door: "/next"}}})
			}
			s := known[r.Stop]
			return o.word(r.Language, s, conversation.Note{Text: "notice.published", Params: o.Describe(languageOf(r.Language), s, now),
				Doors: []flow.Choice{{Text: "door.stop", Door: "start:stop_" + s.ID}, {Text: "door.register", Door: "start:reg_" + s.ID}}})
		})}
	}
	return out, nil
}

// promoted tells those who moved up from the waiting list outside of a conversation, when an operator made a stop larger.
func (o *Outreach) promoted(ctx context.Context, tx pgx.Tx, now time.Time) ([]due, error) {
	rows, err := tx.Query(ctx, `WITH up AS (
			UPDATE registrations SET to_tell = false
			WHERE id IN (SELECT id FROM registrations WHERE to_tell ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
			RETURNING id, chat_id, reference, name, stop_id, state
		)
		SELECT up.chat_id, c.language, up.stop_id, up.reference, up.name FROM up
		JOIN chats c ON c.chat_id = up.chat_id AND c.stopped_at IS NULL AND c.unreachable_at IS NULL
		WHERE up.state = 'confirmed' ORDER BY up.id`, most)
	if err != nil {
		return nil, fmt.Errorf("find who moved up: %w", err)
	}
	type row struct {
		Chat                            int64
		Language, Stop, Reference, Name string
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[row])
	if err != nil {
		return nil, fmt.Errorf("find who moved up: %w", err)
	}
	ids := map[string]bool{}
	for _, r := range list {
		ids[r.Stop] = true
	}
	known, err := stops(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var out []due
	for _, r := range list {
		s := known[r.Stop]
		if !s.Ends.After(now) {
			continue
		}
		params := o.Describe(languageOf(r.Language), s, now)
		params["name"], params["reference"] = r.Name, r.Reference
		m := o.word(r.Language, s, conversation.Note{Text: "notice.promoted", Params: params, Doors: []flow.Choice{{Text: "door.tickets", Door: "/tickets"}}})
		out = append(out, due{r.Chat, &m})
	}
	return out, nil
}

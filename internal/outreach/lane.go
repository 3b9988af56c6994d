package outreach

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
)

// A Lane gives the recipients of broadcasts out to be sent, and keeps what became of them. Several instances may draw from one database:
// each recipient is given to one of them. What a lost instance had under way is given out again and marked as unsure once it arrives.
type Lane struct {
	o        *Outreach
	instance int64
	now      func() time.Time

	mu      sync.Mutex
	said    map[int64]map[string]*conversation.Message // broadcast → language → what it says
	after   map[int64]int64                            // broadcast → the chat up to which was given out: what lies before is dead rows
	checked time.Time                                  // when it was last looked for what lost instances left
}

// NewLane makes an instance's lane. instance is the one that shows its signs of life in the table instances.
func NewLane(o *Outreach, instance int64, now func() time.Time) *Lane {
	return &Lane{o: o, instance: instance, now: now, said: map[int64]map[string]*conversation.Message{}, after: map[int64]int64{}}
}

// The states of a recipient, as stored.
const (
	waiting = iota
	underWay
	arrived
	unsure
	unreachable
	stopped
	failed
)

// Take marks up to n recipients as under way and gives them out, of the oldest broadcast that has any. Who has stopped messages or can't
// be reached by now is settled at once instead. Nothing is given out in quiet hours.
func (l *Lane) Take(ctx context.Context, n int) ([]conversation.Mailing, error) {
	now := l.now()
	if l.o.Quiet.At(now) {
		return nil, nil
	}
	if err := l.recover(ctx); err != nil {
		return nil, err
	}
	open, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range open {
		out, err := l.take(ctx, id, n)
		if err != nil || len(out) > 0 {
			return out, err
		}
	}
	return nil, nil
}

// open are the broadcasts that are going out and have somebody left, the oldest first. It relies on broadcasts_open.
func (l *Lane) open(ctx context.Context) ([]int64, error) {
	rows, err := l.o.Pool.Query(ctx, `SELECT id FROM broadcasts WHERE state = 'sending' AND total > sent + unsure + unreachable + stopped + failed ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("look for open broadcasts: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("look for open broadcasts: %w", err)
	}
	return ids, nil
}

// take claims recipients in the order of their chats, from where the last claim ended: the index still holds what was settled since the last
// sweep, and nobody walks through that twice. When nobody is left behind that point, it looks once more from the start.
func (l *Lane) take(ctx context.Context, id int64, n int) ([]conversation.Mailing, error) {
	says, err := l.messages(ctx, id)
	if err != nil {
		return nil, err
	}
	for {
		l.mu.Lock()
		after := l.after[id]
		l.mu.Unlock()
		out, last, err := l.claim(ctx, id, after, n, says)
		if err != nil {
			return nil, fmt.Errorf("take recipients: %w", err)
		}
		l.mu.Lock()
		l.after[id] = last // 0 when there was nobody
		l.mu.Unlock()
		if len(out) > 0 || last == 0 && after == 0 {
			return out, nil
		}
	}
}

// claim marks the next recipients behind a chat. last is the last of them; 0 when there was none.
func (l *Lane) claim(ctx context.Context, id, after int64, n int, says map[string]*conversation.Message) (out []conversation.Mailing, last int64, err error) {
	err = pgx.BeginTxFunc(ctx, l.o.Pool, postgres.ByIndex, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `WITH free AS (
				SELECT r.chat_id, c.language, CASE WHEN c.chat_id IS NULL OR c.unreachable_at IS NOT NULL THEN 4 WHEN c.stopped_at IS NOT NULL THEN 5 ELSE 1 END AS next
				FROM recipients r LEFT JOIN chats c ON c.chat_id = r.chat_id
				WHERE r.broadcast = $1 AND r.state = 0 AND r.chat_id > $2 AND EXISTS (SELECT FROM broadcasts WHERE id = $1 AND state = 'sending')
				ORDER BY r.chat_id LIMIT $3 FOR UPDATE OF r SKIP LOCKED
			), marked AS (
				UPDATE recipients r SET state = free.next, owner = $4 FROM free WHERE r.broadcast = $1 AND r.chat_id = free.chat_id
			), counted AS (
				UPDATE broadcasts b SET unreachable = unreachable + (SELECT count(*) FROM free WHERE next = 4),
					stopped = stopped + (SELECT count(*) FROM free WHERE next = 5)
				WHERE b.id = $1 AND EXISTS (SELECT FROM free WHERE next <> 1)
			)
			SELECT chat_id, coalesce(language, ''), next FROM free ORDER BY chat_id`, id, after, n, l.instance)
		if err != nil {
			return err
		}
		var chat int64
		var language string
		var next int
		_, err = pgx.ForEachRow(rows, []any{&chat, &language, &next}, func() error {
			last = chat
			if next == underWay {
				// nil: they have changed to a language that gets nothing
				out = append(out, conversation.Mailing{Broadcast: id, Chat: chat, Message: says[language]})
			}
			return nil
		})
		return err
	})
	return out, last, err
}

// messages are what a broadcast says, by the language of who reads it. It never changes once it goes out, so it is kept.
func (l *Lane) messages(ctx context.Context, id int64) (map[string]*conversation.Message, error) {
	l.mu.Lock()
	says := l.said[id]
	l.mu.Unlock()
	if says != nil {
		return says, nil
	}
	b, words, _, err := Find(ctx, l.o.Pool, id)
	if err != nil {
		return nil, err
	}
	if says, err = l.o.messages(ctx, l.o.Pool, b, words); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.said) > 16 {
		clear(l.said)
	}
	l.said[id] = says
	return says, nil
}

// messages words a broadcast for each language: its words or those that stand in for them, its buttons, and the way to stop.
func (o *Outreach) messages(ctx context.Context, q postgres.Querier, b Broadcast, words map[string]Words) (map[string]*conversation.Message, error) {
	towns := map[string]string{} // of the stops that buttons open
	for _, d := range b.Doors {
		id, is := strings.CutPrefix(d, stopDoor)
		if !is {
			continue
		}
		s, found, err := caravan.ByID(ctx, q, id)
		if err != nil {
			return nil, err
		}
		if found {
			towns[d] = s.Place
		}
	}
	says := map[string]*conversation.Message{}
	for _, reader := range o.Languages {
		w := words[string(reader)]
		if w.Instead == Silence {
			continue
		}
		if w.Instead != "" {
			w = words[w.Instead]
		}
		m := o.Word(reader, conversation.Note{Doors: o.doors(reader, b.Doors, towns)})
		m.Text = html.EscapeString(w.Text)
		if w.Kind != "text" {
			m.Attach = &conversation.Attachment{Kind: w.Kind, File: w.File}
		}
		says[string(reader)] = &m
	}
	return says, nil
}

// doors are a broadcast's buttons. That of a stop names its town: no two of them read the same.
func (o *Outreach) doors(reader locale.Language, list []string, towns map[string]string) []flow.Choice {
	var choices []flow.Choice
	for _, d := range list {
		c := flow.Choice{Text: cmp.Or(doorTexts[d], "door.stop"), Door: d}
		if p, ok := o.Directory.Place(towns[d]); ok {
			c.Label = o.Texts.Text(reader, "door.stop_in", map[string]any{"town": p.Name(reader)})
		}
		choices = append(choices, c)
	}
	return append(choices, flow.Choice{Text: "door.silence", Door: "/stop"})
}

// doorTexts are what a broadcast's button can open, but for stops, and what it reads.
var doorTexts = map[string]string{"/next": "menu.next_stop", "/register": "door.register", "/ask": "door.ask", "/recommend": "door.recommend"}

// Doors lists what a broadcast's button can open, in order, but for stops.
func Doors() []string { return slices.Sorted(maps.Keys(doorTexts)) }

// recover gives out again what instances that are gone had under way: every few seconds, and where there is another instance at all.
func (l *Lane) recover(ctx context.Context) error {
	l.mu.Lock()
	due := l.now().Sub(l.checked) > 2*time.Second || l.checked.IsZero()
	if due {
		l.checked = l.now()
	}
	l.mu.Unlock()
	if !due {
		return nil
	}
	tag, err := l.o.Pool.Exec(ctx, `UPDATE recipients SET state = 0, again = true, owner = 0 WHERE state = 1 AND owner <> $1
		AND NOT EXISTS (SELECT FROM instances i WHERE i.id = owner AND `+conversation.Alive+`)`, l.instance)
	if err != nil {
		return fmt.Errorf("take over from instances that are gone: %w", err)
	}
	if tag.RowsAffected() > 0 {
		l.mu.Lock()
		clear(l.after) // they lie before where the last claim ended
		l.mu.Unlock()
	}
	return nil
}

// Settle keeps what became of mailings, counts it, and marks who can't be reached. What another instance has taken over meanwhile is left
// to it.
func (l *Lane) Settle(ctx context.Context, fates []conversation.Fate) error {
	ids, chats := make([]int64, len(fates)), make([]int64, len(fates))
	states, reasons, again := make([]int16, len(fates)), make([]string, len(fates)), make([]bool, len(fates))
	returned := false
	for i, f := range fates {
		ids[i], chats[i], reasons[i] = f.Broadcast, f.Chat, f.Reason
		switch f.What {
		case conversation.Arrived:
			states[i] = arrived
		case conversation.Unreachable:
			states[i] = unreachable
		case conversation.Failed:
			states[i] = failed
		case conversation.Doubtful:
			again[i], returned = true, true
		case conversation.NotYet:
			returned = true
		}
	}
	_, err := l.o.Pool.Exec(ctx, `WITH u AS (
			SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::text[], $5::boolean[]) AS u(id, chat, state, reason, again)
		), settled AS (
			UPDATE recipients r SET state = CASE WHEN u.state = 2 AND r.again THEN 3 ELSE u.state END, reason = u.reason, again = r.again OR u.again
			FROM u WHERE r.broadcast = u.id AND r.chat_id = u.chat AND r.state = 1 AND r.owner = $6
			RETURNING r.broadcast, r.chat_id, r.state
		), gone AS (
			UPDATE chats c SET unreachable_at = $7 FROM settled s WHERE c.chat_id = s.chat_id AND s.state = 4 AND c.unreachable_at IS NULL AND c.seen_at <= $7
		)
		UPDATE broadcasts b SET sent = b.sent + n.sent, unsure = b.unsure + n.unsure, unreachable = b.unreachable + n.unreachable, failed = b.failed + n.failed
		FROM (SELECT broadcast, count(*) FILTER (WHERE state = 2) AS sent, count(*) FILTER (WHERE state = 3) AS unsure,
			count(*) FILTER (WHERE state = 4) AS unreachable, count(*) FILTER (WHERE state = 6) AS failed FROM settled GROUP BY broadcast) n
		WHERE b.id = n.broadcast`, ids, chats, states, reasons, again, l.instance, l.now())
	if err != nil {
		return fmt.Errorf("settle mailings: %w", err)
	}
	if returned {
		l.mu.Lock()
		clear(l.after)
		l.mu.Unlock()
	}
	return nil
}

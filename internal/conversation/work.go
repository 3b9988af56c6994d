package conversation

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/postgres"
)

// work is one batch in one transaction.
type work struct {
	c     *Conversation
	conn  *pgxpool.Conn
	tx    pgx.Tx
	now   time.Time
	fresh map[int64]bool  // updates that had not been handled before
	chats map[int64]*chat // locked
	out   []Delivery      // in order; ids are given when they are stored
	owner map[int64]int64 // chats whose earlier replies another instance sends, or this one from the store
	along func(bool)      // nil: nothing goes along, or it knows its end
}

// chat is what is known of one chat during a batch.
type chat struct {
	state       flow.State
	language    string
	lastMessage int64
	seen        time.Time
	keyboard    bool // a Request's keyboard is up
	changed     bool
	erased      bool           // the row is gone; only a later update of the same batch makes it anew
	born        bool           // must be inserted again
	left        bool           // blocked the bot
	member      *people.Member // of the staff; nil for nearly everybody
}

// language is the one to talk to a chat in.
func (c *Conversation) language(chosen, hint string) locale.Language {
	return speak(c.texts.Offered(), chosen, hint)
}

// speak chooses among the offered languages: the chosen one, else a guess from the app's. Arabic before French where nothing is known: of
// those who read, nearly all read Arabic, six in ten French (RGPH 2024).
func speak(offered []locale.Language, chosen, hint string) locale.Language {
	for _, l := range []locale.Language{locale.Language(chosen), locale.Language(hint[:min(2, len(hint))]), locale.Arabic} {
		if slices.Contains(offered, l) {
			return l
		}
	}
	return offered[0]
}

// begin begins the transaction, notes which updates are new and locks their chats, in one round trip. Locks are taken in the order of ids
// everywhere, updates before chats, so that two instances can't wait for each other.
func (w *work) begin(ctx context.Context, batch []Update) error {
	ids := make([]int64, len(batch)) // sorted: a batch is in the order of its ids
	born := make([]int64, len(batch))
	chatIDs := make([]int64, 0, len(batch))
	for i, u := range batch {
		ids[i] = u.ID
		if u.Act == Did || u.Act == Pressed {
			born[i] = u.Chat // what somebody unknown does otherwise leaves no trace
		}
		if u.Act != Foreign {
			chatIDs = append(chatIDs, u.Chat)
		}
	}
	slices.Sort(chatIDs)
	chatIDs = slices.Compact(chatIDs)

	var b pgx.Batch
	b.BeginTx(pgx.TxOptions{})
	postgres.QueueByIndex(&b)
	b.Queue(`WITH fresh AS (INSERT INTO updates (update_id) SELECT unnest($1::bigint[]) ON CONFLICT DO NOTHING RETURNING update_id),
		born AS (INSERT INTO chats (chat_id) SELECT DISTINCT c FROM unnest($1::bigint[], $2::bigint[]) u(id, c)
			WHERE c <> 0 AND id IN (SELECT update_id FROM fresh) AND NOT EXISTS (SELECT FROM chats WHERE chat_id = c) ORDER BY c
			ON CONFLICT DO NOTHING)
		SELECT update_id FROM fresh`, ids, born)
	b.Queue(`SELECT c.chat_id, language, state, last_message, keyboard, seen_at, coalesce(s.id, 0), coalesce(s.role, ''), coalesce(s.region, '')
		FROM chats c LEFT JOIN staff s ON s.chat_id = c.chat_id WHERE c.chat_id = ANY($1) ORDER BY c.chat_id FOR UPDATE OF c`, chatIDs)
	b.Queue(`SELECT DISTINCT ON (chat_id) chat_id, owner FROM deliveries
		WHERE chat_id = ANY($1) AND failed_at IS NULL AND lane = 'reply' AND (owner <> $2 OR handed)
			AND EXISTS (SELECT FROM instances WHERE id <> $2) -- alone: not looked for at all
		ORDER BY chat_id, id DESC`, chatIDs, w.c.instance)
	var err error
	if w.conn, err = w.c.pool.Acquire(ctx); err != nil {
		return fmt.Errorf("begin a batch: %w", err)
	}
	r := w.conn.SendBatch(ctx, &b)
	w.tx = r.Tx()
	defer func() { _ = r.Close() }() // closed below; this is for the ways out before
	for range 2 {
		if _, err := r.Exec(); err != nil {
			return fmt.Errorf("begin a batch: %w", err)
		}
	}

	w.fresh = make(map[int64]bool, len(batch))
	w.chats = make(map[int64]*chat, len(chatIDs))
	w.owner = map[int64]int64{}
	rows, err := r.Query()
	if err != nil {
		return fmt.Errorf("note a batch's updates: %w", err)
	}
	var id int64
	if _, err := pgx.ForEachRow(rows, []any{&id}, func() error { w.fresh[id] = true; return nil }); err != nil {
		return fmt.Errorf("note a batch's updates: %w", err)
	}
	if rows, err = r.Query(); err != nil {
		return fmt.Errorf("load a batch's chats: %w", err)
	}
	var state string
	var ch chat
	var m people.Member
	if _, err := pgx.ForEachRow(rows, []any{&id, &ch.language, &state, &ch.lastMessage, &ch.keyboard, &ch.seen, &m.ID, &m.Role, &m.Region}, func() error {
		one := ch
		if m.ID != 0 {
			member := m
			member.Chat = id
			one.member = &member
		}
		st, err := flow.Read([]byte(state))
		if err != nil {
			w.c.log.Error("a stored state can't be read; the conversation starts afresh", "error", err)
			st = flow.State{}
		}
		one.state = st
		one.state.Language = one.language
		w.chats[id] = &one
		return nil
	}); err != nil {
		return fmt.Errorf("load a batch's chats: %w", err)
	}
	if rows, err = r.Query(); err != nil {
		return fmt.Errorf("look for other senders: %w", err)
	}
	var owner int64
	if _, err := pgx.ForEachRow(rows, []any{&id, &owner}, func() error { w.owner[id] = owner; return nil }); err != nil {
		return fmt.Errorf("look for other senders: %w", err)
	}
	if err := r.Close(); err != nil {
		return fmt.Errorf("load a batch: %w", err)
	}
	return nil
}

// end gives the connection back, and undoes what is not committed.
func (w *work) end(ctx context.Context) {
	if w.conn == nil {
		return
	}
	if w.tx != nil && w.conn.Conn().PgConn().TxStatus() != 'I' {
		_ = w.tx.Rollback(context.WithoutCancel(ctx)) // else the pool closes the connection, and Postgres does it
	}
	w.conn.Release()
	if w.along != nil {
		w.along(false)
	}
}

// say puts a message at the end of what will be sent to a chat.
func (w *work) say(chatID int64, m Message) {
	w.out = append(w.out, Delivery{Chat: chatID, Message: m})
}

// store writes states and deliveries and commits, in one round trip. It returns the deliveries that this instance must send.
func (w *work) store(ctx context.Context) ([]Delivery, error) {
	var b pgx.Batch
	w.queueChats(&b)
	states := b.Len()
	messages := make([]string, len(w.out))
	chats := make([]int64, len(w.out))
	owners := make([]int64, len(w.out))
	bulk, handed := make([]bool, len(w.out)), make([]bool, len(w.out))
	var text []byte
	for i, d := range w.out {
		var err error
		if text, err = json.Marshal(d.Message); err != nil {
			return nil, fmt.Errorf("write a delivery down: %w", err)
		}
		messages[i], chats[i], owners[i], bulk[i] = string(text), d.Chat, w.c.instance, d.Bulk
		if d.Bulk {
			owners[i] = Nobody
		} else if o, ok := w.owner[d.Chat]; ok {
			// It is still sending to this chat: its replies and ours must not overtake each other.
			owners[i], handed[i] = o, true
		}
	}
	if len(w.out) > 0 {
		b.Queue(`INSERT INTO deliveries (chat_id, owner, message, lane, handed, created_at)
			SELECT c, o, m, CASE WHEN b THEN 'bulk' ELSE 'reply' END, h, $6
			FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::boolean[], $5::boolean[]) WITH ORDINALITY AS d(c, o, m, b, h, n) ORDER BY n
			RETURNING id`, chats, owners, messages, bulk, handed, w.now)
	}
	w.along = w.c.along(&b)
	b.Queue("commit").Exec(func(did pgconn.CommandTag) error {
		if did.String() != "COMMIT" {
			return pgx.ErrTxCommitRollback
		}
		return nil
	})
	r := w.tx.SendBatch(ctx, &b)
	defer func() { _ = r.Close() }()
	for range states {
		if _, err := r.Exec(); err != nil {
			return nil, fmt.Errorf("store states: %w", err)
		}
	}
	if len(w.out) > 0 {
		rows, err := r.Query()
		if err != nil {
			return nil, fmt.Errorf("store deliveries: %w", err)
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return nil, fmt.Errorf("store deliveries: %w", err)
		}
		slices.Sort(ids) // given in the order of insertion
		for i := range w.out {
			w.out[i].ID = ids[i]
		}
	}
	if err := r.Close(); err != nil { // reads what goes along, and the commit
		return nil, fmt.Errorf("store a batch: %w", err)
	}
	w.along(true)
	w.along = nil
	mine := w.out[:0]
	for i, d := range w.out {
		if owners[i] == w.c.instance && !handed[i] {
			mine = append(mine, d)
		}
	}
	return mine, nil
}

// queueChats queues the changed chats' rows.
func (w *work) queueChats(b *pgx.Batch) {
	var ids, last []int64
	var seen []time.Time
	var languages, states, unfinished []string
	var keyboards, left []bool
	var born []int64
	var text []byte
	for _, id := range slices.SortedFunc(maps.Keys(w.chats), cmp.Compare[int64]) {
		ch := w.chats[id]
		if !ch.changed || ch.erased {
			continue
		}
		if ch.born {
			born = append(born, id)
		}
		text = ch.state.Append(text[:0])
		ids, last, left = append(ids, id), append(last, ch.lastMessage), append(left, ch.left)
		seen = append(seen, ch.seen)
		languages, states, keyboards = append(languages, ch.language), append(states, string(text)), append(keyboards, ch.keyboard)
		unfinished = append(unfinished, w.c.book.Unfinished(&ch.state))
	}
	if len(born) > 0 {
		b.Queue(`INSERT INTO chats (chat_id) SELECT unnest($1::bigint[]) ON CONFLICT DO NOTHING`, born)
	}
	if len(ids) > 0 {
		// unfinished_at stays while the same flow is unfinished: an indexed column that doesn't change leaves the update within its page.
		b.Queue(`UPDATE chats c SET language = u.language, state = u.state, last_message = u.last, keyboard = u.keyboard,
				seen_at = u.seen, unreachable_at = CASE WHEN u.gone THEN $8::timestamptz END, unfinished = u.unfinished,
				unfinished_at = CASE WHEN u.unfinished = c.unfinished THEN c.unfinished_at WHEN u.unfinished <> '' THEN u.seen END
			FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::boolean[], $6::boolean[], $7::timestamptz[], $9::text[])
				AS u(id, language, state, last, keyboard, gone, seen, unfinished)
			WHERE c.chat_id = u.id`, ids, languages, states, last, keyboards, left, seen, w.now, unfinished)
	}
}

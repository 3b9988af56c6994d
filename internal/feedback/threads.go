package feedback

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

// What the artisan does with their own threads is here; what the staff do is in inbox_threads.go.

// Closed is the kind of the message that ends a thread; its words are the reason.
const Closed = "closed"

// A Message is one message of a thread.
type Message struct {
	Number  int64
	Staff   int64  // staff.id of who answered; 0: the artisan
	By      string // their first name, for staff alone; "" when they are gone
	Kind    string // text, voice, photo, closed
	Words   string
	File    string // the messenger's file id
	Seconds int    // of a voice
	At      time.Time
	Refused string // as an Item's, and so is Copy
	Copy    int64
}

// A Thread is a question to a chamber, or a recommendation that one answers, with its messages in order.
type Thread struct {
	Reference      string
	Recommendation string // its reference; "" for a question
	Named          bool
	Name           string // "" unless Named
	Chamber        string // where it lies; "": with the organisers
	State          string // waiting (for the chamber), answered, closed
	Language       string
	Since          time.Time // it waits, or was answered
	Holder         int64     // staff.id of who has it; 0: nobody. For staff alone
	HeldBy         string
	Given          string // the word for who has it, of who gave it to them
	Messages       []Message
}

// Answered is the number of the last answer; 0: there is none.
func (t Thread) Answered() int64 {
	var last int64
	for _, m := range t.Messages {
		if m.Staff != 0 {
			last = m.Number
		}
	}
	return last
}

// A Question begins a thread. Its first message is of the kind text, voice or photo.
type Question struct {
	Chat     int64
	Chamber  string // a region's
	Branch   string // of the trade
	Named    bool
	Name     string // kept only when it is Named
	Language string
	Message  Message
}

// Ask begins a thread at a chamber. slow is true, and nothing is kept, when the chat wrote too many messages within the last minute.
func Ask(ctx context.Context, q postgres.Querier, ask Question, now time.Time, random io.Reader) (ref string, slow bool, err error) {
	if slow, err = tooMany(ctx, q, ask.Chat, now); err != nil || slow {
		return "", slow, err
	}
	if !ask.Named {
		ask.Name = ""
	}
	for range 5 {
		if ref, err = reference.New(random); err != nil {
			return "", false, err
		}
		var id int64
		err = q.QueryRow(ctx, `INSERT INTO threads (reference, chat_id, named, name, chamber, branch, language, state, since, created_at, updated_at)
			SELECT $1, $2, $3, $4, region, $6, $7, 'waiting', $8, $8, $8 FROM chambers WHERE region = $5 ON CONFLICT (reference) DO NOTHING RETURNING id`,
			ref, ask.Chat, ask.Named, ask.Name, ask.Chamber, ask.Branch, ask.Language, now).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			continue // the reference is taken
		}
		if err != nil {
			return "", false, fmt.Errorf("begin a thread: %w", err)
		}
		return ref, false, keep(ctx, q, id, 0, ask.Message, now)
	}
	return "", false, fmt.Errorf("begin a thread at the chamber %q: no free reference, or no such chamber", ask.Chamber)
}

// messagesPerMinute is how many messages one chat may write to chambers within a minute.
const messagesPerMinute = 6

func tooMany(ctx context.Context, q postgres.Querier, chat int64, now time.Time) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT count(*) FROM threads t JOIN thread_messages m ON m.thread = t.id AND m.staff IS NULL AND m.at > $2 WHERE t.chat_id = $1`,
		chat, now.Add(-time.Minute)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("count a chat's messages: %w", err)
	}
	return n >= messagesPerMinute, nil
}

// keep adds a message to a thread. staff 0 is the artisan.
func keep(ctx context.Context, q postgres.Querier, thread, staff int64, m Message, now time.Time) error {
	_, err := q.Exec(ctx, `INSERT INTO thread_messages (thread, staff, kind, words, file, seconds, at) VALUES ($1, nullif($2, 0), $3, $4, $5, $6, $7)`,
		thread, staff, m.Kind, m.Words, m.File, m.Seconds, now)
	if err != nil {
		return fmt.Errorf("keep a message of a thread: %w", err)
	}
	return nil
}

// Said is what became of a message to a thread.
type Said uint8

// What can become of one.
const (
	Kept    Said = iota
	Slow         // too many within the last minute: not kept
	Over         // the thread is closed: not kept
	Nowhere      // there is no such thread, or no author any more to be told: not kept
	Crossed      // somebody else has answered meanwhile: not kept
)

// Say adds an artisan's message to a thread of theirs, which waits for the chamber again.
func Say(ctx context.Context, q postgres.Querier, chat int64, ref string, m Message, now time.Time) (Said, error) {
	if slow, err := tooMany(ctx, q, chat, now); err != nil || slow {
		return Slow, err
	}
	var id int64
	var before string
	err := q.QueryRow(ctx, `WITH mine AS (SELECT id, state FROM threads WHERE chat_id = $1 AND reference = $2 FOR UPDATE), waits AS (
			UPDATE threads t SET state = 'waiting', since = CASE WHEN t.state = 'waiting' THEN t.since ELSE $3 END,
				reminded_at = CASE WHEN t.state = 'waiting' THEN t.reminded_at END, updated_at = $3 FROM mine WHERE t.id = mine.id AND mine.state <> 'closed'
		)
		SELECT id, state FROM mine`, chat, ref, now).Scan(&id, &before)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return Nowhere, nil
	case err != nil:
		return 0, fmt.Errorf("write to a thread: %w", err)
	case before == "closed":
		return Over, nil
	}
	return Kept, keep(ctx, q, id, 0, m, now)
}

// Leave closes an artisan's thread. ok is false when they have no open one of that reference.
func Leave(ctx context.Context, q postgres.Querier, chat int64, ref string, now time.Time) (ok bool, err error) {
	tag, err := q.Exec(ctx, `WITH mine AS (
			UPDATE threads SET state = 'closed', since = $3, updated_at = $3, tell_organisers = false WHERE chat_id = $1 AND reference = $2 AND state <> 'closed' RETURNING id
		)
		INSERT INTO thread_messages (thread, kind, at, to_tell) SELECT id, 'closed', $3, false FROM mine`, chat, ref, now)
	if err != nil {
		return false, fmt.Errorf("close a thread: %w", err)
	}
	return tag.RowsAffected() > 0, nil
}

const ownThreads = `SELECT t.reference, coalesce(r.reference, ''), t.named, t.name, t.chamber, t.state, t.language, t.since
	FROM threads t LEFT JOIN recommendations r ON r.id = t.recommendation WHERE t.chat_id = $1`

func scanOwn(row pgx.CollectableRow) (t Thread, err error) {
	return t, row.Scan(&t.Reference, &t.Recommendation, &t.Named, &t.Name, &t.Chamber, &t.State, &t.Language, &t.Since)
}

// Threads gives a chat's threads without their messages, the newest first.
func Threads(ctx context.Context, q postgres.Querier, chat int64) ([]Thread, error) {
	rows, err := q.Query(ctx, ownThreads+` ORDER BY t.id DESC`, chat)
	if err != nil {
		return nil, fmt.Errorf("list a chat's threads: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanOwn)
	if err != nil {
		return nil, fmt.Errorf("list a chat's threads: %w", err)
	}
	return list, nil
}

// OwnThread gives a thread of a chat; ok is false when the chat has none of that reference.
func OwnThread(ctx context.Context, q postgres.Querier, chat int64, ref string) (t Thread, ok bool, err error) {
	rows, err := q.Query(ctx, ownThreads+` AND t.reference = $2`, chat, ref)
	if err != nil {
		return t, false, fmt.Errorf("find a thread: %w", err)
	}
	t, err = pgx.CollectExactlyOneRow(rows, scanOwn)
	if errors.Is(err, pgx.ErrNoRows) {
		return t, false, nil
	}
	if err != nil {
		return t, false, fmt.Errorf("find a thread: %w", err)
	}
	t.Messages, err = messages(ctx, q, ref)
	for i := range t.Messages {
		t.Messages[i].By = ""
	}
	return t, true, err
}

// messages gives what was said in a thread, in order.
func messages(ctx context.Context, q postgres.Querier, ref string) ([]Message, error) {
	rows, err := q.Query(ctx, `SELECT m.id, coalesce(m.staff, 0), coalesce(s.name, ''), m.kind, m.words, m.file, m.seconds, m.at, coalesce(f.reason, ''), coalesce(f.id, 0)
		FROM thread_messages m LEFT JOIN staff s ON s.id = m.staff LEFT JOIN media f ON f.message = m.id WHERE m.thread = (SELECT id FROM threads WHERE reference = $1) ORDER BY m.id`, ref)
	if err != nil {
		return nil, fmt.Errorf("read a thread: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Message])
	if err != nil {
		return nil, fmt.Errorf("read a thread: %w", err)
	}
	return list, nil
}

// begin makes the thread of a recommendation that has none yet. It copies the author's chat from one table to the other, and shows it to nobody.
func begin(ctx context.Context, q postgres.Querier, recommendation, ref string, now time.Time) error {
	_, err := q.Exec(ctx, `INSERT INTO threads (reference, chat_id, recommendation, named, name, chamber, branch, language, state, since, escalated_at, assigned, created_at, updated_at)
		SELECT $2, chat_id, id, named, name, chamber, branch, language, 'answered', $3, escalated_at, assigned, $3, $3
		FROM recommendations WHERE reference = $1 AND chat_id IS NOT NULL ON CONFLICT DO NOTHING`, recommendation, ref, now)
	if err != nil {
		return fmt.Errorf("begin the thread of %s: %w", recommendation, err)
	}
	return nil
}

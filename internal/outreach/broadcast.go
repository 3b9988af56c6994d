package outreach

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf16"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// A Broadcast is one message, in every language, to a segment of artisans. It is composed as a draft, then goes out: a row for each
// recipient exists before the first message leaves, and says in the end what became of it.
type Broadcast struct {
	ID       int64
	Author   int64 // of the staff
	Chat     int64 // the author's, where its panel stands
	Language string
	State    string
	Segment  Segment
	Doors    []string
	Begins   time.Time // zero for a draft
	Prepared bool
	Pause    string // the text that says why it paused by itself
	Panel    int64  // the message that shows how it goes
	Counts
}

// Counts are what has become of a broadcast's recipients.
type Counts struct {
	Total       int
	Sent        int
	Unsure      int // arrived, perhaps twice: their sender was lost while they were under way
	Unreachable int // blocked the bot, or gone
	Stopped     int // stopped messages after it was prepared
	Failed      int
}

// Left is how many still wait or are under way.
func (c Counts) Left() int { return c.Total - c.Sent - c.Unsure - c.Unreachable - c.Stopped - c.Failed }

// The states of a broadcast.
const (
	Draft     = "draft"
	Scheduled = "scheduled" // waits for its hour, or to be prepared
	Sending   = "sending"
	Paused    = "paused"
	Cancelled = "cancelled"
	Done      = "done"
)

// Words are what a broadcast says in one language.
type Words struct {
	Kind    string // text, photo, voice, video, document; "" when Instead says something
	Text    string // the words, or the caption
	File    string // the messenger's file id
	Instead string // whose words those who speak this language get; Silence: they get nothing
}

// Silence stands in Words.Instead for: nothing is sent to them.
const Silence = "-"

// Telegram: 4096 UTF-16 units of text, 1024 below a file.
const (
	longestText    = 4096
	longestCaption = 1024
)

// ErrTooLong says that words are over the messenger's limit.
var ErrTooLong = errors.New("the words are too long")

// Fits tells whether words are within the messenger's limits, and what the limit is, in UTF-16 units.
func (w Words) Fits() (limit int, ok bool) {
	limit = longestText
	if w.Kind != "text" {
		limit = longestCaption
	}
	return limit, len(utf16.Encode([]rune(w.Text))) <= limit
}

// NewDraft begins a broadcast.
func NewDraft(ctx context.Context, q postgres.Querier, author, chat int64, language string, now time.Time) (int64, error) {
	var id int64
	err := q.QueryRow(ctx, `INSERT INTO broadcasts (author, chat_id, language, created_at, changed_at) VALUES ($1, $2, $3, $4, $4) RETURNING id`,
		author, chat, language, now).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("begin a broadcast: %w", err)
	}
	return id, nil
}

// Compose keeps what a draft says in a language. ok is false when it is no draft any more.
func Compose(ctx context.Context, q postgres.Querier, id int64, language string, w Words) (ok bool, err error) {
	if w.Kind != "" {
		if _, fits := w.Fits(); !fits {
			return false, fmt.Errorf("compose a broadcast: %w", ErrTooLong)
		}
	}
	tag, err := q.Exec(ctx, `INSERT INTO broadcast_words (broadcast, language, kind, words, file, instead)
		SELECT id, $2, $3, $4, $5, $6 FROM broadcasts WHERE id = $1 AND state = 'draft'
		ON CONFLICT (broadcast, language) DO UPDATE SET kind = excluded.kind, words = excluded.words, file = excluded.file, instead = excluded.instead`,
		id, language, w.Kind, w.Text, w.File, w.Instead)
	if err != nil {
		return false, fmt.Errorf("compose a broadcast: %w", err)
	}
	return tag.RowsAffected() > 0, nil
}

// Aim keeps to whom a draft goes and what its buttons open.
func Aim(ctx context.Context, q postgres.Querier, id int64, g Segment, doors []string) error {
	if doors == nil {
		doors = []string{}
	}
	if _, err := q.Exec(ctx, `UPDATE broadcasts SET segment = $2, doors = $3 WHERE id = $1 AND state = 'draft'`, id, g.String(), doors); err != nil {
		return fmt.Errorf("aim a broadcast: %w", err)
	}
	return nil
}

const broadcastColumns = `id, author, chat_id, language, state, segment, doors, coalesce(begins_at, 'epoch'), prepared_at IS NOT NULL, pause, panel,
	total, sent, unsure, unreachable, stopped, failed`

func scanBroadcast(row pgx.CollectableRow) (Broadcast, error) {
	var b Broadcast
	var segment string
	c := &b.Counts
	if err := row.Scan(&b.ID, &b.Author, &b.Chat, &b.Language, &b.State, &segment, &b.Doors, &b.Begins, &b.Prepared, &b.Pause, &b.Panel,
		&c.Total, &c.Sent, &c.Unsure, &c.Unreachable, &c.Stopped, &c.Failed); err != nil {
		return b, err
	}
	var err error
	b.Segment, err = readSegment(segment)
	return b, err
}

// Find gives a broadcast and what it says, by language.
func Find(ctx context.Context, q postgres.Querier, id int64) (b Broadcast, says map[string]Words, ok bool, err error) {
	rows, err := q.Query(ctx, `SELECT `+broadcastColumns+` FROM broadcasts WHERE id = $1`, id)
	if err != nil {
		return Broadcast{}, nil, false, fmt.Errorf("find a broadcast: %w", err)
	}
	b, err = pgx.CollectExactlyOneRow(rows, scanBroadcast)
	if errors.Is(err, pgx.ErrNoRows) {
		return Broadcast{}, nil, false, nil
	}
	if err != nil {
		return Broadcast{}, nil, false, fmt.Errorf("find a broadcast: %w", err)
	}
	says, err = wordsOf(ctx, q, id)
	return b, says, err == nil, err
}

func wordsOf(ctx context.Context, q postgres.Querier, id int64) (map[string]Words, error) {
	rows, err := q.Query(ctx, `SELECT language, kind, words, file, instead FROM broadcast_words WHERE broadcast = $1`, id)
	if err != nil {
		return nil, fmt.Errorf("find what a broadcast says: %w", err)
	}
	says := map[string]Words{}
	var language string
	var w Words
	if _, err := pgx.ForEachRow(rows, []any{&language, &w.Kind, &w.Text, &w.File, &w.Instead}, func() error {
		says[language] = w
		return nil
	}); err != nil {
		return nil, fmt.Errorf("find what a broadcast says: %w", err)
	}
	return says, nil
}

// Latest lists the broadcasts that were let go, those that go on first, then the newest.
func Latest(ctx context.Context, q postgres.Querier, most int) ([]Broadcast, error) {
	rows, err := q.Query(ctx, `SELECT `+broadcastColumns+` FROM broadcasts WHERE begins_at IS NOT NULL
		ORDER BY state NOT IN ('sending', 'paused', 'scheduled'), id DESC LIMIT $1`, most)
	if err != nil {
		return nil, fmt.Errorf("list broadcasts: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanBroadcast)
	if err != nil {
		return nil, fmt.Errorf("list broadcasts: %w", err)
	}
	return list, nil
}

// Start lets a draft go out from begins on. ok is false when it is no draft any more: it was started already.
func Start(ctx context.Context, q postgres.Querier, id, panel int64, begins, now time.Time) (ok bool, err error) {
	return change(ctx, q, "start", `UPDATE broadcasts SET state = 'scheduled', begins_at = $2, panel = $3, changed_at = $4 WHERE id = $1 AND state = 'draft'`,
		id, begins, panel, now)
}

// Hold pauses a broadcast: what is under way still arrives. Go lets it go on.
func Hold(ctx context.Context, q postgres.Querier, id int64, now time.Time) (ok bool, err error) {
	return change(ctx, q, "pause", `UPDATE broadcasts SET state = 'paused', pause = '', changed_at = $2 WHERE id = $1 AND state IN ('scheduled', 'sending')`, id, now)
}

// Go lets a paused broadcast go on.
func Go(ctx context.Context, q postgres.Querier, id int64, now time.Time) (ok bool, err error) {
	return change(ctx, q, "resume", `UPDATE broadcasts SET state = CASE WHEN prepared_at IS NULL THEN 'scheduled' ELSE 'sending' END, pause = '', changed_at = $2
		WHERE id = $1 AND state = 'paused'`, id, now)
}

// Cancel ends a broadcast: nobody else gets it. What is under way still arrives.
func Cancel(ctx context.Context, q postgres.Querier, id int64, now time.Time) (ok bool, err error) {
	return change(ctx, q, "cancel", `UPDATE broadcasts SET state = 'cancelled', finished_at = $2, changed_at = $2
		WHERE id = $1 AND state IN ('draft', 'scheduled', 'sending', 'paused')`, id, now)
}

// Show says in which message the panel of a broadcast stands.
func Show(ctx context.Context, q postgres.Querier, id, chat, panel int64, language string) error {
	_, err := change(ctx, q, "show", `UPDATE broadcasts SET chat_id = $2, panel = $3, language = $4, shown_at = NULL WHERE id = $1`, id, chat, panel, language)
	return err
}

func change(ctx context.Context, q postgres.Querier, what, sql string, args ...any) (bool, error) {
	tag, err := q.Exec(ctx, sql, args...)
	if err != nil {
		return false, fmt.Errorf("%s a broadcast: %w", what, err)
	}
	return tag.RowsAffected() > 0, nil
}

// Prepare makes the rows of the recipients of every broadcast whose hour has come, each in one statement: 420,000 in a few seconds,
// without any of them in our memory. A kill halfway leaves nothing; the next call does it. It tells how many broadcasts it prepared.
func (o *Outreach) Prepare(ctx context.Context, now time.Time) (int, error) {
	for n := 0; ; n++ {
		var done bool
		err := pgx.BeginFunc(ctx, o.Pool, func(tx pgx.Tx) error {
			rows, err := tx.Query(ctx, `SELECT `+broadcastColumns+` FROM broadcasts WHERE state = 'scheduled' AND begins_at <= $1
				ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`, now)
			if err != nil {
				return err
			}
			b, err := pgx.CollectExactlyOneRow(rows, scanBroadcast)
			if errors.Is(err, pgx.ErrNoRows) {
				done = true
				return nil
			}
			if err != nil {
				return err
			}
			says, err := wordsOf(ctx, tx, b.ID)
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `WITH made AS (
					INSERT INTO recipients (broadcast, chat_id) SELECT $11, c.chat_id`+members+` AND c.language <> ALL($12) RETURNING 1
				)
				UPDATE broadcasts SET state = 'sending', prepared_at = $10, total = (SELECT count(*) FROM made) WHERE id = $11`,
				append(b.Segment.arguments(o.Directory, now), b.ID, silent(says))...)
			return err
		})
		if err != nil {
			return n, fmt.Errorf("prepare a broadcast: %w", err)
		}
		if done {
			return n, nil
		}
	}
}

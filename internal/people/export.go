package people

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/postgres"
)

// Everything is all that is kept about one chat, as the person may take it along. Codes (trades, places) are those of
// internal/directory.
type Everything struct {
	Made            time.Time         `json:"made"`
	Chat            Chat              `json:"chat"`
	Profile         *Profile          `json:"profile,omitempty"`
	Staff           []Post            `json:"staff,omitempty"`
	Former          []Former          `json:"formerly_staff,omitempty"`
	Recorded        []Recorded        `json:"recorded,omitempty"`
	Consents        []Consent         `json:"consents"`
	Registrations   []TakenPlace      `json:"registrations"`
	Recommendations []Said            `json:"recommendations"`
	Ratings         []Rated           `json:"ratings"`
	Handled         []Handled         `json:"what_became_of_recommendations"`
	Threads         []Written         `json:"written_with_chambers"`
	Files           []File            `json:"files"`
	Wishes          []Wish            `json:"wishes_to_be_told"`
	Told            []Notice          `json:"told_first"`
	Broadcasts      []Sent            `json:"broadcasts"`
	Waiting         []json.RawMessage `json:"messages_not_delivered"`
	Failed          []Failed          `json:"messages_that_failed"`
}

// Chat is the conversation itself.
type Chat struct {
	ID          int64      `json:"id"`
	Language    string     `json:"language"`
	State       string     `json:"conversation"`
	LastMessage int64      `json:"last_message"`
	Keyboard    bool       `json:"keyboard"`
	Created     *time.Time `json:"created,omitempty"`
	Seen        *time.Time `json:"seen,omitempty"`
	Unreachable *time.Time `json:"unreachable_since,omitempty"`
	Stopped     *time.Time `json:"asked_not_to_be_written_to,omitempty"`
}

// Post is a place in the staff.
type Post struct {
	Role   string    `json:"role"`
	Region string    `json:"region,omitempty"`
	Name   string    `json:"name"`
	Door   string    `json:"door,omitempty"` // the stop whose door they held last
	Joined time.Time `json:"joined"`
}

// Former is a place in the staff that they had.
type Former struct {
	Until time.Time `json:"until"`
}

// Consent is one yes or no.
type Consent struct {
	Purpose string    `json:"purpose"`
	Version string    `json:"version"`
	Given   bool      `json:"given"`
	At      time.Time `json:"at"`
}

// TakenPlace is a registration.
type TakenPlace struct {
	Reference string    `json:"reference"`
	Stop      string    `json:"stop"`
	StopPlace string    `json:"stop_place"`
	Starts    time.Time `json:"starts"`
	Self      bool      `json:"self"`
	Profile
	State   string     `json:"state"`
	Created time.Time  `json:"created"`
	Came    *time.Time `json:"came,omitempty"` // was let in at the door
}

// Said is a recommendation.
type Said struct {
	Reference string    `json:"reference"`
	Named     bool      `json:"named"`
	Name      string    `json:"name,omitempty"`
	Theme     string    `json:"theme"`
	Kind      string    `json:"kind"`
	Words     string    `json:"words,omitempty"`
	File      string    `json:"file,omitempty"`
	Seconds   int       `json:"seconds,omitempty"`
	Region    string    `json:"region,omitempty"`
	Place     string    `json:"place,omitempty"`
	Trade     string    `json:"trade,omitempty"`
	Language  string    `json:"language"`
	State     string    `json:"state"`
	Created   time.Time `json:"created"`
	Stop      string    `json:"after_stop,omitempty"`
	Branch    string    `json:"branch_of_trade,omitempty"`
}

// Handled is one step of what a chamber did with a recommendation.
type Handled struct {
	Reference string    `json:"reference"`
	What      string    `json:"what"`
	Chamber   string    `json:"region_of_chamber,omitempty"`
	Words     string    `json:"words,omitempty"`
	At        time.Time `json:"at"`
}

// Written is one message of a thread with a chamber.
type Written struct {
	Reference      string    `json:"reference"`
	Recommendation string    `json:"about_recommendation,omitempty"`
	Name           string    `json:"shown_name,omitempty"`
	Chamber        string    `json:"region_of_chamber,omitempty"`
	Branch         string    `json:"branch_of_trade,omitempty"`
	Language       string    `json:"language"`
	ByChamber      bool      `json:"by_chamber"`
	Kind           string    `json:"kind"`
	Words          string    `json:"words,omitempty"`
	File           string    `json:"file,omitempty"`
	Seconds        int       `json:"seconds,omitempty"`
	At             time.Time `json:"at"`
}

// File is what became of the file of a recommendation, a message or a rating. The bytes are in the chat.
type File struct {
	Of     string `json:"of"` // reference, or the stop that was rated
	Kind   string `json:"kind"`
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
	Name   string `json:"name,omitempty"`
	Type   string `json:"type,omitempty"`
	Size   int    `json:"size,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
}

// Rated is what the person said of a stop.
type Rated struct {
	Stop     string    `json:"stop"`
	Score    int       `json:"score"`
	Words    string    `json:"words,omitempty"`
	File     string    `json:"file,omitempty"`
	Seconds  int       `json:"seconds,omitempty"`
	Language string    `json:"language"`
	Created  time.Time `json:"created"`
}

// Wish is a wish to be told: of a stop, or of any that is published.
type Wish struct {
	Stop    string    `json:"stop,omitempty"`
	Region  string    `json:"region,omitempty"`
	Created time.Time `json:"created"`
}

// Notice is what the bot said first.
type Notice struct {
	Key string    `json:"key"`
	At  time.Time `json:"at"`
}

// Sent is a broadcast that went to the person, or was to go, and what became of it.
type Sent struct {
	Broadcast int64  `json:"number"`
	State     string `json:"state"`
	Reason    string `json:"reason,omitempty"`
}

// Recorded is an answer that who is or was of the staff spoke.
type Recorded struct {
	Answer   string `json:"answer"`
	Language string `json:"language"`
	File     string `json:"file"`
}

// Failed is a message of the person's that failed to be handled, as it came.
type Failed struct {
	Raw    string    `json:"raw"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// Export gives everything about a chat.
func Export(ctx context.Context, q postgres.Querier, chat int64, now time.Time) (Everything, error) {
	e := Everything{Made: now, Chat: Chat{ID: chat}, Consents: []Consent{}, Registrations: []TakenPlace{}, Recommendations: []Said{}, Ratings: []Rated{},
		Handled: []Handled{}, Threads: []Written{}, Files: []File{},
		Wishes: []Wish{}, Told: []Notice{}, Broadcasts: []Sent{}, Waiting: []json.RawMessage{}, Failed: []Failed{}}
	if p, known, err := Load(ctx, q, chat); err != nil {
		return Everything{}, err
	} else if known {
		e.Profile = &p
	}
	if err := e.rooms(ctx, q, chat, now); err != nil {
		return Everything{}, err
	}
	var b pgx.Batch
	c := &e.Chat
	b.Queue(`SELECT language, state, last_message, keyboard, created_at, seen_at, unreachable_at, stopped_at FROM chats WHERE chat_id = $1`, chat).
		Query(func(rows pgx.Rows) error {
			_, err := pgx.ForEachRow(rows, []any{&c.Language, &c.State, &c.LastMessage, &c.Keyboard, &c.Created, &c.Seen, &c.Unreachable, &c.Stopped},
				func() error { return nil })
			return err
		})
	queueInto(&b, &e.Staff, `SELECT role, region, name, coalesce(door, ''), joined_at FROM staff WHERE chat_id = $1`, chat)
	queueInto(&b, &e.Former, `SELECT gone_at FROM former_staff WHERE chat_id = $1 ORDER BY gone_at`, chat)
	queueInto(&b, &e.Recorded, `SELECT entry, language, file FROM answer_voices WHERE staff IN (SELECT id FROM staff_ever WHERE chat_id = $1) ORDER BY entry, language`, chat)
	queueInto(&b, &e.Consents, `SELECT purpose, version, given, at FROM consents WHERE chat_id = $1 ORDER BY id`, chat)
	queueInto(&b, &e.Told, `SELECT key, sent_at FROM notices WHERE chat_id = $1 ORDER BY sent_at`, chat)
	queueInto(&b, &e.Handled, `SELECT reference, what, chamber, words, at FROM (
			SELECT r.reference, m.* FROM recommendations r JOIN moves m ON m.recommendation = r.id WHERE r.chat_id = $1
			UNION ALL SELECT t.reference, m.* FROM threads t JOIN moves m ON m.thread = t.id WHERE t.chat_id = $1) x ORDER BY id`, chat)
	queueInto(&b, &e.Threads, `SELECT t.reference, coalesce(r.reference, ''), t.name, t.chamber, t.branch, t.language, m.staff IS NOT NULL, m.kind, m.words, m.file, m.seconds, m.at
		FROM threads t JOIN thread_messages m ON m.thread = t.id LEFT JOIN recommendations r ON r.id = t.recommendation WHERE t.chat_id = $1 ORDER BY t.id, m.id`, chat)
	queueInto(&b, &e.Files, `WITH theirs AS (
			SELECT r.reference AS of, m.* FROM recommendations r JOIN media m ON m.recommendation = r.id WHERE r.chat_id = $1
			UNION ALL SELECT a.stop_id, m.* FROM ratings a JOIN media m ON m.rating = a.id WHERE a.chat_id = $1
			UNION ALL SELECT t.reference, m.* FROM threads t JOIN thread_messages w ON w.thread = t.id JOIN media m ON m.message = w.id WHERE t.chat_id = $1)
		SELECT of, kind, state, reason, coalesce(key, ''), type, size, coalesce(encode(sha256, 'hex'), '') FROM theirs ORDER BY id`, chat)
	queueInto(&b, &e.Broadcasts, `SELECT broadcast, (ARRAY['waiting', 'under way', 'sent', 'sent, perhaps twice', 'unreachable', 'stopped', 'failed'])[state + 1], reason
		FROM recipients WHERE chat_id = $1 ORDER BY broadcast`, chat)
	queueInto(&b, &e.Failed, `SELECT raw, reason, failed_at FROM failed_updates WHERE chat_id = $1 ORDER BY update_id`, chat)
	b.Queue(`SELECT message FROM deliveries WHERE chat_id = $1 AND message <> '' ORDER BY id`, chat).Query(func(rows pgx.Rows) error {
		var message string
		_, err := pgx.ForEachRow(rows, []any{&message}, func() error {
			e.Waiting = append(e.Waiting, json.RawMessage(message))
			return nil
		})
		return err
	})
	if err := q.SendBatch(ctx, &b).Close(); err != nil {
		return Everything{}, fmt.Errorf("export a chat: %w", err)
	}
	return e, nil
}

func queueInto[T any](b *pgx.Batch, into *[]T, sql string, chat int64) {
	b.Queue(sql, chat).Query(func(rows pgx.Rows) error {
		list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[T])
		if len(list) > 0 {
			*into = list
		}
		return err
	})
}

// rooms asks the rooms that hold a person's data.
func (e *Everything) rooms(ctx context.Context, q postgres.Querier, chat int64, now time.Time) error {
	registrations, err := caravan.OfChat(ctx, q, chat, now)
	if err != nil {
		return fmt.Errorf("export a chat: %w", err)
	}
	for _, r := range registrations {
		e.Registrations = append(e.Registrations, TakenPlace{Reference: r.Reference, Stop: r.Stop.ID, StopPlace: r.Stop.Place, Starts: r.Stop.Starts,
			Self: r.Self, Profile: Profile{r.Name, r.Trade, r.Place, r.Phone, r.Card, r.RNA, r.Topics}, State: r.State, Created: r.Created, Came: r.Came})
	}
	watches, err := caravan.Watches(ctx, q, chat)
	if err != nil {
		return fmt.Errorf("export a chat: %w", err)
	}
	for _, w := range watches {
		e.Wishes = append(e.Wishes, Wish(w))
	}
	said, err := feedback.Mine(ctx, q, chat)
	if err != nil {
		return fmt.Errorf("export a chat: %w", err)
	}
	for _, s := range said {
		e.Recommendations = append(e.Recommendations, Said{s.Reference, s.Named, s.Name, s.Theme, s.Kind, s.Words, s.File, s.Seconds, s.Region, s.Place,
			s.Trade, s.Language, s.State, s.Created, s.Stop, s.Branch})
	}
	rated, err := feedback.Ratings(ctx, q, chat)
	if err != nil {
		return fmt.Errorf("export a chat: %w", err)
	}
	for _, r := range rated {
		e.Ratings = append(e.Ratings, Rated(r))
	}
	return nil
}

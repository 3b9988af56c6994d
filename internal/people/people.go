// Package people owns what the bot knows of a person by themselves: their profile, their language and whether they may be written to,
// what they agreed to; and, over all rooms, the right to see everything, to have it erased, and that nothing is kept too long.
//
// It promises that Erase leaves no trace of a chat in any table, and that Export shows all there is. For these two it knows the rooms
// that hold a person's data (caravan, feedback), and no others know it.
package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// A Profile is a person as they described themselves, so that they needn't again. What isn't known is "".
type Profile struct {
	Name   string   `json:"name"`
	Trade  string   `json:"trade"`       // internal/directory's id, or other:words
	Place  string   `json:"place"`       // internal/directory's slug
	Phone  string   `json:"phone"`       // E.164
	Card   string   `json:"card"`        // has the professional card: yes, no, unsure
	RNA    string   `json:"in_register"` // is in the national register: yes, no, unsure
	Topics []string `json:"topics"`
}

// Load gives a chat's profile; known is false when there is none.
func Load(ctx context.Context, q postgres.Querier, chat int64) (p Profile, known bool, err error) {
	err = q.QueryRow(ctx, `SELECT name, trade, place, phone, card, rna, topics FROM people WHERE chat_id = $1`, chat).
		Scan(&p.Name, &p.Trade, &p.Place, &p.Phone, &p.Card, &p.RNA, &p.Topics)
	if errors.Is(err, pgx.ErrNoRows) {
		return Profile{}, false, nil
	}
	if err != nil {
		return Profile{}, false, fmt.Errorf("load a profile: %w", err)
	}
	return p, true, nil
}

const saveProfile = `INSERT INTO people AS p (chat_id, name, trade, place, phone, card, rna, topics, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
	ON CONFLICT (chat_id) DO UPDATE SET name = excluded.name, trade = excluded.trade, place = excluded.place, phone = excluded.phone,
		card = excluded.card, rna = excluded.rna, topics = excluded.topics, updated_at = excluded.updated_at`

// Save keeps a profile in the place of the one before.
func Save(ctx context.Context, q postgres.Querier, chat int64, p Profile, now time.Time) error {
	var b pgx.Batch
	QueueSave(&b, chat, p, now)
	if err := q.SendBatch(ctx, &b).Close(); err != nil {
		return fmt.Errorf("save a profile: %w", err)
	}
	return nil
}

// QueueSave queues what Save does, for a caller who has more to send on the same trip.
func QueueSave(b *pgx.Batch, chat int64, p Profile, now time.Time) {
	if p.Topics == nil {
		p.Topics = []string{}
	}
	b.Queue(saveProfile, chat, p.Name, p.Trade, p.Place, p.Phone, p.Card, p.RNA, p.Topics, now)
}

// A Field is one part of a profile that can be corrected by itself.
type Field string

// The fields.
const (
	Name  Field = "name"
	Trade Field = "trade"
	Place Field = "place"
	Phone Field = "phone"
	Card  Field = "card"
	RNA   Field = "rna"
)

// Registered notes that a person who has a profile is in the national register by now.
func Registered(ctx context.Context, q postgres.Querier, chat int64, now time.Time) error {
	if _, err := q.Exec(ctx, `UPDATE people SET rna = 'yes', updated_at = $2 WHERE chat_id = $1 AND rna <> 'yes'`, chat, now); err != nil {
		return fmt.Errorf("note who is in the register: %w", err)
	}
	return nil
}

// Correct keeps one field of a profile, and puts it right in the registrations of the person themselves at stops that aren't over: what
// was wrong must not reach the stop (law 09-08 gives the right to correction). nameKey is the name folded; it is read for Name alone.
func Correct(ctx context.Context, q postgres.Querier, chat int64, f Field, value, nameKey string, now time.Time) error {
	switch f {
	case Name, Trade, Place, Phone, Card, RNA:
	default:
		return fmt.Errorf("correct a profile: no field %q", f)
	}
	return correct(ctx, q, chat, string(f), value, nameKey, now)
}

// CorrectTopics keeps what a person is interested in, as Correct keeps one field.
func CorrectTopics(ctx context.Context, q postgres.Querier, chat int64, topics []string, now time.Time) error {
	if topics == nil {
		topics = []string{}
	}
	return correct(ctx, q, chat, "topics", topics, "", now)
}

// correct sets a column that profiles and registrations have both.
func correct(ctx context.Context, q postgres.Querier, chat int64, column string, value any, nameKey string, now time.Time) error {
	// Every registration of the chat's own person has its own stop, so a new name can't meet another of theirs; somebody else's of that
	// name may be there, and then this one stays as it is.
	set := column + ` = $2`
	but := ``
	args := []any{chat, value, now}
	if column == string(Name) {
		set += `, name_key = $4`
		but = ` AND NOT EXISTS (SELECT FROM registrations o WHERE o.stop_id = r.stop_id AND o.chat_id = $1 AND o.name_key = $4 AND o.id <> r.id AND o.state <> 'cancelled')`
		args = append(args, nameKey)
	}
	_, err := q.Exec(ctx, `WITH theirs AS (
			UPDATE registrations r SET `+set+` FROM stops s
			WHERE r.chat_id = $1 AND r.self AND r.state IN ('confirmed', 'waitlisted') AND s.id = r.stop_id AND s.ends_at > $3`+but+`
		)
		INSERT INTO people (chat_id, `+column+`, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (chat_id) DO UPDATE SET `+column+` = excluded.`+column+`, updated_at = excluded.updated_at`, args...)
	if err != nil {
		return fmt.Errorf("correct a profile's %s: %w", column, err)
	}
	return nil
}

// An Overview is what there is about a person, in short.
type Overview struct {
	Profile         Profile
	Known           bool // there is anything at all beyond the language
	Language        string
	Messages        bool // the bot may write first
	Registrations   int  // not cancelled
	Recommendations int
}

// Look gives the overview of a chat, in one query.
func Look(ctx context.Context, q postgres.Querier, chat int64) (Overview, error) {
	var o Overview
	var kept int
	p := &o.Profile
	err := q.QueryRow(ctx, `SELECT coalesce(p.name, ''), coalesce(p.trade, ''), coalesce(p.place, ''), coalesce(p.phone, ''), coalesce(p.card, ''),
			coalesce(p.rna, ''), coalesce(p.topics, '{}'), coalesce(c.language, ''), c.stopped_at IS NULL,
			(SELECT count(*) FROM registrations WHERE chat_id = $1 AND state <> 'cancelled'),
			(SELECT count(*) FROM recommendations WHERE chat_id = $1),
			(SELECT count(*) FROM registrations WHERE chat_id = $1) + (SELECT count(*) FROM watches WHERE chat_id = $1)
				+ (SELECT count(*) FROM threads WHERE chat_id = $1) + count(p.chat_id) OVER ()
		FROM (SELECT $1::bigint AS id) AS me LEFT JOIN chats c ON c.chat_id = me.id LEFT JOIN people p ON p.chat_id = me.id`, chat).
		Scan(&p.Name, &p.Trade, &p.Place, &p.Phone, &p.Card, &p.RNA, &p.Topics, &o.Language, &o.Messages, &o.Registrations, &o.Recommendations, &kept)
	if err != nil {
		return Overview{}, fmt.Errorf("look at what is kept of a chat: %w", err)
	}
	o.Known = kept+o.Recommendations > 0
	return o, nil
}

// Messages notes whether the bot may write to a chat first. Only the person changes it.
func Messages(ctx context.Context, q postgres.Querier, chat int64, allowed bool, now time.Time) error {
	_, err := q.Exec(ctx, `INSERT INTO chats (chat_id, stopped_at) VALUES ($1, CASE WHEN $2 THEN NULL ELSE $3::timestamptz END)
		ON CONFLICT (chat_id) DO UPDATE SET stopped_at = CASE WHEN $2 THEN NULL ELSE coalesce(chats.stopped_at, excluded.stopped_at) END`, chat, allowed, now)
	if err != nil {
		return fmt.Errorf("note whether a chat may be written to: %w", err)
	}
	if allowed {
		return nil
	}
	if _, err := q.Exec(ctx, `DELETE FROM deliveries WHERE chat_id = $1 AND lane = 'bulk' AND failed_at IS NULL`, chat); err != nil {
		return fmt.Errorf("drop what waits for a chat: %w", err)
	}
	return nil
}

// Package feedback owns what artisans tell the sector: recommendations, each under a theme, by text, voice or photo; and how they found a
// stop.
//
// It also owns the chambers that these go to, the threads in which a person at a chamber answers, and the groups of recommendations that say
// the same.
//
// It promises that a recommendation or a thread carries a name only when its author said yes to that, that everybody finds their own again,
// with its state, under its reference, and that the staff see no more than their Scope, and of nobody who they are: what staff see is read
// from views that have no chat. It sends nothing: what is to be told stands in the tables until outreach has told it.
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

// The kinds of a recommendation.
const (
	Text  = "text"
	Voice = "voice"
	Photo = "photo"
)

// A Recommendation is what an artisan tells the sector. Chat is known to the bot alone, to tell them its state.
type Recommendation struct {
	Reference string
	Chat      int64
	Named     bool
	Name      string // "" unless Named
	Theme     string
	Kind      string // text, voice, photo
	Words     string
	File      string // the messenger's file id
	Seconds   int    // of a voice
	Region    string // where and what the author is, when that is known
	Place     string
	Trade     string
	Language  string
	State     string // received, read, forwarded, answered, closed
	Created   time.Time
	Stop      string // after which it was made; "" when after none
	Branch    string // of the trade
}

// perMinute is how many recommendations one chat may send within a minute: more are a mistake or a game.
const perMinute = 3

// Recommend keeps a recommendation; its name only when it is Named. slow is true, and nothing is kept, when the chat sent too many
// within the last minute.
func Recommend(ctx context.Context, q postgres.Querier, r Recommendation, now time.Time, random io.Reader) (ref string, slow bool, err error) {
	if !r.Named {
		r.Name = ""
	}
	for range 5 {
		if ref, err = reference.New(random); err != nil {
			return "", false, err
		}
		var recent int
		var known bool
		// It lies with the chamber of its author's region, or else of the stop's; without either with the organisers.
		err = q.QueryRow(ctx, `WITH recent AS (SELECT count(*) AS n, EXISTS (SELECT FROM themes WHERE id = $5) AS known FROM recommendations
				WHERE chat_id = $2 AND created_at > $15),
			new AS (
				INSERT INTO recommendations (reference, chat_id, named, name, theme, kind, words, file, seconds, region, place, trade, language, created_at,
					updated_at, since, stop_id, branch, chamber)
				SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $14, s.id, $18, coalesce(c.region, '')
				FROM recent LEFT JOIN stops s ON s.id = $17 LEFT JOIN chambers c ON c.region = CASE WHEN $10 <> '' THEN $10 ELSE s.region END
				WHERE n < $16 AND known
				ON CONFLICT (reference) DO NOTHING RETURNING reference
			)
			SELECT n, known, coalesce((SELECT reference FROM new), '') FROM recent`,
			ref, r.Chat, r.Named, r.Name, r.Theme, r.Kind, r.Words, r.File, r.Seconds, r.Region, r.Place, r.Trade, r.Language, now,
			now.Add(-time.Minute), perMinute, r.Stop, r.Branch).Scan(&recent, &known, &ref)
		if err != nil {
			return "", false, fmt.Errorf("keep a recommendation: %w", err)
		}
		if !known {
			return "", false, fmt.Errorf("keep a recommendation: no theme %q", r.Theme)
		}
		if recent >= perMinute {
			return "", true, nil
		}
		if ref != "" {
			return ref, false, nil
		}
	}
	return "", false, errors.New("keep a recommendation: no free reference")
}

const columns = `reference, chat_id, named, name, theme, kind, words, file, seconds, region, place, trade, language, state, created_at,
	coalesce(stop_id, ''), branch`

// Mine gives a chat's recommendations, the newest first.
func Mine(ctx context.Context, q postgres.Querier, chat int64) ([]Recommendation, error) {
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM recommendations WHERE chat_id = $1 ORDER BY id DESC`, chat)
	if err != nil {
		return nil, fmt.Errorf("list a chat's recommendations: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Recommendation])
	if err != nil {
		return nil, fmt.Errorf("list a chat's recommendations: %w", err)
	}
	return list, nil
}

// Find gives a chat's recommendation by its reference; ok is false when the chat has none of that reference.
func Find(ctx context.Context, q postgres.Querier, chat int64, reference string) (r Recommendation, ok bool, err error) {
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM recommendations WHERE reference = $1 AND chat_id = $2`, reference, chat)
	if err != nil {
		return r, false, fmt.Errorf("find recommendation %s: %w", reference, err)
	}
	r, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Recommendation])
	if errors.Is(err, pgx.ErrNoRows) {
		return r, false, nil
	}
	if err != nil {
		return r, false, fmt.Errorf("find recommendation %s: %w", reference, err)
	}
	return r, true, nil
}

// Forget deletes a chat's threads and recommendations, those without a name too, and its ratings: a voice or a picture is personal by itself
// (law 09-08, article 1). For that reason who is or was of the staff takes the voices and pictures along by which they answered; the answers' words stay.
// What was kept of the files is doomed with their rows (internal/media).
func Forget(ctx context.Context, q postgres.Querier, chat int64) error {
	var b pgx.Batch
	b.Queue(`DELETE FROM threads WHERE chat_id = $1`, chat)
	b.Queue(`UPDATE thread_messages SET file = '', seconds = 0 WHERE staff = ANY(ARRAY(SELECT id FROM staff_ever WHERE chat_id = $1)) AND file <> ''`, chat)
	b.Queue(`DELETE FROM ratings WHERE chat_id = $1`, chat)
	b.Queue(`DELETE FROM recommendations WHERE chat_id = $1`, chat)
	if err := q.SendBatch(ctx, &b).Close(); err != nil {
		return fmt.Errorf("forget what a chat said: %w", err)
	}
	return nil
}

// Package voices fills a database with what the feedback room will hold once the caravan has gone everywhere, and measures what is asked of
// it: 420,000 people, 200,000 recommendations in three scripts, and what belongs to them.
package voices

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// firstChat is the lowest chat id of the people.
const firstChat = 5_000_000_000

// Size is how much there is.
type Size struct {
	People          int
	Recommendations int
}

// Whole is the country.
var Whole = Size{People: 420_000, Recommendations: 200_000}

// Fill writes it all, always the same for a size and a time: a year of it, up to now.
func Fill(ctx context.Context, pool *pgxpool.Pool, s Size, now time.Time) error {
	for _, step := range []struct {
		what, sql string
		args      []any
	}{
		{"people", `WITH n AS (SELECT n, $1::bigint + n AS chat, $3::timestamptz - make_interval(mins => (n * 7919 % 525600)::int) AS at FROM generate_series(0, $2::bigint - 1) n),
			c AS (INSERT INTO chats (chat_id, language, created_at, seen_at) SELECT chat, (ARRAY['fr','ar','ary','ary'])[1 + n % 4], at, at FROM n)
			INSERT INTO people (chat_id, name, trade, place, card, rna, updated_at)
			SELECT chat, (ARRAY['Fatima','Ahmed','Khadija','Youssef','Aïcha','Hassan','فاطمة','محمد'])[1 + n % 8], 'T' || to_char(1 + n % 60, 'FM00'), 'fes',
				(ARRAY['yes','no','unsure'])[1 + n % 3], (ARRAY['yes','no','unsure'])[1 + n / 3 % 3], at FROM n`, []any{int64(firstChat), s.People, now}},
		{"stops", `INSERT INTO stops (id, place, region, venue_fr, venue_ar, lat, lon, starts_at, ends_at, capacity, state, published_at)
			SELECT 'stop-' || n, 'fes', to_char(1 + n % 12, 'FM00'), 'Complexe', 'المركب', 34, -5, at, at + interval '6 hours', 5000, 'published', at - interval '30 days'
			FROM generate_series(0, 119) n, LATERAL (SELECT $1::timestamptz - make_interval(days => 3 * n + 1) AS at) t`, []any{now}},
		{"registrations", `INSERT INTO registrations (reference, stop_id, chat_id, self, name, name_key, trade, place, card, rna, state, created_at, attended_at)
			SELECT 'B' || n, s.id, $1::bigint + n, true, p.name, 'k' || n, p.trade, p.place, p.card, p.rna, CASE n % 10 WHEN 0 THEN 'cancelled' WHEN 1 THEN 'confirmed' ELSE 'attended' END,
				s.starts_at - interval '5 days', CASE WHEN n % 10 > 1 THEN s.starts_at + interval '1 hour' END
			FROM generate_series(0, $2::bigint - 1) n JOIN stops s ON s.id = 'stop-' || n % 120 JOIN people p ON p.chat_id = $1::bigint + n`, []any{int64(firstChat), s.People / 2}},
		{"ratings", `INSERT INTO ratings (stop_id, chat_id, score, language, created_at)
			SELECT stop_id, chat_id, 1 + (id * 7 % 11 % 5)::int, 'fr', attended_at + interval '1 day' FROM registrations WHERE state = 'attended' AND id % 2 = 0`, nil},
		{"questions", `INSERT INTO asked (day, language, words, decision) SELECT ($1::timestamptz - make_interval(days => (n % 360)::int))::date, (ARRAY['fr','ar','ary'])[1 + n % 3],
			'question ' || n % 4000, CASE WHEN n % 9 = 0 THEN 'unknown' ELSE 'answer' END FROM generate_series(1, $2::bigint / 2) n`, []any{now, s.People}},
	} {
		if _, err := pool.Exec(ctx, step.sql, step.args...); err != nil {
			return fmt.Errorf("fill in %s: %w", step.what, err)
		}
	}
	if err := say(ctx, pool, s, now); err != nil {
		return err
	}
	for _, step := range []struct{ what, sql string }{
		{"threads", `INSERT INTO threads (reference, chat_id, recommendation, chamber, language, state, since, created_at, replied_at, updated_at)
			SELECT 'H' || id, chat_id, id, chamber, language, 'answered', created_at + interval '2 days', created_at + interval '2 days', created_at + interval '2 days', created_at + interval '2 days'
			FROM recommendations WHERE state = 'answered'`},
		{"messages", `INSERT INTO thread_messages (thread, staff, kind, words, at, to_tell) SELECT id, 1, 'text', 'Merci, nous nous en occupons.', since, false FROM threads`},
		{"moves", `INSERT INTO moves (recommendation, at, staff, what, chamber) SELECT id, created_at + interval '1 day', 1, CASE WHEN state = 'received' THEN 'read' ELSE state END, chamber
			FROM recommendations WHERE state <> 'received'`},
		{"statistics", `ANALYZE`},
	} {
		if _, err := pool.Exec(ctx, step.sql); err != nil {
			return fmt.Errorf("fill in %s: %w", step.what, err)
		}
	}
	return nil
}

// say writes the recommendations: a little more than half are open, one in twenty lies with the organisers, one in fifty is a voice.
func say(ctx context.Context, pool *pgxpool.Pool, s Size, now time.Time) error {
	a := newAuthor(1)
	year := 365 * 24 * time.Hour
	_, err := pool.CopyFrom(ctx, pgx.Identifier{"recommendations"}, []string{"reference", "chat_id", "theme", "kind", "words", "file", "seconds", "region", "chamber", "language", "state",
		"stop_id", "branch", "created_at", "updated_at", "since", "tell_chamber", "told_state"}, pgx.CopyFromSlice(s.Recommendations, func(i int) ([]any, error) {
		theme, language, words := a.write()
		kind, file, seconds := "text", "", 0
		if i%50 == 0 {
			kind, words, file, seconds = "voice", "", "voice-"+strconv.Itoa(i), 12
		}
		region := fmt.Sprintf("%02d", 1+a.random.IntN(12))
		if i%20 == 0 {
			region = ""
		}
		state := pick(a.random, []string{"received", "received", "received", "read", "forwarded", "answered", "answered", "closed"})
		var stop *string
		if i%2 == 0 {
			id := "stop-" + strconv.Itoa(a.random.IntN(120))
			stop = &id
		}
		at := now.Add(-year + time.Duration(i)*(year/time.Duration(s.Recommendations)))
		return []any{"R" + strconv.Itoa(i), int64(firstChat + a.random.IntN(s.People)), theme, kind, words, file, seconds, region, region, language, state, stop, "bois", at, at, at, false, state}, nil
	}))
	if err != nil {
		return fmt.Errorf("fill in recommendations: %w", err)
	}
	return nil
}

package answers

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
)

// versionKey counts in the table house how often the knowledge was changed.
const versionKey = "answers"

// Version tells one state of what staff changed from every other.
func Version(ctx context.Context, q postgres.Querier) (int64, error) {
	var v int64
	if err := q.QueryRow(ctx, `SELECT coalesce((SELECT value::bigint FROM house WHERE key = $1), 0)`, versionKey).Scan(&v); err != nil {
		return 0, fmt.Errorf("look whether the answers were changed: %w", err)
	}
	return v, nil
}

// change runs a statement that changes the knowledge, and counts it.
func change(ctx context.Context, q postgres.Querier, what, sql string, args ...any) error {
	if _, err := q.Exec(ctx, sql, args...); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if _, err := q.Exec(ctx, `INSERT INTO house (key, value) VALUES ($1, '1') ON CONFLICT (key) DO UPDATE SET value = (house.value::bigint + 1)::text`, versionKey); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Read reads all that staff changed.
func Read(ctx context.Context, q postgres.Querier) (Overrides, error) {
	o := Overrides{Texts: map[string]map[locale.Language]Text{}, Sources: map[string]Source{}, Voices: map[string]map[locale.Language]Recording{}}
	var entry, one, two string
	var lang locale.Language
	err := each(ctx, q, `SELECT entry, language, title, body FROM answer_overrides`, []any{&entry, &lang, &one, &two}, func() {
		if o.Texts[entry] == nil {
			o.Texts[entry] = map[locale.Language]Text{}
		}
		o.Texts[entry][lang] = Text{one, two}
	})
	if err != nil {
		return o, err
	}
	var s Source
	if err = each(ctx, q, `SELECT entry, source, checked, confirmed FROM answer_sources`, []any{&entry, &s.Source, &s.Checked, &s.Confirmed}, func() { o.Sources[entry] = s }); err != nil {
		return o, err
	}
	var r Recording
	if err = each(ctx, q, `SELECT entry, language, file, `+recordingName+` FROM answer_voices`, []any{&entry, &lang, &r.File, &r.Name}, func() {
		if o.Voices[entry] == nil {
			o.Voices[entry] = map[locale.Language]Recording{}
		}
		o.Voices[entry][lang] = r
	}); err != nil {
		return o, err
	}
	err = each(ctx, q, `SELECT words, entry FROM answer_ways ORDER BY added_at, words`, []any{&one, &entry}, func() { o.Ways = append(o.Ways, Way{one, entry}) })
	return o, err
}

// each runs a query and takes its rows one by one.
func each(ctx context.Context, q postgres.Querier, sql string, into []any, take func()) error {
	rows, err := q.Query(ctx, sql)
	if err != nil {
		return fmt.Errorf("read what staff changed in the answers: %w", err)
	}
	if _, err = pgx.ForEachRow(rows, into, func() error { take(); return nil }); err != nil {
		return fmt.Errorf("read what staff changed in the answers: %w", err)
	}
	return nil
}

// SetText gives an entry other words in one language; what is empty in t stays as it is. by is staff's number.
func SetText(ctx context.Context, q postgres.Querier, entry string, l locale.Language, t Text, by int64, now time.Time) error {
	return change(ctx, q, "correct an answer", `INSERT INTO answer_overrides AS o (entry, language, title, body, staff, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (entry, language) DO UPDATE SET title = coalesce(nullif(excluded.title, ''), o.title), body = coalesce(nullif(excluded.body, ''), o.body),
			staff = excluded.staff, updated_at = excluded.updated_at`, entry, l, t.Title, t.Body, by, now)
}

// SetSource says who says what the entry says, and on which day that was looked at.
func SetSource(ctx context.Context, q postgres.Querier, entry string, s Source, by int64, now time.Time) error {
	return change(ctx, q, "give an answer its source", `INSERT INTO answer_sources (entry, source, checked, confirmed, staff, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (entry) DO UPDATE SET source = excluded.source, checked = excluded.checked, confirmed = excluded.confirmed, staff = excluded.staff,
			updated_at = excluded.updated_at`, entry, s.Source, s.Checked, s.Confirmed, by, now)
}

// AddWays teaches ways of asking for an entry. Words that were taught for another one before mean this one from now on.
func AddWays(ctx context.Context, q postgres.Querier, entry string, words []string, by int64, now time.Time) error {
	return change(ctx, q, "teach a way of asking", `INSERT INTO answer_ways (words, entry, staff, added_at) SELECT DISTINCT w, $1, $3::bigint, $4::timestamptz
		FROM unnest($2::text[]) w ON CONFLICT (words) DO UPDATE SET entry = excluded.entry, staff = excluded.staff, added_at = excluded.added_at`, entry, words, by, now)
}

// Restore makes an entry what ships: its words in every language, its source. What was recorded and taught stays.
func Restore(ctx context.Context, q postgres.Querier, entry string) error {
	return change(ctx, q, "restore an answer", `WITH words AS (DELETE FROM answer_overrides WHERE entry = $1) DELETE FROM answer_sources WHERE entry = $1`, entry)
}

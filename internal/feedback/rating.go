package feedback

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// A Rating is what somebody says of a stop where they were: a score, and perhaps a word or a voice. There is one of a chat and a stop.
type Rating struct {
	Stop     string
	Score    int // 1 to 5
	Words    string
	File     string // a voice: the messenger's file id
	Seconds  int
	Language string
	Created  time.Time
}

// Rate keeps a chat's score of a stop; a later one takes the place of the first, so that nobody counts twice. Who may rate is the
// caller's to know.
func Rate(ctx context.Context, q postgres.Querier, chat int64, stop string, score int, language string, now time.Time) error {
	if _, err := q.Exec(ctx, `INSERT INTO ratings (stop_id, chat_id, score, language, created_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (stop_id, chat_id) DO UPDATE SET score = excluded.score, language = excluded.language`, stop, chat, score, language, now); err != nil {
		return fmt.Errorf("rate stop %q: %w", stop, err)
	}
	return nil
}

// Explain adds words or a voice to a chat's rating of a stop, of which the staff are told another day; ok is false when there is none.
func Explain(ctx context.Context, q postgres.Querier, chat int64, r Rating, now time.Time) (ok bool, err error) {
	tag, err := q.Exec(ctx, `UPDATE ratings SET words = $3, file = $4, seconds = $5, to_tell = CASE WHEN $3 <> '' OR $4 <> '' THEN $6::date END
		WHERE stop_id = $1 AND chat_id = $2`, r.Stop, chat, r.Words, r.File, r.Seconds, dayOf(now))
	if err != nil {
		return false, fmt.Errorf("explain a rating of stop %q: %w", r.Stop, err)
	}
	return tag.RowsAffected() > 0, nil
}

// Ratings gives a chat's, the newest first.
func Ratings(ctx context.Context, q postgres.Querier, chat int64) ([]Rating, error) {
	rows, err := q.Query(ctx, `SELECT stop_id, score, words, file, seconds, language, created_at FROM ratings WHERE chat_id = $1 ORDER BY id DESC`, chat)
	if err != nil {
		return nil, fmt.Errorf("list a chat's ratings: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Rating])
	if err != nil {
		return nil, fmt.Errorf("list a chat's ratings: %w", err)
	}
	return list, nil
}

// A Mean is the mean score of a stop, and of how many ratings.
type Mean struct {
	Score float64
	Of    int
}

// Means gives the mean score of every stop that was rated, for an operator.
func Means(ctx context.Context, q postgres.Querier) (map[string]Mean, error) {
	rows, err := q.Query(ctx, `SELECT stop_id, avg(score)::float8, count(*) FROM ratings GROUP BY stop_id`)
	if err != nil {
		return nil, fmt.Errorf("work out the stops' mean scores: %w", err)
	}
	means := map[string]Mean{}
	var stop string
	var m Mean
	if _, err := pgx.ForEachRow(rows, []any{&stop, &m.Score, &m.Of}, func() error { means[stop] = m; return nil }); err != nil {
		return nil, fmt.Errorf("work out the stops' mean scores: %w", err)
	}
	return means, nil
}

package answers

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
)

// A Recording is an answer, spoken in one language.
type Recording struct {
	File string // the messenger's id of it
	Name string // 32 hexadecimal digits; what is recorded anew has another one
}

// recordingName is a recording's name, from its row: it stays when the messenger gives it another id.
const recordingName = `md5(entry || ' ' || language || ' ' || extract(epoch FROM updated_at))`

// SetVoice gives an entry a recording in one language; an empty file takes it away.
func SetVoice(ctx context.Context, q postgres.Querier, entry string, l locale.Language, file string, by int64, now time.Time) error {
	if file == "" {
		return change(ctx, q, "take an answer's voice away", `DELETE FROM answer_voices WHERE entry = $1 AND language = $2`, entry, l)
	}
	return change(ctx, q, "record an answer", `INSERT INTO answer_voices (entry, language, file, staff, updated_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (entry, language) DO UPDATE SET file = excluded.file, staff = excluded.staff, updated_at = excluded.updated_at`, entry, l, file, by, now)
}

// Voices are all recordings on a database, for whoever keeps copies of them.
type Voices struct{ On postgres.Querier }

// Recordings gives the messenger's id of each, by its name.
func (v Voices) Recordings(ctx context.Context) (map[string]string, error) {
	rows, err := v.On.Query(ctx, `SELECT `+recordingName+`, file FROM answer_voices`)
	if err != nil {
		return nil, fmt.Errorf("read which answers are recorded: %w", err)
	}
	all := map[string]string{}
	var name, file string
	if _, err = pgx.ForEachRow(rows, []any{&name, &file}, func() error { all[name] = file; return nil }); err != nil {
		return nil, fmt.Errorf("read which answers are recorded: %w", err)
	}
	return all, nil
}

// Renew keeps another id by which the messenger knows a recording.
func (v Voices) Renew(ctx context.Context, name, file string) error {
	return change(ctx, v.On, "keep another id of an answer's voice", `UPDATE answer_voices SET file = $2 WHERE `+recordingName+` = $1`, name, file)
}

package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// A Purpose is what a person can agree to, separately (law 09-08: free, specific, informed).
type Purpose string

// The purposes.
const (
	Data      Purpose = "data"      // to keep their registration, profile and recommendations
	Reminders Purpose = "reminders" // to be written to first
	ByName    Purpose = "name"      // to pass a recommendation on with their name
)

// Version is the version of the words that a person is shown before they agree. A change of what those words promise needs a new
// version here: whoever agreed to an older one is asked again.
func Version(p Purpose) (version string, ok bool) {
	switch p {
	case Data:
		return "data-2026-11c", true
	case Reminders:
		return "reminders-2026-11", true
	case ByName:
		return "name-2026-11", true
	}
	return "", false
}

// Agreed tells whether a chat's last word on a purpose is a yes to the words as they are now.
func Agreed(ctx context.Context, q postgres.Querier, chat int64, p Purpose) (bool, error) {
	version, ok := Version(p)
	if !ok {
		return false, fmt.Errorf("look up a consent: no purpose %q", p)
	}
	var given bool
	err := q.QueryRow(ctx, `SELECT given AND version = $3 FROM consents WHERE chat_id = $1 AND purpose = $2 ORDER BY id DESC LIMIT 1`, chat, p, version).
		Scan(&given)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return false, fmt.Errorf("look up a consent: %w", err)
	}
	return given, nil
}

// Agree notes a chat's yes or no to a purpose, with the version of the words and the time. The same word twice is noted once.
func Agree(ctx context.Context, q postgres.Querier, chat int64, p Purpose, yes bool, now time.Time) error {
	version, ok := Version(p)
	if !ok {
		return fmt.Errorf("note a consent: no purpose %q", p)
	}
	_, err := q.Exec(ctx, `INSERT INTO consents (chat_id, purpose, version, given, at) SELECT $1, $2, $3, $4, $5
		WHERE NOT EXISTS (SELECT FROM (SELECT version, given FROM consents WHERE chat_id = $1 AND purpose = $2 ORDER BY id DESC LIMIT 1) AS last
			WHERE last.version = $3 AND last.given = $4)`,
		chat, p, version, yes, now)
	if err != nil {
		return fmt.Errorf("note a consent: %w", err)
	}
	return nil
}

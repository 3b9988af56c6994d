package people

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// usernameKey is under which the bot's own username is kept, so that commands beside the running bot can write its links.
const usernameKey = "username"

// KeepUsername keeps the bot's username, without @.
func KeepUsername(ctx context.Context, q postgres.Querier, username string) error {
	if _, err := q.Exec(ctx, `INSERT INTO house (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, usernameKey, username); err != nil {
		return fmt.Errorf("keep the bot's username: %w", err)
	}
	return nil
}

// Username is the bot's; "" as long as it has never run.
func Username(ctx context.Context, q postgres.Querier) (string, error) {
	var name string
	err := q.QueryRow(ctx, `SELECT value FROM house WHERE key = $1`, usernameKey).Scan(&name)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("look up the bot's username: %w", err)
	}
	return name, nil
}

package people

import (
	"context"
	"crypto/rand"
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

// ticketKey is under which the key of tickets is kept.
const ticketKey = "ticket key"

// TicketKey is what this deployment seals its tickets with. It is made once: of several who come first at the same moment, all get the
// same. Call it outside of a transaction that may be undone.
func TicketKey(ctx context.Context, q postgres.Querier) (string, error) {
	var key string
	// The update that changes nothing makes a row of somebody else's visible here, which DO NOTHING wouldn't.
	err := q.QueryRow(ctx, `INSERT INTO house (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = house.value RETURNING value`,
		ticketKey, rand.Text()+rand.Text()).Scan(&key)
	if err != nil {
		return "", fmt.Errorf("load the key of tickets: %w", err)
	}
	return key, nil
}

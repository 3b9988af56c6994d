package people

import (
	"context"
	"fmt"
	"time"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
)

// HoldDoor notes at which stop's door a member stands, for the rest of the day: every ticket that they scan is opened by itself.
func HoldDoor(ctx context.Context, q postgres.Querier, member int64, stop string, now time.Time) error {
	if _, err := q.Exec(ctx, `UPDATE staff SET door = $2, door_at = $3 WHERE id = $1`, member, stop, now); err != nil {
		return fmt.Errorf("note who holds the door of stop %q: %w", stop, err)
	}
	return nil
}

// HeldDoor is the stop whose door a member said today that they hold; "" when they said none.
func HeldDoor(ctx context.Context, q postgres.Querier, member int64, now time.Time) (stop string, err error) {
	y, m, d := now.In(locale.Zone()).Date()
	err = q.QueryRow(ctx, `SELECT coalesce(max(door), '') FROM staff WHERE id = $1 AND door_at >= $2`, member, time.Date(y, m, d, 0, 0, 0, 0, locale.Zone())).
		Scan(&stop)
	if err != nil {
		return "", fmt.Errorf("look up whose door a member holds: %w", err)
	}
	return stop, nil
}

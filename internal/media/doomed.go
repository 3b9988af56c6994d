package media

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// doomedAtOnce is how many files go before it is noted that they are gone.
const doomedAtOnce = 100

// Empty lets go of what this program's stores should keep no longer, and tells how many files that were. Every instance calls it for
// itself: a folder is on its own machine. What can't be reached now is looked for again the next time. The copies of recordings that there are
// no more go too.
func (k *Keeper) Empty(ctx context.Context, now time.Time) (gone int, err error) {
	err = k.endRecordings(ctx)
	for _, s := range k.Stores {
		n, failed := k.empty(ctx, s, now)
		gone, err = gone+n, errors.Join(err, failed)
	}
	return gone, err
}

func (k *Keeper) empty(ctx context.Context, s Store, now time.Time) (gone int, err error) {
	for {
		// Looked for at once, and once more when nobody can be putting it there any longer.
		rows, err := k.Pool.Query(ctx, `SELECT key FROM doomed WHERE store = $1 AND (NOT tried OR due_at <= $2) ORDER BY key LIMIT $3`, s.Name(), now, doomedAtOnce)
		if err != nil {
			return gone, fmt.Errorf("look for files to let go of: %w", err)
		}
		keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return gone, fmt.Errorf("look for files to let go of: %w", err)
		}
		for _, key := range keys {
			if err := s.Delete(ctx, key); err != nil {
				return gone, fmt.Errorf("let go of a file: %w", err)
			}
		}
		if _, err := k.Pool.Exec(ctx, `WITH over AS (DELETE FROM doomed WHERE store = $1 AND key = ANY($2) AND due_at <= $3)
			UPDATE doomed SET tried = true WHERE store = $1 AND key = ANY($2) AND due_at > $3`, s.Name(), keys, now); err != nil {
			return gone, fmt.Errorf("note that files are gone: %w", err)
		}
		if gone += len(keys); len(keys) < doomedAtOnce {
			return gone, nil
		}
	}
}

package media

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"
)

// A file is one instance's for lease, and it takes perFile at most; new ones are begun for perRun. So nobody else has the file before this
// one is done with it, by clocks that differ by less than a minute.
const (
	lease   = 4 * time.Minute
	perFile = 90 * time.Second
	perRun  = time.Minute
)

// LongestRun is how long a Fetch may take.
const LongestRun = perRun + perFile

// A missing file is asked for so often, over a quarter of an hour: Telegram has the same words for "gone" and for "not just now".
const tries = 6

// pause is how long is waited after so many attempts that failed.
func pause(attempts int) time.Duration { return min(30*time.Second<<min(attempts-1, 10), time.Hour) }

// wanted is a file that this instance has for now.
type wanted struct {
	id       int64
	kind     string
	file     string
	attempts int
	key      string
	store    Store
}

// Fetch fetches what is wanted and due, one file at a time, until there is none left or a minute is over. What goes wrong on the way to the
// messenger or to the store ends it, and is tried again later: nothing is lost. The files of what was erased meanwhile are not kept.
func (k *Keeper) Fetch(ctx context.Context, now time.Time) error {
	run, done := context.WithTimeout(ctx, perRun)
	defer done()
	for run.Err() == nil {
		w, ok, err := k.claim(ctx, now)
		if err != nil || !ok {
			return err
		}
		if err := k.take(ctx, w, now); err != nil {
			return err
		}
	}
	return nil
}

// claim takes the next file that is due. Each attempt has a key of its own, and that of the one before is doomed: whoever made it may have been
// lost after the bytes were there.
func (k *Keeper) claim(ctx context.Context, now time.Time) (w wanted, ok bool, err error) {
	var key [16]byte
	if _, err := io.ReadFull(k.Random, key[:]); err != nil {
		return w, false, fmt.Errorf("make a name for a file: %w", err)
	}
	w = wanted{key: hex.EncodeToString(key[:]), store: k.Stores[0]}
	err = k.Pool.QueryRow(ctx, `UPDATE media SET key = $1, store = $2, attempts = attempts + 1, due_at = $3
		WHERE id = (SELECT id FROM media WHERE state = 'wanted' AND due_at <= $4 ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
		RETURNING id, kind, file, attempts`, w.key, w.store.Name(), now.Add(lease), now).Scan(&w.id, &w.kind, &w.file, &w.attempts)
	if errors.Is(err, pgx.ErrNoRows) {
		return w, false, nil
	}
	if err != nil {
		return w, false, fmt.Errorf("look for files to fetch: %w", err)
	}
	return w, true, nil
}

// take fetches one file, looks at it and keeps it. An error is one that the next file would meet too.
func (k *Keeper) take(ctx context.Context, w wanted, now time.Time) error {
	mine, done := context.WithTimeout(ctx, perFile)
	defer done()
	data, err := k.Source.Fetch(mine, w.file, Most)
	if err == nil && len(data) > Most {
		err = ErrTooBig
	}
	var busy *Busy
	switch {
	case errors.Is(err, ErrTooBig):
		return k.refuse(ctx, w, TooBig, "")
	case errors.Is(err, ErrMissing) && w.attempts >= tries:
		return k.refuse(ctx, w, Gone, "")
	case errors.Is(err, ErrMissing):
		return k.later(ctx, w, now.Add(pause(w.attempts)))
	case errors.As(err, &busy):
		return errors.Join(err, k.leaveAlone(ctx, now.Add(busy.For)))
	case err != nil:
		return errors.Join(fmt.Errorf("fetch a file: %w", err), k.later(ctx, w, now.Add(pause(w.attempts))))
	}
	kind, ok := look(w.kind, data)
	if !ok {
		return k.refuse(ctx, w, WrongType, kind)
	}
	if err := w.store.Put(mine, w.key, data, kind); err != nil {
		return errors.Join(fmt.Errorf("keep a file: %w", err), k.later(ctx, w, now.Add(pause(w.attempts))))
	}
	return k.keep(ctx, w, kind, data)
}

// keep notes that a file is there. One whose row has gone, or has another file by now, goes again; should this program not come to that, the
// key is among the doomed.
func (k *Keeper) keep(ctx context.Context, w wanted, kind string, data []byte) error {
	sum := sha256.Sum256(data)
	tag, err := k.Pool.Exec(ctx, `UPDATE media SET state = 'kept', type = $3, size = $4, sha256 = $5 WHERE id = $1 AND key = $2 AND state = 'wanted'`,
		w.id, w.key, kind, len(data), sum[:])
	if err != nil {
		return fmt.Errorf("note that a file is kept: %w", err)
	}
	if tag.RowsAffected() == 0 {
		if err := w.store.Delete(ctx, w.key); err != nil {
			return fmt.Errorf("let go of a file that nobody wants any more: %w", err)
		}
		return nil
	}
	k.observe("kept")
	return nil
}

// refuse ends the way of a file; it stays with the messenger.
func (k *Keeper) refuse(ctx context.Context, w wanted, reason, kind string) error {
	if _, err := k.Pool.Exec(ctx, `UPDATE media SET state = 'refused', reason = $3, type = $4, key = NULL WHERE id = $1 AND key = $2`, w.id, w.key, reason, kind); err != nil {
		return fmt.Errorf("note that a file is refused: %w", err)
	}
	k.observe("refused")
	k.Log.Info("a file is refused", "file", w.id, "reason", reason, "type", kind)
	return nil
}

// later has a file tried again. When the program is just being stopped its lease says when.
func (k *Keeper) later(ctx context.Context, w wanted, at time.Time) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	k.observe("retried")
	if _, err := k.Pool.Exec(ctx, `UPDATE media SET due_at = $3 WHERE id = $1 AND key = $2 AND state = 'wanted'`, w.id, w.key, at); err != nil {
		return fmt.Errorf("have a file tried again: %w", err)
	}
	return nil
}

// leaveAlone has no file tried by anybody before that time.
func (k *Keeper) leaveAlone(ctx context.Context, until time.Time) error {
	k.observe("retried")
	if _, err := k.Pool.Exec(ctx, `UPDATE media SET due_at = $1 WHERE state = 'wanted' AND due_at < $1`, until); err != nil {
		return fmt.Errorf("leave the messenger alone: %w", err)
	}
	return nil
}

func (k *Keeper) observe(result string) {
	if k.Observe != nil {
		k.Observe(result)
	}
}

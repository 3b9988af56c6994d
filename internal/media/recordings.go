package media

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// Recordings are voices that the house itself shows: answers, spoken. Their table is another room's.
type Recordings interface {
	// Recordings gives the messenger's id of each, by its name: 32 hexadecimal digits, and never those of another recording.
	Recordings(ctx context.Context) (map[string]string, error)
	// Renew keeps another id by which the messenger knows a recording.
	Renew(ctx context.Context, name, file string) error
}

// askAgain is after how long a recording that is refused is asked for again: Telegram has the same words for "gone" and for "not just now".
const askAgain = time.Hour

// FetchRecordings has a copy of each recording put into this program's own store, under its name; each instance does so for itself, unless they
// share the store. No row of media stands for it but one in doomed, written before the bytes are: as long as the copy is on its way it has to go
// with the lease, so that whoever is killed leaves nothing and it is fetched again; once it is there it has to go never, until Empty finds its
// recording gone.
func (k *Keeper) FetchRecordings(ctx context.Context, now time.Time) error {
	run, done := context.WithTimeout(ctx, perRun)
	defer done()
	for run.Err() == nil {
		all, err := k.Recordings.Recordings(ctx)
		if err != nil {
			return err
		}
		name, ok, err := k.claimRecording(ctx, slices.Sorted(maps.Keys(all)), now)
		if err != nil || !ok {
			return err
		}
		if err := k.takeRecording(ctx, name, all, now); err != nil {
			return err
		}
	}
	return nil
}

// claimRecording takes the next one that this store has no copy of.
func (k *Keeper) claimRecording(ctx context.Context, names []string, now time.Time) (name string, ok bool, err error) {
	err = k.Pool.QueryRow(ctx, `INSERT INTO doomed (store, key, due_at, tried) SELECT $1, name, $3, true FROM unnest($2::text[]) name
		WHERE NOT EXISTS (SELECT FROM doomed WHERE store = $1 AND key = name) ORDER BY name LIMIT 1 ON CONFLICT DO NOTHING RETURNING key`,
		k.Stores[0].Name(), names, now.Add(lease)).Scan(&name)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("look for recordings to fetch: %w", err)
	}
	return name, true, nil
}

// takeRecording fetches one, looks at it and keeps it. What goes wrong is tried again when its lease is over.
func (k *Keeper) takeRecording(ctx context.Context, name string, all map[string]string, now time.Time) error {
	mine, done := context.WithTimeout(ctx, perFile)
	defer done()
	data, err := k.Source.Fetch(mine, all[name], Most)
	var busy *Busy
	switch {
	case errors.As(err, &busy):
		k.observe("retried")
		return errors.Join(err, k.leaveRecordingsAlone(ctx, slices.Collect(maps.Keys(all)), now.Add(busy.For)))
	case errors.Is(err, ErrMissing), errors.Is(err, ErrTooBig), err == nil && len(data) > Most:
		return k.refuseRecording(ctx, name, now)
	case err != nil:
		k.observe("retried")
		return fmt.Errorf("fetch a recording: %w", err)
	}
	kind, ok := look(Voice, data)
	if !ok {
		return k.refuseRecording(ctx, name, now)
	}
	store := k.Stores[0]
	if err := store.Put(mine, name, data, kind); err != nil {
		k.observe("retried")
		return fmt.Errorf("keep a recording: %w", err)
	}
	tag, err := k.Pool.Exec(ctx, `UPDATE doomed SET due_at = 'infinity' WHERE store = $1 AND key = $2 AND due_at > $3`, store.Name(), name, now)
	if err != nil {
		return fmt.Errorf("note that a recording is kept: %w", err)
	}
	if tag.RowsAffected() == 0 {
		if err := store.Delete(ctx, name); err != nil {
			return fmt.Errorf("let go of a recording that came too late: %w", err)
		}
		return nil
	}
	k.observe("kept")
	return nil
}

// refuseRecording leaves a recording to the messenger for a while.
func (k *Keeper) refuseRecording(ctx context.Context, name string, now time.Time) error {
	k.observe("refused")
	k.Log.Info("there is no copy of a recording: it is too big, no voice, or the messenger doesn't have it", "recording", name)
	if _, err := k.Pool.Exec(ctx, `UPDATE doomed SET due_at = $3 WHERE store = $1 AND key = $2`, k.Stores[0].Name(), name, now.Add(askAgain)); err != nil {
		return fmt.Errorf("note that a recording is refused: %w", err)
	}
	return nil
}

// leaveRecordingsAlone has none that this store has no copy of fetched before that time.
func (k *Keeper) leaveRecordingsAlone(ctx context.Context, names []string, until time.Time) error {
	if _, err := k.Pool.Exec(ctx, `INSERT INTO doomed AS d (store, key, due_at, tried) SELECT $1, unnest($2::text[]), $3, true
		ON CONFLICT (store, key) DO UPDATE SET due_at = excluded.due_at WHERE d.due_at < excluded.due_at`, k.Stores[0].Name(), names, until); err != nil {
		return fmt.Errorf("leave the messenger alone: %w", err)
	}
	return nil
}

// endRecordings dooms the copies of recordings that there are no more.
func (k *Keeper) endRecordings(ctx context.Context) error {
	if k.Recordings == nil {
		return nil
	}
	all, err := k.Recordings.Recordings(ctx)
	if err != nil {
		return err
	}
	names := make([]string, len(k.Stores))
	for i, s := range k.Stores {
		names[i] = s.Name()
	}
	if _, err := k.Pool.Exec(ctx, `UPDATE doomed SET due_at = '-infinity' WHERE store = ANY($1) AND due_at = 'infinity' AND key <> ALL($2)`,
		names, slices.AppendSeq([]string{}, maps.Keys(all))); err != nil { // never nil: nothing is unlike NULL
		return fmt.Errorf("look for recordings that have gone: %w", err)
	}
	return nil
}

package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// ErrNotKept says that there is no copy of a file to be had here: it isn't fetched yet, was refused or has gone, lies with another program, or is not
// what it was. Any other error is of a store or a database that may soon work again.
var ErrNotKept = errors.New("there is no copy of the file here")

// A Ref names a file that there may be a copy of: by its number in media, or a recording by its name.
type Ref struct {
	Number    int64
	Recording string
}

func (r Ref) String() string {
	if r.Recording != "" {
		return "recording " + r.Recording
	}
	return fmt.Sprint("file ", r.Number)
}

// Copy gives the bytes of a file that is kept, and their type; for when the messenger doesn't know its own id of it any more, as after the bot
// got another token. They are what was looked at, to the last byte; of a recording, a voice in any case.
func (k *Keeper) Copy(ctx context.Context, r Ref) (data []byte, contentType string, err error) {
	if r.Recording != "" {
		return k.recording(ctx, r)
	}
	var store, key string
	var sum []byte
	err = k.Pool.QueryRow(ctx, `SELECT store, key, type, sha256 FROM media WHERE id = $1 AND state = 'kept'`, r.Number).Scan(&store, &key, &contentType, &sum)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, "", ErrNotKept
	}
	if err != nil {
		return nil, "", fmt.Errorf("look for the copy of a file: %w", err)
	}
	if data, err = k.read(ctx, []string{store}, key); err != nil {
		return nil, "", err
	}
	if now := sha256.Sum256(data); !bytes.Equal(now[:], sum) {
		return nil, "", fmt.Errorf("read the copy of %s: its bytes are no longer those that were kept: %w", r, ErrNotKept)
	}
	return data, contentType, nil
}

func (k *Keeper) recording(ctx context.Context, r Ref) (data []byte, contentType string, err error) {
	rows, err := k.Pool.Query(ctx, `SELECT store FROM doomed WHERE key = $1 AND due_at = 'infinity'`, r.Recording)
	if err != nil {
		return nil, "", fmt.Errorf("look for the copy of a recording: %w", err)
	}
	stores, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, "", fmt.Errorf("look for the copy of a recording: %w", err)
	}
	if data, err = k.read(ctx, stores, r.Recording); err != nil {
		return nil, "", err
	}
	contentType, ok := look(Voice, data)
	if !ok {
		return nil, "", fmt.Errorf("read the copy of %s: its bytes are no longer a voice: %w", r, ErrNotKept)
	}
	return data, contentType, nil
}

// read reads a key from the first of this program's stores that is one of those.
func (k *Keeper) read(ctx context.Context, stores []string, key string) ([]byte, error) {
	for _, s := range k.Stores {
		if !slices.Contains(stores, s.Name()) {
			continue
		}
		data, err := s.Get(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("read the copy of a file: %w", err)
		}
		return data, nil
	}
	return nil, ErrNotKept
}

// Known gives the messenger's id of a file as it is by now; "" when there is none. It may be another one than when the file was said.
func (k *Keeper) Known(ctx context.Context, r Ref) (file string, err error) {
	if r.Recording != "" && k.Recordings != nil {
		all, err := k.Recordings.Recordings(ctx)
		return all[r.Recording], err
	}
	err = k.Pool.QueryRow(ctx, `SELECT coalesce((SELECT file FROM media WHERE id = $1), '')`, r.Number).Scan(&file)
	if err != nil {
		return "", fmt.Errorf("look for the id of a file: %w", err)
	}
	return file, nil
}

// Renew keeps the id that the messenger gave the copy of a file when it got it: the next one needs no copy. The row that has the file still
// says by which id it came.
func (k *Keeper) Renew(ctx context.Context, r Ref, file string) error {
	if r.Recording != "" && k.Recordings != nil {
		return k.Recordings.Renew(ctx, r.Recording, file)
	}
	if _, err := k.Pool.Exec(ctx, `UPDATE media SET file = $2 WHERE id = $1 AND state = 'kept'`, r.Number, file); err != nil {
		return fmt.Errorf("keep another id of a file: %w", err)
	}
	return nil
}

package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// ErrNotKept says that there is no copy of a file to be had here: it isn't fetched yet, was refused or has gone, or lies with another program.
var ErrNotKept = errors.New("there is no copy of the file here")

// Copy gives the bytes of a file that is kept, by its number in media, and their type; for when the messenger doesn't know its own id of it
// any more, as after the bot got another token. They are what was looked at, to the last byte.
func (k *Keeper) Copy(ctx context.Context, id int64) (data []byte, contentType string, err error) {
	var store, key string
	var sum []byte
	err = k.Pool.QueryRow(ctx, `SELECT store, key, type, sha256 FROM media WHERE id = $1 AND state = 'kept'`, id).Scan(&store, &key, &contentType, &sum)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, "", ErrNotKept
	}
	if err != nil {
		return nil, "", fmt.Errorf("look for the copy of a file: %w", err)
	}
	for _, s := range k.Stores {
		if s.Name() != store {
			continue
		}
		if data, err = s.Get(ctx, key); err != nil {
			return nil, "", fmt.Errorf("read the copy of a file: %w", err)
		}
		if now := sha256.Sum256(data); !bytes.Equal(now[:], sum) {
			return nil, "", fmt.Errorf("read the copy of file %d: its bytes are no longer those that were kept", id)
		}
		return data, contentType, nil
	}
	return nil, "", ErrNotKept
}

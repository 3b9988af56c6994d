// Package media owns the files of what people say, their voices and pictures: each is fetched from the messenger once, looked at, and kept in
// a store under a random name. Of answers that are recorded it keeps a copy there too.
//
// It promises that what a file is, is read from its bytes and never from what it claims; that a file whose type lies, or that is too big, is
// kept nowhere; that nothing is lost while the messenger is away or the disk full; and that the bytes of what was erased, or is kept no
// longer, go, whatever crashes in between. It knows whose a file is no more than its table does, which knows of no chat. Which rows have a
// file, the tables themselves tell it (migrations/0009_media.sql).
package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// A Store keeps bytes under a key: a folder, or a bucket.
type Store interface {
	// Name is what the database knows the store by; the same at every start.
	Name() string
	// Put keeps data whole, or not at all. What was there under the key is replaced.
	Put(ctx context.Context, key string, data []byte, contentType string) error
	// Get gives what was put under the key; ErrNotKept when nothing is there.
	Get(ctx context.Context, key string) ([]byte, error)
	// Delete leaves nothing under the key, also of a Put that was broken off. Nothing there is no error.
	Delete(ctx context.Context, key string) error
}

// A Source is where files come from: the messenger.
type Source interface {
	// Fetch gives a file's bytes, at most so many. Its errors are ErrTooBig, ErrMissing, *Busy, and any other for what may well go better later.
	Fetch(ctx context.Context, file string, most int) ([]byte, error)
}

// What a Source says.
var (
	ErrTooBig  = errors.New("the file is too big")
	ErrMissing = errors.New("the messenger doesn't have the file")
)

// Busy is a messenger that doesn't want to be asked for some time.
type Busy struct{ For time.Duration }

func (b *Busy) Error() string {
	return fmt.Sprintf("the messenger wants to be left alone for %v", b.For)
}

// Most is how big a file may be, in bytes. Telegram gives no bigger ones to bots.
const Most = 20 << 20

// The kinds of what is said that have a file.
const (
	Voice = "voice"
	Photo = "photo"
)

// Why a file is refused.
const (
	WrongType = "type" // it is not what it was sent as
	TooBig    = "size"
	Gone      = "gone" // the messenger doesn't have it
)

// A Keeper does the work. One that is shared by goroutines, and several on one database, fetch each file once.
type Keeper struct {
	Pool       *pgxpool.Pool
	Source     Source
	Stores     []Store    // the first takes what is new; each lets go of what it should
	Recordings Recordings // nil: there are none
	Random     io.Reader
	Log        *slog.Logger
	Observe    func(result string) // kept, refused, retried
}

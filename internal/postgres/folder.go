package postgres

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// longestSocket is what a Unix socket's address holds, its closing zero left out: 107 bytes on Linux, 103 on macOS and the BSDs.
const longestSocket = 103

// folder is a data folder that this program has for itself until release.
//
//	QAFILA_DATA/postgres.lock   who has it: locked, and the pid to read
//	QAFILA_DATA/postgres.log    what the server says, without statements or values
//	QAFILA_DATA/postgres/       the server's own folder, or a link to it
type folder struct {
	path string
	lock *os.File
}

// claim makes the folder if need be and locks it. A folder that another program has is waited for a moment, as that one may be ending.
func claim(ctx context.Context, path string) (folder, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return folder{}, fmt.Errorf("QAFILA_DATA: %w", err)
	}
	mode := fs.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o711 // the server's user passes through
	}
	if err := os.MkdirAll(path, mode); err != nil {
		return folder{}, fmt.Errorf("make the data folder (QAFILA_DATA): %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(path, "postgres.lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return folder{}, fmt.Errorf("lock the data folder (QAFILA_DATA): %w", err)
	}
	for deadline := time.Now().Add(time.Second); ; {
		err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			break
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) || time.Now().After(deadline) || ctx.Err() != nil {
			holder, _ := os.ReadFile(lock.Name()) // only to say who
			lock.Close()
			if errors.Is(err, syscall.EWOULDBLOCK) {
				return folder{}, fmt.Errorf("the data folder %s is in use by process %s: stop that one first, or set QAFILA_DATA to another folder",
					path, strings.TrimSpace(string(holder)))
			}
			return folder{}, fmt.Errorf("lock the data folder %s (QAFILA_DATA): %w", path, err)
		}
		pause(ctx, 50*time.Millisecond)
	}
	f := folder{path, lock}
	if err := errors.Join(sameOwner(lock, path), lock.Truncate(0), writeAt(lock, strconv.Itoa(os.Getpid())+"\n")); err != nil {
		f.release()
		return folder{}, fmt.Errorf("lock the data folder %s (QAFILA_DATA): %w", path, err)
	}
	return f, nil
}

// sameOwner keeps what root makes in another user's data folder usable by that user.
func sameOwner(file *os.File, folder string) error {
	info, err := os.Stat(folder)
	if err != nil || os.Geteuid() != 0 {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	return file.Chown(int(owner.Uid), int(owner.Gid))
}

func writeAt(file *os.File, text string) error {
	_, err := file.WriteAt([]byte(text), 0)
	return err
}

// release gives the folder back. The lock is undone rather than left to Close: a child that is just being started shares it.
func (f folder) release() {
	_ = syscall.Flock(int(f.lock.Fd()), syscall.LOCK_UN) // the close below would do it too
	_ = f.lock.Close()
}

// home is the server's own folder, made for who if it is not there. It stands inside the data folder unless the server's user, who
// is not root, cannot get there: below root's private home, say. Then it stands in one of fallbacks and the data folder
// holds a link to it, so that the same data folder always means the same data.
func (f folder) home(ctx context.Context, log *slog.Logger, fallbacks []string) (string, account, error) {
	link := filepath.Join(f.path, "postgres")
	who := defaultAccount()
	if _, err := os.Lstat(link); err == nil {
		home, err := filepath.EvalSymlinks(link)
		if err != nil {
			return "", who, fmt.Errorf("%s points to a database that is gone; bring it back, or remove the link to begin with an empty one: %w", link, err)
		}
		who = accountOf(home, who)
		if err := who.own(home); err != nil { // made by root, who was killed before it could give it away
			return "", who, fmt.Errorf("give the database's folder to %s: %w", who.name, err)
		}
		if !who.reaches(ctx, home) {
			return "", who, fmt.Errorf("%s cannot enter %s: give it the way there, or set QAFILA_DATA to another folder", who.name, home)
		}
		if home != link {
			err = belongsTo(home, f.path)
		}
		return home, who, err
	}
	if who.reaches(ctx, f.path) {
		if err := makeHome(link, who); err != nil {
			return "", who, fmt.Errorf("make the database's folder in QAFILA_DATA: %w", err)
		}
		return link, who, nil
	}
	home, err := f.homeElsewhere(ctx, who, fallbacks)
	if err != nil {
		return "", who, err
	}
	if err := os.Symlink(home, link); err != nil {
		return "", who, fmt.Errorf("link the database into QAFILA_DATA: %w", err)
	}
	log.Info("PostgreSQL does not run as root, and the user it runs as cannot enter the data folder: the database stands elsewhere",
		"user", who.name, "folder", f.path, "database", home)
	return home, who, nil
}

// homeElsewhere makes a folder of a new name each time: a data folder that was erased does not come back to its old data.
func (f folder) homeElsewhere(ctx context.Context, who account, bases []string) (string, error) {
	err := errors.New("no other place is known")
	for _, base := range bases {
		var home string
		if home, err = f.homeIn(ctx, base, who); err == nil {
			return home, nil
		}
	}
	return "", fmt.Errorf("%s cannot enter the data folder %s: set QAFILA_DATA to a folder that it can (%w)", who.name, f.path, err)
}

func (f folder) homeIn(ctx context.Context, base string, who account) (string, error) {
	if err := os.MkdirAll(base, 0o711); err != nil {
		return "", err
	}
	if err := (account{}).verifyOwner(base); err != nil {
		return "", err
	}
	if !who.reaches(ctx, base) {
		return "", fmt.Errorf("%s cannot enter %s", who.name, base)
	}
	dropAbandoned(base, time.Now())
	home, err := os.MkdirTemp(base, fmt.Sprintf("%08x-", hash(f.path)))
	if err != nil {
		return "", err
	}
	return home, errors.Join(belongsTo(home, f.path), who.own(home))
}

// belongsTo notes beside the data which data folder has the link to it, and, by the note's date, when it was last started.
func belongsTo(home, path string) error {
	return os.WriteFile(filepath.Join(home, "belongs-to"), []byte(path+"\n"), 0o644)
}

// abandoned is how long data without its link is kept, for whoever moves a data folder and starts it from its new place.
const abandoned = 30 * 24 * time.Hour

// dropAbandoned removes what erased data folders left: it may be personal data.
func dropAbandoned(base string, now time.Time) {
	notes, _ := filepath.Glob(filepath.Join(base, "*", "belongs-to")) // the pattern is well-formed
	for _, note := range notes {
		home := filepath.Dir(note)
		info, errInfo := os.Stat(note)
		path, errPath := os.ReadFile(note)
		if errInfo != nil || errPath != nil || now.Sub(info.ModTime()) < abandoned {
			continue
		}
		if there, _ := filepath.EvalSymlinks(filepath.Join(strings.TrimSpace(string(path)), "postgres")); there != home {
			_ = os.RemoveAll(home) // the next one tries again
		}
	}
}

func makeHome(path string, who account) error {
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return who.own(path)
}

// socketFolder is where the server's socket stands: in its home when a socket's address can say that path, else in a temporary folder
// known by a hash of the home's path.
func socketFolder(ctx context.Context, home string, who account) (string, error) {
	inside := filepath.Join(home, "socket")
	if fits(inside) {
		return inside, makeHome(inside, who)
	}
	base, err := shortTemp(ctx, who)
	if err != nil {
		return "", err
	}
	outside := filepath.Join(base, fmt.Sprintf("qafila-%d-%08x", who.uid(), hash(home)))
	if err := os.Mkdir(outside, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("make a folder for the database's socket: %w", err)
	}
	if err := who.verifyOwner(outside); err != nil {
		return "", fmt.Errorf("use a folder for the database's socket: %w", err)
	}
	return outside, who.own(outside)
}

// shortTemp is a folder for temporary files that who can reach, by a path that leaves room for a socket's.
func shortTemp(ctx context.Context, who account) (string, error) {
	for _, base := range []string{os.TempDir(), "/tmp"} {
		if filepath.IsAbs(base) && fits(filepath.Join(base, strings.Repeat("x", 40))) && who.reaches(ctx, base) {
			return base, nil
		}
	}
	return "", fmt.Errorf("no temporary folder with a short path that %s can enter: set TMPDIR to one", who.name)
}

// fits is about length, and about commas, which part one host from the next in a PostgreSQL address.
func fits(folder string) bool {
	return len(filepath.Join(folder, ".s.PGSQL.5432")) <= longestSocket && !strings.Contains(folder, ",")
}

func hash(text string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(text))
	return h.Sum32()
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

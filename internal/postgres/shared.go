package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// quick are the settings of a server whose data is worth nothing tomorrow.
func quick() []string {
	return []string{
		"fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "max_connections=300",
		"max_wal_size=128MB", // it may lie in memory
	}
}

// grace is how long a shared test server waits for the next user after the last one left: the compile of the next package, or the
// developer's next run.
const grace = 20 * time.Second

// keeperScript runs a shared test server for as long as anybody has its "users" pipe open, and its grace. Who comes opens the pipe
// and writes a line; the kernel takes back what a killed test held. Nobody is turned out: before it stops, the keeper takes the pipe's
// name away, so that no one new comes in, and looks once more whether someone slipped in before that.
const keeperScript = `home=$1; grace=$2; shift 2
( "$@"; echo $? >"$home/exited" ) 3<&- &
exec 3<"$home/users"
while :; do
	while read -r line <&3; do :; done
	sleep "$grace" 3<&-
	mv "$home/users" "$home/leaving"
	read -r line <&3 || break
	mv "$home/leaving" "$home/users"
done
read -r pid <"$home/data/postmaster.pid" && kill -INT "$pid"
wait
rm -rf "$home"`

// shared is a test server that every process of one user shares. It is not ours to stop: leave it by closing users.
type shared struct {
	cluster cluster
	users   *os.File
}

// join enters the shared test server of folder temp, starting one if none runs. Its data lives no longer than the server:
//
//	qafila-test-UID-HASH/        one for each user, PostgreSQL and settings
//	  lock                       held by whoever looks for, or starts, a server
//	  current                    the name of the server to join
//	  NAME/                      data, log and socket of one server, gone when its keeper ends
func join(ctx context.Context, who account, temp string, grace time.Duration) (shared, error) {
	bin, err := findPrograms(ctx, who, usualPlaces(ctx), 0)
	if err != nil {
		return shared{}, err
	}
	kind := hash(bin.folder + "\n" + strings.Join(append(modest(), quick()...), "\n") + keeperScript)
	base := filepath.Join(temp, fmt.Sprintf("qafila-test-%d-%08x", os.Geteuid(), kind))
	if err := os.Mkdir(base, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return shared{}, fmt.Errorf("make a folder for the test server: %w", err)
	}
	if err := errors.Join(who.verifyOwner(base), who.own(base)); err != nil {
		return shared{}, fmt.Errorf("use a folder for the test server: %w", err)
	}
	lock, err := lockFile(ctx, filepath.Join(base, "lock"))
	if err != nil {
		return shared{}, fmt.Errorf("lock the test server: %w", err)
	}
	defer lock.Close()

	at := func(name string) cluster {
		home := filepath.Join(base, name)
		return cluster{home: home, sockets: home, log: filepath.Join(home, "log"), who: who, bin: bin, settings: quick()}
	}
	current := filepath.Join(base, "current")
	if name, err := os.ReadFile(current); err == nil {
		if s, err := enter(ctx, at(string(name))); err == nil {
			return s, nil
		}
	}
	sweep(ctx, base, at)
	home, err := os.MkdirTemp(base, "")
	if err != nil {
		return shared{}, fmt.Errorf("make a folder for the test server: %w", err)
	}
	s, err := found(ctx, at(filepath.Base(home)), grace)
	if err != nil {
		return shared{}, err
	}
	if err := os.WriteFile(current, []byte(filepath.Base(home)), 0o600); err != nil {
		s.leave()
		return shared{}, fmt.Errorf("announce the test server: %w", err)
	}
	return s, nil
}

func (s shared) url() string { return s.cluster.url(databaseName) }

func (s shared) leave() { _ = s.users.Close() }

// found makes a new server under a keeper of its own, and enters it.
func found(ctx context.Context, c cluster, grace time.Duration) (shared, error) {
	if err := c.who.own(c.home); err != nil {
		return shared{}, fmt.Errorf("make a test server: %w", err)
	}
	if err := c.initialise(ctx); err != nil {
		return shared{}, err
	}
	users := filepath.Join(c.home, "users")
	if err := errors.Join(syscall.Mkfifo(users, 0o600), c.who.own(users)); err != nil {
		return shared{}, fmt.Errorf("make a test server: %w", err)
	}
	log, err := c.openLog()
	if err != nil {
		return shared{}, fmt.Errorf("make a test server: %w", err)
	}
	defer log.Close()
	arguments := append([]string{"-c", keeperScript, "qafila-test-keeper", c.home, strconv.Itoa(int(grace.Seconds())), c.bin.path("postgres")}, c.arguments()...)
	keeper := c.who.command(context.WithoutCancel(ctx), c.home, "/bin/sh", arguments...)
	keeper.Stdout, keeper.Stderr = log, log
	if err := keeper.Start(); err != nil {
		return shared{}, fmt.Errorf("start a test server: %w", err)
	}
	_ = keeper.Process.Release() // it outlives us, on purpose
	for {
		s, err := enter(ctx, c)
		if err == nil || !errors.Is(err, errNobodyHome) {
			return s, err
		}
		if ctx.Err() != nil {
			return shared{}, fmt.Errorf("start a test server: %w", err)
		}
		pause(ctx, 5*time.Millisecond)
	}
}

var errNobodyHome = errors.New("no keeper")

// enter becomes one of the server's users, if there is a keeper to let us in.
func enter(ctx context.Context, c cluster) (shared, error) {
	// Without a reader, opening fails at once: ENXIO; without the name: ENOENT.
	users, err := os.OpenFile(filepath.Join(c.home, "users"), os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return shared{}, fmt.Errorf("%w: %w", errNobodyHome, err)
	}
	if _, err = users.WriteString("hello\n"); err != nil {
		users.Close()
		return shared{}, fmt.Errorf("%w: %w", errNobodyHome, err)
	}
	err = c.answering(ctx, func() error {
		if _, err := os.Stat(filepath.Join(c.home, "exited")); err == nil {
			return fmt.Errorf("the test server did not start: %s", lastLines(c.said(0)))
		}
		return nil
	})
	if err != nil {
		users.Close()
		return shared{}, err
	}
	return shared{c, users}, nil
}

// sweep removes servers whose keeper was killed.
func sweep(ctx context.Context, base string, at func(name string) cluster) {
	entries, _ := os.ReadDir(base) // nothing to read, nothing to sweep
	for _, entry := range entries {
		if !entry.IsDir() || kept(filepath.Join(base, entry.Name())) {
			continue
		}
		c := at(entry.Name())
		if c.clear(ctx) == nil {
			_ = os.RemoveAll(c.home) // the next sweep tries again
		}
	}
}

// kept tells whether a keeper reads the pipe, under either of its names.
func kept(home string) bool {
	for _, name := range []string{"users", "leaving", "users"} { // it may be renamed between two looks
		pipe, err := os.OpenFile(filepath.Join(home, name), os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err == nil {
			pipe.Close()
			return true
		}
	}
	return false
}

// lockFile waits for its turn at a lock that lasts until the file is closed.
func lockFile(ctx context.Context, path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return file, nil
		}
		if ctx.Err() != nil || !errors.Is(err, syscall.EWOULDBLOCK) {
			file.Close()
			return nil, err
		}
		pause(ctx, 10*time.Millisecond)
	}
}

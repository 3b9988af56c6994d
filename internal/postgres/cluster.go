package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	superuser    = "qafila" // without a password: whoever can open the socket's folder is trusted
	databaseName = "qafila"
	maintenance  = "postgres" // the database that initdb makes
)

// modest are the settings of a server for one bot on a small machine: about 64 MB shared, no replication, nothing on the network, and a
// log that holds no statement and no value, as both may be personal data.
func modest() []string {
	return []string{
		"listen_addresses=",
		"unix_socket_permissions=0700",
		"max_connections=50",
		"shared_buffers=64MB",
		"wal_level=minimal",
		"max_wal_senders=0",
		"max_replication_slots=0",
		"max_logical_replication_workers=0",
		"max_worker_processes=4",
		"max_parallel_workers_per_gather=0",
		"max_wal_size=512MB",
		"jit=off",
		"timezone=UTC",
		"log_timezone=UTC",
		"log_min_messages=warning",
		"log_min_error_statement=panic",
		"log_error_verbosity=terse",
		"log_checkpoints=off",
		"logging_collector=off",
	}
}

// cluster is one database cluster on disk and how to run it.
type cluster struct {
	home     string // owned by who, mode 0700
	sockets  string
	log      string
	who      account
	bin      programs
	settings []string // name=value, the later one wins
}

func (c cluster) data() string { return filepath.Join(c.home, "data") }

// url is the same for as long as the folder is: a pool survives a restart of the server.
func (c cluster) url(database string) string {
	// The port is named although it is the usual one: PGPORT would change it.
	query := url.Values{"host": {c.sockets}, "port": {"5432"}, "sslmode": {"disable"}}
	// PostgreSQL's addresses know no plus sign for a space.
	return "postgres://" + superuser + "@/" + database + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}

func (c cluster) arguments() []string {
	arguments := []string{"-D", c.data()}
	// A list in PostgreSQL's own syntax: quoted, for folders with commas or capitals in their names.
	sockets := `unix_socket_directories="` + strings.ReplaceAll(c.sockets, `"`, `""`) + `"`
	for _, setting := range append(append(modest(), sockets), c.settings...) {
		arguments = append(arguments, "-c", setting)
	}
	return arguments
}

// version is the major version that made the data, 0 if there is none yet.
func version(home string) (int, error) {
	text, err := os.ReadFile(filepath.Join(home, "data", "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the database's version: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("read the database's version: %w", err)
	}
	return major, nil
}

// initialise makes the data if there is none. It takes its name only when it is whole, so that a kill halfway leaves nothing behind
// but a folder that the next call removes.
func (c cluster) initialise(ctx context.Context) error {
	if _, err := os.Stat(c.data()); err == nil {
		return nil
	}
	halves, _ := filepath.Glob(filepath.Join(c.home, "new-*")) // the pattern is well-formed
	for _, half := range halves {
		_ = os.RemoveAll(half) // an initdb of a killed program may still be at it; it ends by itself
	}
	half, err := os.MkdirTemp(c.home, "new-")
	if err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	if err := c.who.own(half); err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	out, err := c.who.command(ctx, c.home, c.bin.path("initdb"), "-D", half, "-U", superuser, "--auth=trust",
		"--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions").CombinedOutput()
	if err != nil {
		_ = os.RemoveAll(half) // the error that counts is initdb's
		return fmt.Errorf("make the database in %s: initdb: %w: %s", c.home, err, lastLines(string(out)))
	}
	if err := os.Rename(half, c.data()); err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	return nil
}

// ensureDatabase makes the program's database in a server that answers.
func (c cluster) ensureDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.url(maintenance))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var there bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, databaseName).Scan(&there); err != nil || there {
		return err
	}
	_, err = conn.Exec(ctx, `CREATE DATABASE `+databaseName)
	return err
}

// openLog opens the server's log to append to, begun anew when it has grown past a megabyte.
func (c cluster) openLog() (*os.File, error) {
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if info, err := os.Stat(c.log); err == nil && info.Size() > 1<<20 {
		flags |= os.O_TRUNC
	}
	return os.OpenFile(c.log, flags, 0o600)
}

// said is what the log has gained since it was size bytes long.
func (c cluster) said(size int64) string {
	file, err := os.Open(c.log)
	if err != nil {
		return ""
	}
	defer file.Close()
	text, _ := io.ReadAll(io.NewSectionReader(file, size, 1<<16)) // what can be read is better than nothing
	return string(text)
}

func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "; ")
}

// startPatience is longer than any recovery should take: the settings keep it to half a gigabyte of log.
const startPatience = 5 * time.Minute

// answering waits until the server takes connections. gone is asked between tries and ends the wait with its error.
func (c cluster) answering(ctx context.Context, gone func() error) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	for {
		err := c.ensureDatabase(ctx)
		if err == nil {
			return nil
		}
		if end := gone(); end != nil {
			return end
		}
		if ctx.Err() != nil {
			return fmt.Errorf("wait for PostgreSQL in %s: %w", c.home, err)
		}
		if !IsTransient(err) {
			return fmt.Errorf("connect to PostgreSQL in %s: %w", c.home, err)
		}
		pause(ctx, 20*time.Millisecond)
	}
}

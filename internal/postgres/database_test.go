package postgres

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"
)

func TestOpenOnAFolder(t *testing.T) {
	t.Parallel()
	dir := ForTestFolder(t)
	for range 2 { // the second time the data is there
		d, err := Open(t.Context(), Config{Data: dir, MaxConns: 3})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Ping(t.Context()); err != nil {
			t.Error(err)
		}
		if got := d.Pool.Config().MaxConns; got != 3 {
			t.Errorf("%d connections at most, wanted 3", got)
		}
		var migrated bool
		if err := d.Pool.QueryRow(t.Context(), `SELECT max(version_id) > 0 FROM goose_db_version`).Scan(&migrated); err != nil || !migrated {
			t.Errorf("migrated: %v (%v)", migrated, err)
		}
		pid := d.server.pid()
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if running(pid) {
			t.Error("the server runs after Close")
		}
		if err := d.Ping(t.Context()); err == nil {
			t.Error("a closed database answers")
		}
	}
}

func TestOpenByURLLeavesTheServerAlone(t *testing.T) {
	t.Parallel()
	s := startOn(t, madeFolder(t), "fsync=off")
	d, err := Open(t.Context(), Config{URL: s.URL(), Data: "/nonexistent"})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if migrated := run(t, s.URL(), `SELECT count(*) > 0 FROM goose_db_version`); migrated != "t" {
		t.Error("not migrated")
	}
}

func TestOpenWaitsForAServerThatIsStarting(t *testing.T) {
	t.Parallel()
	s := startOn(t, madeFolder(t), "fsync=off")
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	waiting := make(chan string, 1)
	var group errgroup.Group
	group.Go(func() error {
		d, err := Open(t.Context(), Config{URL: s.URL(), Log: saysOnce(waiting)})
		if err != nil {
			return err
		}
		return d.Close()
	})
	<-waiting // it has tried, and found nobody
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}

func TestOpenThatCannotWorkFailsAtOnce(t *testing.T) {
	t.Parallel()
	s := startOn(t, madeFolder(t), "fsync=off")
	for name, c := range map[string]struct {
		config Config
		words  string
	}{
		"neither URL nor folder": {Config{}, "DATABASE_URL"},
		"no URL at all":          {Config{URL: "postgres://host:port:more"}, "DATABASE_URL"},
		"no such database":       {Config{URL: s.cluster.url("elsewhere")}, `database "elsewhere" does not exist`},
		"no such user":           {Config{URL: strings.Replace(s.URL(), "qafila@", "stranger:geheim@", 1)}, `role "stranger" does not exist`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(t.Context(), c.config)
			if err == nil || !strings.Contains(err.Error(), c.words) {
				t.Fatalf("error: %v; wanted %q in it", err, c.words)
			}
			if strings.Contains(err.Error(), "geheim") {
				t.Errorf("the password is in the error: %v", err)
			}
		})
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan string, 1)
	go func() { <-waiting; cancel() }()
	if _, err := Open(ctx, Config{URL: "postgres:///x?host=" + t.TempDir(), Log: saysOnce(waiting)}); err == nil {
		t.Error("opened a database that is not there")
	}
}

func TestOpenOnAFolderInUse(t *testing.T) {
	t.Parallel()
	dir := madeFolder(t)
	d, err := Open(t.Context(), Config{Data: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := Open(t.Context(), Config{Data: dir}); err == nil || !strings.Contains(err.Error(), "in use by process") {
		t.Errorf("error: %v", err)
	}
}

func TestMigrateIsRepeatableAndSafeTogether(t *testing.T) {
	t.Parallel()
	s := startOn(t, madeFolder(t), "fsync=off")
	files, err := filepath.Glob("../../migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("migrations: %v (%v)", files, err)
	}
	var group errgroup.Group
	for range 4 { // instances that start together, each with a pool of one connection
		group.Go(func() error {
			pool, err := pgxpool.New(t.Context(), s.URL()+"&pool_max_conns=1")
			if err != nil {
				return err
			}
			defer pool.Close()
			return errors.Join(Migrate(t.Context(), pool), Migrate(t.Context(), pool), pool.Ping(t.Context()))
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	applied := run(t, s.URL(), `SELECT count(*) FROM goose_db_version WHERE version_id > 0`)
	if applied != strconv.Itoa(len(files)) {
		t.Errorf("%s migrations applied, wanted each of %d once", applied, len(files))
	}
}

func TestIsTransient(t *testing.T) {
	t.Parallel()
	s := startOn(t, madeFolder(t), "fsync=off")
	pool, err := pgxpool.New(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	if _, err := pool.Exec(t.Context(), `CREATE TABLE counts (id int PRIMARY KEY, n int); INSERT INTO counts VALUES (1, 0), (2, 0)`); err != nil {
		t.Fatal(err)
	}

	conn := func() *pgxpool.Conn {
		c, err := pool.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Release)
		return c
	}
	exec := func(c *pgxpool.Conn, statement string) error {
		_, err := c.Exec(t.Context(), statement)
		return err
	}
	must := func(c *pgxpool.Conn, statements ...string) {
		t.Helper()
		for _, statement := range statements {
			if err := exec(c, statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
	}
	check := func(what string, err error, want bool) {
		t.Helper()
		if err == nil || IsTransient(err) != want {
			t.Errorf("%s: transient is %v, wanted %v: %v", what, IsTransient(err), want, err)
		}
	}

	a, b := conn(), conn()
	must(a, `BEGIN ISOLATION LEVEL REPEATABLE READ`, `SELECT FROM counts`)
	must(b, `UPDATE counts SET n = n + 1`)
	check("two writers of one row", exec(a, `UPDATE counts SET n = n + 1`), true)
	must(a, `ROLLBACK`)

	must(a, `BEGIN`, `UPDATE counts SET n = 1 WHERE id = 1`)
	must(b, `BEGIN`, `UPDATE counts SET n = 1 WHERE id = 2`)
	crossed := make(chan error, 1)
	go func() { crossed <- exec(a, `UPDATE counts SET n = 2 WHERE id = 2`) }()
	second := exec(b, `UPDATE counts SET n = 2 WHERE id = 1`)
	check("a deadlock", cmp.Or(second, <-crossed), true)
	must(a, `ROLLBACK`)
	must(b, `ROLLBACK`)

	check("a taken key", exec(a, `INSERT INTO counts VALUES (1, 1)`), false)
	check("a mistake in SQL", exec(a, `SELEKT 1`), false)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = pool.Exec(cancelled, `SELECT 1`)
	check("the caller gave up", err, false)

	c := conn()
	must(c, `BEGIN`)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	err = exec(c, `SELECT 1`)
	check("the server was stopped under a transaction", err, true)
	check("the connection that was lost before", exec(c, `SELECT 1`), true)
	_, err = pgx.Connect(t.Context(), s.URL())
	check("no server", err, true)

	for code, want := range map[string]bool{"57P01": true, "57P02": true, "57P03": true, "08006": true, "53300": true, "28P01": false, "3D000": false, "23505": false} {
		check("code "+code, &pgconn.PgError{Code: code, Message: "from the server"}, want)
	}
	if IsTransient(nil) {
		t.Error("no error is transient")
	}
}

// saysOnce is a logger whose first line comes through the channel.
func saysOnce(line chan<- string) *slog.Logger {
	return slog.New(slog.NewTextHandler(firstWrite(line), nil))
}

type firstWrite chan<- string

func (w firstWrite) Write(text []byte) (int, error) {
	select {
	case w <- string(text):
	default:
	}
	return len(text), nil
}

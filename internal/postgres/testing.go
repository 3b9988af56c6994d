package postgres

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// testPatience bounds what a test waits for: a server to start, a template to be made, while other packages' tests keep the machine busy.
const testPatience = 2 * time.Minute

// ForTest gives a migrated, empty database that nobody else has, dropped when the test ends. It lives on the server of
// QAFILA_TEST_DATABASE_URL or DATABASE_URL, whose user must be allowed to create databases; without either, on a private server that
// all test processes of this user share and that ends by itself soon after the last of them. Without PostgreSQL the test fails.
// A program under test reaches the same database by pool.Config().ConnString().
func ForTest(t testing.TB) *pgxpool.Pool {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), testPatience)
	defer cancel()
	pool, drop, err := fresh(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := givenBack(pool); err != nil {
			t.Error(err)
		} else {
			pool.Close()
		}
		ctx, cancel := context.WithTimeout(context.Background(), testPatience)
		defer cancel()
		if err := drop(ctx); err != nil {
			t.Error(err)
		}
	})
	return pool
}

// givenBack waits until a test that has ended has given every connection back, for ten seconds: then it never will.
func givenBack(pool *pgxpool.Pool) error {
	for deadline := time.Now().Add(10 * time.Second); pool.Stat().AcquiredConns() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("the test ended, but a connection was never given back: %d still out", pool.Stat().AcquiredConns())
		}
	}
	return nil
}

// testConns is how many connections a test has. Each is a process of Postgres that has to get to know the database: most of what tests take of
// the machine is that.
const testConns = 5

// fresh makes a migrated, empty database. drop takes it away again, once the pool is closed.
func fresh(ctx context.Context) (pool *pgxpool.Pool, drop func(context.Context) error, err error) {
	server := cmp.Or(os.Getenv("QAFILA_TEST_DATABASE_URL"), os.Getenv("DATABASE_URL"))
	if server == "" {
		s, err := joined()
		if err != nil {
			return nil, nil, err
		}
		server = s.url()
	}
	var name string
	if err := administer(ctx, server, func(admin *pgx.Conn) (err error) {
		name, err = clone(ctx, admin, time.Now())
		return err
	}); err != nil {
		return nil, nil, err
	}
	address, err := withDatabase(server, name)
	if err != nil {
		return nil, nil, err
	}
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, nil, fmt.Errorf("the test database's address: %w", err)
	}
	config.MaxConns = testConns
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, nil, fmt.Errorf("connect to the test database: %w", err)
	}
	return pool, func(ctx context.Context) error { return dropDatabase(ctx, server, name) }, nil
}

// joined is the shared test server, entered once by each test process, which leaves it by ending.
var joined = sync.OnceValues(func() (shared, error) {
	ctx, cancel := context.WithTimeout(context.Background(), testPatience)
	defer cancel()
	who := defaultAccount()
	temp, err := testTemp(ctx, who)
	if err != nil {
		return shared{}, err
	}
	return join(ctx, who, temp, grace)
})

// ForTestServer starts a private server of the test's own, to stop, kill and restart, with a production server's settings but for
// those given as name=value; "fsync=off" makes it quicker. It is gone when the test ends. The database is empty: see Migrate.
func ForTestServer(t testing.TB, settings ...string) *Server {
	t.Helper()
	dir := ForTestFolder(t)
	ctx, cancel := context.WithTimeout(context.Background(), testPatience)
	defer cancel()
	s, err := Start(ctx, dir, settings...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ForTestFolder is t.TempDir for data folders (QAFILA_DATA): with a short path, and open to the server's user when the tests run as
// root, so that nothing is kept elsewhere.
func ForTestFolder(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), testPatience)
	defer cancel()
	temp, err := testTemp(ctx, defaultAccount())
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(temp, "qafila-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// A keeper or a server that is just ending may still put something there.
		err := os.RemoveAll(dir)
		for deadline := time.Now().Add(10 * time.Second); err != nil && time.Now().Before(deadline); err = os.RemoveAll(dir) {
			time.Sleep(50 * time.Millisecond)
		}
		if err != nil {
			t.Error(err)
		}
	})
	if os.Geteuid() == 0 {
		if err := os.Chmod(dir, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// memory is a folder of Linux that no disk stands behind.
const memory = "/dev/shm"

// roomInMemory is what has to be free there before tests may use it, in bytes; all of them together take well under half of it.
const roomInMemory = 2 << 30

// testTemp is shortTemp, in memory where there is room: most of what tests wait for is a disk that writes down what nobody needs
// tomorrow. Who sets TMPDIR has their own idea.
func testTemp(ctx context.Context, who account) (string, error) {
	var fs syscall.Statfs_t
	if os.Getenv("TMPDIR") == "" && syscall.Statfs(memory, &fs) == nil && fs.Bavail*uint64(fs.Bsize) >= roomInMemory && who.reaches(ctx, memory) {
		return memory, nil
	}
	return shortTemp(ctx, who)
}

func dropDatabase(ctx context.Context, server, name string) error {
	if err := administer(ctx, server, func(admin *pgx.Conn) error {
		_, err := admin.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
		return err
	}); err != nil {
		return fmt.Errorf("drop the test's database: %w", err)
	}
	return nil
}

// administrators are this process's connections to make and drop databases by, a pool for each server's address. To connect takes a server
// twice as long as to copy a template.
var administrators sync.Map

func administer(ctx context.Context, server string, do func(admin *pgx.Conn) error) error {
	pool, there := administrators.Load(server)
	if !there {
		config, err := pgxpool.ParseConfig(server)
		if err != nil {
			return fmt.Errorf("the test server's address: %w", err)
		}
		config.MaxConns = 2
		fresh, err := pgxpool.NewWithConfig(ctx, config)
		if err != nil {
			return fmt.Errorf("connect to the test server: %w", err)
		}
		if pool, there = administrators.LoadOrStore(server, fresh); there {
			fresh.Close()
		}
	}
	if err := pool.(*pgxpool.Pool).AcquireFunc(ctx, func(c *pgxpool.Conn) error { return do(c.Conn()) }); err != nil {
		return fmt.Errorf("on the test server: %w", err)
	}
	return nil
}

// withDatabase is the same server's address with another database, in either of PostgreSQL's two notations.
func withDatabase(server, name string) (string, error) {
	if !strings.HasPrefix(server, "postgres://") && !strings.HasPrefix(server, "postgresql://") {
		return server + " dbname=" + name, nil
	}
	parsed, err := url.Parse(server)
	if err != nil {
		return "", fmt.Errorf("the test server's address: %w", err)
	}
	parsed.Path = "/" + name
	return parsed.String(), nil
}

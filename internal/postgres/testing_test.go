package postgres

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestEveryTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for range 2 { // what the first leaves, the second doesn't see
		pool := ForTest(t)
		var migrations int
		if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM goose_db_version WHERE version_id > 0`).Scan(&migrations); err != nil || migrations == 0 {
			t.Fatalf("%d migrations (%v)", migrations, err)
		}
		if _, err := pool.Exec(t.Context(), `CREATE TABLE mine (n int)`); err != nil {
			t.Error(err)
		}
		var there string
		url := pool.Config().ConnString() // what a program under test gets as DATABASE_URL
		if err := pool.QueryRow(t.Context(), `SELECT current_database()`).Scan(&there); err != nil || run(t, url, `SELECT current_database()`) != there {
			t.Errorf("the pool's address %s is not of its database %s (%v)", url, there, err)
		}
	}
}

func TestDatabaseIsGoneAfterItsTest(t *testing.T) {
	t.Parallel()
	witness := ForTest(t)
	var name string
	t.Run("a test", func(t *testing.T) {
		if err := ForTest(t).QueryRow(t.Context(), `SELECT current_database()`).Scan(&name); err != nil {
			t.Fatal(err)
		}
	})
	var there bool
	if err := witness.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&there); err != nil || there {
		t.Errorf("database %s is still there: %v (%v)", name, there, err)
	}
}

func TestGivenServerIsUsed(t *testing.T) {
	s := startOn(t, madeFolder(t), "fsync=off")
	for name, url := range map[string]string{
		"an address":          s.URL(),
		"names and values":    "host=" + s.cluster.sockets + " user=" + superuser + " dbname=" + databaseName,
		"any database on it":  s.cluster.url(maintenance),
		"postgresql: as well": "postgresql" + strings.TrimPrefix(s.URL(), "postgres"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("QAFILA_TEST_DATABASE_URL", url)
			var sockets string
			if err := ForTest(t).QueryRow(t.Context(), `SELECT current_setting('unix_socket_directories')`).Scan(&sockets); err != nil || !strings.Contains(sockets, s.cluster.sockets) {
				t.Errorf("the test's database is on %s (%v), wanted %s", sockets, err, s.cluster.sockets)
			}
		})
	}
}

func TestTemplatesAreMadeOnceAndAnewWhenStale(t *testing.T) {
	t.Parallel()
	s := startOn(t, madeFolder(t), "fsync=off")
	admin, err := pgx.Connect(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(context.WithoutCancel(t.Context()))
	templates := func() string {
		return run(t, s.URL(), `SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE datname LIKE 'qafila\_template\_%'`)
	}
	now := time.Now()
	first, err := clone(t.Context(), admin, now)
	if err != nil {
		t.Fatal(err)
	}
	made := templates()
	if _, err := clone(t.Context(), admin, now.Add(time.Minute)); err != nil || templates() != made {
		t.Fatalf("templates %q (%v), wanted %q still", templates(), err, made)
	}
	// A test that was killed while it made a template leaves half of one.
	half := strings.Replace(made, "template", "making", 1)
	run(t, s.URL(), `CREATE DATABASE `+half)

	later, err := clone(t.Context(), admin, now.Add(stale+time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if templates() == made || strings.Contains(templates(), " ") {
		t.Errorf("templates %q, wanted one, and another than %q", templates(), made)
	}
	left := run(t, s.URL(), `SELECT string_agg(datname, ' ') FROM pg_database WHERE datname ~ '^qafila_(test|making)_'`)
	if strings.Contains(left, first) || strings.Contains(left, half) || !strings.Contains(left, later) {
		t.Errorf("databases left: %s", left)
	}
}

// The processes of one `go test ./...` begin within milliseconds of each other.
func TestProcessesShareOneServer(t *testing.T) {
	t.Parallel()
	temp := ForTestFolder(t)
	if err := os.Chmod(temp, 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	const processes = 6
	outputs := make(chan string, processes)
	for range processes {
		cmd := exec.Command(os.Args[0], "-test.v", "-test.run=^TestEveryTestHasADatabaseOfItsOwn$")
		cmd.Env = append(os.Environ(), "TMPDIR="+temp, "DATABASE_URL=", "QAFILA_TEST_DATABASE_URL=")
		go func() {
			out, err := cmd.CombinedOutput()
			outputs <- fmt.Sprintf("%v\n%s", err, out)
		}()
	}
	for range processes {
		if out := <-outputs; !strings.Contains(out, "--- PASS") {
			t.Error(out)
		}
	}
	servers, err := filepath.Glob(filepath.Join(temp, "qafila-test-*", "*", "data"))
	if err != nil || len(servers) != 1 {
		t.Errorf("servers: %q (%v); wanted one for all", servers, err)
	}
	for _, data := range servers {
		endKeeper(t, data)
	}
}

// endKeeper stops a shared server at once; its keeper sees to the rest after its grace.
func endKeeper(t *testing.T, data string) {
	t.Helper()
	c := cluster{home: filepath.Dir(data), who: defaultAccount()}
	if err := c.clear(t.Context()); err != nil {
		t.Error(err)
	}
}

func joinIn(t *testing.T, temp string) shared {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testPatience)
	defer cancel()
	s, err := join(ctx, defaultAccount(), temp, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.leave)
	return s
}

func serverOf(t *testing.T, s shared) int {
	t.Helper()
	server := Server{cluster: s.cluster}
	return server.pid()
}

func TestSharedServerEndsAfterItsLastUser(t *testing.T) {
	t.Parallel()
	temp := ForTestFolder(t)
	first, second := joinIn(t, temp), joinIn(t, temp)
	if first.cluster.home != second.cluster.home {
		t.Fatalf("two servers: %s and %s", first.cluster.home, second.cluster.home)
	}
	pid := serverOf(t, first)
	first.leave()
	run(t, second.url(), `SELECT 1`)
	second.leave()
	eventually(t, "the server ends", func() bool { return !running(pid) })
	eventually(t, "nothing is left of it", func() bool { _, err := os.Stat(second.cluster.home); return os.IsNotExist(err) })

	third := joinIn(t, temp)
	run(t, third.url(), `SELECT 1`)
	third.leave()
	eventually(t, "nothing is left of it", func() bool { _, err := os.Stat(third.cluster.home); return os.IsNotExist(err) })
}

// Whoever comes while the keeper decides either keeps this server or gets another: never one that stops.
func TestSharedServerIsNotStoppedUnderWhoJustCame(t *testing.T) {
	t.Parallel()
	temp := ForTestFolder(t)
	homes := map[string]bool{}
	for range 6 {
		s := joinIn(t, temp)
		homes[s.cluster.home] = true
		if run(t, s.url(), `SELECT 1`) != "1" {
			t.Error("no answer")
		}
		s.leave()
	}
	for home := range homes {
		eventually(t, "nothing is left of "+home, func() bool { _, err := os.Stat(home); return os.IsNotExist(err) })
	}
}

func TestSharedServerWhoseKeeperWasKilledIsSweptAway(t *testing.T) {
	t.Parallel()
	temp := ForTestFolder(t)
	s := joinIn(t, temp)
	server := serverOf(t, s)
	out, err := exec.Command("ps", "-eo", "pid=,args=").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		var pid int
		if _, err := fmt.Sscan(line, &pid); err == nil && strings.Contains(line, "qafila-test-keeper "+s.cluster.home) {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
	}
	eventually(t, "the keeper is gone", func() bool { return !kept(s.cluster.home) })
	s.leave()

	next := joinIn(t, temp)
	if run(t, next.url(), `SELECT 1`) != "1" || next.cluster.home == s.cluster.home {
		t.Error("no server of its own")
	}
	if running(server) {
		t.Error("the old server runs on, and nobody will stop it")
	}
}

// What root does as user postgres, every other user does as themselves.
func TestAsAnotherUser(t *testing.T) {
	t.Parallel()
	asRoot(t)
	dir := ForTestFolder(t)
	binary := filepath.Join(dir, "tests")
	if out, err := exec.Command("cp", os.Args[0], binary).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	temp := filepath.Join(dir, "tmp")
	if err := os.Mkdir(temp, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(temp, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(binary, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "-test.v", "-test.run="+strings.Join([]string{
		"^TestServerKeepsItsData", "^TestServerEndsWithAProgram", "^TestAFolderServes", "^TestPidFile", "^TestEveryTest", "^TestOpenOnAFolder$",
	}, "|"))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TMPDIR="+temp, "HOME=/nonexistent", "DATABASE_URL=", "QAFILA_TEST_DATABASE_URL=")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "--- PASS: ") < 6+2 {
		t.Errorf("%v\n%s", err, out)
	}
	servers, _ := filepath.Glob(filepath.Join(temp, "qafila-test-*", "*", "data")) // of its TestEveryTest
	for _, data := range servers {
		endKeeper(t, data)
	}
}

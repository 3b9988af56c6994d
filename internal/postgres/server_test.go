package postgres

import (
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

func TestServerKeepsItsDataFromOneStartToTheNext(t *testing.T) {
	dir := filepath.Join(ForTestFolder(t), "data")
	t.Setenv("PGPORT", "1234") // the caller's own PostgreSQL is not ours
	t.Setenv("PGDATA", "/nonexistent")
	s := startOn(t, dir)
	run(t, s.URL(), `CREATE TABLE kept (word text)`, `INSERT INTO kept VALUES ('قافلة')`)
	first := s.pid()
	if group, err := syscall.Getpgid(first); err != nil || group == syscall.Getpgrp() {
		t.Errorf("the server is in our process group (%v): Ctrl-C would end it before we have drained", err)
	}

	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if running(first) {
		t.Error("the server runs after Stop")
	}
	if err := s.Stop(); err != nil {
		t.Errorf("second Stop: %v", err)
	}

	again := startOn(t, dir)
	if again.URL() != s.URL() {
		t.Errorf("URL %s, first %s", again.URL(), s.URL())
	}
	if word := run(t, again.URL(), `SELECT word FROM kept`); word != "قافلة" {
		t.Errorf("the table holds %q", word)
	}
}

func TestServerIsOutOfTheNetworkAndNotRoot(t *testing.T) {
	t.Parallel()
	s := ForTestServer(t, "fsync=off")
	if addresses := run(t, s.URL(), `SHOW listen_addresses`); addresses != "" {
		t.Errorf("listens on %q", addresses)
	}
	if given := run(t, s.URL(), `SHOW fsync`); given != "off" {
		t.Errorf("fsync is %s, given off", given)
	}
	var stat syscall.Stat_t
	if err := syscall.Stat(s.cluster.sockets, &stat); err != nil {
		t.Fatal(err)
	}
	if stat.Uid == 0 || stat.Mode&0o077 != 0 {
		t.Errorf("the socket's folder belongs to uid %d with mode %o: whoever can enter it is trusted", stat.Uid, stat.Mode&0o777)
	}
}

func TestAFolderServesOneProgramAtATime(t *testing.T) {
	t.Parallel()
	dir := madeFolder(t)
	other := runProgram(t, dir)

	_, err := Start(t.Context(), dir)
	if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "process "+strconv.Itoa(other.self)+":") {
		t.Fatalf("starting on a folder in use: %v; wanted the folder and process %d", err, other.self)
	}
	if run(t, other.url, `SELECT 1`) != "1" {
		t.Error("the first program's server was disturbed")
	}

	if err := other.finish(); err != nil {
		t.Fatal(err)
	}
	startOn(t, dir)
}

func TestServerEndsWithAProgramThatIsKilled(t *testing.T) {
	t.Parallel()
	p := runProgram(t, madeFolder(t))
	kill(t, p.self)
	eventually(t, "the server ends", func() bool { return !running(p.server) })
}

func TestNextStartAfterAKill(t *testing.T) {
	t.Parallel()
	for name, victims := range map[string]func(p program) []int{
		"of the program":                       func(p program) []int { return []int{p.self} },
		"of the program and its guard":         func(p program) []int { return []int{p.guard, p.self} }, // the server lives on
		"of the program, guard and the server": func(p program) []int { return []int{p.guard, p.server, p.self} },
		"of the server, then of the program":   func(p program) []int { return []int{p.server, p.self} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := madeFolder(t)
			p := runProgram(t, dir)
			run(t, p.url, `CREATE TABLE kept (n int)`, `INSERT INTO kept VALUES (7)`)
			kill(t, victims(p)...)

			s := startOn(t, dir)
			if s.pid() == p.server {
				t.Error("the killed program's server is still the one that answers")
			}
			if n := run(t, s.URL(), `SELECT n FROM kept`); n != "7" {
				t.Errorf("what was committed before the kill is %q", n)
			}
		})
	}
}

func TestServerThatIsKilledComesBackAndThePoolWithIt(t *testing.T) {
	t.Parallel()
	s := startOn(t, madeFolder(t))
	pool, err := pgxpool.New(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(t.Context(), `CREATE TABLE kept (n int)`); err != nil {
		t.Fatal(err)
	}
	before := s.pid()

	if err := syscall.Kill(before, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}

	eventually(t, "the same pool reads again", func() bool {
		_, err := pool.Exec(t.Context(), `SELECT n FROM kept`)
		if err != nil && !IsTransient(err) {
			t.Fatalf("an error that nobody would retry: %v", err)
		}
		return err == nil && s.pid() != before
	})
}

func TestPoolSurvivesARestart(t *testing.T) {
	t.Parallel()
	s := startOn(t, madeFolder(t), "fsync=off")
	pool, err := pgxpool.New(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := pool.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the same pool reads again", func() bool {
		_, err := pool.Exec(t.Context(), `SELECT 1`)
		if err != nil && !IsTransient(err) {
			t.Fatalf("an error that nobody would retry: %v", err)
		}
		return err == nil
	})
}

func TestPidFileThatNamesNoServerOfOursIsNoObstacle(t *testing.T) {
	t.Parallel()
	zombie := exec.Command("true")
	if err := zombie.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = zombie.Wait() }()
	eventually(t, "the child is a zombie", func() bool { return !running(zombie.Process.Pid) })
	// A process of the same user as the server, as PostgreSQL believes such a one: after a reboot, pids begin anew.
	stranger := defaultAccount().command(t.Context(), "/", "/bin/sh", "-c", "read -r line")
	in, err := stranger.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { in.Close(); _ = stranger.Wait() }()

	s := startOn(t, madeFolder(t))
	for name, pid := range map[string]int{"zombie": zombie.Process.Pid, "stranger": stranger.Process.Pid} {
		t.Run(name, func(t *testing.T) {
			if err := s.Stop(); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(s.cluster.data(), "postmaster.pid")
			if err := os.WriteFile(file, []byte(strconv.Itoa(pid)+"\n"+s.cluster.data()+"\n1\n5432\n\n\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := s.cluster.who.own(file); err != nil {
				t.Fatal(err)
			}
			if err := s.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
			run(t, s.URL(), `SELECT 1`)
		})
	}
	if !running(stranger.Process.Pid) {
		t.Error("a process that is not ours was stopped")
	}
}

func TestServerThatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	dir := madeFolder(t)
	_, err := Start(t.Context(), dir, "shared_buffers=nonsense")
	if err == nil || !strings.Contains(err.Error(), `invalid value for parameter "shared_buffers"`) {
		t.Errorf("error: %v", err)
	}
	startOn(t, dir) // the failed one has let go of the folder
}

func TestLogHoldsNoValuesOfPeople(t *testing.T) {
	t.Parallel()
	s := startOn(t, madeFolder(t))
	pool, err := pgxpool.New(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(t.Context(), `CREATE TABLE people (phone text PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err = pool.Exec(t.Context(), `INSERT INTO people VALUES ('0600000000')`)
	}
	if err == nil {
		t.Fatal("the second insert should have failed")
	}
	text, err := os.ReadFile(s.cluster.log)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "people_pkey") || strings.Contains(string(text), "0600000000") {
		t.Errorf("the log should have the error and not the phone:\n%s", text)
	}
}

func TestInterruptedInitdbIsBegunAnew(t *testing.T) {
	t.Parallel()
	dir := ForTestFolder(t)
	half := filepath.Join(dir, "postgres", "new-123", "base")
	if err := os.MkdirAll(half, 0o700); err != nil {
		t.Fatal(err)
	}
	s := startOn(t, dir)
	run(t, s.URL(), `SELECT 1`)
	if _, err := os.Stat(half); !os.IsNotExist(err) {
		t.Errorf("the half-made database is still there: %v", err)
	}
}

func TestDataOfAVersionThatIsNotInstalled(t *testing.T) {
	t.Parallel()
	dir := ForTestFolder(t)
	f, err := claim(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.release()
	data := filepath.Join(dir, "postgres", "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte("99\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = prepare(t.Context(), f, nil, slog.New(slog.DiscardHandler), nil)
	if err == nil || !strings.Contains(err.Error(), "made by PostgreSQL 99") {
		t.Errorf("error: %v", err)
	}
}

package postgres

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLongAndOddDataFolderPath(t *testing.T) {
	t.Parallel()
	const odd = `Données "26" d'été`
	for _, outside := range []string{strings.Repeat("long", 30), "comma,comma"} {
		dir := filepath.Join(ForTestFolder(t), odd, outside)
		s := startOn(t, dir)
		if run(t, s.URL(), `SELECT 1`) != "1" {
			t.Fatal("no answer")
		}
		if strings.HasPrefix(s.cluster.sockets, dir) {
			t.Errorf("the socket stands in %s, which no address can say", s.cluster.sockets)
		}
		t.Cleanup(func() { os.RemoveAll(s.cluster.sockets) })
	}

	short := filepath.Join(ForTestFolder(t), odd)
	inside := startOn(t, short)
	if run(t, inside.URL(), `SELECT 1`) != "1" {
		t.Fatal("no answer")
	}
	if !strings.HasPrefix(inside.cluster.sockets, short) {
		t.Errorf("the socket stands in %s, though there is room in the data folder", inside.cluster.sockets)
	}
}

func TestSocketFolderThatSomebodyElsePreparedIsRefused(t *testing.T) {
	t.Parallel()
	home := filepath.Join(ForTestFolder(t), strings.Repeat("long", 30))
	who := defaultAccount()
	sockets, err := socketFolder(t.Context(), home, who)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(sockets); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(ForTestFolder(t), sockets); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(sockets)
	if _, err := socketFolder(t.Context(), home, who); err == nil {
		t.Error("a link was taken for a folder of ours")
	}
}

// asRoot are the tests of what only root meets: PostgreSQL runs as somebody else.
func asRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("for root only: everyone else's server runs as themselves")
	}
}

// private is a data folder below a home that only root can enter.
func private(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "home", ".qafila")
}

func startWithElsewhere(t *testing.T, dir, elsewhere string) *Server {
	t.Helper()
	s := &Server{path: dir, elsewhere: []string{elsewhere}, log: slog.New(slog.DiscardHandler)}
	if err := s.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestDataFolderOutOfTheServersReach(t *testing.T) {
	t.Parallel()
	asRoot(t)
	dir, elsewhere := private(t), filepath.Join(ForTestFolder(t), "elsewhere")
	s := startWithElsewhere(t, dir, elsewhere)
	run(t, s.URL(), `CREATE TABLE kept (n int)`, `INSERT INTO kept VALUES (7)`)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	home := s.cluster.home
	if filepath.Dir(home) != elsewhere {
		t.Fatalf("the data stands in %s, not below %s", home, elsewhere)
	}

	// A data folder that is moved takes its data along.
	moved := dir + "-moved"
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	s = startWithElsewhere(t, moved, elsewhere)
	if n := run(t, s.URL(), `SELECT n FROM kept`); n != "7" {
		t.Errorf("after a move the table holds %q", n)
	}
	if note, _ := os.ReadFile(filepath.Join(home, "belongs-to")); string(note) != moved+"\n" {
		t.Errorf("the data says that it belongs to %q", note)
	}

	// One that is new, or was erased, begins empty.
	s = startWithElsewhere(t, dir, elsewhere)
	if found := run(t, s.URL(), `SELECT to_regclass('kept') IS NOT NULL`); found != "f" {
		t.Error("a new data folder came with an old one's data")
	}
}

func TestDataThatWasErasedElsewhereIsSaid(t *testing.T) {
	t.Parallel()
	asRoot(t)
	dir, elsewhere := private(t), filepath.Join(ForTestFolder(t), "elsewhere")
	f, err := claim(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.release()
	home, _, err := f.home(t.Context(), slog.New(slog.DiscardHandler), []string{elsewhere})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(home); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.home(t.Context(), slog.New(slog.DiscardHandler), []string{elsewhere}); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("error: %v; wanted one that says so rather than an empty database", err)
	}
}

func TestDataWithoutItsFolderIsDroppedAfterAMonth(t *testing.T) {
	t.Parallel()
	base, now := t.TempDir(), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	folder := t.TempDir()
	for name, note := range map[string]struct {
		path string
		age  time.Duration
	}{
		"linked":  {folder, 2 * abandoned},
		"recent":  {"/nowhere", abandoned - time.Hour},
		"erased":  {"/nowhere", abandoned + time.Hour},
		"foreign": {t.TempDir(), abandoned + time.Hour},
	} {
		home := filepath.Join(base, name)
		if err := os.Mkdir(home, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := belongsTo(home, note.path); err != nil {
			t.Fatal(err)
		}
		made := now.Add(-note.age)
		if err := os.Chtimes(filepath.Join(home, "belongs-to"), made, made); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(base, "linked"), filepath.Join(folder, "postgres")); err != nil {
		t.Fatal(err)
	}

	dropAbandoned(base, now)

	entries, err := os.ReadDir(base)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, entry := range entries {
		left = append(left, entry.Name())
	}
	if got := strings.Join(left, " "); got != "linked recent" {
		t.Errorf("left: %s; wanted what is linked and what is recent", got)
	}
}

func TestDataFolderOfAnotherUser(t *testing.T) {
	t.Parallel()
	asRoot(t)
	dir := ForTestFolder(t)
	const uid = 65534 // nobody: PostgreSQL wants a user that has a name
	if err := os.Chown(dir, uid, uid); err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(dir, "postgres")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(home, uid, uid); err != nil {
		t.Fatal(err)
	}
	s := startOn(t, dir)
	run(t, s.URL(), `SELECT 1`)
	if s.cluster.who.uid() != uid {
		t.Errorf("root runs the server of uid %d as %s", uid, s.cluster.who.name)
	}
	for _, name := range []string{"postgres.lock", "postgres.log", "postgres/data"} {
		if err := (account{}).verifyOwner(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s is root's now: its user cannot go on with it", name)
		}
	}
}

func TestDataFolderThatCannotBeMade(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), filepath.Join(file, "data")); err == nil || !strings.Contains(err.Error(), "QAFILA_DATA") {
		t.Errorf("error: %v; wanted the variable's name", err)
	}
}

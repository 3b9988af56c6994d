package postgres

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestACommandWorksBesideARunningServer(t *testing.T) {
	t.Parallel()
	dir := madeFolder(t)
	if _, ok := Beside(dir); ok {
		t.Error("beside whom?")
	}
	s, err := Start(t.Context(), dir, "fsync=off")
	if err != nil {
		t.Fatal(err)
	}
	url, ok := Beside(dir)
	if !ok || url != s.URL() {
		t.Errorf("found %q, %v; the server is at %q", url, ok, s.URL())
	}
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, ok := Beside(dir); ok {
		t.Error("the server is stopped, and still found")
	}
}

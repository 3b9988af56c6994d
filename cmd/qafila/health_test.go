package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/postgres"
)

func TestWhoIsNotReadySaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	gone, err := pgxpool.New(t.Context(), "host=127.0.0.1 port=1 connect_timeout=1")
	if err != nil {
		t.Fatal(err)
	}
	defer gone.Close()
	for _, c := range []struct {
		name  string
		pool  *pgxpool.Pool
		ready bool
		want  int
		says  string
	}{
		{"before updates are taken", pool, false, http.StatusServiceUnavailable, "not taking updates"},
		{"without the database", gone, true, http.StatusServiceUnavailable, "database"},
		{"with all that it needs", pool, true, http.StatusOK, "ready"},
	} {
		v := &service{db: &postgres.Database{Pool: c.pool}, metrics: newMetrics()}
		v.ready.Store(c.ready)
		mux := http.NewServeMux()
		v.routes(mux)
		for path, want := range map[string]int{"/healthz": http.StatusOK, "/readyz": c.want} {
			got := httptest.NewRecorder()
			mux.ServeHTTP(got, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
			if got.Code != want || path == "/readyz" && !strings.Contains(got.Body.String(), c.says) {
				t.Errorf("%s, %s answers %d %q", c.name, path, got.Code, got.Body)
			}
		}
	}
}

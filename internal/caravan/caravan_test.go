package caravan

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
)

// now is a Tuesday morning in Casablanca.
var now = time.Date(2026, 11, 24, 9, 0, 0, 0, locale.Zone())

// stop is one a week ahead, with 0 for as many as come.
func stop(id string, capacity int) Stop {
	return Stop{ID: id, Place: "fes", Region: "03", VenueFR: "Complexe", VenueAR: "المجمع", Lat: 34.03, Lon: -5, Capacity: capacity, State: Published,
		Starts: now.AddDate(0, 0, 7), Ends: now.AddDate(0, 0, 7).Add(3 * time.Hour)}
}

func saved(t testing.TB, stops ...Stop) *pgxpool.Pool {
	t.Helper()
	pool := postgres.ForTest(t)
	if _, err := Save(t.Context(), pool, stops, now); err != nil {
		t.Fatal(err)
	}
	return pool
}

func person(stop string, chat int64, name string, self bool) Registration {
	return Registration{Stop: Stop{ID: stop}, Chat: chat, Self: self, Name: name, NameKey: locale.Fold(name), Trade: "T01", Place: "fes"}
}

// try registers in a transaction of its own.
func try(ctx context.Context, pool *pgxpool.Pool, r Registration, at time.Time) (got Registered, err error) {
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		got, err = Register(ctx, tx, r, at, rand.Reader)
		return err
	})
	return got, err
}

func register(t testing.TB, pool *pgxpool.Pool, r Registration) Registered {
	t.Helper()
	got, err := try(t.Context(), pool, r, now)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func tryCancel(ctx context.Context, pool *pgxpool.Pool, chat int64, reference string) (up []Promotion, ok bool, err error) {
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		up, ok, err = Cancel(ctx, tx, chat, reference, now)
		return err
	})
	return up, ok, err
}

// invariants checks what must hold at any time: never over capacity, nobody waits beside a free place, the list moved up in order, the
// count of places is true, and a chat's person stands once at a stop.
func invariants(t testing.TB, pool *pgxpool.Pool) {
	t.Helper()
	rows, err := pool.Query(context.Background(), `
		SELECT s.id || ': over capacity' FROM stops s WHERE capacity < (SELECT count(*) FROM registrations r WHERE r.stop_id = s.id AND r.state IN ('confirmed', 'attended'))
		UNION ALL
		SELECT s.id || ': somebody waits beside a free place' FROM stops s
			WHERE EXISTS (SELECT FROM registrations r WHERE r.stop_id = s.id AND r.state = 'waitlisted')
			AND (capacity IS NULL OR capacity > (SELECT count(*) FROM registrations r WHERE r.stop_id = s.id AND r.state IN ('confirmed', 'attended')))
		UNION ALL
		SELECT w.reference || ' waits, but ' || c.reference || ' came later and is confirmed' FROM registrations w JOIN registrations c
			ON c.stop_id = w.stop_id AND w.state = 'waitlisted' AND c.state = 'confirmed' AND c.id > w.id
		UNION ALL
		SELECT s.id || ': counted ' || p.taken FROM stops s JOIN seats p ON p.stop_id = s.id WHERE s.capacity IS NOT NULL
			AND p.taken <> (SELECT count(*) FROM registrations r WHERE r.stop_id = s.id AND r.state IN ('confirmed', 'attended'))
		UNION ALL
		SELECT stop_id || ': twice ' || name_key FROM registrations WHERE state <> 'cancelled' GROUP BY stop_id, chat_id, name_key HAVING count(*) > 1`)
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range wrong {
		t.Error(w)
	}
}

func states(t testing.TB, pool *pgxpool.Pool, stop string) string {
	t.Helper()
	var s string
	if err := pool.QueryRow(context.Background(), `SELECT coalesce(string_agg(name || ' ' || state, ', ' ORDER BY id), '') FROM registrations WHERE stop_id = $1`, stop).
		Scan(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

func name(i int) string { return fmt.Sprintf("Artisan %c%c", 'A'+i/26%26, 'A'+i%26) }

package caravan

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"
)

// waitForLock returns when some transaction waits for another.
func waitForLock(t testing.TB, pool *pgxpool.Pool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		var waiting bool
		if err := pool.QueryRow(context.Background(), `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`).
			Scan(&waiting); err != nil {
			t.Fatal(err)
		}
		if waiting {
			return
		}
	}
	t.Fatal("nobody waits for a lock")
}

func TestAFreedPlaceGoesToWhoWaitsLongest(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 1))
	first := register(t, pool, person("fes", 1, "Fatima", true))
	second := register(t, pool, person("fes", 2, "Khadija", false))
	register(t, pool, person("fes", 3, "Hassan", true))
	if _, err := pool.Exec(t.Context(), `INSERT INTO chats (chat_id, language) VALUES (2, 'ary')`); err != nil {
		t.Fatal(err)
	}

	up, ok, err := tryCancel(t.Context(), pool, 1, first.Reference)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if len(up) != 1 || up[0].Chat != 2 || up[0].Language != "ary" || up[0].Reference != second.Reference || up[0].Name != "Khadija" || up[0].Self ||
		up[0].Silent || up[0].Stop.ID != "fes" || up[0].Stop.VenueFR != "Complexe" {
		t.Errorf("to tell: %+v", up)
	}
	if got, want := states(t, pool, "fes"), "Fatima cancelled, Khadija confirmed, Hassan waitlisted"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	invariants(t, pool)
}

func TestWhoStoppedMessagesMovesUpSilently(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 1))
	first := register(t, pool, person("fes", 1, "Fatima", true))
	register(t, pool, person("fes", 2, "Khadija", true))
	if _, err := pool.Exec(t.Context(), `INSERT INTO chats (chat_id, stopped_at) VALUES (2, now())`); err != nil {
		t.Fatal(err)
	}
	up, _, err := tryCancel(t.Context(), pool, 1, first.Reference)
	if err != nil || len(up) != 1 || !up[0].Silent {
		t.Errorf("%+v, %v", up, err)
	}
}

func TestLeavingTheWaitingListMovesNobodyIntoAPlace(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 1))
	register(t, pool, person("fes", 1, "Fatima", true))
	second := register(t, pool, person("fes", 2, "Khadija", true))
	register(t, pool, person("fes", 3, "Hassan", true))
	up, ok, err := tryCancel(t.Context(), pool, 2, second.Reference)
	if err != nil || !ok || len(up) != 0 {
		t.Errorf("%+v, %v, %v", up, ok, err)
	}
	invariants(t, pool)
}

func TestOnlyOnesOwnRegistrationIsCancelledAndOnlyOnce(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 1))
	r := register(t, pool, person("fes", 1, "Fatima", true))
	register(t, pool, person("fes", 2, "Khadija", true))
	for _, c := range []struct {
		chat      int64
		reference string
		want      bool
	}{{2, r.Reference, false}, {1, "222-22A", false}, {1, r.Reference, true}, {1, r.Reference, false}} {
		up, ok, err := tryCancel(t.Context(), pool, c.chat, c.reference)
		if err != nil || ok != c.want || ok != (len(up) == 1) {
			t.Errorf("chat %d cancels %s: %v, %+v, %v", c.chat, c.reference, ok, up, err)
		}
	}
	invariants(t, pool)
}

func TestAReminderGoesWithTheLastRegistrationAtTheStop(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 0))
	a, b := register(t, pool, person("fes", 1, "Fatima", true)), register(t, pool, person("fes", 1, "Khadija", false))
	if _, err := WatchStop(t.Context(), pool, 1, "fes", now); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 0} {
		if _, _, err := tryCancel(t.Context(), pool, 1, []Registered{a, b}[i].Reference); err != nil {
			t.Fatal(err)
		}
		if w, err := Watches(t.Context(), pool, 1); err != nil || len(w) != want {
			t.Errorf("after %d cancelled: %+v, %v", i+1, w, err)
		}
	}
}

func TestCancellingWhileAnotherRegistersGivesThePlaceToTheListFirst(t *testing.T) {
	t.Parallel()
	// given a full stop with one waiting, and a cancellation under way
	pool := saved(t, stop("fes", 1))
	first := register(t, pool, person("fes", 1, "Fatima", true))
	register(t, pool, person("fes", 2, "Khadija", true))
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Cancel(t.Context(), tx, 1, first.Reference, now); err != nil {
		t.Fatal(err)
	}
	// when a third comes before it is done
	var third Registered
	var g errgroup.Group
	g.Go(func() (err error) {
		third, err = try(context.Background(), pool, person("fes", 3, "Hassan", true), now)
		return err
	})
	waitForLock(t, pool)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	// then the place is the waiting one's
	if third.State != Waitlisted || third.Position != 1 {
		t.Errorf("the third: %+v", third)
	}
	invariants(t, pool)
}

func TestForgettingAChatFreesItsPlaces(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 2), stop("agadir", 1))
	for _, r := range []Registration{person("fes", 1, "Fatima", true), person("fes", 1, "Khadija", false), person("fes", 2, "Hassan", true),
		person("fes", 3, "Omar", true), person("agadir", 1, "Fatima", true), person("agadir", 2, "Hassan", true)} {
		register(t, pool, r)
	}
	var up []Promotion
	if err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) (err error) { up, err = Forget(t.Context(), tx, 1, now); return err }); err != nil {
		t.Fatal(err)
	}
	if len(up) != 3 || states(t, pool, "fes") != "Hassan confirmed, Omar confirmed" || states(t, pool, "agadir") != "Hassan confirmed" {
		t.Errorf("%d told; fes: %s; agadir: %s", len(up), states(t, pool, "fes"), states(t, pool, "agadir"))
	}
	invariants(t, pool)
}

func TestNobodyMovesUpAtAStopThatIsOver(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 1))
	first := register(t, pool, person("fes", 1, "Fatima", true))
	register(t, pool, person("fes", 2, "Khadija", true))
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		up, ok, err := Cancel(t.Context(), tx, 1, first.Reference, now.AddDate(0, 0, 8))
		if !ok || len(up) != 0 {
			t.Errorf("%v, %+v", ok, up)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

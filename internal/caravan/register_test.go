package caravan

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	mathrand "math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"
)

func TestTheFirstComersGetAPlaceAndTheOthersWaitInOrder(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 2))
	for i, want := range []Registered{{State: Confirmed}, {State: Confirmed}, {State: Waitlisted, Position: 1}, {State: Waitlisted, Position: 2}} {
		got := register(t, pool, person("fes", int64(i+1), name(i), true))
		if got.State != want.State || got.Position != want.Position || got.Already || got.Reference == "" {
			t.Errorf("comer %d: got %+v", i, got)
		}
		if got.Stop.ID != "fes" || got.Stop.Capacity != 2 || got.Stop.Taken != min(i+1, 2) {
			t.Errorf("comer %d: told of %d places of %d at %q", i, got.Stop.Taken, got.Stop.Capacity, got.Stop.ID)
		}
	}
	invariants(t, pool)
}

func TestWithoutACapacityAllAreConfirmed(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 0))
	for i := range 20 {
		if got := register(t, pool, person("fes", int64(i+1), name(i), true)); got.State != Confirmed {
			t.Fatalf("comer %d: %+v", i, got)
		}
	}
}

func TestTwiceTheSamePersonIsOneRegistration(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 5), stop("agadir", 5))
	first := register(t, pool, person("fes", 1, "Fatima El Idrissi", true))
	for what, again := range map[string]Registration{
		"the same words":           person("fes", 1, "Fatima El Idrissi", true),
		"other case and spaces":    person("fes", 1, "FATIMA  el  Idrissi", false),
		"themselves, another name": person("fes", 1, "Fatima", true),
	} {
		if got := register(t, pool, again); !got.Already || got.Reference != first.Reference || got.State != Confirmed {
			t.Errorf("%s: %+v; want the first registration, %s", what, got, first.Reference)
		}
	}
	for what, other := range map[string]Registration{
		"somebody else from the same phone": person("fes", 1, "Khadija", false),
		"the same name from another phone":  person("fes", 2, "Fatima El Idrissi", true),
		"another stop":                      person("agadir", 1, "Fatima El Idrissi", true),
	} {
		if got := register(t, pool, other); got.Already || got.State != Confirmed {
			t.Errorf("%s: %+v; want a registration of their own", what, got)
		}
	}
	invariants(t, pool)
}

func TestAfterCancellingOneMayRegisterAgain(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 5))
	first := register(t, pool, person("fes", 1, "Fatima", true))
	if _, ok, err := tryCancel(t.Context(), pool, 1, first.Reference); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if got := register(t, pool, person("fes", 1, "Fatima", true)); got.Already || got.Reference == first.Reference {
		t.Errorf("got %+v", got)
	}
	invariants(t, pool)
}

func TestNobodyIsRegisteredWhereNobodyCanGo(t *testing.T) {
	t.Parallel()
	draft, cancelled := stop("draft", 5), stop("cancelled", 5)
	draft.State, cancelled.State = Draft, Cancelled
	pool := saved(t, draft, cancelled, stop("fes", 5))
	for id, want := range map[string]Registered{"draft": {Gone: true}, "cancelled": {Gone: true}, "nowhere": {Gone: true}} {
		if got := register(t, pool, person(id, 1, "Fatima", true)); got.Gone != want.Gone || got.Over || got.Reference != "" {
			t.Errorf("%s: %+v", id, got)
		}
	}
	got, err := try(t.Context(), pool, person("fes", 1, "Fatima", true), now.AddDate(0, 0, 7).Add(3*time.Hour))
	if err != nil || !got.Over || got.Gone {
		t.Errorf("as it ends: %+v, %v", got, err)
	}
	if s := states(t, pool, "fes"); s != "" {
		t.Errorf("registered: %s", s)
	}
}

func TestATakenReferenceIsDrawnAgain(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 5))
	same := make([]byte, 24)
	first, err := func() (got Registered, err error) {
		err = pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
			got, err = Register(t.Context(), tx, person("fes", 1, "Fatima", true), now, bytes.NewReader(same))
			return err
		})
		return got, err
	}()
	if err != nil {
		t.Fatal(err)
	}
	err = pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		got, err := Register(t.Context(), tx, person("fes", 2, "Khadija", true), now, io.MultiReader(bytes.NewReader(same), rand.Reader))
		if err == nil && (got.Reference == first.Reference || got.State != Confirmed) {
			t.Errorf("got %+v beside %s", got, first.Reference)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	invariants(t, pool)
}

func TestManyAtOnceNeverGoOverCapacity(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 7))
	var g errgroup.Group
	g.SetLimit(8)
	for i := range 40 {
		g.Go(func() error {
			_, err := try(context.Background(), pool, person("fes", int64(i+1), name(i), true), now)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	invariants(t, pool)
	if s := states(t, pool, "fes"); strings.Count(s, Confirmed) != 7 || strings.Count(s, Waitlisted) != 33 {
		t.Error(s)
	}
}

func TestTwoTransactionsForTheLastPlace(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 1))
	first, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a, err := Register(t.Context(), first, person("fes", 1, "Fatima", true), now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var b Registered
	var g errgroup.Group
	g.Go(func() (err error) {
		b, err = try(context.Background(), pool, person("fes", 2, "Khadija", true), now)
		return err
	})
	waitForLock(t, pool)
	if err := first.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if a.State != Confirmed || b.State != Waitlisted || b.Position != 1 {
		t.Errorf("first %+v, second %+v", a, b)
	}
	invariants(t, pool)
}

func TestTheSamePersonTwiceAtOnceIsOneRegistration(t *testing.T) {
	t.Parallel()
	for _, capacity := range []int{0, 10} {
		pool := saved(t, stop("fes", capacity))
		var g errgroup.Group
		got := make([]Registered, 12)
		for i := range got {
			g.Go(func() (err error) {
				got[i], err = try(context.Background(), pool, person("fes", 1, "Fatima", true), now)
				return err
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		first := 0
		for _, r := range got {
			if r.Reference != got[0].Reference {
				t.Errorf("capacity %d: two references, %s and %s", capacity, r.Reference, got[0].Reference)
			}
			if !r.Already {
				first++
			}
		}
		if first != 1 {
			t.Errorf("capacity %d: %d say that they were the first", capacity, first)
		}
		invariants(t, pool)
	}
}

func TestCancellingAndRegisteringAtOnceKeepsTheOrder(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 4), stop("agadir", 3))
	var g errgroup.Group
	for worker := range 8 {
		g.Go(func() error {
			r := mathrand.New(mathrand.NewPCG(1, uint64(worker)))
			var mine []Registered
			for i := range 30 {
				where := []string{"fes", "agadir"}[r.IntN(2)]
				if len(mine) > 0 && r.IntN(5) < 2 {
					last := mine[len(mine)-1]
					mine = mine[:len(mine)-1]
					if _, _, err := tryCancel(context.Background(), pool, int64(worker+1), last.Reference); err != nil {
						return err
					}
					continue
				}
				got, err := try(context.Background(), pool, person(where, int64(worker+1), name(i), false), now)
				if err != nil {
					return err
				}
				mine = append(mine, got)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	invariants(t, pool)
}

func TestAFullStopsCountIsHeldByTheDatabaseAndNotByTheCode(t *testing.T) {
	t.Parallel()
	// given a place taken in a transaction that is rolled back
	pool := saved(t, stop("fes", 1))
	undo := errors.New("undo")
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		if _, err := Register(t.Context(), tx, person("fes", 1, "Fatima", true), now, rand.Reader); err != nil {
			return err
		}
		return undo
	})
	if !errors.Is(err, undo) {
		t.Fatal(err)
	}
	// then it is still free
	if got := register(t, pool, person("fes", 2, "Khadija", true)); got.State != Confirmed {
		t.Errorf("%+v", got)
	}
	invariants(t, pool)
}

func BenchmarkRegister(b *testing.B) {
	for capacity, what := range map[int]string{0: "unlimited", 1_000_000: "limited"} {
		b.Run(what, func(b *testing.B) {
			pool := saved(b, stop("fes", capacity))
			tx, err := pool.Begin(context.Background())
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = tx.Rollback(context.Background()) }()
			i := int64(0)
			for b.Loop() {
				if i++; i%100 == 0 {
					if err := tx.Commit(context.Background()); err != nil {
						b.Fatal(err)
					}
					if tx, err = pool.Begin(context.Background()); err != nil {
						b.Fatal(err)
					}
				}
				if _, err := Register(context.Background(), tx, person("fes", i, "Fatima", true), now, rand.Reader); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

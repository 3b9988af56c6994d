package caravan

import (
	"context"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"
)

// opens is when the stops of these tests begin; late is when the grace is over.
var (
	opens = now.AddDate(0, 0, 7)
	late  = opens.Add(Grace)
)

func tryAdmit(ctx context.Context, pool *pgxpool.Pool, ref, stop string, anyway bool, at time.Time) (a Admission, err error) {
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		a, err = Admit(ctx, tx, ref, stop, anyway, at)
		return err
	})
	return a, err
}

func admit(t *testing.T, pool *pgxpool.Pool, ref string, at time.Time, want Verdict) Admission {
	t.Helper()
	a, err := tryAdmit(t.Context(), pool, ref, "fes", false, at)
	if err != nil {
		t.Fatal(err)
	}
	if a.Verdict != want {
		t.Errorf("%s at %s: %s, want %s", a.Guest.Name, at.Format("15:04"), a.Verdict, want)
	}
	sound(t, pool)
	return a
}

func takeBack(t *testing.T, pool *pgxpool.Pool, ref string, at time.Time, want bool) (up []Promotion) {
	t.Helper()
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		var ok bool
		var err error
		if up, ok, err = TakeBack(t.Context(), tx, ref, "fes", at); ok != want {
			t.Errorf("taken back: %v, want %v", ok, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sound(t, pool)
	return up
}

// sound checks what must hold at a door too, whatever was decided there: the count of places given away is true.
func sound(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	var wrong int
	if err := pool.QueryRow(context.Background(), `SELECT count(*) FROM stops s JOIN seats p ON p.stop_id = s.id WHERE s.capacity IS NOT NULL
		AND p.taken <> (SELECT count(*) FROM registrations r WHERE r.stop_id = s.id AND r.state IN ('confirmed', 'attended'))`).Scan(&wrong); err != nil || wrong > 0 {
		t.Errorf("the places of %d stops are miscounted: %v", wrong, err)
	}
}

// full is a stop of that capacity with as many confirmed, and so many waiting, each from a phone of their own.
func full(t *testing.T, capacity, waiting int) (pool *pgxpool.Pool, placed, listed []string) {
	t.Helper()
	pool = saved(t, stop("fes", capacity), stop("agadir", capacity))
	for i := range capacity + waiting {
		ref := register(t, pool, person("fes", int64(i+1), name(i), true)).Reference
		if i < capacity {
			placed = append(placed, ref)
		} else {
			listed = append(listed, ref)
		}
	}
	return pool, placed, listed
}

func TestWhoHasAPlaceIsLetInOnceAndASecondScanSaysWhenTheFirstWas(t *testing.T) {
	t.Parallel()
	pool, placed, _ := full(t, 3, 0)
	first := opens.Add(-10 * time.Minute)
	a := admit(t, pool, placed[0], first, Entered)
	if a.Guest.Name != name(0) || a.Guest.State != Attended || !a.Guest.Came.Equal(first) || a.Crowd != (Crowd{In: 1, Expected: 2}) {
		t.Errorf("%+v", a)
	}
	for range 2 {
		if a = admit(t, pool, placed[0], opens.Add(time.Hour), Already); !a.Guest.Came.Equal(first) || a.Crowd.In != 1 {
			t.Errorf("again: %+v", a)
		}
	}
	if a, err := Look(t.Context(), pool, placed[1], "fes"); err != nil || a.Verdict != Due || a.Crowd.In != 1 {
		t.Errorf("only looked at: %+v, %v", a, err)
	}
}

func TestWhoDoesNotBelongToThisDoorIsTurnedAway(t *testing.T) {
	t.Parallel()
	pool, placed, _ := full(t, 3, 0)
	foreign := register(t, pool, person("agadir", 1, "Fatima", true)).Reference
	if a := admit(t, pool, foreign, opens, Elsewhere); a.Guest.Stop.ID != "agadir" {
		t.Errorf("%+v", a)
	}
	admit(t, pool, "222-22A", opens, Unknown)
	if _, ok, err := tryCancel(t.Context(), pool, 1, placed[0]); !ok || err != nil {
		t.Fatal(ok, err)
	}
	admit(t, pool, placed[0], opens, GivenBack)
	if a, err := tryAdmit(t.Context(), pool, placed[0], "fes", true, opens); err != nil || a.Verdict != GivenBack {
		t.Errorf("anyway: %+v, %v", a, err)
	}
	off := stop("fes", 3)
	off.State = Cancelled
	if _, err := Save(t.Context(), pool, []Stop{off}, now); err != nil {
		t.Fatal(err)
	}
	admit(t, pool, placed[1], opens, Off)
	walkIn(t, pool, "", true, opens, Off)
}

func TestFromTheStartOnFreedPlacesAreForWhoIsThere(t *testing.T) {
	t.Parallel()
	pool, placed, listed := full(t, 2, 2)
	give := func(i int, at time.Time) (up []Promotion) {
		t.Helper()
		if err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) (err error) {
			up, _, err = Cancel(t.Context(), tx, int64(i+1), placed[i], at)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		sound(t, pool)
		return up
	}
	if up := give(0, opens.Add(-time.Minute)); len(up) != 1 || up[0].Reference != listed[0] {
		t.Fatalf("before the start: %+v", up)
	}
	if up := give(1, opens); len(up) != 0 {
		t.Fatalf("from the start: %+v", up)
	}
	// Who registers now doesn't get past those who wait.
	if got, err := try(t.Context(), pool, person("fes", 9, "Late", true), opens); err != nil || got.State != Waitlisted || got.Position != 2 || !got.Begun {
		t.Errorf("a new one: %+v, %v", got, err)
	}
	admit(t, pool, listed[1], opens, Entered)
	sound(t, pool)
}

func TestWhoWaitsComesInWhenNobodyExpectedLosesAPlaceAndLaterWhenThereIsRoom(t *testing.T) {
	t.Parallel()
	pool, placed, listed := full(t, 2, 2)
	admit(t, pool, placed[0], opens, Entered)
	a := admit(t, pool, listed[0], late.Add(-time.Second), Early)
	if a.Crowd != (Crowd{In: 1, Expected: 1}) || a.Guest.State != Waitlisted {
		t.Errorf("%+v", a)
	}
	admit(t, pool, listed[0], late, Entered)
	admit(t, pool, listed[1], late, Filled)
	// The expected one comes after all, when all is taken: only by a decision at the door.
	if a := admit(t, pool, placed[1], late, Filled); a.Guest.State != Confirmed {
		t.Errorf("%+v", a)
	}
	if a, err := tryAdmit(t.Context(), pool, placed[1], "fes", true, late); err != nil || a.Verdict != Entered || a.Crowd.In != 3 {
		t.Errorf("anyway: %+v, %v", a, err)
	}
	sound(t, pool)
}

func TestWhoHasAPlaceAndComesLateGetsItWhileThereIsRoom(t *testing.T) {
	t.Parallel()
	pool, placed, listed := full(t, 3, 1)
	admit(t, pool, placed[0], opens, Entered)
	admit(t, pool, listed[0], late, Entered)
	admit(t, pool, placed[1], late.Add(time.Hour), Entered)
	admit(t, pool, placed[2], late.Add(time.Hour), Filled)
}

func TestWithoutACapacityEverybodyComesIn(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 0))
	ref := register(t, pool, person("fes", 1, "Fatima", true)).Reference
	admit(t, pool, ref, opens, Entered)
	walkIn(t, pool, "", false, opens, Entered)
	walkIn(t, pool, "", false, opens, Entered)
}

func TestTheRestOfAPartyComesInTogetherAsFarAsThereIsRoom(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 3))
	var refs []string
	for i := range 3 {
		refs = append(refs, register(t, pool, person("fes", 1, name(i), i == 0)).Reference)
	}
	for i := 3; i < 5; i++ { // two more of them wait
		register(t, pool, person("fes", 1, name(i), false))
	}
	if _, _, err := tryCancel(t.Context(), pool, 1, refs[2]); err != nil { // one moves up
		t.Fatal(err)
	}
	a := admit(t, pool, refs[0], opens, Entered)
	if a.Guest.Party != 4 || a.Guest.PartyIn != 1 {
		t.Errorf("a party of %d, %d in", a.Guest.Party, a.Guest.PartyIn)
	}
	party := func(wantIn, wantOut int, at time.Time) {
		t.Helper()
		if err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
			in, out, err := AdmitParty(t.Context(), tx, refs[0], "fes", at)
			if in != wantIn || out != wantOut {
				t.Errorf("%d came in and %d not, want %d and %d", in, out, wantIn, wantOut)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		sound(t, pool)
	}
	party(2, 1, opens)
	party(0, 1, late)
	if got, want := states(t, pool, "fes"), fmt.Sprintf("%s attended, %s attended, %s cancelled, %s attended, %s waitlisted", name(0), name(1), name(2), name(3), name(4)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAMistakenCheckInIsTakenBack(t *testing.T) {
	t.Parallel()
	pool, placed, listed := full(t, 2, 1)
	admit(t, pool, placed[0], opens, Entered)
	takeBack(t, pool, placed[0], opens, true)
	takeBack(t, pool, placed[0], opens, false)
	admit(t, pool, placed[0], opens, Entered)
	admit(t, pool, listed[0], late, Entered)
	if up := takeBack(t, pool, listed[0], late, true); len(up) != 0 {
		t.Errorf("moved up after the start: %+v", up)
	}
	if got, want := states(t, pool, "fes"), name(0)+" attended, "+name(1)+" confirmed, "+name(2)+" waitlisted"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	w := walkIn(t, pool, "Karim", false, late, Entered)
	takeBack(t, pool, w.Guest.Reference, late, true)
	admit(t, pool, w.Guest.Reference, late, Unknown)
	takeBack(t, pool, "222-22A", late, false)
}

func TestADoorWaitsForTheOtherBeforeItGivesTheLastPlace(t *testing.T) {
	t.Parallel()
	// given one place, for which two wait, and a third who stands there without a registration
	pool, _, listed := full(t, 1, 2)
	for what, second := range map[string]struct {
		come func() (Admission, error)
		want Verdict
	}{
		"another who waits": {func() (Admission, error) { return tryAdmit(context.Background(), pool, listed[1], "fes", false, late) }, Filled},
		"the same":          {func() (Admission, error) { return tryAdmit(context.Background(), pool, listed[0], "fes", false, late) }, Already},
		"a walk-in":         {func() (Admission, error) { return tryWalkIn(context.Background(), pool, "", false, late) }, Filled},
	} {
		// when one is let in at a door, and before that is done another comes to a second door
		tx, err := pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if a, err := Admit(t.Context(), tx, listed[0], "fes", false, late); err != nil || a.Verdict != Entered {
			t.Fatal(a, err)
		}
		var got Admission
		var g errgroup.Group
		g.Go(func() (err error) { got, err = second.come(); return err })
		waitForLock(t, pool)
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		// then the second door knows of it
		if got.Verdict != second.want || got.Crowd.In != 1 {
			t.Errorf("%s: %s, %+v; want %s", what, got.Verdict, got.Crowd, second.want)
		}
		takeBack(t, pool, listed[0], late, true)
	}
}

func TestTwoDoorsNeverLetInMoreThanThereIsRoom(t *testing.T) {
	t.Parallel()
	pool, placed, listed := full(t, 5, 10)
	var g errgroup.Group
	g.SetLimit(8)
	verdicts := make(chan Verdict, 100)
	for i, ref := range slices.Concat(placed, listed, placed, listed) { // everybody is scanned at both doors
		g.Go(func() error {
			a, err := tryAdmit(context.Background(), pool, ref, "fes", false, late)
			verdicts <- a.Verdict
			if err == nil && i%5 == 0 {
				_, err = tryWalkIn(context.Background(), pool, "", false, late)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	close(verdicts)
	entered := 0
	for v := range verdicts {
		if v == Entered {
			entered++
		}
	}
	crowd, err := CrowdAt(t.Context(), pool, "fes")
	walked := strings.Count(states(t, pool, "fes"), " attended") - entered
	if err != nil || crowd.In != 5 || walked < 0 || walked > 5 {
		t.Errorf("%+v are in; %d were let in by a scan; %v", crowd, entered, err)
	}
	sound(t, pool)
}

func TestTwoDoorsAtOnceLetOnePersonInOnce(t *testing.T) {
	t.Parallel()
	pool, placed, _ := full(t, 3, 0)
	var g errgroup.Group
	got := make([]Admission, 8)
	for i := range got {
		g.Go(func() (err error) {
			got[i], err = tryAdmit(context.Background(), pool, placed[0], "fes", false, opens.Add(time.Duration(i)*time.Second))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	first := 0
	for _, a := range got {
		if !a.Guest.Came.Equal(*got[0].Guest.Came) || a.Crowd.In != 1 {
			t.Errorf("%+v", a)
		}
		if a.Verdict == Entered {
			first++
		}
	}
	if first != 1 {
		t.Errorf("%d doors say that they let them in", first)
	}
}

func TestDoorsCancellationsAndRegistrationsAtOnceKeepTheCountTrue(t *testing.T) {
	t.Parallel()
	pool, placed, listed := full(t, 6, 6)
	var g errgroup.Group
	for worker := range 6 {
		g.Go(func() error {
			r := mathrand.New(mathrand.NewPCG(2, uint64(worker)))
			for range 25 {
				i := r.IntN(12)
				ref := slices.Concat(placed, listed)[i]
				var err error
				switch r.IntN(4) {
				case 0:
					_, _, err = tryCancel(context.Background(), pool, int64(i+1), ref)
				case 1:
					err = pgx.BeginFunc(context.Background(), pool, func(tx pgx.Tx) error {
						_, _, err := TakeBack(context.Background(), tx, ref, "fes", late)
						return err
					})
				case 2:
					_, err = try(context.Background(), pool, person("fes", int64(r.IntN(100)+20), name(worker), true), late)
				default:
					_, err = tryAdmit(context.Background(), pool, ref, "fes", false, late)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	sound(t, pool)
	if crowd, err := CrowdAt(t.Context(), pool, "fes"); err != nil || crowd.In > 6 {
		t.Errorf("%+v, %v", crowd, err)
	}
}

package caravan

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"golang.org/x/sync/errgroup"

	"github.com/qafila/qafila/internal/postgres"
)

func TestStopsComeBackAsTheyWereSaved(t *testing.T) {
	t.Parallel()
	in := stop("fes", 12)
	in.Programme, in.Partners, in.Sample = []string{"card.how"}, []string{"OMPIC"}, true
	pool := saved(t, in)
	got, ok, err := ByID(t.Context(), pool, "fes")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if got.Place != "fes" || got.Capacity != 12 || got.Taken != 0 || len(got.Programme) != 1 || len(got.Partners) != 1 || !got.Sample || !got.Starts.Equal(in.Starts) ||
		got.Venue(true) != "Complexe" || got.Venue(false) != "المجمع" || !got.Ahead(now) {
		t.Errorf("%+v", got)
	}
	if free, limited := got.Free(); free != 12 || !limited {
		t.Errorf("free: %d, %v", free, limited)
	}
	if _, ok, err := ByID(t.Context(), pool, "nowhere"); ok || err != nil {
		t.Errorf("a stop that isn't there: %v, %v", ok, err)
	}
}

func TestSavingAgainChangesWhatChanged(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 12), stop("agadir", 12))
	moved := stop("fes", 12)
	moved.VenueFR = "Dar Chabab"
	got, err := Save(t.Context(), pool, []Stop{moved, stop("agadir", 12), stop("azilal", 0)}, now.Add(time.Hour))
	if err != nil || got != (Saved{New: 1, Changed: 1, Same: 1}) {
		t.Errorf("%+v, %v", got, err)
	}
	s, _, err := ByID(t.Context(), pool, "fes")
	if err != nil || s.VenueFR != "Dar Chabab" {
		t.Errorf("%+v, %v", s, err)
	}
	var first, later time.Time
	if err := pool.QueryRow(t.Context(), `SELECT published_at, updated_at FROM stops WHERE id = 'fes'`).Scan(&first, &later); err != nil {
		t.Fatal(err)
	}
	if !first.Equal(now) || !later.Equal(now.Add(time.Hour)) {
		t.Errorf("published %v, changed %v: a stop is published once", first, later)
	}
}

func TestNothingIsHalfSaved(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	bad := stop("agadir", 5)
	bad.Ends = bad.Starts // the database refuses it
	if _, err := Save(t.Context(), pool, []Stop{stop("fes", 5), bad}, now); err == nil {
		t.Fatal("a stop that ends as it starts was saved")
	}
	if all, err := All(t.Context(), pool); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestALargerCapacityMovesTheWaitingListUpAndMarksWhomToTell(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 1))
	for i := range 4 {
		register(t, pool, person("fes", int64(i+1), name(i), true))
	}
	got, err := Save(t.Context(), pool, []Stop{stop("fes", 3)}, now)
	if err != nil || got.MovedUp != 2 || got.Changed != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	var tell int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM registrations WHERE to_tell AND state = 'confirmed' AND chat_id IN (2, 3)`).Scan(&tell); err != nil || tell != 2 {
		t.Errorf("%d to tell, %v", tell, err)
	}
	invariants(t, pool)
}

func TestACapacityThatIsSetWhileSomebodyRegistersCountsThem(t *testing.T) {
	t.Parallel()
	// given a registration under way at a stop for as many as come
	pool := saved(t, stop("fes", 0))
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	if _, err := Register(t.Context(), tx, person("fes", 1, "Fatima", true), now, rand.Reader); err != nil {
		t.Fatal(err)
	}
	// when the stop gets one place
	var g errgroup.Group
	g.Go(func() error { _, err := Save(context.Background(), pool, []Stop{stop("fes", 1)}, now); return err })
	waitForLock(t, pool)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	// then that one is taken
	if got := register(t, pool, person("fes", 2, "Khadija", true)); got.State != Waitlisted {
		t.Errorf("%+v", got)
	}
	invariants(t, pool)
}

func TestImportingWhilePeopleRegisterKeepsThePromises(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 3), stop("agadir", 3))
	var g errgroup.Group
	for worker := range 4 {
		g.Go(func() error {
			for i := range 20 {
				if _, err := try(context.Background(), pool, person([]string{"fes", "agadir"}[i%2], int64(worker+1), name(i), false), now); err != nil {
					return err
				}
			}
			return nil
		})
	}
	g.Go(func() error {
		for i := range 15 {
			if _, err := Save(context.Background(), pool, []Stop{stop("fes", 3+i), stop("agadir", 3+2*i)}, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	invariants(t, pool)
}

func TestASmallerCapacityTakesNobodysPlace(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 0))
	for i := range 3 {
		register(t, pool, person("fes", int64(i+1), name(i), true))
	}
	if _, err := Save(t.Context(), pool, []Stop{stop("fes", 2)}, now); err != nil {
		t.Fatal(err)
	}
	if got := register(t, pool, person("fes", 9, "Omar", true)); got.State != Waitlisted {
		t.Errorf("%+v", got)
	}
	if s := states(t, pool, "fes"); strings.Count(s, Confirmed) != 3 {
		t.Error(s)
	}
}

func TestTheCalendarKnowsNextNearestRegionAndTown(t *testing.T) {
	t.Parallel()
	fes, agadir, over, draft := stop("fes", 0), stop("agadir", 0), stop("over", 0), stop("draft", 0)
	agadir.Place, agadir.Region, agadir.Lat, agadir.Lon = "agadir", "09", 30.42, -9.6
	agadir.Starts, agadir.Ends = fes.Starts.Add(-time.Hour), fes.Ends.Add(-time.Hour)
	over.Starts, over.Ends = now.Add(-2*time.Hour), now
	draft.State = Draft
	pool := saved(t, fes, agadir, over, draft)
	c, err := Upcoming(t.Context(), pool, now)
	if err != nil || len(c) != 2 {
		t.Fatalf("%+v, %v", c, err)
	}
	if s, ok := c.Next(); !ok || s.ID != "agadir" {
		t.Errorf("next: %v", s.ID)
	}
	if s, km, ok := c.Nearest(33.89, -5.55); !ok || s.ID != "fes" || km < 50 || km > 60 { // Meknès
		t.Errorf("nearest to Meknès: %v, %v km", s.ID, km)
	}
	if s, ok := c.At("agadir"); !ok || s.ID != "agadir" {
		t.Errorf("at Agadir: %v", s.ID)
	}
	if in := c.InRegion("03"); len(in) != 1 || in[0].ID != "fes" {
		t.Errorf("in region 03: %v", in)
	}
	if _, _, ok := (Calendar{}).Nearest(33, -5); ok {
		t.Error("an empty calendar has a nearest stop")
	}
	all, err := All(t.Context(), pool)
	if err != nil || len(all) != 4 {
		t.Errorf("%d of all, %v", len(all), err)
	}
}

func TestWishesToBeToldAreNotedOnce(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 0))
	for i, c := range []struct {
		region string
		want   bool
	}{{"", true}, {"", false}, {"03", true}, {"03", false}} {
		if got, err := WatchAll(t.Context(), pool, 1, c.region, now); err != nil || got != c.want {
			t.Errorf("wish %d: %v, %v", i, got, err)
		}
	}
	for i, want := range []bool{true, false} {
		if got, err := WatchStop(t.Context(), pool, 1, "fes", now); err != nil || got != want {
			t.Errorf("reminder %d: %v, %v", i, got, err)
		}
	}
	if w, err := Watches(t.Context(), pool, 1); err != nil || len(w) != 2 {
		t.Errorf("%+v, %v", w, err)
	}
	if err := Unwatch(t.Context(), pool, 1); err != nil {
		t.Fatal(err)
	}
	if w, err := Watches(t.Context(), pool, 1); err != nil || len(w) != 0 {
		t.Errorf("%+v, %v", w, err)
	}
}

func TestTheSamplesAreSamples(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	if err := PublishSamples(t.Context(), pool, now); err != nil {
		t.Fatal(err)
	}
	c, err := Upcoming(t.Context(), pool, now)
	if err != nil || len(c) != 3 {
		t.Fatalf("%+v, %v", c, err)
	}
	for i, s := range c {
		if !s.Sample || s.Starts.Sub(now) < 6*24*time.Hour || s.ID != []string{"demo-fes", "demo-azilal", "demo-agadir"}[i] {
			t.Errorf("%+v", s)
		}
		if p, ok := known.Directory.Place(s.Place); !ok || p.Region != s.Region {
			t.Errorf("%s: place %q, region %q", s.ID, s.Place, s.Region)
		}
	}
}

func TestAnInvitationIsReadByACalendar(t *testing.T) {
	t.Parallel()
	s := stop("fes", 0)
	cal, err := ics.ParseCalendar(strings.NewReader(string(s.Invitation("Caravane, Fès", "Complexe; salle 2, فاس", "t.me", now))))
	if err != nil {
		t.Fatal(err)
	}
	e := cal.Events()[0]
	start, err := e.GetStartAt()
	if err != nil || !start.Equal(s.Starts) || e.Id() != "fes@qafila" {
		t.Errorf("%v, %v, %q", start, err, e.Id())
	}
	for p, want := range map[ics.ComponentProperty]string{ics.ComponentPropertySummary: "Caravane, Fès", ics.ComponentPropertyLocation: "Complexe; salle 2, فاس",
		ics.ComponentPropertyDtStart: "20261201T090000Z"} {
		if got := e.GetProperty(p); got == nil || got.Value != want && ics.FromText(got.Value) != want {
			t.Errorf("%s: %+v, want %q", p, got, want)
		}
	}
}

func TestAChatsRegistrationsAreListedAndFound(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 1), stop("agadir", 0))
	a := register(t, pool, person("fes", 1, "Fatima", true))
	b := register(t, pool, person("agadir", 1, "Fatima", true))
	c := register(t, pool, person("fes", 1, "Khadija", false))
	if _, _, err := tryCancel(t.Context(), pool, 1, b.Reference); err != nil {
		t.Fatal(err)
	}
	list, err := OfChat(t.Context(), pool, 1, now)
	if err != nil || len(list) != 3 || list[0].Reference != a.Reference || list[1].Reference != c.Reference || list[2].State != Withdrawn {
		t.Errorf("%+v, %v", list, err)
	}
	if r, ok, err := Find(t.Context(), pool, 1, c.Reference); err != nil || !ok || r.Name != "Khadija" || r.Self || r.State != Waitlisted || r.Stop.ID != "fes" {
		t.Errorf("%+v, %v, %v", r, ok, err)
	}
	if _, ok, err := Find(t.Context(), pool, 2, c.Reference); ok || err != nil {
		t.Errorf("another chat finds it: %v, %v", ok, err)
	}
	if ref, state, count, err := Own(t.Context(), pool, 1, "fes"); err != nil || ref != a.Reference || state != Confirmed || count != 2 {
		t.Errorf("%s, %s, %d, %v", ref, state, count, err)
	}
	if ref, state, count, err := Own(t.Context(), pool, 1, "agadir"); err != nil || ref != "" || state != "" || count != 0 {
		t.Errorf("%s, %s, %d, %v", ref, state, count, err)
	}
}

package caravan

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

func tryWalkIn(ctx context.Context, pool *pgxpool.Pool, name string, anyway bool, at time.Time) (a Admission, err error) {
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		a, err = WalkIn(ctx, tx, "fes", "bois", name, strings.ToLower(name), anyway, at, rand.Reader)
		return err
	})
	return a, err
}

func walkIn(t *testing.T, pool *pgxpool.Pool, name string, anyway bool, at time.Time, want Verdict) Admission {
	t.Helper()
	a, err := tryWalkIn(t.Context(), pool, name, anyway, at)
	if err != nil {
		t.Fatal(err)
	}
	if a.Verdict != want {
		t.Errorf("the walk-in %q at %s: %s, want %s", name, at.Format("15:04"), a.Verdict, want)
	}
	sound(t, pool)
	return a
}

func TestAWalkInIsRegisteredPresentAndNobodysChat(t *testing.T) {
	t.Parallel()
	pool, placed, _ := full(t, 3, 0)
	walkIn(t, pool, "", false, opens, Early)
	for _, n := range []string{"", "", "Karim"} {
		walkIn(t, pool, n, false, late, Entered)
	}
	if a := walkIn(t, pool, "Karim", false, late, Filled); a.Guest.Name != "Karim" || a.Guest.Trade != "bois" {
		t.Errorf("turned away: %+v", a.Guest)
	}
	a := walkIn(t, pool, "Karim", true, late, Entered) // a second of that name
	if a.Guest.Chat != 0 || a.Guest.State != Attended || a.Guest.Reference == "" || a.Guest.Party != 1 || a.Guest.PartyIn != 1 || a.Crowd != (Crowd{In: 4, Expected: 3}) {
		t.Errorf("%+v", a)
	}
	admit(t, pool, a.Guest.Reference, late, Already)
	admit(t, pool, placed[0], late, Filled)
	if n, out, err := AdmitParty(t.Context(), pool, a.Guest.Reference, "fes", late); n != 0 || out != 0 || err != nil {
		t.Errorf("walk-ins are no party: %d, %d, %v", n, out, err)
	}
	// The database itself holds that nobody's registration is never anything but present.
	if _, err := pool.Exec(t.Context(), `UPDATE registrations SET state = 'waitlisted', came_as = NULL WHERE chat_id = 0`); err == nil {
		t.Error("a walk-in waits for a place")
	}
}

func TestAWalkInTakenBackBeforeTheStartFreesThePlaceForTheList(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 1))
	early := opens.Add(-time.Hour)
	w := walkIn(t, pool, "", false, early, Entered)
	listed := register(t, pool, person("fes", 1, "Fatima", true))
	if up := takeBack(t, pool, w.Guest.Reference, early, true); listed.State != Waitlisted || len(up) != 1 || up[0].Reference != listed.Reference {
		t.Errorf("%+v, %+v", listed, up)
	}
	invariants(t, pool)
}

package people

import (
	"testing"
	"time"
)

func TestADoorIsHeldForTheDay(t *testing.T) {
	t.Parallel()
	pool := house(t)
	exec(t, pool, `INSERT INTO staff (chat_id, role, name) VALUES (1, 'organiser', 'Salma'), (2, 'organiser', 'Karim')`)
	held := func(chat int64, at time.Time) string {
		t.Helper()
		var id int64
		must(t, pool.QueryRow(t.Context(), `SELECT id FROM staff WHERE chat_id = $1`, chat).Scan(&id))
		stop, err := HeldDoor(t.Context(), pool, id, at)
		must(t, err)
		return stop
	}
	var salma int64
	must(t, pool.QueryRow(t.Context(), `SELECT id FROM staff WHERE chat_id = 1`).Scan(&salma))
	if got := held(1, now); got != "" {
		t.Errorf("at first: %q", got)
	}
	must(t, HoldDoor(t.Context(), pool, salma, "fes", now))
	if got := held(1, now.Add(10*time.Hour)); got != "fes" {
		t.Errorf("in the evening: %q", got)
	}
	if got := held(1, now.Add(16*time.Hour)); got != "" { // now is nine in Casablanca
		t.Errorf("the next day: %q", got)
	}
	if got := held(2, now); got != "" {
		t.Errorf("somebody else: %q", got)
	}
}

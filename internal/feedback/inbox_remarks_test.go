package feedback

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/postgres"
)

// held makes a stop of a region, of that region's code.
func held(t testing.TB, pool *pgxpool.Pool, region string, at time.Time) string {
	t.Helper()
	exec(t, pool, `INSERT INTO stops (id, place, region, venue_fr, venue_ar, lat, lon, starts_at, ends_at) VALUES ('stop-' || $1::text, 'fes', $1, 'a', 'b', 34, -5, $2, $2::timestamptz + interval '3 hours')`, region, at)
	return "stop-" + region
}

// remarks goes through what was said of a stop, there and back, as a thumb does.
func remarks(t testing.TB, pool *pgxpool.Pool, s Scope, stop string) (list []Remark) {
	t.Helper()
	for key := ""; ; {
		r, ok, err := Remarked(t.Context(), pool, s, stop, key, 1)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		list, key = append(list, r), r.Key
		if r.At != len(list) {
			t.Errorf("the %d. is said to be the %d.", len(list), r.At)
		}
	}
	for i, r := range list {
		before, ok, err := Remarked(t.Context(), pool, s, stop, r.Key, -1)
		if err != nil || ok != (i > 0) || ok && before.Key != list[i-1].Key || r.Of != len(list) {
			t.Errorf("before the %d. of %d: %+v, %v, %v", i+1, r.Of, before, ok, err)
		}
	}
	if n, err := CountRemarks(t.Context(), pool, s, stop); err != nil || n != len(list) {
		t.Errorf("counted %d of %d, %v", n, len(list), err)
	}
	return list
}

func heard(list []Remark) (words []string) {
	for _, r := range list {
		words = append(words, r.Words)
	}
	return words
}

func TestWhatIsSaidOfAStopIsHeardInItsRegionAndByOrganisers(t *testing.T) {
	pool := postgres.ForTest(t)
	for i, r := range regions() {
		stop := held(t, pool, r, now.AddDate(0, 0, i))
		rate(t, pool, int64(i+1), stop, now, "Mot de "+r, "")
		rate(t, pool, int64(i+101), stop, now, "", "") // a score alone is for reports
	}
	for _, of := range regions() {
		s := Scope{Chamber: of}
		for _, r := range regions() {
			want := []string{"Mot de " + r}
			if r != of {
				want = nil
			}
			if got := heard(remarks(t, pool, s, "stop-"+r)); !slices.Equal(got, want) {
				t.Errorf("%s hears of %s: %q", of, r, got)
			}
		}
		if stops, err := StopsRemarked(t.Context(), pool, s); err != nil || !slices.Equal(stops, []string{"stop-" + of}) {
			t.Errorf("%s has %v, %v", of, stops, err)
		}
		if n, err := CountRemarks(t.Context(), pool, s, ""); err != nil || n != 1 {
			t.Errorf("%s counts %d, %v", of, n, err)
		}
	}
	for who, s := range map[string]Scope{"organiser": {Organisers: true}, "admin": {All: true}, "nobody": {}} {
		want := 12
		if who == "nobody" {
			want = 0
		}
		stops, err := StopsRemarked(t.Context(), pool, s)
		if err != nil || len(stops) != want || want > 0 && stops[0] != "stop-12" {
			t.Errorf("%s has %v, %v", who, stops, err)
		}
		if n, err := CountRemarks(t.Context(), pool, s, ""); err != nil || n != want {
			t.Errorf("%s counts %d, %v", who, n, err)
		}
		if got := remarks(t, pool, s, "stop-04"); len(got) != min(want, 1) {
			t.Errorf("%s hears %+v", who, got)
		}
	}
}

// rate keeps a rating with what was said beside it.
func rate(t testing.TB, pool *pgxpool.Pool, chat int64, stop string, at time.Time, words, file string) {
	t.Helper()
	if err := Rate(t.Context(), pool, chat, stop, 3, "fr", at); err != nil {
		t.Fatal(err)
	}
	if ok, err := Explain(t.Context(), pool, chat, Rating{Stop: stop, Words: words, File: file, Seconds: 4}, at); err != nil || !ok {
		t.Fatal(ok, err)
	}
}

func TestNobodyOfTheStaffCanTellWhoSaidWhatOfAStop(t *testing.T) {
	const chat = 771234567890
	pool := postgres.ForTest(t)
	stop := held(t, pool, "03", now)
	at := time.Date(2026, 11, 25, 17, 43, 21, 0, time.UTC)
	for i := range 40 {
		rate(t, pool, chat+int64(i), stop, at.Add(time.Duration(i)*time.Minute), fmt.Sprintf("Mot %02d", i), "")
	}
	rate(t, pool, chat+40, stop, at.AddDate(0, 0, 1), "", "voice of the second day")
	list := remarks(t, pool, Scope{Chamber: "03"}, stop)
	if len(list) != 41 || list[40].File != "voice of the second day" || list[40].Copy == 0 {
		t.Fatalf("%d were heard, at last %+v", len(list), list[len(list)-1])
	}
	// in no order that tells when: 40 by chance in that order is nothing that happens
	if slices.IsSorted(heard(list[:40])) {
		t.Error("they go in the order in which they were said")
	}
	rows, err := pool.Query(t.Context(), `SELECT to_jsonb(v) FROM inbox_ratings v`)
	if err != nil {
		t.Fatal(err)
	}
	view, err := pgx.CollectRows(rows, pgx.RowTo[map[string]any])
	if err != nil {
		t.Fatal(err)
	}
	told, err := json.Marshal([]any{list, view})
	if err != nil || len(view) != 41 {
		t.Fatal(len(view), err)
	}
	for _, secret := range []string{fmt.Sprint(chat)[:10], "17:43", "18:05", `"fr"`} {
		if strings.Contains(string(told), secret) {
			t.Errorf("staff can read %s", secret)
		}
	}
}

func TestWhoIsErasedOrDetachedIsHeardNoMore(t *testing.T) {
	pool := postgres.ForTest(t)
	stop := held(t, pool, "03", now)
	rate(t, pool, 1, stop, now, "Trop court", "")
	rate(t, pool, 2, stop, now.AddDate(0, 0, 1), "", "voice")
	rate(t, pool, 3, stop, now.AddDate(0, 0, 2), "Clair", "")
	s := Scope{Chamber: "03"}
	first := remarks(t, pool, s, stop)[0]
	if err := Forget(t.Context(), pool, 1); err != nil {
		t.Fatal(err)
	}
	// who has the first open goes on at the beginning
	if r, ok, err := Remarked(t.Context(), pool, s, stop, first.Key, 1); err != nil || !ok || r.File != "voice" || r.At != 1 || r.Of != 2 {
		t.Errorf("%+v, %v, %v", r, ok, err)
	}
	exec(t, pool, `UPDATE ratings SET chat_id = NULL, file = ''`) // as retention does
	if got := heard(remarks(t, pool, s, stop)); !slices.Equal(got, []string{"Clair"}) {
		t.Errorf("%q", got)
	}
}

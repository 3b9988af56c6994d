package feedback

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qafila/qafila/internal/postgres"
)

func TestARatingIsKeptOnceForEachChatAndStop(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	at := time.Date(2026, 12, 11, 10, 0, 0, 0, time.UTC)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := pool.Exec(t.Context(), `INSERT INTO stops (id, place, region, venue_fr, venue_ar, lat, lon, starts_at, ends_at)
		SELECT id, 'fes', '03', 'a', 'b', 34, -5, $1, $1::timestamptz + interval '3 hours' FROM unnest(ARRAY['fes', 'agadir', 'azilal']) id`, at)
	must(err)
	must(Rate(t.Context(), pool, 1, "fes", 2, "fr", at))
	must(Rate(t.Context(), pool, 1, "fes", 5, "ary", at.Add(time.Hour)))
	must(Rate(t.Context(), pool, 2, "fes", 4, "fr", at))
	must(Rate(t.Context(), pool, 1, "agadir", 1, "fr", at))
	ok, err := Explain(t.Context(), pool, 1, Rating{Stop: "fes", Words: "clair", File: "voice", Seconds: 3}, now)
	if must(err); !ok {
		t.Error("the words found no rating")
	}
	if ok, err = Explain(t.Context(), pool, 2, Rating{Stop: "agadir", Words: "x"}, now); err != nil || ok {
		t.Errorf("words without a score: %v, %v", ok, err)
	}
	if err := Rate(t.Context(), pool, 3, "fes", 6, "fr", at); err == nil {
		t.Error("six of five")
	}
	mine, err := Ratings(t.Context(), pool, 1)
	must(err)
	want := []Rating{{Stop: "agadir", Score: 1, Language: "fr", Created: at}, {Stop: "fes", Score: 5, Words: "clair", File: "voice", Seconds: 3, Language: "ary", Created: at}}
	if d := cmp.Diff(want, mine, cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); d != "" {
		t.Error(d)
	}
	means, err := Means(t.Context(), pool)
	must(err)
	if d := cmp.Diff(map[string]Mean{"fes": {4.5, 2}, "agadir": {1, 1}}, means); d != "" {
		t.Error(d)
	}
	must(Forget(t.Context(), pool, 1))
	if means, err = Means(t.Context(), pool); err != nil || means["fes"] != (Mean{4, 1}) || len(means) != 1 {
		t.Errorf("after forgetting: %v, %v", means, err)
	}
}

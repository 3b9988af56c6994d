package feedback

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
)

func tellRemarks(t testing.TB, pool *pgxpool.Pool, at time.Time) (told []string) {
	t.Helper()
	list, err := TellRemarks(t.Context(), pool, at)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		told = append(told, fmt.Sprint(m.Stop, " ", m.Region, " ", m.Count))
	}
	return told
}

// Whatever is said of stops within a day in Morocco is told at once, on a later one, and nothing of it on the day itself: so no news tells when
// somebody spoke.
func TestWhatIsSaidOfAStopIsToldOnADayAfter(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	member(t, pool, "organiser", "")
	fes, agadir := held(t, pool, "03", now), held(t, pool, "09", now.AddDate(0, 0, 1))
	day := func(n, hour, minute int) time.Time { return time.Date(2026, 12, n, hour, minute, 0, 0, locale.Zone()) }
	for _, c := range []struct {
		at   time.Time
		said []string // by whom of what
		want []string
	}{
		{day(1, 9, 0), []string{fes, fes, agadir}, nil},
		{day(1, 23, 59), []string{fes}, nil},
		{day(2, 0, 1), []string{fes}, []string{"stop-09 09 1", "stop-03 03 3"}},
		{day(2, 9, 0), nil, nil},
		{day(2, 23, 59), []string{fes}, nil},
		{day(9, 9, 0), nil, []string{"stop-03 03 2"}},
		{day(10, 9, 0), nil, nil},
	} {
		for i, stop := range c.said {
			rate(t, pool, c.at.Unix()+int64(i), stop, c.at, "Clair", "")
			rate(t, pool, c.at.Unix()+int64(i)+100, stop, c.at, "", "") // a score alone is for reports
		}
		if got := tellRemarks(t, pool, c.at); !slices.Equal(got, c.want) {
			t.Errorf("at %v: %q, want %q", c.at, got, c.want)
		}
	}
	// said later than the score, and changed: that is news of the day on which it was said
	if ok, err := Explain(t.Context(), pool, day(1, 9, 0).Unix(), Rating{Stop: fes, File: "voice", Seconds: 4}, day(12, 9, 0)); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if got := tellRemarks(t, pool, day(12, 9, 0)); got != nil {
		t.Errorf("told on its day: %q", got)
	}
	if got := tellRemarks(t, pool, day(13, 7, 0)); !slices.Equal(got, []string{"stop-03 03 1"}) {
		t.Errorf("%q", got)
	}
	// who is erased before anybody was told said nothing
	rate(t, pool, 7, fes, day(13, 9, 0), "Clair", "")
	if err := Forget(t.Context(), pool, 7); err != nil {
		t.Fatal(err)
	}
	if got := tellRemarks(t, pool, day(14, 9, 0)); got != nil {
		t.Errorf("%q", got)
	}
}

func TestRemarksWaitUntilThereIsSomebodyWhoMayHearThem(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	fes, agadir := held(t, pool, "03", now), held(t, pool, "09", now)
	rate(t, pool, 1, fes, now, "Clair", "")
	rate(t, pool, 2, agadir, now, "", "voice")
	later := now.AddDate(0, 0, 5)
	if got := tellRemarks(t, pool, later); got != nil {
		t.Errorf("told to nobody: %q", got)
	}
	member(t, pool, "agent", "03")
	if got := tellRemarks(t, pool, later); !slices.Equal(got, []string{"stop-03 03 1"}) {
		t.Errorf("%q", got)
	}
	member(t, pool, "admin", "")
	if got := tellRemarks(t, pool, later); !slices.Equal(got, []string{"stop-09 09 1"}) {
		t.Errorf("%q", got)
	}
	for _, r := range regions() {
		for _, of := range regions() {
			if m := (Remarks{Region: of}); m.For(Reader{Agent: true, Region: r}) != (r == of) || !m.For(Reader{}) {
				t.Errorf("an agent of %s hears of %s, or an organiser doesn't", r, of)
			}
		}
	}
}

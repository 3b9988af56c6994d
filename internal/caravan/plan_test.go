package caravan

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"
)

func create(ctx context.Context, pool *pgxpool.Pool, s Stop) (id string, err error) {
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error { id, err = Create(ctx, tx, s, now); return err })
	return id, err
}

func TestANewStopsIdSaysTownAndDayAndIsItsOwn(t *testing.T) {
	pool := saved(t)
	long := stop("", 0)
	long.Place = "tahannaout-el-haouz-and-much-more"
	for i, s := range []struct {
		stop Stop
		want string
	}{{stop("", 0), "fes-2026-12-01"}, {stop("", 0), "fes-2026-12-01-2"}, {stop("", 0), "fes-2026-12-01-3"}, {long, "tahannaout-el-haouz-and-m-2026-12-01"}} {
		if id, err := create(t.Context(), pool, s.stop); err != nil || id != s.want {
			t.Errorf("%d: %q, %v", i, id, err)
		}
	}
	var g errgroup.Group
	for range 8 {
		g.Go(func() error { _, err := create(context.Background(), pool, stop("", 0)); return err })
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if all, err := All(t.Context(), pool); err != nil || len(all) != 12 {
		t.Errorf("%d stops, %v: two took one id", len(all), err)
	}
}

func TestAChangeSeesTheStopAsItIsAndNobodyComesBetween(t *testing.T) {
	pool := saved(t, stop("fes", 1))
	var g errgroup.Group
	for range 10 {
		g.Go(func() error {
			return pgx.BeginFunc(context.Background(), pool, func(tx pgx.Tx) error {
				_, ok, err := Change(context.Background(), tx, "fes", now, func(s *Stop) bool { s.Capacity++; return true })
				if !ok {
					return errors.New("no stop")
				}
				return err
			})
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if s, _, err := ByID(t.Context(), pool, "fes"); err != nil || s.Capacity != 11 {
		t.Errorf("%d places, %v", s.Capacity, err)
	}
	if err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		if _, ok, err := Change(t.Context(), tx, "nowhere", now, func(*Stop) bool { return true }); ok || err != nil {
			t.Errorf("%v, %v", ok, err)
		}
		_, _, err := Change(t.Context(), tx, "fes", now, func(s *Stop) bool { s.Capacity = 1; return false })
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if s, _, err := ByID(t.Context(), pool, "fes"); err != nil || s.Capacity != 11 {
		t.Errorf("%d places, %v: it was not to be changed", s.Capacity, err)
	}
}

func TestWhatWasPublishedIsNoDraftAgain(t *testing.T) {
	draft := stop("draft", 0)
	draft.State = Draft
	pool := saved(t, stop("fes", 0), draft)
	for _, state := range []string{Cancelled, Draft, Published} { // as long as nobody knows of it
		draft.State = state
		if _, err := Save(t.Context(), pool, []Stop{draft}, now); err != nil {
			t.Errorf("a draft made %s: %v", state, err)
		}
	}
	back := stop("fes", 0)
	for _, state := range []string{Published, Cancelled} {
		back.State = state
		if _, err := Save(t.Context(), pool, []Stop{back}, now); err != nil {
			t.Fatal(err)
		}
		back.State = Draft
		if _, err := Save(t.Context(), pool, []Stop{back}, now); !errors.Is(err, ErrPublished) {
			t.Errorf("%s, then a draft: %v", state, err)
		}
	}
}

func TestHowAPublishedStopWasIsKeptOnlyWhereItMattersToWhoGoes(t *testing.T) {
	draft := stop("draft", 0)
	draft.State = Draft
	pool := saved(t, stop("fes", 0), draft)
	kept := func() (n int) {
		t.Helper()
		if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM stop_changes`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	s := stop("fes", 0)
	for i, change := range []struct {
		what  string
		alter func()
		want  int
	}{
		{"nothing", func() {}, 0},
		{"a draft's day", func() { draft.Starts = draft.Starts.Add(-time.Hour) }, 0},
		{"capacity, programme, partners", func() { s.Capacity, s.Programme, s.Partners = 5, []string{"card.how"}, []string{"OMPIC"} }, 0},
		{"hours", func() { s.Ends = s.Ends.Add(time.Hour) }, 1},
		{"venue", func() { s.VenueAR = "دار الشباب" }, 2},
		{"pin", func() { s.Lat += 0.0001 }, 3},
		{"cancelled", func() { s.State = Cancelled }, 4},
		{"published again", func() { s.State = Published }, 5},
	} {
		change.alter()
		if _, err := Save(t.Context(), pool, []Stop{s, draft}, now.Add(time.Duration(i)*time.Minute)); err != nil {
			t.Fatal(err)
		}
		if n := kept(); n != change.want {
			t.Errorf("after a change of %s %d are kept, want %d", change.what, n, change.want)
		}
	}
	var was string
	if err := pool.QueryRow(t.Context(), `SELECT venue_ar FROM stop_changes ORDER BY id OFFSET 1 LIMIT 1`).Scan(&was); err != nil || was != "المجمع" {
		t.Errorf("kept %q, %v: want how it was before", was, err)
	}
}

func TestWhoIsConcernedByAStop(t *testing.T) {
	pool := saved(t, stop("fes", 2), stop("agadir", 0))
	for i := range 3 {
		register(t, pool, person("fes", 1+int64(i/2), name(i), false)) // chats 1, 1, 2: the last one waits
	}
	gone := register(t, pool, person("fes", 9, name(9), false))
	if _, _, err := tryCancel(t.Context(), pool, 9, gone.Reference); err != nil {
		t.Fatal(err)
	}
	register(t, pool, person("agadir", 7, name(7), false))
	for _, chat := range []int64{2, 3} {
		if _, err := WatchStop(t.Context(), pool, chat, "fes", now); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := WatchStop(t.Context(), pool, 4, "fes", now); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `INSERT INTO chats (chat_id, stopped_at) VALUES (4, now()), (3, NULL)`); err != nil {
		t.Fatal(err)
	}
	if confirmed, waiting, chats, err := Attendance(t.Context(), pool, "fes"); err != nil || confirmed != 2 || waiting != 1 || chats != 3 {
		t.Errorf("%d confirmed, %d waiting, %d chats, %v", confirmed, waiting, chats, err)
	}
}

func TestPlansAndTwoStopsInOneTownOnOneDay(t *testing.T) {
	draft, off, over, late := stop("draft", 0), stop("off", 0), stop("over", 0), stop("late", 0)
	draft.State, off.State = Draft, Cancelled
	draft.Starts, draft.Ends = draft.Starts.AddDate(0, 0, 1), draft.Ends.AddDate(0, 0, 1)
	over.Starts, over.Ends = now.Add(-26*time.Hour), now.Add(-24*time.Hour)
	late.Starts, late.Ends = now.Add(-3*time.Hour), now
	pool := saved(t, stop("fes", 0), draft, off, over, late)
	ids := func(list []Stop, err error) (ids string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			ids += s.ID + " "
		}
		return ids
	}
	if got := ids(Plans(t.Context(), pool, false, now)); got != "fes off draft " {
		t.Errorf("ahead: %s", got)
	}
	if got := ids(Plans(t.Context(), pool, true, now)); got != "late over " {
		t.Errorf("over: %s", got)
	}
	second := stop("", 0)
	second.Starts = second.Starts.Add(5 * time.Hour)
	if other, ok, err := SameDay(t.Context(), pool, second); err != nil || !ok || other.ID != "fes" {
		t.Errorf("%v, %v, %v", other.ID, ok, err)
	}
	for what, s := range map[string]Stop{"itself": stop("fes", 0), "the cancelled one": {Place: "fes", ID: "fes", Starts: off.Starts},
		"another town's": {Place: "agadir", Starts: second.Starts}, "the next day's": {Place: "fes", ID: "draft", Starts: draft.Starts}} {
		if other, ok, err := SameDay(t.Context(), pool, s); err != nil || ok {
			t.Errorf("%s was found: %v, %v", what, other.ID, err)
		}
	}
}

package outreach

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/qafila/qafila/internal/caravan"
)

func registerAt(t testing.TB, pool *pgxpool.Pool, now time.Time, id string, chats ...int64) (references []string) {
	t.Helper()
	for _, chat := range chats {
		if err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
			got, err := caravan.Register(t.Context(), tx, caravan.Registration{Stop: caravan.Stop{ID: id}, Chat: chat, Self: true, Name: "Fatima", NameKey: "fatima"}, now, rand.Reader)
			references = append(references, got.Reference)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	return references
}

// moved is the stop of that id on another day of December.
func moved(id string, day int) caravan.Stop {
	s := stop(id)
	s.Starts, s.Ends = at(day, 9, 30), at(day, 12, 30)
	return s
}

func cancelled(s caravan.Stop) caravan.Stop {
	s.State = caravan.Cancelled
	return s
}

func TestAMoveTellsThoseWhoAreRegisteredOrAskedOnceAndNobodyElse(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	exec(t, pool, `INSERT INTO chats (chat_id, language) VALUES (6, 'fr'), (7, 'fr'), (8, 'fr'), (9, 'fr')`)
	small := stop("fes")
	small.Capacity = 4
	publish(t, pool, at(1, 9, 0), small, stop("agadir"))
	refs := registerAt(t, pool, at(1, 10, 0), "fes", 1, 4, 5, 7, 2) // 4 and 5 may not be written to; 2 waits
	registerAt(t, pool, at(1, 10, 0), "agadir", 6)
	remind(t, pool, at(1, 10, 0), "fes", 3, 1) // 1 is registered too
	watchAll(t, pool, at(1, 10, 0), "", 8)     // hears of new stops only
	if err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		_, _, err := caravan.Cancel(t.Context(), tx, 7, refs[3], at(1, 10, 5)) // so 2 moves up
		return err
	}); err != nil {
		t.Fatal(err)
	}
	expect(t, o, at(1, 10, 10))
	later := moved("fes", 14)
	later.Capacity = 4
	publish(t, pool, at(1, 11, 0), later)
	registerAt(t, pool, at(1, 11, 1), "fes", 9) // knows the new day
	expect(t, o, at(1, 11, 2), "1: fr notice.moved fes lundi 14 décembre 2026", "2: ary notice.moved fes lundi 14 décembre 2026",
		"3: ar notice.moved fes lundi 14 décembre 2026")
	for _, again := range []time.Time{at(1, 11, 3), at(1, 11, 10), at(2, 9, 0)} {
		expect(t, o, again)
	}
	later.Starts = at(14, 10, 0)
	publish(t, pool, at(2, 10, 0), later) // the next change is the next message
	expect(t, o, at(2, 10, 1), "1: fr notice.moved fes lundi 14 décembre 2026", "2: ary notice.moved fes lundi 14 décembre 2026",
		"3: ar notice.moved fes lundi 14 décembre 2026", "9: fr notice.moved fes lundi 14 décembre 2026")
	expect(t, o, at(2, 10, 2))
}

func TestWhatCountsAsAMove(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		change func(*caravan.Stop)
		want   string
	}{
		"the hours":          {func(s *caravan.Stop) { s.Ends = at(10, 13, 0) }, "notice.moved"},
		"the town":           {func(s *caravan.Stop) { s.Place, s.Region = "sefrou", "03" }, "notice.moved"},
		"the venue":          {func(s *caravan.Stop) { s.VenueFR = "Dar Chabab" }, "notice.moved"},
		"the Arabic name":    {func(s *caravan.Stop) { s.VenueAR = "دار الشباب" }, "notice.moved"},
		"a pin 210 m north":  {func(s *caravan.Stop) { s.Lat += 0.00189 }, "notice.moved"},
		"a pin 190 m north":  {func(s *caravan.Stop) { s.Lat += 0.00171 }, ""},
		"a pin 190 m west":   {func(s *caravan.Stop) { s.Lon -= 0.00206 }, ""}, // a degree of longitude is shorter here
		"a pin 210 m west":   {func(s *caravan.Stop) { s.Lon -= 0.00228 }, "notice.moved"},
		"capacity":           {func(s *caravan.Stop) { s.Capacity = 5 }, ""},
		"programme, partner": {func(s *caravan.Stop) { s.Programme, s.Partners = []string{"card.how"}, []string{"OMPIC"} }, ""},
		"it is cancelled":    {func(s *caravan.Stop) { s.State = caravan.Cancelled }, "notice.cancelled"},
		"it is over by now":  {func(s *caravan.Stop) { s.Starts, s.Ends = at(1, 9, 30), at(1, 10, 30) }, ""},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			o, pool := house(t)
			publish(t, pool, at(1, 9, 0), stop("fes"))
			registerAt(t, pool, at(1, 10, 0), "fes", 1)
			s := stop("fes")
			c.change(&s)
			if s.State == caravan.Published && s.Ends.After(at(2, 0, 0)) && stop("fes").Moved(s) != (c.want != "") {
				t.Error("caravan.Moved knows another rule")
			}
			publish(t, pool, at(1, 11, 0), s)
			got := said(t, o, at(1, 11, 1))
			want := []string{}
			if c.want != "" {
				want = []string{fmt.Sprintf("1: fr %s fes jeudi 10 décembre 2026", c.want)}
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

func TestSmallMovesOfAPinAddUp(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	s := stop("fes")
	publish(t, pool, at(1, 9, 0), s)
	registerAt(t, pool, at(1, 10, 0), "fes", 1)
	s.Lat += 0.0012
	publish(t, pool, at(1, 11, 0), s)
	expect(t, o, at(1, 11, 1))
	expect(t, o, at(1, 11, 10)) // settled
	s.Lat += 0.0012
	publish(t, pool, at(1, 12, 0), s)
	expect(t, o, at(1, 12, 1), "1: fr notice.moved fes jeudi 10 décembre 2026")
}

func TestSeveralChangesInTheNightAreOneMessageAboutTheNewest(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	publish(t, pool, at(1, 9, 0), stop("fes"))
	registerAt(t, pool, at(1, 10, 0), "fes", 1)
	publish(t, pool, at(1, 22, 0), moved("fes", 14))
	registerAt(t, pool, at(1, 22, 30), "fes", 2) // knows of the 14th
	expect(t, o, at(1, 22, 45))
	publish(t, pool, at(1, 23, 0), moved("fes", 15))
	expect(t, o, at(2, 7, 59))
	expect(t, o, at(2, 8, 0), "1: fr notice.moved fes mardi 15 décembre 2026", "2: ary notice.moved fes mardi 15 décembre 2026")
	expect(t, o, at(2, 8, 1))
}

func TestAChangeThatIsUndoneInTimeIsNoMessageButToWhoRegisteredInBetween(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	publish(t, pool, at(1, 9, 0), stop("fes"))
	registerAt(t, pool, at(1, 10, 0), "fes", 1)
	publish(t, pool, at(1, 22, 0), moved("fes", 14))
	registerAt(t, pool, at(1, 22, 30), "fes", 2) // knows of the 14th only
	publish(t, pool, at(1, 23, 0), stop("fes"))
	expect(t, o, at(2, 8, 0), "2: ary notice.moved fes jeudi 10 décembre 2026")
	expect(t, o, at(2, 8, 10))
	// Undone after it was told: both are changes.
	publish(t, pool, at(2, 9, 0), cancelled(stop("fes")))
	expect(t, o, at(2, 9, 1), "1: fr notice.cancelled fes jeudi 10 décembre 2026", "2: ary notice.cancelled fes jeudi 10 décembre 2026")
	publish(t, pool, at(2, 10, 0), stop("fes"))
	expect(t, o, at(2, 10, 1), "1: fr notice.restored fes jeudi 10 décembre 2026", "2: ary notice.restored fes jeudi 10 décembre 2026")
	expect(t, o, at(2, 10, 10))
}

func TestACancelledStopIsNamedAsItWasKnownAndAnotherOffered(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	far, near := stop("laayoune"), stop("meknes")
	far.Lat, far.Lon, near.Lat, near.Lon = 27.15, -13.2, 33.89, -5.55
	near.Starts, near.Ends = at(20, 9, 30), at(20, 12, 30)
	publish(t, pool, at(1, 9, 0), stop("fes"), far, near)
	registerAt(t, pool, at(1, 10, 0), "fes", 1)
	publish(t, pool, at(1, 22, 0), moved("fes", 14)) // of which nobody is told any more
	publish(t, pool, at(1, 23, 0), cancelled(moved("fes", 14)))
	expect(t, o, at(2, 8, 0), "1: fr notice.cancelled_other fes jeudi 10 décembre 2026")
	expect(t, o, at(9, 18, 0)) // nor reminded
	ahead, err := caravan.Upcoming(t.Context(), pool, at(2, 8, 0))
	if err != nil {
		t.Fatal(err)
	}
	n := o.change("fr", news{Place: "fes", Starts: at(10, 9, 30), On: true}, cancelled(stop("fes")), ahead, at(2, 8, 0))
	if n.Doors[0].Door != "start:stop_meknes" || n.Params["distance"] != "52 km" {
		t.Errorf("%+v", n)
	}
}

func TestOfACancelledStopNobodyIsReminded(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	publish(t, pool, at(1, 9, 0), stop("fes"))
	remind(t, pool, at(2, 9, 0), "fes", 1)
	publish(t, pool, at(3, 12, 0), cancelled(stop("fes")))
	expect(t, o, at(3, 12, 1), "1: fr notice.cancelled fes jeudi 10 décembre 2026")
	expect(t, o, at(9, 18, 0))
	expect(t, o, at(10, 8, 0))
}

func TestADraftChangesInSilence(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	watchAll(t, pool, at(1, 9, 0), "", 1)
	draft := stop("fes")
	draft.State = caravan.Draft
	publish(t, pool, at(1, 10, 0), draft)
	draft.Starts = at(10, 10, 0)
	publish(t, pool, at(1, 11, 0), draft)
	publish(t, pool, at(1, 11, 30), cancelled(draft))
	expect(t, o, at(1, 11, 31))
}

func TestManyAreToldOnceByTwoInstancesWhileTheStopMovesAgain(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	publish(t, pool, at(1, 9, 0), stop("fes"))
	exec(t, pool, `INSERT INTO chats (chat_id, language) SELECT n, 'fr' FROM generate_series(100, 699) n`)
	exec(t, pool, `INSERT INTO registrations (reference, stop_id, chat_id, self, name, name_key, trade, place, state, created_at)
		SELECT 'r' || n, 'fes', n, true, 'F', 'f', 'T01', 'fes', 'confirmed', $1 FROM generate_series(100, 699) n`, at(1, 10, 0))
	publish(t, pool, at(1, 11, 0), moved("fes", 14))
	var g errgroup.Group
	for range 4 {
		g.Go(func() error {
			for i := range 6 {
				if _, err := o.Tick(context.Background(), at(1, 12, i)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	g.Go(func() error {
		_, err := caravan.Save(context.Background(), pool, []caravan.Stop{moved("fes", 15)}, at(1, 11, 30))
		return err
	})
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Tick(t.Context(), at(1, 13, 0)); err != nil {
		t.Fatal(err)
	}
	// Whoever was told of the 14th was told of the 15th too, nobody twice of the same day, and everybody knows of the 15th.
	rows, err := pool.Query(t.Context(), `SELECT chat_id, count(*) FILTER (WHERE message LIKE '%14 décembre%'), count(*) FILTER (WHERE message LIKE '%15 décembre%')
		FROM deliveries GROUP BY chat_id`)
	if err != nil {
		t.Fatal(err)
	}
	var chat int64
	var first, second, chats int
	if _, err := pgx.ForEachRow(rows, []any{&chat, &first, &second}, func() error {
		chats++
		if first > 1 || second != 1 {
			t.Errorf("chat %d was told %d times of the 14th, %d of the 15th", chat, first, second)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if chats != 600 {
		t.Errorf("%d chats were told", chats)
	}
	if o.settled(t) {
		return
	}
	t.Error("the changes are still open")
}

// settled ticks once more, and tells whether no change is open any more.
func (o *Outreach) settled(t testing.TB) bool {
	t.Helper()
	if _, err := o.Tick(t.Context(), at(1, 14, 0)); err != nil {
		t.Fatal(err)
	}
	var open int
	if err := o.Pool.QueryRow(t.Context(), `SELECT count(*) FROM stop_changes WHERE settled_at IS NULL`).Scan(&open); err != nil {
		t.Fatal(err)
	}
	return open == 0
}

func TestMoreThanATickTakesAreAllTold(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	publish(t, pool, at(1, 9, 0), stop("fes"))
	exec(t, pool, `INSERT INTO chats (chat_id, language) SELECT n, 'fr' FROM generate_series(100, 100 + $1::int) n`, most)
	exec(t, pool, `INSERT INTO watches (chat_id, stop_id, created_at) SELECT n, 'fes', $2 FROM generate_series(100, 100 + $1::int) n`, most, at(1, 9, 30))
	publish(t, pool, at(1, 10, 0), moved("fes", 14))
	for i, want := range []int{most, 1, 0} {
		began := time.Now()
		out, err := o.Tick(t.Context(), at(1, 11, i))
		if err != nil || len(out) != want {
			t.Errorf("tick %d: %d said, %v", i, len(out), err)
		}
		t.Logf("%d in %v", len(out), time.Since(began).Round(time.Millisecond))
	}
}

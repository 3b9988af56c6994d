package outreach

import (
	"context"
	"crypto/rand"
	"fmt"
	"sort"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/locales"
	"github.com/qafila/qafila/reminders"
)

// at is a time in Casablanca on a day of December 2026; stops are on the 10th from 9:30 unless a test says otherwise.
func at(day, hour, minute int) time.Time {
	return time.Date(2026, 12, day, hour, minute, 0, 0, locale.Zone())
}

func stop(id string) caravan.Stop {
	return caravan.Stop{ID: id, Place: "fes", Region: "03", VenueFR: "Complexe", VenueAR: "المجمع", Lat: 34, Lon: -5, State: caravan.Published,
		Starts: at(10, 9, 30), Ends: at(10, 12, 30)}
}

// house has chats 1 (fr), 2 (ary), 3 (no language yet), 4 (stopped) and 5 (unreachable).
func house(t testing.TB) (*Outreach, *pgxpool.Pool) {
	t.Helper()
	pool := postgres.ForTest(t)
	exec(t, pool, `INSERT INTO chats (chat_id, language, stopped_at, unreachable_at) VALUES (1, 'fr', NULL, NULL), (2, 'ary', NULL, NULL), (3, '', NULL, NULL),
		(4, 'fr', now(), NULL), (5, 'fr', NULL, now())`)
	return &Outreach{Pool: pool, Instance: 7, Rules: shipped(t), Quiet: quiet(t, UsualQuiet), Region: regionOf,
		Word: func(lang locale.Language, n conversation.Note) conversation.Message {
			said := string(lang) + " " + n.Text
			for _, p := range []string{"stop", "count"} {
				if v, ok := n.Params[p]; ok {
					said += fmt.Sprint(" ", v)
				}
			}
			return conversation.Message{Text: said}
		},
		Describe: func(_ locale.Language, s caravan.Stop, now time.Time) map[string]any {
			return map[string]any{"stop": s.ID + " " + locale.Day(locale.French, s.Starts, now)}
		}}, pool
}

// spoken are the texts that ship, read once.
var spoken = sync.OnceValues(func() (*locale.Texts, error) { return locale.Load(locales.Files, locale.Languages()) })

func shippedTexts(t testing.TB) *locale.Texts {
	t.Helper()
	texts, err := spoken()
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// shipped are the rules that ship.
func shipped(t testing.TB) []Rule {
	t.Helper()
	rules, wrong := LoadRules(reminders.Files, Known{Texts: shippedTexts(t), Quiet: quiet(t, UsualQuiet), Resumable: func(name string) bool { return name == "registration_form" }})
	for _, p := range wrong {
		t.Error(p)
	}
	return rules
}

var towns = sync.OnceValue(directory.Default)

func regionOf(place string) string {
	p, _ := towns().Place(place)
	return p.Region
}

func exec(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(context.Background(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func publish(t testing.TB, pool *pgxpool.Pool, now time.Time, stops ...caravan.Stop) {
	t.Helper()
	if _, err := caravan.Save(t.Context(), pool, stops, now); err != nil {
		t.Fatal(err)
	}
}

func watchAll(t testing.TB, pool *pgxpool.Pool, now time.Time, region string, chats ...int64) {
	t.Helper()
	for _, c := range chats {
		if _, err := caravan.WatchAll(t.Context(), pool, c, region, now); err != nil {
			t.Fatal(err)
		}
	}
}

func remind(t testing.TB, pool *pgxpool.Pool, now time.Time, id string, chats ...int64) {
	t.Helper()
	for _, c := range chats {
		if _, err := caravan.WatchStop(t.Context(), pool, c, id, now); err != nil {
			t.Fatal(err)
		}
	}
}

// said ticks, and gives what was said as "chat: words", sorted; it must be what was stored.
func said(t testing.TB, o *Outreach, now time.Time) []string {
	t.Helper()
	out, err := o.Tick(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	list := []string{}
	for _, d := range out {
		list = append(list, fmt.Sprintf("%d: %s", d.Chat, d.Message.Text))
		var stored int
		if err := o.Pool.QueryRow(context.Background(), `SELECT count(*) FROM deliveries WHERE id = $1 AND chat_id = $2 AND lane = 'bulk' AND owner = 7
			AND message::json->>'t' = $3`, d.ID, d.Chat, d.Message.Text).Scan(&stored); err != nil || stored != 1 || !d.Bulk {
			t.Errorf("delivery %+v is not stored as it was told: %v", d, err)
		}
	}
	sort.Strings(list)
	return list
}

func expect(t testing.TB, o *Outreach, now time.Time, want ...string) {
	t.Helper()
	if d := cmp.Diff(append([]string{}, want...), said(t, o, now)); d != "" {
		t.Errorf("at %s: %s", now.In(locale.Zone()).Format("2 15:04"), d)
	}
}

func TestThoseWhoAskedAreToldOnceThatAStopIsPublished(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	watchAll(t, pool, at(1, 10, 0), "", 1, 2, 3, 4, 5)
	expect(t, o, at(1, 10, 0))
	publish(t, pool, at(1, 11, 0), stop("fes"))
	expect(t, o, at(1, 11, 1), "1: fr notice.published fes jeudi 10 décembre 2026", "2: ary notice.published fes jeudi 10 décembre 2026",
		"3: ar notice.published fes jeudi 10 décembre 2026")
	expect(t, o, at(1, 11, 2))
	moved := stop("fes")
	moved.VenueFR = "Ailleurs"
	publish(t, pool, at(1, 12, 0), moved)
	expect(t, o, at(1, 12, 1))
}

func TestOnlyStopsPublishedAfterTheyAskedInTheirRegionAndStillAhead(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	agadir, draft, begun := stop("agadir"), stop("draft"), stop("begun")
	agadir.Region, draft.State, begun.Starts = "09", caravan.Draft, at(1, 10, 30)
	publish(t, pool, at(1, 9, 0), stop("old"))
	watchAll(t, pool, at(1, 10, 0), "", 1)
	watchAll(t, pool, at(1, 10, 0), "09", 2)
	watchAll(t, pool, at(1, 10, 0), "05", 3)
	publish(t, pool, at(1, 10, 5), agadir, draft, begun)
	expect(t, o, at(1, 11, 0), "1: fr notice.published agadir jeudi 10 décembre 2026", "2: ary notice.published agadir jeudi 10 décembre 2026")
	draft.State = caravan.Published
	publish(t, pool, at(1, 12, 0), draft)
	expect(t, o, at(1, 12, 1), "1: fr notice.published draft jeudi 10 décembre 2026")
}

func TestAStopIsAnnouncedOnceAndForAll(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	watchAll(t, pool, at(1, 10, 0), "", 1)
	publish(t, pool, at(1, 11, 0), stop("fes"))
	expect(t, o, at(1, 11, 1), "1: fr notice.published fes jeudi 10 décembre 2026")
	announced := func(want bool) {
		t.Helper()
		var got bool
		if err := pool.QueryRow(t.Context(), `SELECT announced FROM stops`).Scan(&got); err != nil || got != want {
			t.Errorf("announced: %v, %v; want %v", got, err, want)
		}
	}
	expect(t, o, at(1, 11, 1))
	announced(false)
	watchAll(t, pool, at(1, 10, 59), "", 2) // noted just before, committed only now
	expect(t, o, at(1, 11, 2), "2: ary notice.published fes jeudi 10 décembre 2026")
	expect(t, o, at(1, 11, 3))
	announced(true)
}

func TestSeveralStopsAtOnceAreOneMessage(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	watchAll(t, pool, at(1, 10, 0), "", 1)
	publish(t, pool, at(1, 11, 0), stop("a"), stop("b"), stop("c"))
	expect(t, o, at(1, 11, 1), "1: fr notice.published_more 3")
	expect(t, o, at(1, 11, 2))
}

func TestASampleSaysSo(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	watchAll(t, pool, at(1, 10, 0), "", 1)
	s := stop("fes")
	s.Sample = true
	publish(t, pool, at(1, 11, 0), s)
	expect(t, o, at(1, 11, 1), "1: fr sample.note\n\nfr notice.published fes jeudi 10 décembre 2026")
}

func TestNobodyIsWrittenToInQuietHours(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	watchAll(t, pool, at(1, 10, 0), "", 1)
	publish(t, pool, at(1, 20, 59), stop("fes"))
	for _, quiet := range []time.Time{at(1, 21, 0), at(1, 23, 59), at(2, 0, 0), at(2, 7, 59)} {
		expect(t, o, quiet)
	}
	expect(t, o, at(2, 8, 0), "1: fr notice.published fes jeudi 10 décembre 2026")
}

func TestWhoMovedUpByALargerCapacityIsTold(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	small := stop("fes")
	small.Capacity = 1
	publish(t, pool, at(1, 9, 0), small)
	for _, chat := range []int64{9, 1, 4} {
		if err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
			_, err := caravan.Register(t.Context(), tx, caravan.Registration{Stop: caravan.Stop{ID: "fes"}, Chat: chat, Self: true, Name: "Fatima", NameKey: "fatima"}, at(1, 9, 0), rand.Reader)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	large := stop("fes")
	large.Capacity = 5
	publish(t, pool, at(1, 12, 0), large)
	expect(t, o, at(1, 12, 1), "1: fr notice.promoted fes jeudi 10 décembre 2026")
	expect(t, o, at(1, 12, 2))
}

func TestTwoInstancesSayItOnce(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	exec(t, pool, `INSERT INTO chats (chat_id, language) SELECT n, 'fr' FROM generate_series(100, 399) n`)
	exec(t, pool, `INSERT INTO watches (chat_id, created_at) SELECT n, $1 FROM generate_series(100, 399) n`, at(1, 9, 0))
	publish(t, pool, at(1, 10, 0), stop("fes"))
	var g errgroup.Group
	for range 6 {
		g.Go(func() error {
			for range 4 {
				if _, err := o.Tick(context.Background(), at(1, 11, 0)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	expect(t, o, at(1, 11, 1)) // whatever ticks stepped back for another, nothing is left
	var deliveries, chats int
	if err := pool.QueryRow(t.Context(), `SELECT count(*), count(DISTINCT chat_id) FROM deliveries`).Scan(&deliveries, &chats); err != nil {
		t.Fatal(err)
	}
	if deliveries != 300 || chats != 300 {
		t.Errorf("%d deliveries to %d chats", deliveries, chats)
	}
}

func TestMoreThanATickTakesGoOnWithTheNext(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	exec(t, pool, `INSERT INTO chats (chat_id, language) SELECT n, 'fr' FROM generate_series(100, 100 + $1::int) n`, most)
	exec(t, pool, `INSERT INTO watches (chat_id, created_at) SELECT n, $2 FROM generate_series(100, 100 + $1::int) n`, most, at(1, 9, 0))
	publish(t, pool, at(1, 10, 0), stop("fes"))
	for i, want := range []int{most, 1, 0} {
		out, err := o.Tick(t.Context(), at(1, 11, i))
		if err != nil || len(out) != want {
			t.Errorf("tick %d: %d said, %v", i, len(out), err)
		}
	}
}

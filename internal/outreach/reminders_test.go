package outreach

import (
	"context"
	"crypto/rand"
	flags "flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/locale"
)

// place registers chats at a stop.
func place(t testing.TB, pool *pgxpool.Pool, now time.Time, id string, chats ...int64) {
	t.Helper()
	for _, c := range chats {
		if err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
			_, err := caravan.Register(t.Context(), tx, caravan.Registration{Stop: caravan.Stop{ID: id}, Chat: c, Self: true, Name: "Fatima", NameKey: "fatima"}, now, rand.Reader)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// The stop is on Thursday the 10th, 9:30 to 12:30.
func TestAStopIsRemindedOfFourTimesToWhoIsExpectedThere(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	publish(t, pool, at(1, 9, 0), stop("fes"))
	place(t, pool, at(1, 9, 0), "fes", 1, 4, 5)
	remind(t, pool, at(1, 9, 0), "fes", 2, 4, 5)
	place(t, pool, at(1, 9, 0), "fes", 2) // both ways: one message
	for _, c := range []struct {
		before, at time.Time
		text, day  string
	}{
		{at(3, 9, 59), at(3, 10, 0), "reminder.week", "jeudi"},
		{at(9, 17, 59), at(9, 18, 0), "reminder.eve", "demain, jeudi"},
		{at(10, 7, 59), at(10, 8, 0), "reminder.soon", "aujourd'hui, jeudi"}, // its time, half past seven, is too early
		{at(11, 9, 59), at(11, 10, 0), "reminder.rate", "jeudi"},
	} {
		expect(t, o, c.before)
		said := fmt.Sprintf("%s fes %s 10 décembre 2026", c.text, c.day)
		expect(t, o, c.at, "1: fr "+said, "2: ary "+said)
		sent(t, pool)
		expect(t, o, c.at.Add(time.Minute))
		expect(t, o, c.at.Add(time.Hour))
	}
	expect(t, o, at(14, 10, 0))
}

func TestWhoRegistersLateIsToldWhatIsAheadAndTheLatestThatMakesSense(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	publish(t, pool, at(1, 9, 0), stop("fes"))
	place(t, pool, at(3, 12, 0), "fes", 1) // two hours after the week's: they know the date
	expect(t, o, at(3, 12, 1))
	place(t, pool, at(9, 20, 40), "fes", 2)
	expect(t, o, at(9, 20, 41), "1: fr reminder.eve fes demain, jeudi 10 décembre 2026", "2: ary reminder.eve fes demain, jeudi 10 décembre 2026")
	place(t, pool, at(9, 21, 30), "fes", 3)
	expect(t, o, at(9, 21, 31))
	// In the morning the evening's makes sense still, but the last one's time has come.
	expect(t, o, at(10, 8, 0), "1: fr reminder.soon fes aujourd'hui, jeudi 10 décembre 2026", "2: ary reminder.soon fes aujourd'hui, jeudi 10 décembre 2026",
		"3: ar reminder.soon fes aujourd'hui, jeudi 10 décembre 2026")
	exec(t, pool, `INSERT INTO chats (chat_id, language) VALUES (6, 'fr'), (7, 'fr')`)
	place(t, pool, at(10, 9, 29), "fes", 6)
	expect(t, o, at(10, 9, 29), "6: fr reminder.soon fes aujourd'hui, jeudi 10 décembre 2026")
	place(t, pool, at(10, 9, 29), "fes", 7)
	expect(t, o, at(10, 9, 30)) // it has begun
}

func TestTheEveningsReminderMakesSenseInTheMorningOfAStopInTheAfternoon(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	s := stop("fes")
	s.Starts, s.Ends = at(10, 15, 0), at(10, 18, 0)
	publish(t, pool, at(1, 9, 0), s)
	place(t, pool, at(9, 22, 0), "fes", 1)
	expect(t, o, at(9, 22, 1))
	expect(t, o, at(10, 8, 0), "1: fr reminder.eve fes aujourd'hui, jeudi 10 décembre 2026")
	expect(t, o, at(10, 13, 0), "1: fr reminder.soon fes aujourd'hui, jeudi 10 décembre 2026")
}

func TestAReminderGoesByTheStopAsItIsNow(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	publish(t, pool, at(1, 9, 0), stop("fes"), stop("off"))
	place(t, pool, at(2, 9, 0), "fes", 1)
	place(t, pool, at(2, 9, 0), "off", 1)
	moved, off := stop("fes"), stop("off")
	moved.Starts, moved.Ends, off.State = at(14, 9, 30), at(14, 12, 30), caravan.Cancelled
	publish(t, pool, at(3, 9, 0), moved, off)
	expect(t, o, at(3, 10, 0), "1: fr notice.cancelled_other off jeudi 10 décembre 2026", "1: fr notice.moved fes lundi 14 décembre 2026")
	expect(t, o, at(7, 10, 0), "1: fr reminder.week fes lundi 14 décembre 2026")
	expect(t, o, at(9, 18, 0))
	expect(t, o, at(13, 18, 0), "1: fr reminder.eve fes demain, lundi 14 décembre 2026")
	moved.Starts, moved.Ends = at(16, 9, 30), at(16, 12, 30) // moved after the reminder: again
	publish(t, pool, at(13, 19, 0), moved)
	sent(t, pool)
	expect(t, o, at(13, 19, 1), "1: fr notice.moved fes mercredi 16 décembre 2026")
	expect(t, o, at(15, 18, 0), "1: fr reminder.eve fes demain, mercredi 16 décembre 2026")
	moved.Starts, moved.Ends = at(16, 15, 0), at(16, 18, 0) // to another hour of the same day: only what hangs on the hour
	sent(t, pool)
	publish(t, pool, at(15, 19, 0), moved)
	expect(t, o, at(15, 19, 1), "1: fr notice.moved fes demain, mercredi 16 décembre 2026")
	expect(t, o, at(16, 8, 0))
	expect(t, o, at(16, 13, 0), "1: fr reminder.soon fes aujourd'hui, mercredi 16 décembre 2026")
}

// sent is what the sender does.
func sent(t testing.TB, pool *pgxpool.Pool) { t.Helper(); exec(t, pool, `DELETE FROM deliveries`) }

func TestWhatWasMissedWhileNothingRanIsCaughtUpByTheSameRule(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	publish(t, pool, at(1, 9, 0), stop("fes"))
	place(t, pool, at(1, 9, 0), "fes", 1)
	expect(t, o, at(5, 12, 0)) // the week's was over on Friday
	expect(t, o, at(10, 9, 0), "1: fr reminder.soon fes aujourd'hui, jeudi 10 décembre 2026")
	expect(t, o, at(14, 19, 0), "1: fr reminder.rate fes jeudi 10 décembre 2026")

	o, pool = house(t)
	publish(t, pool, at(1, 9, 0), stop("fes"))
	place(t, pool, at(1, 9, 0), "fes", 1)
	expect(t, o, at(15, 9, 0))
}

func TestOnlyWhoCameIsAskedHowItWas(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	publish(t, pool, at(1, 9, 0), stop("fes"))
	place(t, pool, at(1, 9, 0), "fes", 1, 2)
	exec(t, pool, `UPDATE registrations SET state = 'attended', attended_at = $1 WHERE chat_id = 2`, at(10, 9, 30))
	remind(t, pool, at(1, 9, 0), "fes", 3)
	expect(t, o, at(11, 10, 0), "2: ary reminder.rate fes jeudi 10 décembre 2026")
}

func TestAReminderThatWaitsIsTakenBackWhenItsStopChanges(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	publish(t, pool, at(1, 9, 0), stop("fes"))
	place(t, pool, at(1, 9, 0), "fes", 1, 2)
	expect(t, o, at(9, 18, 0), "1: fr reminder.eve fes demain, jeudi 10 décembre 2026", "2: ary reminder.eve fes demain, jeudi 10 décembre 2026")
	exec(t, pool, `UPDATE deliveries SET owner = 99 WHERE chat_id = 1`) // under way
	changed := stop("fes")
	changed.VenueFR = "Ailleurs"
	publish(t, pool, at(9, 18, 1), changed)
	expect(t, o, at(9, 18, 1), "1: fr notice.moved fes demain, jeudi 10 décembre 2026", "2: ary notice.moved fes demain, jeudi 10 décembre 2026",
		"2: ary reminder.eve fes demain, jeudi 10 décembre 2026")
	gone := stop("fes")
	gone.State = caravan.Cancelled
	publish(t, pool, at(9, 19, 0), gone)
	expect(t, o, at(9, 19, 0), "1: fr notice.cancelled fes demain, jeudi 10 décembre 2026", "2: ary notice.cancelled fes demain, jeudi 10 décembre 2026")
	var waiting int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM deliveries WHERE message LIKE '%reminder.eve%'`).Scan(&waiting); err != nil || waiting != 1 {
		t.Errorf("%d wait, the one under way must: %v", waiting, err)
	}
}

func TestAReminderThatWaitedTooLongIsWordedAnew(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	publish(t, pool, at(1, 9, 0), stop("fes"))
	place(t, pool, at(9, 20, 59), "fes", 1)
	expect(t, o, at(9, 20, 59), "1: fr reminder.eve fes demain, jeudi 10 décembre 2026")
	var until time.Time
	if err := pool.QueryRow(t.Context(), `SELECT not_after FROM deliveries`).Scan(&until); err != nil || !until.Equal(at(10, 0, 0)) {
		t.Errorf("it may leave until %s: %v", until, err)
	}
	expect(t, o, at(10, 8, 0), "1: fr reminder.soon fes aujourd'hui, jeudi 10 décembre 2026")
}

func TestAnUnfinishedRegistrationIsRecalledOnceAfterADay(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	publish(t, pool, at(1, 9, 0), stop("fes"))
	left := func(chat int64, flow string, since, seen time.Time) {
		t.Helper()
		exec(t, pool, `UPDATE chats SET unfinished = $2, unfinished_at = $3, seen_at = $4 WHERE chat_id = $1`, chat, flow, since, seen)
	}
	left(1, "registration_form", at(2, 11, 0), at(2, 11, 5))
	left(2, "recommend", at(2, 11, 0), at(2, 11, 5))
	left(3, "registration_form", at(2, 11, 0), at(3, 9, 0)) // still at it
	left(4, "registration_form", at(2, 11, 0), at(2, 11, 5))
	left(5, "registration_form", at(2, 11, 0), at(2, 11, 5))
	expect(t, o, at(3, 11, 4))
	expect(t, o, at(3, 11, 20), "1: fr reminder.unfinished")
	sent(t, pool)
	expect(t, o, at(3, 20, 0))
	expect(t, o, at(4, 15, 0), "3: ar reminder.unfinished")
	sent(t, pool)
	expect(t, o, at(4, 17, 0))
	left(1, "registration_form", at(20, 9, 0), at(20, 9, 0)) // another one, when no stop is ahead
	expect(t, o, at(21, 10, 0))
}

func TestWhoWasNotInTheRegisterIsAskedOnceAMonthLater(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	for chat, said := range map[int64]string{1: "no", 2: "yes", 3: "unsure", 4: "no", 5: "no"} {
		exec(t, pool, `INSERT INTO people (chat_id, rna, updated_at) VALUES ($1, $2, $3)`, chat, said, at(1, 10, 0))
	}
	expect(t, o, at(31, 9, 59))
	expect(t, o, at(31, 10, 15), "1: fr reminder.rna", "3: ar reminder.rna")
	sent(t, pool)
	exec(t, pool, `UPDATE people SET updated_at = $1`, at(20, 10, 0))
	expect(t, o, at(51, 11, 0)) // said again: not asked again
}

func TestOnTheFirstMondayWhoAskedHearsOfTheStopsNearThem(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	exec(t, pool, `INSERT INTO chats (chat_id, language) VALUES (6, 'fr'), (7, 'fr'), (8, 'fr')`)
	agadir, far := stop("agadir"), stop("far")
	agadir.Region, agadir.Place = "09", "agadir"
	far.Starts, far.Ends = at(10, 9, 30).AddDate(0, 2, 0), at(10, 12, 30).AddDate(0, 2, 0)
	publish(t, pool, at(1, 9, 0), stop("fes"), agadir, far)
	watchAll(t, pool, at(2, 9, 0), "", 1, 2, 4, 5, 8)
	watchAll(t, pool, at(2, 9, 0), "09", 3)
	watchAll(t, pool, at(2, 9, 0), "05", 6) // nothing there
	exec(t, pool, `INSERT INTO people (chat_id, place) VALUES (2, 'agadir'), (8, 'azilal')`)
	doors := func(now time.Time) map[int64]string {
		t.Helper()
		out, err := o.Tick(t.Context(), now)
		if err != nil {
			t.Fatal(err)
		}
		got := map[int64]string{}
		for _, d := range out {
			got[d.Chat] = d.Message.Text
		}
		return got
	}
	o.Word = showDoors
	if got := doors(at(7, 9, 59)); len(got) > 0 { // Monday the 7th
		t.Errorf("too early: %v", got)
	}
	both, one := "start:stop_agadir start:stop_fes /next /stop", "start:stop_agadir /next /stop"
	got := doors(at(7, 10, 0))
	want := map[int64]string{1: both, 2: one, 3: one, 8: both}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	sent(t, pool)
	watchAll(t, pool, at(7, 11, 0), "", 7) // they have just looked
	for _, now := range []time.Time{at(7, 10, 1), at(7, 12, 0), at(8, 10, 0), at(14, 10, 0)} {
		if got := doors(now); len(got) > 0 {
			t.Errorf("on %s: %v", now, got)
		}
	}
}

func TestTwoInstancesRemindOnce(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	publish(t, pool, at(1, 9, 0), stop("fes"))
	exec(t, pool, `INSERT INTO chats (chat_id, language) SELECT n, 'fr' FROM generate_series(100, 399) n`)
	exec(t, pool, `INSERT INTO watches (chat_id, stop_id, created_at) SELECT n, 'fes', $1 FROM generate_series(100, 399) n`, at(1, 9, 0))
	var g errgroup.Group
	for range 6 {
		g.Go(func() error {
			for i := range 4 {
				if _, err := o.Tick(context.Background(), at(9, 18, i)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	expect(t, o, at(9, 18, 5))
	var deliveries, chats int
	if err := pool.QueryRow(t.Context(), `SELECT count(*), count(DISTINCT chat_id) FROM deliveries`).Scan(&deliveries, &chats); err != nil {
		t.Fatal(err)
	}
	if deliveries != 300 || chats != 300 {
		t.Errorf("%d deliveries to %d chats", deliveries, chats)
	}
}

// The full form, with as many people as the national register counts: go test ./internal/outreach -run HoweverMany -everybody 420000
var everybody = flags.Int("everybody", 80_000, "people that there are while reminders are looked for")

// Nothing may be read through: what a tick costs goes by what is due. It is counted in rows, so that the test says the same on any machine.
func TestATickIsCheapHoweverManyPeopleThereAre(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	publish(t, pool, at(1, 9, 0), stop("fes"))
	exec(t, pool, `INSERT INTO chats (chat_id, language, unfinished, unfinished_at, seen_at) SELECT n, 'fr', CASE WHEN n % 4 = 0 THEN 'registration_form' ELSE '' END,
		CASE WHEN n % 4 = 0 THEN $1::timestamptz - n * interval '1 minute' END, $1 FROM generate_series(1000, 1000 + $2::int) n`, at(1, 9, 0), *everybody)
	exec(t, pool, `INSERT INTO people (chat_id, rna, updated_at) SELECT n, 'no', $1::timestamptz - interval '40 days' - n * interval '1 second' FROM generate_series(1000, 1000 + $2::int) n`, at(1, 9, 0), *everybody)
	exec(t, pool, `INSERT INTO watches (chat_id, created_at) SELECT n, $1 FROM generate_series(1000, 1000 + $2::int) n`, at(2, 9, 0), *everybody)
	exec(t, pool, `UPDATE stops SET announced = true`)
	place(t, pool, at(2, 9, 0), "fes", 1, 2)
	exec(t, pool, `ANALYZE`)

	read := func(now time.Time) (rows int, said int) {
		t.Helper()
		tx, err := pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback(context.Background()) }()
		count := func() (n int) {
			if err := tx.QueryRow(t.Context(), `SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		before := count()
		out, err := o.reminders(t.Context(), tx, now)
		if err != nil {
			t.Fatal(err)
		}
		after := count()
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		return after - before, len(out)
	}
	if rows, said := read(at(3, 11, 0)); said != 82 || rows > 400 { // the week's to two, and 80 who began to register two days ago
		t.Errorf("the reminders to %d people read %d rows", said, rows)
	}
	sent(t, pool)
	if rows, said := read(at(3, 11, 1)); said != 0 || rows > 100 {
		t.Errorf("with nothing due, %d are told and %d rows read", said, rows)
	}
	// The month's message to all of them: a tick takes so many, and reads on where the one before ended.
	for i := range 3 {
		rows, said := read(at(7, 10, i))
		if said != most || rows > 8*most {
			t.Errorf("look %d of the month's round: %d told, %d rows read", i, said, rows)
		}
		sent(t, pool)
	}
}

func TestNoMoreRemindersWaitThanAreSoonSent(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	publish(t, pool, at(1, 9, 0), stop("fes"))
	exec(t, pool, `INSERT INTO chats (chat_id, language) SELECT n, 'fr' FROM generate_series(100, 100 + $1::int + 9) n`, most)
	exec(t, pool, `INSERT INTO watches (chat_id, stop_id, created_at) SELECT n, 'fes', $2 FROM generate_series(100, 100 + $1::int + 9) n`, most, at(1, 9, 0))
	ticks := func(now time.Time) int {
		t.Helper()
		out, err := o.Tick(t.Context(), now)
		if err != nil {
			t.Fatal(err)
		}
		return len(out)
	}
	if n := ticks(at(9, 18, 0)); n != most {
		t.Errorf("%d at once", n)
	}
	if n := ticks(at(9, 18, 1)); n != 0 {
		t.Errorf("%d more while they wait", n)
	}
	exec(t, pool, `DELETE FROM deliveries WHERE chat_id < 104`)
	if n := ticks(at(9, 18, 2)); n != 4 {
		t.Errorf("%d when four had left", n)
	}
	sent(t, pool)
	if n := ticks(at(9, 18, 3)) + ticks(at(9, 18, 4)); n != 6 {
		t.Errorf("%d at the end", n)
	}
	if n := ticks(at(9, 20, 0)); n != 0 {
		t.Errorf("%d were told twice", n)
	}
}

func showDoors(_ locale.Language, n conversation.Note) conversation.Message {
	var said []string
	for _, d := range n.Doors {
		said = append(said, d.Door)
	}
	return conversation.Message{Text: strings.Join(said, " ")}
}

package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/outreach"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/internal/simulator"
)

// A rig is the whole bot at a simulated Telegram, with a database of its own.
type rig struct {
	sim     *simulator.Server
	pool    *pgxpool.Pool
	setup   setup
	address string // of Telegram
	service *service
	stop    func(*testing.T)
}

// setup is what a rig is made of.
type setup struct {
	settings settings
	now      func() time.Time
	look     time.Duration                               // how often, beside the durable work, is looked for what is due; 0: never
	telegram func(testing.TB, http.Handler) http.Handler // what stands between the bot and the simulator
	played   simulator.Options                           // of the simulator
}

// An option changes a setup.
type option func(*setup)

// A clock runs like the real one, from where it was set. It is never set to before the real time, which Postgres goes by.
type clock struct {
	began time.Time
	ahead atomic.Int64
}

// newClock begins on a Monday at ten in the morning, an hour at which the bot may write to people first.
func newClock() *clock {
	c := &clock{began: time.Now().In(locale.Zone())}
	for c.began = c.day(1, 10, 0); c.began.Weekday() != time.Monday; c.began = c.day(1, 10, 0) {
	}
	c.set(c.began)
	return c
}

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func (c *clock) set(t time.Time) { c.ahead.Store(int64(time.Until(t))) }

// by makes the bot go by a clock, look all the time for what is due, and keep the usual quiet hours.
func by(c *clock) option {
	return func(s *setup) { s.now, s.look, s.settings.Quiet = c.now, 20*time.Millisecond, outreach.UsualQuiet }
}

// day is a time in Casablanca, so many days after the clock's beginning.
func (c *clock) day(after, hour, minute int) time.Time {
	return time.Date(c.began.Year(), c.began.Month(), c.began.Day()+after, hour, minute, 0, 0, locale.Zone())
}

// start runs the bot until the test ends. Whatever it asks of Telegram is held against the Bot API.
func start(t *testing.T, samples bool, change ...option) *rig {
	t.Helper()
	with := setup{
		settings: settings{common: common{Data: t.TempDir(), Languages: "fr,ar,ary"}, BulkRate: 25,
			Controller: "Chambre d'essai", Declaration: "D-1/2026", Quiet: "none"},
		now: time.Now, telegram: againstBotAPI,
	}
	for _, f := range change {
		f(&with)
	}
	pool := databases.ForTest(t)
	sim := simulator.New(with.played)
	with.settings.Token = sim.Token()
	far := httptest.NewUnstartedServer(with.telegram(t, sim))
	far.Config.ConnState = sim.ConnState
	far.Start()
	t.Cleanup(func() { sim.Close(); far.CloseClientConnections(); far.Close() })
	r := &rig{sim: sim, pool: pool, setup: with, address: far.URL}
	if samples {
		if err := caravan.PublishSamples(t.Context(), pool, with.now()); err != nil {
			t.Fatal(err)
		}
	}
	r.run(t)
	t.Cleanup(func() { r.stop(t) })
	return r
}

// run runs a bot of the rig's setup.
func (r *rig) run(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := r.setup.settings
	s.APIURL, s.Listen = r.address, listener.Addr().String()
	if err := s.check(); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	v, err := newService(s, &postgres.Database{Pool: r.pool}, log, r.setup.now)
	if err != nil {
		t.Fatal(err)
	}
	v.listener = listener
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- v.run(ctx) }()
	looking := make(chan struct{})
	go func() {
		defer close(looking)
		// Often while somebody waits for what the bot doesn't answer at once, seldom else: each look makes Postgres plan a dozen statements.
		look := r.setup.look
		for n := 0; look > 0 && ctx.Err() == nil; time.Sleep(look) {
			if n++; n%50 != 0 && !r.sim.Awaited(3*look) {
				continue
			}
			v.group(ctx)
			v.sayWhatIsDue(ctx)
			v.reports(ctx)
		}
	}()
	r.service = v
	r.stop = func(t *testing.T) {
		t.Helper()
		cancel()
		<-looking
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// restart stops the bot, and runs another one with a changed setup on the same database.
func (r *rig) restart(t *testing.T, change ...option) {
	t.Helper()
	r.stop(t)
	for _, f := range change {
		f(&r.setup)
	}
	r.run(t)
}

// quiet waits until the bot has taken in and sent all that there is.
func (r *rig) quiet(t *testing.T) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for calm := 0; calm < 2; {
		if time.Now().After(deadline) {
			t.Fatal("the bot does not come to rest")
		}
		time.Sleep(time.Millisecond)
		if r.sim.Pending() == 0 && r.service.sender.Idle() {
			calm++
		} else {
			calm = 0
		}
	}
}

// silent looks for what is due, and waits until what the bot says first has left too: nothing is stored that waits to be sent.
func (r *rig) silent(t *testing.T) {
	t.Helper()
	r.quiet(t)
	r.service.group(t.Context())
	r.service.sayWhatIsDue(t.Context())
	for deadline := time.Now().Add(20 * time.Second); r.count(t, `SELECT count(*) FROM deliveries WHERE failed_at IS NULL`) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("deliveries wait for ever")
		}
	}
	r.quiet(t)
}

// count gives the number that a query gives.
func (r *rig) count(t *testing.T, sql string, args ...any) int {
	t.Helper()
	var n int
	if err := r.pool.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// do runs a statement.
func (r *rig) do(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := r.pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// agreed has a person agree to the handling of their data, as its words are now.
func (r *rig) agreed(t *testing.T, chat int64) {
	t.Helper()
	if err := people.Agree(t.Context(), r.pool, chat, people.Data, true, r.setup.now()); err != nil {
		t.Fatal(err)
	}
}

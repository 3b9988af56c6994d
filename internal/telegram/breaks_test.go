package telegram_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/internal/simulator"
)

// exchange has each person send n messages, the next when the one before is answered, and waits until all are through.
func exchange(r *rig, people []*simulator.Person, n int, patience time.Duration) error {
	errs := make(chan error, len(people))
	for _, p := range people {
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			for i := range n {
				words := fmt.Sprintf("m%02d", i)
				p.Send(words)
				for answered := false; !answered; {
					e, err := p.Next(ctx)
					if err != nil {
						errs <- fmt.Errorf("person %d waits for the answer to %s: %w", p.ID(), words, err)
						return
					}
					answered = e.Message.Text == "echo "+words
				}
			}
			errs <- nil
		}()
	}
	var first error
	for range people {
		if err := <-errs; err != nil && first == nil {
			first = err
		}
	}
	if first != nil {
		return first
	}
	heard := r.heard()
	for _, p := range people {
		for i := range n {
			if k := heard[fmt.Sprintf("%d m%02d", p.ID(), i)]; k != 1 {
				return fmt.Errorf("message %d of person %d took effect %d times", i, p.ID(), k)
			}
		}
	}
	return nil
}

func greet(r *rig, n int) ([]*simulator.Person, error) {
	people := r.people(n)
	for _, p := range people {
		p.Start("")
	}
	for _, p := range people {
		if err := until(20*time.Second, "no greeting", func() bool { return len(said(p)) > 0 }); err != nil {
			return nil, err
		}
	}
	return people, nil
}

func TestPostgresRestartedUnderLoadLosesNothing(t *testing.T) {
	t.Parallel()
	server := postgres.ForTestServer(t, "fsync=off")
	pool, err := pgxpool.New(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	if err := postgres.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	r := newRigOn(t, "ours", pool)
	stop := r.start()
	people, err := greet(r, 20)
	if err != nil {
		t.Fatal(err)
	}
	restarts := make(chan error, 1)
	go func() {
		for range 3 {
			time.Sleep(150 * time.Millisecond) // in the middle of the exchange
			if err := server.Restart(context.Background()); err != nil {
				restarts <- err
				return
			}
		}
		restarts <- nil
	}()
	if err := exchange(r, people, 60, 40*time.Second); err != nil {
		t.Error(err)
	}
	if err := <-restarts; err != nil {
		t.Fatal(err)
	}
	stop()
}

func TestTelegramFailingForAWhileLosesNothingAndHoldsNobody(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ours")
	r.start()
	people, err := greet(r, 20)
	if err != nil {
		t.Fatal(err)
	}
	// For a while most calls fail, in its first half all of them, each in another way; some take effect and only their answer is lost.
	var n atomic.Int64
	began := time.Now()
	end := began.Add(*outage)
	r.sim.FailWith(func(method string, _ int64) *simulator.Failure {
		if time.Now().After(end) {
			return nil
		}
		switch n.Add(1) % 5 {
		case 0:
			return &simulator.Failure{Status: http.StatusInternalServerError, Body: `{"ok":false,"error_code":500,"description":"Internal Server Error"}`}
		case 1:
			return &simulator.Failure{Reset: true}
		case 2:
			return &simulator.Failure{Status: http.StatusBadGateway, Body: "<html>502</html>"}
		case 3:
			return &simulator.Failure{Reset: true, After: method == "sendMessage"}
		}
		if time.Since(began) < *outage/2 {
			return &simulator.Failure{Reset: true}
		}
		return nil
	})
	if err := exchange(r, people, 20, *outage+60*time.Second); err != nil {
		t.Error(err)
	}
}

func TestATurnThatBreaksTouchesNobodyElse(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"break", "error"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, "ours")
			people := r.people(10)
			for _, p := range people {
				p.Start("")
				p.Send("before")
			}
			people[3].Send(how)
			for _, p := range people {
				p.Send("after")
			}
			r.start() // all of it is one batch
			for i, p := range people {
				want := 3
				if i == 3 {
					want = 4
				}
				if err := until(20*time.Second, "not all are answered", func() bool { return len(said(p)) == want }); err != nil {
					t.Fatalf("person %d: %v: %q", i, err, said(p))
				}
				got := said(p)
				if got[want-1] != "echo after" {
					t.Errorf("person %d heard %q", i, got)
				}
				if i == 3 && strings.HasPrefix(got[2], "echo") {
					t.Errorf("the broken turn was answered %q, not with an apology", got[2])
				}
			}
			var kept int
			if err := r.pool.QueryRow(t.Context(), `SELECT count(*) FROM failed_updates WHERE chat_id = $1 AND raw LIKE '%' || $2 || '%'`, people[3].ID(), how).
				Scan(&kept); err != nil || kept != 1 {
				t.Errorf("%d failed updates are kept: %v", kept, err)
			}
			if n := len(r.heard()); n != 20 {
				t.Errorf("%d messages took effect, not 20", n)
			}
		})
	}
}

func TestTwoInstancesKeepOrderAndDoNothingTwice(t *testing.T) {
	t.Parallel()
	// Two loops with webhooks on one database: Telegram brings each update to both.
	r := newRig(t, "ours")
	r.hook = true
	r.start()
	second := *r
	second.sim = r.sim
	second.start() // its webhook takes the first one's place: updates under way are brought again
	people, err := greet(r, 20)
	if err != nil {
		t.Fatal(err)
	}
	r.sim.RedeliverEvery(2)
	// Who answers at once may find the first instance still settling each time: a reply that is handed to it takes up to a second.
	if err := exchange(r, people, 8, 40*time.Second); err != nil {
		t.Error(err)
	}
}

func TestRepliesDoNotWaitBehindBulk(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ours")
	people, err := func() ([]*simulator.Person, error) { r.start(); return greet(r, 5) }()
	if err != nil {
		t.Fatal(err)
	}
	crowd := r.people(500)
	ids := make([]int64, len(crowd))
	for i, p := range crowd {
		p.Start("")
		ids[i] = p.ID()
	}
	for _, p := range crowd {
		if err := until(20*time.Second, "no greeting", func() bool { return len(said(p)) > 0 }); err != nil {
			t.Fatal(err)
		}
	}
	// 500 bulk messages at 25 a second are twenty seconds' work.
	if _, err := r.pool.Exec(t.Context(), `INSERT INTO deliveries (chat_id, lane, owner, message) SELECT unnest($1::bigint[]), 'bulk', 0, '{"t":"bulk"}'`, ids); err != nil {
		t.Fatal(err)
	}
	if err := exchange(r, people, 20, 10*time.Second); err != nil {
		t.Error(err)
	}
	bulk := 0
	for _, p := range crowd {
		bulk += len(said(p)) - 1
	}
	if bulk == len(crowd) {
		t.Error("the bulk was through before the replies: nothing was shown")
	}
	if err := until(10*time.Second, "bulk does not go out", func() bool {
		n := 0
		for _, p := range crowd {
			n += len(said(p)) - 1
		}
		return n > 50
	}); err != nil {
		t.Error(err)
	}
}

func TestWhoBlocksTheBotIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ours")
	r.start()
	people, err := greet(r, 2)
	if err != nil {
		t.Fatal(err)
	}
	gone, other := people[0], people[1]
	gone.Send("last words")
	gone.Block()
	other.Send("hello")
	unreachable := func() (is bool) {
		_ = r.pool.QueryRow(context.Background(), `SELECT unreachable_at IS NOT NULL FROM chats WHERE chat_id = $1`, gone.ID()).Scan(&is)
		return is
	}
	if err := until(10*time.Second, "not marked unreachable", unreachable); err != nil {
		t.Error(err)
	}
	if err := until(10*time.Second, "the other person waits", func() bool { return len(said(other)) == 2 }); err != nil {
		t.Error(err)
	}
	gone.Unblock()
	gone.Send("back")
	if err := until(10*time.Second, "no answer after coming back", func() bool {
		s := said(gone)
		return s[len(s)-1] == "echo back"
	}); err != nil {
		t.Error(err)
	}
	if unreachable() {
		t.Error("still unreachable after writing again")
	}
}

func TestAFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ours")
	r.start()
	people, err := greet(r, 10)
	if err != nil {
		t.Fatal(err)
	}
	// What Postgres says when the disk is full. Each statement is a transaction of its own, so that none waits for a turn's locks while it
	// holds others.
	run := func(statements ...string) {
		t.Helper()
		for _, sql := range statements {
			if _, err := r.pool.Exec(t.Context(), sql); err != nil {
				t.Error(err)
			}
		}
	}
	run(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`,
		`CREATE TRIGGER full_disk BEFORE INSERT ON deliveries EXECUTE FUNCTION full_disk()`,
		`CREATE TRIGGER full_disk BEFORE INSERT ON heard EXECUTE FUNCTION full_disk()`)
	done := make(chan error, 1)
	go func() { done <- exchange(r, people, 10, 40*time.Second) }()
	if err := until(10*time.Second, "nothing arrived while the disk was full", func() bool { return r.sim.Pending() >= 10 }); err != nil {
		t.Error(err)
	}
	var kept int
	run(`DROP TRIGGER full_disk ON heard`, `DROP TRIGGER full_disk ON deliveries`)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := r.pool.QueryRow(t.Context(), `SELECT count(*) FROM failed_updates`).Scan(&kept); err != nil || kept != 0 {
		t.Errorf("%d updates were given up: %v", kept, err)
	}
}

package telegram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/simulator"
	"github.com/qafila/qafila/internal/telegram"
)

// A promise is one row of what the library's own loop breaks. check says how it was broken, or nil.
type promise struct {
	name  string
	check func(t *testing.T, r *rig) error
	alone bool // it takes all that the machine has
}

var promises = []promise{
	{name: "30 messages of one chat are answered in order", check: orderly},
	{name: "kill -9 with 200 messages in flight loses none", check: func(t *testing.T, r *rig) error { return killed(t, r, syscall.SIGKILL) }},
	{name: "SIGTERM with 200 messages in flight loses none", check: func(t *testing.T, r *rig) error { return killed(t, r, syscall.SIGTERM) }},
	{name: "an update that can't be decoded is kept and passed over", check: undecodable},
	{name: "every 4th update twice leaves 100 correct registrations", check: duplicates},
	{name: "webhooks that swap and repeat leave 100 correct registrations", check: swapped},
	{name: "200 chats at 30 messages a second are all answered", check: flooded},
	{name: "a wrong secret is refused and a junk body is told so", check: guarded},
	{name: "14,000 updates take fewer than 100 connections", check: connections, alone: true},
}

func TestPromises(t *testing.T) {
	for _, p := range promises {
		t.Run(p.name, func(t *testing.T) {
			if !p.alone {
				t.Parallel()
			}
			if err := p.check(t, newRig(t, "ours")); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestPromisesFailWithTheLibrarysLoop shows that each test above can fail: it is about the loop, not the far side.
func TestPromisesFailWithTheLibrarysLoop(t *testing.T) {
	if !*baseline {
		t.Skip("a minute of waiting for what never comes: run with -baseline")
	}
	for _, p := range promises {
		t.Run(p.name, func(t *testing.T) {
			err := p.check(t, newRig(t, "library"))
			if err == nil {
				t.Error("the library's own loop keeps this promise")
			}
			t.Log(err)
		})
	}
}

func orderly(_ *testing.T, r *rig) error {
	people := r.people(10)
	for _, p := range people {
		p.Start("")
	}
	for i := range 30 {
		for _, p := range people {
			p.Send(fmt.Sprintf("m%02d", i))
		}
	}
	r.start()
	var wrong error
	for _, p := range people {
		if err := until(20*time.Second, "not all are answered", func() bool { return len(said(p)) >= 31 }); err != nil {
			return err
		}
		for i, s := range said(p)[1:] {
			if want := fmt.Sprintf("echo m%02d", i); s != want {
				wrong = errors.Join(wrong, fmt.Errorf("reply %d of person %d is %q, not %q", i, p.ID(), s, want))
				break
			}
		}
	}
	return wrong
}

// child starts this test program as a bot of its own.
func (r *rig) child() *exec.Cmd {
	r.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childLoop+"="+r.loop, childAPI+"="+r.url, childToken+"="+r.sim.Token(),
		childDatabase+"="+r.pool.Config().ConnString())
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if r.t.Failed() {
			r.t.Logf("the bot said: %s", out.String())
		}
	})
	return cmd
}

// killed ends the bot in the middle of 200 messages, three times, and then lets it finish. Nothing may be lost or take effect twice; a
// reply may come twice only when it was under way at a kill.
func killed(_ *testing.T, r *rig, how syscall.Signal) error {
	const rounds, chats = 3, 10
	const each = rounds * 20
	people := r.people(chats)
	for _, p := range people {
		p.Start("")
	}
	r.sim.FailWith(func(method string, _ int64) *simulator.Failure {
		if method == "sendMessage" {
			time.Sleep(3 * time.Millisecond) // so that much is in flight
		}
		return nil
	})
	for round := range rounds {
		for i := range each / rounds {
			for _, p := range people {
				p.Send(fmt.Sprintf("m%02d", round*each/rounds+i))
			}
		}
		before := r.sim.Calls("sendMessage")
		cmd := r.child()
		if err := until(20*time.Second, "the bot does not begin", func() bool { return r.sim.Calls("sendMessage") > before+20 }); err != nil {
			return err
		}
		if err := cmd.Process.Signal(how); err != nil {
			return err
		}
		err := cmd.Wait()
		if how == syscall.SIGTERM && err != nil {
			return fmt.Errorf("round %d: SIGTERM: %w", round, err)
		}
	}
	r.child()
	all := func() bool {
		for _, p := range people {
			distinct := map[string]bool{}
			for _, s := range said(p) {
				distinct[s] = true
			}
			if len(distinct) < each+1 {
				return false
			}
		}
		return true
	}
	if err := until(20*time.Second, "not all are answered", all); err != nil {
		return err
	}
	heard := r.heard()
	for _, p := range people {
		for i := range each {
			if n := heard[fmt.Sprintf("%d m%02d", p.ID(), i)]; n != 1 {
				return fmt.Errorf("message %d of person %d took effect %d times", i, p.ID(), n)
			}
		}
	}
	twice := 0
	for _, p := range people {
		replies := said(p)
		last := -1
		for _, s := range replies[1:] {
			var n int
			if _, err := fmt.Sscanf(s, "echo m%d", &n); err != nil {
				continue // the menu's first words, said again
			}
			if n < last {
				return fmt.Errorf("person %d: reply %d came after %d", p.ID(), n, last)
			}
			if n == last {
				twice++
			}
			last = n
		}
	}
	if how == syscall.SIGTERM && twice > 0 {
		return fmt.Errorf("%d replies came twice after a clean stop", twice)
	}
	if twice > rounds*chats {
		return fmt.Errorf("%d replies came twice; at most one a chat was under way at each of %d kills", twice, rounds)
	}
	return nil
}

func undecodable(_ *testing.T, r *rig) error {
	p := r.people(1)[0]
	p.Start("")
	r.start()
	if err := until(10*time.Second, "no answer", func() bool { return len(said(p)) == 1 }); err != nil {
		return err
	}
	r.sim.Inject(json.RawMessage(fmt.Sprintf(`{"message":{"message_id":999999,"date":1,"chat":{"id":%d,"type":"private"},
		"from":{"id":%d,"is_bot":false,"first_name":"x"},"text":"AB123456","forward_origin":{"type":"from_the_future","date":1}}}`, p.ID(), p.ID())))
	p.Send("after")
	if err := until(10*time.Second, "deaf since an update that can't be decoded", func() bool { return len(said(p)) == 3 }); err != nil {
		return err
	}
	if got := said(p)[2]; got != "echo after" {
		return fmt.Errorf("the bot said %q", got)
	}
	var raw string
	if err := r.pool.QueryRow(context.Background(), `SELECT raw FROM failed_updates`).Scan(&raw); err != nil {
		return fmt.Errorf("the update is not kept: %w", err)
	}
	if !strings.Contains(raw, "from_the_future") || strings.Contains(raw, "AB123456") {
		return fmt.Errorf("kept as %s", raw)
	}
	return nil
}

// register takes 100 people through a registration, each sending the next answer when the bot asks.
func register(r *rig) error {
	people := r.people(100)
	errs := make(chan error, len(people))
	for i, p := range people {
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
			defer cancel()
			ask := func(send, want string) error {
				p.Send(send)
				for {
					e, err := p.Next(ctx)
					if err != nil {
						return fmt.Errorf("person %d waits for %q: %w", i, want, err)
					}
					if strings.HasPrefix(e.Message.Text, want) {
						return nil
					}
				}
			}
			err := ask("/register", "name?")
			for _, step := range [][2]string{{fmt.Sprintf("Name %d", i), "trade?"}, {"potier", "town?"}, {"Fès", "done"}} {
				if err == nil {
					err = ask(step[0], step[1])
				}
			}
			errs <- err
		}()
	}
	var all error
	for range people {
		all = errors.Join(all, <-errs)
	}
	if all != nil {
		return all
	}
	// What was delivered twice has come through twice by the time that the queue is empty.
	if err := until(10*time.Second, "updates are left", func() bool { return r.sim.Pending() == 0 }); err != nil {
		return err
	}
	heard := r.heard()
	for i, p := range people {
		if n := heard[fmt.Sprintf("%d Name %d/potier/Fès", p.ID(), i)]; n != 1 {
			return fmt.Errorf("person %d is registered %d times: %v", i, n, len(heard))
		}
	}
	if len(heard) != len(people) {
		return fmt.Errorf("%d rows for %d people", len(heard), len(people))
	}
	return nil
}

func duplicates(_ *testing.T, r *rig) error {
	r.sim.RedeliverEvery(4)
	r.start()
	return register(r)
}

func swapped(_ *testing.T, r *rig) error {
	r.hook = true
	r.sim.RedeliverEvery(4)
	r.sim.SwapWebhooks(true)
	r.start()
	return register(r)
}

func flooded(_ *testing.T, r *rig) error {
	r.sim.SetLimits(simulator.Limits{PerSecond: 30})
	people := r.people(200)
	for _, p := range people {
		p.Start("")
	}
	r.start()
	answered := func() (n int) {
		for _, p := range people {
			n += min(1, len(said(p)))
		}
		return n
	}
	if err := until(25*time.Second, "not all are answered", func() bool { return answered() == len(people) }); err != nil {
		return fmt.Errorf("%w: %d of %d", err, answered(), len(people))
	}
	return nil
}

func guarded(t *testing.T, r *rig) error {
	r.hook = true
	routes := http.NewServeMux()
	hook := httptest.NewServer(routes)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- loops[r.loop](ctx, far{url: r.url, token: r.sim.Token(), hook: hook, routes: routes}, r.pool)
	}()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		hook.Close()
	}()
	p := r.people(1)[0]
	p.Start("")
	if err := until(10*time.Second, "no answer by webhook", func() bool { return len(said(p)) == 1 }); err != nil {
		return err
	}
	post := func(secret, body string) int {
		req, _ := http.NewRequest(http.MethodPost, hook.URL+telegram.WebhookPath, strings.NewReader(body))
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return 0
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	var wrong error
	for _, c := range []struct {
		secret, body string
		want         int
	}{
		{"guess", `{"update_id":1}`, http.StatusUnauthorized},
		{"", `{"update_id":1}`, http.StatusUnauthorized},
		{"s3cret", `not json`, http.StatusBadRequest},
		{"s3cret", `{"message":{}}`, http.StatusBadRequest},
		{"s3cret", `{"update_id":987654321}`, http.StatusOK},
	} {
		if got := post(c.secret, c.body); got != c.want {
			wrong = errors.Join(wrong, fmt.Errorf("secret %q, body %q: %d, not %d", c.secret, c.body, got, c.want))
		}
	}
	return wrong
}

func connections(t *testing.T, r *rig) error {
	updates := 14000
	if testing.Short() {
		updates = 2000
	}
	people := r.people(100)
	for _, p := range people {
		p.Start("")
	}
	for i := range updates/len(people) - 1 {
		for _, p := range people {
			p.Send(fmt.Sprintf("m%d", i))
		}
	}
	r.start()
	if err := until(60*time.Second, "not all are answered", func() bool { return r.sim.Calls("sendMessage") >= updates }); err != nil {
		return fmt.Errorf("%w: %d of %d", err, r.sim.Calls("sendMessage"), updates)
	}
	if n := r.sim.Connections(); n >= 100 {
		return fmt.Errorf("%d connections", n)
	}
	t.Logf("%d connections", r.sim.Connections())
	return nil
}

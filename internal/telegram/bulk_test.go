package telegram_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/internal/simulator"
	"github.com/qafila/qafila/internal/telegram"
)

// A basket gives mailings out and keeps their fates, as outreach.Lane does in tables.
type basket struct {
	mu      sync.Mutex
	waiting []int64
	fates   map[int64][]conversation.FateKind
}

func (l *basket) Take(_ context.Context, n int) ([]conversation.Mailing, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n = min(n, len(l.waiting))
	var out []conversation.Mailing
	for _, chat := range l.waiting[:n] {
		out = append(out, conversation.Mailing{Broadcast: 1, Chat: chat, Message: &conversation.Message{Text: "Bonjour"}})
	}
	l.waiting = l.waiting[n:]
	return out, nil
}

func (l *basket) Settle(_ context.Context, fates []conversation.Fate) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range fates {
		l.fates[f.Chat] = append(l.fates[f.Chat], f.What)
		if f.What == conversation.NotYet || f.What == conversation.Doubtful {
			l.waiting = append(l.waiting, f.Chat)
		}
	}
	return nil
}

// of is how many fates of a kind there are.
func (l *basket) of(kind conversation.FateKind) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.fates {
		for _, k := range f {
			if k == kind {
				n++
			}
		}
	}
	return n
}

// mailing runs a sender whose lane holds mailings to n people, at a rate, until the test ends. before is what happens to Telegram first.
func mailing(t *testing.T, n, rate int, before func(*simulator.Server, []*simulator.Person)) (*simulator.Server, *basket, *telegram.Sender) {
	t.Helper()
	return mailingBy(t, 1, n, rate, before)
}

// mailingBy does so with several instances, and gives one of them.
func mailingBy(t *testing.T, instances, n, rate int, before func(*simulator.Server, []*simulator.Person)) (_ *simulator.Server, _ *basket, s *telegram.Sender) {
	t.Helper()
	pool := postgres.ForTest(t)
	sim := simulator.New(simulator.Options{})
	server := httptest.NewServer(sim)
	lane := &basket{fates: map[int64][]conversation.FateKind{}}
	var people []*simulator.Person
	for i := range n {
		p := sim.Person(simulator.Profile{FirstName: fmt.Sprint("P", i)})
		p.Start("")
		people = append(people, p)
		lane.waiting = append(lane.waiting, p.ID())
	}
	before(sim, people)
	t.Cleanup(func() { sim.Close(); server.Close() })
	run := func(instance int64) *telegram.Sender {
		client, err := telegram.NewClient(server.URL, sim.Token(), 8)
		if err != nil {
			t.Fatal(err)
		}
		s := telegram.NewSender(telegram.SenderConfig{Client: client, Pool: pool, Instance: instance, Lane: lane, BulkRate: rate, Log: slog.New(slog.DiscardHandler)})
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { s.Run(ctx, context.Background()); close(done) }()
		t.Cleanup(func() { stop(); <-done; client.Close() })
		return s
	}
	for i := range instances {
		s = run(int64(7 + i))
	}
	return sim, lane, s
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
	}
}

func TestTheRateIsHeldWhereTelegramCountsSeconds(t *testing.T) { holdsRate(t, 1, 100, 2*time.Second) }

func TestTwoInstancesShareOneRate(t *testing.T) { holdsRate(t, 2, 120, 2500*time.Millisecond) }

// holdsRate has n people written to at 40 a second by so many instances: in no less than atLeast, without a refusal.
func holdsRate(t *testing.T, instances, n int, atLeast time.Duration) {
	t.Helper()
	const rate = 40
	from := time.Now()
	sim, lane, _ := mailingBy(t, instances, n, rate, func(sim *simulator.Server, _ []*simulator.Person) {
		sim.SetLimits(simulator.Limits{PaidPerSecond: rate, Counting: simulator.Calendar})
	})
	eventually(t, "not everybody is written to", func() bool { return lane.of(conversation.Arrived) == n })
	if took := time.Since(from); took < atLeast {
		t.Errorf("%d messages in %v, at %d a second", n, took, rate)
	}
	if refused := sim.Tally().Refused; refused > 0 {
		t.Errorf("%d were refused", refused)
	}
}

func TestARefusalSlowsTheLaneAndNobodyElse(t *testing.T) {
	t.Parallel()
	var once sync.Once
	refuse := make(chan struct{})
	sim, lane, sender := mailing(t, 20, 200, func(sim *simulator.Server, people []*simulator.Person) {
		sim.FailWith(func(method string, chat int64) *simulator.Failure {
			if chat != people[5].ID() {
				return nil
			}
			var f *simulator.Failure
			once.Do(func() {
				f = &simulator.Failure{Status: http.StatusTooManyRequests, Body: `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}`}
				close(refuse)
			})
			return f
		})
	})
	<-refuse
	from := time.Now()
	// a reply leaves at once
	who := sim.Person(simulator.Profile{FirstName: "Fatima"})
	who.Start("")
	sender.Send([]conversation.Delivery{{ID: 1, Chat: who.ID(), Message: conversation.Message{Text: "voilà"}}})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := who.Next(ctx); err != nil {
		t.Fatal(err)
	}
	if waited := time.Since(from); waited > 800*time.Millisecond {
		t.Errorf("a reply waited %v behind a refused broadcast", waited)
	}
	eventually(t, "not everybody is written to", func() bool { return lane.of(conversation.Arrived) == 20 })
	if time.Since(from) < 900*time.Millisecond {
		t.Error("the lane went on before Telegram said it may")
	}
	if lane.of(conversation.NotYet) == 0 || lane.of(conversation.Doubtful) > 0 {
		t.Error("a refused mailing is not known to be unsent")
	}
}

func TestWhoBlockedTheBotIsUnreachableAndDoubtIsKept(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var broken []int64
	_, lane, _ := mailing(t, 12, 500, func(sim *simulator.Server, people []*simulator.Person) {
		people[0].Block()
		sim.FailWith(func(method string, chat int64) *simulator.Failure {
			mu.Lock()
			defer mu.Unlock()
			if chat == people[1].ID() && !slices.Contains(broken, chat) {
				broken = append(broken, chat)
				return &simulator.Failure{Status: http.StatusBadGateway, Body: "<html>Bad Gateway</html>"}
			}
			return nil
		})
	})
	eventually(t, "not everybody is settled", func() bool { return lane.of(conversation.Arrived) == 11 && lane.of(conversation.Unreachable) == 1 })
	if n := lane.of(conversation.Doubtful); n != 1 {
		t.Errorf("%d are in doubt, want the one that Telegram broke off", n)
	}
}

package telegram_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/simulator"
	"github.com/qafila/qafila/internal/telegram"
)

// sender is an instance that only sends.
func (r *rig) sender(id int64, change ...func(*telegram.SenderConfig)) *telegram.Sender {
	r.t.Helper()
	texts, err := testTexts()
	if err != nil {
		r.t.Fatal(err)
	}
	client, err := telegram.NewClient(r.url, r.sim.Token(), 32)
	if err != nil {
		r.t.Fatal(err)
	}
	with := telegram.SenderConfig{Client: client, Pool: r.pool, Instance: id, BulkRate: 25, Log: slog.New(slog.DiscardHandler),
		Menu: telegram.Menu{Texts: texts, Commands: []string{"menu"}}}
	for _, f := range change {
		f(&with)
	}
	s := telegram.NewSender(with)
	if err := s.Announce(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { s.Run(ctx, context.Background()); close(done) }()
	r.t.Cleanup(func() { cancel(); <-done; client.Close() })
	return s
}

// store keeps replies as an instance's, as a turn would.
func (r *rig) store(owner, chat int64, words ...string) (ds []conversation.Delivery) {
	r.t.Helper()
	for _, w := range words {
		d := conversation.Delivery{Chat: chat, Message: conversation.Message{Text: w}}
		if err := r.pool.QueryRow(r.t.Context(), `INSERT INTO deliveries (chat_id, owner, message) VALUES ($1, $2, $3) RETURNING id`,
			chat, owner, fmt.Sprintf(`{"t":%q}`, w)).Scan(&d.ID); err != nil {
			r.t.Fatal(err)
		}
		ds = append(ds, d)
	}
	return ds
}

func TestAReplyWhoseCommitNobodyHeardOfIsSent(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ours")
	p := r.people(1)[0]
	p.Start("")
	r.sender(1)
	r.store(1, p.ID(), "stored, but nobody was told")
	if err := until(20*time.Second, "never sent while the process lives", func() bool { return len(said(p)) == 1 }); err != nil {
		t.Error(err)
	}
}

func TestWhatAStoppedInstanceLeftComesBeforeNewReplies(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ours")
	p := r.people(1)[0]
	r.store(1, p.ID(), "left from before the stop")
	if _, err := r.pool.Exec(t.Context(), `INSERT INTO instances (id, gone) VALUES (1, true)`); err != nil {
		t.Fatal(err)
	}
	p.Start("")
	r.start()
	if err := until(20*time.Second, "not both arrive", func() bool { return len(said(p)) == 2 }); err != nil {
		t.Fatal(err)
	}
	if got := said(p); got[0] != "left from before the stop" {
		t.Errorf("the newer reply came first: %q", got)
	}
}

func TestAnInstanceThatWasTakenOverLetsGo(t *testing.T) {
	t.Parallel()
	// A's signs of life don't come through while a call of its takes long. B takes over. A must not send the rest of its memory again.
	r := newRig(t, "ours")
	p := r.people(1)[0]
	p.Start("")
	release := make(chan struct{})
	var calls atomic.Int64
	r.sim.FailWith(func(method string, _ int64) *simulator.Failure {
		if method == "sendMessage" && calls.Add(1) == 1 {
			<-release
		}
		return nil
	})
	a := r.sender(1)
	r.sender(2)
	tx, err := r.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	if _, err := tx.Exec(t.Context(), `SELECT FROM instances WHERE id = 1 FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	a.Send(r.store(1, p.ID(), "d1", "d2", "d3", "d4", "d5"))
	err = until(30*time.Second, "B does not take over", func() bool { return len(said(p)) == 5 })
	close(release)
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := until(20*time.Second, "A does not let go", a.Idle); err != nil {
		t.Fatal(err)
	}
	if got := said(p); len(got) > 6 {
		t.Errorf("%d messages for 5, one of which was under way: %q", len(got), got)
	}
}

func TestALivePositionIsNoTalk(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ours")
	p := r.people(1)[0]
	p.Start("")
	r.start()
	for i := range 5 {
		r.sim.Inject(fmt.Appendf(nil, `{"edited_message":{"message_id":%d,"date":1,"edit_date":%d,"chat":{"id":%d,"type":"private"},
			"from":{"id":%[3]d,"is_bot":false,"first_name":"x"},"location":{"latitude":34.0,"longitude":-5.0,"live_period":3600}}}`, 900, 2+i, p.ID()))
	}
	p.Send("after")
	if err := until(10*time.Second, "no answer", func() bool { s := said(p); return len(s) > 0 && s[len(s)-1] == "echo after" }); err != nil {
		t.Fatal(err)
	}
	if got := said(p); len(got) != 2 {
		t.Errorf("a position that moves is answered: %q", got)
	}
}

func TestBulkLeavesInItsOrderAndNotWhenItIsHeldOrTooLate(t *testing.T) {
	t.Parallel()
	r := newRig(t, "ours")
	p := r.people(1)[0]
	p.Start("")
	for _, d := range []struct{ words, notice, until string }{
		{"a notice", "", ""}, {"a reminder", "eve:fes:1", "1 hour"}, {"too late", "eve:fes:2", "-1 second"}, {"another notice", "", ""},
	} {
		if _, err := r.pool.Exec(t.Context(), `INSERT INTO deliveries (chat_id, owner, lane, message, notice, not_after)
			VALUES ($1, 0, 'bulk', $2, nullif($3, ''), now() + nullif($4, '')::interval)`, p.ID(), fmt.Sprintf(`{"t":%q}`, d.words), d.notice, d.until); err != nil {
			t.Fatal(err)
		}
	}
	var held atomic.Int32 // looks in vain
	var free atomic.Bool
	r.sender(1, func(c *telegram.SenderConfig) {
		c.BulkRate = 4 // one at a look
		c.Hold = func() bool { held.Add(1); return !free.Load() }
	})
	if err := until(20*time.Second, "the sender never looks", func() bool { return held.Load() > 2 }); err != nil {
		t.Fatal(err)
	}
	if got := said(p); len(got) > 0 {
		t.Errorf("left while it was held: %q", got)
	}
	free.Store(true)
	if err := until(20*time.Second, "not all leave", func() bool { return len(said(p)) == 3 }); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(said(p), ", "); got != "a reminder, a notice, another notice" {
		t.Errorf("left: %s", got)
	}
}

package telegram

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/go-telegram/bot"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/conversation"
)

// SenderConfig is what a Sender needs.
type SenderConfig struct {
	Client   *Client
	Pool     *pgxpool.Pool
	Instance int64 // not 0; whose deliveries it sends
	Menu     Menu
	Lane     Lane   // gives out the mailings of broadcasts; nil: there are none
	Copies   Copies // the house's own of files; nil: there are none
	BulkRate int    // bulk messages a second, of all instances together; Telegram: 30, more only when paid
	Workers  int    // calls under way at once; 0: 32
	Log      *slog.Logger
	Hold     func() bool         // nil: never; whether no bulk may leave now
	Observe  func(result string) // nil: nobody looks; sent, retried, flooded, failed, unreachable
}

// A Sender brings stored deliveries to Telegram: each chat's in order, replies at once, bulk at its rate. It settles them in batches.
// What it holds when it is killed is still stored; the next instance takes it over, and at most the calls that were under way are made
// twice.
type Sender struct {
	client   *Client
	store    *outbox
	lane     Lane
	copies   Copies
	menu     Menu
	paid     bool
	bulkRate int
	workers  int
	log      *slog.Logger
	hold     func() bool
	observe  func(string)
	pace     *pace

	mu     sync.Mutex
	chats  map[int64]*queue
	known  map[int64]bool // ids that are queued or under way, or not yet settled
	ready  chan *queue
	closed bool
	beaten time.Time // the last sign of life that came through
	steady time.Time // since when they come through without a gap
}

// A queue is what waits for one chat, the first of which may be under way. It is in ready, with a worker, resting on a timer, or being
// settled; never in two places.
type queue struct {
	chat  int64
	items []conversation.Delivery
	fails int
}

// NewSender makes a Sender; Run must run for anything to be sent.
func NewSender(c SenderConfig) *Sender {
	if c.Workers == 0 {
		c.Workers = 32
	}
	if c.Hold == nil {
		c.Hold = func() bool { return false }
	}
	if c.Observe == nil {
		c.Observe = func(string) {}
	}
	return &Sender{
		client: c.Client, store: newOutbox(c.Pool, c.Instance, c.Log), lane: c.Lane, copies: c.Copies, menu: c.Menu, paid: c.BulkRate > 30, bulkRate: max(c.BulkRate, 1),
		workers: c.Workers, log: c.Log, hold: c.Hold, observe: c.Observe, pace: newPace(time.Now),
		chats: map[int64]*queue{}, known: map[int64]bool{}, ready: make(chan *queue, 1<<16),
	}
}

// Send takes deliveries that are stored, in the order in which they must leave within each chat. It does not wait.
func (s *Sender) Send(ds []conversation.Delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range ds {
		if s.closed || s.known[d.ID] {
			continue
		}
		s.known[d.ID] = true
		q := s.chats[d.Chat]
		if q == nil {
			q = &queue{chat: d.Chat}
			s.chats[d.Chat] = q
			q.items = append(q.items, d)
			s.wake(q)
			continue
		}
		q.items = append(q.items, d)
	}
}

// wake puts a queue among those that are ready. The caller holds mu.
func (s *Sender) wake(q *queue) {
	if s.closed {
		return
	}
	select {
	case s.ready <- q:
	default: // 65,536 chats are ready already: come again in a moment
		time.AfterFunc(50*time.Millisecond, func() { s.mu.Lock(); defer s.mu.Unlock(); s.wake(q) })
	}
}

func (s *Sender) rest(q *queue, d time.Duration) {
	time.AfterFunc(d, func() { s.mu.Lock(); defer s.mu.Unlock(); s.wake(q) })
}

// Announce makes this instance known, so that what is stored as its own is not taken for an orphan. It comes before the first update.
func (s *Sender) Announce(ctx context.Context) error { return s.store.beat(ctx) }

// Run sends until ctx ends; calls under way are finished within work. What is left then stays stored for the next start.
func (s *Sender) Run(ctx, work context.Context) {
	var w sync.WaitGroup
	alive, die := context.WithCancel(work)
	var heart sync.WaitGroup
	heart.Go(func() { s.pulse(alive) }) // beats until the last call is settled
	settling := make(chan struct{})
	go func() { s.store.run(work, s.settled); close(settling) }()
	for range s.workers {
		w.Go(func() { s.work(ctx, work) })
	}
	w.Go(func() { s.collect(ctx) })
	w.Go(func() { s.bulk(ctx, work) })
	w.Wait()
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.store.finish()
	<-settling
	die()
	heart.Wait()
	s.complain(work, s.store.leave(work))
}

// Idle tells whether nothing waits to be sent now; what rests after a refusal counts as waiting.
func (s *Sender) Idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.chats) == 0
}

func (s *Sender) work(ctx, work context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case q := <-s.ready:
			if d := s.pace.wait(); d > 0 {
				select {
				case <-ctx.Done():
					return
				case <-time.After(d):
				}
			}
			s.one(work, q)
		}
	}
}

// one sends the first delivery of a queue and decides what becomes of the queue.
func (s *Sender) one(ctx context.Context, q *queue) {
	s.mu.Lock()
	d, more := q.items[0], len(q.items) > 1
	s.mu.Unlock()
	call, cancel := context.WithTimeout(ctx, 60*time.Second)
	err := s.deliver(call, d)
	cancel()
	v := judge(err)
	if v.after > 0 && d.Message.Menu != "" {
		v = verdict{then: settle, name: v.name} // a command list is not worth a wait
	}
	s.observe(v.name)
	switch v.then {
	case settle:
		if !d.Bulk {
			s.pace.arrived()
		}
		s.store.add(ctx, settled{id: d.ID, chat: q.chat, more: more})
	case drop:
		s.log.Warn("a delivery can't be made", "delivery", d.ID, "error", s.client.Hide(err))
		s.store.add(ctx, settled{id: d.ID, chat: q.chat, more: more, reason: s.client.Hide(err).Error()})
	case gone:
		s.log.Info("a person can't be reached", "delivery", d.ID)
		s.store.add(ctx, settled{id: d.ID, chat: q.chat, gone: true, more: more, reason: s.client.Hide(err).Error()})
	case again:
		if ctx.Err() != nil {
			return
		}
		s.mu.Lock()
		q.fails++
		pause := min(100*time.Millisecond<<min(q.fails, 8), 5*time.Second)
		s.mu.Unlock()
		if v.after > 0 {
			if d.Bulk {
				s.complain(ctx, s.store.slowDown(ctx, v.after))
			} else {
				s.pace.refuse(q.chat, v.after)
			}
			pause = v.after
		} else {
			s.log.Warn("a delivery did not get through; trying again", "delivery", d.ID, "pause", pause, "error", s.client.Hide(err))
		}
		s.rest(q, pause)
	}
}

// Along settles what has arrived in a transaction that is about to be committed: see conversation.Along.
func (s *Sender) Along(b *pgx.Batch) (end func(stored bool)) { return s.store.along(b, s.settled) }

// settled takes deliveries that are settled off their queues, and lets the queues go on. A chat's next delivery leaves only when the one
// before it is settled: so a crash can repeat one message a chat, and never puts an older one after a newer. Where a settlement finds that
// another instance has taken over, the whole queue is let go: what is still this instance's comes back from the store.
func (s *Sender) settled(done []settled) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range done {
		delete(s.known, d.id)
		q := s.chats[d.chat]
		if q == nil || len(q.items) == 0 || q.items[0].ID != d.id {
			continue
		}
		if d.lost {
			for _, item := range q.items {
				delete(s.known, item.ID)
			}
			delete(s.chats, d.chat)
			continue
		}
		q.items, q.fails = q.items[1:], 0
		if len(q.items) == 0 {
			delete(s.chats, d.chat)
		} else {
			s.wake(q)
		}
	}
}

// pulse gives this instance's signs of life, by itself so that nothing slow delays them.
func (s *Sender) pulse(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		err := s.store.beat(ctx)
		s.complain(ctx, err)
		s.mu.Lock()
		now := time.Now()
		if err != nil || now.Sub(s.beaten) > 2*time.Second {
			s.steady = now
		}
		if err == nil {
			s.beaten = now
		}
		s.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sound tells whether the signs of life have come through for a while. After an outage everybody looks dead for a moment, and nobody may
// be taken over.
func (s *Sender) sound() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	return now.Sub(s.beaten) < 2*time.Second && now.Sub(s.steady) > 3*time.Second
}

// collect fetches what is stored but not in hand: what a dead instance left, and what another instance handed over.
func (s *Sender) collect(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var suspects map[int64]bool // strays of the last look
	for n := 0; ; n++ {
		// These looks walk through all that was delivered since Postgres last swept: only when there is somebody to find something of.
		others, err := s.store.others(ctx)
		s.complain(ctx, err)
		if others && s.sound() {
			s.fetched(ctx)(s.store.orphans(ctx))
		}
		seldom := n%strayLooks == 0
		if others || seldom {
			s.fetched(ctx)(s.store.handed(ctx, s.inHand()))
		}
		if seldom || len(suspects) > 0 {
			suspects = s.strays(ctx, suspects)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// strayLooks is how many seconds pass between looks for strays: intake reclaims what it knows to be in doubt, this finds the rest.
const strayLooks = 10

// strays takes what was ours and not in hand in two looks a second apart: what is only on its way here in memory has arrived by then. It
// returns the suspects for the next look.
func (s *Sender) strays(ctx context.Context, suspects map[int64]bool) map[int64]bool {
	found, err := s.store.strays(ctx, s.inHand())
	s.complain(ctx, err)
	next := map[int64]bool{}
	var take []conversation.Delivery
	for _, d := range found {
		if suspects[d.ID] {
			take = append(take, d)
		} else {
			next[d.ID] = true
		}
	}
	s.Send(take)
	return next
}

// Reclaim takes in hand what is stored for these chats, after a transaction whose end is not known. Nobody else may be storing for them.
func (s *Sender) Reclaim(ctx context.Context, chats []int64) error {
	ds, err := s.store.of(ctx, chats, s.inHand())
	if err != nil {
		return err
	}
	s.Send(ds)
	return nil
}

// fetched takes what a fetch brought.
func (s *Sender) fetched(ctx context.Context) func([]conversation.Delivery, error) {
	return func(ds []conversation.Delivery, err error) {
		s.complain(ctx, err)
		s.Send(ds)
	}
}

func (s *Sender) complain(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		s.log.Warn("the sender could not reach its store", "error", err)
	}
}

func (s *Sender) inHand() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]int64, 0, len(s.known))
	for id := range s.known {
		ids = append(ids, id)
	}
	return ids
}

// What becomes of a delivery after a call.
const (
	settle = iota // it has arrived
	again         // it must be tried again
	drop          // it can never be made
	gone          // the person can't be reached at all
)

type verdict struct {
	then  int
	after time.Duration // how long Telegram says to wait
	name  string
}

// judge reads a call's error.
func judge(err error) verdict {
	var flood *bot.TooManyRequestsError
	var network net.Error
	switch {
	case err == nil:
		return verdict{then: settle, name: "sent"}
	case errors.As(err, &flood):
		return verdict{then: again, after: max(time.Duration(flood.RetryAfter)*time.Second, 100*time.Millisecond), name: "flooded"}
	case errors.Is(err, bot.ErrorForbidden):
		return verdict{then: gone, name: "unreachable"}
	case errors.Is(err, bot.ErrorBadRequest):
		if s := err.Error(); strings.Contains(s, "chat not found") || strings.Contains(s, "user is deactivated") || strings.Contains(s, "PEER_ID_INVALID") {
			return verdict{then: gone, name: "unreachable"}
		}
		return verdict{then: drop, name: "failed"}
	case errors.As(err, &network):
		return verdict{then: again, name: "retried"}
	}
	var moved *bot.MigrateError
	if errors.As(err, &moved) {
		return verdict{then: drop, name: "failed"}
	}
	switch s := err.Error(); {
	case strings.Contains(s, "error decode response result"):
		return verdict{then: settle, name: "sent"} // Telegram took it; only its answer is one that the library doesn't know
	case strings.Contains(s, "error build request form"), refusal.MatchString(s):
		return verdict{then: drop, name: "failed"}
	}
	return verdict{then: again, name: "retried"} // 5xx, HTML, a reset, a wrong token that is put right
}

// refusal is how the library words a 4xx that it has no name for.
var refusal = regexp.MustCompile(`error response from telegram for method \w+, 4\d\d `)

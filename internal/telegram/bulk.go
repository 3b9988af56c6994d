package telegram

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/qafila/qafila/internal/conversation"
)

// A Lane gives out the mailings of broadcasts, and keeps what became of them; outreach.Lane is the one.
type Lane interface {
	// Take marks up to n mailings as under way and gives them out; none when there is nothing to send now.
	Take(ctx context.Context, n int) ([]conversation.Mailing, error)
	// Settle keeps what became of some. An error means: not now, the same again.
	Settle(ctx context.Context, fates []conversation.Fate) error
}

// What the bulk lane works by.
const (
	bulkCalls  = 32                     // calls under way at once, beside those of replies
	bulkChunk  = 64                     // mailings taken at once, at most: what is taken when an instance is lost is sent again
	bulkIdle   = 250 * time.Millisecond // between looks when there is nothing to send
	bulkCrowd  = 512                    // settled in one statement, at most
	bulkMargin = 0.985                  // of the rate that Telegram gives: what leaves evenly arrives a little less evenly
)

// bulk sends what the bot says first, evenly at the rate that all instances share, until ctx ends. What was taken and not yet sent then
// goes back.
func (s *Sender) bulk(ctx, work context.Context) {
	var calls sync.WaitGroup
	fates := make(chan conversation.Fate, bulkCrowd)
	settled := make(chan struct{})
	go func() { s.settleBulk(work, fates); close(settled) }()
	free := make(chan struct{}, bulkCalls)
	var trouble brake
	taken := make(chan bulkBatch)
	go s.takeBulks(ctx, taken, &trouble) // the next are taken while these leave
	guard := newSecond(s.bulkRate)
	for b := range taken {
		due := b.start
		for _, d := range b.notices { // they keep their chat's order, among the replies
			pause(ctx, time.Until(due))
			guard.wait(ctx)
			s.Send([]conversation.Delivery{d})
			due = due.Add(b.step)
		}
		for _, m := range b.mailings {
			pause(ctx, time.Until(due))
			guard.wait(ctx)
			due = due.Add(b.step)
			select {
			case free <- struct{}{}:
			case <-ctx.Done():
			}
			if ctx.Err() != nil {
				fates <- conversation.Fate{Broadcast: m.Broadcast, Chat: m.Chat, What: conversation.NotYet}
				continue
			}
			calls.Go(func() {
				defer func() { <-free }()
				fates <- s.mail(work, m, &trouble)
			})
		}
	}
	calls.Wait()
	close(fates)
	<-settled
}

// A bulkBatch is what was taken to leave next: the first of it at start, the others a step apart.
type bulkBatch struct {
	notices  []conversation.Delivery
	mailings []conversation.Mailing
	start    time.Time
	step     time.Duration
}

// takeBulks takes a batch after the other until ctx ends.
func (s *Sender) takeBulks(ctx context.Context, taken chan<- bulkBatch, trouble *brake) {
	defer close(taken)
	rate := float64(s.bulkRate) * bulkMargin
	chunk := min(max(s.bulkRate/50, 1), bulkChunk) // 20 ms' worth
	for ctx.Err() == nil {
		pause(ctx, trouble.left())
		b, err := s.takeBulk(ctx, chunk, rate)
		s.complain(ctx, err)
		if len(b.notices)+len(b.mailings) == 0 {
			pause(ctx, bulkIdle)
			continue
		}
		taken <- b // also at the end: what was taken goes back
	}
}

// takeBulk takes what may leave next. Notices come before broadcasts: there are few of them, and they are of the hour.
func (s *Sender) takeBulk(ctx context.Context, chunk int, rate float64) (b bulkBatch, err error) {
	wait, err := s.store.ahead(ctx)
	if err != nil {
		return b, err
	}
	if wait > bulkIdle { // Telegram said when
		pause(ctx, min(wait, 2*time.Second)-bulkIdle)
		return b, nil
	}
	if s.hold() {
		return b, nil
	}
	if b.notices, err = s.store.bulk(ctx, chunk); err != nil {
		return b, err
	}
	if len(b.notices) == 0 && s.lane != nil {
		if b.mailings, err = s.lane.Take(ctx, chunk); err != nil {
			return b, err
		}
	}
	n := len(b.notices) + len(b.mailings)
	if n == 0 {
		return b, nil
	}
	if wait, b.step, err = s.store.reserve(ctx, n, rate); err != nil { // they are taken: they leave, at this instance's own pace
		wait, b.step = 0, time.Duration(float64(time.Second)/rate)
	}
	b.start = time.Now().Add(wait)
	return b, err
}

// A second keeps any second, and a little more, to so many messages, whatever happens to the evenness between: Telegram counts what
// arrives.
type second struct {
	times []time.Time // of the last messages, as many as fit into a second, in a ring
	next  int
}

func newSecond(rate int) *second { return &second{times: make([]time.Time, rate)} }

// wait waits until one more message fits.
func (s *second) wait(ctx context.Context) {
	pause(ctx, time.Until(s.times[s.next].Add(time.Second+15*time.Millisecond)))
	s.times[s.next] = time.Now()
	s.next = (s.next + 1) % len(s.times)
}

// mail sends one mailing and tells what became of it.
func (s *Sender) mail(ctx context.Context, m conversation.Mailing, trouble *brake) conversation.Fate {
	f := conversation.Fate{Broadcast: m.Broadcast, Chat: m.Chat}
	if m.Message == nil {
		f.What, f.Reason = conversation.Failed, "no words in their language"
		return f
	}
	call, cancel := context.WithTimeout(ctx, 60*time.Second)
	err := s.deliver(call, conversation.Delivery{Chat: m.Chat, Bulk: true, Message: *m.Message})
	cancel()
	v := judge(err)
	s.observe(v.name)
	switch v.then {
	case settle:
		trouble.release()
		f.What = conversation.Arrived
	case drop:
		f.What, f.Reason = conversation.Failed, s.client.Hide(err).Error()
	case gone:
		f.What, f.Reason = conversation.Unreachable, s.client.Hide(err).Error()
	case again:
		f.What = conversation.Doubtful
		switch {
		case v.after > 0: // refused: it was certainly not sent
			f.What = conversation.NotYet
			s.complain(ctx, s.store.slowDown(ctx, v.after))
		case unsent(err):
			f.What = conversation.NotYet
			trouble.pull()
		default:
			trouble.pull()
		}
	}
	return f
}

// unsent tells whether a call failed before anything of it can have arrived.
func unsent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// settleBulk keeps what became of mailings, many in a statement, however long the database is away.
func (s *Sender) settleBulk(ctx context.Context, fates <-chan conversation.Fate) {
	for first := range fates {
		batch := []conversation.Fate{first}
		enough := time.NewTimer(company)
		for open := true; open && len(batch) < bulkCrowd; {
			select {
			case f, ok := <-fates:
				if !ok {
					open = false
					break
				}
				batch = append(batch, f)
			case <-enough.C:
				open = false
			}
		}
		enough.Stop()
		if err := persist(ctx, s.log, "settle mailings", func() error { return s.lane.Settle(ctx, batch) }); err != nil {
			for range fates { //nolint:revive // whoever still brings some must not wait for ever; the rows are taken over
			}
			return
		}
	}
}

// A brake holds the lane while Telegram can't be reached, so that few mailings are in doubt: a tenth of a second, then twice that, up to
// five seconds.
type brake struct {
	mu    sync.Mutex
	pause time.Duration
	until time.Time
}

func (b *brake) pull() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now := time.Now(); b.until.Before(now) {
		b.pause = min(max(2*b.pause, 100*time.Millisecond), 5*time.Second)
		b.until = now.Add(b.pause)
	}
}

func (b *brake) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pause = 0
}

func (b *brake) left() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Until(b.until)
}

func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

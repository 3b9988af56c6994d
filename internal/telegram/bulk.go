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
	bulkMargin = 0.99                   // of the rate that Telegram gives: what leaves evenly arrives a little less evenly
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
	rate := float64(s.bulkRate) * bulkMargin
	chunk := min(max(s.bulkRate/50, 1), bulkChunk) // 20 ms' worth
	for ctx.Err() == nil {
		notices, mailings, due, step := s.takeBulk(ctx, chunk, rate, trouble.left())
		if len(notices)+len(mailings) == 0 {
			pause(ctx, bulkIdle)
			continue
		}
		for _, d := range notices { // they keep their chat's order, among the replies
			pause(ctx, time.Until(due))
			s.Send([]conversation.Delivery{d})
			due = due.Add(step)
		}
		for _, m := range mailings {
			pause(ctx, time.Until(due))
			due = due.Add(step)
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

// takeBulk takes what may leave next: the first of it at start, the others a step apart. Notices come before broadcasts: there are few of them, and they are of the
// hour.
func (s *Sender) takeBulk(ctx context.Context, chunk int, rate float64, held time.Duration) (notices []conversation.Delivery, mailings []conversation.Mailing, start time.Time, step time.Duration) {
	if held > 0 {
		pause(ctx, held)
		return nil, nil, start, 0
	}
	wait, err := s.store.ahead(ctx)
	if err == nil && wait > bulkIdle { // Telegram said when
		pause(ctx, min(wait, 2*time.Second)-bulkIdle)
		return nil, nil, start, 0
	}
	if err == nil {
		notices, err = s.store.bulk(ctx, chunk)
	}
	if err == nil && len(notices) == 0 && s.lane != nil {
		mailings, err = s.lane.Take(ctx, chunk)
	}
	if n := len(notices) + len(mailings); err == nil && n > 0 {
		wait, step, err = s.store.reserve(ctx, n, rate)
		if err != nil { // they are taken: they leave, at this instance's own pace
			wait, step = 0, time.Duration(float64(time.Second)/rate)
		}
		start = time.Now().Add(wait)
	}
	s.complain(ctx, err)
	return notices, mailings, start, step
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

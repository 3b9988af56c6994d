package simulator

import (
	"fmt"
	"math"
	"net/http"
	"time"
)

// Limits turn on flood control for sends and edits: above a rate, 429 with retry_after, for all chats or for one.
type Limits struct {
	PerSecond        int           // over all chats; 0 = no limit
	PaidPerSecond    int           // the same for sends with allow_paid_broadcast, which don't count above; 0 = no limit
	PerChatPerSecond int           // into one chat; 0 = no limit
	Counting         Counting      // what a second is
	RetryAfter       time.Duration // how long a lane stays shut; default 1 s; told in whole seconds, rounded up
}

// Counting is what flood control takes for a second. Telegram doesn't say.
type Counting int

// The ways to count, from the mildest to the strictest.
const (
	FromFirst Counting = iota // a second begins with the first send after the last one was over
	Calendar                  // the seconds of the real clock
	Sliding                   // every second there is, wherever it begins
)

// flood counts sends. A lane that ran over is shut until its time has passed.
// It runs by the real clock: retry_after is a real wait, whatever Options.Now says.
type flood struct {
	limits Limits
	clock  func() time.Time
	all    window
	paid   window
	chats  map[int64]*window
}

type window struct {
	since  time.Time
	count  int
	recent []time.Time // Sliding: the sends of the last second, oldest first
	shut   time.Time
}

func newFlood(l Limits, clock func() time.Time) flood {
	if l.RetryAfter <= 0 {
		l.RetryAfter = time.Second
	}
	return flood{limits: l, clock: clock, chats: map[int64]*window{}}
}

// SetLimits changes flood control from now on, and opens every lane.
func (s *Server) SetLimits(l Limits) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flood = newFlood(l, s.flood.clock)
}

// take counts one send into a chat, or refuses it. The caller holds s.mu.
func (s *Server) take(c *call, chat int64) *failure {
	wait := s.flood.wait(chat, c.flag("allow_paid_broadcast"))
	if wait == 0 {
		return nil
	}
	s.refusals++
	return tooMany(wait)
}

// wait counts one send, or tells how long its lane is shut.
func (f *flood) wait(chat int64, paid bool) time.Duration {
	now := f.clock()
	lanes := []struct {
		w     *window
		limit int
	}{{nil, f.limits.PerChatPerSecond}, {&f.all, f.limits.PerSecond}}
	if paid {
		lanes[1].w, lanes[1].limit = &f.paid, f.limits.PaidPerSecond
	}
	if f.limits.PerChatPerSecond > 0 {
		if f.chats[chat] == nil {
			f.chats[chat] = &window{}
		}
		lanes[0].w = f.chats[chat]
	}
	for _, l := range lanes {
		if l.limit > 0 {
			if wait := l.w.refuse(now, l.limit, f.limits); wait > 0 {
				return wait
			}
		}
	}
	for _, l := range lanes {
		if l.limit > 0 {
			l.w.count++
			if f.limits.Counting == Sliding {
				l.w.recent = append(l.w.recent, now)
			}
		}
	}
	return 0
}

func (w *window) refuse(now time.Time, limit int, l Limits) time.Duration {
	if now.Before(w.shut) {
		return w.shut.Sub(now)
	}
	switch l.Counting {
	case Calendar:
		if second := now.Truncate(time.Second); !second.Equal(w.since) {
			w.since, w.count = second, 0
		}
	case Sliding:
		over := 0
		for over < len(w.recent) && now.Sub(w.recent[over]) >= time.Second {
			over++
		}
		w.recent = w.recent[over:]
		w.count = len(w.recent)
	default:
		if now.Sub(w.since) >= time.Second || !w.shut.IsZero() {
			w.since, w.count = now, 0
		}
	}
	w.shut = time.Time{}
	if w.count >= limit {
		w.shut = now.Add(l.RetryAfter)
		return l.RetryAfter
	}
	return 0
}

func tooMany(wait time.Duration) *failure {
	seconds := max(int(math.Ceil(wait.Seconds())), 1)
	return &failure{
		code:        http.StatusTooManyRequests,
		description: fmt.Sprintf("Too Many Requests: retry after %d", seconds),
		retryAfter:  seconds,
	}
}

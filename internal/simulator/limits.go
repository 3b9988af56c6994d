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
	PerChatPerSecond int           // into one chat; 0 = no limit
	RetryAfter       time.Duration // how long a lane stays shut; default 1 s; told in whole seconds, rounded up
}

// flood counts sends in windows of one second. A lane that ran over is shut until its time has passed.
// It runs by the real clock: retry_after is a real wait, whatever Options.Now says.
type flood struct {
	limits Limits
	clock  func() time.Time
	all    window
	chats  map[int64]*window
}

type window struct {
	since time.Time
	count int
	shut  time.Time
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

// take counts one send into a chat, or refuses it.
func (f *flood) take(chat int64) *failure {
	if f.limits.PerSecond <= 0 && f.limits.PerChatPerSecond <= 0 {
		return nil
	}
	now := f.clock()
	lane := f.chats[chat]
	if lane == nil {
		lane = &window{}
		f.chats[chat] = lane
	}
	if wait := lane.refuse(now, f.limits.PerChatPerSecond, f.limits.RetryAfter); wait > 0 {
		return tooMany(wait)
	}
	if wait := f.all.refuse(now, f.limits.PerSecond, f.limits.RetryAfter); wait > 0 {
		return tooMany(wait)
	}
	lane.count++
	f.all.count++
	return nil
}

func (w *window) refuse(now time.Time, limit int, shutFor time.Duration) time.Duration {
	if limit <= 0 {
		return 0
	}
	if now.Before(w.shut) {
		return w.shut.Sub(now)
	}
	if now.Sub(w.since) >= time.Second || !w.shut.IsZero() {
		*w = window{since: now}
	}
	if w.count >= limit {
		w.shut = now.Add(shutFor)
		return shutFor
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

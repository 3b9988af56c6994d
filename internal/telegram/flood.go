package telegram

import (
	"sync"
	"time"
)

// A pace keeps a lane's speed in accord with Telegram's adaptive limits. It is open until Telegram says 429 to several chats within a
// second and to a good part of what was sent, which means that the bot as a whole is too fast, not a few chats. Then it lets through what got through in the last second, and
// a quarter more with each second without a 429, until it is open again.
type pace struct {
	mu      sync.Mutex
	now     func() time.Time
	rate    float64 // messages a second; 0 is open
	next    time.Time
	window  time.Time // the second that is being counted
	sent    int       // in this second
	before  int       // in the second before
	refused map[int64]bool
	held    bool      // this second's refusals have held the lane already
	calm    time.Time // when the rate was last changed
}

// several is how many chats must be refused within a second before the lane slows down.
const several = 3

// open is the rate at which a slowed lane is open again.
const open = 1000

func newPace(now func() time.Time) *pace {
	return &pace{now: now, refused: map[int64]bool{}}
}

func (p *pace) roll(t time.Time) {
	if d := t.Sub(p.window); d >= time.Second {
		p.before = p.sent
		if d >= 2*time.Second {
			p.before = 0
		}
		p.sent, p.window, p.held = 0, t, false
		clear(p.refused)
	}
}

// wait tells how long to wait before the next message.
func (p *pace) wait() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rate == 0 {
		return 0
	}
	t := p.now()
	if t.Sub(p.calm) >= time.Second {
		p.calm = t
		if p.rate *= 1.25; p.rate > open {
			p.rate = 0
			return 0
		}
	}
	if p.next.Before(t) {
		p.next = t
	}
	d := p.next.Sub(t)
	p.next = p.next.Add(time.Duration(float64(time.Second) / p.rate))
	return d
}

// arrived counts a message that got through.
func (p *pace) arrived() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.roll(p.now())
	p.sent++
}

// refuse counts a 429.
func (p *pace) refuse(chat int64, retry time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.now()
	p.roll(t)
	p.refused[chat] = true
	if len(p.refused) < several || 4*len(p.refused) < max(p.sent, p.before) {
		return
	}
	through := float64(max(p.sent, p.before, 1))
	if p.rate == 0 || through < p.rate {
		p.rate = through
	}
	p.calm = t
	if resume := t.Add(retry); p.next.Before(resume) && !p.held {
		p.next, p.held = resume, true
	}
}

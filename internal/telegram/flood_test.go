package telegram

import (
	"testing"
	"time"
)

// A hand-moved clock.
type hands struct{ t time.Time }

func (h *hands) now() time.Time { return h.t }

func TestALaneSlowsOnlyWhenSeveralChatsAreRefused(t *testing.T) {
	h := &hands{time.Unix(1000, 0)}
	p := newPace(h.now)
	for range 50 {
		p.arrived()
	}
	p.refuse(1, 5*time.Second)
	p.refuse(1, 5*time.Second)
	p.refuse(2, 5*time.Second)
	if d := p.wait(); d != 0 {
		t.Errorf("two chats too fast hold everybody for %v", d)
	}
	p.refuse(3, 5*time.Second)
	if d := p.wait(); d != 0 {
		t.Errorf("three chats of fifty hold everybody for %v", d)
	}
	for chat := range int64(20) {
		p.refuse(chat, 5*time.Second)
	}
	if d := p.wait(); d < 4*time.Second {
		t.Errorf("a bot that is too fast as a whole waits only %v", d)
	}
	if p.rate != 50 {
		t.Errorf("the lane goes on at %v a second; 50 got through", p.rate)
	}
}

func TestASlowedLaneComesBack(t *testing.T) {
	h := &hands{time.Unix(1000, 0)}
	p := newPace(h.now)
	for range 30 {
		p.arrived()
	}
	for chat := range int64(20) {
		p.refuse(chat, time.Second)
	}
	slow := p.rate
	for range 3 {
		h.t = h.t.Add(time.Second)
		p.wait()
	}
	if p.rate <= slow {
		t.Errorf("after three calm seconds still %v a second", p.rate)
	}
	for range 60 {
		h.t = h.t.Add(time.Second)
		p.wait()
	}
	if p.rate != 0 || p.wait() != 0 {
		t.Errorf("after a calm minute still held to %v a second", p.rate)
	}
}

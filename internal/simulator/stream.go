package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

const (
	streamBuffer = 256              // events that a page may be behind before it is cut off
	streamPulse  = 20 * time.Second // a comment now and then keeps proxies from closing a quiet stream
)

// phoneEvents streams a chat to an open page: all of it first, then what happens. A page that reconnects gets all of it
// again, so it misses nothing.
func (s *Server) phoneEvents(w http.ResponseWriter, r *http.Request) {
	p := s.phonePerson(r)
	if p == nil {
		writeJSON(w, http.StatusNotFound, map[string]string{"error": "no such person"})
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	out := http.NewResponseController(w)

	events := make(chan phoneEvent, streamBuffer)
	s.mu.Lock()
	p.chat.watchers[events] = struct{}{}
	first := phoneEvent{"chat", map[string]any{
		"messages": append([]*message{}, p.chat.messages...), "keyboard": slices.Clone(p.chat.keyboard),
		"keyboard_used": p.chat.tucked, "commands": s.settings.commandsFor(p), "blocked": p.chat.blocked, "now": unix(s.now()),
	}}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(p.chat.watchers, events)
	}()

	pulse := time.NewTicker(streamPulse)
	defer pulse.Stop()
	number := 0
	send := func(e phoneEvent) error {
		raw, err := marshal(e.data)
		if err != nil {
			return fmt.Errorf("encode event %s: %w", e.name, err)
		}
		number++
		if _, err := fmt.Fprintf(w, "id: %d\nevent: %s\ndata: %s\n\n", number, e.name, raw); err != nil {
			return err
		}
		return out.Flush()
	}
	if send(first) != nil {
		return
	}
	for {
		select {
		case e, open := <-events:
			if !open || send(e) != nil {
				return // the page reconnects by itself
			}
		case <-pulse.C:
			if _, err := w.Write([]byte(": here\n\n")); err != nil || out.Flush() != nil {
				return
			}
		case <-r.Context().Done():
			return
		case <-s.ctx.Done():
			return
		}
	}
}

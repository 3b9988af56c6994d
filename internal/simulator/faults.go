package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Failure is what goes wrong with one call instead of, or after, its work.
type Failure struct {
	Delay  time.Duration // first nothing happens for that long
	After  bool          // the call takes effect, and only then fails: its answer is lost
	Reset  bool          // the connection is cut, with no answer
	Status int           // else this status …
	Body   string        // … and this body: an HTML page, say
}

// FailWith asks f about every call from now on, before anything else: the method as the bot spelled it, and the chat_id (0
// when there is none). nil lets the call go on. f runs on the calls' own goroutines. FailWith(nil) ends it.
func (s *Server) FailWith(f func(method string, chat int64) *Failure) {
	if f == nil {
		s.failures.Store(nil)
		return
	}
	s.failures.Store(&f)
}

func (s *Server) faultOf(c *call) *Failure {
	f := s.failures.Load()
	if f == nil {
		return nil
	}
	id, _ := c.chatID()
	return (*f)(c.method, id)
}

func (f *Failure) apply(w http.ResponseWriter, r *http.Request, do func()) {
	if f.Delay > 0 {
		wait := time.NewTimer(f.Delay)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-r.Context().Done():
			return
		}
	}
	if f.After {
		do()
	}
	if f.Reset {
		reset(w)
		return
	}
	if f.Status == 0 {
		f.Status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	if strings.HasPrefix(f.Body, "<") {
		w.Header().Set("Content-Type", "text/html")
	}
	w.WriteHeader(f.Status)
	_, _ = io.WriteString(w, f.Body) // a caller that went away has nothing to be told
}

// reset cuts the connection so that the caller sees a TCP reset where it can be had.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // net/http's own way to cut a connection
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // without it the end is a plain close, which is as good
	}
	_ = conn.Close()
}

// Inject puts an update as it is into the queue, however broken; update_id is added where there is none. It passes by
// allowed_updates. It must be a JSON object.
func (s *Server) Inject(raw json.RawMessage) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		panic(fmt.Sprintf("simulator: inject: not a JSON object: %v", err))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := &queued{raw: raw, born: s.clock()}
	if json.Unmarshal(object["update_id"], &u.id) != nil {
		u.id = s.queue.nextID
		rest := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(string(raw)), "{"))
		comma := ","
		if rest == "}" {
			comma = ""
		}
		u.raw = fmt.Appendf(nil, `{"update_id":%d%s%s`, u.id, comma, rest)
	}
	s.queue.nextID = max(s.queue.nextID, u.id+1)
	for kind, value := range object {
		if kind != "update_id" {
			u.kind, u.chat = kind, chatOf(value)
		}
	}
	s.put(u)
}

// chatOf finds the chat of an update's content, 0 where it tells none.
func chatOf(content json.RawMessage) int64 {
	type in struct {
		Chat struct {
			ID int64 `json:"id"`
		} `json:"chat"`
	}
	var u struct {
		in
		Message in `json:"message"`
	}
	if json.Unmarshal(content, &u) != nil {
		return 0
	}
	if u.Chat.ID != 0 {
		return u.Chat.ID
	}
	return u.Message.Chat.ID
}

// RedeliverEvery makes every nth update come twice: in turn in the same batch, and in the next one although it was
// confirmed. 0 ends it.
func (s *Server) RedeliverEvery(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue.redeliver = n
}

// SwapWebhooks makes webhooks bring two updates of one chat out of order: in turn the later one first, and both at once.
func (s *Server) SwapWebhooks(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue.swap = on
}

// Connections counts TCP connections since the start, where ConnState hangs on the http.Server.
func (s *Server) Connections() int { return int(s.connections.Load()) }

// ConnState is an http.Server.ConnState that counts connections.
func (s *Server) ConnState(_ net.Conn, state http.ConnState) {
	if state == http.StateNew {
		s.connections.Add(1)
	}
}

// Awaited tells whether somebody has waited in Next for so long.
func (s *Server) Awaited(long time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.people, func(p *Person) bool { return !p.chat.asked.IsZero() && time.Since(p.chat.asked) >= long })
}

// Pending counts updates that the bot hasn't confirmed.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue.expire(s.clock())
	return s.queue.unsettled
}

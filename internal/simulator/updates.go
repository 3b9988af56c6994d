package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

const (
	updateLife   = 24 * time.Hour    // Telegram keeps what nobody fetched for a day
	callbackLife = 150 * time.Second // but a button press only so long
)

// queue holds the updates that the bot hasn't confirmed, oldest first.
type queue struct {
	entries   []*queued
	nextID    int64
	made      int // updates made so far, for redeliverEvery
	redeliver int // every how many updates one comes twice; 0 = none
	allowed   map[string]bool
	poller    *poller
	unsettled int
	swap      bool // webhooks bring two updates of one chat at once, the later first
}

type queued struct {
	id      int64
	chat    int64 // 0 = none known; webhooks keep order by it
	kind    string
	raw     json.RawMessage
	born    time.Time
	again   bool // a second copy: gone only once it was handed out, so that a confirmed update really comes again
	later   bool // a second copy that doesn't come in the same batch as the first
	handed  bool
	settled bool
}

// poller is a getUpdates call that waits.
type poller struct {
	wake chan struct{} // capacity 1
	end  chan *failure // capacity 1
}

func newQueue() queue { return queue{nextID: 314_159_001} }

// everyUpdate is the API's default: all kinds but these three.
func everyUpdate(kind string) bool {
	return kind != "chat_member" && kind != "message_reaction" && kind != "message_reaction_count"
}

// enqueue makes an update of a kind ("message", "callback_query" …) about a chat. The caller holds s.mu.
func (s *Server) enqueue(kind string, chat int64, payload any) {
	if q := &s.queue; q.allowed != nil && !q.allowed[kind] || q.allowed == nil && !everyUpdate(kind) {
		return
	}
	raw, err := marshal(payload)
	if err != nil {
		panic(fmt.Sprintf("simulator: encode %s: %v", kind, err)) // our own types: they encode
	}
	id := s.queue.nextID
	s.queue.nextID++
	body := make([]byte, 0, len(raw)+len(kind)+40)
	body = append(body, `{"update_id":`...)
	body = strconv.AppendInt(body, id, 10)
	body = append(append(append(body, `,"`...), kind...), `":`...)
	body = append(append(body, raw...), '}')
	s.put(&queued{id: id, chat: chat, kind: kind, raw: body, born: s.clock()})
}

func (s *Server) put(u *queued) {
	q := &s.queue
	q.made++
	s.append(u)
	if q.redeliver > 0 && q.made%q.redeliver == 0 {
		copied := *u
		copied.again, copied.later = true, q.made/q.redeliver%2 == 0
		s.append(&copied)
	}
}

func (s *Server) append(u *queued) {
	q := &s.queue
	q.entries = append(q.entries, u)
	q.unsettled++
	if s.hook != nil {
		s.hook.put(u)
	}
	if q.poller != nil {
		select {
		case q.poller.wake <- struct{}{}:
		default:
		}
	}
}

// settle takes an update out of the count; the entry itself goes with the next sweep.
func (q *queue) settle(u *queued) {
	if !u.settled {
		u.settled = true
		q.unsettled--
	}
}

// confirm settles everything below the offset, then drops settled entries from the front.
func (q *queue) confirm(offset int64) {
	for _, u := range q.entries {
		if u.id >= offset {
			break
		}
		if !u.again || u.handed {
			q.settle(u)
		}
	}
	q.sweep()
}

func (q *queue) sweep() {
	n := 0
	for n < len(q.entries) && q.entries[n].settled {
		q.entries[n] = nil
		n++
	}
	q.entries = q.entries[n:]
}

// expire settles what is too old to be handed out.
func (q *queue) expire(now time.Time) {
	for _, u := range q.entries {
		age := now.Sub(u.born)
		if age < callbackLife {
			break // entries are in order of age
		}
		if age >= updateLife || u.kind == "callback_query" {
			q.settle(u)
		}
	}
	q.sweep()
}

// forget settles all but the newest keep updates.
func (q *queue) forget(keep int) {
	for i := range max(len(q.entries)-keep, 0) {
		q.settle(q.entries[i])
	}
	q.sweep()
}

func (q *queue) take(limit int) []json.RawMessage {
	out := []json.RawMessage{}
	var first int64 // the update whose second copy may have to wait
	for _, u := range q.entries {
		switch {
		case len(out) == limit:
			return out
		case u.settled, u.later && u.id == first:
			continue
		}
		first, u.handed = u.id, true
		out = append(out, u.raw)
	}
	return out
}

func (q *queue) allow(kinds []string) {
	if len(kinds) == 0 {
		q.allowed = nil
		return
	}
	q.allowed = map[string]bool{}
	for _, k := range kinds {
		q.allowed[k] = true
	}
}

// stopPoller ends a waiting getUpdates with a conflict.
func (q *queue) stopPoller(why string) {
	if q.poller != nil {
		q.poller.end <- conflict(why)
		q.poller = nil
	}
}

func (s *Server) getUpdates(c *call) (any, *failure) {
	allowed, err := c.list("allowed_updates")
	if err != nil {
		return nil, err
	}
	offset := c.integer("offset", 0)
	limit := int(c.integer("limit", 100))
	if limit < 1 || limit > 100 {
		limit = 100
	}
	wait := time.Duration(min(max(c.integer("timeout", 0), 0), 50)) * time.Second

	s.mu.Lock()
	q := &s.queue
	if s.hook != nil {
		s.mu.Unlock()
		return nil, conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	if allowed != nil {
		q.allow(allowed)
	}
	q.stopPoller("terminated by other getUpdates request; make sure that only one bot instance is running")
	if offset < 0 {
		q.forget(int(-offset))
	} else {
		q.confirm(offset)
	}
	me := &poller{wake: make(chan struct{}, 1), end: make(chan *failure, 1)}
	q.poller = me
	s.mu.Unlock()

	deadline := time.NewTimer(wait)
	defer deadline.Stop()
	for over := wait == 0; ; {
		s.mu.Lock()
		if q.poller != me {
			s.mu.Unlock()
			return nil, <-me.end
		}
		q.expire(s.clock())
		batch := q.take(limit)
		if over || len(batch) > 0 {
			q.poller = nil
			s.mu.Unlock()
			return batch, nil
		}
		s.mu.Unlock()
		select {
		case <-me.wake:
		case end := <-me.end:
			return nil, end
		case <-deadline.C:
			over = true
		case <-c.client:
			s.leave(me)
			return []json.RawMessage{}, nil // nobody reads it
		case <-s.ctx.Done():
			s.leave(me)
			return nil, &failure{code: http.StatusInternalServerError, description: "Internal Server Error: restart"}
		}
	}
}

func (s *Server) leave(p *poller) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.queue.poller == p {
		s.queue.poller = nil
	}
}

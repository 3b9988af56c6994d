package simulator

import (
	"maps"
	"strings"
	"time"
)

// SentRecord is one message that the bot got through to a chat.
type SentRecord struct {
	Method string
	Chat   int64
	Text   string // text, caption or title
	Paid   bool   // with allow_paid_broadcast
	Time   time.Time
}

// record notes a message that got through. The caller holds s.mu.
func (s *Server) record(c *call, to *chat, text string) {
	to.sent++
	s.perSecond[s.flood.clock().Unix()]++
	if s.keepSent {
		s.sent = append(s.sent, SentRecord{c.method, to.info.ID, text, c.flag("allow_paid_broadcast"), s.now()})
	}
}

// Sent is every message that the bot got through, oldest first, since the start or the last KeepSent(true).
func (s *Server) Sent() []SentRecord {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]SentRecord(nil), s.sent...)
}

// KeepSent switches the log of Sent: off forgets it, for long loads, which Tally counts all the same. It starts on. Both begin anew.
func (s *Server) KeepSent(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keepSent, s.sent, s.refusals, s.perSecond = on, nil, 0, map[int64]int{}
	for _, c := range s.chats {
		c.sent = 0
	}
}

// Tally is what a load came to.
type Tally struct {
	PerChat   map[int64]int // messages that got through, by chat; chats without one aren't there
	PerSecond map[int64]int // the same by the second of the real clock in which they came, in Unix time
	Refused   int           // sends and edits that flood control answered with 429
}

// Tally counts since the start or the last KeepSent, also while Sent is off.
func (s *Server) Tally() Tally {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := Tally{PerChat: map[int64]int{}, PerSecond: maps.Clone(s.perSecond), Refused: s.refusals}
	for id, c := range s.chats {
		if c.sent > 0 {
			t.PerChat[id] = c.sent
		}
	}
	return t
}

// Calls counts calls of a method, successful or not; those that FailWith answered count only where they took effect.
func (s *Server) Calls(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[strings.ToLower(method)]
}

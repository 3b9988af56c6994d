package harness

import (
	"slices"
	"sync"
	"time"
)

// readers are those who get a broadcast: they only read, and are counted.
type readers struct {
	mu      sync.Mutex
	first   int64
	times   []uint8 // how often each was written to
	read    int
	window  []time.Time // arrivals of the last second, oldest first
	busiest int
}

// Readers expects n people to be written to, from a chat id on.
func (h *Harness) Readers(first int64, n int) {
	h.readers.mu.Lock()
	defer h.readers.mu.Unlock()
	h.readers.first, h.readers.times = first, make([]uint8, n)
}

// take counts a message; ok is false when the chat is no reader.
func (r *readers) take(chat int64) (ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := chat - r.first
	if r.times == nil || i < 0 || i >= int64(len(r.times)) {
		return false
	}
	r.times[i]++
	r.read++
	now := time.Now()
	r.window = append(r.window, now)
	old := 0
	for now.Sub(r.window[old]) >= time.Second {
		old++
	}
	r.window = r.window[old:]
	r.busiest = max(r.busiest, len(r.window))
	return true
}

// Read is how many messages readers have got.
func (h *Harness) Read() int {
	h.readers.mu.Lock()
	defer h.readers.mu.Unlock()
	return h.readers.read
}

// Busiest is the most messages that arrived within any second.
func (h *Harness) Busiest() int {
	h.readers.mu.Lock()
	defer h.readers.mu.Unlock()
	return h.readers.busiest
}

// Times is how often each reader was written to, in the order of their chats.
func (h *Harness) Times() []uint8 {
	h.readers.mu.Lock()
	defer h.readers.mu.Unlock()
	return slices.Clone(h.readers.times)
}

package harness

import (
	"sync"
	"time"
)

// An update is what a person does next: a step of the script.
type update struct {
	chat    int64
	message int64 // the person's own, or the one that the pressed button stands below
	step    int
	screen  string // the data that the pressed button carries
}

// queue holds the updates that are not confirmed yet; their ids count up from 1.
type queue struct {
	mu      sync.Mutex
	waiting []update
	first   int64 // the id before waiting[0]'s
	more    chan struct{}
	over    chan struct{}
}

func (q *queue) put(u update) {
	q.mu.Lock()
	q.waiting = append(q.waiting, u)
	q.mu.Unlock()
	select {
	case q.more <- struct{}{}:
	default:
	}
}

// take confirms all below offset and writes up to limit of the rest, as soon as there is one or when the wait is over.
func (q *queue) take(b []byte, offset int64, limit int, wait time.Duration, write func([]byte, int64, update) []byte) []byte {
	enough := time.NewTimer(wait)
	defer enough.Stop()
	for {
		q.mu.Lock()
		if n := min(int(offset-1-q.first), len(q.waiting)); n > 0 {
			q.waiting = q.waiting[n:]
			q.first += int64(n)
		}
		for i := range min(limit, len(q.waiting)) {
			if i > 0 {
				b = append(b, ',')
			}
			b = write(b, q.first+int64(i)+1, q.waiting[i])
		}
		any := len(q.waiting) > 0
		q.mu.Unlock()
		if any {
			return b
		}
		select {
		case <-q.more:
		case <-enough.C:
			return b
		case <-q.over:
			return b
		}
	}
}

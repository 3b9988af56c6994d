package harness

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// A Script is what each person does, from the first update to the last.
type Script []Step

// A Step is one update and the reply that it waits for.
type Step struct {
	Send  string // typed words; "" when a button is pressed
	Press string // the key of the button to press, in the message that was waited for last
	Until string // what stands in the message that the person waits for, as the API call carries it
}

// A Crowd is people who follow the script. Who is through gives their place to somebody new, with a chat of their own.
type Crowd struct {
	script   Script
	updates  *queue
	places   [size]place
	mode     atomic.Int32
	idle     chan int     // places that may go on, in open loop
	messages atomic.Int64 // the last message id: one sequence for both sides, as in a chat of Telegram
	done     atomic.Int64
	through  atomic.Int64

	mu   sync.Mutex
	took []time.Duration // in open loop
}

// size is how many places there are.
const size = 4096

// firstChat is the first person's chat; place i has the chats firstChat + i + size × round.
const firstChat = 1_000_000

const (
	resting = int32(iota)
	closed  // who has been answered goes on at once
	open    // who has been answered waits for their turn
)

// A place is where one person after the other stands.
type place struct {
	mu      sync.Mutex
	round   int64
	step    int
	waiting bool
	since   time.Time
	message int64
	screen  string
}

func newCrowd(s Script, q *queue) *Crowd {
	return &Crowd{script: s, updates: q, idle: make(chan int, size)}
}

// Through is how many people have come to the end of the script.
func (c *Crowd) Through() int64 { return c.through.Load() }

// A Result is what one load came to.
type Result struct {
	Updates  int64
	Took     time.Duration
	P50, P99 time.Duration // in open loop, from an update's existence to its reply
}

// Rate is updates a second.
func (r Result) Rate() float64 { return float64(r.Updates) / r.Took.Seconds() }

// Closed has n people at a time go on as soon as they are answered, and measures after warm-up.
func (c *Crowd) Closed(ctx context.Context, n int, warm, measure time.Duration) (Result, error) {
	c.mode.Store(closed)
	for i := range n {
		c.next(i)
	}
	sleep(ctx, warm)
	from, start := c.done.Load(), time.Now()
	sleep(ctx, measure)
	r := Result{Updates: c.done.Load() - from, Took: time.Since(start)}
	return r, c.rest(ctx)
}

// Open has people of n go on at a rate a second, whether the bot keeps up or not, at times as random as people's (exponential gaps).
func (c *Crowd) Open(ctx context.Context, n int, rate float64, warm, measure time.Duration) (Result, error) {
	for len(c.idle) > 0 {
		<-c.idle
	}
	for i := range n {
		c.idle <- i
	}
	c.mode.Store(open)
	c.mu.Lock()
	c.took = make([]time.Duration, 0, int(rate*(warm+measure).Seconds()*2))
	c.mu.Unlock()
	gaps := rand.New(rand.NewPCG(1, 2)) // the same for every bot
	start := time.Now()
	warmed := -1
	for due := start; ctx.Err() == nil; {
		due = due.Add(time.Duration(gaps.ExpFloat64() / rate * float64(time.Second)))
		if due.Sub(start) > warm+measure {
			break
		}
		time.Sleep(time.Until(due))
		if warmed < 0 && due.Sub(start) > warm {
			c.mu.Lock()
			warmed = len(c.took)
			c.mu.Unlock()
		}
		select {
		case i := <-c.idle:
			c.next(i)
		default:
			return Result{}, fmt.Errorf("all %d people wait for the bot: it does not keep up with %.0f updates a second", n, rate)
		}
	}
	if err := c.rest(ctx); err != nil {
		return Result{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	took := c.took[max(warmed, 0):]
	slices.Sort(took)
	r := Result{Updates: int64(len(took)), Took: measure}
	if len(took) > 0 {
		r.P50, r.P99 = took[len(took)/2], took[len(took)*99/100]
	}
	return r, nil
}

// patience is how long the last replies may take.
const patience = 20 * time.Second

// rest has nobody go on, and waits until everybody has been answered.
func (c *Crowd) rest(ctx context.Context) error {
	c.mode.Store(resting)
	deadline := time.Now().Add(patience)
	for {
		stuck, at := 0, 0
		for i := range c.places {
			p := &c.places[i]
			p.mu.Lock()
			if p.waiting {
				stuck, at = stuck+1, p.step
			}
			p.mu.Unlock()
		}
		if stuck == 0 || ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d people were never answered, one of them at step %d of the script", stuck, at+1)
		}
		sleep(ctx, 10*time.Millisecond)
	}
}

// next has the person at place i do the next step.
func (c *Crowd) next(i int) {
	p := &c.places[i]
	p.mu.Lock()
	if p.waiting {
		p.mu.Unlock()
		return
	}
	p.waiting, p.since = true, time.Now()
	u := update{chat: firstChat + int64(i) + size*p.round, message: p.message, step: p.step, screen: p.screen}
	if c.script[p.step].Press == "" {
		u.message = c.messages.Add(1)
	}
	p.mu.Unlock()
	c.updates.put(u)
}

// heard takes what the bot said to a chat: the body of its call.
func (c *Crowd) heard(chat, message int64, said []byte) {
	i := int((chat - firstChat) % size)
	if i < 0 {
		return
	}
	p := &c.places[i]
	p.mu.Lock()
	step := &c.script[p.step]
	if !p.waiting || chat != firstChat+int64(i)+size*p.round || !bytes.Contains(said, []byte(step.Until)) {
		p.mu.Unlock()
		return
	}
	p.waiting, p.message = false, message
	took := time.Since(p.since)
	if p.step++; p.step == len(c.script) {
		p.step = 0
		p.round++
		c.through.Add(1)
	} else if key := c.script[p.step].Press; key != "" {
		if p.screen = button(said, key); p.screen == "" {
			p.step-- // not the message with the button: wait on
			p.waiting = true
			p.mu.Unlock()
			return
		}
	}
	p.mu.Unlock()
	c.done.Add(1)
	switch c.mode.Load() {
	case closed:
		c.next(i)
	case open:
		c.mu.Lock()
		c.took = append(c.took, took)
		c.mu.Unlock()
		c.idle <- i
	}
}

var dataIn = []byte(`"callback_data":"`)

// button finds the data of the button whose key that is: "1f:yes" and "1f.yes" have the key yes.
func button(said []byte, key string) string {
	for {
		_, rest, ok := bytes.Cut(said, dataIn)
		if !ok {
			return ""
		}
		data, after, _ := bytes.Cut(rest, []byte(`"`))
		if at := bytes.IndexAny(data, ":."); at >= 0 && string(data[at+1:]) == key {
			return string(data)
		}
		said = after
	}
}

// write puts an update into words, as Telegram does.
func (c *Crowd) write(b []byte, id int64, u update) []byte {
	step := &c.script[u.step]
	b = strconv.AppendInt(append(b, `{"update_id":`...), id, 10)
	if step.Press != "" {
		b = strconv.AppendInt(append(b, `,"callback_query":{"id":"`...), id, 10)
		b = c.person(append(b, `",`...), u.chat)
		b = strconv.AppendInt(append(b, `,"message":{"message_id":`...), u.message, 10)
		b = append(b, `,"from":{"id":1,"is_bot":true,"first_name":"Bench","username":"bench_bot"},`...)
		b = c.chat(b, u.chat)
		b = append(b, `,"date":1767225600,"text":"said"},"chat_instance":"1","data":"`...)
		return append(append(b, u.screen...), `"}}`...)
	}
	b = strconv.AppendInt(append(b, `,"message":{"message_id":`...), u.message, 10)
	b = c.person(append(b, ','), u.chat)
	b = c.chat(append(b, ','), u.chat)
	b = append(append(b, `,"date":1767225600,"text":"`...), step.Send...)
	b = append(b, '"')
	if step.Send[0] == '/' {
		name, _, _ := bytes.Cut([]byte(step.Send), []byte(" "))
		b = strconv.AppendInt(append(b, `,"entities":[{"offset":0,"length":`...), int64(len(name)), 10)
		b = append(b, `,"type":"bot_command"}]`...)
	}
	return append(b, '}', '}')
}

func (c *Crowd) person(b []byte, chat int64) []byte {
	b = strconv.AppendInt(append(b, `"from":{"id":`...), chat, 10)
	return append(b, `,"is_bot":false,"first_name":"Fatima","last_name":"El Idrissi","language_code":"fr"}`...)
}

func (c *Crowd) chat(b []byte, chat int64) []byte {
	b = strconv.AppendInt(append(b, `"chat":{"id":`...), chat, 10)
	return append(b, `,"first_name":"Fatima","last_name":"El Idrissi","type":"private"}`...)
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

package simulator

import (
	"fmt"
	"sync"
	"testing"
)

// A crowd writes at once while the bot polls and answers from several goroutines: nothing is lost, doubled or out of order.
func TestACrowdAtOnce(t *testing.T) {
	const crowd, each = 50, 10
	tg := start(t, Options{})
	people := make([]*Person, crowd)
	for i := range people {
		people[i] = tg.Person(Profile{})
	}
	var all sync.WaitGroup
	for _, p := range people {
		all.Go(func() {
			for i := range each {
				p.Send(fmt.Sprint(i))
			}
		})
	}
	answers := make(chan message)
	var bots sync.WaitGroup
	for range 4 {
		bots.Go(func() {
			for m := range answers {
				if r := tg.call("sendMessage", map[string]any{"chat_id": m.Chat.ID, "text": "re: " + m.Text}); !r.OK {
					t.Error(r.Description)
				}
			}
		})
	}
	last := map[int64]int{}
	offset, got := int64(0), 0
	for got < crowd*each {
		for _, u := range tg.updates(map[string]any{"offset": offset, "timeout": 10}) {
			if want := fmt.Sprint(last[u.Message.Chat.ID]); u.Message.Text != want {
				t.Fatalf("chat %d: %s, want %s", u.Message.Chat.ID, u.Message.Text, want)
			}
			last[u.Message.Chat.ID]++
			offset = u.ID + 1
			got++
			answers <- *u.Message
		}
	}
	close(answers)
	all.Wait()
	bots.Wait()
	for _, p := range people {
		for range each {
			next(t, p)
		}
		if n := len(p.Chat()); n != 2*each {
			t.Errorf("chat %d has %d messages, want %d", p.ID(), n, 2*each)
		}
	}
	if n := len(tg.Sent()); n != crowd*each {
		t.Errorf("%d answers, want %d", n, crowd*each)
	}
}

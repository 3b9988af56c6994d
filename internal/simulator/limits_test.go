package simulator

import (
	"testing"
	"time"
)

func TestFloodControlShutsALaneForItsTime(t *testing.T) {
	tg := start(t, Options{})
	c := newClock()
	tg.mu.Lock()
	tg.flood.clock = c.now
	tg.mu.Unlock()
	tg.SetLimits(Limits{PerChatPerSecond: 2, RetryAfter: 2500 * time.Millisecond})
	p, q := tg.Person(Profile{}), tg.Person(Profile{})
	p.Start("")
	q.Start("")
	to := func(p *Person) map[string]any { return map[string]any{"chat_id": p.ID(), "text": "salam"} }

	tg.must("sendMessage", to(p))
	tg.must("sendMessage", to(p))
	r := tg.call("sendMessage", to(p))
	if r.status != 429 || r.Description != "Too Many Requests: retry after 3" || r.Parameters.RetryAfter != 3 {
		t.Errorf("over the limit: %d %q %d", r.status, r.Description, r.Parameters.RetryAfter)
	}
	tg.must("sendMessage", to(q)) // the other chat goes on
	c.move(2 * time.Second)
	tg.refused("sendMessage", to(p), 429, "Too Many Requests: retry after 1")
	c.move(500 * time.Millisecond)
	tg.must("sendMessage", to(p))
	if n := tg.Calls("sendMessage"); n != 6 {
		t.Errorf("%d calls counted, want 6", n)
	}
	if n := len(p.Chat()); n != 4 {
		t.Errorf("the chat has %d messages: a refused one must not be there", n)
	}
}

func TestFloodControlOverAllChats(t *testing.T) {
	tg := start(t, Options{Limits: Limits{PerSecond: 30}})
	c := newClock()
	tg.mu.Lock()
	tg.flood.clock = c.now
	tg.mu.Unlock()
	refused := 0
	for range 40 {
		p := tg.Person(Profile{})
		p.Start("")
		if r := tg.call("sendMessage", map[string]any{"chat_id": p.ID(), "text": "salam"}); r.ErrorCode == 429 {
			refused++
		}
	}
	if refused != 10 {
		t.Errorf("%d of 40 refused at 30 a second, want 10", refused)
	}
	p := tg.Person(Profile{})
	p.Start("")
	if err := p.PressOn(1, "x"); err != nil {
		t.Fatal(err)
	}
	us := tg.updates(map[string]any{"offset": -1})
	tg.must("answerCallbackQuery", map[string]any{"callback_query_id": us[0].CallbackQuery.ID}) // answers are not messages
	c.move(time.Second)
	tg.must("sendMessage", map[string]any{"chat_id": p.ID(), "text": "salam"})
}

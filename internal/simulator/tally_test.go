package simulator

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// crowdOf starts so many people at a simulator whose flood control goes by the given clock.
func crowdOf(t *testing.T, n int, l Limits) (*telegram, *clock, []*Person) {
	t.Helper()
	tg := start(t, Options{})
	c := newClock()
	tg.mu.Lock()
	tg.flood.clock = c.now
	tg.mu.Unlock()
	tg.SetLimits(l)
	people := make([]*Person, n)
	for i := range people {
		people[i] = tg.Person(Profile{})
		people[i].Start("")
	}
	return tg, c, people
}

func TestASecondIsCountedInThreeWays(t *testing.T) {
	// Two are sent late in one second of the clock and two early in the next, 300 ms apart in all: at two a second.
	for name, c := range map[string]struct {
		counting Counting
		passed   int
	}{
		"from the first send":    {FromFirst, 2},
		"by the clock's seconds": {Calendar, 4},
		"wherever it begins":     {Sliding, 2},
	} {
		t.Run(name, func(t *testing.T) {
			tg, clock, people := crowdOf(t, 4, Limits{PerSecond: 2, Counting: c.counting})
			clock.move(800 * time.Millisecond)
			passed := 0
			for i, p := range people {
				if tg.call("sendMessage", map[string]any{"chat_id": p.ID(), "text": "salam"}).OK {
					passed++
				}
				if i == 1 {
					clock.move(300 * time.Millisecond)
				}
			}
			if passed != c.passed {
				t.Errorf("%d passed, want %d", passed, c.passed)
			}
		})
	}
}

func TestASteadyRateIsHeldAgainstEverySecond(t *testing.T) {
	send := func(every time.Duration) (refused int) {
		tg, clock, people := crowdOf(t, 120, Limits{PerSecond: 25, Counting: Sliding})
		for _, p := range people {
			tg.call("sendMessage", map[string]any{"chat_id": p.ID(), "text": "salam"})
			clock.move(every)
		}
		return tg.Tally().Refused
	}
	if n := send(40 * time.Millisecond); n != 0 {
		t.Errorf("25 a second: %d refused", n)
	}
	if n := send(39 * time.Millisecond); n == 0 {
		t.Error("a little more than 25 a second: none refused")
	}
}

func TestPaidBroadcastsHaveARateOfTheirOwn(t *testing.T) {
	tg, _, people := crowdOf(t, 6, Limits{PerSecond: 2, PaidPerSecond: 3})
	to := func(i int, paid bool) map[string]any {
		return map[string]any{"chat_id": people[i].ID(), "text": "salam", "allow_paid_broadcast": paid}
	}
	for i := range 3 {
		tg.must("sendMessage", to(i, true))
	}
	tg.refused("sendMessage", to(3, true), http.StatusTooManyRequests, "Too Many Requests: retry after 1")
	tg.must("sendMessage", to(4, false))
	tg.must("sendMessage", to(5, false))
	tg.refused("sendMessage", to(0, false), http.StatusTooManyRequests, "Too Many Requests: retry after 1")
	paid := 0
	for _, m := range tg.Sent() {
		if m.Paid {
			paid++
		}
	}
	if paid != 3 {
		t.Errorf("%d of %d messages were paid for, want 3", paid, len(tg.Sent()))
	}
}

func TestALoadIsCountedWithoutKeepingIt(t *testing.T) {
	tg, clock, people := crowdOf(t, 3, Limits{PerSecond: 3})
	tg.must("sendMessage", map[string]any{"chat_id": people[0].ID(), "text": "before"})
	clock.move(time.Second)
	tg.KeepSent(false)
	began := clock.now().Unix()
	for i, to := range []int{0, 1, 1, 1} {
		r := tg.call("sendMessage", map[string]any{"chat_id": people[to].ID(), "text": fmt.Sprint(i)})
		if want := i < 3; r.OK != want {
			t.Errorf("message %d: %s", i, r.Description)
		}
	}
	clock.move(2 * time.Second)
	tg.must("sendMessage", map[string]any{"chat_id": people[0].ID(), "text": "later"})
	want := Tally{
		PerChat:   map[int64]int{people[0].ID(): 2, people[1].ID(): 2},
		PerSecond: map[int64]int{began: 3, began + 2: 1},
		Refused:   1,
	}
	if diff := cmp.Diff(want, tg.Tally()); diff != "" {
		t.Error(diff)
	}
	if n := len(tg.Sent()); n != 0 {
		t.Errorf("%d messages are kept", n)
	}
}

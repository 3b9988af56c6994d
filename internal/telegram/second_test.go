package telegram

import (
	"errors"
	"fmt"
	"net"
	"testing"
	"time"
)

func TestUnsentIsWhatNeverReachedAnybody(t *testing.T) {
	dial := &net.OpError{Op: "dial", Err: errors.New("refused")}
	read := &net.OpError{Op: "read", Err: errors.New("reset")}
	if !unsent(fmt.Errorf("call sendMessage: %w", dial)) || unsent(fmt.Errorf("call sendMessage: %w", read)) || unsent(errors.New("502")) {
		t.Error("what may have arrived is taken for unsent, or the other way round")
	}
}

func TestASecondNeverHoldsMoreThanTheRate(t *testing.T) {
	const rate = 50
	s := newSecond(rate)
	var times []time.Time
	for range 2*rate + 10 {
		s.wait(t.Context())
		times = append(times, time.Now())
	}
	for i := rate; i < len(times); i++ {
		if d := times[i].Sub(times[i-rate]); d < time.Second {
			t.Errorf("%d messages within %v", rate+1, d)
		}
	}
}

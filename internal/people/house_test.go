package people

import (
	"context"
	"testing"

	"golang.org/x/sync/errgroup"
)

func TestTheKeyOfTicketsIsMadeOnceHoweverManyComeFirst(t *testing.T) {
	t.Parallel()
	pool := house(t)
	keys := make([]string, 8)
	var g errgroup.Group
	for i := range keys {
		g.Go(func() (err error) { keys[i], err = TicketKey(context.Background(), pool); return err })
	}
	must(t, g.Wait())
	again, err := TicketKey(t.Context(), pool)
	must(t, err)
	for _, k := range keys {
		if k != again || len(k) < 50 {
			t.Errorf("keys %q, and later %q", keys, again)
		}
	}
}

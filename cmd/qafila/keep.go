package main

import (
	"context"
	"time"

	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/outreach"
	"github.com/qafila/qafila/internal/people"
)

// How often is looked for what is due to be said, and for what may not be kept any longer.
const (
	outreachEvery = 5 * time.Second
	purgeEvery    = time.Hour
)

// keepHouse says first what is due, and takes away what may not be kept. What is due is worked out from the tables each time: a look that
// fails or is missed loses nothing.
func (v *service) keepHouse(ctx context.Context) error {
	keep := people.Usual()
	ticks, purges := time.NewTicker(v.look), time.NewTicker(purgeEvery)
	defer ticks.Stop()
	defer purges.Stop()
	purge := func() {
		if gone, err := people.Purge(ctx, v.db.Pool, keep, v.now()); err != nil {
			v.warn(ctx, "what may not be kept any longer could not be taken away", err)
		} else {
			v.log.Debug("purged", "rows", gone)
		}
	}
	purge()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
			v.sayWhatIsDue(ctx)
		case <-purges.C:
			purge()
		}
	}
}

// sayWhatIsDue looks once.
func (v *service) sayWhatIsDue(ctx context.Context) {
	say := outreach.Outreach{Pool: v.db.Pool, Word: v.turns.Note, Describe: v.house.rooms.StopWords, Instance: conversation.Nobody}
	if _, err := say.Tick(ctx, v.now()); err != nil {
		v.warn(ctx, "could not look for what is due to be said", err)
	}
}

func (v *service) warn(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		v.log.Warn(what, "error", err)
	}
}

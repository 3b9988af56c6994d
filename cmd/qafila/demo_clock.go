package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/simulator"
)

// A demonstration has its own time, which a newcomer moves on to see what the calendar brings.
type demonstration struct {
	ctx     context.Context // of the whole demonstration
	service *service
	ahead   atomic.Int64 // of the real time; only ever grows

	moving sync.Mutex // one move at a time
}

// telegram is the simulator's surroundings: who plays, where and when.
func (s *demonstration) telegram() simulator.Options {
	o := simulator.Options{Towns: towns(), Zone: locale.Zone(), Now: s.now, NextDay: s.nextDay}
	for _, p := range performers() {
		o.Cast = append(o.Cast, p.Cast)
	}
	return o
}

func (s *demonstration) now() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }

// again is when a moved clock's day is looked at a second time, for what its first look has brought about.
const again = 2 * time.Second

// nextDay moves on to the next day, and says what is due there.
func (s *demonstration) nextDay(ctx context.Context) (time.Time, error) {
	s.moving.Lock()
	defer s.moving.Unlock()
	next, err := s.tomorrow(ctx)
	if err != nil {
		return time.Time{}, err
	}
	s.ahead.Store(int64(time.Until(next)))
	s.service.sayWhatIsDue(ctx)
	time.AfterFunc(again, func() { s.service.sayWhatIsDue(s.ctx); s.service.reports(s.ctx) })
	return next, nil
}

// tomorrow is the next day at an hour when the bot writes to people: in the evening where a stop is on the day after, since its eve is told
// about then, else in the morning.
func (s *demonstration) tomorrow(ctx context.Context) (time.Time, error) {
	today := s.now().In(locale.Zone())
	at := func(days, hour, minute int) time.Time {
		return time.Date(today.Year(), today.Month(), today.Day()+days, hour, minute, 0, 0, locale.Zone())
	}
	stops, err := caravan.Upcoming(ctx, s.service.db.Pool, at(2, 0, 0))
	if err != nil {
		return time.Time{}, err
	}
	if next, ok := stops.Next(); ok && next.Starts.Before(at(3, 0, 0)) {
		return at(1, 18, 30), nil
	}
	return at(1, 10, 30), nil
}

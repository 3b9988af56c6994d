package main

import (
	"context"
	"log/slog"
	"net"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/internal/simulator"
)

// A rig is the whole bot at a simulated Telegram, with a database of its own.
type rig struct {
	sim     *simulator.Server
	service *service
}

// start runs the bot until the test ends.
func start(t *testing.T, samples bool, change ...func(*settings)) *rig {
	t.Helper()
	pool := postgres.ForTest(t)
	sim := simulator.New(simulator.Options{})
	far := httptest.NewUnstartedServer(sim)
	far.Config.ConnState = sim.ConnState
	far.Start()
	t.Cleanup(func() { sim.Close(); far.CloseClientConnections(); far.Close() })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := settings{common: common{Languages: "fr,ar,ary"}, Token: sim.Token(), APIURL: far.URL, Listen: listener.Addr().String(), BulkRate: 25,
		Controller: "Chambre d'essai", Declaration: "D-1/2026"}
	for _, f := range change {
		f(&s)
	}
	if err := s.check(); err != nil {
		t.Fatal(err)
	}
	if samples {
		if err := caravan.PublishSamples(t.Context(), pool, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	v, err := newService(s, &postgres.Database{Pool: pool}, slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	v.listener = listener
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- v.run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return &rig{sim: sim, service: v}
}

// quiet waits until the bot has taken in and sent all that there is.
func (r *rig) quiet(t *testing.T) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for calm := 0; calm < 2; {
		if time.Now().After(deadline) {
			t.Fatal("the bot does not come to rest")
		}
		time.Sleep(time.Millisecond)
		if r.sim.Pending() == 0 && r.service.sender.Idle() {
			calm++
		} else {
			calm = 0
		}
	}
}

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"time"

	"github.com/qafila/qafila/internal/postgres"
)

type serveCommand struct {
	settings
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(ctx context.Context) error {
	if err := c.check(); err != nil {
		return err
	}
	log := c.logger(os.Stderr)
	if c.Controller == "" || c.Declaration == "" {
		log.Warn("no personal data are collected until QAFILA_CONTROLLER and QAFILA_CNDP are both set (law 09-08): " +
			"registrations and recommendations are closed")
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("QAFILA_LISTEN: %w", err)
	}
	db, err := postgres.Open(ctx, postgres.Config{URL: c.DatabaseURL, Data: c.Data, MaxConns: poolSize, Log: log})
	if err != nil {
		return err
	}
	ready := lean()
	v, err := newService(c.settings, db, log, time.Now)
	if err == nil {
		v.listener = listener
		v.readAnswers(ctx)
		ready()
		log.Info("listening", "address", listener.Addr().String())
		err = v.run(ctx)
	}
	if cerr := db.Close(); err == nil {
		err = cerr
	}
	return err
}

// lean keeps the heap small while what ships is read and taught, which leaves much behind, at the price of a little time, until ready is
// called; then what was needed for it goes back to the system. Without it the start is what takes most memory in the program's life.
func lean() (ready func()) {
	usual := debug.SetGCPercent(startingGC)
	return func() {
		debug.SetGCPercent(min(usual, servingGC))
		debug.FreeOSMemory()
	}
}

// By how much the heap may outgrow what is in use, in percent: while the program starts, and while it serves. Go's own is 100; a smaller
// GOGC holds.
const (
	startingGC = 20
	servingGC  = 40
)

// poolSize is how many connections to Postgres the service uses at most: batches, settling, durable work, health.
const poolSize = 14

type versionCommand struct{}

// Run prints what the build knows of itself.
func (versionCommand) Run() error { //nolint:unparam // kong calls only what gives an error
	fmt.Println("qafila", version())
	return nil
}

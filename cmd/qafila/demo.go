package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/internal/simulator"
)

type demoCommand struct {
	Data      string `env:"QAFILA_DATA" default:".qafila" help:"Data folder; the demonstration keeps its own below it, and begins afresh each time."`
	Listen    string `env:"QAFILA_LISTEN" default:"127.0.0.1:8080" help:"Address of the page of phones; the next free port when it is taken."`
	Languages string `env:"QAFILA_LANGUAGES" default:"fr,ar,ary" help:"Languages offered."`
	LogLevel  string `name:"log" env:"QAFILA_LOG" default:"warn" enum:"debug,info,warn,error" help:"How much is logged."`
}

// Run runs everything on this machine until it is told to stop.
func (c *demoCommand) Run(ctx context.Context) error {
	page, err := listenNear(ctx, c.Listen)
	if err != nil {
		return fmt.Errorf("QAFILA_LISTEN: %w", err)
	}
	own, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("open an address for the bot: %w", err)
	}
	show := &demonstration{ctx: ctx}
	telegram := simulator.New(show.telegram())
	defer telegram.Close()
	s := settings{
		common: common{Data: filepath.Join(c.Data, "demo"), LogLevel: c.LogLevel, Languages: c.Languages},
		Token:  telegram.Token(), APIURL: "http://" + page.Addr().String(), Listen: own.Addr().String(), BulkRate: 25,
		Controller: "Qafila (démonstration)", Declaration: "D-000/0000 (exemple)",
	}
	if err := s.check(); err != nil {
		return err
	}
	log := s.logger(os.Stderr)
	db, err := postgres.Open(ctx, postgres.Config{Data: s.Data, MaxConns: poolSize, Log: log})
	if err != nil {
		return err
	}
	err = func() error {
		if err := beginAfresh(ctx, db, time.Now()); err != nil {
			return err
		}
		if err := os.RemoveAll(filesFolder(s.Data)); err != nil {
			return fmt.Errorf("empty the demonstration's files: %w", err)
		}
		if err := enter(ctx, db.Pool, telegram, time.Now()); err != nil {
			return err
		}
		v, err := newService(s, db, log, show.now)
		if err != nil {
			return err
		}
		v.listener, show.service = own, v
		v.readAnswers(ctx)
		return serveDemo(ctx, v, telegram, page)
	}()
	return errors.Join(err, db.Close())
}

// serveDemo runs the simulated Telegram and the bot beside each other. The bot stops first: it still has something to send.
func serveDemo(ctx context.Context, v *service, telegram *simulator.Server, page net.Listener) error {
	far := &http.Server{Handler: telegram, ReadHeaderTimeout: 10 * time.Second, ConnState: telegram.ConnState}
	var g errgroup.Group
	g.Go(func() error {
		if err := far.Serve(page); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve the page: %w", err)
		}
		return nil
	})
	fmt.Printf("\n  Qafila is running on this machine, with sample stops and voices.\n\n  Open  http://%s\n\n  Ctrl-C stops it.\n\n", page.Addr())
	err := v.run(ctx)
	telegram.Close()
	return errors.Join(err, far.Close(), g.Wait())
}

// listenNear listens on the address, or on any port of its host when that one is taken.
func listenNear(ctx context.Context, address string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err == nil {
		return l, nil
	}
	host, _, serr := net.SplitHostPort(address)
	if serr != nil {
		return nil, err
	}
	return lc.Listen(ctx, "tcp", net.JoinHostPort(host, "0"))
}

// beginAfresh makes the demonstration's database anew, since the simulated Telegram forgets everything too, and puts sample stops and a week
// of sample voices in.
func beginAfresh(ctx context.Context, db *postgres.Database, now time.Time) error {
	if _, err := db.Pool.Exec(ctx, `DROP SCHEMA public CASCADE; CREATE SCHEMA public`); err != nil {
		return fmt.Errorf("empty the demonstration's database: %w", err)
	}
	db.Pool.Reset() // connections know the tables that were
	if err := postgres.Migrate(ctx, db.Pool); err != nil {
		return err
	}
	if err := caravan.PublishSamples(ctx, db.Pool, now); err != nil {
		return err
	}
	return spendAWeek(ctx, db.Pool, now)
}

// towns are what the page's location picker offers.
func towns() []simulator.Town {
	var list []simulator.Town
	for _, p := range directory.Default().Places() {
		list = append(list, simulator.Town{Name: p.Name(locale.French) + " · " + p.Name(locale.Arabic), Lat: p.Lat, Lon: p.Lon})
	}
	return list
}

package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"golang.org/x/sync/errgroup"

	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/media"
	"github.com/qafila/qafila/internal/outreach"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/internal/telegram"
)

// A service is the whole bot: one database, one bot account, one HTTP address.
type service struct {
	settings settings
	db       *postgres.Database
	house    *house
	log      *slog.Logger
	metrics  *metrics
	listener net.Listener
	ready    atomic.Bool
	client   *telegram.Client
	sender   *telegram.Sender
	files    *media.Keeper
	turns    *conversation.Conversation
	inserter *river.Client[pgx.Tx] // stores durable work, and runs none
	now      func() time.Time
}

// workers is how many calls to Telegram may be under way at once.
const workers = 32

// drain is how long a stopping service gives to what it has in hand.
const drain = 10 * time.Second

// newService wires the rooms together on an open database.
func newService(s settings, db *postgres.Database, log *slog.Logger, now func() time.Time) (*service, error) {
	h, err := furnish(s)
	if err != nil {
		return nil, err
	}
	client, err := telegram.NewClient(s.APIURL, s.Token, workers)
	if err != nil {
		return nil, err
	}
	inserter, err := river.NewClient(riverpgxv5.New(db.Pool), &river.Config{Logger: slog.New(onlyErrors{log.Handler()})})
	if err != nil {
		return nil, fmt.Errorf("make the store of durable work: %w", err)
	}
	m := newMetrics()
	instance := instanceID()
	v := &service{settings: s, db: db, house: h, log: log, metrics: m, client: client, inserter: inserter, now: now}
	h.outreach.Pool, h.outreach.Instance, h.outreach.Sender, h.outreach.Poke = db.Pool, conversation.Nobody, instance, v.soon(broadcastArgs{})
	h.rooms.PokeReports = v.soon(reportArgs{})
	if v.files, err = newFiles(s, client, db.Pool, log, m); err != nil {
		return nil, err
	}
	v.sender = telegram.NewSender(telegram.SenderConfig{
		Client: client, Pool: db.Pool, Instance: instance, Menu: h.menu, Copies: v.files, Lane: outreach.NewLane(h.outreach, instance, now), BulkRate: s.BulkRate,
		Workers: workers, Log: log, Observe: m.delivery, Hold: func() bool { return h.outreach.Quiet.At(now()) },
	})
	v.turns = conversation.New(conversation.Config{
		Pool: db.Pool, Book: h.book, Offer: h.offer, Texts: h.texts, Asides: h.rooms, Instance: instance, Now: now, Log: log, Observe: m.batch,
		Along: v.sender.Along,
	})
	h.outreach.Word = v.turns.Note
	return v, nil
}

// instanceID names this process among those that share the database.
func instanceID() int64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return int64(binary.LittleEndian.Uint64(b[:])>>1) | 1
}

// run works until ctx ends, then finishes what it has in hand.
func (v *service) run(ctx context.Context) error {
	work, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	defer v.client.Close()
	if err := v.sender.Announce(ctx); err != nil {
		return err
	}
	key, err := people.TicketKey(ctx, v.db.Pool)
	if err != nil {
		return err
	}
	v.house.tickets.Store(&key)
	mux := http.NewServeMux()
	v.routes(mux)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}

	sending, stopSending := context.WithCancel(work)
	defer stopSending()
	sent := make(chan struct{})
	go func() { v.sender.Run(sending, work); close(sent) }()

	g, running := errgroup.WithContext(ctx)
	// What is in hand gets its time to finish; a database that is away for longer doesn't hold the program. Nothing of it was confirmed.
	defer context.AfterFunc(running, func() { time.AfterFunc(2*drain, giveUp) })()
	g.Go(func() error {
		if err := server.Serve(v.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve %s: %w", v.settings.Listen, err)
		}
		return nil
	})
	g.Go(func() error { return v.take(running, work, mux) })
	g.Go(func() error { return v.keepHouse(running, work) })
	g.Go(func() error { v.keepAnswers(running); return nil })
	g.Go(func() error { v.keepFiles(running); return nil })
	g.Go(func() error { v.keepRecordings(running); return nil })
	g.Go(func() error {
		<-running.Done()
		v.ready.Store(false)
		stop, cancel := context.WithTimeout(work, drain)
		defer cancel()
		if err := server.Shutdown(stop); err != nil {
			v.log.Warn("requests were still waiting at the end; Telegram brings them again", "error", err)
		}
		return nil
	})
	err = g.Wait()

	v.log.Info("stopping: sending what is in hand")
	deadline := time.Now().Add(drain)
	for !v.sender.Idle() && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	stopSending()
	select {
	case <-sent:
	case <-time.After(drain):
		giveUp()
		<-sent
	}
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	return err
}

// take takes updates in, by webhook or by polling.
func (v *service) take(ctx, work context.Context, mux *http.ServeMux) error {
	username, err := v.greet(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	intake := telegram.NewIntake(v.client, v.turns, v.sender, username, v.log)
	defer intake.Close()
	if v.settings.PublicURL == "" {
		v.ready.Store(true)
		v.log.Info("taking updates by polling", "bot", username)
		return intake.Poll(ctx, work)
	}
	hook := telegram.NewWebhook(intake, v.settings.WebhookSecret)
	mux.Handle(telegram.WebhookPath, hook)
	done := make(chan struct{})
	running, stop := context.WithCancel(ctx)
	defer stop()
	go func() { hook.Run(running, work); close(done) }()
	if err := hook.Register(ctx, v.settings.PublicURL, v.settings.WebhookSecret); err != nil {
		stop()
		<-done
		if work.Err() == nil && context.Cause(ctx) == nil {
			return fmt.Errorf("QAFILA_PUBLIC_URL: %w", err)
		}
		return nil
	}
	v.ready.Store(true)
	v.log.Info("taking updates by webhook", "bot", username)
	<-done
	return nil
}

// greet learns the bot's name and sets its menus, as soon as Telegram answers.
func (v *service) greet(ctx context.Context) (string, error) {
	pause := 100 * time.Millisecond
	for {
		name, err := v.client.Username(ctx)
		if err == nil {
			v.house.username.Store(&name)
			if err := people.KeepUsername(ctx, v.db.Pool, name); err != nil && ctx.Err() == nil {
				v.log.Warn("the bot's name could not be kept; `qafila staff invite` needs it", "error", err)
			}
			if err = v.client.Introduce(ctx, v.house.menu); err != nil && ctx.Err() == nil {
				v.log.Warn("the command menu could not be set", "error", v.client.Hide(err))
			}
			return name, nil
		}
		if telegram.IsUnauthorized(err) {
			return "", fmt.Errorf("TELEGRAM_TOKEN: %w", telegram.ErrUnauthorized)
		}
		v.log.Warn("Telegram does not answer yet; trying again", "pause", pause, "error", v.client.Hide(err))
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(pause):
		}
		pause = min(2*pause, 5*time.Second)
	}
}

func (v *service) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		switch {
		case !v.ready.Load():
			http.Error(w, "not taking updates yet", http.StatusServiceUnavailable)
		case v.db.Ping(ctx) != nil:
			http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		default:
			_, _ = w.Write([]byte("ready\n"))
		}
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(v.metrics.registry, promhttp.HandlerOpts{}))
}

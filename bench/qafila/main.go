// Command qafila is the house's own way of an update (intake, turn, engine, sender, with every promise) on a flow of six questions that
// asks what bench/plain asks.
package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"testing/fstest"
	"time"

	"github.com/qafila/qafila/bench/harness"
	"github.com/qafila/qafila/bench/profile"
	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/internal/telegram"
	"github.com/qafila/qafila/locales"
)

//go:embed flows
var written embed.FS

// As in cmd/qafila.
const (
	connections = 10 // to Postgres
	workers     = 32 // calls to the Bot API under way at once
)

const table = `CREATE TABLE registered (chat_id bigint PRIMARY KEY, name text NOT NULL, trade text NOT NULL, town text NOT NULL,
	phone text NOT NULL, card text NOT NULL, topic text NOT NULL)`

func main() {
	debug.SetGCPercent(100) // this small heap is collected about as often as that of `qafila serve` at its 50
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	defer profile.Start()()
	if err := run(ctx); err != nil {
		log.Print(err)
	}
}

func run(ctx context.Context) error {
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	texts, err := words()
	if err != nil {
		return err
	}
	flows, err := fs.Sub(written, "flows")
	if err != nil {
		return err
	}
	book, problems := flow.Load(flows, conversation.Words(texts), offer().Signatures(), conversation.Understanding(),
		flow.Options{Menu: "menu", Used: []string{"*"}})
	if book == nil {
		return fmt.Errorf("the flows: %v", problems)
	}
	db, err := postgres.Open(ctx, postgres.Config{URL: os.Getenv("DATABASE_URL"), MaxConns: connections, Log: logger})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Pool.Exec(ctx, table); err != nil {
		return err
	}
	client, err := telegram.NewClient(os.Getenv("TELEGRAM_API_URL"), os.Getenv("TELEGRAM_TOKEN"), workers)
	if err != nil {
		return err
	}
	defer client.Close()
	instance := rand.Int64() | 1
	sender := telegram.NewSender(telegram.SenderConfig{Client: client, Pool: db.Pool, Instance: instance, BulkRate: 25, Workers: workers,
		Log: logger, Menu: telegram.Menu{Texts: texts, Commands: []string{"menu"}}})
	turns := conversation.New(conversation.Config{Pool: db.Pool, Book: book, Offer: offer(), Texts: texts, Instance: instance, Log: logger, Along: sender.Along})
	if err := sender.Announce(ctx); err != nil {
		return err
	}
	work := context.WithoutCancel(ctx)
	sending, stop := context.WithCancel(work)
	sent := make(chan struct{})
	go func() { sender.Run(sending, work); close(sent) }()
	intake := telegram.NewIntake(client, turns, sender, "bench_bot", logger)
	err = intake.Poll(ctx, work)
	intake.Close()
	for !sender.Idle() {
		time.Sleep(time.Millisecond)
	}
	stop()
	<-sent
	return err
}

// words are the engine's own and those of the six questions.
func words() (*locale.Texts, error) {
	questions := `question.thanks: "` + harness.Thanks + "\"\nmenu.ask: \"Que voulez-vous faire ?\"\nmenu.register: \"S'inscrire\"\n"
	for i, w := range harness.Words() {
		questions += fmt.Sprintf("question.q%d: %q\n", i+1, w)
	}
	files := fstest.MapFS{"question.fr.yaml": {Data: []byte(questions)}}
	for _, name := range []string{"engine.fr.yaml", "commands.fr.yaml"} {
		data, err := fs.ReadFile(locales.Files, name)
		if err != nil {
			return nil, err
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	return locale.Load(files, []locale.Language{locale.French})
}

// offer is the one action: storing the registration.
func offer() conversation.Offer {
	args := map[string]string{"name": "text", "trade": "text", "town": "text", "phone": "text", "card": "text", "topic": "text"}
	return conversation.Offer{Actions: map[string]conversation.Action{"bench.register": {
		Signature: flow.Signature{Name: "bench.register", Args: args, Outcomes: []string{"stored"}},
		Do: func(ctx context.Context, t *conversation.Turn, a conversation.Args) (flow.Outcome, error) {
			_, err := t.Tx.Exec(ctx, `INSERT INTO registered VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
				t.Chat, a.Text("name"), a.Text("trade"), a.Text("town"), a.Text("phone"), a.Text("card"), a.Text("topic"))
			return flow.Outcome{Name: "stored"}, err
		},
	}}}
}

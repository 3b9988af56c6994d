package telegram_test

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/internal/simulator"
	"github.com/qafila/qafila/internal/telegram"
	"github.com/qafila/qafila/locales"
)

// baseline runs the promises against the library's own update loop, where each must fail: go test ./internal/telegram -baseline
var baseline = flag.Bool("baseline", false, "show that the promises fail with the library's own loop")

// outage is for how long Telegram fails in the test of that: go test ./internal/telegram -run AWhile -outage 1m
var outage = flag.Duration("outage", 4*time.Second, "for how long Telegram answers with errors and cut connections")

// A test's bot runs in the test's own process, or in one that can be killed: this test program, started again with these variables set.
const (
	childLoop     = "QAFILA_TEST_LOOP"
	childAPI      = "QAFILA_TEST_API"
	childToken    = "QAFILA_TEST_TOKEN"
	childDatabase = "QAFILA_TEST_DATABASE"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if loop := os.Getenv(childLoop); loop != "" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		pool, err := pgxpool.New(ctx, os.Getenv(childDatabase))
		if err == nil {
			err = loops[loop](ctx, far{url: os.Getenv(childAPI), token: os.Getenv(childToken)}, pool)
		}
		stop()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// far is the Telegram that a loop talks to; hook, when set, is where it is brought its updates.
type far struct {
	url, token string
	hook       *httptest.Server
	routes     *http.ServeMux
	log        *slog.Logger
}

// A loop is a bot that answers "echo words", and stores the words and registrations in the table heard, until ctx ends.
type loop func(ctx context.Context, at far, pool *pgxpool.Pool) error

var loops = map[string]loop{"ours": ours, "library": library}

// echoing is the conversation of these tests.
var echoing = fstest.MapFS{
	"menu.yaml": {Data: []byte(`
flow: menu
triggers: [/menu, /start]
vars: {words: text, before: text}
steps:
  ask:
    ask: test.echo
    nav: none
    answer: {text: {min: 1, max: 200}}
    choose:
      - {key: press, text: test.press, to: pressed}
      - {text: test.door, start: /menu}
    save: words
  hear:
    do: test.hear
    with: {words: words}
    next: remember
  remember:
    set: {before: words}
    next: ask
  pressed:
    set: {words: "'pressed'"}
    next: hear
`)},
	"register.yaml": {Data: []byte(`
flow: register
triggers: [/register]
vars: {name: text, trade: text, town: text}
steps:
  name:
    ask: test.name
    answer: {text: {min: 2, max: 40}}
    save: name
  trade:
    ask: test.trade
    answer: {text: {min: 2, max: 40}}
    save: trade
  town:
    ask: test.town
    answer: {text: {min: 2, max: 40}}
    save: town
  store:
    do: test.register
    with: {name: name, trade: trade, town: town}
    next: done
  done:
    say: test.done
    next: menu
`)},
}

// testTexts are the engine's own words and those of these tests, in French.
func testTexts() (*locale.Texts, error) {
	files := fstest.MapFS{"test.fr.yaml": {Data: []byte(`
test.echo: "echo {{.before}}"
test.press: "Press me"
test.door: "Begin again"
test.name: "name?"
test.trade: "trade?"
test.town: "town?"
test.done: "done {{.name}}"
`)}}
	names, err := fs.Glob(locales.Files, "*.fr.yaml")
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		if strings.HasPrefix(n, "engine") || strings.HasPrefix(n, "commands") || strings.HasPrefix(n, "common") {
			data, err := fs.ReadFile(locales.Files, n)
			if err != nil {
				return nil, err
			}
			files[n] = &fstest.MapFile{Data: data}
		}
	}
	return locale.Load(files, []locale.Language{locale.French})
}

func testOffer() conversation.Offer {
	note := func(ctx context.Context, t *conversation.Turn, words string) (flow.Outcome, error) {
		if words == "break" {
			panic("this turn breaks")
		}
		if words == "error" {
			_, err := t.Tx.Exec(ctx, `SELECT 1/0`)
			return flow.Outcome{}, err
		}
		_, err := t.Tx.Exec(ctx, `INSERT INTO heard (chat, words) VALUES ($1, $2)`, t.Chat, words)
		return flow.Outcome{Name: "ok"}, err
	}
	return conversation.Offer{Actions: map[string]conversation.Action{
		"test.hear": {
			Signature: flow.Signature{Name: "test.hear", Args: map[string]string{"words": "text"}, Outcomes: []string{"ok"}},
			Do: func(ctx context.Context, t *conversation.Turn, a conversation.Args) (flow.Outcome, error) {
				return note(ctx, t, a.Text("words"))
			},
		},
		"test.register": {
			Signature: flow.Signature{Name: "test.register", Args: map[string]string{"name": "text", "trade": "text", "town": "text"}, Outcomes: []string{"ok"}},
			Do: func(ctx context.Context, t *conversation.Turn, a conversation.Args) (flow.Outcome, error) {
				return note(ctx, t, a.Text("name")+"/"+a.Text("trade")+"/"+a.Text("town"))
			},
		},
	}}
}

// ours is the house's way of an update.
func ours(ctx context.Context, at far, pool *pgxpool.Pool) error {
	log := at.log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	texts, err := testTexts()
	if err != nil {
		return err
	}
	book, problems := flow.Load(echoing, conversation.Words(texts), testOffer().Signatures(), conversation.Understanding(),
		flow.Options{Menu: "menu", Used: []string{"*"}})
	if book == nil {
		return fmt.Errorf("the test's flows: %v", problems)
	}
	client, err := telegram.NewClient(at.url, at.token, 32)
	if err != nil {
		return err
	}
	defer client.Close()
	instance := rand.Int64() | 1
	sender := telegram.NewSender(telegram.SenderConfig{Client: client, Pool: pool, Instance: instance, BulkRate: 25, Log: log,
		Menu: telegram.Menu{Texts: texts, Commands: []string{"menu"}}})
	turns := conversation.New(conversation.Config{Pool: pool, Book: book, Offer: testOffer(), Texts: texts, Instance: instance, Log: log, Along: sender.Along})
	if err := sender.Announce(ctx); err != nil {
		return err
	}
	work, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(15*time.Second, giveUp) })()
	sending, stop := context.WithCancel(work)
	defer stop()
	sent := make(chan struct{})
	go func() { sender.Run(sending, work); close(sent) }()
	name, err := client.Username(ctx)
	if err != nil {
		return err
	}
	intake := telegram.NewIntake(client, turns, sender, name, log)
	if at.hook == nil {
		err = intake.Poll(ctx, work)
	} else {
		hook := telegram.NewWebhook(intake, "s3cret")
		at.routes.Handle(telegram.WebhookPath, hook)
		done := make(chan struct{})
		go func() { hook.Run(ctx, work); close(done) }()
		err = hook.Register(ctx, at.hook.URL, "s3cret")
		<-done
		at.hook.Close()
	}
	intake.Close()
	for deadline := time.Now().Add(10 * time.Second); !sender.Idle() && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	stop()
	<-sent
	return err
}

// library is a bot as the library's documentation writes it, with one row a person as its state.
func library(ctx context.Context, at far, pool *pgxpool.Pool) error {
	if _, err := pool.Exec(ctx, `CREATE TABLE IF NOT EXISTS plain (chat bigint PRIMARY KEY, step int NOT NULL, answers text NOT NULL)`); err != nil {
		return err
	}
	handle := func(ctx context.Context, b *bot.Bot, u *models.Update) {
		if u.Message == nil {
			return
		}
		chat, words := u.Message.Chat.ID, u.Message.Text
		say := func(s string) { _, _ = b.SendMessage(ctx, &bot.SendMessageParams{ChatID: chat, Text: s}) }
		var step int
		var answers string
		_ = pool.QueryRow(ctx, `SELECT step, answers FROM plain WHERE chat = $1`, chat).Scan(&step, &answers)
		switch {
		case words == "/register":
			step, answers = 1, ""
			say("name?")
		case step > 0:
			answers = strings.TrimPrefix(answers+"/"+words, "/")
			if step++; step == 4 {
				_, _ = pool.Exec(ctx, `INSERT INTO heard (chat, words) VALUES ($1, $2)`, chat, answers)
				step = 0
				say("done " + answers)
			} else {
				say([]string{"", "", "trade?", "town?"}[step])
			}
		default:
			_, _ = pool.Exec(ctx, `INSERT INTO heard (chat, words) VALUES ($1, $2)`, chat, words)
			say("echo " + words)
		}
		_, _ = pool.Exec(ctx, `INSERT INTO plain VALUES ($1, $2, $3) ON CONFLICT (chat) DO UPDATE SET step = $2, answers = $3`, chat, step, answers)
	}
	b, err := bot.New(at.token, bot.WithServerURL(at.url), bot.WithDefaultHandler(handle), bot.WithErrorsHandler(func(error) {}),
		bot.WithWebhookSecretToken("s3cret"))
	if err != nil {
		return err
	}
	if at.hook != nil {
		at.routes.Handle(telegram.WebhookPath, b.WebhookHandler())
		if _, err := b.SetWebhook(ctx, &bot.SetWebhookParams{URL: at.hook.URL + telegram.WebhookPath, SecretToken: "s3cret"}); err != nil {
			return err
		}
		b.StartWebhook(ctx)
		return nil
	}
	b.Start(ctx)
	return nil
}

// A rig is a simulated Telegram and a database for one test.
type rig struct {
	t    *testing.T
	sim  *simulator.Server
	url  string
	pool *pgxpool.Pool
	loop string
	hook bool
	log  *slog.Logger
}

func newRig(t *testing.T, loop string) *rig {
	t.Helper()
	pool := postgres.ForTest(t)
	return newRigOn(t, loop, pool)
}

func newRigOn(t *testing.T, loop string, pool *pgxpool.Pool) *rig {
	t.Helper()
	if _, err := pool.Exec(t.Context(), `CREATE TABLE heard (id bigserial PRIMARY KEY, chat bigint NOT NULL, words text NOT NULL)`); err != nil {
		t.Fatal(err)
	}
	sim := simulator.New(simulator.Options{})
	server := httptest.NewUnstartedServer(sim)
	server.Config.ConnState = sim.ConnState
	server.Start()
	t.Cleanup(func() { sim.Close(); server.CloseClientConnections(); server.Close() })
	return &rig{t: t, sim: sim, url: server.URL, pool: pool, loop: loop}
}

// start runs the bot within the test until stop.
func (r *rig) start() (stop func()) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	at := far{url: r.url, token: r.sim.Token(), log: r.log}
	if r.hook {
		at.routes = http.NewServeMux()
		at.hook = httptest.NewServer(at.routes)
	}
	done := make(chan error, 1)
	go func() { done <- loops[r.loop](ctx, at, r.pool) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil && r.loop == "ours" {
			r.t.Error(err)
		}
	}
	r.t.Cleanup(stop)
	return stop
}

// people makes n people.
func (r *rig) people(n int) []*simulator.Person {
	ps := make([]*simulator.Person, n)
	for i := range ps {
		ps[i] = r.sim.Person(simulator.Profile{FirstName: fmt.Sprintf("Person %d", i), LanguageCode: "fr"})
	}
	return ps
}

// said is what the bot has said to a person so far, in order.
func said(p *simulator.Person) []string {
	var out []string
	for _, m := range p.Chat() {
		if m.FromBot {
			out = append(out, m.Text)
		}
	}
	return out
}

// until waits for a condition that the bot brings about.
func until(d time.Duration, what string, cond func() bool) error {
	deadline := time.Now().Add(d)
	for !cond() {
		if time.Now().After(deadline) {
			return fmt.Errorf("after %v: %s", d, what)
		}
		time.Sleep(2 * time.Millisecond)
	}
	return nil
}

func (r *rig) heard() map[string]int {
	r.t.Helper()
	rows, err := r.pool.Query(context.Background(), `SELECT chat || ' ' || words FROM heard`)
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			r.t.Fatal(err)
		}
		out[s]++
	}
	return out
}

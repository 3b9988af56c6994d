// Command plain is a bot as one writes it by hand on the library and pgx: one select and one upsert an update, a sized pool and a sized
// transport, the library's own loop. It keeps no order, drops no repeated update, and loses what it has in hand when it is killed.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/bench/harness"
	"github.com/qafila/qafila/bench/profile"
)

// Sized for two cores; other sizes were not tried.
const (
	connections = 16 // to Postgres
	calls       = 64 // kept connections to the Bot API
)

const tables = `
CREATE TABLE conversations (chat_id bigint PRIMARY KEY, step int NOT NULL, answers text[] NOT NULL);
CREATE TABLE registered (chat_id bigint PRIMARY KEY, name text NOT NULL, trade text NOT NULL, town text NOT NULL, phone text NOT NULL,
	card text NOT NULL, topic text NOT NULL);`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	defer profile.Start()()
	if err := run(ctx); err != nil {
		log.Print(err)
	}
}

func run(ctx context.Context) error {
	config, err := pgxpool.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	config.MaxConns = connections
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer pool.Close()
	if _, err := pool.Exec(ctx, tables); err != nil {
		return err
	}
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		MaxIdleConnsPerHost: calls, MaxConnsPerHost: calls, IdleConnTimeout: time.Minute, DisableCompression: true,
	}}
	p := plain{pool, harness.Words()}
	b, err := bot.New(os.Getenv("TELEGRAM_TOKEN"), bot.WithServerURL(os.Getenv("TELEGRAM_API_URL")), bot.WithDefaultHandler(p.handle),
		bot.WithHTTPClient(30*time.Second, client), bot.WithErrorsHandler(func(err error) {
			if ctx.Err() == nil {
				log.Print(err)
			}
		}))
	if err != nil {
		return err
	}
	b.Start(ctx)
	return nil
}

type plain struct {
	pool  *pgxpool.Pool
	words []string
}

func (p plain) handle(ctx context.Context, b *bot.Bot, u *models.Update) {
	if u.Message == nil {
		return
	}
	if err := p.answer(ctx, b, u.Message.Chat.ID, u.Message.Text); err != nil && ctx.Err() == nil {
		log.Print(err)
	}
}

func (p plain) answer(ctx context.Context, b *bot.Bot, chat int64, words string) error {
	var step int
	var answers []string
	err := p.pool.QueryRow(ctx, `SELECT step, answers FROM conversations WHERE chat_id = $1`, chat).Scan(&step, &answers)
	if err != nil && err != pgx.ErrNoRows { //nolint:errorlint // as such bots are written
		return err
	}
	reply := harness.Thanks
	switch {
	case words == "/start":
		step, answers, reply = 0, []string{}, p.words[0]
	case step < len(p.words)-1:
		answers = append(answers, words)
		step++
		reply = p.words[step]
	default:
		a := append(answers, words)
		if _, err := p.pool.Exec(ctx, `INSERT INTO registered VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
			chat, a[0], a[1], a[2], a[3], a[4], a[5]); err != nil {
			return err
		}
		step, answers = 0, []string{}
	}
	if _, err := p.pool.Exec(ctx, `INSERT INTO conversations VALUES ($1, $2, $3)
		ON CONFLICT (chat_id) DO UPDATE SET step = $2, answers = $3`, chat, step, answers); err != nil {
		return err
	}
	_, err = b.SendMessage(ctx, &bot.SendMessageParams{ChatID: chat, Text: reply})
	return err
}

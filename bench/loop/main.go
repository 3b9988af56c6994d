// Command loop is a broadcast as one writes it by hand on the library and pgx: the people's ids from a table, 32 senders, each noting whom
// it has written to. It keeps no rate, forgets who was under way when it is killed, and drops whoever is refused.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/go-telegram/bot"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/bench/profile"
)

// Sized as the house's own lane.
const senders = 32

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
	config.MaxConns = senders
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer pool.Close()
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: senders, MaxConnsPerHost: senders, DisableCompression: true}}
	b, err := bot.New(os.Getenv("TELEGRAM_TOKEN"), bot.WithServerURL(os.Getenv("TELEGRAM_API_URL")), bot.WithSkipGetMe(), bot.WithHTTPClient(time.Minute, client))
	if err != nil {
		return err
	}
	rows, err := pool.Query(ctx, `SELECT chat_id FROM chats ORDER BY chat_id`)
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return err
	}
	work := make(chan int64)
	var wait sync.WaitGroup
	for range senders {
		wait.Go(func() {
			for id := range work {
				if _, err := b.SendMessage(ctx, &bot.SendMessageParams{ChatID: id, Text: os.Getenv("BROADCAST")}); err != nil {
					continue
				}
				_, _ = pool.Exec(ctx, `INSERT INTO written_to (chat_id) VALUES ($1)`, id) // whoever writes it by hand drops this too
			}
		})
	}
	for _, id := range ids {
		select {
		case work <- id:
		case <-ctx.Done():
		}
	}
	close(work)
	wait.Wait()
	<-ctx.Done()
	return nil
}

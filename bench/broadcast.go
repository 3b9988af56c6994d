package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/bench/harness"
	"github.com/qafila/qafila/internal/postgres"
)

// firstReader is the lowest chat id of those who get the broadcast; the crowd's own are far below.
const firstReader = 9_000_000_000

// said is what the broadcast says.
const said = "La caravane passe bientôt dans votre ville. Appuyez pour voir le jour et le lieu."

// broadcasters are who sends it.
func broadcasters() []contender {
	return []contender{
		{name: "loop", about: "by hand, a loop over go-telegram/bot + pgx", pkg: "./bench/loop", script: harness.Questions(), database: true},
		{name: "serve", about: "`qafila serve`", pkg: "./cmd/qafila", arguments: []string{"serve"}, script: harness.Register(stopID), database: true},
	}
}

// A mailing is what was measured of one broadcast.
type mailing struct {
	contender contender
	prepared  time.Duration // until a row for each recipient was there; 0: it has none
	took      time.Duration // from the first message to the last settled row
	people    int
	twice     int
	peak      int64
	costs     cost
}

// broadcast measures a broadcast to n people by each broadcaster, limits lifted.
func broadcast(ctx context.Context, o options, n int, out string) error {
	fmt.Printf("\n| broadcast to %s people | ready to send in | messages/s, every row settled | written to twice | peak memory | a message costs bot + Postgres + harness | others took |\n|---|---|---|---|---|---|---|\n", thousands(float64(n)))
	for _, c := range broadcasters() {
		if o.only != nil && !o.only[c.name] {
			continue
		}
		m, err := mail(ctx, o, c, n, out)
		if err != nil {
			return fmt.Errorf("broadcast by %s: %w", c.name, err)
		}
		ready := "—"
		if m.prepared > 0 {
			ready = fmt.Sprintf("%.1f s", m.prepared.Seconds())
		}
		fmt.Printf("| %s | %s | %s | %d | %d MiB | %.0f + %.0f + %.0f µs | %.2f |\n", c.about, ready, thousands(float64(n)/m.took.Seconds()), m.twice, m.peak>>20,
			m.costs.bot, m.costs.postgres, m.costs.harness, m.costs.others)
	}
	return nil
}

func mail(ctx context.Context, o options, c contender, n int, out string) (m mailing, err error) {
	m = mailing{contender: c, people: n}
	err = with(ctx, o, c, out, func(program, folder, database string) error {
		if err := readers(ctx, c, program, database, folder, n); err != nil {
			return err
		}
		h, err := harness.New(c.script)
		if err != nil {
			return err
		}
		defer h.Close()
		h.Readers(firstReader, n)
		start := time.Now()
		p, err := c.start(ctx, o, program, h.URL(), database, "BROADCAST="+said, "QAFILA_BULK_RATE=100000", "QAFILA_QUIET=none")
		if err != nil {
			return err
		}
		err = func() error {
			if c.name == "serve" {
				if start, err = begin(ctx, database); err != nil {
					return err
				}
				if err := until(ctx, database, `SELECT count(*) FROM broadcasts WHERE prepared_at IS NOT NULL`, 1); err != nil {
					return err
				}
				m.prepared = time.Since(start)
			}
			if err := wait(ctx, func() (bool, error) { return h.Read() > 0, nil }); err != nil {
				return err
			}
			first, before := time.Now(), spent(p, folder)
			settled := `SELECT count(*) FROM written_to`
			if c.name == "serve" {
				settled = `SELECT sent + unsure + failed + unreachable + stopped FROM broadcasts`
			}
			if err := until(ctx, database, settled, int64(n)); err != nil {
				return err
			}
			m.took = time.Since(first)
			m.costs = spent(p, folder).since(before, float64(n)/m.took.Seconds())
			if m.peak, err = p.peak(); err != nil {
				return err
			}
			for _, times := range h.Times() {
				switch {
				case times == 0:
					return fmt.Errorf("somebody got nothing")
				case times > 1:
					m.twice++
				}
			}
			return nil
		}()
		if serr := p.stop(); err == nil {
			err = serr
		}
		return err
	})
	return m, err
}

// readers fills the database with people.
func readers(ctx context.Context, c contender, program, database, folder string, n int) error {
	if c.name == "serve" {
		if err := publish(ctx, program, database, folder); err != nil { // also makes the tables
			return err
		}
	}
	return statements(ctx, database,
		`CREATE TABLE IF NOT EXISTS chats (chat_id bigint PRIMARY KEY, language text)`,
		`CREATE TABLE IF NOT EXISTS written_to (chat_id bigint PRIMARY KEY)`,
		fmt.Sprintf(`INSERT INTO chats (chat_id, language) SELECT %d + n, 'fr' FROM generate_series(0, %d) n`, int64(firstReader), n-1),
		`ANALYZE chats`)
}

// begin stores a broadcast that is due, as the chat's last press does.
func begin(ctx context.Context, database string) (time.Time, error) {
	if err := wait(ctx, func() (bool, error) {
		alive, err := ask[int64](ctx, database, `SELECT count(*) FROM instances`)
		return alive > 0, err
	}); err != nil {
		return time.Time{}, err
	}
	start := time.Now()
	return start, statements(ctx, database, `WITH b AS (INSERT INTO broadcasts (author, chat_id, language, state, begins_at, doors) VALUES (1, 1, 'fr', 'scheduled', now(), '{/next}') RETURNING id)
		INSERT INTO broadcast_words (broadcast, language, kind, words, instead) SELECT id, l, CASE l WHEN 'fr' THEN 'text' ELSE '' END, CASE l WHEN 'fr' THEN '`+said+`' ELSE '' END,
			CASE l WHEN 'fr' THEN '' ELSE 'fr' END FROM b, unnest(ARRAY['fr', 'ar', 'ary']) l`)
}

func statements(ctx context.Context, database string, list ...string) error {
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, sql := range list {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%.60s: %w", sql, err)
		}
	}
	return nil
}

// until waits until a query gives a number, looking four times a second.
func until(ctx context.Context, database, query string, want int64) error {
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	return wait(ctx, func() (bool, error) {
		var n int64
		err := conn.QueryRow(ctx, query).Scan(&n)
		return n >= want, err
	})
}

func wait(ctx context.Context, done func() (bool, error)) error {
	for deadline := time.Now().Add(10 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		ok, err := done()
		if ok || err != nil || ctx.Err() != nil {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("it does not come to an end")
		}
	}
}

// rates measures how evenly messages arrive at the limits that Telegram gives, and replies beside them.
func rates(ctx context.Context, o options, out string) error {
	fmt.Printf("\n| rate | arrived a second | most in any second | replies: p50 / p99 before | during |\n|---|---|---|---|---|\n")
	for _, rate := range []int{25, 1000} {
		c := broadcasters()[1]
		err := with(ctx, o, c, out, func(program, folder, database string) error {
			n := rate * 90
			if err := readers(ctx, c, program, database, folder, n); err != nil {
				return err
			}
			h, err := harness.New(c.script)
			if err != nil {
				return err
			}
			defer h.Close()
			h.Readers(firstReader, n)
			p, err := c.start(ctx, o, program, h.URL(), database, "QAFILA_BULK_RATE="+strconv.Itoa(rate), "QAFILA_QUIET=none")
			if err != nil {
				return err
			}
			err = func() error {
				const people, updates = 200, 50.0
				if _, err := h.Crowd.Closed(ctx, people, time.Second, 5*time.Second); err != nil {
					return err
				}
				idle, err := h.Crowd.Open(ctx, people, updates, o.warm, o.measure)
				if err != nil {
					return err
				}
				if _, err := begin(ctx, database); err != nil {
					return err
				}
				if err := wait(ctx, func() (bool, error) { return h.Read() > rate, nil }); err != nil {
					return err
				}
				before, from := h.Read(), time.Now()
				busy, err := h.Crowd.Open(ctx, people, updates, o.warm, o.measure)
				if err != nil {
					return err
				}
				arrived := float64(h.Read()-before) / time.Since(from).Seconds()
				fmt.Printf("| %d/s | %.1f | %d | %.1f / %.1f ms | %.1f / %.1f ms |\n", rate, arrived, h.Busiest(), milliseconds(idle.P50), milliseconds(idle.P99), milliseconds(busy.P50), milliseconds(busy.P99))
				return nil
			}()
			if serr := p.stop(); err == nil {
				err = serr
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("at %d a second: %w", rate, err)
		}
	}
	return nil
}

// with builds a contender and runs a database server of its own for it.
func with(ctx context.Context, o options, c contender, out string, do func(program, folder, database string) error) (err error) {
	program, err := c.build(ctx, out)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "qafila-bench-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if err := os.Chmod(folder, 0o711); err != nil { // as root the server is another user
		return fmt.Errorf("make a folder: %w", err)
	}
	server, err := postgres.Start(ctx, folder, explaining(o)...)
	if err != nil {
		return err
	}
	defer func() {
		if serr := server.Stop(); err == nil {
			err = serr
		}
	}()
	return do(program, folder, server.URL())
}

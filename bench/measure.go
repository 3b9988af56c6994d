package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/bench/harness"
	"github.com/qafila/qafila/internal/postgres"
)

// A row is what was measured of one contender.
type row struct {
	contender   contender
	closed      []harness.Result
	costs       []cost // of closed
	open        harness.Result
	peak        int64 // bytes
	connections int64
	postgres    string // its version
	load        string // the machine's, before
}

// measure runs one contender on a database server of its own, made for it: fsync on, the settings that the house ships.
func measure(ctx context.Context, o options, c contender, out string) (r row, err error) {
	r.contender, r.load = c, load()
	program, err := c.build(ctx, out)
	if err != nil {
		return r, err
	}
	folder, err := os.MkdirTemp("", "qafila-bench-")
	if err != nil {
		return r, fmt.Errorf("make a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if err := os.Chmod(folder, 0o711); err != nil { // as root the server is another user
		return r, fmt.Errorf("make a folder: %w", err)
	}
	database := ""
	if c.database {
		server, err := postgres.Start(ctx, folder, explaining(o)...)
		if err != nil {
			return r, err
		}
		defer func() { err = errors.Join(err, server.Stop()) }()
		database = server.URL()
		if r.postgres, err = ask[string](ctx, database, `SHOW server_version`); err != nil {
			return r, err
		}
		if c.prepare != nil {
			if err := c.prepare(ctx, program, database, folder); err != nil {
				return r, err
			}
		}
	}
	h, err := harness.New(c.script)
	if err != nil {
		return r, err
	}
	defer h.Close()
	p, err := c.start(ctx, o, program, h.URL(), database)
	if err != nil {
		return r, err
	}
	err = press(ctx, o, h, p, folder, &r)
	if serr := p.stop(); err == nil {
		err = serr
	}
	if err == nil && c.database && o.explain {
		err = explain(ctx, database, folder, program)
	}
	if err == nil && c.stored != "" {
		err = complete(ctx, database, c.stored, h.Crowd.Through())
	}
	return r, err
}

// press puts the loads on a running bot, one after the other.
func press(ctx context.Context, o options, h *harness.Harness, p *process, folder string, r *row) error {
	for _, n := range o.people {
		before := spent(p, folder)
		res, err := h.Crowd.Closed(ctx, n, o.warm, o.measure)
		if err != nil {
			return err
		}
		c := spent(p, folder).since(before, res.Rate())
		r.closed, r.costs = append(r.closed, res), append(r.costs, c)
		fmt.Fprintf(os.Stderr, "  %4d people: %s updates/s; others took %.2f processors\n", n, thousands(res.Rate()), c.others)
	}
	var err error
	most := o.people[len(o.people)-1]
	if r.open, err = h.Crowd.Open(ctx, most, o.rate, o.warm, o.measure); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "  %.0f a second: p50 %v, p99 %v of %d\n", o.rate, r.open.P50, r.open.P99, r.open.Updates)
	if r.peak, err = p.peak(); err != nil {
		return err
	}
	r.connections = h.Connections()
	return nil
}

// complete checks that everybody who was thanked is stored, once.
func complete(ctx context.Context, database, query string, want int64) error {
	got, err := ask[int64](ctx, database, query)
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%d people came through, but %d registrations are stored", want, got)
	}
	return nil
}

func ask[T any](ctx context.Context, database, query string) (T, error) {
	var v T
	c, err := pgx.Connect(ctx, database)
	if err != nil {
		return v, fmt.Errorf("connect to the database: %w", err)
	}
	defer func() { _ = c.Close(ctx) }()
	if err := c.QueryRow(ctx, query).Scan(&v); err != nil {
		return v, fmt.Errorf("ask the database: %w", err)
	}
	return v, nil
}

// load is the machine's, of the last minute.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	one, _, _ := strings.Cut(string(text), " ")
	return one
}

func postgresVersion(rows []row) string {
	for _, r := range rows {
		if r.postgres != "" {
			v, _, _ := strings.Cut(r.postgres, " ")
			return "Postgres " + v
		}
	}
	return "no Postgres"
}

func loadBefore(rows []row) string {
	if len(rows) == 0 {
		return load()
	}
	return rows[0].load
}

// Package postgres owns the way to the database: the pool, the migrations, the private local server that runs when no DATABASE_URL
// is set, and a database of its own for every test. It promises a migrated, reachable database or one clear error, and that no
// server outlives the program. It holds no query of the domain: those live in the rooms that mean them.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// patience is how long Open waits for a database that is starting, as one beside us in a compose file does.
const patience = 30 * time.Second

// Config says which database to open.
type Config struct {
	URL      string       // DATABASE_URL; empty: a private local server under Data
	Data     string       // QAFILA_DATA, needed only without URL
	MaxConns int32        // connections at most; 0: pgxpool's default, or what URL says
	Log      *slog.Logger // nil: silent
}

// Database is an open, migrated database.
type Database struct {
	Pool *pgxpool.Pool

	server *Server // nil when the server is somebody else's
}

// Open starts the private local server if there is no URL, connects, and runs the migrations. A server that is still starting is
// waited for; a wrong address, password or name fails at once.
func Open(ctx context.Context, c Config) (*Database, error) {
	log := c.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	d := &Database{}
	url := c.URL
	if url == "" {
		if c.Data == "" {
			return nil, errors.New("no database: set DATABASE_URL, or QAFILA_DATA to a folder for a private local server")
		}
		var err error
		if d.server, err = start(ctx, c.Data, log, nil); err != nil {
			return nil, err
		}
		url = d.server.URL()
	}
	err := d.connect(ctx, url, c.MaxConns, log)
	if err == nil {
		err = Migrate(ctx, d.Pool)
	}
	if err != nil && c.URL != "" {
		err = fmt.Errorf("DATABASE_URL: %w", err)
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (d *Database) connect(ctx context.Context, url string, maxConns int32, log *slog.Logger) error {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return err // it says that it can't be parsed, without the password
	}
	if maxConns > 0 {
		config.MaxConns = maxConns
	}
	parameters := config.ConnConfig.RuntimeParams
	if parameters["application_name"] == "" {
		parameters["application_name"] = "qafila"
	}
	parameters["timezone"] = "UTC"
	if d.Pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	return d.await(ctx, log)
}

// await gives a starting server its time.
func (d *Database) await(ctx context.Context, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for said := false; ; said = true {
		err := d.Pool.Ping(ctx)
		if err == nil {
			return nil
		}
		if !IsTransient(err) {
			return fmt.Errorf("connect to the database: %w", err)
		}
		if !said {
			log.Warn("the database does not answer yet; waiting", "seconds", int(patience.Seconds()), "error", err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("connect to the database: %w", err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// Ping tells whether the database answers now; readiness rests on it.
func (d *Database) Ping(ctx context.Context) error { return d.Pool.Ping(ctx) }

// Close waits until every connection is given back, then stops the private server if Open started one.
func (d *Database) Close() error {
	if d.Pool != nil {
		d.Pool.Close()
	}
	if d.server != nil {
		return d.server.Stop()
	}
	return nil
}

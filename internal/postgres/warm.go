package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A Warm gives many tests in a row databases that are as new, each to one test at a time. Most of what a test's own database costs is Postgres
// getting to know it: a process for each connection, the catalogue, a plan for each statement. Its zero value is ready; Close it in the end.
type Warm struct {
	mu   sync.Mutex
	idle []*warmed
}

// warmed is a database that can be made as it was when it was new.
type warmed struct {
	pool   *pgxpool.Pool
	drop   func(context.Context) error
	schema string   // what shape told when it was new
	dirty  string   // a query for the names of tables that are not empty
	seeds  []string // statements that put back what was there from the beginning
}

// Close drops the databases. The tests that used them have ended.
func (w *Warm) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), testPatience)
	defer cancel()
	var errs []error
	for _, d := range w.idle {
		errs = append(errs, d.close(ctx))
	}
	return errors.Join(errs...)
}

// ForTest is the package's ForTest, with a database that another test may have used. After a test that changes the schema nobody else does.
func (w *Warm) ForTest(t testing.TB) *pgxpool.Pool {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), testPatience)
	defer cancel()
	d, err := w.take(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := givenBack(d.pool); err != nil {
			t.Error(err)
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), testPatience)
		defer cancel()
		same, err := d.renew(ctx)
		if err != nil {
			t.Error(err)
		}
		if !same {
			if err := d.close(ctx); err != nil {
				t.Error(err)
			}
			return
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.idle = append(w.idle, d)
	})
	return d.pool
}

func (w *Warm) take(ctx context.Context) (*warmed, error) {
	w.mu.Lock()
	if n := len(w.idle); n > 0 {
		d := w.idle[n-1]
		w.idle = w.idle[:n-1]
		w.mu.Unlock()
		return d, nil
	}
	w.mu.Unlock()
	pool, drop, err := fresh(ctx)
	if err != nil {
		return nil, err
	}
	d := &warmed{pool: pool, drop: drop}
	return d, d.learn(ctx)
}

// close drops the database.
func (d *warmed) close(ctx context.Context) error {
	d.pool.Close()
	return d.drop(ctx)
}

// learn notes what is in a new database.
func (d *warmed) learn(ctx context.Context) error {
	rows, _ := d.pool.Query(ctx, `SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("learn a test database's tables: %w", err)
	}
	looks := make([]string, len(tables))
	for i, t := range tables {
		looks[i] = fmt.Sprintf("SELECT '%s' WHERE EXISTS (SELECT FROM %s)", t, t)
	}
	d.dirty = strings.Join(looks, " UNION ALL ")
	seeded, err := d.filled(ctx)
	if err != nil {
		return err
	}
	if _, err := d.pool.Exec(ctx, "CREATE SCHEMA seeds"); err != nil {
		return fmt.Errorf("keep a test database's first rows: %w", err)
	}
	for _, t := range seeded {
		if _, err := d.pool.Exec(ctx, "CREATE TABLE seeds."+t+" AS TABLE "+t); err != nil {
			return fmt.Errorf("keep a test database's first rows: %w", err)
		}
		d.seeds = append(d.seeds, "INSERT INTO "+t+" OVERRIDING SYSTEM VALUE SELECT * FROM seeds."+t)
	}
	d.schema, err = d.shape(ctx)
	return err
}

// shape tells one schema from another, as far as tests change it.
func (d *warmed) shape(ctx context.Context) (shape string, err error) {
	if err := d.pool.QueryRow(ctx, `SELECT concat_ws(' ', (SELECT count(*) FROM pg_attribute), (SELECT count(*) FROM pg_proc), (SELECT count(*) FROM pg_constraint),
		(SELECT string_agg(oid || tgenabled::text, ' ' ORDER BY oid) FROM pg_trigger WHERE NOT tgisinternal))`).Scan(&shape); err != nil {
		return "", fmt.Errorf("look at a test database's schema: %w", err)
	}
	return shape, nil
}

func (d *warmed) filled(ctx context.Context) ([]string, error) {
	rows, _ := d.pool.Query(ctx, d.dirty)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("look for tables that are not empty: %w", err)
	}
	return names, nil
}

// renew empties the tables and the counts, and puts the first rows back. It deletes, since plans outlive that, and without triggers: some tables
// only grow, which takes a superuser, as the tests' own server gives. With another schema than when it was new, or without that right, it stays as
// it is.
func (d *warmed) renew(ctx context.Context) (same bool, err error) {
	if shape, err := d.shape(ctx); err != nil || shape != d.schema || !d.may(ctx) {
		return false, err
	}
	tables, err := d.filled(ctx)
	if err != nil {
		return false, err
	}
	var b pgx.Batch // one transaction
	b.Queue("SET LOCAL session_replication_role = replica")
	for _, t := range tables {
		b.Queue("DELETE FROM " + t)
	}
	for _, s := range d.seeds {
		b.Queue(s)
	}
	b.Queue(`SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences WHERE last_value IS NOT NULL`)
	if err := d.pool.SendBatch(ctx, &b).Close(); err != nil {
		return false, fmt.Errorf("make a test's database as new: %w", err)
	}
	return true, nil
}

// may tells whether this user may leave triggers out.
func (d *warmed) may(ctx context.Context) bool {
	var super bool
	err := d.pool.QueryRow(ctx, `SELECT current_setting('is_superuser') = 'on'`).Scan(&super)
	return err == nil && super
}

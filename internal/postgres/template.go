package postgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"regexp"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/migrations"
)

// stale is the age at which a template is made anew and what a killed test left behind is dropped.
const stale = 6 * time.Hour

// templatesLock is the advisory lock of whoever makes or drops templates; any number will do that goose does not use.
const templatesLock = 702195017

// Names carry the second they were made in: PostgreSQL keeps no such date.
var ours = regexp.MustCompile(`^qafila_(?:template|making|test)_(\d+)_`)

func madeName(kind string, at time.Time, rest string) string {
	return fmt.Sprintf("qafila_%s_%d_%s", kind, at.Unix(), rest)
}

// fingerprint tells one set of migrations from another.
func fingerprint() (string, error) {
	h := sha256.New()
	err := fs.WalkDir(migrations.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := migrations.Files.ReadFile(path)
		fmt.Fprintf(h, "%s %d\n%s", path, len(text), text)
		return err
	})
	if err != nil {
		return "", err
	}
	jobs, err := jobTables(nil)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(h, "jobs %d", len(jobs.AllVersions()))
	return fmt.Sprintf("%x", h.Sum(nil)[:8]), nil
}

// clone makes a migrated database by copying the template of these migrations, and gives its name.
func clone(ctx context.Context, admin *pgx.Conn, now time.Time) (string, error) {
	print, err := fingerprint()
	if err != nil {
		return "", fmt.Errorf("read the migrations: %w", err)
	}
	name := madeName("test", now, fmt.Sprintf("%016x", rand.Uint64()))
	for tries := 0; ; tries++ {
		template, err := template(ctx, admin, print, now)
		if err != nil {
			return "", err
		}
		_, err = admin.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template+" STRATEGY FILE_COPY") // a quarter of the time of the usual one
		if err == nil {
			return name, nil
		}
		var answer *pgconn.PgError
		dropped := errors.As(err, &answer) && (answer.Code == "3D000" || answer.Code == "55006") // swept meanwhile, or being swept
		if !dropped || tries == 3 {
			return "", fmt.Errorf("copy the template database: %w", err)
		}
	}
}

// template finds the newest template of these migrations, or makes it.
func template(ctx context.Context, admin *pgx.Conn, print string, now time.Time) (string, error) {
	if name, err := findTemplate(ctx, admin, print, now); err != nil || name != "" {
		return name, err
	}
	if _, err := admin.Exec(ctx, "SELECT pg_advisory_lock($1)", templatesLock); err != nil {
		return "", fmt.Errorf("lock the template databases: %w", err)
	}
	defer func() {
		_, _ = admin.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", templatesLock) // the connection's end undoes it too
	}()
	if name, err := findTemplate(ctx, admin, print, now); err != nil || name != "" {
		return name, err
	}
	if err := dropStale(ctx, admin, now); err != nil {
		return "", err
	}
	making, done := madeName("making", now, print), madeName("template", now, print)
	if _, err := admin.Exec(ctx, "DROP DATABASE IF EXISTS "+making+" WITH (FORCE)"); err != nil {
		return "", fmt.Errorf("make a template database: %w", err)
	}
	if _, err := admin.Exec(ctx, "CREATE DATABASE "+making+" TEMPLATE template0"); err != nil {
		return "", fmt.Errorf("make a template database: %w", err)
	}
	if err := migrateDatabase(ctx, admin.Config().ConnString(), making); err != nil {
		return "", err
	}
	// Nobody may stay connected to a template; its name says that it is whole.
	for _, statement := range []string{
		"ALTER DATABASE " + making + " ALLOW_CONNECTIONS false",
		"ALTER DATABASE " + making + " RENAME TO " + done,
	} {
		if _, err := admin.Exec(ctx, statement); err != nil {
			return "", fmt.Errorf("make a template database: %w", err)
		}
	}
	return done, nil
}

func findTemplate(ctx context.Context, admin *pgx.Conn, print string, now time.Time) (string, error) {
	rows, _ := admin.Query(ctx, `SELECT datname::text FROM pg_database WHERE datname ~ ('^qafila_template_\d+_' || $1 || '$') ORDER BY 1 DESC LIMIT 1`, print)
	name, err := pgx.CollectOneRow(rows, pgx.RowTo[string])
	if errors.Is(err, pgx.ErrNoRows) || err == nil && old(name, now) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("look for the template database: %w", err)
	}
	return name, nil
}

func old(name string, now time.Time) bool {
	parts := ours.FindStringSubmatch(name)
	if parts == nil {
		return false
	}
	made, err := strconv.ParseInt(parts[1], 10, 64)
	return err == nil && now.Sub(time.Unix(made, 0)) > stale
}

func dropStale(ctx context.Context, admin *pgx.Conn, now time.Time) error {
	rows, _ := admin.Query(ctx, `SELECT datname::text FROM pg_database WHERE datname LIKE 'qafila\_%'`)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("look for old test databases: %w", err)
	}
	for _, name := range names {
		if !old(name, now) {
			continue
		}
		if _, err := admin.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			return fmt.Errorf("drop an old test database: %w", err)
		}
	}
	return nil
}

func migrateDatabase(ctx context.Context, server, database string) error {
	address, err := withDatabase(server, database)
	if err != nil {
		return err
	}
	pool, err := pgxpool.New(ctx, address)
	if err != nil {
		return fmt.Errorf("make a template database: %w", err)
	}
	defer pool.Close()
	return Migrate(ctx, pool)
}

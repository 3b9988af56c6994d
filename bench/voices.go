package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/bench/voices"
	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/knowledge"
)

// hear fills a database of its own with a country's voices and measures what the chambers ask of it.
func hear(ctx context.Context, o options) (err error) {
	likeness, err := shippedLikeness()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "qafila-bench-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if err := os.Chmod(folder, 0o711); err != nil { // as root the server is another user
		return fmt.Errorf("make a folder: %w", err)
	}
	server, err := postgres.Start(ctx, folder, explaining(o)...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	pool, err := pgxpool.New(ctx, server.URL())
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer pool.Close()
	if err := postgres.Migrate(ctx, pool); err != nil {
		return err
	}
	now := time.Now().Truncate(time.Hour)
	begin := time.Now()
	if err := voices.Fill(ctx, pool, voices.Whole, now); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "filled in %.0f s, load %s\n", time.Since(begin).Seconds(), load())
	b := voices.Bench{Pool: pool, Likeness: likeness, Size: voices.Whole, Now: now, Out: os.Stdout, Times: 2000}
	return b.Run(ctx)
}

func shippedLikeness() (feedback.Likeness, error) {
	lexicon, problems := answers.ReadLexicon(knowledge.Files, directory.Default())
	if len(problems) > 0 {
		return feedback.Likeness{}, fmt.Errorf("read the lexicon: %v", problems)
	}
	alike, problems := answers.ReadLikeness(knowledge.Files, lexicon)
	if len(problems) > 0 {
		return feedback.Likeness{}, fmt.Errorf("read what makes voices alike: %v", problems)
	}
	return feedback.Likeness{Edition: alike.Edition(), Terms: alike.Terms}, nil
}

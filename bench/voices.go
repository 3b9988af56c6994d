package main

import (
	"context"
	"fmt"
	"os"
	"slices"
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
func hear(ctx context.Context, o options, out string) error {
	likeness, err := shippedLikeness()
	if err != nil {
		return err
	}
	return with(ctx, o, serving(), out, func(program, folder, database string) error {
		pool, err := pgxpool.New(ctx, database)
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
		b := voices.Bench{Pool: pool, Likeness: likeness, Size: voices.Whole, Now: now, Out: os.Stdout, Times: 2000, Program: program, Database: database, Folder: folder}
		return b.Run(ctx)
	})
}

// serving is the program itself.
func serving() contender {
	all := contenders()
	return all[slices.IndexFunc(all, func(c contender) bool { return c.name == "serve" })]
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

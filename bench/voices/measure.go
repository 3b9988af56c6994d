package voices

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/feedback"
)

// A Bench is a full database and what is measured on it.
type Bench struct {
	Pool     *pgxpool.Pool
	Likeness feedback.Likeness
	Size     Size
	Now      time.Time
	Out      io.Writer
	Times    int // how often each thing that takes milliseconds is done

	Program  string // a built qafila
	Database string // the pool's address
	Folder   string // for what it writes
}

// Run prints a line of a table for each thing, as it is measured.
func (b *Bench) Run(ctx context.Context) error {
	fmt.Fprint(b.Out, "| with 420,000 people and 200,000 recommendations | p50 | p99 | bound |\n|---|---|---|---|\n")
	for _, measure := range []func(context.Context) error{b.grouping, b.intake, b.inbox, b.strongest, b.report, b.stream} {
		if err := measure(ctx); err != nil {
			return err
		}
	}
	return nil
}

// grouping takes all recommendations in, from the first.
func (b *Bench) grouping(ctx context.Context) error {
	begin := time.Now()
	var portions []time.Duration
	for n := feedback.GroupAtOnce; n == feedback.GroupAtOnce; {
		last := time.Now()
		var err error
		if n, err = b.Likeness.Group(ctx, b.Pool); err != nil {
			return err
		}
		portions = append(portions, time.Since(last))
	}
	took := time.Since(begin)
	if _, err := b.Pool.Exec(ctx, `VACUUM ANALYZE recommendations, groups, group_terms`); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	var groups, biggest, joined int
	if err := b.Pool.QueryRow(ctx, `SELECT count(*), max(n), sum(n) FILTER (WHERE n > 1) FROM (SELECT count(*) AS n FROM recommendations WHERE group_id IS NOT NULL GROUP BY group_id) g`).
		Scan(&groups, &biggest, &joined); err != nil {
		return fmt.Errorf("count the groups: %w", err)
	}
	p50, p99 := percentiles(portions)
	b.line(fmt.Sprintf("grouping %d at once, of all (%.0f s, %.0f a second; %d groups, the biggest of %d, %d %% not alone)", feedback.GroupAtOnce, took.Seconds(),
		float64(b.Size.Recommendations)/took.Seconds(), groups, biggest, 100*joined/b.Size.Recommendations), p50, p99, "")
	return nil
}

// intake groups one new recommendation at a time, commit and all.
func (b *Bench) intake(ctx context.Context) error {
	a := newAuthor(2)
	return b.time(ctx, "grouping takes in a new one", "20 ms", func(i int) (func() error, error) {
		theme, language, words := a.write()
		r := feedback.Recommendation{Chat: int64(i), Theme: theme, Kind: feedback.Text, Words: words, Region: fmt.Sprintf("%02d", 1+i%12), Language: language}
		if _, _, err := feedback.Recommend(ctx, b.Pool, r, b.Now, rand.Reader); err != nil {
			return nil, err
		}
		return func() error {
			n, err := b.Likeness.Group(ctx, b.Pool)
			if err == nil && n != 1 {
				err = fmt.Errorf("%d were taken in, not one", n)
			}
			return err
		}, nil
	})
}

// inbox is an agent's thumb: from anywhere in a chamber's queue to the next, which is opened, and to what is like it.
func (b *Bench) inbox(ctx context.Context) error {
	a := newAuthor(3)
	var refs []string
	at := func(i int) (feedback.Scope, string, error) {
		s := feedback.Scope{Chamber: fmt.Sprintf("%02d", 1+i%12)}
		if i%12 == 0 {
			rows, err := b.Pool.Query(ctx, `SELECT reference FROM recommendations WHERE id = ANY($1)`, a.numbers(64, b.Size.Recommendations))
			if err != nil {
				return s, "", fmt.Errorf("pick some: %w", err)
			}
			refs = refs[:0]
			for rows.Next() {
				var ref string
				if err := rows.Scan(&ref); err != nil {
					return s, "", fmt.Errorf("pick some: %w", err)
				}
				refs = append(refs, ref)
			}
			if err := rows.Err(); err != nil {
				return s, "", fmt.Errorf("pick some: %w", err)
			}
		}
		return s, pick(a.random, refs), nil
	}
	next := ""
	if err := b.time(ctx, "a chamber's next item", "20 ms", func(i int) (func() error, error) {
		s, ref, err := at(i)
		return func() error { next, err = feedback.Next(ctx, b.Pool, s, feedback.Filter{}, ref); return err }, err
	}); err != nil {
		return err
	}
	if err := b.time(ctx, "… which is opened, with how many are like it", "", func(i int) (func() error, error) {
		s, ref, err := at(i)
		if err != nil {
			return nil, err
		}
		if next, err = feedback.Next(ctx, b.Pool, s, feedback.Filter{}, ref); err != nil {
			return nil, err
		}
		return func() error {
			if _, _, err := feedback.Open(ctx, b.Pool, s, next); err != nil {
				return err
			}
			_, _, err := feedback.Others(ctx, b.Pool, s, next)
			return err
		}, nil
	}); err != nil {
		return err
	}
	return b.time(ctx, "the next that is like it", "", func(i int) (func() error, error) {
		s, ref, err := at(i)
		if err != nil {
			return nil, err
		}
		if next, err = feedback.Next(ctx, b.Pool, s, feedback.Filter{}, ref); err != nil {
			return nil, err
		}
		return func() error { _, err := feedback.NextAlike(ctx, b.Pool, s, next, ""); return err }, nil
	})
}

// numbers are n different ones up to most.
func (a *author) numbers(n, most int) []int64 {
	list := make([]int64, n)
	for i := range list {
		list[i] = int64(1 + a.random.IntN(most))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// strongest is what a report asks: the country's year.
func (b *Bench) strongest(ctx context.Context) error {
	few := *b
	few.Times = 10
	return few.time(ctx, "the strongest groups of the country's year", "", func(int) (func() error, error) {
		return func() error {
			list, err := feedback.Strongest(ctx, b.Pool, feedback.Span{From: b.Now.AddDate(-1, 0, 0), To: b.Now}, 10, 5)
			if err == nil && len(list) != 10 {
				err = fmt.Errorf("%d groups, not ten", len(list))
			}
			return err
		}, nil
	})
}

// time does something b.Times, what prepares it left out.
func (b *Bench) time(ctx context.Context, what, bound string, prepare func(int) (func() error, error)) error {
	took := make([]time.Duration, b.Times)
	for i := range took {
		do, err := prepare(i)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		begin := time.Now()
		if err := do(); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		if took[i] = time.Since(begin); ctx.Err() != nil {
			return ctx.Err()
		}
	}
	p50, p99 := percentiles(took)
	b.line(what, p50, p99, bound)
	return nil
}

func percentiles(took []time.Duration) (p50, p99 time.Duration) {
	slices.Sort(took)
	return took[len(took)/2], took[len(took)*99/100]
}

func (b *Bench) line(what string, p50, p99 time.Duration, bound string) {
	fmt.Fprintf(b.Out, "| %s | %.1f ms | %.1f ms | %s |\n", what, float64(p50)/1e6, float64(p99)/1e6, bound)
}

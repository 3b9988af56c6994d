package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/paper"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/knowledge"
)

type stopsImport struct {
	common
	File string `arg:"" type:"existingfile" help:"CSV with id,town,venue_fr,venue_ar,date,start,end,lat,lon,capacity,programme,partners,state."`
}

// Run stores all stops of the file, or none and says what is wrong with which line.
func (c *stopsImport) Run(ctx context.Context) error { return c.at(ctx, time.Now()) }

func (c *stopsImport) at(ctx context.Context, now time.Time) error {
	known, wrong := answers.Load(knowledge.Files, nil)
	if known == nil {
		return fmt.Errorf("read the answers: %v", wrong)
	}
	file, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("open the file: %w", err)
	}
	defer func() { _ = file.Close() }()
	stops, problems := caravan.ReadSheet(file, caravan.Known{
		Directory: directory.Default(),
		Answer:    func(id string) bool { _, ok := known.Get(id); return ok },
	})
	if len(problems) > 0 {
		for _, p := range problems {
			fmt.Fprintln(os.Stderr, p)
		}
		return fmt.Errorf("nothing was imported: %d problems in %s", len(problems), c.File)
	}
	return withDatabase(ctx, c.common, func(db *postgres.Database) error {
		saved, err := caravan.Save(ctx, db.Pool, stops, now)
		if err != nil {
			return err
		}
		fmt.Printf("%d new, %d changed, %d as they were; %d people moved up from waiting lists\n", saved.New, saved.Changed, saved.Same, saved.MovedUp)
		return nil
	})
}

type stopsList struct {
	common
}

// Run prints all stops.
func (c *stopsList) Run(ctx context.Context) error {
	return withDatabase(ctx, c.common, func(db *postgres.Database) error {
		stops, err := caravan.All(ctx, db.Pool)
		if err != nil {
			return err
		}
		rated, err := feedback.Means(ctx, db.Pool)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tPLACE\tSTARTS\tVENUE\tCAPACITY\tREGISTERED\tSTATE\tRATED")
		for _, s := range stops {
			capacity := "any"
			if s.Capacity > 0 {
				capacity = fmt.Sprint(s.Capacity)
			}
			state := s.State
			if s.Sample {
				state += " (sample)"
			}
			score := "-"
			if m, ok := rated[s.ID]; ok {
				score = fmt.Sprintf("%.1f of %d", m.Score, m.Of)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\n", s.ID, s.Place, s.Starts.In(locale.Zone()).Format("Mon 2006-01-02 15:04"), s.VenueFR,
				capacity, s.Registered, state, score)
		}
		if err := w.Flush(); err != nil {
			return fmt.Errorf("print the stops: %w", err)
		}
		return nil
	})
}

type stopsPoster struct {
	common
	ID  string `arg:"" help:"The stop's id, as stops list shows it."`
	Out string `help:"File to write to; affiche-<id>.pdf when left out." placeholder:"FILE"`
}

// Run writes the poster of one stop.
func (c *stopsPoster) Run(ctx context.Context) error {
	h, err := furnish(everything)
	if err != nil {
		return err
	}
	return withDatabase(ctx, c.common, func(db *postgres.Database) error {
		s, ok, err := caravan.ByID(ctx, db.Pool, c.ID)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("there is no stop %q; qafila stops list shows all", c.ID)
		}
		username, err := people.Username(ctx, db.Pool)
		if err != nil {
			return err
		}
		if username == "" {
			return errors.New("the bot has never run on this database: start `qafila serve` once, so that its name is known")
		}
		made, err := h.rooms.Poster(new(paper.Press), s, username, time.Now())
		if err != nil {
			return err
		}
		out := c.Out
		if out == "" {
			out = "affiche-" + s.ID + ".pdf"
		}
		if err := os.WriteFile(out, made, 0o644); err != nil {
			return fmt.Errorf("write the poster: %w", err)
		}
		fmt.Printf("%s, %d kB\n", out, (len(made)+1023)/1024)
		return nil
	})
}

// withDatabase opens the database for one command: beside a running service that has a private local server, that server.
func withDatabase(ctx context.Context, c common, do func(*postgres.Database) error) error {
	url := c.DatabaseURL
	if url == "" {
		url, _ = postgres.Beside(c.Data)
	}
	db, err := postgres.Open(ctx, postgres.Config{URL: url, Data: c.Data, MaxConns: 2, Log: c.logger(os.Stderr)})
	if err != nil {
		return err
	}
	return errors.Join(do(db), db.Close())
}

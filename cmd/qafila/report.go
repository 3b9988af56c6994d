package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/paper"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/internal/report"
)

type reportCommand struct {
	common
	Stop   string   `help:"The stop's id, as stops list shows it."`
	Region string   `help:"One region: its code (01 to 12) or its name; left out: the country."`
	From   string   `help:"First day, such as 2026-01-01." placeholder:"DAY"`
	To     string   `help:"Last day." placeholder:"DAY"`
	Out    string   `required:"" type:"path" help:"Folder to write to; it is made when it isn't there." placeholder:"DIR"`
	Format []string `default:"pdf,xlsx,csv,png" enum:"pdf,xlsx,csv,png" help:"What to write: pdf, xlsx, png, and csv, which is all rows, a file each for recommendations, registrations, ratings and questions."`
	Lang   []string `default:"fr" enum:"fr,ar,ary" help:"In which languages: fr, ar, ary."`
	Least  int      `env:"QAFILA_LEAST" default:"5" help:"Of how many people, at least, a number tells."`
}

// Run writes a report's files.
func (c *reportCommand) Run(ctx context.Context) error { return c.at(ctx, time.Now(), os.Stderr) }

func (c *reportCommand) at(ctx context.Context, now time.Time, progress io.Writer) error {
	s, err := c.scope()
	if err != nil {
		return err
	}
	if c.Least < report.SmallestLeast {
		return fmt.Errorf("--least: %d or more: a smaller one hides nobody", report.SmallestLeast)
	}
	h, err := furnish(everything)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	return withDatabase(ctx, c.common, func(db *postgres.Database) error {
		compiler := h.outreach.Compiler
		compiler.Least = c.Least
		step := func(percent int) { fmt.Fprintf(progress, "\r%3d %%", percent) }
		var made report.Report
		var files []string
		all := report.Reader{All: true}
		err := pgx.BeginTxFunc(ctx, db.Pool, report.Snapshot, func(tx pgx.Tx) error {
			var ok bool
			if made, ok, err = compiler.Compile(ctx, tx, all, s, now, step); err != nil {
				return err
			}
			if !ok {
				return fmt.Errorf("there is no stop %q to report of; qafila stops list shows all", c.Stop)
			}
			fmt.Fprint(progress, "\r100 %\n")
			if slices.Contains(c.Format, "csv") {
				files, err = c.tables(ctx, tx, h, all, made.Scope, progress)
			}
			return err
		})
		if err != nil {
			return err
		}
		drawn, err := c.draw(h, made)
		if err != nil {
			return err
		}
		about := fmt.Sprintf("stop=%s region=%s from=%s to=%s form=%s", c.Stop, s.Region, c.From, c.To, strings.Join(c.Format, ","))
		if err := people.Note(ctx, db.Pool, nil, "report.file", about, "ok", now); err != nil {
			return err
		}
		for _, f := range append(drawn, files...) {
			fmt.Println(f)
		}
		return nil
	})
}

// scope reads what the report is about.
func (c *reportCommand) scope() (report.Scope, error) {
	s := report.Scope{Stop: c.Stop}
	if c.Region != "" {
		r, ok := regionNamed(c.Region)
		if !ok {
			return s, errors.New("--region: give its code, 01 to 12, or its name")
		}
		s.Region = r.Code
	}
	if c.Stop != "" {
		if c.From+c.To+c.Region != "" {
			return s, errors.New("--stop: a stop has its own region and day; leave --region, --from and --to out")
		}
		return s, nil
	}
	for _, d := range []struct {
		flag, words string
		into        *time.Time
		more        int
	}{{"--from", c.From, &s.From, 0}, {"--to", c.To, &s.To, 1}} {
		day, err := time.ParseInLocation(time.DateOnly, d.words, locale.Zone())
		if err != nil {
			return s, fmt.Errorf("%s: give a day such as 2026-01-31, or a --stop", d.flag)
		}
		*d.into = time.Date(day.Year(), day.Month(), day.Day()+d.more, 0, 0, 0, 0, locale.Zone())
	}
	if err := s.Check(); err != nil {
		return s, fmt.Errorf("--to: %w", err)
	}
	return s, nil
}

// draw writes what is made of the report itself.
func (c *reportCommand) draw(h *house, made report.Report) (files []string, err error) {
	press, words := new(paper.Press), h.outreach.ReportWords
	write := func(ending string, data []byte, err error) error {
		if err != nil {
			return err
		}
		files = append(files, filepath.Join(c.Out, report.FileName(made.Scope, ending)))
		if err := os.WriteFile(files[len(files)-1], data, 0o600); err != nil {
			return fmt.Errorf("write a report: %w", err)
		}
		return nil
	}
	for _, lang := range c.Lang {
		l := locale.Language(lang)
		if slices.Contains(c.Format, "pdf") {
			data, err := report.PDF(press, made, words, l)
			if err := write("-"+lang+".pdf", data, err); err != nil {
				return nil, err
			}
		}
		if slices.Contains(c.Format, "png") {
			data, err := report.Picture(press, made, words, l)
			if err := write("-"+lang+".png", data, err); err != nil {
				return nil, err
			}
		}
		if slices.Contains(c.Format, "xlsx") {
			var b strings.Builder
			err := report.Sheets(&b, made, words, l)
			if err := write("-"+lang+".xlsx", []byte(b.String()), err); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

// tables writes all rows, straight from the database to the files.
func (c *reportCommand) tables(ctx context.Context, tx pgx.Tx, h *house, who report.Reader, s report.Scope, progress io.Writer) (files []string, err error) {
	for _, f := range report.Streams(h.lists()) {
		if f.Everywhere && (s.Stop != "" || s.Region != "") {
			continue
		}
		name := filepath.Join(c.Out, report.FileName(s, "-"+f.Name+".csv"))
		file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", f.Name, err)
		}
		began := time.Now()
		rows, err := f.Write(ctx, tx, who, s, file)
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
		fmt.Fprintf(progress, "%s: %d rows in %s\n", f.Name, rows, time.Since(began).Round(time.Millisecond))
		files = append(files, name)
	}
	return files, nil
}

// lists are the region of each town, and the branch of each trade and of itself.
func (h *house) lists() report.Lists {
	l := report.Lists{Regions: map[string]string{}, Branches: map[string]string{}}
	for _, p := range h.rooms.Directory.Places() {
		l.Regions[p.Slug] = p.Region
	}
	for _, t := range h.rooms.Directory.Trades() {
		l.Branches[t.ID] = t.Branch
	}
	for _, b := range h.rooms.Directory.Branches() {
		l.Branches[b.ID] = b.ID
	}
	return l
}

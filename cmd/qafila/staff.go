package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/postgres"
)

type staffInvite struct {
	common
	Role   string `required:"" enum:"admin,organiser,agent" help:"admin, organiser, or agent (answers for the chamber of one region)."`
	Region string `help:"An agent's region: its code (01 to 12) or its name."`
}

// Run prints a link that works once.
func (c *staffInvite) Run(ctx context.Context) error { return c.at(ctx, time.Now()) }

func (c *staffInvite) at(ctx context.Context, now time.Time) error {
	region := ""
	switch {
	case c.Role == string(people.Agent):
		r, ok := regionNamed(c.Region)
		if !ok {
			return errors.New("--region: an agent answers for one region: give its code, 01 to 12, or its name")
		}
		region = r.Code
	case c.Region != "":
		return fmt.Errorf("--region: only an agent has one, not an %s", c.Role)
	}
	return withDatabase(ctx, c.common, func(db *postgres.Database) error {
		username, err := people.Username(ctx, db.Pool)
		if err != nil {
			return err
		}
		if username == "" {
			return errors.New("the bot has never run on this database: start `qafila serve` once, so that its name is known")
		}
		code, err := people.Invite(ctx, db.Pool, nil, people.Role(c.Role), region, now, rand.Reader)
		if err != nil {
			return err
		}
		if err := people.Note(ctx, db.Pool, nil, "staff.invite", "as="+c.Role+" region="+region, "made", now); err != nil {
			return err
		}
		fmt.Printf("%s\n\nIt works once, until %s.\n", people.InvitationLink(username, code),
			now.Add(people.InvitationLife).In(locale.Zone()).Format("Mon 2006-01-02 15:04"))
		return nil
	})
}

// regionNamed finds a region by its code or its name.
func regionNamed(s string) (directory.Region, bool) {
	if r, ok := directory.Default().Region(s); ok {
		return r, true
	}
	found := directory.Default().FindRegion(s)
	if len(found) == 0 || !found[0].Sure {
		return directory.Region{}, false
	}
	return found[0].Value, true
}

type staffList struct {
	common
}

// Run prints the staff.
func (c *staffList) Run(ctx context.Context) error {
	return withDatabase(ctx, c.common, func(db *postgres.Database) error {
		list, err := people.Staff(ctx, db.Pool)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "NUMBER\tROLE\tREGION\tNAME\tSINCE")
		for _, m := range list {
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", m.ID, m.Role, m.Region, m.Name, m.Joined.In(locale.Zone()).Format(time.DateOnly))
		}
		if err := w.Flush(); err != nil {
			return fmt.Errorf("print the staff: %w", err)
		}
		return nil
	})
}

type staffRemove struct {
	common
	Number int64 `arg:"" help:"As 'staff list' prints it."`
}

// Run takes a role away.
func (c *staffRemove) Run(ctx context.Context) error {
	return withDatabase(ctx, c.common, func(db *postgres.Database) error {
		gone, ok, err := people.Dismiss(ctx, db.Pool, nil, c.Number, time.Now())
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("nobody of the staff has the number %d", c.Number)
		}
		if err := people.Note(ctx, db.Pool, nil, "staff.dismiss", fmt.Sprint("member=", gone.ID), "done", time.Now()); err != nil {
			return err
		}
		fmt.Printf("%s is no longer %s\n", gone.Name, gone.Role)
		return nil
	})
}

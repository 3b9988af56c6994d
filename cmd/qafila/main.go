// Command qafila runs the caravan's chatbot: `qafila demo` on one machine without an account, `qafila serve` at Telegram.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/qafila/qafila/internal/outreach"
)

// program is everything that can be said on the command line; `qafila --help` prints it.
type program struct {
	Serve serveCommand `cmd:"" help:"Run the bot at Telegram, by polling, or by webhook when QAFILA_PUBLIC_URL is set."`
	Demo  demoCommand  `cmd:"" help:"Run everything on this machine: Postgres, a look-alike of Telegram with a page of phones, sample stops, the bot."`
	Flows struct {
		Check   flowsCheck   `cmd:"" help:"Check all conversations and texts; says what is wrong, with file, line and a hint."`
		Draw    flowsDraw    `cmd:"" help:"Draw each conversation as a picture (SVG when Graphviz' dot is installed, else its source)."`
		Actions flowsActions `cmd:"" help:"Print what the rooms offer to conversations: actions, lists, attachments."`
	} `cmd:"" help:"The conversations of flows/."`
	Stops struct {
		Import stopsImport `cmd:"" help:"Read stops from a CSV file; a stop that is there already is changed."`
		List   stopsList   `cmd:"" help:"List the stops."`
		Poster stopsPoster `cmd:"" help:"Draw a stop's poster: A4, French and Arabic, with a code that opens the stop in the bot, as PDF."`
	} `cmd:"" help:"The caravan's stops."`
	Staff struct {
		Invite staffInvite `cmd:"" help:"Print a one-time link by which somebody joins the staff."`
		List   staffList   `cmd:"" help:"List the staff."`
		Remove staffRemove `cmd:"" help:"Take a role away."`
	} `cmd:"" help:"Who runs the caravan through the bot."`
	Report  reportCommand `cmd:"" help:"Write a report's files, and all rows behind it: of a stop, or of some days, of a region or the country."`
	Ask     askCommand    `cmd:"" help:"Understand questions, one a line on standard input; needs no database."`
	Answers struct {
		Check answersCheck `cmd:"" help:"Check the knowledge; says what is wrong, with file, line and a hint."`
		Stats answersStats `cmd:"" help:"Print how well questions are understood, in each script."`
	} `cmd:"" help:"What the bot knows."`
	Health  healthCommand  `cmd:"" help:"Ask the service that runs on this machine whether it is alive."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

func main() {
	// A batch's garbage is gone with the batch: a little patience saves a good part of its collection. GOGC overrides it.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(150)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends it at once
	if err := command(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "qafila:", err)
		os.Exit(1)
	}
}

func command(ctx context.Context, args []string) error {
	var p program
	parser, err := kong.New(&p, kong.Name("qafila"), kong.UsageOnError(),
		kong.Description("La caravane du Professionnel, in artisans' phones."),
		kong.Vars{"quiet": outreach.UsualQuiet},
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		return fmt.Errorf("read the command line: %w", err)
	}
	k, err := parser.Parse(args)
	if err != nil {
		return named(err)
	}
	return k.Run()
}

// named says which variable a wrong flag came from: the command line's reader speaks of flags that nobody gave.
func named(err error) error {
	var wrong *kong.ParseError
	if !errors.As(err, &wrong) || wrong.Context == nil {
		return err
	}
	for _, f := range wrong.Context.Flags() {
		for _, name := range f.Envs {
			if _, set := os.LookupEnv(name); set && strings.HasPrefix(err.Error(), "--"+f.Name) {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return err
}

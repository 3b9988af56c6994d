// Command bench measures how fast the bot is beside a bot written by hand: people in a closed loop, then a steady stream, everything
// (people, bot, Postgres) on this machine. It prints a table. See README.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// options say what is measured.
type options struct {
	people    []int
	measure   time.Duration
	warm      time.Duration
	rate      float64
	profile   bool
	explain   bool
	broadcast int             // people; 0: the conversations are measured
	voices    bool            // the chambers' work is measured
	only      map[string]bool // nil: all
}

func main() {
	people := flag.String("people", "200,1000", "how many people register at a time, in a closed loop")
	seconds := flag.Int("seconds", 20, "for how long each load is measured")
	warm := flag.Int("warm", 3, "seconds before the measuring begins")
	rate := flag.Float64("rate", 490, "updates a second of the steady stream, in an open loop")
	broadcasts := flag.Int("broadcast", 0, "measure a broadcast to so many people instead")
	voices := flag.Bool("voices", false, "measure the chambers' work on a country's recommendations instead")
	only := flag.String("only", "", "contenders, parted by commas; all when empty: "+strings.Join(names(), ","))
	profile := flag.Bool("profile", false, "write profiles of the bots into bench/out")
	explain := flag.Bool("explain", false, "have Postgres count its statements and explain some, into bench/out; this costs speed")
	flag.Parse()
	o := options{broadcast: *broadcasts, voices: *voices, measure: time.Duration(*seconds) * time.Second, warm: time.Duration(*warm) * time.Second, rate: *rate, profile: *profile, explain: *explain}
	for _, s := range strings.Split(*people, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 4096 {
			log.Fatalf("-people takes numbers from 1 to 4096, not %q", s)
		}
		o.people = append(o.people, n)
	}
	if *only != "" {
		o.only = map[string]bool{}
		for _, s := range strings.Split(*only, ",") {
			if !slices.Contains(names(), s) {
				log.Fatalf("-only takes %s, not %q", strings.Join(names(), ", "), s)
			}
			o.only[s] = true
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		log.Fatal(err)
	}
}

// run builds the contenders, measures one after the other and prints the table.
func run(ctx context.Context, o options) error {
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return fmt.Errorf("find the module: run it inside the checkout: %w", err)
	}
	out := filepath.Join(strings.TrimSpace(string(root)), "bench", "out")
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("make the folder of built programs: %w", err)
	}
	if o.voices {
		return hear(ctx, o, out)
	}
	if o.broadcast > 0 {
		if err := broadcast(ctx, o, o.broadcast, out); err != nil {
			return err
		}
		return rates(ctx, o, out)
	}
	var rows []row
	for _, c := range contenders() {
		if o.only != nil && !o.only[c.name] {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s …\n", c.name)
		r, err := measure(ctx, o, c, out)
		if err != nil {
			return fmt.Errorf("measure %s: %w", c.name, err)
		}
		rows = append(rows, r)
	}
	show(os.Stdout, o, rows)
	return nil
}

// show prints the table.
func show(w *os.File, o options, rows []row) {
	fmt.Fprintf(w, "\n%s, %d processors, %s, load before %s\n\n", runtime.Version(), runtime.NumCPU(), postgresVersion(rows), loadBefore(rows))
	fmt.Fprint(w, "| bot |")
	for _, n := range o.people {
		fmt.Fprintf(w, " updates/s, %d people |", n)
	}
	fmt.Fprintf(w, " p50 / p99 at %.0f updates/s | peak memory | connections | an update costs bot + Postgres + harness |\n|---|", o.rate)
	fmt.Fprint(w, strings.Repeat("---|", len(o.people)+4), "\n")
	for _, r := range rows {
		fmt.Fprintf(w, "| %s |", r.contender.about)
		for _, c := range r.closed {
			fmt.Fprintf(w, " %s |", thousands(c.Rate()))
		}
		c := r.costs[len(r.costs)-1]
		fmt.Fprintf(w, " %.1f / %.1f ms | %.0f MiB | %d | %.0f + %.0f + %.0f µs |\n", milliseconds(r.open.P50), milliseconds(r.open.P99),
			float64(r.peak)/(1<<20), r.connections, c.bot, c.postgres, c.harness)
	}
	fmt.Fprintf(w, "\nOther programs took %.2f of the %d processors at most while people registered.\n", others(rows), runtime.NumCPU())
}

// others is the most that anything else took of the machine during a closed loop: a table made beside much else says little.
func others(rows []row) float64 {
	most := 0.0
	for _, r := range rows {
		for _, c := range r.costs {
			most = max(most, c.others)
		}
	}
	return most
}

func thousands(f float64) string {
	s := strconv.Itoa(int(f + 0.5))
	if len(s) > 3 {
		s = s[:len(s)-3] + "," + s[len(s)-3:]
	}
	return s
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

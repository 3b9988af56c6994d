package voices

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"time"
)

// reportTimes is how often a report is made: it takes seconds.
const reportTimes = 5

// report makes the country's year in three forms, in a program of its own.
func (b *Bench) report(ctx context.Context) error {
	took := make([]time.Duration, reportTimes)
	var most int64
	for i := range took {
		begin := time.Now()
		_, peak, err := b.run(ctx, "pdf,xlsx,png")
		if err != nil {
			return err
		}
		took[i], most = time.Since(begin), max(most, peak)
	}
	p50, p99 := percentiles(took)
	b.line(fmt.Sprintf("a year's national report, as PDF, XLSX and picture (the program from its start; %d MiB at most)", most>>20), p50, p99, "10 s, 200 MiB")
	return nil
}

// streamed is what qafila says of each stream that it wrote.
var streamed = regexp.MustCompile(`(\w+): (\d+) rows in (\S+)`)

// stream writes all rows of all streams.
func (b *Bench) stream(ctx context.Context) error {
	said, peak, err := b.run(ctx, "csv")
	if err != nil {
		return err
	}
	rows, all := 0, time.Duration(0)
	for _, m := range streamed.FindAllStringSubmatch(said, -1) {
		n, err := strconv.Atoi(m[2])
		if err != nil {
			return fmt.Errorf("read %q: %w", m[0], err)
		}
		d, err := time.ParseDuration(m[3])
		if err != nil {
			return fmt.Errorf("read %q: %w", m[0], err)
		}
		rows, all = rows+n, all+d
		fmt.Fprintf(os.Stderr, "%s\n", m[0])
	}
	if all == 0 {
		return fmt.Errorf("no stream was written: %s", said)
	}
	fmt.Fprintf(b.Out, "| all streams as CSV: %d rows | %.0f rows/s | %d MiB at most | 50,000 rows/s |\n", rows, float64(rows)/all.Seconds(), peak>>20)
	return nil
}

// run has the program make a report of the year, and gives what it said and its peak memory, in bytes.
func (b *Bench) run(ctx context.Context, forms string) (said string, peak int64, err error) {
	c := exec.CommandContext(ctx, b.Program, "report", "--from", b.Now.AddDate(-1, 0, 1).Format(time.DateOnly), "--to", b.Now.Format(time.DateOnly),
		"--out", filepath.Join(b.Folder, "report"), "--format", forms)
	c.Env = append(os.Environ(), "DATABASE_URL="+b.Database)
	out, err := c.CombinedOutput()
	if err != nil {
		return "", 0, fmt.Errorf("make a report: %w: %s", err, out)
	}
	if used, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		peak = used.Maxrss << 10 // kilobytes on Linux
	}
	return string(out), peak, nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/qafila/qafila/bench/harness"
	"github.com/qafila/qafila/bench/profile"
)

// A contender is a bot to measure, in a process of its own.
type contender struct {
	name, about string
	pkg         string
	arguments   []string
	script      harness.Script
	database    bool // it keeps its state in Postgres
	prepare     func(ctx context.Context, program, database, folder string) error
	stored      string // how many registrations there are: one for each person who came through
}

// stopID is the stop that the house's own flows register for.
const stopID = "bench"

func contenders() []contender {
	return []contender{
		{name: "echo", about: "nothing: the harness's own speed", pkg: "./bench/echo", script: harness.Questions()},
		{name: "plain", about: "by hand, go-telegram/bot + pgx, tuned", pkg: "./bench/plain", script: harness.Questions(), database: true,
			stored: `SELECT count(*) FROM registered`},
		{name: "qafila", about: "Qafila, the same six questions", pkg: "./bench/qafila", script: harness.Questions(), database: true,
			stored: `SELECT count(*) FROM registered`},
		{name: "serve", about: "`qafila serve`, its own flows (12 updates)", pkg: "./cmd/qafila", arguments: []string{"serve"},
			script: harness.Register(stopID), database: true, prepare: publish, stored: `SELECT count(*) FROM registrations`},
	}
}

func names() []string {
	var list []string
	for _, c := range contenders() {
		list = append(list, c.name)
	}
	return list
}

// publish puts one stop, without a limit of places, where the bot will look.
func publish(ctx context.Context, program, database, folder string) error {
	sheet := filepath.Join(folder, "stops.csv")
	day := time.Now().AddDate(0, 1, 0).Format(time.DateOnly)
	text := "id,town,venue_fr,venue_ar,date,start,end,state\n" + stopID + ",Fès,Place du banc d'essai,ساحة التجربة," + day + ",09:00,17:00,published\n"
	if err := os.WriteFile(sheet, []byte(text), 0o600); err != nil {
		return fmt.Errorf("write a stop: %w", err)
	}
	c := exec.CommandContext(ctx, program, "stops", "import", sheet)
	c.Env = append(os.Environ(), "DATABASE_URL="+database)
	if said, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("publish a stop: %w: %s", err, said)
	}
	return nil
}

// build compiles a contender into the folder.
func (c contender) build(ctx context.Context, out string) (string, error) {
	program := filepath.Join(out, c.name)
	b := exec.CommandContext(ctx, "go", "build", "-o", program, c.pkg)
	b.Dir = filepath.Dir(filepath.Dir(out))
	if said, err := b.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w: %s", err, said)
	}
	return program, nil
}

// A process is a contender that runs.
type process struct {
	cmd   *exec.Cmd
	ended chan error
}

// start runs it against a harness and a database.
func (c contender) start(ctx context.Context, o options, program, api, database string, more ...string) (*process, error) {
	p := &process{cmd: exec.CommandContext(ctx, program, c.arguments...), ended: make(chan error, 1)}
	p.cmd.Env = append(os.Environ(), "TELEGRAM_API_URL="+api, "TELEGRAM_TOKEN="+harness.Token, "DATABASE_URL="+database,
		"QAFILA_LISTEN=127.0.0.1:0", "QAFILA_LOG=warn", "QAFILA_CONTROLLER=bench", "QAFILA_CNDP=D-000/0000")
	p.cmd.Env = append(p.cmd.Env, more...)
	if o.profile {
		p.cmd.Env = append(p.cmd.Env, profile.Variable+"="+program)
	}
	p.cmd.Stdout, p.cmd.Stderr = os.Stderr, os.Stderr
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	go func() { p.ended <- p.cmd.Wait() }()
	return p, nil
}

// stopping is how long a bot may take to end.
const stopping = 30 * time.Second

func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop: %w", err)
	}
	select {
	case err := <-p.ended:
		if err != nil {
			return fmt.Errorf("stop: %w", err)
		}
		return nil
	case <-time.After(stopping):
		_ = p.cmd.Process.Kill()
		return fmt.Errorf("it did not end when asked to: %w", <-p.ended)
	}
}

// peak is the most memory that the process has held, in bytes (Linux: VmHWM).
func (p *process) peak() (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("read the peak of memory: %w", err)
	}
	var kib int64
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		return 0, fmt.Errorf("read the peak of memory: %w", err)
	}
	return kib << 10, nil
}

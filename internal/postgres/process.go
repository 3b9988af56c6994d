package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// leftoverPatience is how long a new server is tried while what a killed one left (its zombie, its backends) goes away.
const leftoverPatience = 15 * time.Second

// stopPatience are the waits for a fast shutdown, which writes a checkpoint, and for an immediate one.
const (
	fastPatience      = 30 * time.Second
	immediatePatience = 5 * time.Second
)

// guardScript sees the end of our program, however it came, as the end of its input; then it stops the server if that is still the
// one it was set to guard. Not Pdeathsig: that fires when the thread that started the child ends, and is Linux's alone.
const guardScript = `while read -r line; do :; done; read -r pid <"$1/postmaster.pid" && [ "$pid" = "$2" ] && kill -INT "$pid"`

// process is a running server that is our child.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed once err stands
	err   error

	guard *exec.Cmd
	alive *os.File // the guard's input: open while we live
}

// launch starts the server and waits until it answers, recovery after a crash included.
func (c cluster) launch(ctx context.Context) (*process, error) {
	if err := c.clear(ctx); err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(leftoverPatience); ; pause(ctx, 100*time.Millisecond) {
		p, said, err := c.try(ctx)
		if err == nil {
			return p, nil
		}
		leftover := strings.Contains(said, "postmaster.pid") || strings.Contains(said, "pre-existing shared memory")
		if !leftover || ctx.Err() != nil || time.Now().After(deadline) {
			return nil, err
		}
		if err := c.clear(ctx); err != nil {
			return nil, err
		}
	}
}

// try starts the server once; said is what it logged.
func (c cluster) try(ctx context.Context) (started *process, said string, err error) {
	log, err := c.openLog()
	if err != nil {
		return nil, "", fmt.Errorf("open the database's log: %w", err)
	}
	defer log.Close()
	if err := sameOwner(log, filepath.Dir(c.log)); err != nil {
		return nil, "", fmt.Errorf("open the database's log: %w", err)
	}
	info, err := log.Stat()
	if err != nil {
		return nil, "", fmt.Errorf("open the database's log: %w", err)
	}
	p := &process{
		cmd:   c.who.command(context.WithoutCancel(ctx), c.data(), c.bin.path("postgres"), c.arguments()...),
		ended: make(chan struct{}),
	}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.cmd.Start(); err != nil {
		return nil, "", fmt.Errorf("start PostgreSQL: %w", err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	if err = p.watchOver(ctx, c); err == nil {
		err = c.answering(ctx, p.gone)
	}
	if err != nil {
		err = errors.Join(err, p.stop())
		said = c.said(info.Size())
		return nil, said, fmt.Errorf("start PostgreSQL (log: %s): %w: %s", c.log, err, lastLines(said))
	}
	return p, "", nil
}

func (p *process) gone() error {
	select {
	case <-p.ended:
		return fmt.Errorf("it ended: %w", p.err)
	default:
		return nil
	}
}

// watchOver starts the guard.
func (p *process) watchOver(ctx context.Context, c cluster) error {
	input, alive, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("guard PostgreSQL: %w", err)
	}
	defer input.Close()
	p.alive = alive
	p.guard = c.who.command(context.WithoutCancel(ctx), "/", "/bin/sh", "-c", guardScript, "qafila-guard", c.data(), strconv.Itoa(p.cmd.Process.Pid))
	p.guard.Stdin = input
	if err := p.guard.Start(); err != nil {
		p.guard = nil
		return fmt.Errorf("guard PostgreSQL: %w", err)
	}
	return nil
}

// stop ends the server: open transactions are rolled back, a checkpoint is written. A server that does not obey is made to; the
// next start then recovers.
func (p *process) stop() error {
	err := func() error {
		for _, step := range []struct {
			signal   syscall.Signal
			patience time.Duration
		}{{syscall.SIGINT, fastPatience}, {syscall.SIGQUIT, immediatePatience}, {syscall.SIGKILL, immediatePatience}} {
			if err := p.cmd.Process.Signal(step.signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
				return fmt.Errorf("stop PostgreSQL: %w", err)
			}
			select {
			case <-p.ended:
				return nil
			case <-time.After(step.patience):
			}
		}
		return fmt.Errorf("stop PostgreSQL: process %d does not end", p.cmd.Process.Pid)
	}()
	p.dismissGuard()
	return err
}

func (p *process) dismissGuard() {
	if p.alive != nil {
		_ = p.alive.Close() // the guard wakes, finds nothing of ours to stop, and ends
	}
	if p.guard != nil {
		_ = p.guard.Wait() // its exit code says only that
	}
}

// clear stops a server that a killed program left running on this cluster, and removes a pid file that would keep PostgreSQL from
// starting although the process it names is a zombie or somebody else. The caller holds the folder's lock, so no server here is
// anybody's.
func (c cluster) clear(ctx context.Context) error {
	file := filepath.Join(c.data(), "postmaster.pid")
	signals := []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL}
	for begun := time.Now(); ; pause(ctx, 50*time.Millisecond) {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil //nolint:nilerr // no server, or none that PostgreSQL would see
		}
		first, _, _ := strings.Cut(string(text), "\n")
		pid, err := strconv.Atoi(first)
		if err != nil || pid <= 1 {
			return nil //nolint:nilerr // PostgreSQL says best what is wrong with it
		}
		if !c.serves(ctx, pid) {
			if err := syscall.Kill(pid, 0); err == nil {
				// PostgreSQL would refuse to start. If backends of the old server live, it still does, by their shared memory.
				_ = os.Remove(file)
			}
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var due syscall.Signal
		switch waited := time.Since(begun); {
		case len(signals) == 3, len(signals) == 2 && waited > fastPatience, len(signals) == 1 && waited > fastPatience+immediatePatience:
			due, signals = signals[0], signals[1:]
		case len(signals) == 0 && waited > fastPatience+2*immediatePatience:
			return fmt.Errorf("stop the PostgreSQL that an earlier run left: process %d does not end", pid)
		default:
			continue
		}
		if err := syscall.Kill(pid, due); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stop the PostgreSQL that an earlier run left (process %d): %w", pid, err)
		}
	}
}

// serves tells whether pid is a server of this cluster: every PostgreSQL process stands in its data folder. A zombie stands nowhere.
func (c cluster) serves(ctx context.Context, pid int) bool {
	if _, err := os.Stat("/proc/self/cwd"); err == nil {
		cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
		if err != nil {
			return false
		}
		data, err := filepath.EvalSymlinks(c.data())
		return err == nil && cwd == data
	}
	line, err := exec.CommandContext(ctx, "ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output() // no /proc: macOS, the BSDs
	return err == nil && strings.Contains(string(line), c.data())
}

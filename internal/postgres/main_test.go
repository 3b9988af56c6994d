package postgres

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// holdVariable makes the test binary a program that holds a data folder, for tests that kill one.
const holdVariable = "QAFILA_TEST_HOLD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(holdVariable); dir != "" {
		if err := hold(dir); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if seeded != "" {
		_ = os.RemoveAll(seeded) // a temporary folder
	}
	os.Exit(code)
}

var seeded string // seed's folder once there is one

// seed is a data folder in which initdb has run, made once: that is most of the time that a first start takes.
var seed = sync.OnceValues(func() (string, error) {
	ctx := context.Background()
	temp, err := testTemp(ctx, defaultAccount())
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp(temp, "qafila-")
	if err != nil {
		return "", err
	}
	seeded = dir
	if err := os.Chmod(dir, 0o711); err != nil {
		return dir, err
	}
	s, err := Start(ctx, dir)
	if err != nil {
		return dir, err
	}
	return dir, s.Stop()
})

// madeFolder is a copy of seed.
func madeFolder(t *testing.T) string {
	t.Helper()
	made, err := seed()
	if err != nil {
		t.Fatal(err)
	}
	dir := ForTestFolder(t)
	if out, err := exec.Command("cp", "-Rp", filepath.Join(made, "postgres"), dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}

// hold runs a server until its input ends, and says which processes that takes.
func hold(dir string) error {
	ctx := context.Background()
	f, err := claim(ctx, dir)
	if err != nil {
		return err
	}
	defer f.release()
	c, err := prepare(ctx, f, nil, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		return err
	}
	p, err := c.launch(ctx)
	if err != nil {
		return err
	}
	fmt.Println(p.cmd.Process.Pid, p.guard.Process.Pid, c.url(databaseName))
	_, _ = io.Copy(io.Discard, os.Stdin)
	return p.stop()
}

// program is another program's grip on a data folder.
type program struct {
	self, server, guard int
	url                 string
	finish              func() error // lets it end by itself
}

func runProgram(t *testing.T, dir string) program {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), holdVariable+"="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	p := program{self: cmd.Process.Pid}
	if _, scan := fmt.Sscan(line, &p.server, &p.guard, &p.url); err != nil || scan != nil {
		t.Fatalf("the other program said %q (%v)", line, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	p.finish = func() error { in.Close(); return <-ended }
	t.Cleanup(func() {
		for _, pid := range []int{p.self, p.guard, p.server} {
			_ = syscall.Kill(pid, syscall.SIGKILL) // usually gone
		}
	})
	return p
}

// kill ends processes as nothing else does, and waits until they are gone.
func kill(t *testing.T, pids ...int) {
	t.Helper()
	for _, pid := range pids {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatalf("kill %d: %v", pid, err)
		}
		eventually(t, fmt.Sprintf("process %d is gone", pid), func() bool { return !running(pid) })
	}
}

// running is false for a zombie: in a container nobody may ever bury it.
func running(pid int) bool {
	if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil {
		_, state, _ := strings.Cut(string(stat), ") ")
		return !strings.HasPrefix(state, "Z")
	}
	return syscall.Kill(pid, 0) == nil
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

func startOn(t *testing.T, dir string, settings ...string) *Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testPatience)
	defer cancel()
	s, err := Start(ctx, dir, settings...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// run executes statements over a connection of their own; the last one's first value comes back as text, if it has any.
func run(t *testing.T, url string, statements ...string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	var last string
	for _, statement := range statements {
		results, err := conn.PgConn().Exec(t.Context(), statement).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
		last = ""
		if rows := results[len(results)-1].Rows; len(rows) > 0 && len(rows[0]) > 0 {
			last = string(rows[0][0])
		}
	}
	return last
}

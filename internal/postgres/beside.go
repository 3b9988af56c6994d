package postgres

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Beside gives the address of the private server that another program is running on the data folder, for a command that works beside it;
// ok is false when nobody runs one there.
func Beside(dir string) (url string, ok bool) {
	lock, err := os.Open(filepath.Join(dir, "postgres.lock"))
	if err != nil {
		return "", false
	}
	defer func() { _ = lock.Close() }() // gives the lock back, if it was free
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_SH|syscall.LOCK_NB); !errors.Is(err, syscall.EWOULDBLOCK) {
		return "", false
	}
	text, err := os.ReadFile(cluster{home: filepath.Join(dir, "postgres")}.data() + "/postmaster.pid")
	if err != nil {
		return "", false
	}
	// PostgreSQL's postmaster.pid: pid, data folder, start time, port, socket folder, …
	lines := strings.Split(string(text), "\n")
	if len(lines) < 5 || lines[4] == "" {
		return "", false
	}
	return cluster{sockets: lines[4]}.url(databaseName), true
}

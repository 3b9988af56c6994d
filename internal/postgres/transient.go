package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
)

// IsTransient tells whether the same work, done again in a new transaction, may well succeed: the connection was lost, the server is
// starting, stopping or full, or two transactions got into each other's way. A lost connection leaves open whether a commit took
// effect, so what is redone must be safe to redo. The caller's own cancelled context is not transient.
func IsTransient(err error) bool {
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		return transientCode(answer.Code)
	}
	if errors.Is(err, context.Canceled) {
		return false
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return true
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var network *net.OpError
	return errors.As(err, &network) ||
		errors.Is(err, pgconn.ErrConnClosed) ||
		errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.EPIPE) ||
		pgconn.SafeToRetry(err)
}

// transientCode knows the codes of PostgreSQL's appendix A.
func transientCode(code string) bool {
	switch code {
	case "40001", // serialization_failure
		"40P01", // deadlock_detected
		"53100", // disk_full: what is redone once there is room again is not lost
		"53200", // out_of_memory
		"53300", // too_many_connections
		"57P01", // admin_shutdown
		"57P02", // crash_shutdown
		"57P03", // cannot_connect_now
		"58030": // io_error
		return true
	}
	return strings.HasPrefix(code, "08") // connection_exception
}

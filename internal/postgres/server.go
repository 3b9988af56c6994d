package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// Server is a private PostgreSQL: in a folder of its own, reached through a Unix socket alone, run as another user when the program
// is root. It comes back by itself after a crash, ends with the program even when that is killed, and one that was killed together with
// its program recovers at the next Start. A folder serves one program at a time.
type Server struct {
	path      string
	elsewhere []string // where the data may stand when the data folder is out of the server's reach
	log       *slog.Logger
	settings  []string

	cluster cluster
	folder  folder
	cancel  context.CancelFunc
	ended   chan struct{} // closed once err stands and no process is left
	err     error
}

// Start runs a server on the data folder dir, made if need be. settings are PostgreSQL's, as name=value. ctx bounds the start only.
func Start(ctx context.Context, dir string, settings ...string) (*Server, error) {
	return start(ctx, dir, slog.New(slog.DiscardHandler), settings)
}

func start(ctx context.Context, dir string, log *slog.Logger, settings []string) (*Server, error) {
	// Root alone can write /var/lib; where even root cannot (a read-only image), there is /var/tmp, which outlives a reboot.
	s := &Server{path: dir, elsewhere: []string{"/var/lib/qafila", "/var/tmp/qafila"}, log: log, settings: settings}
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// URL is what DATABASE_URL would be: the same after every restart on the same folder.
func (s *Server) URL() string { return s.cluster.url(databaseName) }

// Stop ends the server and gives its folder back; the pools on it should be closed first. A second call is harmless.
func (s *Server) Stop() error {
	s.cancel()
	<-s.ended
	return s.err
}

// Restart stops the server, if Stop has not, and starts it again under the same URL. Not to be called twice at a time.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Stop(); err != nil {
		return err
	}
	return s.begin(ctx)
}

// begin claims the folder, launches the server and leaves it to keep.
func (s *Server) begin(ctx context.Context) (err error) {
	// Programs first: without them nothing is left behind, and that is what is said, even where no folder can be made.
	if _, err = findPrograms(ctx, defaultAccount(), usualPlaces(ctx), 0); err != nil {
		return err
	}
	if s.folder, err = claim(ctx, s.path); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			s.folder.release()
		}
	}()
	if s.cluster, err = prepare(ctx, s.folder, s.elsewhere, s.log, s.settings); err != nil {
		return err
	}
	p, err := s.cluster.launch(ctx)
	if err != nil {
		return err
	}
	s.log.Info("private PostgreSQL started", "folder", s.folder.path, "version", s.cluster.bin.major, "user", s.cluster.who.name)
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.cancel, s.ended, s.err = cancel, make(chan struct{}), nil
	go s.keep(life, p)
	return nil
}

// keep owns the process: it starts another when one ends unasked, and stops it when life does.
func (s *Server) keep(life context.Context, p *process) {
	defer close(s.ended)
	defer s.folder.release()
	for wait := 100 * time.Millisecond; ; {
		if p != nil {
			select {
			case <-life.Done():
				s.err = p.stop()
				return
			case <-p.ended:
				p.dismissGuard()
				s.log.Error("the private PostgreSQL ended; starting it again", "error", p.err, "log", s.cluster.log)
			}
		}
		var err error
		if p, err = s.cluster.launch(life); err == nil {
			wait = 100 * time.Millisecond
			continue
		}
		if life.Err() != nil {
			return
		}
		s.log.Error("the private PostgreSQL does not start", "error", err, "again_in", wait.String())
		pause(life, wait)
		wait = min(2*wait, 10*time.Second)
	}
}

// prepare finds or makes everything that a server on the folder needs.
func prepare(ctx context.Context, f folder, elsewhere []string, log *slog.Logger, settings []string) (cluster, error) {
	home, who, err := f.home(ctx, log, elsewhere)
	if err != nil {
		return cluster{}, err
	}
	major, err := version(home)
	if err != nil {
		return cluster{}, err
	}
	bin, err := findPrograms(ctx, who, usualPlaces(ctx), major)
	if err != nil {
		return cluster{}, err
	}
	sockets, err := socketFolder(ctx, home, who)
	if err != nil {
		return cluster{}, err
	}
	c := cluster{home: home, sockets: sockets, log: filepath.Join(f.path, "postgres.log"), who: who, bin: bin, settings: settings}
	if major == 0 {
		log.Info("making a private PostgreSQL database", "folder", f.path, "version", bin.major)
	}
	return c, c.initialise(ctx)
}

// pid is the server's process, for tests that kill it; 0 when none runs.
func (s *Server) pid() int {
	text, err := os.ReadFile(filepath.Join(s.cluster.data(), "postmaster.pid"))
	if err != nil {
		return 0
	}
	var pid int
	_, _ = fmt.Sscan(string(text), &pid) // a file half written: 0
	return pid
}

package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/people"
)

// How often is looked for what is due to be said, and for what may not be kept any longer.
const (
	outreachEvery  = 5 * time.Second
	broadcastEvery = 3 * time.Second
	groupEvery     = 5 * time.Second
	reportEvery    = 5 * time.Second
	purgeEvery     = time.Hour
)

// River runs the durable work of all instances on one database. Its periodic jobs are pokes only: what is due is worked out from the tables
// each time, so that a poke that fails or is missed loses nothing.
type (
	sayArgs       struct{}
	broadcastArgs struct{}
	groupArgs     struct{}
	reportArgs    struct{}
	purgeArgs     struct{}
)

func (sayArgs) Kind() string       { return "say_what_is_due" }
func (purgeArgs) Kind() string     { return "purge" }
func (broadcastArgs) Kind() string { return "broadcast" }
func (groupArgs) Kind() string     { return "group" }
func (reportArgs) Kind() string    { return "report" }

// newJobs makes the runner of durable work. start it, and stop it in the end.
func (v *service) newJobs() (*river.Client[pgx.Tx], error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[sayArgs]) error {
		v.sayWhatIsDue(ctx)
		return nil
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[broadcastArgs]) error {
		v.broadcast(ctx)
		return nil
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[groupArgs]) error {
		v.group(ctx)
		return nil
	}))
	river.AddWorker(workers, &reportWorker{service: v})
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[purgeArgs]) error {
		v.purge(ctx)
		return nil
	}))
	river.AddWorker(workers, &filesWorker{service: v})
	jobs, err := river.NewClient(riverpgxv5.New(v.db.Pool), &river.Config{
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}},
		Workers:                     workers,
		Logger:                      slog.New(onlyErrors{v.log.Handler()}),
		CompletedJobRetentionPeriod: time.Hour,
		PeriodicJobs: []*river.PeriodicJob{
			poke(outreachEvery, sayArgs{}),
			poke(broadcastEvery, broadcastArgs{}),
			poke(groupEvery, groupArgs{}),
			poke(reportEvery, reportArgs{}),
			poke(purgeEvery, purgeArgs{}),
			poke(filesEvery, filesArgs{}),
		},
	})
	if err != nil {
		return nil, fmt.Errorf("make the runner of durable work: %w", err)
	}
	return jobs, nil
}

// poke is a periodic job of which one at most waits or runs, but for one that takes longer than oneFor.
func poke(every time.Duration, args river.JobArgs) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) { return args, one() },
		&river.PeriodicJobOpts{RunOnStart: true})
}

// oneFor is for how long one that runs keeps another from being stored: what a killed instance was doing looks as if it ran for an hour. Two at
// once do no harm, each takes what the other has not.
const oneFor = 15 * time.Second

func one() *river.InsertOpts {
	return &river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: oneFor, ByState: []rivertype.JobState{rivertype.JobStateAvailable,
		rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled}}}
}

// soon has a job run as soon as the transaction that it is given takes effect. One that runs just then may not see it: the next periodic one does.
func (v *service) soon(job river.JobArgs) func(context.Context, pgx.Tx) error {
	return func(ctx context.Context, tx pgx.Tx) error {
		if _, err := v.inserter.InsertTx(ctx, tx, job, one()); err != nil {
			return fmt.Errorf("have the job %s run: %w", job.Kind(), err)
		}
		return nil
	}
}

// every does something at once and then again after each pause, until ctx ends.
func every(ctx context.Context, pause time.Duration, do func(context.Context)) {
	for {
		do(ctx)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// A reportWorker makes reports. A year's, and a table of all that was said, take longer than River's usual minute on a small machine.
type reportWorker struct {
	river.WorkerDefaults[reportArgs]
	service *service
}

func (*reportWorker) Timeout(*river.Job[reportArgs]) time.Duration { return 10 * time.Minute }

func (w *reportWorker) Work(ctx context.Context, _ *river.Job[reportArgs]) error {
	w.service.reports(ctx)
	return nil
}

// reports makes what was asked for.
func (v *service) reports(ctx context.Context) {
	if err := v.house.outreach.Reports(ctx, v.now, v.sender.Send); err != nil {
		v.warn(ctx, "a report could not be made", err)
	}
}

// broadcast prepares what is due to go out, and brings the panels up to date.
func (v *service) broadcast(ctx context.Context) {
	if _, err := v.house.outreach.Prepare(ctx, v.now()); err != nil {
		v.warn(ctx, "a broadcast could not be prepared", err)
	}
	panels, err := v.house.outreach.Panels(ctx, v.now())
	if err != nil {
		v.warn(ctx, "the panels of broadcasts could not be brought up to date", err)
	}
	v.sender.Send(panels)
}

// group takes new recommendations into groups of what says the same, as many as there are.
func (v *service) group(ctx context.Context) {
	for n := feedback.GroupAtOnce; n == feedback.GroupAtOnce; {
		var err error
		if n, err = v.house.likeness.Group(ctx, v.db.Pool); err != nil {
			v.warn(ctx, "recommendations could not be grouped; trying again", err)
			return
		}
	}
}

// onlyErrors lets through what River can't mend by itself; while the database is away it says so many times a second.
type onlyErrors struct{ slog.Handler }

func (h onlyErrors) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelError && h.Handler.Enabled(ctx, l)
}
func (h onlyErrors) WithAttrs(a []slog.Attr) slog.Handler { return onlyErrors{h.Handler.WithAttrs(a)} }
func (h onlyErrors) WithGroup(g string) slog.Handler      { return onlyErrors{h.Handler.WithGroup(g)} }

// keepHouse runs the durable work until ctx ends; what is under way then gets its time to finish.
func (v *service) keepHouse(ctx, work context.Context) error {
	jobs, err := v.newJobs()
	if err != nil {
		return err
	}
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		if err = jobs.Start(work); err == nil {
			break
		}
		v.warn(ctx, "durable work can't start yet; trying again", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
	<-ctx.Done()
	stop, cancel := context.WithTimeout(work, drain)
	defer cancel()
	if err := jobs.StopAndCancel(stop); err != nil {
		v.log.Warn("durable work was broken off; it goes on at the next start", "error", err)
	}
	return nil
}

// sayWhatIsDue looks once.
func (v *service) sayWhatIsDue(ctx context.Context) {
	if _, err := v.house.outreach.Tick(ctx, v.now()); err != nil {
		v.warn(ctx, "could not look for what is due to be said", err)
	}
	voices, err := v.house.outreach.Voices(ctx, v.now())
	if err != nil {
		v.warn(ctx, "what artisans and chambers say could not be told", err)
	}
	v.sender.Send(voices)
}

// purge takes away what may not be kept any longer.
func (v *service) purge(ctx context.Context) {
	if gone, err := people.Purge(ctx, v.db.Pool, people.Usual(), v.now()); err != nil {
		v.warn(ctx, "what may not be kept any longer could not be taken away", err)
	} else {
		v.log.Debug("purged", "rows", gone)
	}
}

func (v *service) warn(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		v.log.Warn(what, "error", err)
	}
}

package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/media"
)

// filesEvery is how often is looked for files to fetch, and for files to let go of.
const filesEvery = 5 * time.Second

type filesArgs struct{}

func (filesArgs) Kind() string { return "fetch_files" }

// filesWorker has the time that files take.
type filesWorker struct {
	river.WorkerDefaults[filesArgs]
	service *service
}

func (w *filesWorker) Timeout(*river.Job[filesArgs]) time.Duration { return media.LongestRun }

func (w *filesWorker) Work(ctx context.Context, _ *river.Job[filesArgs]) error {
	w.service.fetchFiles(ctx)
	return nil
}

// fetchFiles looks once.
func (v *service) fetchFiles(ctx context.Context) {
	if err := v.files.Fetch(ctx, v.now()); err != nil {
		v.warn(ctx, "files could not be fetched; they are tried again", err)
	}
}

// keepFiles lets go of files that may be kept no longer, until ctx ends. Every instance does so for itself: what is in a folder only its own
// machine reaches.
func (v *service) keepFiles(ctx context.Context) {
	every(ctx, filesEvery, v.emptyFiles)
}

// keepRecordings has a copy of each recorded answer in this program's own store, until ctx ends.
func (v *service) keepRecordings(ctx context.Context) {
	every(ctx, filesEvery, v.fetchRecordings)
}

// fetchRecordings looks once.
func (v *service) fetchRecordings(ctx context.Context) {
	if err := v.files.FetchRecordings(ctx, v.now()); err != nil {
		v.warn(ctx, "recorded answers could not be fetched; they are tried again", err)
	}
}

// emptyFiles looks once.
func (v *service) emptyFiles(ctx context.Context) {
	if _, err := v.files.Empty(ctx, v.now()); err != nil {
		v.warn(ctx, "files that may be kept no longer could not be taken away; they are tried again", err)
	}
}

// filesFolder is where files lie below a data folder.
func filesFolder(data string) string { return filepath.Join(data, "files") }

// newFiles makes the keeper of files: in the bucket that is configured, else below the data folder. A folder from before there was a bucket
// is still emptied of what may be kept no longer.
func newFiles(s settings, source media.Source, pool *pgxpool.Pool, log *slog.Logger, m *metrics) (*media.Keeper, error) {
	k := &media.Keeper{Pool: pool, Source: source, Recordings: answers.Voices{On: pool}, Random: rand.Reader, Log: log, Observe: m.file}
	if s.S3.on() {
		b, err := media.OpenBucket(media.BucketConfig{Endpoint: s.S3.Endpoint, Bucket: s.S3.Bucket, AccessKey: s.S3.AccessKey, SecretKey: s.S3.SecretKey,
			Region: s.S3.Region, Prefix: s.S3.Prefix})
		if err != nil {
			return nil, fmt.Errorf("QAFILA_S3_ENDPOINT: %w", err)
		}
		k.Stores = append(k.Stores, b)
	}
	path := filesFolder(cmp.Or(s.Data, ".qafila"))
	if _, err := os.Stat(path); s.S3.on() && errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	f, err := media.OpenFolder(path)
	if err != nil {
		return nil, fmt.Errorf("QAFILA_DATA: %w", err)
	}
	k.Stores = append(k.Stores, f)
	return k, nil
}

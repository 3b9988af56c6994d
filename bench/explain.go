package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
)

// explaining are the server's settings that make explain possible; none without -explain.
func explaining(o options) []string {
	if !o.explain {
		return nil
	}
	return []string{"shared_preload_libraries=pg_stat_statements,auto_explain", "compute_query_id=on", "auto_explain.log_min_duration=0",
		"auto_explain.sample_rate=0.002", "auto_explain.log_analyze=on", "auto_explain.log_buffers=on", "log_min_messages=log"}
}

// explain writes what the server spent its time on beside the program: counts of statements, and plans of some.
func explain(ctx context.Context, database, folder, program string) error {
	c, err := pgx.Connect(ctx, database)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer func() { _ = c.Close(ctx) }()
	if _, err := c.Exec(ctx, `CREATE EXTENSION IF NOT EXISTS pg_stat_statements`); err != nil {
		return fmt.Errorf("count the statements: %w", err)
	}
	rows, err := c.Query(ctx, `SELECT calls, total_exec_time, mean_exec_time * 1000, shared_blks_hit / calls, wal_bytes::bigint, query
		FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 25`)
	if err != nil {
		return fmt.Errorf("count the statements: %w", err)
	}
	var calls, blocks, wal int64
	var total, mean float64
	var query string
	var b strings.Builder
	fmt.Fprintln(&b, "calls\ttotal ms\tmean µs\tblocks each\tWAL bytes\tstatement")
	if _, err := pgx.ForEachRow(rows, []any{&calls, &total, &mean, &blocks, &wal, &query}, func() error {
		fmt.Fprintf(&b, "%d\t%.0f\t%.0f\t%d\t%d\t%s\n", calls, total, mean, blocks, wal, strings.Join(strings.Fields(query), " "))
		return nil
	}); err != nil {
		return fmt.Errorf("count the statements: %w", err)
	}
	if err := os.WriteFile(program+".statements.tsv", []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("keep the statements: %w", err)
	}
	plans, err := os.ReadFile(filepath.Join(folder, "postgres.log"))
	if err != nil {
		return fmt.Errorf("read the plans: %w", err)
	}
	if err := os.WriteFile(program+".plans.log", plans, 0o600); err != nil {
		return fmt.Errorf("keep the plans: %w", err)
	}
	return nil
}

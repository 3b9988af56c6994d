package main

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

// rows gives every row of every table in which those words stand, in any column, as "table: row".
func (r *rig) rows(t *testing.T, words string) []string {
	t.Helper()
	rows, err := r.pool.Query(t.Context(), `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 10 {
		t.Fatalf("the tables are %q: %v", tables, err)
	}
	var found []string
	for _, table := range tables {
		name := pgx.Identifier{table}.Sanitize()
		rows, err := r.pool.Query(t.Context(), `SELECT t::text FROM `+name+` t WHERE position(lower($1) IN lower(t::text)) > 0 ORDER BY 1`, words)
		if err != nil {
			t.Fatal(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range list {
			found = append(found, table+": "+row)
		}
	}
	return found
}

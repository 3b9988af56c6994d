package postgres

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// What one test leaves, the next doesn't find: rows, counts, and what the migrations fill are as they were.
func TestAWarmDatabaseIsAsNew(t *testing.T) {
	var w Warm
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	count := func(t *testing.T, pool *pgxpool.Pool, sql string) (n int) {
		t.Helper()
		if err := pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	var first string
	t.Run("a test", func(t *testing.T) {
		pool := w.ForTest(t)
		if !(&warmed{pool: pool}).may(t.Context()) {
			first = ""
			return // on a server of somebody's own, whose user is no superuser, each test gets a new one
		}
		first = pool.Config().ConnString()
		for _, sql := range []string{
			`INSERT INTO chats (chat_id) VALUES (7)`,
			`INSERT INTO deliveries (chat_id, owner, message) VALUES (7, 1, '{}')`,
			`INSERT INTO audit (role, act) VALUES ('admin', 'tried')`, // of what grows only
			`DELETE FROM themes`,
			`UPDATE chambers SET address = 'elsewhere'`,
		} {
			if _, err := pool.Exec(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Run("the next", func(t *testing.T) {
		pool, new := w.ForTest(t), ForTest(t)
		t.Cleanup(func() {
			if _, err := pool.Exec(context.Background(), `CREATE FUNCTION left_over() RETURNS int LANGUAGE sql AS 'SELECT 1'`); err != nil {
				t.Error(err)
			}
		})
		if first != "" && pool.Config().ConnString() != first {
			t.Error("the first test's database is not used again")
		}
		for _, sql := range []string{
			`SELECT count(*) FROM chats`, `SELECT count(*) FROM deliveries`, `SELECT count(*) FROM audit`, `SELECT count(*) FROM themes`,
			`SELECT count(*) FROM chambers WHERE address = 'elsewhere'`, `SELECT nextval('deliveries_id_seq')`,
		} {
			if got, want := count(t, pool, sql), count(t, new, sql); got != want {
				t.Errorf("%s gives %d, in a new database %d", sql, got, want)
			}
		}
	})
	t.Run("after one that changed the schema", func(t *testing.T) {
		if w.ForTest(t).Config().ConnString() == first {
			t.Error("a database is used again whose schema was changed")
		}
	})
}

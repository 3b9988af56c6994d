package feedback

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// The next one is the first row of an index, however many there are: never a sort, and never a look at the whole table.
func TestTheNextOneIsFoundByAnIndex(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	exec(t, pool, `INSERT INTO recommendations (reference, chat_id, theme, kind, words, region, language, chamber, state, tell_chamber, told_state, created_at)
		SELECT 'R' || n, n, (SELECT (array_agg(id))[1 + n % 13] FROM themes), 'text', 'un lieu', c, 'fr', c, s, false, s, now() - make_interval(secs => 20000 - n)
		FROM generate_series(1, 20000) n, LATERAL (SELECT to_char(1 + n % 12, 'FM00') AS c, (ARRAY['received','read','forwarded','answered','closed'])[1 + (n / 7) % 5] AS s) v`)
	exec(t, pool, `UPDATE recommendations SET escalated_at = now() WHERE id % 500 = 0`)
	mine := member(t, pool, "agent", "03")
	exec(t, pool, `UPDATE recommendations SET assigned = $1 WHERE id % 12 = 2 AND id % 5 = 1`, mine)
	exec(t, pool, `ANALYZE recommendations`)
	plan := func(sql string, args ...any) string {
		t.Helper()
		rows, err := pool.Query(t.Context(), `EXPLAIN `+sql, args...)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(lines, "\n")
	}
	agent := Scope{Chamber: "03"}
	for _, c := range []struct {
		s     Scope
		f     Filter
		index string
	}{
		{agent, Filter{}, "recommendations_open"},
		{agent, Filter{Theme: "card"}, "recommendations_open_theme"},
		{agent, Filter{State: "closed"}, "recommendations_state"},
		{agent, Filter{Stop: "fes"}, "recommendations_stop"},
		{agent, Filter{Holder: mine}, "recommendations_held"},
		{Scope{Organisers: true}, Filter{}, "recommendations_organisers"},
		{Scope{All: true}, Filter{}, "recommendations_created"},
	} {
		sql, args := next(c.s, c.f, "R10000")
		got := plan(sql, args...)
		if !strings.Contains(got, "using "+c.index+" on") || strings.Contains(got, "Seq Scan") || strings.Contains(got, "Sort") {
			t.Errorf("%+v, %+v:\n%s", c.s, c.f, got)
		}
	}
	for name, sql := range map[string]string{
		"recommendations_tell": `SELECT id FROM recommendations x WHERE tell_chamber AND ` + answeredFor + ` ORDER BY id LIMIT 1000`,
		"recommendations_told": `SELECT id FROM recommendations WHERE told_state <> state ORDER BY id LIMIT 1000`,
		"recommendations_up":   `SELECT id FROM recommendations WHERE tell_organisers`,
	} {
		if got := plan(sql); !strings.Contains(got, name) {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

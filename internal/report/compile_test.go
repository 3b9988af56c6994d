package report

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/postgres"
)

var now = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

const aDay = 24 * time.Hour

// days is a scope that ends with today.
func days(n int, region string) Scope {
	midnight := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	return Scope{Region: region, From: midnight.AddDate(0, 0, -n), To: midnight}
}

func run(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(context.Background(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// compile makes a report for who may read all.
func compile(t testing.TB, pool *pgxpool.Pool, c Compiler, r Reader, s Scope) Report {
	t.Helper()
	made, ok, err := c.Compile(t.Context(), pool, r, s, now, nil)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	return made
}

func compiler() Compiler {
	return Compiler{Branch: func(trade string) string {
		return map[string]string{"T01": "bois", "T02": "bois", "T03": "cuir", "bois": "bois"}[trade]
	}}
}

// house has two stops behind it and one ahead, in two regions, and what was said about them.
func house(t testing.TB) *pgxpool.Pool {
	t.Helper()
	pool := postgres.ForTest(t)
	stop := func(id, place, region string, at time.Time) caravan.Stop {
		return caravan.Stop{ID: id, Place: place, Region: region, VenueFR: "Salle", VenueAR: "قاعة", Lat: 34, Lon: -5, State: caravan.Published, Starts: at, Ends: at.Add(3 * time.Hour)}
	}
	if _, err := caravan.Save(t.Context(), pool, []caravan.Stop{stop("fes", "fes", "03", now.Add(-10*aDay)), stop("agadir", "agadir", "09", now.Add(-8*aDay)),
		stop("sefrou", "sefrou", "03", now.Add(5*time.Hour))}, now.Add(-20*aDay)); err != nil {
		t.Fatal(err)
	}
	come := func(stop string, from, n int, trade, place, card, state string) {
		run(t, pool, `INSERT INTO registrations (reference, stop_id, chat_id, self, name, name_key, trade, place, card, rna, state)
			SELECT $1 || '-' || c, $1, c, true, 'Nom ' || c, 'nom ' || c, $4, $5, $6, 'no', $7 FROM generate_series($2::int, $2::int + $3::int - 1) c`, stop, from, n, trade, place, card, state)
	}
	come("fes", 100, 20, "T01", "fes", "yes", "attended")
	come("fes", 200, 6, "T03", "sefrou", "no", "attended")
	come("fes", 300, 3, "other:dinandier d'art", "taza", "", "attended")
	come("fes", 400, 7, "T01", "fes", "yes", "confirmed")
	come("agadir", 100, 10, "T02", "agadir", "yes", "attended") // who were in Fès before
	come("agadir", 500, 8, "T02", "agadir", "unsure", "attended")
	come("sefrou", 600, 9, "T03", "sefrou", "", "confirmed")
	run(t, pool, `INSERT INTO notices (key, chat_id) SELECT 'rate:fes:2026-11-14:' || c, c FROM generate_series(100, 128) c`)
	run(t, pool, `INSERT INTO ratings (stop_id, chat_id, score) SELECT 'fes', c, 5 - c % 2 FROM generate_series(100, 119) c`)
	say := func(from, n int, theme, region, stop string, at time.Time, state string) {
		run(t, pool, `WITH r AS (INSERT INTO recommendations (reference, chat_id, theme, kind, words, region, language, chamber, stop_id, state, created_at, since)
			SELECT $1::int + c, $1::int + c, $3::text, 'text', 'La matière première est chère ' || c, $4::text, 'fr', $4::text, nullif($5::text, ''), $7::text, $6::timestamptz, $6::timestamptz FROM generate_series(1, $2::int) c RETURNING id, state)
			INSERT INTO moves (recommendation, at, what) SELECT id, $6::timestamptz + interval '3 hours', 'answered' FROM r WHERE state = 'answered'`, from, n, theme, region, stop, at, state)
	}
	say(1000, 12, "materials", "03", "fes", now.Add(-9*aDay), "answered")
	say(2000, 8, "training", "03", "", now.Add(-6*aDay), "received")
	say(3000, 2, "card", "03", "", now.Add(-6*aDay), "received")
	say(4000, 6, "materials", "09", "", now.Add(-6*aDay), "received")
	say(5000, 7, "materials", "03", "", now.Add(-40*aDay), "answered")
	run(t, pool, `UPDATE chambers SET days = 2 WHERE region = '03'`)
	run(t, pool, `INSERT INTO asked (day, language, words, decision) SELECT '2026-11-20'::date, 'fr', 'faut-il un tampon ?', 'unknown' FROM generate_series(1, 6)
		UNION ALL SELECT '2026-11-20'::date, 'fr', 'je m''appelle Driss', 'unknown'`)
	return pool
}

func TestAReportTellsWhoCameAndWhatTheySaid(t *testing.T) {
	t.Parallel()
	pool := house(t)
	r := compile(t, pool, compiler(), Reader{All: true}, days(30, ""))
	few, n := Number{Under: 5}, func(n int) Number { return Number{N: n} }
	c := r.Came
	c.Card, c.RNA = nil, nil
	want := Came{Registered: n(63), Attended: n(47), Missed: n(7), WalkIns: n(0), First: n(37),
		Branches: []Count{{"bois", n(38)}, {"cuir", n(15)}, {"", few}},
		Trades:   []Count{{"T01", n(20)}, {"T02", n(18)}, {"T03", n(15)}, {"", few}},
		Places:   []Count{{"fes", n(20)}, {"agadir", n(18)}, {"sefrou", n(15)}, {"", few}}}
	// 3 others would be what the named ones leave: the smallest of those goes with them
	want.Branches = []Count{{"bois", n(38)}, {"", n(18)}}
	want.Trades = []Count{{"T01", n(20)}, {"T02", n(18)}, {"", n(18)}}
	want.Places = []Count{{"fes", n(20)}, {"agadir", n(18)}, {"", n(18)}}
	if d := cmp.Diff(want, c); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]Number{"yes": n(30), "no": n(6), "unsure": n(8)}, r.Came.Card); d != "" {
		t.Error(d)
	}
	s := r.Satisfaction
	if s.Asked != n(29) || s.Answered != n(20) || s.Scores != [5]Number{{}, {}, {}, n(10), n(10)} || s.Mean != 4.5 || s.Spread != 0.5 {
		t.Errorf("%+v", s)
	}
	var themes []string
	for _, th := range r.Themes {
		themes = append(themes, fmt.Sprintf("%s %d<%d before %d %.2f", th.ID, th.N, th.Under, th.Before.N, th.Share))
	}
	if got := strings.Join(themes, ", "); got != "materials 18<0 before 7 0.64,  10<0 before 0 0.36" || r.Voices != n(28) {
		t.Errorf("%s of %v", got, r.Voices)
	}
	if w := r.Response; w.Received != n(28) || w.Answered != n(12) || w.Open != n(16) || w.Late != n(10) || w.Median != 3*time.Hour || w.Slowest != 3*time.Hour {
		t.Errorf("%+v", w)
	}
	if d := cmp.Diff([]Question{{"fr", "faut-il un tampon ?", n(6)}}, r.Unanswered); d != "" {
		t.Error(d)
	}
	for _, s := range r.Stops {
		if s.ID == "agadir" && (s.Attended != n(18) || s.Registered != n(18) || s.Mean != 0) || s.ID == "sefrou" && (s.Registered != n(9) || s.Attended != n(0)) {
			t.Errorf("%+v", s)
		}
	}
	if len(r.Stops) != 3 || r.Before != r.Scope.From.AddDate(0, 0, -30) || r.Least != 5 || !r.Made.Equal(now) {
		t.Errorf("%+v", r)
	}
}

func TestOfOneStopItTellsThatStopAlone(t *testing.T) {
	t.Parallel()
	pool := house(t)
	r := compile(t, pool, compiler(), Reader{All: true}, Scope{Stop: "fes"})
	if len(r.Stops) != 1 || r.Came.Attended.N != 29 || r.Voices.N != 12 || r.Satisfaction.Answered.N != 20 || !r.Before.IsZero() || r.Unanswered != nil {
		t.Errorf("%+v", r)
	}
	if from := r.Scope.From; from.Format(time.DateOnly) != "2026-11-14" || r.Scope.To.Sub(from) != aDay {
		t.Errorf("%+v", r.Scope)
	}
	if _, ok, err := compiler().Compile(t.Context(), pool, Reader{All: true}, Scope{Stop: "nowhere"}, now, nil); ok || err != nil {
		t.Errorf("a report of no stop: %v, %v", ok, err)
	}
}

func TestWhoReadsOfARegionReadsOfThatOneOnly(t *testing.T) {
	t.Parallel()
	pool := house(t)
	regions := map[string]string{"fes": "03", "sefrou": "03", "agadir": "09"}
	for n := 1; n <= 12; n++ {
		region := fmt.Sprintf("%02d", n)
		who := Reader{Region: region}
		for _, s := range []Scope{days(60, ""), days(60, region)} {
			r := compile(t, pool, compiler(), who, s)
			voices := map[string]int{"03": 29, "09": 6}[region]
			if r.Scope.Region != region || r.Voices.N != voices || len(r.Unanswered) != 0 || r.Response.Received.N != voices {
				t.Errorf("%s reads %+v", region, r)
			}
			for _, st := range r.Stops {
				if regions[st.ID] != region {
					t.Errorf("%s reads of stop %s", region, st.ID)
				}
			}
		}
		for stop, of := range regions {
			if _, ok, err := compiler().Compile(t.Context(), pool, who, Scope{Stop: stop}, now, nil); ok != (of == region) || err != nil {
				t.Errorf("%s reads the report of stop %s: %v, %v", region, stop, ok, err)
			}
		}
		other := fmt.Sprintf("%02d", n%12+1)
		if _, ok, err := compiler().Compile(t.Context(), pool, who, days(60, other), now, nil); ok || err != nil {
			t.Errorf("%s reads the report of %s, %v", region, other, err)
		}
		for _, f := range Streams(Lists{}) {
			var b strings.Builder
			if _, err := f.Write(t.Context(), pool, who, days(60, ""), &b); err != nil {
				t.Fatal(err)
			}
			for stop, of := range regions {
				if of != region && strings.Contains(b.String(), stop) {
					t.Errorf("%s reads of %s in %s: %s", region, stop, f.Name, b.String())
				}
			}
			if rows := strings.Count(b.String(), "\n") - 1; f.Name == "recommendations" && rows != map[string]int{"03": 29, "09": 6}[region] || f.Name == "questions" && rows > 0 {
				t.Errorf("%s reads %d rows of %s", region, rows, f.Name)
			}
			if _, err := f.Write(t.Context(), pool, who, days(60, other), &b); err == nil {
				t.Errorf("%s reads the %s of %s", region, f.Name, other)
			}
		}
	}
	if _, ok, err := compiler().Compile(t.Context(), pool, Reader{}, days(60, ""), now, nil); ok || err != nil {
		t.Errorf("nobody reads a report: %v", err)
	}
	if _, err := Streams(Lists{})[0].Write(t.Context(), pool, Reader{}, days(60, ""), new(strings.Builder)); err == nil {
		t.Error("nobody reads an export")
	}
}

func TestTheSameRowsGiveTheSameReport(t *testing.T) {
	t.Parallel()
	pool := house(t)
	first, second := compile(t, pool, compiler(), Reader{All: true}, days(30, "")), compile(t, pool, compiler(), Reader{All: true}, days(30, ""))
	if d := cmp.Diff(first, second); d != "" {
		t.Error(d)
	}
	// and so does one that was kept
	raw, err := json.Marshal(first)
	if err != nil {
		t.Fatal(err)
	}
	var kept Report
	if err := json.Unmarshal(raw, &kept); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(first, kept); d != "" {
		t.Error(d)
	}
}

// gatherAll gathers all recommendations of a scope into one group, as the room that owns them would.
func gatherAll(ctx context.Context, q postgres.Querier, s Scope, _, _ int) ([]Gathered, error) {
	rows, err := q.Query(ctx, `SELECT language, words, coalesce((SELECT name FROM people p WHERE p.chat_id = r.chat_id), '') FROM recommendations r WHERE theme = 'materials' ORDER BY id`)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Said])
	return []Gathered{{Theme: "materials", Authors: len(list), Said: list}, {Theme: "card", Authors: 4, Said: list}}, err
}

func TestErasedWordsLeaveReportsMadeAfterwards(t *testing.T) {
	t.Parallel()
	pool := house(t)
	run(t, pool, `UPDATE recommendations SET words = 'Le cuir de Fatima' WHERE chat_id = 1001`)
	run(t, pool, `INSERT INTO people (chat_id, name) VALUES (1001, 'Fatima Alaoui')`)
	c := compiler()
	c.Strongest = gatherAll
	before := compile(t, pool, c, Reader{All: true}, days(30, ""))
	if len(before.Groups) != 1 || !slices.Contains(before.Groups[0].Quotes, Quote{"fr", "Le cuir de …"}) {
		t.Fatalf("%+v: a group of too few is told, or a name", before.Groups)
	}
	for _, chat := range []int64{1001, 100} { // an author, and somebody who came and rated
		if err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error { _, err := people.Erase(t.Context(), tx, chat, now); return err }); err != nil {
			t.Fatal(err)
		}
	}
	after := compile(t, pool, c, Reader{All: true}, days(30, ""))
	if raw, err := json.Marshal(after); err != nil || strings.Contains(string(raw), "cuir de") {
		t.Errorf("erased words are in it: %s, %v", raw, err)
	}
	if after.Voices.N != before.Voices.N-1 || after.Came.Attended.N != before.Came.Attended.N-2 || after.Satisfaction.Answered.N != before.Satisfaction.Answered.N-1 {
		t.Errorf("%+v\nwas\n%+v", after, before)
	}
}

func TestAYearsReportStillCountsWhoseRegistrationsAreGone(t *testing.T) {
	t.Parallel()
	pool := house(t)
	later := now.Add(120 * aDay)
	c := compiler()
	year := Scope{From: now.Add(-100 * aDay), To: later}
	made, _, err := c.Compile(t.Context(), pool, Reader{All: true}, year, now.Add(60*aDay), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := people.Purge(t.Context(), pool, people.Usual(), later); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM registrations`).Scan(&left); err != nil || left != 0 {
		t.Fatal(left, err)
	}
	again, _, err := c.Compile(t.Context(), pool, Reader{All: true}, year, later, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(made.Came, again.Came); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(made.Satisfaction, again.Satisfaction); d != "" {
		t.Error(d)
	}
}

func TestAQuoteTellsNotWhose(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ words, name, want string }{
		{"Je suis Fatima, potière à Fès", "Fatima Alaoui", "Je suis … potière à Fès"},
		{"أنا فاطمة وفاطمة كتقول", "فاطمة", "أنا … كتقول"},
		{"appelez 06 12 34 56 78 ou ali@example.ma", "", "appelez ☎ ou 🔗"},
		{"ma carte AB123456 est perdue", "", ""},
		{"Fatima", "Fatima", ""},
		{"الثمن غالي", "ا", "الثمن غالي"},
	} {
		if got := nameless(c.words, c.name); got != c.want {
			t.Errorf("%q of %q became %q, want %q", c.words, c.name, got, c.want)
		}
	}
}

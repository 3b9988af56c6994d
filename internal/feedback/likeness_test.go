package feedback

import (
	"context"
	"crypto/rand"
	"maps"
	rand2 "math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/postgres"
)

// words is a likeness to which each word is a concept, whatever the theme.
func words(edition string) Likeness {
	return Likeness{Edition: edition, Terms: func(_, said string) map[string]float32 {
		t := map[string]float32{}
		for _, w := range strings.Fields(said) {
			t[w] = 1
		}
		return t
	}}
}

var plainly = words("1")

func group(t testing.TB, pool *pgxpool.Pool, l Likeness) {
	t.Helper()
	for n := GroupAtOnce; n == GroupAtOnce; {
		var err error
		if n, err = l.Group(t.Context(), pool); err != nil {
			t.Fatal(err)
		}
	}
}

// voice keeps what a chat of a region says under the theme materials.
func voice(t testing.TB, pool *pgxpool.Pool, chat int64, region, said string) string {
	t.Helper()
	ref, slow, err := Recommend(t.Context(), pool, Recommendation{Chat: chat, Theme: "materials", Kind: Text, Words: said, Region: region, Language: "fr"}, now, rand.Reader)
	if err != nil || slow {
		t.Fatal(slow, err)
	}
	return ref
}

// grouping tells which of the references share a group: a letter each, "aab", "-" for those without.
func grouping(t testing.TB, pool *pgxpool.Pool, refs ...string) string {
	t.Helper()
	letters, out := map[int64]byte{}, ""
	for _, ref := range refs {
		var g *int64
		if err := pool.QueryRow(context.Background(), `SELECT group_id FROM recommendations WHERE reference = $1`, ref).Scan(&g); err != nil {
			t.Fatal(err)
		}
		if g == nil {
			out += "-"
			continue
		}
		if _, ok := letters[*g]; !ok {
			letters[*g] = 'a' + byte(len(letters))
		}
		out += string(letters[*g])
	}
	return out
}

func TestWhatSaysTheSameUnderOneThemeIsGrouped(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	wool, dear, bad := voice(t, pool, 1, "03", "wool dear very"), voice(t, pool, 2, "09", "wool dear"), voice(t, pool, 3, "03", "wool bad")
	other := send(t, pool, Recommendation{Chat: 4, Theme: "finance", Kind: Text, Words: "wool dear", Language: "fr"}, now, rand.Reader)
	silent := send(t, pool, Recommendation{Chat: 5, Theme: "materials", Kind: Voice, File: "f", Language: "fr"}, now, rand.Reader)
	group(t, pool, plainly)
	later := voice(t, pool, 6, "05", "very dear wool")
	group(t, pool, plainly)
	if got := grouping(t, pool, wool, dear, bad, other, silent, later); got != "aabc-a" {
		t.Errorf("%s", got)
	}
	if n, err := plainly.Group(t.Context(), pool); n != 0 || err != nil {
		t.Errorf("%d are taken in twice, %v", n, err)
	}
}

// As many at a time, from whichever instance, and whether or not some were grouped before: the groups are the same.
func TestTheSameRecommendationsGiveTheSameGroups(t *testing.T) {
	t.Parallel()
	said := []string{"wool dear very", "wool dear", "clay bad", "wool dear bad", "clay", "wool", "bad clay very", "dear wool bad", "glue", "glue dear"}
	var want string
	for portion := 1; portion <= len(said); portion += 3 {
		pool := postgres.ForTest(t)
		var refs []string
		for i, s := range said {
			refs = append(refs, voice(t, pool, int64(i), "03", s))
			if (i+1)%portion == 0 {
				group(t, pool, plainly)
			}
		}
		group(t, pool, plainly)
		got := grouping(t, pool, refs...)
		if want == "" {
			want = got
		}
		if got != want || !strings.Contains(got, "b") {
			t.Errorf("%d at a time: %s, one at a time: %s", portion, got, want)
		}
	}
}

// What is near is found in SQL by few terms, and compared in Go by all: the nearest must be the same, and of two the older.
func TestTheNearestGroupIsFound(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	random := rand2.New(rand2.NewPCG(1, 2))
	lk := Likeness{Edition: "1", Terms: func(_, said string) map[string]float32 {
		t := map[string]float32{}
		for _, w := range strings.Fields(said) {
			if w < "e" {
				w = "#" + w
			}
			t[w] = float32(w[len(w)-1]-'a'+1) / 10 // #a weighs .1, h .8
		}
		return t
	}}
	say := func() string {
		letters := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
		random.Shuffle(len(letters), func(i, j int) { letters[i], letters[j] = letters[j], letters[i] })
		return strings.Join(letters[:1+random.IntN(7)], " ")
	}
	for chat := range int64(60) {
		voice(t, pool, chat, "03", say())
	}
	group(t, pool, lk)
	rows, err := pool.Query(t.Context(), `SELECT g.id, r.words FROM groups g JOIN recommendations r ON r.id = g.typical ORDER BY g.id`)
	if err != nil {
		t.Fatal(err)
	}
	type one struct {
		ID    int64
		Words string
	}
	groups, err := pgx.CollectRows(rows, pgx.RowToStructByPos[one])
	if err != nil || len(groups) < 10 {
		t.Fatal(groups, err)
	}
	var list []fresh
	want := map[int64]candidate{}
	for id := range int64(200) {
		said, total := lk.terms("", say())
		list = append(list, fresh{id: id, theme: "materials", terms: said, total: total})
		for _, g := range groups {
			theirs, sum := lk.terms("", g.Words)
			if v := likeness(said, theirs, total+sum); v > want[id].likeness {
				want[id] = candidate{g.ID, v}
			}
		}
	}
	got, err := candidates(t.Context(), pool, list)
	if err != nil || !maps.Equal(got, want) || len(want) < 50 {
		t.Errorf("%v, %v\nwant %v", got, err, want)
	}
}

func TestErasingUndoesAGroup(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	first, second, third := voice(t, pool, 1, "03", "wool dear Zzname"), voice(t, pool, 2, "03", "wool dear Zzname very"), voice(t, pool, 3, "03", "wool dear Zzname")
	group(t, pool, plainly)
	if got := grouping(t, pool, first, second, third); got != "aaa" {
		t.Fatal(got)
	}
	// the typical one goes, and what it says with it, at once
	if err := Forget(t.Context(), pool, 1); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM group_terms`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d words of who is erased are left, %v", n, err)
	}
	// another one stands for the group from then on
	group(t, pool, plainly)
	fourth := voice(t, pool, 4, "03", "dear Zzname very wool")
	group(t, pool, plainly)
	if got := grouping(t, pool, second, third, fourth); got != "aaa" {
		t.Error(got)
	}
	for chat := range int64(5) {
		if err := Forget(t.Context(), pool, chat); err != nil {
			t.Fatal(err)
		}
	}
	group(t, pool, plainly)
	for _, table := range []string{"groups", "group_terms"} {
		if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d rows of %s are left of nobody, %v", n, table, err)
		}
	}
}

func TestAnotherEditionIsWorkedOutAnewAndMovesNobody(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	first, second := voice(t, pool, 1, "03", "wool dear"), voice(t, pool, 2, "03", "dear wool")
	group(t, pool, plainly)
	upper := Likeness{Edition: "2", Terms: func(theme, said string) map[string]float32 { return plainly.Terms(theme, strings.ToUpper(said)) }}
	group(t, pool, upper)
	third := voice(t, pool, 3, "03", "WOOL DEAR")
	group(t, pool, upper)
	if got := grouping(t, pool, first, second, third); got != "aaa" {
		t.Error(got)
	}
}

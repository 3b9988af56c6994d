package feedback

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	rand2 "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

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
	pool := postgres.ForTest(t)
	random := rand2.New(rand2.NewPCG(1, 2))
	lk := Likeness{Edition: "1", Terms: func(_, said string) map[string]float32 {
		t := map[string]float32{}
		for _, w := range strings.Fields(said) {
			t[w] = float32(w[0]-'a'+1) / 10 // a weighs .1, h .8
		}
		return t
	}}
	say := func() string {
		letters := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
		random.Shuffle(len(letters), func(i, j int) { letters[i], letters[j] = letters[j], letters[i] })
		return strings.Join(letters[:1+random.IntN(5)], " ")
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
			if v := likeness(said, theirs, total+sum); v >= alikeFrom && v > want[id].likeness {
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

func TestAnAgentWalksThroughWhatIsAlikeInTheirOwnRegionOnly(t *testing.T) {
	pool := postgres.ForTest(t)
	own := []string{voice(t, pool, 1, "03", "wool dear"), voice(t, pool, 2, "03", "wool dear"), voice(t, pool, 3, "03", "dear wool")}
	far := voice(t, pool, 4, "09", "wool dear")
	group(t, pool, plainly)
	if got := grouping(t, pool, append(own, far)...); got != "aaaa" {
		t.Fatal(got)
	}
	walk := func(s Scope, from string) (refs []string) {
		t.Helper()
		for ref := ""; ; refs = append(refs, ref) {
			var err error
			if ref, err = NextAlike(t.Context(), pool, s, from, ref); err != nil {
				t.Fatal(err)
			}
			if ref == "" {
				break
			}
		}
		if n, _, err := Others(t.Context(), pool, s, from); err != nil || n != len(refs) {
			t.Errorf("%d are counted of %d, %v", n, len(refs), err)
		}
		return refs
	}
	agent := Scope{Chamber: "03"}
	if got := walk(agent, own[1]); !slices.Equal(got, []string{own[0], own[2]}) {
		t.Errorf("%v of %v", got, own)
	}
	if got := walk(Scope{All: true}, own[0]); !slices.Equal(got, []string{own[1], own[2], far}) {
		t.Errorf("an admin: %v of %v, %s", got, own, far)
	}
	for name, s := range map[string]Scope{"the far agent": {Chamber: "09"}, "organisers": {Organisers: true}, "nobody": {}, "a third": {Chamber: "01"}} {
		if got := walk(s, own[0]); got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	// forged references
	step := Step{agent, 1, now}
	for what, do := range map[string]func(context.Context, postgres.Querier, string, string) (bool, error){"confirm": step.Confirm, "split": step.Split} {
		for _, pair := range [][2]string{{own[0], far}, {far, own[0]}, {far, far}, {own[0], own[0]}, {own[0], "none"}} {
			if ok, err := do(t.Context(), pool, pair[0], pair[1]); ok || err != nil {
				t.Errorf("%s %v: %v, %v", what, pair, ok, err)
			}
		}
	}
	if got := grouping(t, pool, append(own, far)...); got != "aaaa" {
		t.Errorf("somebody was moved: %s", got)
	}
}

func TestWhatIsSplitStaysOutAndWhatIsConfirmedAttracts(t *testing.T) {
	pool := postgres.ForTest(t)
	first, second, third := voice(t, pool, 1, "03", "wool dear"), voice(t, pool, 2, "03", "wool dear"), voice(t, pool, 3, "03", "wool dear")
	group(t, pool, plainly)
	step := Step{Scope{Chamber: "03"}, 1, now}
	if ok, err := step.Confirm(t.Context(), pool, second, third); !ok || err != nil {
		t.Fatal(ok, err)
	}
	// the first, which nobody confirmed, is the odd one out, though it was typical and the other was shown
	if ok, err := step.Split(t.Context(), pool, first, third); !ok || err != nil {
		t.Fatal(ok, err)
	}
	for range 3 {
		group(t, pool, plainly)
	}
	fourth := voice(t, pool, 4, "03", "wool dear")
	group(t, pool, plainly)
	if got := grouping(t, pool, second, third, fourth, first); got != "aaab" {
		t.Error(got)
	}
	// and what says the same as a confirmed one joins, though the typical one says less of it
	wordy := voice(t, pool, 5, "03", "wool dear since long")
	group(t, pool, plainly)
	if got := grouping(t, pool, second, wordy); got != "ab" {
		t.Fatal(got)
	}
	exec(t, pool, `UPDATE recommendations r SET group_id = o.group_id FROM recommendations o WHERE r.reference = $1 AND o.reference = $2`, wordy, second)
	if ok, err := step.Confirm(t.Context(), pool, second, wordy); !ok || err != nil {
		t.Fatal(ok, err)
	}
	group(t, pool, plainly)
	sixth := voice(t, pool, 6, "03", "dear since long")
	group(t, pool, plainly)
	if got := grouping(t, pool, second, wordy, sixth); got != "aaa" {
		t.Error(got)
	}
	// in another edition too
	group(t, pool, Likeness{"2", plainly.Terms})
	var said int
	if err := pool.QueryRow(t.Context(), `SELECT count(DISTINCT recommendation) FROM group_terms WHERE group_id = (SELECT group_id FROM recommendations WHERE reference = $1)`, second).
		Scan(&said); err != nil || said != 3 {
		t.Errorf("%d say what the group says, of three confirmed, %v", said, err)
	}
	var same []bool
	if err := pool.QueryRow(t.Context(), `SELECT array_agg(same ORDER BY id) FROM recommendations`).Scan(&same); err != nil || !slices.Equal(same, []bool{false, true, true, false, true, false}) {
		t.Errorf("confirmed: %v, %v", same, err)
	}
}

func TestTheStrongestGroupsAreThoseOfMostAuthors(t *testing.T) {
	pool := postgres.ForTest(t)
	exec(t, pool, `INSERT INTO people (chat_id, name) VALUES (3, 'Fatima')`)
	for chat := int64(1); chat <= 3; chat++ {
		voice(t, pool, chat, "03", fmt.Sprint("wool dear ", strings.Repeat("wool ", int(chat))))
	}
	for range 3 { // one person, three times
		voice(t, pool, 9, "03", "clay bad")
	}
	voice(t, pool, 10, "09", "glue gone")
	far := voice(t, pool, 11, "03", "glue gone")
	send(t, pool, Recommendation{Chat: 12, Theme: "materials", Kind: Photo, File: "f", Words: "wool dear", Region: "03", Language: "ar"}, now, rand.Reader)
	group(t, pool, plainly)
	over := Span{From: now.Add(-time.Hour), To: now.Add(time.Hour)}
	list, err := Strongest(t.Context(), pool, over, 5, 3)
	if err != nil || len(list) != 2 || list[0].Size != 4 || list[0].Theme != "materials" || list[0].Confirmed || len(list[0].Members) != 3 || list[1].Size != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	if m := list[0].Members; m[0].Words != "wool dear wool " || m[2].Name != "Fatima" || m[2].Language != "fr" {
		t.Errorf("%+v", m)
	}
	over.Chamber = "09"
	if list, err = Strongest(t.Context(), pool, over, 5, 3); err != nil || len(list) != 0 {
		t.Errorf("of one alone: %+v, %v", list, err)
	}
	over.Chamber, over.To = "", now
	if list, err = Strongest(t.Context(), pool, over, 5, 3); err != nil || len(list) != 0 {
		t.Errorf("before they came: %+v, %v", list, err)
	}
	exec(t, pool, `UPDATE recommendations SET chat_id = NULL WHERE reference <> $1`, far)
	over.To = now.Add(time.Hour)
	if list, err = Strongest(t.Context(), pool, over, 5, 3); err != nil || len(list) != 1 || list[0].Size != 2 {
		t.Errorf("detached ones count as one: %+v, %v", list, err)
	}
}

package feedback

import (
	"crypto/rand"
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/postgres"
)

func give(t testing.TB, pool *pgxpool.Pool, p Step, a About, to int64, note string) bool {
	t.Helper()
	ok, err := p.Give(t.Context(), pool, a, to, note)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// handed gives what TellHandovers tells: "who given|taken by note".
func handed(t testing.TB, pool *pgxpool.Pool) (said []string) {
	t.Helper()
	list, err := TellHandovers(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range list {
		what := "taken"
		if h.Given {
			what = "given"
		}
		said = append(said, fmt.Sprintf("%d %s %s %s", h.Staff, what, h.By, h.Note))
	}
	return said
}

// Of each region, and of what has none: to whom each of the staff can give it is who sees it, an agent to agents alone; to nobody else, whatever
// is asked for.
func TestWhatLiesInTheInboxIsGivenToWhoSeesIt(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	agents := map[string]int64{}
	var everybody []int64
	for _, r := range regions() {
		agents[r] = member(t, pool, "agent", r)
		everybody = append(everybody, agents[r])
	}
	organiser, admin := member(t, pool, "organiser", ""), member(t, pool, "admin", "")
	away := member(t, pool, "agent", "03")
	exec(t, pool, `INSERT INTO chats (chat_id, language, unreachable_at) SELECT chat_id, 'fr', now() FROM staff WHERE id = $1`, away)
	everybody = append(everybody, organiser, admin, away)
	type place struct {
		chamber string
		up      bool // it was escalated
	}
	places := []place{{"", false}, {"03", true}}
	for _, r := range regions() {
		places = append(places, place{r, false})
	}
	for _, l := range places {
		exec(t, pool, `UPDATE recommendations SET chat_id = 100`) // somebody else's, so that nobody is too fast
		exec(t, pool, `UPDATE threads SET chat_id = 100`)
		ref, asked := send(t, pool, in(l.chamber), now, rand.Reader), ask(t, pool, "03", now)
		exec(t, pool, `UPDATE threads SET chamber = $2 WHERE reference = $1`, asked, l.chamber)
		if l.up {
			exec(t, pool, `UPDATE recommendations SET escalated_at = now() WHERE reference = $1`, ref)
			exec(t, pool, `UPDATE threads SET escalated_at = now() WHERE reference = $1`, asked)
		}
		takers := map[string][]int64{"agent": {agents[l.chamber]}, "admin": {agents[l.chamber], admin}} // an organiser doesn't see it
		switch {
		case l.chamber == "":
			takers = map[string][]int64{"organiser": {organiser, admin}, "admin": {organiser, admin}}
		case l.up:
			takers["organiser"] = []int64{agents[l.chamber], organiser, admin}
			takers["admin"] = takers["organiser"]
		}
		for who, step := range map[string]Step{"agent": {Scope{Chamber: l.chamber}, agents[l.chamber], now}, "organiser": {Scope{Organisers: true}, organiser, now},
			"admin": {Scope{All: true}, admin, now}, "agent elsewhere": {Scope{Chamber: "12"}, agents["12"], now}} {
			if who == "agent" && l.chamber == "" || who == "agent elsewhere" && l.chamber == "12" {
				continue
			}
			want := takers[who]
			for _, a := range []About{{Recommendation: ref}, {Thread: asked}} {
				list, err := Takers(t.Context(), pool, step.Scope, a)
				var offered []int64
				for _, k := range list {
					offered = append(offered, k.Staff)
				}
				slices.Sort(offered)
				if err != nil || !slices.Equal(offered, want) {
					t.Errorf("of %+v an %s can give %+v to %v, not to %v; %v", l, who, a, offered, want, err)
				}
				for _, to := range everybody {
					if ok := give(t, pool, step, a, to, ""); ok != slices.Contains(want, to) {
						t.Errorf("of %+v an %s gives %+v to %d: %v", l, who, a, to, ok)
					}
				}
				if ok := give(t, pool, step, a, 0, ""); ok != (want != nil) {
					t.Errorf("of %+v an %s frees %+v: %v", l, who, a, ok)
				}
			}
		}
	}
	if n := 0; pool.QueryRow(t.Context(), `SELECT count(*) FROM recommendations WHERE assigned IS NOT NULL`).Scan(&n) != nil || n != 0 {
		t.Errorf("%d are not free again", n)
	}
}

func TestWhoIsGivenSomethingIsToldAndWhoHadIt(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	a, b, c := member(t, pool, "agent", "03"), member(t, pool, "agent", "03"), member(t, pool, "agent", "03")
	by := func(staff int64) Step { return Step{Scope{Chamber: "03"}, staff, now} }
	ref, asked := send(t, pool, in("03"), now, rand.Reader), ask(t, pool, "03", now)
	name := map[int64]string{0: ""}
	for _, id := range []int64{a, b, c} {
		var n string
		if err := pool.QueryRow(t.Context(), `SELECT name FROM staff WHERE id = $1`, id).Scan(&n); err != nil {
			t.Fatal(err)
		}
		name[id] = n
	}
	given := func(to, by int64, note string) string { return fmt.Sprintf("%d given %s %s", to, name[by], note) }
	taken := func(from, by int64) string { return fmt.Sprintf("%d taken %s ", from, name[by]) }
	type deed struct {
		by, to int64
		note   string
	}
	for _, it := range []About{{Recommendation: ref}, {Thread: asked}} {
		for _, x := range []struct {
			what  string
			deeds []deed
			want  []string
		}{
			{"who takes it themselves is told nothing", []deed{{a, a, ""}}, nil},
			{"to a colleague with a word", []deed{{a, b, "pour toi"}}, []string{given(b, a, "pour toi")}},
			{"again to who has it", []deed{{a, b, "encore"}}, nil},
			{"a third takes it over", []deed{{c, c, ""}}, []string{taken(b, c)}},
			{"a third gives it on", []deed{{b, a, ""}}, []string{given(a, b, ""), taken(c, a)}},
			{"they give it back", []deed{{a, 0, ""}}, nil},
			{"somebody else frees it", []deed{{a, a, ""}, {b, 0, ""}}, []string{taken(a, 0)}},
			{"through several hands within a night", []deed{{c, a, ""}, {a, b, ""}, {b, c, ""}}, []string{given(c, b, "")}},
			{"there and back within a night", []deed{{a, b, ""}, {a, c, ""}}, nil},
		} {
			for _, d := range x.deeds {
				if !give(t, pool, by(d.by), it, d.to, d.note) {
					t.Fatalf("%s: not given to %d", x.what, d.to)
				}
			}
			got := handed(t, pool)
			slices.Sort(got)
			slices.Sort(x.want)
			if !slices.Equal(got, x.want) {
				t.Errorf("%+v, %s: %q, want %q", it, x.what, got, x.want)
			}
		}
	}
	if got := handed(t, pool); got != nil {
		t.Errorf("told again: %q", got)
	}
	// what is closed, or passed on to another chamber meanwhile, is nobody's to hear of
	give(t, pool, by(a), About{Recommendation: ref}, b, "")
	give(t, pool, by(a), About{Thread: asked}, b, "")
	if ok, err := by(a).Forward(t.Context(), pool, ref, "09", ""); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if ok, err := by(a).Finish(t.Context(), pool, asked, ""); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if got := handed(t, pool); got != nil {
		t.Errorf("%q", got)
	}
	if give(t, pool, by(a), About{Thread: asked}, b, "") {
		t.Error("what is closed is given")
	}
}

func TestARecommendationAndItsThreadAreGivenTogether(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	a, b := member(t, pool, "agent", "03"), member(t, pool, "agent", "03")
	organiser := member(t, pool, "organiser", "")
	step := Step{Scope{Chamber: "03"}, a, now}
	ref := send(t, pool, in("03"), now, rand.Reader)
	if said, err := step.Answer(t.Context(), pool, ref, Message{Kind: Text, Words: "Merci"}, 0, rand.Reader); said != Kept || err != nil {
		t.Fatal(said, err)
	}
	held := func(want int64, note string) {
		t.Helper()
		i, _, err := Open(t.Context(), pool, Scope{Chamber: "03"}, ref)
		if err != nil {
			t.Fatal(err)
		}
		th, _, err := OpenThread(t.Context(), pool, Scope{Chamber: "03"}, i.Thread)
		if err != nil || i.Holder != want || th.Holder != want || i.Given != note || th.Given != note {
			t.Errorf("%+v\n%+v\n%v, want %d with %q", i, th, err, want, note)
		}
	}
	held(a, "")
	i, _, _ := Open(t.Context(), pool, step.Scope, ref)
	give(t, pool, step, About{Recommendation: ref}, b, "un mot")
	held(b, "un mot")
	give(t, pool, step, About{Thread: i.Thread}, a, "")
	held(a, "")
	give(t, pool, step, About{Thread: i.Thread}, 0, "")
	held(0, "")
	// a thread that was escalated by itself is an organiser's by itself: they don't see the recommendation
	exec(t, pool, `UPDATE threads SET escalated_at = now()`)
	if !give(t, pool, Step{Scope{Organisers: true}, organiser, now}, About{Thread: i.Thread}, organiser, "") {
		t.Error("an organiser can't take what was escalated")
	}
	if th, ok, err := OpenThread(t.Context(), pool, Scope{Organisers: true}, i.Thread); !ok || err != nil || th.Holder != organiser {
		t.Errorf("%+v, %v, %v", th, ok, err)
	}
}

func TestWhatIsMineIsFoundAndCounted(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	a, b := member(t, pool, "agent", "03"), member(t, pool, "agent", "03")
	s := Scope{Chamber: "03"}
	var mine []string
	for i := range 9 {
		exec(t, pool, `UPDATE recommendations SET chat_id = chat_id + 1`)
		ref := send(t, pool, in("03"), now, rand.Reader)
		if to := []int64{0, a, b}[i%3]; to != 0 {
			give(t, pool, Step{s, b, now}, About{Recommendation: ref}, to, "")
			if to == a {
				mine = append(mine, ref)
			}
		}
	}
	asked := ask(t, pool, "03", now)
	ask(t, pool, "03", now)
	give(t, pool, Step{s, b, now}, About{Thread: asked}, a, "")
	if got := all(t, pool, s, Filter{Holder: a}); !slices.Equal(got, mine) {
		t.Errorf("%v, want %v", got, mine)
	}
	if list, total, err := Waiting(t.Context(), pool, s, a, 0, 10); err != nil || total != 1 || len(list) != 1 || list[0].Reference != asked {
		t.Errorf("%+v, %d, %v", list, total, err)
	}
	if _, total, err := Waiting(t.Context(), pool, s, 0, 0, 10); err != nil || total != 2 {
		t.Errorf("%d wait, %v", total, err)
	}
	// nobody finds by another's number what they don't see
	if got := all(t, pool, Scope{Chamber: "09"}, Filter{Holder: a}); got != nil {
		t.Errorf("%v", got)
	}
}

func TestWhoLosesTheirRoleOrChamberGivesBackWhatTheyHad(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	agent, organiser := member(t, pool, "agent", "03"), member(t, pool, "organiser", "")
	s := Scope{Chamber: "03"}
	ref, asked := send(t, pool, in("03"), now, rand.Reader), ask(t, pool, "03", now)
	up := send(t, pool, in(""), now, rand.Reader)
	give(t, pool, Step{s, agent, now}, About{Recommendation: ref}, agent, "")
	give(t, pool, Step{s, agent, now}, About{Thread: asked}, agent, "")
	give(t, pool, Step{Scope{Organisers: true}, organiser, now}, About{Recommendation: up}, organiser, "")
	holders := func() string {
		t.Helper()
		i, _, err := Open(t.Context(), pool, s, ref)
		if err != nil {
			t.Fatal(err)
		}
		th, _, err := OpenThread(t.Context(), pool, s, asked)
		if err != nil {
			t.Fatal(err)
		}
		o, _, err := Open(t.Context(), pool, Scope{Organisers: true}, up)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(i.Holder, th.Holder, o.Holder)
	}
	move := func(staff int64, role, region string) {
		t.Helper()
		exec(t, pool, `UPDATE staff SET role = $2, region = $3 WHERE id = $1`, staff, role, region)
		if err := GiveBack(t.Context(), pool, staff); err != nil {
			t.Fatal(err)
		}
	}
	move(agent, "agent", "03") // the same again
	move(organiser, "admin", "")
	if got, want := holders(), fmt.Sprint(agent, agent, organiser); got != want {
		t.Errorf("%s have it, not %s", got, want)
	}
	move(agent, "agent", "09")
	move(organiser, "agent", "09")
	if got := holders(); got != "0 0 0" {
		t.Errorf("%s have it", got)
	}
	move(agent, "agent", "03")
	if got := holders(); got != "0 0 0" {
		t.Errorf("%s have it again", got)
	}
	give(t, pool, Step{s, agent, now}, About{Recommendation: ref}, agent, "")
	exec(t, pool, `DELETE FROM staff`)
	if got := holders(); got != "0 0 0" {
		t.Errorf("%s have it, who are gone", got)
	}
}

func TestWhoHasSomethingIsRemindedOfItAlone(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	a, away := member(t, pool, "agent", "03"), member(t, pool, "agent", "03")
	member(t, pool, "organiser", "")
	exec(t, pool, `UPDATE chambers SET days = 7`)
	step := Step{Scope{Chamber: "03"}, a, now}
	for i := range 3 {
		exec(t, pool, `UPDATE recommendations SET chat_id = chat_id + 1`)
		ref := send(t, pool, in("03"), now, rand.Reader)
		if i > 0 {
			give(t, pool, step, About{Recommendation: ref}, []int64{0, a, away}[i], "")
		}
	}
	give(t, pool, step, About{Thread: ask(t, pool, "03", now)}, a, "")
	exec(t, pool, `INSERT INTO chats (chat_id, language, unreachable_at) SELECT chat_id, 'fr', now() FROM staff WHERE id = $1`, away)
	want := []Late{{Chamber: "03", Days: 7, Count: 2}, {Chamber: "03", Days: 7, Count: 2, Holder: a}}
	if got := overdue(t, pool, now.AddDate(0, 0, 8)); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := overdue(t, pool, now.AddDate(0, 0, 16)); !slices.Equal(got, []Late{{Chamber: "03", Days: 7, Count: 4, Up: true}}) {
		t.Errorf("and longer: %+v", got)
	}
}

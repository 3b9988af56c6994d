package feedback

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/postgres"
)

func regions() (codes []string) {
	for n := range 12 {
		codes = append(codes, fmt.Sprintf("%02d", n+1))
	}
	return codes
}

// all goes through an inbox by Next, as a thumb does.
func all(t testing.TB, pool *pgxpool.Pool, s Scope, f Filter) (refs []string) {
	t.Helper()
	for ref := ""; ; {
		var err error
		if ref, err = Next(t.Context(), pool, s, f, ref); err != nil {
			t.Fatal(err)
		}
		if ref == "" {
			break
		}
		refs = append(refs, ref)
	}
	if n, err := Count(t.Context(), pool, s, f); err != nil || n != len(refs) {
		t.Errorf("counted %d of %d, %v", n, len(refs), err)
	}
	return refs
}

func TestAnAgentSeesTheirOwnRegionOnly(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	said, asked, there := map[string]string{}, map[string]string{}, map[string]int64{}
	for _, r := range append(regions(), "") {
		there[r] = member(t, pool, map[bool]string{true: "agent", false: "organiser"}[r != ""], r)
		said[r] = send(t, pool, in(r), now, rand.Reader)
		exec(t, pool, `UPDATE recommendations SET chat_id = chat_id + 1`) // somebody else's, so that nobody is too fast
		if r != "" {
			asked[r] = ask(t, pool, r, now)
			exec(t, pool, `UPDATE threads SET chat_id = chat_id + 1`)
		}
	}
	scopes := map[string]Scope{"": {Organisers: true}, "nobody": {}}
	for _, r := range regions() {
		scopes[r] = Scope{Chamber: r}
	}
	for of, s := range scopes {
		step := Step{s, 1, now}
		if got := all(t, pool, s, Filter{}); of != "nobody" && !slices.Equal(got, []string{said[of]}) || of == "nobody" && got != nil {
			t.Errorf("%q goes through %v", of, got)
		}
		for _, f := range []Filter{{Theme: "card"}, {State: "received"}, {Theme: "card", State: "received"}} {
			if got := all(t, pool, s, f); of != "nobody" && !slices.Equal(got, []string{said[of]}) {
				t.Errorf("%q goes through %v of %+v", of, got, f)
			}
		}
		waiting, _, err := Waiting(t.Context(), pool, s, 0, 0, 100)
		if err != nil || len(waiting) > 1 || len(waiting) == 1 && waiting[0].Reference != asked[of] || asked[of] != "" && len(waiting) == 0 {
			t.Errorf("%q has waiting %+v, %v", of, waiting, err)
		}
		// forged references: of every other region, and of none
		for r, ref := range said {
			if r == of {
				continue
			}
			tries := map[string]func() (bool, error){
				"open": func() (bool, error) { _, ok, err := Open(t.Context(), pool, s, ref); return ok, err },
				"give": func() (bool, error) { return step.Give(t.Context(), pool, About{Recommendation: ref}, there[r], "") },
				"free": func() (bool, error) { return step.Give(t.Context(), pool, About{Recommendation: ref}, 0, "") },
				"list takers of": func() (bool, error) {
					list, err := Takers(t.Context(), pool, s, About{Recommendation: ref})
					return len(list) > 0, err
				},
				"forward": func() (bool, error) { return step.Forward(t.Context(), pool, ref, "01", "") },
				"close":   func() (bool, error) { return step.Close(t.Context(), pool, ref, "done") },
				"answer": func() (bool, error) {
					said, err := step.Answer(t.Context(), pool, ref, Message{Kind: Text, Words: "x"}, 0, rand.Reader)
					return said != Nowhere, err
				},
				"read": func() (bool, error) {
					err := step.Read(t.Context(), pool, ref)
					var state string
					if err == nil {
						err = pool.QueryRow(t.Context(), `SELECT state FROM recommendations WHERE reference = $1`, ref).Scan(&state)
					}
					return state != "received", err
				},
			}
			if thread := asked[r]; thread != "" {
				tries["open thread"] = func() (bool, error) { _, ok, err := OpenThread(t.Context(), pool, s, thread); return ok, err }
				tries["give thread"] = func() (bool, error) { return step.Give(t.Context(), pool, About{Thread: thread}, there[r], "") }
				tries["list takers of the thread"] = func() (bool, error) {
					list, err := Takers(t.Context(), pool, s, About{Thread: thread})
					return len(list) > 0, err
				}
				tries["pass"] = func() (bool, error) { return step.Pass(t.Context(), pool, thread, "") }
				tries["finish"] = func() (bool, error) { return step.Finish(t.Context(), pool, thread, "") }
				tries["reply"] = func() (bool, error) {
					said, err := step.Reply(t.Context(), pool, thread, Message{Kind: Text, Words: "x"}, 0)
					return said != Nowhere, err
				}
			}
			if r != "" && s.Chamber != "" {
				tries["contacts"] = func() (bool, error) { return SetChamber(t.Context(), pool, s, r, "phone", "+212500000000", now) }
			}
			for what, try := range tries {
				if done, err := try(); done || err != nil {
					t.Errorf("%q can %s what is of %q: %v", of, what, r, err)
				}
			}
		}
	}
	if got := all(t, pool, Scope{All: true}, Filter{}); len(got) != 13 {
		t.Errorf("an admin sees %d of 13", len(got))
	}
	if n := 0; pool.QueryRow(t.Context(), `SELECT count(*) FROM moves`).Scan(&n) != nil || n != 0 {
		t.Errorf("%d moves of what nobody may move", n)
	}
}

func TestNobodyOfTheStaffCanTellWhoSpokeWithoutAName(t *testing.T) {
	t.Parallel()
	const chat, mark = 771234567890, "Zzmarker"
	pool := postgres.ForTest(t)
	r := Recommendation{Chat: chat, Name: mark, Theme: "card", Kind: Text, Words: "Un lieu", Region: "03", Place: mark, Trade: mark, Branch: "bois", Language: "fr"}
	ref := send(t, pool, r, now, rand.Reader)
	thread, _, err := Ask(t.Context(), pool, Question{Chat: chat, Chamber: "03", Name: mark, Language: "fr", Message: Message{Kind: Text, Words: "Où ?"}}, now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	agent, colleague := member(t, pool, "agent", "03"), member(t, pool, "agent", "03")
	step := Step{Scope{Chamber: "03"}, agent, now}
	var seen []any
	see := func(v any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, v)
	}
	see(nil, step.Read(t.Context(), pool, ref))
	see(Takers(t.Context(), pool, step.Scope, About{Recommendation: ref}))
	see(step.Give(t.Context(), pool, About{Recommendation: ref}, colleague, "un mot"))
	see(step.Give(t.Context(), pool, About{Thread: thread}, colleague, ""))
	handed, err := TellHandovers(t.Context(), pool)
	see(handed, err)
	see(step.Answer(t.Context(), pool, ref, Message{Kind: Text, Words: "Merci"}, 0, rand.Reader))
	i, _, err := Open(t.Context(), pool, step.Scope, ref)
	see(i, err)
	th, _, err := OpenThread(t.Context(), pool, step.Scope, i.Thread)
	see(th, err)
	th, _, err = OpenThread(t.Context(), pool, step.Scope, thread)
	see(th, err)
	waiting, _, err := Waiting(t.Context(), pool, step.Scope, 0, 0, 10)
	see(waiting, err)
	see(TellStaff(t.Context(), pool))
	see(Overdue(t.Context(), pool, now))
	see(step.Forward(t.Context(), pool, ref, "04", "un mot"))
	for _, view := range []string{"inbox", "inbox_threads", "inbox_alike"} {
		rows, err := pool.Query(t.Context(), `SELECT to_jsonb(v) FROM `+view+` v`)
		if err != nil {
			t.Fatal(err)
		}
		see(pgx.CollectRows(rows, pgx.RowTo[map[string]any]))
	}
	if len(waiting) != 1 || len(handed) != 2 {
		t.Errorf("nothing was seen: %+v, %+v", waiting, handed)
	}
	told, err := json.Marshal(seen)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{mark, fmt.Sprint(chat)} {
		if strings.Contains(string(told), secret) {
			t.Errorf("staff can read %s in %s", secret, told)
		}
	}
	// and one who gave their name is shown with it
	r.Named = true
	if i, _, _ = Open(t.Context(), pool, Scope{Chamber: "03"}, send(t, pool, r, now, rand.Reader)); i.Name != mark || i.Place != mark || i.Trade != mark {
		t.Errorf("%+v", i)
	}
}

// What the staff do is in the files inbox*.go: they read from the views and never from what is behind them, and say nothing of chats.
func TestWhatStaffSeeIsReadFromTheViews(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("inbox*.go")
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range []string{`chat_id`, `(?i)(FROM|JOIN)\s+(recommendations|threads|ratings|chats|people|registrations)\b`, `RETURNING \*`} {
			if m := regexp.MustCompile(wrong).FindString(string(text)); m != "" {
				t.Errorf("%s says %q", f, m)
			}
		}
	}
	pool := postgres.ForTest(t)
	rows, err := pool.Query(t.Context(), `SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_name IN ('inbox', 'inbox_threads', 'inbox_alike', 'inbox_ratings') AND column_name LIKE '%chat%'`)
	if err != nil {
		t.Fatal(err)
	}
	if chats, err := pgx.CollectRows(rows, pgx.RowTo[string]); err != nil || len(chats) > 0 {
		t.Errorf("%v, %v", chats, err)
	}
}

func TestAStopSaysWhereARecommendationGoesWhenItsAuthorDoesNot(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	stop := caravan.Stop{ID: "agadir", Place: "agadir", Region: "09", VenueFR: "Complexe", VenueAR: "المجمع", State: caravan.Published, Starts: now, Ends: now.Add(time.Hour)}
	if _, err := caravan.Save(t.Context(), pool, []caravan.Stop{stop}, now); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ region, stop, want string }{{"", "agadir", "09"}, {"03", "agadir", "03"}, {"", "nowhere", ""}, {"Zz", "", ""}} {
		r := in(c.region)
		r.Chat, r.Stop = int64(len(c.region)*100+len(c.stop)), c.stop
		i, ok, err := Open(t.Context(), pool, Scope{All: true}, send(t, pool, r, now, rand.Reader))
		if err != nil || !ok || i.Chamber != c.want || i.Stop == "nowhere" {
			t.Errorf("%+v: %+v, %v", c, i, err)
		}
	}
	stops, err := StopsSaidAfter(t.Context(), pool, Scope{Chamber: "09"})
	if err != nil || !slices.Equal(stops, []string{"agadir"}) {
		t.Errorf("%v, %v", stops, err)
	}
	if got := all(t, pool, Scope{Chamber: "03"}, Filter{Stop: "agadir"}); len(got) != 1 {
		t.Errorf("%v", got)
	}
}

func TestWhoHasGoneToAnotherChamberLeavesTheirItemsThere(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	agent := member(t, pool, "agent", "03")
	ref := send(t, pool, in("03"), now, rand.Reader)
	if ok, err := (Step{Scope{Chamber: "03"}, agent, now}).Give(t.Context(), pool, About{Recommendation: ref}, agent, ""); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if i, _, _ := Open(t.Context(), pool, Scope{Chamber: "03"}, ref); i.Holder != agent || i.HeldBy == "" {
		t.Errorf("%+v", i)
	}
	exec(t, pool, `UPDATE staff SET region = '09' WHERE id = $1`, agent)
	if _, ok, err := Open(t.Context(), pool, Scope{Chamber: "09"}, ref); ok || err != nil {
		t.Error("it went along", err)
	}
	if i, ok, err := Open(t.Context(), pool, Scope{Chamber: "03"}, ref); !ok || err != nil || i.Holder != 0 || i.HeldBy != "" {
		t.Errorf("it is held by who is gone: %+v, %v", i, err)
	}
}

func TestWhatLiesElsewhereOrIsClosedIsNotForwarded(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	step := Step{Scope{All: true}, 1, now}
	ref := send(t, pool, in("03"), now, rand.Reader)
	for _, c := range []struct {
		to string
		ok bool
	}{{"03", false}, {"13", false}, {"nowhere", false}, {"09", true}, {"", true}, {"", false}} {
		if ok, err := step.Forward(t.Context(), pool, ref, c.to, "un mot"); err != nil || ok != c.ok {
			t.Errorf("to %q: %v, %v", c.to, ok, err)
		}
	}
	if i, _, _ := Open(t.Context(), pool, Scope{Organisers: true}, ref); i.Note != "un mot" || i.State != "forwarded" {
		t.Errorf("%+v", i)
	}
	if ok, _ := step.Close(t.Context(), pool, ref, "done"); !ok {
		t.Error("not closed")
	}
	for what, ok := range map[string]func() (bool, error){
		"forwarded": func() (bool, error) { return step.Forward(t.Context(), pool, ref, "03", "") },
		"closed":    func() (bool, error) { return step.Close(t.Context(), pool, ref, "done") },
		"given":     func() (bool, error) { return step.Give(t.Context(), pool, About{Recommendation: ref}, 1, "") },
	} {
		if done, err := ok(); done || err != nil {
			t.Errorf("what is closed is %s: %v", what, err)
		}
	}
	if got := all(t, pool, Scope{All: true}, Filter{}); got != nil {
		t.Errorf("%v is open", got)
	}
}

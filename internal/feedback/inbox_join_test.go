package feedback

import (
	"testing"

	"github.com/qafila/qafila/internal/postgres"
)

func TestWhatWordsDontTellIsPutTogetherByHandInOnesOwnRegionOnly(t *testing.T) {
	pool := postgres.ForTest(t)
	first, second := voice(t, pool, 1, "03", "wool dear"), voice(t, pool, 2, "03", "wool dear")
	odd := voice(t, pool, 3, "03", "sheep cost")
	lone := voice(t, pool, 4, "03", "dear roof")
	far := voice(t, pool, 5, "09", "loom gone")
	group(t, pool, plainly)
	all := []string{first, second, odd, lone, far}
	if got := grouping(t, pool, all...); got != "aabcd" {
		t.Fatal(got)
	}
	// the nearest first, then the biggest; nobody else's
	near := func(s Scope, of string) (refs string) {
		t.Helper()
		list, err := Neighbours(t.Context(), pool, s, of)
		if err != nil {
			t.Fatal(err)
		}
		name := map[string]string{first: "first", odd: "odd", lone: "lone", far: "far"}
		for _, n := range list {
			refs += name[n.Reference] + " "
		}
		return refs
	}
	agent := Scope{Chamber: "03"}
	if got := near(agent, lone); got != "first odd " {
		t.Errorf("near what shares a word: %q", got)
	}
	if got := near(Scope{All: true}, odd); got != "first lone far " {
		t.Errorf("near what shares nothing, an admin: %q", got)
	}
	for name, s := range map[string]Scope{"the far agent": {Chamber: "09"}, "organisers": {Organisers: true}, "nobody": {}} {
		if got := near(s, odd); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
	step := Step{agent, 1, now}
	for _, pair := range [][2]string{{odd, far}, {far, odd}, {far, far}, {odd, odd}, {first, second}, {odd, "none"}} {
		if ok, err := step.Join(t.Context(), pool, pair[0], pair[1]); ok || err != nil {
			t.Errorf("joined %v: %v, %v", pair, ok, err)
		}
	}
	if ok, err := step.Join(t.Context(), pool, odd, second); !ok || err != nil {
		t.Fatal(ok, err)
	}
	group(t, pool, plainly)
	// what says the same in the words of the joined one goes there too, from now on
	later := voice(t, pool, 6, "03", "sheep cost")
	group(t, pool, plainly)
	if got := grouping(t, pool, append(all, later)...); got != "aaabca" {
		t.Error(got)
	}
	var empty int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM groups g WHERE NOT EXISTS (SELECT FROM recommendations WHERE group_id = g.id)`).Scan(&empty); err != nil || empty != 0 {
		t.Errorf("%d groups of nobody, %v", empty, err)
	}
	// and somebody who parts them may change their mind
	if ok, err := step.Split(t.Context(), pool, second, odd); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if ok, err := step.Join(t.Context(), pool, odd, second); !ok || err != nil {
		t.Error("what was parted can't be joined:", ok, err)
	}
}

func TestAVoiceThatWasListenedToJoinsWhatIsWritten(t *testing.T) {
	pool := postgres.ForTest(t)
	written := voice(t, pool, 1, "03", "wool dear")
	spoken := voice(t, pool, 2, "03", "")
	group(t, pool, plainly)
	if ok, err := (Step{Scope{Chamber: "03"}, 1, now}).Join(t.Context(), pool, spoken, written); !ok || err != nil {
		t.Fatal(ok, err)
	}
	group(t, pool, plainly)
	if n, same, err := Others(t.Context(), pool, Scope{Chamber: "03"}, spoken); n != 1 || !same || err != nil {
		t.Error(n, same, err)
	}
}

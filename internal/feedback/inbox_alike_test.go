package feedback

import (
	"context"
	"slices"
	"testing"

	"github.com/qafila/qafila/internal/postgres"
)

func TestAnAgentWalksThroughWhatIsAlikeInTheirOwnRegionOnly(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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
	wordy := voice(t, pool, 5, "03", "wool dear since long very often")
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

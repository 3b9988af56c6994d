package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/simulator"
)

// Whom something is given to is noted by their number, and neither by name nor with the word that goes along; a forged button gives nothing to
// who is elsewhere, and a press that comes again gives it once.
func TestGivingIsNotedByNumbersAndReachesNobodyElsewhere(t *testing.T) {
	t.Parallel()
	clock := newClock()
	clock.set(clock.day(1, 10, 0))
	r := start(t, false, by(clock))
	staff := map[string]*talker{}
	for name, region := range map[string]string{"Zzyoussef": "03", "Zzamina": "03", "Zznadia": "09"} {
		staff[name] = meet(t, r.sim, locale.French, simulator.Profile{FirstName: name})
		r.do(t, `INSERT INTO staff (chat_id, role, region, name, joined_at) VALUES ($1, 'agent', $2, $3, now() + interval '1 year')`, staff[name].ID(), region, name)
	}
	number := func(name string) int { return r.count(t, `SELECT id FROM staff WHERE name = $1`, name) }
	r.do(t, `INSERT INTO recommendations (reference, chat_id, theme, kind, words, region, language, chamber) VALUES ('4F7-K2M', 1, 'card', 'text', 'Un lieu', '03', 'fr', '03')`)

	agent := staff["Zzyoussef"]
	agent.hears("inbox.note_one")
	staff["Zzamina"].hears("inbox.note_one")
	agent.press("inbox.note_open")
	agent.hears("inbox.card")
	agent.press("inbox.give")
	agent.hears("inbox_give.whom")
	agent.Send("Zznote pour toi")
	whom := agent.waits("whom again", func(said string) bool { return strings.Contains(said, "Zznote") })
	var data string
	for _, row := range whom.Inline {
		for _, b := range row {
			if strings.Contains(b.Text, "Zznadia") {
				t.Error("somebody elsewhere is offered")
			}
			if b.Text == "Zzamina" {
				data = b.Data
			}
		}
	}
	to := fmt.Sprint(number("Zzamina"))
	screen, ok := strings.CutSuffix(data, ":"+to)
	if !ok {
		t.Fatalf("the colleague's button is %q", data)
	}
	for _, forged := range []int{number("Zznadia"), 0, -1, 999} {
		if err := agent.PressOn(whom.ID, fmt.Sprint(screen, ":", forged)); err != nil {
			t.Fatal(err)
		}
	}
	r.quiet(t)
	if n := r.count(t, `SELECT count(*) FROM recommendations WHERE assigned IS NOT NULL`); n != 0 {
		t.Error("a forged button gave it to somebody")
	}
	for range 2 {
		if err := agent.PressOn(whom.ID, data); err != nil {
			t.Fatal(err)
		}
	}
	agent.hears("inbox_give.done")
	agent.hears("inbox.card")
	staff["Zzamina"].hears("inbox.note_given")
	r.quiet(t)
	if n := r.count(t, `SELECT count(*) FROM moves WHERE what = 'assigned'`); n != 1 {
		t.Errorf("it was given %d times", n)
	}
	if n := r.count(t, `SELECT count(*) FROM audit WHERE act = 'inbox.give' AND about = 'reference=4F7-K2M thread= to=' || $1::text AND staff = $2`, to, number("Zzyoussef")); n != 1 {
		t.Errorf("it is noted %d times", n)
	}
	if n := r.count(t, `SELECT count(*) FROM audit WHERE audit::text LIKE '%Zz%'`); n != 0 {
		t.Error("the audit log says a name, or the word that goes along")
	}
	staff["Zznadia"].hearsNothing()
}

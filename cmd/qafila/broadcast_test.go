package main

import (
	"strings"
	"testing"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/simulator"
)

// compose writes a broadcast in French for everybody, and lets it go once that is said of when.
func (p *talker) compose(words, when string) {
	p.t.Helper()
	p.Send("/broadcast")
	p.hears("broadcast.write")
	p.Send(words)
	for range 2 {
		p.hears("broadcast.write")
		p.press("broadcast.skip")
		p.hears("broadcast.instead")
		p.press("broadcast.silence")
	}
	p.hears("segment.all")
	p.press("segment.ok")
	p.hears("broadcast.opens")
	p.press("broadcast.opens_done")
	p.waits("how many get it", func(said string) bool { return strings.Contains(said, "On l'envoie ?") })
	p.press("broadcast.now")
	p.hears(when)
	p.press("broadcast.go")
}

func TestWhoDidNotGetABroadcastIsListedWithTheReasonAndCanGetItLater(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := start(t, true, by(c))
	meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Ali"})
	silent := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Brahim"})
	silent.Send("/stop")
	silent.hears("messages.off")
	gone := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Aicha"})
	gone.register("demo-fes", "=Aicha Alami", "confirmed")
	r.quiet(t)
	gone.Deactivate()
	organiser := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Salma"})
	r.do(t, `INSERT INTO staff (chat_id, role, name) VALUES ($1, 'organiser', 'Salma')`, organiser.ID())
	r.quiet(t)
	silent.heard()

	organiser.compose("La caravane arrive", "broadcast.now_words")
	over := organiser.hears("broadcast.over")
	if !strings.Contains(visible(over.Text), "2 reçus sur 3") {
		t.Errorf("it ends with %q", over.Text)
	}
	file := r.missed(t, organiser, over, "broadcast.count_unreachable")
	lines := strings.Split(strings.TrimSpace(file), "\n")
	if len(lines) != 2 || !strings.HasPrefix(visible(lines[1]), "'=Aicha Alami,Fès,"+`"`+organiser.words("broadcast.why_4")) {
		t.Errorf("the list is\n%s", file)
	}
	if n := r.count(t, `SELECT count(*) FROM audit a JOIN staff s ON s.id = a.staff WHERE a.act = 'broadcast_missed' AND a.about = 'of=1' AND s.chat_id = $1`, organiser.ID()); n != 1 {
		t.Errorf("names were read, and the audit log has it %d times", n)
	}
	silent.hearsNothing()

	// Who can't be reached gets nothing until they write again; then the same words go to them alone, and to nobody who stopped. Their buttons are
	// ticked already, but for that of a stop that is over.
	r.do(t, `UPDATE broadcasts SET doors = '{/ask,start:stop_gone}'`)
	organiser.press("broadcast.again")
	if m := organiser.hears("segment.missed"); !strings.Contains(visible(m.Text), "0 personne") {
		t.Errorf("it would go to %q", m.Text)
	}
	r.do(t, `UPDATE chats SET unreachable_at = NULL WHERE chat_id = $1`, gone.ID()) // as when they write
	organiser.press("segment.ok")
	organiser.hears("broadcast.opens")
	organiser.press("broadcast.opens_done")
	organiser.hears("broadcast.preview_of")
	m := organiser.waits("the message", func(said string) bool { return said == "La caravane arrive" })
	if len(m.Inline) != 2 || visible(m.Inline[0][0].Text) != organiser.words("door.ask") {
		t.Errorf("its buttons are %v", m.Inline)
	}
	if m := organiser.waits("how many get it", func(said string) bool { return strings.Contains(said, "On l'envoie ?") }); !strings.Contains(visible(m.Text), "1 personne le recevra") {
		t.Errorf("it goes to %q", m.Text)
	}
	r.quiet(t)
	silent.hearsNothing()
}

// The panel stands where it stood: pausing and going on change it there, and what replaces it isn't written over.
func TestAPanelChangesInItsPlace(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := start(t, false, by(c))
	organiser := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Salma"})
	r.do(t, `INSERT INTO staff (chat_id, role, name) VALUES ($1, 'organiser', 'Salma')`, organiser.ID())
	c.set(c.day(0, 22, 0)) // nothing leaves before the morning
	organiser.compose("La caravane arrive", "broadcast.quiet_then")
	panel := organiser.hears("broadcast.state_scheduled")
	for _, step := range []struct{ press, says string }{
		{"broadcast.pause", "broadcast.state_paused"}, {"broadcast.resume", "broadcast.state_scheduled"}, {"broadcast.pause", "broadcast.state_paused"},
		{"broadcast.resume", "broadcast.state_scheduled"}, {"broadcast.cancel", "broadcast.cancel_sure"}, {"broadcast.cancel_no", "broadcast.state_scheduled"},
		{"broadcast.all", "broadcast.list"},
	} {
		organiser.press(step.press)
		if m := organiser.hears(step.says); m.ID != panel.ID {
			t.Errorf("%s stands in message %d, the panel was %d", step.says, m.ID, panel.ID)
		}
	}
	c.set(c.day(1, 8, 1)) // it goes out, and the list stays what it is
	over := organiser.hears("broadcast.over")
	r.quiet(t)
	for _, m := range organiser.Chat() {
		if m.ID == panel.ID && !organiser.has(visible(m.Text), "broadcast.list") {
			t.Errorf("over the list stands %q", m.Text)
		}
	}

	// Ended halfway: who still waited is listed, and can get it after all.
	r.do(t, `UPDATE recipients SET state = 0`)
	r.do(t, `UPDATE broadcasts SET state = 'cancelled', sent = 0`)
	file := r.missed(t, organiser, over, "broadcast.state_cancelled")
	if !strings.Contains(visible(file), organiser.words("broadcast.why_0")) {
		t.Errorf("the list is\n%s", file)
	}
	organiser.press("broadcast.again")
	if m := organiser.hears("segment.missed"); !strings.Contains(visible(m.Text), "1 personne") {
		t.Errorf("it would go to %q", m.Text)
	}
}

// missed is the list of who did not get a broadcast, as an organiser has it from the message that says that it is over.
func (r *rig) missed(t *testing.T, organiser *talker, over simulator.Message, state string) string {
	t.Helper()
	organiser.pressOn(over, "broadcast.look")
	organiser.hears(state)
	organiser.press("broadcast.missed")
	organiser.hears("broadcast.missed_text")
	r.quiet(t)
	return organiser.lastDocument()
}

package main

import (
	"fmt"
	"testing"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/simulator"
)

// demo-agadir has three places.
func TestAPlaceThatComesFreeGoesToWhoWaitsLongest(t *testing.T) {
	t.Parallel()
	r := start(t, true)
	var have []*talker
	for i := range 3 {
		p := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Ali"})
		p.register("demo-agadir", fmt.Sprintf("Ali Numéro-%c", 'A'+i), "confirmed")
		have = append(have, p)
	}
	first := meet(t, r.sim, locale.Darija, simulator.Profile{FirstName: "Aicha"})
	first.register("demo-agadir", "عائشة", "waitlisted")
	second := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Brahim"})
	second.register("demo-agadir", "Brahim Dernier", "waitlisted")
	state := func(p *talker) string {
		t.Helper()
		var s string
		if err := r.pool.QueryRow(t.Context(), `SELECT state FROM registrations WHERE chat_id = $1`, p.ID()).Scan(&s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	if a, b := state(first), state(second); a != "waitlisted" || b != "waitlisted" {
		t.Fatalf("those who wait are %s and %s", a, b)
	}
	r.quiet(t)
	first.heard()
	second.heard()

	quits := have[1]
	quits.Send("/tickets")
	quits.hears("tickets.list")
	quits.Send("1")
	quits.hears("tickets.show")
	quits.press("tickets.cancel")
	quits.hears("tickets.sure")
	quits.press("tickets.sure_yes")
	quits.hears("tickets.cancelled")

	told := first.hears("notice.promoted")
	if a, b, c := state(quits), state(first), state(second); a != "cancelled" || b != "confirmed" || c != "waitlisted" {
		t.Errorf("who gave the place back is %s, who waited longest %s, the next one %s", a, b, c)
	}
	if n := r.count(t, `SELECT taken FROM seats WHERE stop_id = 'demo-agadir'`); n != 3 {
		t.Errorf("%d of 3 places are given away", n)
	}
	r.silent(t)
	first.hearsNothing()
	second.hearsNothing()

	// The ticket is there.
	first.pressOn(told, "door.tickets")
	first.hears("tickets.list")
	first.Send("1")
	first.hears("tickets.show", "registration.state_confirmed")
	first.press("tickets.code")
	if m := first.hears("tickets.code_text"); m.Photo == nil || m.Photo.Size == 0 {
		t.Errorf("the ticket has no picture: %q", m.Caption)
	}
}

func TestErasingFreesThePlaceToo(t *testing.T) {
	t.Parallel()
	r := start(t, true)
	var goes *talker
	for range 3 {
		goes = meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Ali"})
		goes.register("demo-agadir", "Ali Benali", "confirmed")
	}
	waits := meet(t, r.sim, locale.Arabic, simulator.Profile{FirstName: "Aicha"})
	waits.register("demo-agadir", "عائشة", "waitlisted")
	goes.erases()
	waits.hears("notice.promoted")
}

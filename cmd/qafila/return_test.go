package main

import (
	"testing"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/simulator"
)

func TestAnUnfinishedRegistrationIsTakenUpDaysLater(t *testing.T) {
	for _, lang := range []locale.Language{locale.French, locale.Arabic, locale.Darija} {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			c := newClock()
			r := start(t, true, by(c))
			p := meet(t, r.sim, lang, simulator.Profile{FirstName: "Fatima"})
			p.agree("demo-fes")
			p.Send("Fatima El Idrissi")
			p.hears("pick_trade.branch")

			// Who comes back is told where they were before anything is taken for an answer.
			c.set(c.day(3, 12, 0))
			p.Send("salam")
			p.hears("registration_form.resume", "pick_trade.branch")
			p.Send("potier")
			p.hears("pick_town.region")
			p.Send("fes")
			p.hears("registration_form.phone")
			c.set(c.day(5, 12, 0)) // and again
			p.Send("/menu")
			p.hears("menu.ask_parked")
			p.press("menu.resume")
			p.hears("registration_form.resume", "registration_form.phone")
			p.press("registration_form.phone_skip")
			p.hears("registration_form.card")
			p.press("registration_form.have")
			p.hears("registration_form.rna")
			p.press("registration_form.have")
			p.hears("registration_form.topics")
			p.press("registration_form.topics_done")
			p.hears("registration_form.recap")
			p.press("registration_form.ok")
			p.hears("registration_form.confirmed")
			if n := r.count(t, `SELECT count(*) FROM registrations WHERE chat_id = $1 AND name = 'Fatima El Idrissi' AND place = 'fes' AND topics = '{}'
				AND state = 'confirmed'`, p.ID()); n != 1 {
				t.Errorf("%d registrations of what was said on three days", n)
			}
		})
	}
}

func TestAButtonOfLastWeekSaysWhereWeAre(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := start(t, true, by(c))
	p := newcomer(t, r.sim, locale.French, simulator.Profile{FirstName: "Fatima"})
	p.Start("")
	p.hears("language.ask")
	p.choose(locale.French)
	menu := p.hears("menu.ask")
	p.Start("reg_demo-fes")
	whose := p.hears("register.whose")
	p.press("register.self")
	p.hears("consent.ask")
	p.press("consent.yes")
	p.hears("registration_form.name")

	c.set(c.day(6, 12, 0))
	p.pressOn(whose, "register.other")
	p.hears("press.stale", "registration_form.name")
	p.Send("Fatima El Idrissi") // the question is still the one that is open
	p.hears("pick_trade.branch")

	// A door leads where it always led.
	p.pressOn(menu, "menu.questions")
	p.hears("ask.topics")
	p.pressOn(menu, "menu.next_stop")
	p.hears("next_stop.how")
	// What was left open isn't lost by that.
	p.Send("/register")
	p.hears("registration_form.resume", "pick_trade.branch")
	r.quiet(t)
	p.hearsNothing()
}

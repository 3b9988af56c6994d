package main

import (
	"testing"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/simulator"
)

// Law 09-08: until it is declared who is responsible, nothing about a person is collected.
func TestWithoutAResponsibleNothingIsCollected(t *testing.T) {
	for name, lacks := range map[string]option{
		"no controller":  func(s *setup) { s.settings.Controller = "" },
		"no declaration": func(s *setup) { s.settings.Declaration = "" },
		"neither":        func(s *setup) { s.settings.Controller, s.settings.Declaration = "", "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, true, lacks)
			p := meet(t, r.sim, locale.Darija, simulator.Profile{FirstName: "Fatima"})
			p.Start("reg_demo-fes")
			p.hears("register.whose")
			p.press("register.self")
			p.hears("consent.closed", "menu.ask")
			p.Start("reg_demo-fes")
			p.hears("register.whose")
			p.press("register.other")
			p.hears("consent.closed", "menu.ask")
			p.Send("/recommend")
			p.hears("recommend.theme")
			p.press("theme.marketing")
			p.hears("consent.closed", "menu.ask")
			p.Send("/mydata")
			p.hears("mydata.none")
			// What isn't personal is there for everybody.
			p.Send("/ask")
			p.hears("ask.topics")
			p.Start("stop_demo-fes")
			p.hears("next_stop.card")
			r.quiet(t)
			for _, table := range []string{"people", "registrations", "recommendations", "consents"} {
				if n := r.count(t, `SELECT count(*) FROM `+table); n != 0 {
					t.Errorf("%s holds %d rows", table, n)
				}
			}
		})
	}
}

// A conversation that was begun while things were collected ends without collecting when they are no more.
func TestWhatWasBegunIsNotCollectedOnceItIsClosed(t *testing.T) {
	t.Parallel()
	r := start(t, true)
	p := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Fatima"})
	p.Send("/recommend")
	p.hears("recommend.theme")
	p.press("theme.marketing")
	p.hears("consent.ask")
	p.press("consent.yes")
	p.hears("recommend.words")
	p.Send("Un lieu pour vendre dans la médina")
	p.hears("recommend.how")
	r.quiet(t)
	r.restart(t, func(s *setup) { s.settings.Controller = "" })
	p.press("recommend.anonymous")
	p.hears("consent.closed", "menu.ask")
	r.quiet(t)
	if n := r.count(t, `SELECT count(*) FROM recommendations`); n != 0 {
		t.Errorf("%d recommendations were kept without a responsible", n)
	}
}

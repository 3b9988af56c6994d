package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/simulator"
)

// What the bot says first: it promised to, says it once, in the person's language, not at night, and not to who wants no messages.

// importStops does what `qafila stops import` does, at that time.
func (r *rig) importStops(t *testing.T, now time.Time, rows ...string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "stops.csv")
	sheet := "id,town,venue_fr,venue_ar,date,start,end,capacity,state\n" + strings.Join(rows, "\n") + "\n"
	if err := os.WriteFile(file, []byte(sheet), 0o600); err != nil {
		t.Fatal(err)
	}
	c := stopsImport{common: common{DatabaseURL: r.pool.Config().ConnString(), LogLevel: "error"}, File: file}
	if err := c.at(t.Context(), now); err != nil {
		t.Fatal(err)
	}
}

func TestWhoAskedIsToldOnceWhenAStopIsPublished(t *testing.T) {
	t.Parallel()
	c := newClock()
	c.set(c.day(1, 21, 30)) // too late to write to anybody
	r := start(t, false, by(c))
	asks := func(lang locale.Language, name string) *talker {
		p := meet(t, r.sim, lang, simulator.Profile{FirstName: name})
		p.press("menu.next_stop")
		p.hears("next_stop.none")
		p.press("next_stop.watch")
		p.hears("next_stop.watching")
		return p
	}
	told := []*talker{asks(locale.French, "Fatima"), asks(locale.Arabic, "Zineb"), asks(locale.Darija, "Hassan")}
	silenced := asks(locale.French, "Omar")
	silenced.Send("/stop")
	silenced.hears("messages.off")
	away := asks(locale.French, "Said")
	away.Block()
	bystander := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Ali"})
	all := append(told, silenced, away, bystander)
	date := c.day(30, 0, 0).Format(time.DateOnly)

	// Published at night: nobody is woken.
	r.importStops(t, c.now(), "fes-1,Fès,Complexe d'artisanat,مجمع الصناعة,"+date+",10:00,13:00,,published")
	r.silent(t)
	c.set(c.day(2, 7, 58))
	r.silent(t)
	for _, p := range all {
		p.hearsNothing()
	}

	// In the morning: once, to who asked and may be written to.
	c.set(c.day(2, 8, 1))
	var notices []simulator.Message
	towns := map[locale.Language]string{locale.French: "Fès", locale.Arabic: "فاس", locale.Darija: "فاس"}
	for _, p := range told {
		m := p.hears("notice.published")
		if !strings.Contains(m.Text, towns[p.lang]) {
			t.Errorf("the notice in %s does not name the town: %q", p.lang, m.Text)
		}
		notices = append(notices, m)
	}
	r.silent(t)
	c.set(c.day(3, 12, 0))
	r.silent(t)
	for _, p := range all {
		p.hearsNothing()
	}

	// A change is no news; another stop is, and only that one.
	r.importStops(t, c.now(), "fes-1,Fès,Autre lieu,مكان آخر,"+date+",11:00,13:00,,published",
		"agadir-1,Agadir,Chambre,الغرفة,"+date+",10:00,13:00,,published", "azilal-1,Azilal,Maison,الدار,"+date+",10:00,13:00,,draft")
	if m := told[0].hears("notice.published"); !strings.Contains(m.Text, "Agadir") {
		t.Errorf("the second notice is about %q", m.Text)
	}
	told[1].hears("notice.published")
	told[2].hears("notice.published")
	r.silent(t)
	for _, p := range all {
		p.hearsNothing()
	}

	// The doors below the first notice still lead to its stop.
	for i, p := range told {
		p.pressOn(notices[i], "door.stop")
		if m := p.hears("next_stop.card"); !strings.Contains(m.Text, towns[p.lang]) {
			t.Errorf("the door in %s leads to %q", p.lang, m.Text)
		}
		p.pressOn(notices[i], "door.register")
		p.hears("register.whose")
	}
}

func TestSeveralNewStopsAreOneMessage(t *testing.T) {
	t.Parallel()
	c := newClock()
	c.set(c.day(1, 21, 30))
	r := start(t, false, by(c))
	p := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Fatima"})
	p.Send("/register")
	p.hears("next_stop.none")
	p.press("next_stop.watch")
	p.hears("next_stop.watching")
	date := c.day(30, 0, 0).Format(time.DateOnly)
	r.importStops(t, c.now(), "fes-1,Fès,Complexe,المجمع,"+date+",10:00,13:00,,published",
		"agadir-1,Agadir,Chambre,الغرفة,"+date+",10:00,13:00,,published")
	c.set(c.day(2, 9, 0))
	m := p.waits("how many stops are new", func(said string) bool { return strings.Contains(said, "2 nouvelles étapes") })
	p.pressOn(m, "door.stop")
	p.hears("next_stop.how")
	r.silent(t)
	p.hearsNothing()
}

func TestTheReminderComesOnTheEveningBeforeAndOnce(t *testing.T) {
	t.Parallel()
	c := newClock()
	c.set(c.day(1, 10, 0))
	r := start(t, false, by(c))
	date := c.day(10, 0, 0).Format(time.DateOnly)
	row := func(id, town, state string) string {
		return id + "," + town + ",Chambre,الغرفة," + date + ",10:00,13:00,," + state
	}
	r.importStops(t, c.now(), row("fes-1", "Fès", caravan.Published), row("agadir-1", "Agadir", caravan.Published))
	asks := func(lang locale.Language, name, stop string) *talker {
		p := meet(t, r.sim, lang, simulator.Profile{FirstName: name})
		p.Start("stop_" + stop)
		p.hears("next_stop.card")
		p.press("next_stop.remind")
		p.hears("next_stop.reminded")
		return p
	}
	goes, too := asks(locale.French, "Fatima", "fes-1"), asks(locale.Darija, "Hassan", "fes-1")
	cancelled := asks(locale.French, "Zineb", "agadir-1")
	silenced := asks(locale.French, "Omar", "fes-1")
	silenced.Send("/stop")
	silenced.hears("messages.off")
	all := []*talker{goes, too, cancelled, silenced}
	r.importStops(t, c.now(), row("agadir-1", "Agadir", caravan.Cancelled))
	cancelled.hears("notice.cancelled_other") // and no more of it

	c.set(c.day(9, 17, 58))
	r.silent(t)
	for _, p := range all {
		p.hearsNothing()
	}
	c.set(c.day(9, 18, 1))
	m := goes.hears("reminder.eve")
	if !strings.Contains(m.Text, "Fès") || !strings.Contains(m.Text, "Chambre") {
		t.Errorf("the reminder says %q", m.Text)
	}
	too.hears("reminder.eve")
	r.silent(t)
	c.set(c.day(9, 20, 30))
	r.silent(t)
	for _, p := range all {
		p.hearsNothing()
	}
	goes.pressOn(m, "door.stop")
	goes.hears("next_stop.card")
}

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/simulator"
)

// What the calendar says, in the whole bot. flows/scripts/reminders-*.txt has its conversations, internal/outreach its rules.

// row is a stop in Fès on a day of the clock.
func (c *clock) row(day int, state string) string {
	return "fes-1,Fès,Chambre,الغرفة," + c.day(day, 0, 0).Format(time.DateOnly) + ",15:00,18:00,," + state
}

func TestNoLaterMessageUndoesAStop(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := start(t, false, by(c))
	r.importStops(t, c.now(), c.row(9, caravan.Published))
	p := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Fatima"})
	p.register("fes-1", "Fatima El Idrissi", "confirmed")
	p.Send("/menu")
	p.hears("menu.ask")

	c.set(c.day(2, 10, 0))
	m := p.hears("reminder.week")
	p.pressOn(m, "door.silence")
	p.hears("messages.off")

	// Every time at which there would be something to say.
	for _, at := range []time.Time{c.day(8, 18, 0), c.day(9, 13, 0), c.day(10, 10, 0)} {
		c.set(at)
		r.silent(t)
		p.Send("/tickets") // what they do themselves is answered
		p.hears("tickets.list")
		r.silent(t)
		p.hearsNothing()
	}
	if n := r.count(t, `SELECT count(*) FROM notices WHERE chat_id = $1`, p.ID()); n != 1 {
		t.Errorf("%d notices, the week's alone was said", n)
	}
}

func TestAStopThatMovesIsRemindedOfAnew(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := start(t, false, by(c))
	r.importStops(t, c.now(), c.row(9, caravan.Published))
	p := meet(t, r.sim, locale.Darija, simulator.Profile{FirstName: "Fatima"})
	p.register("fes-1", "فاطمة", "confirmed")
	p.Send("/menu")
	p.hears("menu.ask")
	c.set(c.day(8, 18, 0))
	p.hears("reminder.eve")
	r.silent(t)
	c.set(c.day(8, 20, 0))
	r.importStops(t, c.now(), c.row(14, caravan.Published))
	c.set(c.day(9, 13, 0))
	p.hears("notice.moved")
	r.silent(t)
	p.hearsNothing()
	c.set(c.day(13, 18, 0))
	if m := p.hears("reminder.eve"); !strings.Contains(m.Text, "غدا") {
		t.Errorf("the reminder says %q", m.Text)
	}
	r.silent(t)
	p.hearsNothing()
}

func TestWhatWasMissedIsCaughtUpAtTheNextStart(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := start(t, false, by(c))
	r.importStops(t, c.now(), c.row(9, caravan.Published))
	p := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Fatima"})
	p.register("fes-1", "Fatima El Idrissi", "confirmed")
	p.Send("/menu")
	p.hears("menu.ask")
	r.quiet(t)
	r.stop(t)
	c.set(c.day(9, 11, 0)) // a week, the evening and a morning without a bot
	r.run(t)
	if m := p.hears("reminder.eve"); !strings.Contains(m.Text, "aujourd'hui") {
		t.Errorf("the reminder says %q", m.Text)
	}
	r.silent(t)
	p.hearsNothing()
	r.restart(t)
	r.silent(t)
	p.hearsNothing()
}

func TestBulkWaitsForTheQuietHoursToEnd(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := start(t, false, by(c))
	r.importStops(t, c.now(), "fes-1,Fès,Chambre,الغرفة,"+c.day(20, 0, 0).Format(time.DateOnly)+",10:00,13:00,1,published")
	has, waits := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Ali"}), meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Aicha"})
	has.register("fes-1", "Ali Benali", "confirmed")
	waits.register("fes-1", "Aicha Alami", "waitlisted")
	r.quiet(t)
	waits.heard()

	c.set(c.day(0, 22, 0))
	has.Send("/tickets")
	has.hears("tickets.list")
	has.Send("1")
	has.hears("tickets.show")
	has.press("tickets.cancel")
	has.hears("tickets.sure")
	has.press("tickets.sure_yes")
	has.hears("tickets.cancelled") // answers don't wait
	c.set(c.day(1, 7, 58))
	r.quiet(t)
	time.Sleep(600 * time.Millisecond) // the sender looks for bulk four times a second: it has looked
	waits.hearsNothing()
	if n := r.count(t, `SELECT count(*) FROM deliveries WHERE lane = 'bulk'`); n != 1 {
		t.Errorf("%d deliveries wait for the morning", n)
	}
	c.set(c.day(1, 8, 0))
	waits.hears("notice.promoted")
}

func TestARatingCountsOnceAndGoesWithThePerson(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := start(t, false, by(c))
	r.importStops(t, c.now(), c.row(9, caravan.Published))
	p := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Fatima"})
	p.register("fes-1", "Fatima El Idrissi", "confirmed")
	p.Start("rate_fes-1_5") // before the stop
	p.hears("rate.stranger")
	c.set(c.day(9, 18, 30))
	r.silent(t)
	c.set(c.day(10, 10, 0))
	m := p.hears("reminder.rate")
	for _, score := range []string{"2", "4", "4"} {
		p.pressOn(m, "door.rate_"+score)
		p.hears("rate.word")
	}
	p.Send("Très utile, carte AB123456")
	p.hears("rate.thanks")
	if n := r.count(t, `SELECT count(*) FROM ratings WHERE score = 4 AND words LIKE 'Très utile%' AND words NOT LIKE '%123456%'`); n != 1 {
		t.Errorf("%d ratings as given last", n)
	}
	if n := r.count(t, `SELECT count(*) FROM ratings`); n != 1 {
		t.Errorf("%d ratings of one person", n)
	}
	c.set(c.day(11, 12, 0))
	r.silent(t)
	p.hearsNothing()
	p.erases()
	if n := r.count(t, `SELECT count(*) FROM ratings`); n != 0 {
		t.Error("the rating outlived its author")
	}
}

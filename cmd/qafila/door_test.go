package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/simulator"
)

// A doorway is a bot on the day of demo-fes, with an organiser and somebody who is registered there.
type doorway struct {
	*rig
	clock          *clock
	organiser, ali *talker
	reference      string
	payload        string // of Ali's ticket
}

func atTheDoor(t *testing.T) *doorway {
	t.Helper()
	c := newClock()
	d := &doorway{rig: start(t, true, by(c)), clock: c}
	d.ali = meet(t, d.sim, locale.French, simulator.Profile{FirstName: "Ali"})
	d.ali.register("demo-fes", "Ali Tresor", "confirmed")
	d.organiser = meet(t, d.sim, locale.French, simulator.Profile{FirstName: "Salma"})
	d.do(t, `INSERT INTO staff (chat_id, role, name) VALUES ($1, 'organiser', 'Salma')`, d.organiser.ID())
	if err := d.pool.QueryRow(t.Context(), `SELECT reference FROM registrations`).Scan(&d.reference); err != nil {
		t.Fatal(err)
	}
	_, d.payload, _ = strings.Cut(d.service.house.rooms.TicketLink(d.reference), "?start=")
	c.set(c.day(7, 10, 0))
	return d
}

func (d *doorway) in(t *testing.T) int {
	t.Helper()
	return d.count(t, `SELECT count(*) FROM registrations WHERE state = 'attended'`)
}

// Neither a link, nor a command, nor an organiser's button in other hands opens the door to who has no role, or another one.
func TestNobodyWithoutTheRoleReachesTheDoor(t *testing.T) {
	t.Parallel()
	d := atTheDoor(t)
	agent := meet(t, d.sim, locale.French, simulator.Profile{FirstName: "Youssef"})
	d.do(t, `INSERT INTO staff (chat_id, role, region, name) VALUES ($1, 'agent', '03', 'Youssef')`, agent.ID())
	stranger := meet(t, d.sim, locale.French, simulator.Profile{FirstName: "Omar"})

	// The organiser's screens, whose data others send: the door, what is asked there, and what came of a check-in.
	var screens []simulator.Message
	d.organiser.Start(d.payload[:len("in_4F7K2M")])
	screens = append(screens, d.organiser.hears("checkin.sure"))
	d.organiser.press("checkin.no")
	screens = append(screens, d.organiser.hears("checkin.ask"))
	d.organiser.press("checkin.walk_in")
	screens = append(screens, d.organiser.hears("checkin.family"))
	d.quiet(t)
	if n := d.in(t); n != 0 {
		t.Fatalf("%d are in", n)
	}
	forged := []string{"/door", ">/door", ">start:" + d.payload, ">start:" + d.payload[:len("in_4F7K2M")], ">start:in_", "1:enter", "1:anyway", "1:undo"}
	for _, m := range screens {
		for _, row := range m.Inline {
			for _, b := range row {
				forged = append(forged, b.Data)
			}
		}
	}
	for _, p := range []*talker{stranger, agent, d.ali} {
		p.Send("/menu")
		own := p.hears("menu.ask")
		for _, payload := range []string{d.payload, d.payload[:len("in_4F7K2M")], "in_" + d.reference, "in_", "door"} {
			p.Start(payload)
			d.quiet(t)
		}
		p.Send("/door")
		p.hears("unexpected.command")
		for _, data := range forged {
			if err := p.PressOn(own.ID, data); err != nil {
				t.Fatal(err)
			}
			d.quiet(t)
		}
		for _, m := range p.Chat() {
			for _, id := range []string{"checkin.ask", "checkin.sure", "checkin.in", "checkin.already", "checkin.family", "checkin.pick", "checkin.forged", "checkin.nobody", "checkin.wait"} {
				if m.FromBot && p.has(visible(m.Text+m.Caption), id) {
					t.Errorf("%s was shown %s: %q", p.Profile().FirstName, id, m.Text)
				}
			}
			if p != d.ali && strings.Contains(m.Text+m.Caption, "Tresor") {
				t.Errorf("%s was shown whose ticket it is: %q", p.Profile().FirstName, m.Text)
			}
		}
		d.sound(t, p)
	}
	if n := d.in(t); n != 0 {
		t.Errorf("%d were let in", n)
	}
	if n := d.count(t, `SELECT count(*) FROM audit a JOIN staff s ON s.id = a.staff WHERE a.act LIKE 'door.%' AND s.chat_id <> $1`, d.organiser.ID()); n != 0 {
		t.Errorf("%d acts at the door by others", n)
	}
}

func TestWhoLosesTheRoleIsAwayFromTheDoorAtOnce(t *testing.T) {
	t.Parallel()
	d := atTheDoor(t)
	d.organiser.Start(d.payload)
	screen := d.organiser.hears("checkin.in")
	d.quiet(t)
	d.do(t, `DELETE FROM staff`)
	d.organiser.pressOn(screen, "checkin.undo")
	d.organiser.hears("role.gone")
	d.organiser.Start(d.payload)
	d.organiser.hears("tickets.gone")
	d.quiet(t)
	if n := d.in(t); n != 1 {
		t.Errorf("%d are in; the check-in was undone by nobody", n)
	}
}

func TestTheDoorIsAuditedByReferenceAndNeverByName(t *testing.T) {
	t.Parallel()
	d := atTheDoor(t)
	d.organiser.Start(d.payload)
	d.organiser.hears("checkin.in")
	d.organiser.press("checkin.undo")
	d.organiser.hears("checkin.undone")
	d.organiser.Send("tresor")
	d.organiser.hears("checkin.sure")
	d.organiser.press("checkin.enter")
	d.organiser.hears("checkin.in")
	d.organiser.press("checkin.walk_in")
	d.organiser.hears("checkin.family")
	d.organiser.Send("potier")
	d.organiser.hears("checkin.who")
	d.organiser.Send("Karim Secret")
	d.organiser.hears("checkin.in")
	d.quiet(t)
	for act, want := range map[string]int{"door.enter": 2, "door.take_back": 1, "door.look": 1} {
		if n := d.count(t, `SELECT count(*) FROM audit WHERE act = $1 AND about LIKE 'reference=' || $2 || ' stop=demo-fes'`, act, d.reference); n != want {
			t.Errorf("%s is noted %d times, want %d", act, n, want)
		}
	}
	if n := d.count(t, `SELECT count(*) FROM audit WHERE act = 'door.walk_in' AND about = 'stop=demo-fes' AND outcome = 'in'`); n != 1 {
		t.Errorf("the walk-in is noted %d times", n)
	}
	seal := d.payload[len(d.payload)-10:]
	for _, word := range []string{"Tresor", "tresor", "Karim", "karim", seal} {
		if n := d.count(t, `SELECT count(*) FROM audit WHERE audit::text LIKE '%' || $1 || '%'`, word); n != 0 {
			t.Errorf("%q stands in the audit log", word)
		}
	}
}

func TestAWalkInTakesThreePressesAndNoWord(t *testing.T) {
	t.Parallel()
	d := atTheDoor(t)
	d.organiser.Send("/door")
	d.organiser.hears("checkin.ask")
	presses := 0
	for _, press := range []func(){
		func() { d.organiser.press("checkin.walk_in"); d.organiser.hears("checkin.family") },
		func() {
			if err := d.organiser.Press("Bois"); err != nil {
				t.Fatal(err)
			}
			d.organiser.hears("checkin.who")
		},
		func() { d.organiser.press("checkin.enter"); d.organiser.hears("checkin.in") },
	} {
		if n := d.in(t); n != 0 {
			t.Errorf("in after %d presses", presses)
		}
		press()
		presses++
	}
	d.quiet(t)
	if n := d.count(t, `SELECT count(*) FROM registrations WHERE chat_id = 0 AND state = 'attended' AND trade = 'bois' AND came_as = 'walk-in' AND attended_at IS NOT NULL`); presses != 3 || n != 1 {
		t.Errorf("%d walk-ins after %d presses", n, presses)
	}
	// Erasing everybody's data leaves nobody's; the walk-in goes with the stop's registrations.
	d.ali.erases()
	if n := d.count(t, `SELECT count(*) FROM registrations`); n != 1 {
		t.Errorf("%d registrations are left", n)
	}
}

func TestAPresentArtisansTicketHasNothingToPressWrongly(t *testing.T) {
	t.Parallel()
	d := atTheDoor(t)
	d.organiser.Start(d.payload)
	d.organiser.hears("checkin.in")
	d.ali.Start(d.payload)
	m := d.ali.hears("tickets.show", "registration.state_attended")
	var have []string
	for _, row := range m.Inline {
		for _, b := range row {
			have = append(have, visible(b.Text))
		}
	}
	for _, id := range []string{"tickets.code", "tickets.share", "tickets.calendar", "tickets.cancel"} {
		if strings.Contains(strings.Join(have, "|"), d.ali.words(id)) {
			t.Errorf("there is still %s among %q", id, have)
		}
	}
}

func TestWithTwoStopsTodayItIsAskedWhoseDoorOnceADay(t *testing.T) {
	t.Parallel()
	d := atTheDoor(t)
	d.do(t, `UPDATE stops a SET starts_at = b.starts_at, ends_at = b.ends_at FROM stops b WHERE a.id = 'demo-azilal' AND b.id = 'demo-fes'`)
	d.organiser.Start(d.payload)
	d.organiser.hears("checkin.pick")
	if err := d.organiser.Press(d.button(t, "Fès")); err != nil {
		t.Fatal(err)
	}
	d.organiser.hears("checkin.in") // the ticket that was scanned goes on
	d.organiser.Start(d.payload)
	d.organiser.hears("checkin.already")
	d.organiser.Send("/door")
	d.organiser.hears("checkin.ask")
	d.organiser.press("checkin.other_stop")
	d.organiser.hears("checkin.pick")
	if err := d.organiser.Press(d.button(t, "Azilal")); err != nil {
		t.Fatal(err)
	}
	d.organiser.hears("checkin.ask")
	d.organiser.Start(d.payload)
	d.organiser.hears("checkin.elsewhere")
}

// button is the organiser's button that begins like that. It is waited for: what was heard last may have been the message before, which had
// its buttons taken away.
func (d *doorway) button(t *testing.T, begins string) string {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		for _, b := range d.organiser.Buttons() {
			if strings.HasPrefix(visible(b), begins) {
				return b
			}
		}
	}
	t.Fatalf("no button begins with %s among %q", begins, d.organiser.Buttons())
	return ""
}

// demo-agadir has three places.
func TestWhoRegistersWhileAStopIsFullAndUnderWayIsSentToItsDoor(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := start(t, true, by(c))
	for i := range 3 {
		meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Ali"}).register("demo-agadir", fmt.Sprintf("Ali Numéro-%c", 'A'+i), "confirmed")
	}
	c.set(c.day(21, 10, 5))
	late := meet(t, r.sim, locale.Darija, simulator.Profile{FirstName: "Aicha"})
	if m := late.register("demo-agadir", "عائشة", "waitlisted_at_door"); m.Photo == nil {
		t.Errorf("no code came with %q", m.Text)
	}
}

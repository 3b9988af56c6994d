package outreach

import (
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/locale"
)

// told gives what is said to authors, "edit" before what stands in a panel.
func told(t *testing.T, o *Outreach, now time.Time) string {
	t.Helper()
	out, err := o.Panels(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, d := range out {
		words := d.Message.Text
		if d.Message.Replace != 0 {
			words = "edit " + words
		}
		said = append(said, words)
	}
	return strings.Join(said, ", ")
}

// author makes chat 1 an organiser, and gives the house its words.
func author(t *testing.T, o *Outreach) {
	t.Helper()
	o.Texts = shippedTexts(t)
	exec(t, o.Pool, `INSERT INTO staff (chat_id, role, name) VALUES (1, 'organiser', 'Salma')`)
}

func TestAMovedStopPausesItsBroadcastAndTheAuthorIsToldOnce(t *testing.T) {
	t.Parallel()
	for what, begins := range map[string]time.Time{"while it goes out": at(1, 9, 10), "before its hour": at(5, 9, 0)} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			o, pool := mailer(t)
			author(t, o)
			publish(t, pool, at(1, 8, 0), stop("fair"))
			id := planned(t, pool, Segment{}, begins)
			exec(t, pool, `UPDATE broadcasts SET doors = '{start:stop_fair}', panel = 5 WHERE id = $1`, id)
			if _, err := o.Prepare(t.Context(), at(1, 9, 20)); err != nil {
				t.Fatal(err)
			}
			told(t, o, at(1, 9, 21))
			publish(t, pool, at(1, 9, 30), moved("fair", 12))
			if got, want := told(t, o, at(1, 9, 31)), "edit fr broadcast.panel, fr broadcast.stop_changed"; got != want {
				t.Errorf("the author is told %q, want %q", got, want)
			}
			list, err := NewLane(o, 71, func() time.Time { return at(5, 9, 30) }).Take(t.Context(), 10)
			if err != nil || len(list) != 0 {
				t.Errorf("%d are given out: %v", len(list), err)
			}
			// Whoever looks at it is not told again.
			if err := Show(t.Context(), pool, id, 1, 6, "fr"); err != nil {
				t.Fatal(err)
			}
			if got := told(t, o, at(1, 9, 40)); strings.Contains(got, "stop_changed") {
				t.Errorf("the author is told again: %q", got)
			}
			if b := counts(t, pool, id); b.State != Paused {
				t.Errorf("it is %s", b.State)
			}
		})
	}
}

func TestWhoHasLostTheRoleSeesNoPanelAnyMore(t *testing.T) {
	t.Parallel()
	o, pool := mailer(t)
	author(t, o)
	id := planned(t, pool, Segment{}, at(1, 9, 10))
	exec(t, pool, `UPDATE broadcasts SET panel = 5 WHERE id = $1`, id)
	if _, err := o.Prepare(t.Context(), at(1, 9, 20)); err != nil {
		t.Fatal(err)
	}
	if got := told(t, o, at(1, 9, 21)); got != "edit fr broadcast.panel" {
		t.Errorf("the author sees %q", got)
	}
	exec(t, pool, `DELETE FROM staff`)
	if got := told(t, o, at(1, 9, 30)); got != "" {
		t.Errorf("who is no organiser any more sees %q", got)
	}
	exec(t, pool, `INSERT INTO staff (chat_id, role, region, name) VALUES (1, 'agent', '03', 'Salma')`)
	if got := told(t, o, at(1, 9, 40)); got != "" {
		t.Errorf("who is an agent now sees %q", got)
	}
	exec(t, pool, `INSERT INTO staff (chat_id, role, name) VALUES (2, 'organiser', 'Karim')`)
	if err := Show(t.Context(), pool, id, 2, 7, "ary"); err != nil { // another takes it over
		t.Fatal(err)
	}
	if got := told(t, o, at(1, 9, 50)); got != "edit ary broadcast.panel" {
		t.Errorf("the other organiser sees %q", got)
	}
}

// What a panel says, in words.
func TestAPanelTellsHowItGoes(t *testing.T) {
	t.Parallel()
	o, _ := mailer(t)
	author(t, o)
	o.Quiet = quiet(t, UsualQuiet)
	b := Broadcast{ID: 4, State: Sending, Prepared: true, Begins: at(1, 9, 0), Counts: Counts{Total: 420_000, Sent: 41_999, Unsure: 1, Unreachable: 10, Stopped: 5}}
	for lang, wants := range map[locale.Language][]string{
		locale.French: {"▰▱▱▱▱▱▱▱▱▱ 10 %", "Reçus\u00a0: 41", "Restent\u00a0: 377", "Injoignables\u00a0: 10", "deux fois\u00a0: 1", "Encore 5 heures environ"},
		locale.Arabic: {"▰▱▱▱▱▱▱▱▱▱ 10 %", "بقيت 5 ساعات تقريبا"}, locale.Darija: {"باقي تقريبا 5 سوايع"},
	} {
		said := o.panelWords(lang, b, at(1, 10, 0))
		for _, want := range wants {
			if !strings.Contains(said, want) {
				t.Errorf("%s: no %q in\n%s", lang, want, said)
			}
		}
	}
	b.Counts = Counts{Total: 100, Sent: 90}
	if said := o.panelWords(locale.French, b, at(1, 10, 0)); !strings.Contains(said, "Encore 1 minute environ") {
		t.Error(said)
	}
	if said := o.panelWords(locale.French, b, at(1, 22, 0)); strings.Contains(said, "Encore") || !strings.Contains(said, "Heures calmes") {
		t.Error(said)
	}
}

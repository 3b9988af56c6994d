package outreach

import (
	"cmp"
	"slices"
	"testing"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// Whatever the bot says first can be stopped by one press below it.
func TestWhatIsSaidFirstCarriesItsStop(t *testing.T) {
	t.Parallel()
	o, pool := house(t)
	said := map[string]bool{}
	o.Word = func(_ locale.Language, n conversation.Note) conversation.Message {
		if n.Text != "sample.note" {
			said[n.Text] = true
			if !slices.ContainsFunc(n.Doors, func(c flow.Choice) bool { return c.Door == "/stop" && c.Text == "door.silence" }) {
				t.Errorf("%s can't be stopped", n.Text)
			}
		}
		return conversation.Message{Text: n.Text}
	}
	tick := func(day, hour, minute int) {
		t.Helper()
		if _, err := o.Tick(t.Context(), at(day, hour, minute)); err != nil {
			t.Fatal(err)
		}
		sent(t, pool)
	}
	watchAll(t, pool, at(1, 8, 0), "", 1)
	small := stop("fes")
	small.Capacity, small.Sample = 1, true
	publish(t, pool, at(1, 9, 0), small)
	tick(1, 9, 1)
	publish(t, pool, at(1, 9, 10), stop("a"), stop("b"))
	tick(1, 9, 11)
	place(t, pool, at(1, 9, 30), "fes", 9, 1) // 1 waits
	small.Capacity = 5
	publish(t, pool, at(1, 10, 0), small)
	tick(1, 10, 1)
	place(t, pool, at(1, 11, 0), "a", 1)
	place(t, pool, at(1, 11, 0), "b", 2)
	later := stop("a")
	later.Ends = at(10, 13, 0)
	publish(t, pool, at(1, 12, 0), later, cancelled(stop("b")))
	tick(1, 12, 1)
	publish(t, pool, at(1, 13, 0), stop("b"))
	tick(1, 13, 1)
	exec(t, pool, `UPDATE chats SET unfinished = 'registration_form', unfinished_at = $1, seen_at = $1 WHERE chat_id = 2`, at(1, 9, 0))
	exec(t, pool, `INSERT INTO people (chat_id, rna, updated_at) VALUES (1, 'no', $1)`, at(1, 10, 0))
	for _, when := range [][3]int{{2, 10, 0}, {3, 10, 0}, {7, 10, 0}, {9, 18, 0}, {10, 8, 0}, {11, 10, 0}, {31, 10, 15}} {
		tick(when[0], when[1], when[2])
	}
	publish(t, pool, at(12, 9, 0), moved("c", 20))
	place(t, pool, at(12, 9, 0), "c", 1)
	publish(t, pool, at(12, 10, 0), cancelled(moved("c", 20)))
	tick(12, 10, 1)
	for _, want := range []string{"notice.published", "notice.published_more", "notice.promoted", "notice.moved", "notice.restored", "notice.cancelled", "notice.cancelled_other",
		"reminder.week", "reminder.eve", "reminder.soon", "reminder.rate", "reminder.unfinished", "reminder.rna", "reminder.month"} {
		if !said[want] {
			t.Errorf("%s was not said: it was not looked at", want)
		}
	}
}

// So does a broadcast, in each language, whatever its buttons; and no two of them read the same.
func TestABroadcastCarriesItsStop(t *testing.T) {
	t.Parallel()
	o, pool := mailer(t)
	o.Texts = shippedTexts(t)
	o.Word = func(lang locale.Language, n conversation.Note) (m conversation.Message) {
		for _, d := range n.Doors {
			m.Rows = append(m.Rows, []conversation.Button{{Text: cmp.Or(d.Label, o.Texts.Text(lang, d.Text, nil)), Data: d.Door}})
		}
		return m
	}
	if err := caravan.PublishSamples(t.Context(), pool, at(1, 9, 0)); err != nil {
		t.Fatal(err)
	}
	stops := []string{"start:stop_demo-fes", "start:stop_demo-agadir"}
	words := map[string]Words{"fr": {Kind: "text", Text: "x"}, "ar": {Kind: "photo", Text: "y", File: "f"}, "ary": {Instead: "ar"}}
	for _, doors := range [][]string{nil, {"/next"}, Doors(), append(Doors(), stops...)} {
		says, err := o.messages(t.Context(), pool, Broadcast{Doors: doors}, words)
		if err != nil || len(says) != 3 {
			t.Errorf("%d of 3 languages, %v", len(says), err)
		}
		for lang, m := range says {
			read := map[string]bool{}
			for _, row := range m.Rows {
				read[row[0].Text] = true
			}
			if last := m.Rows[len(m.Rows)-1][0]; last.Data != "/stop" || len(read) != len(doors)+1 {
				t.Errorf("with %v in %s the buttons are %v", doors, lang, m.Rows)
			}
		}
	}
}

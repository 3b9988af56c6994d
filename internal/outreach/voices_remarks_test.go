package outreach

import (
	"testing"

	"github.com/qafila/qafila/internal/feedback"
)

func TestTheStaffHearOnceADayThatSomethingWasSaidOfStops(t *testing.T) {
	t.Parallel()
	o, pool := voicesHouse(t)
	expect := expecting(t, o, pool)
	fes, agadir := stop("fes"), stop("agadir")
	agadir.Region = "09"
	publish(t, pool, at(1, 9, 0), fes, agadir)
	rate := func(chat int64, id string, day int) {
		t.Helper()
		if err := feedback.Rate(t.Context(), pool, chat, id, 4, "fr", at(day, 9, 0)); err != nil {
			t.Fatal(err)
		}
		if ok, err := feedback.Explain(t.Context(), pool, chat, feedback.Rating{Stop: id, Words: "Clair"}, at(day, 9, 0)); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	rate(1, "fes", 12)
	rate(2, "fes", 12)
	expect("not as it is said", at(12, 9, 1))
	expect("and not at night", at(13, 5, 0))
	expect("the morning after", at(13, 9, 0), "11 reply ar inbox.note_remarks 2 fes", "12 reply ar inbox.note_remarks 2 fes", "20 reply ar inbox.note_remarks 2 fes")
	rate(3, "fes", 13)
	rate(1, "agadir", 13)
	expect("once a day", at(13, 20, 0))
	expect("agents hear of their region, organisers of all at once", at(14, 9, 0), "11 reply ar inbox.note_remarks 1 fes", "12 reply ar inbox.note_remarks 1 fes",
		"13 reply ar inbox.note_remarks 1 agadir", "20 reply ar inbox.note_remarks_many 2")
	expect("once", at(15, 9, 0))
}

package outreach

import (
	"crypto/rand"
	"testing"

	"github.com/qafila/qafila/internal/feedback"
)

func TestWhatColleaguesGiveEachOtherIsTold(t *testing.T) {
	t.Parallel()
	o, pool := voicesHouse(t)
	expect := expecting(t, o, pool)
	by := func(staff int64) feedback.Step {
		return feedback.Step{Scope: feedback.Scope{Chamber: "03"}, Staff: staff, Now: at(1, 9, 0)}
	}
	give := func(from, to int64, a feedback.About, note string) {
		t.Helper()
		if ok, err := by(from).Give(t.Context(), pool, a, to, note); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	said := feedback.About{Recommendation: speak(t, pool, 1, "card", "03", at(1, 9, 0))}
	ref, _, err := feedback.Ask(t.Context(), pool, feedback.Question{Chat: 2, Chamber: "03", Language: "fr", Message: feedback.Message{Kind: feedback.Text, Words: "Où ?"}}, at(1, 9, 0), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	asked := feedback.About{Thread: ref}
	exec(t, pool, `UPDATE recommendations SET tell_chamber = false`)
	exec(t, pool, `UPDATE thread_messages SET to_tell = false`)

	give(1, 2, said, "pour toi")
	expect("at night the staff sleep", at(1, 23, 0))
	expect("in the morning, who gets it", at(2, 9, 0), "12 reply ar inbox.note_given A Un lieu pour toi")
	expect("once", at(2, 9, 1))
	give(1, 2, asked, "")
	give(1, 1, said, "")
	expect("a question, and one that is taken over", at(2, 9, 2), "12 reply ar inbox.note_given A Où ?", "12 reply ar inbox.note_taken A Un lieu")
	give(1, 2, said, "")
	give(1, 1, asked, "")
	give(1, 2, asked, "")
	expect("what comes back is no news", at(2, 9, 3), "12 reply ar inbox.note_given A Un lieu")
	give(1, 0, asked, "")
	expect("freed by somebody else", at(2, 9, 4), "12 reply ar inbox.note_freed  Où ?")
	give(1, 2, asked, "")
	give(1, 0, said, "")
	expect("both at once", at(2, 9, 5), "12 reply ar inbox.note_freed  Un lieu", "12 reply ar inbox.note_given A Où ?")
	give(2, 1, asked, "")
	give(2, 1, said, "")
	exec(t, pool, `DELETE FROM staff WHERE chat_id = 12`)
	expect("several are one message", at(2, 9, 6), "11 reply ar inbox.note_given_many 2")
	exec(t, pool, `INSERT INTO staff (chat_id, role, region, name) VALUES (12, 'agent', '03', 'B')`)
	give(5, 5, asked, "")
	give(5, 5, said, "")
	expect("several are one message", at(2, 9, 7), "11 reply ar inbox.note_taken_many 2")

	exec(t, pool, `UPDATE chambers SET days = 3 WHERE region = '03'`)
	speak(t, pool, 1, "card", "03", at(2, 10, 0))
	exec(t, pool, `UPDATE recommendations SET tell_chamber = false`)
	expect("who has it is reminded of it, all of them of what nobody has", at(8, 9, 0), "11 reply ar inbox.note_late 1 3 غرفة الصناعة التقليدية\u00a0· فاس مكناس",
		"12 reply ar inbox.note_late 1 3 غرفة الصناعة التقليدية\u00a0· فاس مكناس", "12 reply ar inbox.note_late_yours 2 3 غرفة الصناعة التقليدية\u00a0· فاس مكناس")
}

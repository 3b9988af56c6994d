package outreach

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/locale"
)

// voicesHouse has the artisan 1 (fr) and 2 (ary), and of the staff agents 11 and 12 of 03, 13 of 09, and the organiser 20.
func voicesHouse(t testing.TB) (*Outreach, *pgxpool.Pool) {
	t.Helper()
	o, pool := house(t)
	o.Texts, o.Directory, o.Sender = shippedTexts(t), towns(), 9
	o.Word = func(lang locale.Language, n conversation.Note) conversation.Message {
		said := string(lang) + " " + n.Text
		for _, p := range []string{"count", "days", "chamber_name", "by", "town", "words", "note"} {
			if v, ok := n.Params[p]; ok {
				said += fmt.Sprint(" ", v)
			}
		}
		return conversation.Message{Text: said}
	}
	o.Describe = func(_ locale.Language, s caravan.Stop, _ time.Time) map[string]any {
		return map[string]any{"town": s.ID}
	}
	exec(t, pool, `INSERT INTO staff (chat_id, role, region, name) VALUES (11, 'agent', '03', 'A'), (12, 'agent', '03', 'B'), (13, 'agent', '09', 'C'), (20, 'organiser', '', 'D')`)
	return o, pool
}

// hears gives what stands to be sent since the last time, "chat lane words", in order.
func hears(t testing.TB, o *Outreach, pool *pgxpool.Pool, now time.Time) []string {
	t.Helper()
	out, err := o.Voices(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := pool.Query(t.Context(), `DELETE FROM deliveries RETURNING id, chat_id, lane, coalesce(message::jsonb->>'t', ''), coalesce(message::jsonb->'a'->>'k', '')`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	said, replies := []string{}, 0
	for rows.Next() {
		var id, chat int64
		var lane, text, kind string
		if err := rows.Scan(&id, &chat, &lane, &text, &kind); err != nil {
			t.Fatal(err)
		}
		if lane == "reply" {
			replies++
		}
		said = append(said, strings.TrimSpace(fmt.Sprintf("%d %s %s %s", chat, lane, text, kind)))
	}
	if replies != len(out) {
		t.Errorf("%d replies are given to the sender, %d stand to be sent", len(out), replies)
	}
	slices.Sort(said)
	return said
}

func speak(t testing.TB, pool *pgxpool.Pool, chat int64, theme, region string, now time.Time) string {
	t.Helper()
	ref, slow, err := feedback.Recommend(t.Context(), pool, feedback.Recommendation{Chat: chat, Theme: theme, Kind: feedback.Text, Words: "Un lieu", Region: region, Language: "fr"}, now, rand.Reader)
	if err != nil || slow {
		t.Fatal(slow, err)
	}
	return ref
}

// expecting complains of what somebody hears beside what they should.
func expecting(t testing.TB, o *Outreach, pool *pgxpool.Pool) func(what string, now time.Time, want ...string) {
	return func(what string, now time.Time, want ...string) {
		t.Helper()
		if want == nil {
			want = []string{}
		}
		if got := hears(t, o, pool, now); !slices.Equal(got, want) {
			t.Errorf("%s:\n%q\nwant\n%q", what, got, want)
		}
	}
}

func TestVoices(t *testing.T) {
	t.Parallel()
	o, pool := voicesHouse(t)
	expect := expecting(t, o, pool)
	step := feedback.Step{Scope: feedback.Scope{Chamber: "03"}, Staff: 1, Now: at(1, 10, 0)}
	ref := speak(t, pool, 1, "card", "03", at(1, 10, 0))
	expect("at night the staff sleep", at(1, 23, 0))
	expect("in the morning", at(2, 8, 0), "11 reply ar inbox.note_one Un lieu", "12 reply ar inbox.note_one Un lieu")
	expect("once", at(2, 8, 1))
	speak(t, pool, 1, "card", "03", at(2, 9, 0))
	speak(t, pool, 2, "rna", "03", at(2, 9, 0))
	speak(t, pool, 1, "card", "", at(2, 9, 0))
	expect("several are one message", at(2, 9, 0), "11 reply ar inbox.note_many 2", "12 reply ar inbox.note_many 2", "20 reply ar inbox.note_one Un lieu")

	if err := step.Read(t.Context(), pool, ref); err != nil {
		t.Fatal(err)
	}
	expect("what became of it waits for the day", at(2, 22, 0))
	expect("by day", at(3, 9, 0), "1 bulk fr recommendations.note_read Chambre d'artisanat\u00a0· Fès-Meknès")
	if said, err := step.Answer(t.Context(), pool, ref, feedback.Message{Kind: feedback.Voice, File: "v"}, 0, rand.Reader); said != feedback.Kept || err != nil {
		t.Fatal(said, err)
	}
	expect("an answer leaves at any hour", at(3, 23, 0), "1 reply fr thread.note_reply Chambre d'artisanat\u00a0· Fès-Meknès  voice")
	if said, err := step.Answer(t.Context(), pool, ref, feedback.Message{Kind: feedback.Photo, File: "p", Words: strings.Repeat("x", 1000)}, 0, rand.Reader); said != feedback.Kept || err != nil {
		t.Fatal(said, err)
	}
	expect("a picture with many words comes before them", at(3, 23, 1), "1 reply  photo", "1 reply fr thread.note_reply Chambre d'artisanat\u00a0· Fès-Meknès "+strings.Repeat("x", 1000))
	if ok, err := step.Close(t.Context(), pool, ref, "done"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	exec(t, pool, `UPDATE staff SET region = '05' WHERE region = '09'`)
	speak(t, pool, 2, "card", "09", at(4, 9, 0))
	expect("a chamber that has nobody", at(4, 9, 0), "1 bulk fr recommendations.note_closed Chambre d'artisanat\u00a0· Fès-Meknès ✅ C'est fait",
		"20 reply ar inbox.note_unstaffed 1 0 غرفة الصناعة التقليدية\u00a0· سوس ماسة")
	exec(t, pool, `UPDATE chambers SET days = 3 WHERE region = '03'`)
	expect("what waits too long", at(8, 9, 0), "11 reply ar inbox.note_late 2 3 غرفة الصناعة التقليدية\u00a0· فاس مكناس", "12 reply ar inbox.note_late 2 3 غرفة الصناعة التقليدية\u00a0· فاس مكناس")
	expect("and longer", at(12, 9, 0), "20 reply ar inbox.note_up 2 3 غرفة الصناعة التقليدية\u00a0· فاس مكناس")
}

func TestWhomSomethingNewConcerns(t *testing.T) {
	readers := []feedback.Reader{
		{Staff: 1, Agent: true, Region: "03", Themes: []string{"card"}},
		{Staff: 2, Agent: true, Region: "03", Branches: []string{"bois"}},
		{Staff: 3, Agent: true, Region: "09"},
		{Staff: 4, Agent: true, Region: "09", Themes: []string{"card"}},
		{Staff: 5},
	}
	for what, c := range map[string]struct {
		f    feedback.Fresh
		want []int64
	}{
		"who takes care of the theme":       {feedback.Fresh{Chamber: "03", Theme: "card"}, []int64{1}},
		"who takes care of the trade":       {feedback.Fresh{Chamber: "03", Theme: "rna", Branch: "bois"}, []int64{2}},
		"all when nobody takes care":        {feedback.Fresh{Chamber: "03", Theme: "rna", Branch: "metal"}, []int64{1, 2}},
		"who takes care of everything":      {feedback.Fresh{Chamber: "09", Theme: "rna"}, []int64{3}},
		"who takes care of it, and of all":  {feedback.Fresh{Chamber: "09", Theme: "card"}, []int64{3, 4}},
		"the organisers":                    {feedback.Fresh{Theme: "card"}, []int64{5}},
		"who has it":                        {feedback.Fresh{Chamber: "03", Holder: 2, Thread: true}, []int64{2}},
		"an organiser who has it":           {feedback.Fresh{Chamber: "03", Holder: 5, Thread: true}, []int64{5}},
		"not who had it at another chamber": {feedback.Fresh{Chamber: "03", Holder: 3, Thread: true}, []int64{1, 2}},
		"nobody where nobody is":            {feedback.Fresh{Chamber: "05", Theme: "card"}, nil},
		"a question is of no theme but ''":  {feedback.Fresh{Chamber: "03", Thread: true}, []int64{1, 2}},
	} {
		var got []int64
		for _, r := range concerned(readers, c.f) {
			got = append(got, r.Staff)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", what, got, c.want)
		}
	}
}

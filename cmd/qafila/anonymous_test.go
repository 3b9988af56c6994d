package main

import (
	"strings"
	"testing"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/simulator"
)

// Whatever an agent does with what somebody said without a name: nothing that the agent is sent, and nothing in the audit log, says who.
func TestAnAgentNeverLearnsWhoSpokeWithoutAName(t *testing.T) {
	t.Parallel()
	clock := newClock()
	clock.set(clock.day(1, 10, 0))
	r := start(t, false, by(clock))
	author := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Zzfirstname", LastName: "Zzlastname", Phone: "+212661000777"})
	agent := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Youssef"})
	r.do(t, `INSERT INTO people (chat_id, name, trade, place, phone) VALUES ($1, 'Zzname', 'other:Zztrade', 'sefrou', '+212661000777')`, author.ID())
	r.do(t, `INSERT INTO staff (chat_id, role, region, name) VALUES ($1, 'agent', '03', 'Youssef')`, agent.ID())
	r.agreed(t, author.ID())

	author.Send("/recommend")
	author.hears("recommend.theme")
	author.press("theme.card")
	author.hears("recommend.words")
	author.Send("Une carte plus vite")
	author.hears("recommend.how")
	author.press("recommend.anonymous")
	author.hears("recommend.sent")
	agent.hears("inbox.note_one")
	agent.press("inbox.note_open")
	agent.hears("inbox.card")
	agent.press("inbox.take")
	agent.hears("inbox.card")
	agent.press("inbox.answer")
	agent.hears("inbox_answer.words")
	agent.Send("Merci, nous le disons plus haut")
	agent.hears("inbox_answer.sent")
	author.Send("/chamber")
	author.hears("chamber_ask.threads") // the answer is one
	author.press("chamber_ask.new")
	author.hears("chamber_ask.words")
	author.SendVoice(aVoice("what they said"), 3)
	author.hears("chamber_ask.how")
	author.press("recommend.anonymous")
	author.hears("chamber_ask.sent")
	agent.hears("inbox.note_question") // in its own time: two things at once would be one note
	agent.Send("/inbox")
	agent.hears("inbox.home")
	agent.press("inbox.questions")
	agent.hears("inbox.list")
	r.quiet(t)
	agent.press("inbox.close") // an old button: the card is no longer open, and says so
	agent.hears("press.stale")
	r.silent(t)

	secrets := []string{"Zz", "661000777", "sefrou", "Sefrou", "صفرو"}
	for _, m := range agent.Chat() {
		for _, secret := range secrets {
			if m.FromBot && strings.Contains(m.Text+m.Caption, secret) {
				t.Errorf("the agent reads %q in %q", secret, m.Text+m.Caption)
			}
		}
	}
	if n := r.count(t, `SELECT count(*) FROM audit`); n == 0 {
		t.Error("nothing is noted in the audit log")
	}
	for _, secret := range secrets {
		if n := r.count(t, `SELECT count(*) FROM audit WHERE audit::text LIKE '%' || $1 || '%'`, secret); n > 0 {
			t.Errorf("the audit log says %q", secret)
		}
	}
	if n := r.count(t, `SELECT count(*) FROM audit WHERE audit::text LIKE '%' || $1::bigint || '%'`, author.ID()); n > 0 {
		t.Error("the audit log names the author's chat")
	}
}

package main

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/simulator"
)

// Law 09-08: with a national identity number, the bot would need an authorisation. Whoever types one finds it nowhere.
func TestAnIdentityNumberIsKeptNowhere(t *testing.T) {
	t.Parallel()
	r := start(t, true)
	p := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Ali BE739104", LanguageCode: "fr"})
	p.Send("ma carte est BE739104")
	p.hears("identity.masked")
	p.Send("/start BE739104")
	p.hears("menu.ask")
	p.agree("demo-fes")
	p.Send("Ali Benali be 739104")
	p.hears("identity.masked", "pick_trade.branch")
	p.press("pick_trade.other")
	p.hears("pick_trade.own")
	p.Send("graveur BE-739104")
	p.hears("identity.masked", "pick_town.region")
	p.Send("fes")
	p.hears("registration_form.phone")
	p.Send("BE739104")
	p.hears("identity.masked")
	p.hears("registration_form.phone")
	p.press("registration_form.phone_skip")
	p.hears("registration_form.card")
	p.press("registration_form.have")
	p.hears("registration_form.rna")
	p.press("registration_form.have")
	p.hears("registration_form.topics")
	p.press("registration_form.topics_done")
	p.hears("registration_form.recap")
	p.press("registration_form.ok")
	p.hears("registration_form.confirmed")
	for _, say := range []func(){
		func() { p.Send("Mon numéro\nBE739104, et BE٧٣٩١٠٤") },
		func() { p.SendPhoto([]byte("\xff\xd8\xff\xe0"), "voici BE739104") },
	} {
		p.Send("/recommend")
		p.hears("recommend.theme")
		p.press("theme.card")
		p.hears("recommend.words")
		say()
		p.hears("identity.masked", "recommend.how")
		p.press("recommend.named")
		p.hears("recommend.sent")
	}
	p.Start("stop_BE739104")
	p.hears("next_stop.gone")
	r.silent(t)
	for _, number := range []string{"739104", "٧٣٩١٠٤"} {
		for _, row := range r.rows(t, number) {
			t.Errorf("the number is kept: %s", row)
		}
	}
	if len(r.rows(t, "Ali Benali")) == 0 || len(r.rows(t, "Mon numéro")) == 0 {
		t.Error("what stood beside the number is not kept: the test proves nothing")
	}
}

func TestAnIdentityNumberIsMaskedInWhatIsKeptOfAFailure(t *testing.T) {
	for name, text := range map[string]string{
		"plain": `Ali Benali BE739104`, "after a line break": `Ali Benali\nBE739104`, "after a tab": `Ali Benali\tBE739104`,
		"escaped digits": `Ali Benali BE\u0667\u0663\u0669\u0661\u0660\u0664`, "escaped letters": `Ali Benali \u0042\u0045739104`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, true)
			p := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Ali", LanguageCode: "fr"})
			// One that can't be read.
			r.sim.Inject(json.RawMessage(fmt.Sprintf(`{"message":{"message_id":"what?","date":1,"chat":{"id":%d,"type":"private"},"text":"%s"}}`, p.ID(), text)))
			// One whose turn fails.
			p.agree("demo-fes")
			r.do(t, `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''refused for a test''; END'`)
			r.do(t, `CREATE TRIGGER refuse BEFORE UPDATE ON chats FOR EACH ROW WHEN (NEW.state LIKE '%Benali%') EXECUTE FUNCTION refuse()`)
			p.inject(r.sim, 1, `"text":"`+text+`"`)
			p.hears("turn.failed")
			r.silent(t)
			if n := r.count(t, `SELECT count(*) FROM failed_updates`); n != 2 {
				t.Fatalf("%d updates are kept as failed", n)
			}
			for _, number := range []string{"739104", "٧٣٩١٠٤", `\u0667\u0663`} {
				for _, row := range r.rows(t, number) {
					t.Errorf("the number is kept: %s", row)
				}
			}
		})
	}
}

package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/simulator"
)

func TestWhoErasesLeavesNoTrace(t *testing.T) {
	t.Parallel()
	r := start(t, true)
	// everything is what somebody can leave behind.
	everything := func(p *talker, name, protege, words string) {
		p.Send("BE739104 " + words) // masked, and answered
		p.hears("identity.masked")
		p.register("demo-fes", name, "confirmed")
		p.press("register.another")
		p.hears("register.other_agrees")
		p.press("register.other_yes")
		p.hears("registration_form.other_name")
		p.Send(protege)
		p.hears("registration_form.same")
		p.press("registration_form.same_yes")
		p.hears("registration_form.other_phone")
		p.Send("06 61 55 43 21")
		p.hears("registration_form.card")
		p.press("registration_form.have")
		p.hears("registration_form.rna")
		p.press("registration_form.have")
		p.hears("registration_form.recap")
		p.press("registration_form.ok")
		p.hears("register.after")
		p.press("register.remind")
		p.hears("next_stop.reminded")
		for _, say := range []func(){func() { p.SendVoice(aVoice(words), 4) }, func() { p.Send(words) }} {
			p.Send("/recommend")
			p.hears("recommend.theme")
			p.press("theme.marketing")
			p.hears("recommend.words")
			say()
			p.hears("recommend.how")
			p.press("recommend.named")
			p.hears("recommend.sent")
		}
		p.Send("/register")
		p.hears("register.which")
		// Updates that can't be read are kept, with all that they hold.
		r.sim.Inject(json.RawMessage(fmt.Sprintf(`{"message":{"message_id":"what?","date":1,"chat":{"id":%d,"type":"private"},"text":%q}}`, p.ID(), words)))
		r.sim.Inject(json.RawMessage(fmt.Sprintf(`{"message":["of user %d",%q]}`, p.ID(), words)))
		r.silent(t)
		// What it once said first, and what never reached them.
		r.do(t, `INSERT INTO notices (key, chat_id) VALUES ('published:demo-fes:' || $1::bigint, $1::bigint)`, p.ID())
		r.do(t, `INSERT INTO deliveries (chat_id, owner, message, failed_at, error) VALUES ($1, 0, '', now(), 'bot was blocked by the user')`, p.ID())
	}
	goes := meet(t, r.sim, locale.French, simulator.Profile{ID: 77_112_233, FirstName: "Khadouj", LanguageCode: "fr", Phone: "+212661234987"})
	stays := meet(t, r.sim, locale.Darija, simulator.Profile{ID: 88_445_566, FirstName: "Hassan", LanguageCode: "ar", Phone: "+212677889900"})
	everything(goes, "Khadija Zeroualiya", "Mouna Protegee", "des marteaux introuvables")
	everything(stays, "Hassan Benchekroun", "Samira Protegee", "une route de montagne")
	left := map[string][]string{"chat": {strconv.FormatInt(goes.ID(), 10)}, "name": {"Zeroualiya", "Khadouj"}, "person they registered": {"Mouna"},
		"phone": {"661234987"}, "words": {"marteaux"}}
	for what, words := range left {
		found := 0
		for _, w := range words {
			found += len(r.rows(t, w))
		}
		if found == 0 {
			t.Errorf("nothing is kept of the %s: the test proves nothing", what)
		}
	}
	var file string
	if err := r.pool.QueryRow(t.Context(), `SELECT file FROM recommendations WHERE chat_id = $1 AND kind = 'voice'`, goes.ID()).Scan(&file); err != nil || file == "" {
		t.Fatalf("no voice is kept: %v", err)
	}
	before := append(r.rows(t, "88445566"), r.rows(t, "677889900")...)
	if len(before) < 10 {
		t.Fatalf("of the one who stays only this is kept: %q", before)
	}

	goes.erases()
	r.silent(t)
	left["voice"] = []string{file}
	for what, words := range left {
		for _, w := range words {
			for _, row := range r.rows(t, w) {
				t.Errorf("the %s is still there: %s", what, row)
			}
		}
	}
	if d := cmp.Diff(before, append(r.rows(t, "88445566"), r.rows(t, "677889900")...)); d != "" {
		t.Errorf("something of somebody else changed: %s", d)
	}

	// The bot meets a stranger.
	goes.heard()
	goes.Send("salam")
	goes.hears("language.ask")
	goes.choose(locale.French)
	goes.hears("ask.hello")
	goes.Send("/mydata")
	goes.hears("mydata.none")
	goes.Send("/tickets")
	goes.hears("tickets.none")
	stays.Send("/tickets")
	stays.hears("tickets.list")
}

// What an agent has open in the chat is kept as the state of their conversation: who is erased goes from there too.
func TestWhoErasesIsGoneFromWhatTheStaffHaveOpen(t *testing.T) {
	t.Parallel()
	r := start(t, false)
	artisan, agent := r.artisan(t, "Zzkhadouj"), r.agent(t)
	shown := func() int {
		return r.count(t, `SELECT count(*) FROM chats WHERE chat_id = $1 AND state LIKE '%Zz%'`, agent.ID())
	}
	artisan.Send("/recommend")
	artisan.hears("recommend.theme")
	artisan.press("theme.card")
	artisan.hears("recommend.words")
	artisan.Send("Zzwords que personne d'autre ne dit")
	artisan.hears("recommend.how")
	artisan.press("recommend.named")
	artisan.hears("recommend.sent")
	agent.Send("/inbox")
	agent.hears("inbox.home")
	agent.press("inbox.first")
	card := agent.hears("inbox.card")
	r.quiet(t)
	if shown() != 1 {
		t.Fatal("the test proves nothing")
	}
	artisan.erases()
	r.quiet(t)
	if shown() != 0 {
		t.Error("the agent's conversation still holds it")
	}
	agent.pressOn(card, "inbox.answer")
	agent.hears("press.stale")
	agent.Send("/inbox")
	if home := agent.hears("inbox.home"); home.ID <= card.ID {
		t.Error("the agent can't go on")
	}
}

// A rating has no reference that the staff see: its key stands for it.
func TestWhoErasesIsGoneFromTheRatingThatTheStaffHaveOpen(t *testing.T) {
	t.Parallel()
	r := start(t, true)
	artisan, agent := r.artisan(t, "Khadouj"), r.agent(t)
	for i, p := range []*talker{artisan, r.artisan(t, "Hassan")} {
		r.do(t, `INSERT INTO ratings (stop_id, chat_id, score, words, created_at) VALUES ('demo-fes', $1, 4, 'Zzwords ' || $2::int, now() + make_interval(days => $2))`, p.ID(), i)
	}
	open := func(words string) int {
		return r.count(t, `SELECT count(*) FROM chats WHERE chat_id = $1 AND state LIKE '%' || $2 || '%'`, agent.ID(), words)
	}
	agent.Send("/inbox")
	agent.hears("inbox.home")
	agent.press("inbox.remarks")
	card := agent.hears("remarks.card")
	r.quiet(t)
	if open("Zzwords 0") != 1 {
		t.Fatal("the test proves nothing")
	}
	artisan.erases()
	r.quiet(t)
	if open("Zzwords") != 0 {
		t.Error("the agent's conversation still holds it")
	}
	agent.pressOn(card, "remarks.next")
	agent.hears("press.stale")
	agent.Send("/inbox")
	agent.hears("inbox.home")
	agent.press("inbox.remarks")
	agent.hears("remarks.card")
	r.quiet(t)
	if open("Zzwords 1") != 1 || open("Zzwords 0") != 0 {
		t.Error("the agent doesn't hear the one that is left")
	}
}

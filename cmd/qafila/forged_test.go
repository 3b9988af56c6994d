package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/simulator"
)

// inject sends a message as no app would. more is the rest of its JSON.
func (p *talker) inject(sim *simulator.Server, id int, more string) {
	sim.Inject(json.RawMessage(fmt.Sprintf(`{"message":{"message_id":%d,"date":%d,"chat":{"id":%d,"type":"private"},
		"from":{"id":%[3]d,"is_bot":false,"first_name":"Fatima","language_code":"fr"},%[4]s}}`, 1_000_000+id, time.Now().Unix(), p.ID(), more)))
}

// sound fails when an update failed, or the bot doesn't answer this person any more.
func (r *rig) sound(t *testing.T, p *talker) {
	t.Helper()
	r.quiet(t)
	rows, err := r.pool.Query(t.Context(), `SELECT reason, raw FROM failed_updates`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var reason, raw string
		if err := rows.Scan(&reason, &raw); err != nil {
			t.Fatal(err)
		}
		t.Errorf("an update failed: %.200s: %.300s", reason, raw)
	}
	p.heard()
	p.Send("/menu")
	p.hears("menu.ask")
}

func TestAForgedButtonIsAnsweredAndDoesNothing(t *testing.T) {
	t.Parallel()
	r := start(t, true)
	other := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Zineb"})
	other.register("demo-fes", "Zineb Secrete", "confirmed")
	var reference string
	if err := r.pool.QueryRow(t.Context(), `SELECT reference FROM registrations`).Scan(&reference); err != nil {
		t.Fatal(err)
	}
	other.Send("/delete") // a yes to that question is worth forging
	other.hears("erase.sure")

	p := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Ali"})
	p.Send("/mydata")
	screen := p.hears("mydata.none")
	r.quiet(t)
	pressed, before := 0, r.sim.Calls("answerCallbackQuery")
	for name, data := range map[string]string{
		"nothing": "", "junk": "junk", "huge": strings.Repeat("x", 5000), "huge key": "1:" + strings.Repeat("é", 5000), "huge door": ">" + strings.Repeat("a", 5000),
		"a screen that is not": "zzzzz:yes", "a negative one": "-1:yes", "a huge one": "zzzzzzzzzzzzzzzzzzzzz:yes", "early ones": "1:yes", "no key": "5:", "no screen": ":yes",
		"somebody's ticket": ">start:in_" + reference, "somebody's registration": ">start:reg_" + reference, "an injection": ">start:stop_x'; DROP TABLE stops; --",
		"another": ">start:reg_demo-fes' OR '1'='1", "a door to nowhere": ">/nowhere", "an empty door": ">", "a slash": "/", "a path": "/../../etc/passwd",
		"NUL bytes": "1:\x00\x00", "a NUL in a door": ">start:stop_\x00", "a NUL in a stop": ">start:stop_demo\x00fes", "a NUL in a town": ">start:town_\x00", "a NUL in a ticket": ">start:in_\x00",
		"a NUL in an answer": "/ask\x00", "no UTF-8": "1:\xff\xfe", "markup": "><b>", "emoji": "❤:❤", "a template": ">start:stop_{{.place}}", "typed words": ">typed",
	} {
		pressed++
		if err := p.PressOn(screen.ID, data); err != nil {
			t.Fatal(err)
		}
		r.quiet(t) // a screen that says already that the button is old is left as it is
		for _, said := range p.heard() {
			if p.has(said, "turn.failed") {
				t.Errorf("%s: something went wrong", name)
			}
		}
		for _, m := range p.Chat() {
			if strings.Contains(m.Text+m.Caption, "Secrete") || strings.Contains(m.Text+m.Caption, reference) {
				t.Fatalf("%s shows what is somebody else's: %q", name, m.Text)
			}
		}
	}
	// Another person's open question, on their screen and on one's own.
	message, data := other.button(other.Chat()[len(other.Chat())-1], "erase.yes")
	for _, m := range []int{message, screen.ID} {
		pressed++
		if err := p.PressOn(m, data); err != nil {
			t.Fatal(err)
		}
	}
	r.quiet(t)
	for deadline := time.Now().Add(20 * time.Second); r.sim.Calls("answerCallbackQuery") < before+pressed; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("of %d presses %d are answered", pressed, r.sim.Calls("answerCallbackQuery")-before)
		}
	}
	if shown := p.Chat(); !p.has(visible(shown[len(shown)-1].Text), "press.stale") {
		t.Errorf("the last thing that the person sees is %q", shown[len(shown)-1].Text)
	}
	r.sound(t, p)
	if n := r.count(t, `SELECT count(*) FROM registrations WHERE state = 'confirmed'`); n != 1 {
		t.Errorf("%d registrations are there", n)
	}
	if n := r.count(t, `SELECT count(*) FROM stops`); n != 3 {
		t.Errorf("%d stops are there", n)
	}
}

func TestWhatNoAppSendsIsAnswered(t *testing.T) {
	t.Parallel()
	r := start(t, true)
	p := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Ali"})
	for i, more := range []string{
		`"text":"a\u0000b\u0000"`, `"text":"\u0000"`, "\"text\":\"caf\xe9 \xff\xfe\"", `"text":"\ud800 alone"`, `"text":"` + strings.Repeat("long ", 2000) + `"`,
		`"text":"` + strings.Repeat("\u0651", 4000) + `"`, `"text":"/` + strings.Repeat("a", 4000) + `"`, `"text":"/"`, `"text":"/start \u0000"`, `"text":"/start@"`,
		`"text":"/next@another_bot"`, `"text":"   "`, `"text":"<script>alert(1)</script>"`, `"text":"{{.name}} %s %d"`, `"text":"'; DROP TABLE stops; --"`,
		`"location":{"latitude":1e308,"longitude":-1e308}`, `"location":{"latitude":0,"longitude":0}`, `"location":{"latitude":91,"longitude":181}`,
		`"contact":{"phone_number":"not a number\u0000","first_name":""}`, `"photo":[]`, `"sticker":{"file_id":"x"}`, `"dice":{"emoji":"🎲","value":3}`,
		`"voice":{"file_id":"v","file_unique_id":"v","duration":-1}`, `"video_note":{"file_id":"x","length":1,"duration":1}`, `"text":"` + strings.Repeat("😀", 3000) + `"`,
	} {
		p.heard()
		p.inject(r.sim, i, more)
		if m := p.waits("anything to "+fmt.Sprintf("%.60q", more), func(string) bool { return true }); p.has(visible(m.Text), "turn.failed") {
			t.Errorf("something went wrong with %.60q", more)
		}
	}
	r.sound(t, p)
	// The same where a name is asked: what is no name isn't taken for one, and what is kept can be read.
	p.agree("demo-fes")
	p.inject(r.sim, 100, `"text":"\u0000\u0000"`)
	p.waits("that it is no name", func(said string) bool {
		return p.has(said, "registration_form.name_wrong") || p.has(said, "registration_form.name_strange")
	})
	p.inject(r.sim, 101, "\"text\":\"Fati\\u0000ma \xff\xfeEl\\u202e Idrissi\\u200f\"")
	p.hears("pick_trade.branch")
	r.quiet(t)
	if len(r.rows(t, "Fatima El Idrissi")) == 0 {
		t.Errorf("the name is kept as %q", r.rows(t, "Fati"))
	}
	r.sound(t, p)
}

func TestInAGroupTheBotSaysWhereItTalksAndKeepsNothing(t *testing.T) {
	t.Parallel()
	r := start(t, true)
	p := newcomer(t, r.sim, locale.French, simulator.Profile{FirstName: "Ali", LanguageCode: "fr"})
	for _, text := range []string{"bonjour", "/start@another_bot", "/next@qafila", "fes"} {
		r.sim.GroupMessage(group, p.Person, text)
	}
	r.quiet(t)
	if sent := r.sim.Sent(); len(sent) != 0 {
		t.Errorf("in a group the bot said %v to what wasn't for it", sent)
	}
	r.sim.GroupMessage(group, p.Person, "/register@"+r.sim.Username())
	r.quiet(t)
	if sent := r.sim.Sent(); len(sent) != 1 || sent[0].Chat != group || !p.has(visible(sent[0].Text), "group.only_private") {
		t.Errorf("in a group the bot said %v", sent)
	}
	if n := r.count(t, `SELECT count(*) FROM chats`); n != 0 {
		t.Errorf("%d chats are kept because of a group", n)
	}
}

func TestWhatIsSomebodyElsesIsNotTaken(t *testing.T) {
	t.Parallel()
	r := start(t, true)
	p := meet(t, r.sim, locale.Arabic, simulator.Profile{FirstName: "Fatima", Phone: "+212661000777"})
	p.Send("/start@another_bot")
	p.hears("unexpected.command", "menu.ask")
	p.agree("demo-fes")
	first := p.Send("Fatima El Idrissi")
	p.hears("pick_trade.branch")
	p.Edit(first, "Another Name")
	p.hears("edit.ignored")
	p.Send("potier")
	p.hears("pick_town.region")
	p.Send("fes")
	p.hears("registration_form.phone")
	p.ForwardContact("+212699887766", "Somebody", 4711)
	p.hears("wrong.contact", "registration_form.phone")
	p.ShareContactOf("+212699887766", "Nobody at Telegram", 0)
	p.hears("wrong.contact_again", "registration_form.phone")
	p.ShareContact()
	p.hears("registration_form.card")
	r.silent(t)
	for _, words := range []string{"699887766", "Another Name", "4711", "Nobody"} {
		for _, row := range r.rows(t, words) {
			t.Errorf("%s is kept: %s", words, row)
		}
	}
	if len(r.rows(t, "661000777")) == 0 {
		t.Error("the person's own number is not kept")
	}
}

func TestANameIsKeptCleanAndShownAsItWasTyped(t *testing.T) {
	for name, c := range map[string]struct{ typed, kept string }{
		"direction override": {"Fatima \u202eIdrissi\u202c\u200f", "Fatima Idrissi"},
		"markup":             {`<b>Ali</b> & "fils" </i>`, `<b>Ali</b> & "fils" </i>`},
		"NUL and controls":   {"Fati\x00ma\tEl\n\nIdrissi", "Fatima El Idrissi"},
		"isolates":           {"\u2067فاطمة\u2069 الإدريسي", "فاطمة الإدريسي"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, true)
			p := meet(t, r.sim, locale.Darija, simulator.Profile{FirstName: "Fatima"})
			m := p.register("demo-fes", c.typed, "confirmed")
			if !strings.Contains(visible(m.Text+m.Caption), c.kept) {
				t.Errorf("shown as %q", m.Text+m.Caption)
			}
			var kept string
			if err := r.pool.QueryRow(t.Context(), `SELECT name FROM registrations`).Scan(&kept); err != nil || kept != c.kept {
				t.Errorf("kept as %q: %v", kept, err)
			}
			r.sound(t, p)
		})
	}
}

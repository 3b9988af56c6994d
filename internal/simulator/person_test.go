package simulator

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPeopleKeepTheirIdentity(t *testing.T) {
	tg := start(t, Options{})
	a := tg.Person(Profile{ID: 42, FirstName: "Aicha", LanguageCode: "fr"})
	if b := tg.Person(Profile{ID: 42, FirstName: "Another"}); b != a {
		t.Error("the same id is another person")
	}
	c, d := tg.Person(Profile{}), tg.Person(Profile{})
	if c.ID() == d.ID() || c.Profile().Phone == d.Profile().Phone || c.Profile().FirstName == "" {
		t.Errorf("%+v and %+v", c.Profile(), d.Profile())
	}
	a.Start("stop_12")
	m := tg.updates(nil)[0].Message
	want := &user{ID: 42, FirstName: "Aicha", LanguageCode: "fr"}
	if !cmp.Equal(want, m.From) || m.Chat.ID != 42 || m.Chat.Type != "private" || m.Text != "/start stop_12" {
		t.Errorf("got %+v", m)
	}
	if diff := cmp.Diff([]entity{{Type: "bot_command", Length: 6}}, m.Entities); diff != "" {
		t.Error(diff)
	}
}

func TestLongTextsAreSentInParts(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	p.Send(strings.Repeat("ح", 10_000))
	got := []int{}
	for _, u := range tg.updates(nil) {
		got = append(got, textUnits(u.Message.Text))
	}
	if diff := cmp.Diff([]int{4096, 4096, 1808}, got); diff != "" {
		t.Error(diff)
	}
	if id := p.Send("  \n"); id != 0 {
		t.Errorf("an empty text was sent as %d", id)
	}
}

func TestContactsAndPositions(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{FirstName: "Aicha", LastName: "B.", Phone: "+212600000009"})
	p.ShareContact()
	p.ShareContactOf("+212600000010", "Sœur", 0)
	p.ForwardContact("+212600000011", "Ali", 777)
	p.ShareLocation(48.85, 2.35)
	us := tg.updates(nil)
	if c := us[0].Message.Contact; c.UserID != p.ID() || c.PhoneNumber != "+212600000009" || c.LastName != "B." {
		t.Errorf("own contact %+v", c)
	}
	if c := us[1].Message.Contact; c.UserID != 0 || c.FirstName != "Sœur" {
		t.Errorf("a contact from the address book %+v", c)
	}
	if m := us[2].Message; m.Contact.UserID != 777 || m.ForwardOrigin.Type != "hidden_user" {
		t.Errorf("a forwarded contact %+v", m)
	}
	if l := us[3].Message.Location; l.Latitude != 48.85 || l.Longitude != 2.35 {
		t.Errorf("position %+v", l)
	}
}

func TestForwardsAndEditsOfThePerson(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	id := p.Send("Tiznit")
	p.Forward(id)
	p.ForwardText("Un ami", "n'oublie pas")
	p.Edit(id, "Taroudant")
	p.Edit(99, "nothing")
	if p.Forward(99) != 0 {
		t.Error("a missing message was forwarded")
	}
	us := tg.updates(nil)
	if o := us[1].Message.ForwardOrigin; o == nil || o.SenderUser.ID != p.ID() || us[1].Message.Text != "Tiznit" {
		t.Errorf("forwarded %+v", us[1].Message)
	}
	if o := us[2].Message.ForwardOrigin; o == nil || o.SenderUserName != "Un ami" {
		t.Errorf("forwarded %+v", us[2].Message)
	}
	if m := us[3].EditedMessage; m == nil || m.MessageID != id || m.Text != "Taroudant" || m.EditDate == 0 {
		t.Errorf("edited %+v", m)
	}
	if len(us) != 4 {
		t.Errorf("%d updates, want 4", len(us))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if e, err := p.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a person's own acts are told as the bot's: %+v", e)
	}
}

func TestPressTakesTheNewestButtonWithThatLabel(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	p.Start("")
	old := tg.must("sendMessage", map[string]any{"chat_id": p.ID(), "text": "1", "reply_markup": inline([]map[string]any{button("Oui", "old"), button("Stop", "s")})})
	tg.must("sendMessage", map[string]any{"chat_id": p.ID(), "text": "2", "reply_markup": inline([]map[string]any{
		button("Oui", "new"), button("\u2068Aicha\u2069 ✅", "name"), {"text": "Carte", "url": "https://example.com"},
	})})
	p.Send("hm")
	for _, label := range []string{"Oui", "Aicha ✅", "Stop"} {
		if err := p.Press(label); err != nil {
			t.Error(err)
		}
	}
	if err := p.PressOn(old.MessageID, "forged"); err != nil {
		t.Error(err)
	}
	if p.Press("Carte") == nil || p.Press("Non") == nil {
		t.Error("a link, or no button at all, was pressed")
	}
	if diff := cmp.Diff([]string{"Oui", "\u2068Aicha\u2069 ✅", "Carte"}, p.Buttons()); diff != "" {
		t.Error(diff)
	}
	got := []string{}
	for _, u := range tg.updates(nil) {
		if q := u.CallbackQuery; q != nil {
			got = append(got, q.Data)
		}
	}
	if diff := cmp.Diff([]string{"new", "name", "s", "forged"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestBlockingIsTold(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	p.Block()
	p.Block()
	if p.PressOn(1, "x") == nil || p.ShareContact() != 0 {
		t.Error("who blocked the bot still reaches it")
	}
	p.Start("")
	us := tg.updates(nil)
	if len(us) != 3 {
		t.Fatalf("%d updates, want blocked, unblocked, /start", len(us))
	}
	if got := string(us[0].MyChatMember); !strings.Contains(got, `"status":"kicked"`) || !strings.Contains(got, `"until_date":0`) {
		t.Errorf("blocked: %s", got)
	}
	if us[1].MyChatMember == nil || us[2].Message.Text != "/start" {
		t.Errorf("unblocked: %+v", us[1:])
	}
}

func TestADeletedAccountCantBeWrittenTo(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	p.Start("")
	m := tg.must("sendMessage", map[string]any{"chat_id": p.ID(), "text": "salam"})
	p.Deactivate()
	gone := "Forbidden: user is deactivated"
	tg.refused("sendMessage", map[string]any{"chat_id": p.ID(), "text": "salam"}, 403, gone)
	tg.refused("editMessageText", map[string]any{"chat_id": p.ID(), "message_id": m.MessageID, "text": "deux"}, 403, gone)
	if id := p.Send("toujours là"); id != 0 {
		t.Errorf("they wrote message %d", id)
	}
}

func TestGroups(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	tg.GroupMessage(-100, p, "/start@qafila_demo_bot")
	m := tg.updates(nil)[0].Message
	if m.Chat.ID != -100 || m.Chat.Type != "supergroup" || m.From.ID != p.ID() || len(m.Entities) != 1 {
		t.Errorf("got %+v", m)
	}
	tg.must("sendMessage", map[string]any{"chat_id": -100, "text": "en privé, svp"})
	if sent := tg.Sent(); len(sent) != 1 || sent[0].Chat != -100 {
		t.Errorf("sent %+v", sent)
	}
	if len(p.Chat()) != 0 {
		t.Error("the group's messages are in the private chat")
	}
}

func TestMessagesAreDatedByTheGivenClock(t *testing.T) {
	c := newClock()
	tg := start(t, Options{Now: c.now})
	p := tg.Person(Profile{})
	p.Send("salam")
	if got := p.Chat()[0].Date; !got.Equal(c.now()) {
		t.Errorf("dated %s, want %s", got, c.now())
	}
}

package simulator

import (
	"strings"
	"testing"
	"time"
)

func TestEditsReplaceWhatThePersonSees(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	said := p.Send("salam")
	m := tg.must("sendMessage", map[string]any{"chat_id": p.ID(), "text": "one", "reply_markup": inline([]map[string]any{button("A", "a")})})
	id := map[string]any{"chat_id": p.ID(), "message_id": m.MessageID}
	with := func(extra map[string]any) map[string]any {
		for k, v := range id {
			if _, given := extra[k]; !given {
				extra[k] = v
			}
		}
		return extra
	}
	unchanged := "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"

	tg.refused("editMessageText", with(map[string]any{"text": "one", "reply_markup": inline([]map[string]any{button("A", "a")})}), 400, unchanged)
	tg.must("editMessageText", with(map[string]any{"text": "<i>two</i>", "parse_mode": "HTML", "reply_markup": inline([]map[string]any{button("B", "b")})}))
	tg.refused("editMessageText", with(map[string]any{"text": "x", "message_id": 4242}), 400, "Bad Request: message to edit not found")
	tg.refused("editMessageText", with(map[string]any{"text": "x", "message_id": said}), 400, "Bad Request: message can't be edited")
	tg.refused("editMessageText", map[string]any{"text": "x", "chat_id": p.ID()}, 400, "Bad Request: message identifier is not specified")
	tg.refused("editMessageText", with(map[string]any{"text": ""}), 400, "Bad Request: message text is empty")
	tg.refused("editMessageCaption", with(map[string]any{"caption": "x"}), 400, "Bad Request: there is no caption in the message to edit")
	tg.must("editMessageReplyMarkup", id)
	tg.refused("editMessageReplyMarkup", id, 400, unchanged)

	if e := next(t, p); e.Kind != "message" || e.Message.Text != "one" || e.Message.Inline[0][0].Data != "a" {
		t.Errorf("first %+v", e)
	}
	if e := next(t, p); e.Kind != "edit" || e.Message.Text != "two" || e.Message.Entities[0].Type != "italic" || e.Message.Inline[0][0].Text != "B" {
		t.Errorf("then %+v", e)
	}
	if e := next(t, p); e.Kind != "edit" || e.Message.Inline != nil {
		t.Errorf("last %+v", e)
	}
	if chat := p.Chat(); len(chat) != 2 || chat[1].Text != "two" || !chat[1].Edited {
		t.Errorf("the chat is %+v", chat)
	}
}

func TestAnEditWithoutKeyboardTakesItAway(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	p.Start("")
	m := tg.must("sendMessage", map[string]any{"chat_id": p.ID(), "text": "one", "reply_markup": inline([]map[string]any{button("A", "a")})})
	tg.must("editMessageText", map[string]any{"chat_id": p.ID(), "message_id": m.MessageID, "text": "two"})
	if got := p.Buttons(); len(got) != 0 {
		t.Errorf("buttons %q are left", got)
	}
}

func TestDeletedMessagesAreGone(t *testing.T) {
	c := newClock()
	tg := start(t, Options{Now: c.now})
	p := tg.Person(Profile{})
	p.Start("")
	old := tg.must("sendMessage", map[string]any{"chat_id": p.ID(), "text": "old"})
	c.move(48*time.Hour + time.Second)
	young := tg.must("sendMessage", map[string]any{"chat_id": p.ID(), "text": "young"})

	tg.refused("deleteMessage", map[string]any{"chat_id": p.ID(), "message_id": old.MessageID}, 400, "Bad Request: message can't be deleted for everyone")
	tg.must("deleteMessage", map[string]any{"chat_id": p.ID(), "message_id": young.MessageID})
	tg.refused("deleteMessage", map[string]any{"chat_id": p.ID(), "message_id": young.MessageID}, 400, "Bad Request: message to delete not found")
	tg.must("deleteMessages", map[string]any{"chat_id": p.ID(), "message_ids": []int{young.MessageID, old.MessageID}})
	for _, want := range []string{"message", "message", "delete"} {
		if e := next(t, p); e.Kind != want {
			t.Errorf("%s, want %s", e.Kind, want)
		}
	}
	if chat := p.Chat(); len(chat) != 2 {
		t.Errorf("%d messages left, want 2", len(chat))
	}
}

func TestCallbackAnswersExpireAfter150Seconds(t *testing.T) {
	c := newClock()
	tg := start(t, Options{Now: c.now})
	p := tg.Person(Profile{})
	p.Start("")
	tg.must("sendMessage", map[string]any{"chat_id": p.ID(), "text": "?", "reply_markup": inline([]map[string]any{button("Oui", "yes")})})
	press := func() string {
		t.Helper()
		if err := p.Press("Oui"); err != nil {
			t.Fatal(err)
		}
		us := tg.updates(map[string]any{"offset": -1})
		q := us[len(us)-1].CallbackQuery
		if q == nil || q.Data != "yes" || q.From.ID != p.ID() {
			t.Fatalf("the bot got %+v", us)
		}
		return q.ID
	}
	tooOld := "Bad Request: query is too old and response timeout expired or query ID is invalid"
	first := press()
	tg.refused("answerCallbackQuery", map[string]any{"callback_query_id": first, "text": strings.Repeat("a", 201)}, 400, "Bad Request: MESSAGE_TOO_LONG")
	c.move(150 * time.Second)
	tg.must("answerCallbackQuery", map[string]any{"callback_query_id": first, "text": "C'est noté", "show_alert": true})
	second := press()
	c.move(151 * time.Second)
	tg.refused("answerCallbackQuery", map[string]any{"callback_query_id": second}, 400, tooOld)
	tg.refused("answerCallbackQuery", map[string]any{"callback_query_id": "12"}, 400, tooOld)
	next(t, p)
	if e := next(t, p); e.Kind != "answer" || e.Text != "C'est noté" || !e.Alert {
		t.Errorf("the person saw %+v", e)
	}
}

func TestAPressOnADeletedMessageTellsAnInaccessibleOne(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	p.Start("")
	if err := p.PressOn(4711, "forged"); err != nil {
		t.Fatal(err)
	}
	us := tg.updates(nil)
	m, ok := us[1].CallbackQuery.Message.(map[string]any)
	if !ok || m["date"] != 0.0 || m["message_id"] != 4711.0 {
		t.Errorf("the message is %v", us[1].CallbackQuery.Message)
	}
}

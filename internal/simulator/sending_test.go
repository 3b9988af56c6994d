package simulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWrongAddressesAreRefusedAsTelegramDoes(t *testing.T) {
	tg := start(t, Options{Token: "12345:abc"})
	for path, want := range map[string]struct {
		code        int
		description string
	}{
		"/bot12345:abd/getMe":     {401, "Unauthorized"},
		"/bot12345:abc/":          {404, "Not Found"},
		"/bot12345:abc":           {404, "Not Found"},
		"/bot12345:abc/sendDance": {404, "Not Found: method not found"},
	} {
		req, err := http.NewRequest(http.MethodGet, tg.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r := tg.do(req); r.ErrorCode != want.code || r.Description != want.description {
			t.Errorf("%s = %d %q, want %d %q", path, r.ErrorCode, r.Description, want.code, want.description)
		}
	}
	var me user
	if r := tg.call("GETME", nil); json.Unmarshal(r.Result, &me) != nil || me.ID != 12345 || !me.IsBot || me.Username != "qafila_demo_bot" {
		t.Errorf("getMe = %s", r.Result)
	}
}

func TestParametersComeInEveryForm(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{ID: 77})
	p.Start("")
	address := tg.url + "/bot" + tg.Token() + "/sendMessage"
	keyboard := `{"inline_keyboard":[[{"text":"نعم & لا","callback_data":"y"}]]}`
	form := url.Values{"chat_id": {"77"}, "text": {"<salam> & ça"}, "reply_markup": {keyboard}}

	get, _ := http.NewRequest(http.MethodGet, address+"?"+form.Encode(), nil)
	posted, _ := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	posted.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	asJSON, _ := http.NewRequest(http.MethodPost, address, strings.NewReader(
		`{"chat_id":77,"text":"<salam> & ça","reply_markup":`+keyboard+`,"protect_content":null}`))
	asJSON.Header.Set("Content-Type", "application/json")
	for name, r := range map[string]reply{
		"query": tg.do(get), "form": tg.do(posted), "JSON": tg.do(asJSON),
		"multipart": tg.upload("sendMessage", map[string]string{"chat_id": "77", "text": "<salam> & ça", "reply_markup": keyboard}, nil),
	} {
		var m message
		if err := json.Unmarshal(r.Result, &m); err != nil || m.Text != "<salam> & ça" || m.ReplyMarkup.InlineKeyboard[0][0].Text != "نعم & لا" {
			t.Errorf("%s: %s %s", name, r.Description, r.Result)
		}
		if !strings.Contains(string(r.Result), "<salam> & ça") {
			t.Errorf("%s: the text was escaped: %s", name, r.Result)
		}
	}
	broken, _ := http.NewRequest(http.MethodPost, address, strings.NewReader(`{"chat_id":77,`))
	broken.Header.Set("Content-Type", "application/json")
	if r := tg.do(broken); r.ErrorCode != 400 {
		t.Errorf("broken JSON = %d", r.ErrorCode)
	}
}

func TestABotMayOnlyWriteToWhoStartedIt(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{FirstName: "Aicha"})
	to := map[string]any{"chat_id": p.ID(), "text": "salam"}
	tg.refused("sendMessage", map[string]any{"chat_id": 99, "text": "salam"}, 400, "Bad Request: chat not found")
	tg.refused("sendMessage", map[string]any{"text": "salam"}, 400, "Bad Request: chat_id is empty")
	tg.refused("sendMessage", to, 403, "Forbidden: bot can't initiate conversation with a user")
	p.Start("")
	tg.must("sendMessage", to)
	p.Block()
	tg.refused("sendMessage", to, 403, "Forbidden: bot was blocked by the user")
	tg.refused("sendChatAction", map[string]any{"chat_id": p.ID(), "action": "typing"}, 403, "Forbidden: bot was blocked by the user")
	if id := p.Send("still there?"); id != 0 {
		t.Errorf("a person who blocked the bot wrote message %d", id)
	}
	p.Unblock()
	tg.must("sendMessage", to)
	if got := len(tg.Sent()); got != 2 {
		t.Errorf("%d messages got through, want 2", got)
	}
}

func TestTextsKeepTelegramsLimits(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	p.Start("")
	send := func(text, mode string) map[string]any {
		return map[string]any{"chat_id": p.ID(), "text": text, "parse_mode": mode}
	}
	tg.refused("sendMessage", send("", ""), 400, "Bad Request: message text is empty")
	tg.refused("sendMessage", send(" \n ", ""), 400, "Bad Request: message text is empty")
	tg.refused("sendMessage", send("<b></b>", "HTML"), 400, "Bad Request: message text is empty")
	tg.refused("sendMessage", send("a < b", "HTML"), 400, `Bad Request: can't parse entities: Unsupported start tag "" at byte offset 2`)
	tg.refused("sendMessage", send("a", "XML"), 400, "Bad Request: unsupported parse_mode")
	tg.refused("sendMessage", send(strings.Repeat("ق", 4097), ""), 400, "Bad Request: message is too long")
	tg.refused("sendMessage", send(strings.Repeat("🏟", 2048)+"a", ""), 400, "Bad Request: message is too long")
	tg.must("sendMessage", send(strings.Repeat("🏟", 2048), ""))
	tg.must("sendMessage", send("<b>"+strings.Repeat("&lt;", 4096)+"</b>", "HTML"))

	m := tg.must("sendMessage", send("<b>Tiznit</b> le 9", "HTML"))
	if want := []entity{{Type: "bold", Length: 6}}; m.Text != "Tiznit le 9" || !cmp.Equal(want, m.Entities) {
		t.Errorf("%q %v", m.Text, m.Entities)
	}
}

func TestKeyboardsKeepTelegramsLimits(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	p.Start("")
	with := func(markup any) map[string]any {
		return map[string]any{"chat_id": p.ID(), "text": "?", "reply_markup": markup}
	}
	one := func(b map[string]any) map[string]any { return with(inline([]map[string]any{b})) }
	data := strings.Repeat("م", 32)
	tg.must("sendMessage", one(button("a", data)))
	tg.refused("sendMessage", one(button("a", data+"x")), 400, "Bad Request: BUTTON_DATA_INVALID")
	tg.refused("sendMessage", one(map[string]any{"text": "a"}), 400,
		"Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	tg.refused("sendMessage", one(button("", "x")), 400, "Bad Request: can't parse inline keyboard button: button text must be non-empty")
	tg.refused("sendMessage", one(map[string]any{"text": "a", "url": "nowhere"}), 400,
		"Bad Request: inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL")
	tg.must("sendMessage", with(manyButtons(100, 8)))
	tg.refused("sendMessage", with(manyButtons(101, 8)), 400, "Bad Request: REPLY_MARKUP_TOO_LONG")
	tg.refused("sendMessage", with(manyButtons(9, 9)), 400, "Bad Request: REPLY_MARKUP_TOO_LONG")
	tg.refused("sendMessage", with("keyboard"), 400, "Bad Request: object expected as reply markup")

	if m := tg.must("sendMessage", with(map[string]any{"inline_keyboard": []any{}})); m.ReplyMarkup != nil {
		t.Errorf("an empty keyboard came back as %v", m.ReplyMarkup)
	}
	tg.GroupMessage(-5, p, "/start")
	tg.refused("sendMessage", map[string]any{
		"chat_id": -5, "text": "?", "reply_markup": map[string]any{"keyboard": [][]any{{map[string]any{"text": "x", "request_contact": true}}}},
	}, 400, "Bad Request: phone number can be requested in private chats only")
}

func TestTheKeyboardUnderTheChat(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{Phone: "+212600000001"})
	p.Start("")
	tg.must("sendMessage", map[string]any{"chat_id": p.ID(), "text": "number?", "reply_markup": map[string]any{
		"keyboard":          [][]any{{map[string]any{"text": "Share", "request_contact": true}}, {"Not now", map[string]any{"text": "Where", "request_location": true}}},
		"one_time_keyboard": true, "resize_keyboard": true,
	}})
	if diff := cmp.Diff([]string{"Share", "Not now", "Where"}, p.Buttons()); diff != "" {
		t.Fatal(diff)
	}
	for _, label := range []string{"Share", "Where", "Nothing"} {
		if p.Press(label) == nil {
			t.Errorf("%q was pressed", label)
		}
	}
	if err := p.Press("Not now"); err != nil {
		t.Fatal(err)
	}
	if got := p.Buttons(); len(got) != 0 {
		t.Errorf("a one-time keyboard still shows %q", got)
	}
	keyboard := map[string]any{"keyboard": [][]any{{"A"}}}
	tg.must("sendMessage", map[string]any{"chat_id": p.ID(), "text": "a", "reply_markup": keyboard})
	p.Press("A") //nolint:errcheck // the next line sees whether it worked
	if diff := cmp.Diff([]string{"A"}, p.Buttons()); diff != "" {
		t.Error("a lasting keyboard went", diff)
	}
	tg.must("sendMessage", map[string]any{"chat_id": p.ID(), "text": "a", "reply_markup": map[string]any{"remove_keyboard": true}})
	if p.Keyboard() != nil {
		t.Errorf("a removed keyboard still shows %s", p.Keyboard())
	}
	if got := texts(tg.updates(nil)); !cmp.Equal(got, []string{"/start", "Not now", "A"}) {
		t.Errorf("the bot got %q", got)
	}
}

func TestPlacesAndContacts(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	p.Start("")
	at := map[string]any{"chat_id": p.ID(), "latitude": 29.6974, "longitude": -9.7316}
	m := tg.must("sendLocation", at)
	if m.Location == nil || m.Location.Latitude != 29.6974 || m.Location.Longitude != -9.7316 {
		t.Errorf("location %+v", m.Location)
	}
	tg.refused("sendVenue", at, 400, "Bad Request: title is empty")
	at["title"], at["address"] = "Place Al Mechouar", "Tiznit"
	if m = tg.must("sendVenue", at); m.Venue == nil || m.Venue.Title != "Place Al Mechouar" || m.Location == nil {
		t.Errorf("venue %+v, location %+v", m.Venue, m.Location)
	}
	at["latitude"] = 91
	tg.refused("sendLocation", at, 400, "Bad Request: wrong location specified")
	delete(at, "longitude")
	tg.refused("sendLocation", at, 400, "Bad Request: longitude is empty")
	if m = tg.must("sendContact", map[string]any{"chat_id": p.ID(), "phone_number": "+212500000000", "first_name": "Fatima"}); m.Contact == nil {
		t.Error("no contact")
	}
	chat := p.Chat()
	if v := chat[2].Venue; v == nil || v.Address != "Tiznit" {
		t.Errorf("the person sees venue %+v", v)
	}
	tg.refused("sendChatAction", map[string]any{"chat_id": p.ID(), "action": "dancing"}, 400, "Bad Request: wrong parameter action in request")
}

func TestRepliesCopiesAndForwards(t *testing.T) {
	tg := start(t, Options{})
	p, q := tg.Person(Profile{}), tg.Person(Profile{})
	q.Start("")
	asked := p.Send("comment faire ?")
	m := tg.must("sendMessage", map[string]any{"chat_id": p.ID(), "text": "ainsi", "reply_parameters": map[string]any{"message_id": asked}})
	if m.ReplyToMessage == nil || m.ReplyToMessage.MessageID != asked {
		t.Errorf("replies to %+v", m.ReplyToMessage)
	}
	tg.refused("sendMessage", map[string]any{"chat_id": p.ID(), "text": "ainsi", "reply_parameters": map[string]any{"message_id": 12345}},
		400, "Bad Request: message to be replied not found")
	tg.must("sendMessage", map[string]any{"chat_id": p.ID(), "text": "ainsi",
		"reply_parameters": map[string]any{"message_id": 12345, "allow_sending_without_reply": true}})

	tg.must("copyMessage", map[string]any{"chat_id": q.ID(), "from_chat_id": p.ID(), "message_id": asked})
	if e := next(t, q); e.Message.Text != "comment faire ?" || e.Message.Forwarded || !e.Message.FromBot {
		t.Errorf("copied %+v", e.Message)
	}
	tg.must("forwardMessage", map[string]any{"chat_id": q.ID(), "from_chat_id": p.ID(), "message_id": asked})
	if e := next(t, q); !e.Message.Forwarded {
		t.Errorf("forwarded %+v", e.Message)
	}
	tg.refused("copyMessage", map[string]any{"chat_id": q.ID(), "from_chat_id": p.ID(), "message_id": 9999}, 400, "Bad Request: message to copy not found")
}

func TestEntitiesCanBeGivenInsteadOfMarkup(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	p.Start("")
	send := func(e entity) map[string]any {
		return map[string]any{"chat_id": p.ID(), "text": " <b> 🏟 ", "entities": []entity{e}, "link_preview_options": map[string]any{"is_disabled": true}}
	}
	m := tg.must("sendMessage", send(entity{Type: "italic", Offset: 5, Length: 2}))
	if want := []entity{{Type: "italic", Offset: 4, Length: 2}}; m.Text != "<b> 🏟" || !cmp.Equal(want, m.Entities) {
		t.Errorf("%q %v", m.Text, m.Entities)
	}
	if string(m.LinkPreview) != `{"is_disabled":true}` {
		t.Errorf("link preview %s", m.LinkPreview)
	}
	tg.refused("sendMessage", send(entity{Type: "italic", Offset: 5, Length: 9}), 400,
		"Bad Request: entity beginning at UTF-16 offset 5 ends after the end of the text at UTF-16 offset 8")
}

package simulator

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// page calls the page's API and decodes its answer.
func (tg *telegram) page(method, path, contentType string, body io.Reader, into any) int {
	tg.t.Helper()
	req, err := http.NewRequest(method, tg.url+path, body)
	if err != nil {
		tg.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := tg.http.Do(req)
	if err != nil {
		tg.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		tg.t.Fatalf("%s %s: %v", method, path, err)
	}
	return resp.StatusCode
}

// act does something on a phone and gives the error that the page shows, "" for none.
func (tg *telegram) act(path, body string) string {
	tg.t.Helper()
	var answer struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
	}
	if status := tg.page(http.MethodPost, path, "application/json", strings.NewReader(body), &answer); (status == 200) != answer.OK {
		tg.t.Errorf("%s: status %d with ok %v", path, status, answer.OK)
	}
	return answer.Error
}

func (tg *telegram) actFile(path, name, content string, fields map[string]string) string {
	tg.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for k, v := range fields {
		if err := form.WriteField(k, v); err != nil {
			tg.t.Fatal(err)
		}
	}
	w, err := form.CreateFormFile("file", name)
	if err != nil {
		tg.t.Fatal(err)
	}
	if _, err := io.WriteString(w, content); err != nil {
		tg.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		tg.t.Fatal(err)
	}
	var answer struct {
		Error string `json:"error"`
	}
	tg.page(http.MethodPost, path, form.FormDataContentType(), &body, &answer)
	return answer.Error
}

// phone is an open page: its events, one after the other.
type phone struct {
	t     *testing.T
	lines *bufio.Scanner
	close func()
}

func (tg *telegram) open(id string) *phone {
	tg.t.Helper()
	resp, err := tg.http.Get(tg.url + "/phone/" + id + "/events")
	if err != nil {
		tg.t.Fatal(err)
	}
	if got := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || got != "text/event-stream" {
		tg.t.Fatalf("events: %d %s", resp.StatusCode, got)
	}
	p := &phone{t: tg.t, lines: bufio.NewScanner(resp.Body), close: func() { _ = resp.Body.Close() }}
	tg.t.Cleanup(p.close)
	return p
}

// want reads the next event, which must have that name, into a value.
func (p *phone) want(name string, into any) {
	p.t.Helper()
	got := ""
	for p.lines.Scan() {
		if field, value, _ := strings.Cut(p.lines.Text(), ": "); field == "event" {
			got = value
		} else if field == "data" {
			if got != name {
				p.t.Fatalf("event %s %s, want %s", got, value, name)
			}
			if err := json.Unmarshal([]byte(value), into); err != nil {
				p.t.Fatal(err)
			}
			return
		}
	}
	p.t.Fatalf("the stream ended before %s: %v", name, p.lines.Err())
}

func TestThePageShowsWhatHappensAsItHappens(t *testing.T) {
	tg := start(t, Options{Name: "Qafila", Towns: []Town{{Name: "Tiznit", Lat: 29.7, Lon: -9.73}}})
	var info struct {
		Bot   struct{ Name, Username string }
		Towns []Town
	}
	tg.page(http.MethodGet, "/phone/info", "", nil, &info)
	if info.Bot.Name != "Qafila" || info.Bot.Username != "qafila_demo_bot" || len(info.Towns) != 1 {
		t.Errorf("info %+v", info)
	}
	var aicha phoneProfile
	tg.page(http.MethodPost, "/phone/people", "application/json", strings.NewReader(`{"first_name":"Aicha","language_code":"fr"}`), &aicha)
	var people []phoneProfile
	tg.page(http.MethodGet, "/phone/people", "", nil, &people)
	if diff := cmp.Diff([]phoneProfile{aicha}, people); diff != "" || aicha.FirstName != "Aicha" || aicha.ID == 0 {
		t.Error(diff)
	}

	p := tg.open("7100000001")
	var all struct {
		Messages []message
		Keyboard *replyKeyboard
		Commands []botCommand
		Blocked  bool
	}
	p.want("chat", &all)
	if all.Messages == nil || len(all.Messages) != 0 || all.Keyboard != nil || all.Commands == nil || all.Blocked {
		t.Errorf("a new chat is %+v", all)
	}
	if e := tg.act("/phone/7100000001/text", `{"text":"/start"}`); e != "" {
		t.Fatal(e)
	}
	var m message
	if p.want("message", &m); m.Text != "/start" || m.From.IsBot {
		t.Errorf("own message %+v", m)
	}
	tg.must("sendChatAction", map[string]any{"chat_id": aicha.ID, "action": "typing"})
	var action struct{ Action string }
	if p.want("action", &action); action.Action != "typing" {
		t.Errorf("action %+v", action)
	}
	tg.must("setMyCommands", map[string]any{"commands": []botCommand{{"menu", "Le menu"}}})
	var commands []botCommand
	if p.want("commands", &commands); len(commands) != 1 {
		t.Errorf("commands %+v", commands)
	}
	sent := tg.must("sendMessage", map[string]any{"chat_id": aicha.ID, "text": "salam", "reply_markup": inline([]map[string]any{button("Oui", "y")})})
	if p.want("message", &m); m.Text != "salam" || !m.From.IsBot || m.ReplyMarkup.InlineKeyboard[0][0].CallbackData != "y" {
		t.Errorf("the bot's message %+v", m)
	}
	if e := tg.act("/phone/7100000001/press", `{"message_id":2,"data":"y"}`); e != "" {
		t.Error(e)
	}
	us := tg.updates(nil)
	tg.must("answerCallbackQuery", map[string]any{"callback_query_id": us[1].CallbackQuery.ID, "text": "noté"})
	var toast struct {
		Text      string
		ShowAlert bool `json:"show_alert"`
	}
	if p.want("answer", &toast); toast.Text != "noté" || toast.ShowAlert {
		t.Errorf("toast %+v", toast)
	}
	tg.must("editMessageText", map[string]any{"chat_id": aicha.ID, "message_id": sent.MessageID, "text": "salam!"})
	if p.want("edit", &m); m.Text != "salam!" {
		t.Errorf("edit %+v", m)
	}
	tg.must("deleteMessage", map[string]any{"chat_id": aicha.ID, "message_id": sent.MessageID})
	var gone struct {
		ID int `json:"message_id"`
	}
	if p.want("delete", &gone); gone.ID != sent.MessageID {
		t.Errorf("delete %+v", gone)
	}
	tg.must("sendMessage", map[string]any{"chat_id": aicha.ID, "text": "?", "reply_markup": map[string]any{"keyboard": [][]string{{"A"}}, "one_time_keyboard": true}})
	p.want("message", &m)
	var keyboard *replyKeyboard
	if p.want("keyboard", &keyboard); keyboard == nil || keyboard.Keyboard[0][0].Text != "A" {
		t.Errorf("keyboard %+v", keyboard)
	}
	tg.act("/phone/7100000001/text", `{"text":"A"}`)
	p.want("message", &m) // and no keyboard: the page hides its own, and its toggle brings it back
	if who := tg.Person(Profile{ID: 7100000001}); len(who.Buttons()) != 0 || who.Press("A") != nil {
		t.Errorf("a used one-time keyboard shows %q, and can't be brought back", who.Buttons())
	}
	p.want("message", &m)
	tg.act("/phone/7100000001/block", `{}`)
	var blocked struct{ Blocked bool }
	if p.want("blocked", &blocked); !blocked.Blocked {
		t.Error("not blocked")
	}

	// A page that reconnects gets everything again.
	p.close()
	p = tg.open("7100000001")
	all.Messages = nil
	if p.want("chat", &all); len(all.Messages) != 4 || !all.Blocked || len(all.Commands) != 1 {
		t.Errorf("the chat is %+v", all)
	}
}

func TestEverythingAPhoneCanDoReachesTheBot(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{ID: 5})
	for _, c := range []struct{ path, body string }{
		{"text", `{"text":"salam"}`}, {"contact", `{}`}, {"location", `{"lat":31.6,"lon":-8}`}, {"edit", `{"message_id":1,"text":"salut"}`},
		{"sticker", `{}`}, {"press", `{"message_id":1,"data":"x"}`},
	} {
		if e := tg.act("/phone/5/"+c.path, c.body); e != "" {
			t.Errorf("%s: %s", c.path, e)
		}
	}
	for kind, fields := range map[string]map[string]string{"photo": {"caption": "c"}, "voice": {"duration": "2.4"}, "document": nil} {
		if e := tg.actFile("/phone/5/"+kind, "f.txt", "content", fields); e != "" {
			t.Errorf("%s: %s", kind, e)
		}
	}
	us := tg.updates(nil)
	if len(us) != 9 || us[1].Message.Contact.UserID != 5 || us[3].EditedMessage.Text != "salut" {
		t.Errorf("%d updates: %+v", len(us), us)
	}
	seconds := 0
	for _, m := range p.Chat() {
		if m.Document != nil && (m.Document.Name != "f.txt" || string(m.Document.Data()) != "content") {
			t.Errorf("document %+v", m.Document)
		}
		var raw message
		if err := json.Unmarshal(m.RawJSON, &raw); err == nil && raw.Voice != nil {
			seconds = *raw.Voice.Duration
		}
	}
	if seconds != 2 {
		t.Errorf("a voice of %d s, want 2", seconds)
	}
	for path, body := range map[string]string{
		"/phone/5/text": `{"text":" "}`, "/phone/5/edit": `{"message_id":1,"text":""}`, "/phone/5/location": `{"lat":1}`,
		"/phone/6/text": `{"text":"x"}`, "/phone/x/text": `{"text":"x"}`, "/phone/5/press": `junk`, "/phone/5/photo": `{}`,
	} {
		if tg.act(path, body) == "" {
			t.Errorf("%s took %s", path, body)
		}
	}
	tg.act("/phone/5/block", `{}`)
	if e := tg.act("/phone/5/text", `{"text":"x"}`); e != "you have blocked the bot" {
		t.Errorf("blocked: %q", e)
	}
	if e := tg.act("/phone/5/unblock", `{}`); e != "" {
		t.Error(e)
	}
}

func TestThePageGetsFilesThatCantHarmIt(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	p.SendDocument("é.html", []byte("<script>"), "")
	p.SendPhoto(picture(t, 9, 9), "")
	chat := p.Chat()
	for _, c := range []struct {
		f    *File
		kind string
		how  string
	}{
		{chat[0].Document, "text/html", "attachment; filename*=utf-8''%C3%A9.html"},
		{chat[1].Photo, "image/jpeg", "inline; filename=file_0.jpg"},
	} {
		resp, err := tg.http.Get(tg.url + "/phone/file/" + c.f.FileID)
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if !bytes.Equal(raw, c.f.Data()) || resp.Header.Get("Content-Type") != c.kind || resp.Header.Get("Content-Disposition") != c.how {
			t.Errorf("%q %v", raw, resp.Header)
		}
	}
	if status, _ := tg.download("/phone/file/none"); status != http.StatusNotFound {
		t.Errorf("no such file: %d", status)
	}
	if status, _ := tg.download("/phone/5/none"); status != http.StatusNotFound {
		t.Errorf("no such path: %d", status)
	}
}

func TestThePageIsServed(t *testing.T) {
	tg := start(t, Options{})
	status, raw := tg.download("/?person=5")
	if status != 200 || !bytes.Contains(bytes.ToLower(raw), []byte("<!doctype html>")) {
		t.Errorf("the page: %d %.60s", status, raw)
	}
}

func TestAPageThatDoesntReadIsCutOff(t *testing.T) {
	c := newChat(chatInfo{ID: 1}, nil)
	slow := make(chan phoneEvent, 1)
	c.watchers[slow] = struct{}{}
	for range 3 {
		c.show("message", &message{})
	}
	if len(c.watchers) != 0 {
		t.Error("the page is still waited for")
	}
	<-slow
	if _, open := <-slow; open {
		t.Error("the page isn't told to reconnect")
	}
}

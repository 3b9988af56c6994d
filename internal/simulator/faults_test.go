package simulator

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestCallsFailAsTold(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{ID: 5})
	p.Start("")
	fail := func(f Failure) { tg.FailWith(func(string, int64) *Failure { return &f }) }
	asked := make(chan SentRecord, 1)
	tg.FailWith(func(method string, chat int64) *Failure { asked <- SentRecord{Method: method, Chat: chat}; return nil })
	post := func() (int, string, error) {
		t.Helper()
		resp, err := tg.http.Post(tg.url+"/bot"+tg.Token()+"/sendMessage", "application/json", bytes.NewReader([]byte(`{"chat_id":5,"text":"salam"}`)))
		if err != nil {
			return 0, "", err
		}
		defer func() { _ = resp.Body.Close() }()
		raw, err := io.ReadAll(resp.Body)
		return resp.StatusCode, string(raw), err
	}
	if status, _, err := post(); err != nil || status != 200 {
		t.Errorf("no failure: %d, %v", status, err)
	}
	if got := <-asked; got.Method != "sendMessage" || got.Chat != 5 {
		t.Errorf("asked about %s in %d", got.Method, got.Chat)
	}
	fail(Failure{Status: http.StatusBadGateway, Body: "<html>502</html>"})
	if status, body, err := post(); err != nil || status != 502 || body != "<html>502</html>" {
		t.Errorf("an HTML answer: %d %q %v", status, body, err)
	}
	fail(Failure{Reset: true})
	if _, _, err := post(); err == nil {
		t.Error("a reset gave an answer")
	}
	if n := len(p.Chat()); n != 2 {
		t.Errorf("failed calls left %d messages, want 2", n)
	}
	fail(Failure{Reset: true, After: true})
	if _, _, err := post(); err == nil {
		t.Error("a reset gave an answer")
	}
	if n := len(p.Chat()); n != 3 {
		t.Errorf("a call whose answer is lost must take effect: %d messages, want 3", n)
	}
	tg.FailWith(nil)
	if status, _, err := post(); err != nil || status != 200 {
		t.Errorf("after the failures: %d %v", status, err)
	}
	if n := tg.Calls("SendMessage"); n != 3 {
		t.Errorf("%d calls took effect, want 3", n)
	}
}

func TestConnectionsAreCounted(t *testing.T) {
	tg := start(t, Options{})
	for range 5 {
		tg.call("getMe", nil)
	}
	if n := tg.Connections(); n != 1 {
		t.Errorf("%d connections for 5 calls one after the other, want 1", n)
	}
}

func TestTheLogOfSentMessagesCanBeSwitchedOff(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	p.Start("")
	send := func() { tg.must("sendMessage", map[string]any{"chat_id": p.ID(), "text": "salam"}) }
	send()
	if sent := tg.Sent(); len(sent) != 1 || sent[0].Method != "sendMessage" || sent[0].Chat != p.ID() || sent[0].Text != "salam" {
		t.Errorf("sent %+v", sent)
	}
	tg.KeepSent(false)
	send()
	if sent := tg.Sent(); len(sent) != 0 {
		t.Errorf("sent %+v, want none", sent)
	}
}

func TestInjectWantsAnObject(t *testing.T) {
	defer func() {
		if r := recover(); r == nil || !strings.Contains(r.(string), "not a JSON object") {
			t.Errorf("recovered %v", r)
		}
	}()
	start(t, Options{}).Inject([]byte("junk"))
}

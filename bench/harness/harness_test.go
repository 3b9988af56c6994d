package harness_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/bench/harness"
)

// far is a harness and the way to call it.
type far struct {
	*harness.Harness
	t *testing.T
}

func start(t *testing.T, s harness.Script) far {
	t.Helper()
	h, err := harness.New(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return far{h, t}
}

type update struct {
	ID      int64 `json:"update_id"`
	Message *struct {
		Chat struct{ ID int64 }
		Text string
	}
	Query *struct {
		From struct{ ID int64 }
		Data string
	} `json:"callback_query"`
}

func (f far) post(method, kind string, body io.Reader) []byte {
	resp, err := http.Post(f.URL()+"/bot"+harness.Token+"/"+method, kind, body)
	if err != nil {
		return nil // the harness is closed
	}
	defer func() { _ = resp.Body.Close() }()
	b, _ := io.ReadAll(resp.Body)
	return b
}

func (f far) updates(offset int64) []update {
	b := f.post("getUpdates", "application/json", strings.NewReader(fmt.Sprintf(`{"offset":%d,"limit":100,"timeout":5}`, offset)))
	var got struct{ Result []update }
	if b != nil {
		if err := json.Unmarshal(b, &got); err != nil {
			f.t.Errorf("updates are not JSON: %v: %s", err, b)
		}
	}
	return got.Result
}

// say sends a message as a form, as the library does, in chunks.
func (f far) say(chat int64, words string) {
	pr, pw := io.Pipe()
	form := multipart.NewWriter(pw)
	go func() {
		_ = form.WriteField("chat_id", fmt.Sprint(chat))
		_ = form.WriteField("text", words)
		_ = form.Close()
		_ = pw.Close()
	}()
	f.post("sendMessage", form.FormDataContentType(), pr)
}

func TestPeopleGoOnWhenTheyHaveTheirReply(t *testing.T) {
	// given a bot that answers what each person waits for, after a note that nobody waits for
	f := start(t, harness.Script{{Send: "/start", Until: "name?"}, {Send: "Fatima", Until: "thanks"}})
	heard := map[int64][]string{}
	bot := make(chan struct{})
	stop := make(chan struct{})
	go func() {
		defer close(bot)
		var offset int64
		for {
			select {
			case <-stop:
				return
			default:
			}
			for _, u := range f.updates(offset) {
				offset = u.ID + 1
				chat := u.Message.Chat.ID
				heard[chat] = append(heard[chat], u.Message.Text)
				f.say(chat, "one moment")
				f.say(chat, map[string]string{"/start": "your name?", "Fatima": "thanks"}[u.Message.Text])
			}
		}
	}()
	// when ten people at a time go through the script, for as long as it takes one
	var got harness.Result
	for f.Crowd.Through() == 0 || got.Updates == 0 {
		var err error
		if got, err = f.Crowd.Closed(t.Context(), 10, 0, 300*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	// then each does so once, in order
	close(stop)
	f.Close()
	<-bot
	through := int64(0)
	for chat, words := range heard {
		if s := strings.Join(words, " "); s == "/start Fatima" {
			through++
		} else if s != "/start" {
			t.Errorf("chat %d sent %q", chat, s)
		}
	}
	if through != f.Crowd.Through() {
		t.Errorf("%d people came through, the harness counts %d", through, f.Crowd.Through())
	}
}

func TestAnUpdateIsBroughtUntilItIsConfirmed(t *testing.T) {
	f := start(t, harness.Script{{Send: "/start", Until: "hello"}})
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	go func() { _, _ = f.Crowd.Closed(ctx, 3, 0, time.Minute) }()
	var first []update
	for len(first) < 3 {
		first = f.updates(0)
	}
	if again := f.updates(0); len(again) != 3 || again[0].ID != first[0].ID {
		t.Errorf("asked again without confirming, got %v after %v", again, first)
	}
	if rest := f.updates(first[1].ID + 1); len(rest) != 1 || rest[0].ID != first[2].ID {
		t.Errorf("after two of three were confirmed, got %v", rest)
	}
}

func TestAButtonIsPressedByItsKey(t *testing.T) {
	// given a question with buttons, in a form as in JSON
	for _, kind := range []string{"form", "json"} {
		t.Run(kind, func(t *testing.T) {
			f := start(t, harness.Script{{Send: "/start", Until: `keyboard":[[`}, {Press: "yes", Until: "thanks"}})
			ctx, stop := context.WithCancel(t.Context())
			t.Cleanup(stop)
			go func() { _, _ = f.Crowd.Closed(ctx, 1, 0, time.Minute) }()
			first := f.updates(0)
			if len(first) != 1 {
				t.Fatalf("got %v", first)
			}
			chat := first[0].Message.Chat.ID
			markup := `{"inline_keyboard":[[{"text":"No","callback_data":"1f:no"}],[{"text":"Yes","callback_data":"1f:yes"}]]}`
			// when the bot asks
			if kind == "json" {
				f.post("sendMessage", "application/json", strings.NewReader(fmt.Sprintf(`{"text":"sure?","chat_id":%d,"reply_markup":%s}`, chat, markup)))
			} else {
				var b bytes.Buffer
				form := multipart.NewWriter(&b)
				_ = form.WriteField("reply_markup", markup)
				_ = form.WriteField("chat_id", fmt.Sprint(chat))
				_ = form.Close()
				f.post("sendMessage", form.FormDataContentType(), &b)
			}
			// then the person presses the button whose key that is
			if next := f.updates(first[0].ID + 1); len(next) != 1 || next[0].Query == nil || next[0].Query.Data != "1f:yes" || next[0].Query.From.ID != chat {
				t.Errorf("got %+v", next)
			}
		})
	}
}

func TestASteadyStreamKeepsItsRate(t *testing.T) {
	f := start(t, harness.Script{{Send: "/start", Until: "hello"}})
	go func() {
		var offset int64
		for t.Context().Err() == nil {
			for _, u := range f.updates(offset) {
				offset = u.ID + 1
				f.say(u.Message.Chat.ID, "hello")
			}
		}
	}()
	// as many people as there can be updates: however slow the machine is, somebody is free, and each update counts
	got, err := f.Crowd.Open(t.Context(), 400, 200, 0, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if got.Updates < 120 || got.Updates > 280 || got.P50 <= 0 || got.P99 < got.P50 {
		t.Errorf("200 a second for a second: %+v", got)
	}
}

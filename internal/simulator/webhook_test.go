package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// hooked is a bot behind a webhook: it keeps what came, and answers as told.
type hooked struct {
	*httptest.Server
	mu     sync.Mutex
	got    []testUpdate
	header http.Header
	came   chan testUpdate
}

func listen(t *testing.T, answer func(w http.ResponseWriter, u testUpdate)) *hooked {
	h := &hooked{came: make(chan testUpdate, 1000)}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var u testUpdate
		if err := json.NewDecoder(r.Body).Decode(&u); err != nil {
			t.Error(err)
		}
		h.mu.Lock()
		h.got, h.header = append(h.got, u), r.Header.Clone()
		h.mu.Unlock()
		if answer != nil {
			answer(w, u)
		}
		h.came <- u
	}))
	t.Cleanup(h.Close)
	return h
}

func TestWebhooksBringEveryUpdateInTheOrderOfItsChat(t *testing.T) {
	h := listen(t, nil)
	tg := start(t, Options{})
	people := []*Person{tg.Person(Profile{}), tg.Person(Profile{}), tg.Person(Profile{})}
	people[0].Send("0") // waits already when the webhook is set
	tg.must("setWebhook", map[string]any{"url": h.URL, "secret_token": "s3cret_-", "max_connections": 4})
	for i := 1; i < 20; i++ {
		for _, p := range people {
			p.Send(fmt.Sprint(i))
		}
	}
	last := map[int64]int{people[1].ID(): 0, people[2].ID(): 0, people[0].ID(): -1}
	for range 1 + 19*3 {
		m := (<-h.came).Message
		var i int
		if _, err := fmt.Sscan(m.Text, &i); err != nil || i != last[m.Chat.ID]+1 {
			t.Fatalf("chat %d: %q after %d", m.Chat.ID, m.Text, last[m.Chat.ID])
		}
		last[m.Chat.ID] = i
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if got := h.header.Get("X-Telegram-Bot-Api-Secret-Token"); got != "s3cret_-" {
		t.Errorf("secret %q", got)
	}
}

func TestAFailedDeliveryIsTriedAgainBeforeTheNextOfItsChat(t *testing.T) {
	failures := 2
	h := listen(t, func(w http.ResponseWriter, u testUpdate) {
		if u.Message.Text == "a" && failures > 0 {
			failures--
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	tg.must("setWebhook", map[string]any{"url": h.URL})
	p.Send("a")
	p.Send("b")
	var got []testUpdate
	for range 4 {
		got = append(got, <-h.came)
	}
	if diff := cmp.Diff([]string{"a", "a", "a", "b"}, texts(got)); diff != "" {
		t.Error(diff)
	}
	var info webhookInfo
	r := tg.call("getWebhookInfo", nil)
	if err := json.Unmarshal(r.Result, &info); err != nil || info.URL != h.URL || info.LastErrorMessage != "Wrong response from the webhook: 502 Bad Gateway" {
		t.Errorf("webhook info %+v", info)
	}
}

func TestSwappedWebhooksComeOutOfOrderAndAllTheSame(t *testing.T) {
	hold := make(chan struct{})
	h := listen(t, func(_ http.ResponseWriter, u testUpdate) {
		if u.Message.Text == "0" {
			<-hold // until all the others wait behind it
		}
	})
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	tg.SwapWebhooks(true)
	tg.must("setWebhook", map[string]any{"url": h.URL})
	for i := range 9 {
		p.Send(fmt.Sprint(i))
	}
	close(hold)
	swapped, seen, last := 0, map[string]int{}, int64(0)
	for range 9 {
		u := <-h.came
		seen[u.Message.Text]++
		if u.ID < last {
			swapped++
		}
		last = u.ID
	}
	if len(seen) != 9 {
		t.Errorf("came: %v", seen)
	}
	if swapped < 2 {
		t.Errorf("%d updates came after a later one, want 2 or more", swapped)
	}
}

func TestAMethodInTheWebhooksAnswerIsCarriedOut(t *testing.T) {
	h := listen(t, func(w http.ResponseWriter, u testUpdate) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"method":"sendMessage","chat_id":%d,"text":"reçu"}`, u.Message.Chat.ID)
	})
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	tg.must("setWebhook", map[string]any{"url": h.URL})
	p.Send("salam")
	if e := next(t, p); e.Message.Text != "reçu" {
		t.Errorf("the person saw %+v", e)
	}
}

func TestPollingAndWebhooksExcludeEachOther(t *testing.T) {
	h := listen(t, func(w http.ResponseWriter, _ testUpdate) { w.WriteHeader(http.StatusInternalServerError) })
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	waiting := make(chan reply)
	go func() { waiting <- tg.call("getUpdates", map[string]any{"timeout": 50}) }()
	tg.waitForPoller(true)
	tg.must("setWebhook", map[string]any{"url": h.URL})
	if r := <-waiting; r.Description != "Conflict: terminated by setWebhook request" {
		t.Errorf("the poller got %q", r.Description)
	}
	tg.refused("getUpdates", nil, 409,
		"Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	p.Send("salam")
	<-h.came
	tg.must("deleteWebhook", nil)
	if got := texts(tg.updates(nil)); !cmp.Equal(got, []string{"salam"}) {
		t.Errorf("what no webhook took is polled: got %q", got)
	}
	tg.must("deleteWebhook", map[string]any{"drop_pending_updates": true})
	if n := tg.Pending(); n != 0 {
		t.Errorf("%d pending after they were dropped", n)
	}
}

func TestBadWebhooksAreRefused(t *testing.T) {
	tg := start(t, Options{})
	tg.refused("setWebhook", map[string]any{"url": "ftp://x.ma/"}, 400, "Bad Request: bad webhook: invalid webhook URL specified")
	tg.refused("setWebhook", map[string]any{"url": "https://x.ma/", "secret_token": "a b"}, 400,
		"Bad Request: secret token contains unallowed characters")
	req, _ := http.NewRequest(http.MethodGet, tg.url+"/bot"+tg.Token()+"/deleteWebhook", nil)
	resp, err := tg.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if raw, _ := io.ReadAll(resp.Body); string(raw) != `{"description":"Webhook is already deleted","ok":true,"result":true}` {
		t.Errorf("deleteWebhook = %s", raw)
	}
}

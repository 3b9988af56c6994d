package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestUpdatesAreConfirmedByTheNextOffset(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	for _, text := range []string{"a", "b", "c", "d"} {
		p.Send(text)
	}
	first := tg.updates(map[string]any{"limit": 2})
	if diff := cmp.Diff([]string{"a", "b"}, texts(first)); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "d"}, texts(tg.updates(nil))); diff != "" {
		t.Error("unconfirmed updates must come again", diff)
	}
	if first[1].ID != first[0].ID+1 {
		t.Errorf("update ids %d", ids(first))
	}
	if diff := cmp.Diff([]string{"c", "d"}, texts(tg.updates(map[string]any{"offset": first[1].ID + 1}))); diff != "" {
		t.Error(diff)
	}
	if n := tg.Pending(); n != 2 {
		t.Errorf("%d pending, want 2", n)
	}
	if diff := cmp.Diff([]string{"d"}, texts(tg.updates(map[string]any{"offset": -1}))); diff != "" {
		t.Error("a negative offset forgets all but the last", diff)
	}
	if n := tg.Pending(); n != 1 {
		t.Errorf("%d pending, want 1", n)
	}
}

func TestALongPollAnswersAsSoonAsSomethingComes(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	got := make(chan []testUpdate)
	go func() { got <- tg.updates(map[string]any{"timeout": 50}) }()
	p.Send("salam")
	if diff := cmp.Diff([]string{"salam"}, texts(<-got)); diff != "" {
		t.Error(diff)
	}
}

func TestAShortPollAnswersAtOnce(t *testing.T) {
	if us := start(t, Options{}).updates(map[string]any{"timeout": 0}); us == nil || len(us) != 0 {
		t.Errorf("got %v, want an empty list", us)
	}
}

func TestASecondPollerEndsTheFirst(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	first := make(chan reply)
	go func() { first <- tg.call("getUpdates", map[string]any{"timeout": 50}) }()
	tg.waitForPoller(true)
	second := make(chan []testUpdate)
	go func() { second <- tg.updates(map[string]any{"timeout": 50}) }()
	r := <-first
	if want := "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"; r.ErrorCode != 409 || r.Description != want {
		t.Errorf("the first poller got %d %q", r.ErrorCode, r.Description)
	}
	p.Send("salam")
	if diff := cmp.Diff([]string{"salam"}, texts(<-second)); diff != "" {
		t.Error(diff)
	}
}

// waitForPoller returns when a getUpdates call waits, or none does any more.
func (tg *telegram) waitForPoller(there bool) {
	tg.t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); runtime.Gosched() {
		tg.mu.Lock()
		waits := tg.queue.poller != nil
		tg.mu.Unlock()
		if waits == there {
			return
		}
	}
	tg.t.Fatalf("after 5 s, a poller waits is still %v", !there)
}

func TestAPollerThatWentAwayTakesNothing(t *testing.T) {
	for kind, body := range map[string]string{
		"application/json":                  `{"timeout":50}`,
		"application/x-www-form-urlencoded": "timeout=50",
		"multipart/form-data; boundary=b":   "--b\r\nContent-Disposition: form-data; name=\"timeout\"\r\n\r\n50\r\n--b--\r\n",
	} {
		t.Run(kind, func(t *testing.T) {
			tg := start(t, Options{})
			p := tg.Person(Profile{})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			// A reader of unknown length makes a chunked body, as the library's is.
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, tg.url+"/bot"+tg.Token()+"/getUpdates", io.MultiReader(strings.NewReader(body)))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", kind)
			gone := make(chan error)
			go func() {
				resp, err := tg.http.Do(req)
				if err == nil {
					_ = resp.Body.Close()
				}
				gone <- err
			}()
			tg.waitForPoller(true)
			cancel()
			if err := <-gone; !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			tg.waitForPoller(false)
			p.Send("salam")
			if got := texts(tg.updates(nil)); !cmp.Equal(got, []string{"salam"}) {
				t.Errorf("the next poller got %q", got)
			}
		})
	}
}

func TestOnlyAllowedUpdatesCome(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	tg.updates(map[string]any{"allowed_updates": []string{"message"}})
	id := p.Send("salam")
	p.Edit(id, "salam!")
	p.Block()
	tg.updates(map[string]any{}) // not given: the last setting stays
	p.Unblock()
	us := tg.updates(map[string]any{"allowed_updates": []string{}})
	if len(us) != 1 || us[0].Message == nil {
		t.Errorf("got %+v, want the message alone", us)
	}
	p.Block()
	p.Unblock()
	if us = tg.updates(map[string]any{"offset": us[0].ID + 1}); len(us) != 2 || us[0].MyChatMember == nil {
		t.Errorf("got %+v, want two my_chat_member", us)
	}
}

func TestOldUpdatesAreGone(t *testing.T) {
	c := newClock()
	tg := start(t, Options{Now: c.now})
	p := tg.Person(Profile{})
	p.Send("kept for a day")
	if err := p.PressOn(1, "kept for 150 seconds"); err != nil {
		t.Fatal(err)
	}
	c.move(149 * time.Second)
	if us := tg.updates(nil); len(us) != 2 {
		t.Errorf("%d updates after 149 s, want 2", len(us))
	}
	c.move(2 * time.Second)
	if us := tg.updates(nil); len(us) != 1 || us[0].Message == nil {
		t.Errorf("after 151 s: %+v, want the message alone", us)
	}
	c.move(24 * time.Hour)
	if n := tg.Pending(); n != 0 {
		t.Errorf("%d pending after a day", n)
	}
}

func TestInjectedUpdatesComeAsTheyAre(t *testing.T) {
	tg := start(t, Options{})
	raw := `{"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"forward_origin":{"type":"future"}}}`
	tg.Inject(json.RawMessage(raw))
	tg.Inject(json.RawMessage(`{"update_id":900000000,"message":{"text":"far"}}`))
	tg.Inject(json.RawMessage(`{}`))
	r := tg.call("getUpdates", nil)
	want := `[{"update_id":314159001,` + raw[1:] + `,{"update_id":900000000,"message":{"text":"far"}},{"update_id":900000001}]`
	if string(r.Result) != want {
		t.Errorf("got  %s\nwant %s", r.Result, want)
	}
}

func TestEveryNthUpdateComesTwiceEvenWhenConfirmed(t *testing.T) {
	tg := start(t, Options{})
	p := tg.Person(Profile{})
	tg.RedeliverEvery(2)
	for _, text := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		p.Send(text)
	}
	seen := map[string]int{}
	batches := 0
	for offset := int64(0); tg.Pending() > 0; batches++ {
		for _, u := range tg.updates(map[string]any{"offset": offset}) {
			seen[u.Message.Text]++
			offset = max(offset, u.ID+1)
		}
		if batches > 10 {
			t.Fatal("updates never end")
		}
	}
	want := map[string]int{"a": 1, "b": 2, "c": 1, "d": 2, "e": 1, "f": 2, "g": 1, "h": 2}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error(diff)
	}
	if batches < 2 {
		t.Error("no update came again after it was confirmed")
	}
}

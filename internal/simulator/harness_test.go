package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// telegram is a simulator behind real HTTP, called as a bot written by hand would.
type telegram struct {
	*Server
	t    *testing.T
	url  string
	http *http.Client
}

func start(t *testing.T, o Options) *telegram {
	t.Helper()
	s := New(o)
	h := httptest.NewUnstartedServer(s)
	h.Config.ConnState = s.ConnState
	h.Start()
	t.Cleanup(func() { h.Client().CloseIdleConnections(); s.Close(); h.Close() })
	return &telegram{Server: s, t: t, url: h.URL, http: h.Client()}
}

type reply struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	ErrorCode   int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int `json:"retry_after"`
	} `json:"parameters"`
	status int
}

func (tg *telegram) do(req *http.Request) reply {
	tg.t.Helper()
	resp, err := tg.http.Do(req)
	if err != nil {
		tg.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	r := reply{status: resp.StatusCode}
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		tg.t.Fatal(err)
	}
	if wantOK := resp.StatusCode == http.StatusOK; r.OK != wantOK || !wantOK && r.ErrorCode != resp.StatusCode {
		tg.t.Errorf("status %d with ok %v and error_code %d", resp.StatusCode, r.OK, r.ErrorCode)
	}
	return r
}

// call calls with a JSON body.
func (tg *telegram) call(method string, params map[string]any) reply {
	tg.t.Helper()
	body, err := json.Marshal(params)
	if err != nil {
		tg.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, tg.url+"/bot"+tg.Token()+"/"+method, bytes.NewReader(body))
	if err != nil {
		tg.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	return tg.do(req)
}

// must calls and wants it to work.
func (tg *telegram) must(method string, params map[string]any) message {
	tg.t.Helper()
	r := tg.call(method, params)
	if !r.OK {
		tg.t.Fatalf("%s: %s", method, r.Description)
	}
	var m message
	_ = json.Unmarshal(r.Result, &m) // true, or a list, is no message
	return m
}

// refused calls and wants this error.
func (tg *telegram) refused(method string, params map[string]any, code int, description string) {
	tg.t.Helper()
	if r := tg.call(method, params); r.ErrorCode != code || r.Description != description {
		tg.t.Errorf("%s %.80v = %d %q, want %d %q", method, params, r.ErrorCode, r.Description, code, description)
	}
}

// upload calls with a multipart form; files are by field, name and content.
func (tg *telegram) upload(method string, params map[string]string, files map[string][2]string) reply {
	tg.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for field, f := range files {
		w, err := form.CreateFormFile(field, f[0])
		if err != nil {
			tg.t.Fatal(err)
		}
		if _, err := io.WriteString(w, f[1]); err != nil {
			tg.t.Fatal(err)
		}
	}
	for name, value := range params {
		if err := form.WriteField(name, value); err != nil {
			tg.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		tg.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, tg.url+"/bot"+tg.Token()+"/"+method, &body)
	if err != nil {
		tg.t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return tg.do(req)
}

type testUpdate struct {
	ID            int64           `json:"update_id"`
	Message       *message        `json:"message"`
	EditedMessage *message        `json:"edited_message"`
	CallbackQuery *callbackQuery  `json:"callback_query"`
	MyChatMember  json.RawMessage `json:"my_chat_member"`
}

func (tg *telegram) updates(params map[string]any) []testUpdate {
	tg.t.Helper()
	r := tg.call("getUpdates", params)
	if !r.OK {
		tg.t.Fatalf("getUpdates: %s", r.Description)
	}
	var us []testUpdate
	if err := json.Unmarshal(r.Result, &us); err != nil {
		tg.t.Fatal(err)
	}
	return us
}

func ids(us []testUpdate) []int64 {
	out := []int64{}
	for _, u := range us {
		out = append(out, u.ID)
	}
	return out
}

func texts(us []testUpdate) []string {
	out := []string{}
	for _, u := range us {
		if u.Message != nil {
			out = append(out, u.Message.Text)
		}
	}
	return out
}

// next is the next thing the bot did in the chat; a bot that does nothing fails the test.
func next(t *testing.T, p *Person) Event {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	e, err := p.Next(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 3, 9, 10, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func inline(rows ...[]map[string]any) map[string]any { return map[string]any{"inline_keyboard": rows} }

func button(text, data string) map[string]any {
	return map[string]any{"text": text, "callback_data": data}
}

func manyButtons(n, perRow int) map[string]any {
	rows := [][]map[string]any{}
	for i := range n {
		if i%perRow == 0 {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], button(fmt.Sprint("b", i), fmt.Sprint("d", i)))
	}
	return inline(rows...)
}

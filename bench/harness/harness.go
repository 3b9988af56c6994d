// Package harness is the far side of the load: a Bot API that knows just what a bot under load calls, and a crowd of people who talk to
// it, all in one process. It promises that an update is brought until it is confirmed, in order, and that nobody goes on before the bot
// has said what that person waits for. It keeps nothing and checks little: internal/simulator is the faithful one. Its speed alone is
// measured with bench/echo.
package harness

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Token is what a bot must show.
const Token = "1:benchbenchbenchbenchbenchbench"

// A Harness listens for one bot.
type Harness struct {
	Crowd *Crowd

	listener    net.Listener
	updates     queue
	readers     readers
	connections atomic.Int64
	open        sync.Map // net.Conn -> nothing
	serving     sync.WaitGroup
	end         sync.Once
}

// New makes a harness whose people follow a script, and listens.
func New(script Script) (*Harness, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // listening on this machine takes no time
	if err != nil {
		return nil, fmt.Errorf("listen for the bot: %w", err)
	}
	h := &Harness{listener: l, updates: queue{more: make(chan struct{}, 1), over: make(chan struct{})}}
	h.Crowd = newCrowd(script, &h.updates)
	h.serving.Go(h.accept)
	return h, nil
}

// URL is the Bot API's address.
func (h *Harness) URL() string { return "http://" + h.listener.Addr().String() }

// Connections is how many the bot has opened so far.
func (h *Harness) Connections() int64 { return h.connections.Load() }

// Close ends every call and connection. A second call is harmless.
func (h *Harness) Close() {
	h.end.Do(func() {
		_ = h.listener.Close()
		close(h.updates.over)
		h.open.Range(func(c, _ any) bool { _ = c.(net.Conn).Close(); return true })
	})
	h.serving.Wait()
}

func (h *Harness) accept() {
	for {
		c, err := h.listener.Accept()
		if err != nil {
			return
		}
		h.connections.Add(1)
		h.open.Store(c, nil)
		select {
		case <-h.updates.over: // closed meanwhile, perhaps without this one
			_ = c.Close()
		default:
		}
		h.serving.Go(func() {
			h.serve(c)
			h.open.Delete(c)
			_ = c.Close()
		})
	}
}

// serve answers one connection's calls.
func (h *Harness) serve(c net.Conn) {
	in := bufio.NewReaderSize(c, 8<<10)
	var r request
	var out, body []byte
	for r.read(in) == nil {
		body = h.answer(body[:0], &r)
		out = append(out[:0], "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "...)
		out = strconv.AppendInt(out, int64(len(body)), 10)
		out = append(out, "\r\n\r\n"...)
		out = append(out, body...)
		if _, err := c.Write(out); err != nil || r.last {
			return
		}
	}
}

var (
	methodSend     = []byte("send")
	methodEdit     = []byte("editMessageText")
	methodUpdates  = []byte("getUpdates")
	methodMe       = []byte("getMe")
	okTrue         = []byte(`{"ok":true,"result":true}`)
	okMe           = []byte(`{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"Bench","username":"bench_bot"}}`)
	wrongChat      = []byte(`{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}`)
	resultOpen     = []byte(`{"ok":true,"result":{"message_id":`)
	resultChat     = []byte(`,"from":{"id":1,"is_bot":true,"first_name":"Bench"},"date":1767225600,"chat":{"id":`)
	resultClose    = []byte(`,"first_name":"Fatima","type":"private"},"text":"said"}}`)
	updatesOpen    = []byte(`{"ok":true,"result":[`)
	updatesClose   = []byte(`]}`)
	defaultUpdates = 100
)

// answer does one call.
func (h *Harness) answer(b []byte, r *request) []byte {
	switch {
	case bytes.HasPrefix(r.method, methodSend), bytes.Equal(r.method, methodEdit):
		chat, ok := number(r.field("chat_id"))
		if !ok {
			return append(b, wrongChat...)
		}
		message, ok := number(r.field("message_id"))
		if !ok {
			message = h.Crowd.messages.Add(1)
		}
		if !h.readers.take(chat) {
			h.Crowd.heard(chat, message, r.body)
		}
		b = strconv.AppendInt(append(b, resultOpen...), message, 10)
		b = strconv.AppendInt(append(b, resultChat...), chat, 10)
		return append(b, resultClose...)
	case bytes.Equal(r.method, methodUpdates):
		offset, _ := number(r.field("offset"))
		limit, ok := number(r.field("limit"))
		if !ok {
			limit = int64(defaultUpdates)
		}
		wait, _ := number(r.field("timeout"))
		b = append(b, updatesOpen...)
		b = h.updates.take(b, offset, int(limit), time.Duration(wait)*time.Second, h.Crowd.write)
		return append(b, updatesClose...)
	case bytes.Equal(r.method, methodMe):
		return append(b, okMe...)
	}
	return append(b, okTrue...)
}

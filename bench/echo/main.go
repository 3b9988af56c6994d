// Command echo is the least that a bot can do: it answers each update with the words that its sender waits for, and stores nothing. It
// measures what the harness itself can do.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/qafila/qafila/bench/harness"
)

// senders is how many calls are under way at once.
const senders = 16

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := run(ctx, strings.TrimPrefix(os.Getenv("TELEGRAM_API_URL"), "http://")); err != nil && ctx.Err() == nil {
		log.Fatal(err)
	}
}

// run polls, and has every update answered.
func run(ctx context.Context, address string) error {
	poll, err := dial(ctx, address)
	if err != nil {
		return err
	}
	answers := map[string]string{} // what the people of harness.Questions wait for, by what they send
	for _, s := range harness.Questions() {
		answers[s.Send] = s.Until
	}
	work := make(chan update, 1024)
	var g sync.WaitGroup
	for range senders {
		c, err := dial(ctx, address)
		if err != nil {
			return err
		}
		g.Go(func() {
			for u := range work {
				if _, err := c.call("sendMessage", c.reply(u, answers[u.Message.Text])); err != nil {
					return
				}
			}
		})
	}
	defer g.Wait()
	defer close(work)
	var offset int64
	for {
		answer, err := poll.call("getUpdates", fmt.Appendf(nil, `{"offset":%d,"limit":100,"timeout":30}`, offset))
		if err != nil {
			return err
		}
		var got struct{ Result []update }
		if err := json.Unmarshal(answer, &got); err != nil {
			return fmt.Errorf("read updates: %w", err)
		}
		for _, u := range got.Result {
			offset = u.ID + 1
			work <- u
		}
	}
}

type update struct {
	ID      int64 `json:"update_id"`
	Message struct {
		Chat struct{ ID int64 }
		Text string
	}
}

// A conn is one connection, for one call at a time.
type conn struct {
	c    net.Conn
	in   *bufio.Reader
	body []byte
}

func dial(ctx context.Context, address string) (*conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("reach the harness: %w", err)
	}
	context.AfterFunc(ctx, func() { _ = c.Close() })
	return &conn{c: c, in: bufio.NewReaderSize(c, 64<<10)}, nil
}

func (c *conn) reply(u update, words string) []byte {
	c.body = strconv.AppendInt(append(c.body[:0], `{"chat_id":`...), u.Message.Chat.ID, 10)
	c.body = append(append(c.body, `,"text":"`...), words...)
	return append(c.body, `"}`...)
}

// call makes a call and gives the answer's body.
func (c *conn) call(method string, body []byte) ([]byte, error) {
	head := "POST /bot" + harness.Token + "/" + method + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: " +
		strconv.Itoa(len(body)) + "\r\n\r\n"
	if _, err := c.c.Write(append([]byte(head), body...)); err != nil {
		return nil, fmt.Errorf("call %s: %w", method, err)
	}
	length := 0
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return nil, fmt.Errorf("call %s: %w", method, err)
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
			break
		}
		if n, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(n)); err != nil {
				return nil, fmt.Errorf("call %s: %w", method, err)
			}
		}
	}
	out := make([]byte, length)
	if _, err := io.ReadFull(c.in, out); err != nil {
		return nil, fmt.Errorf("call %s: %w", method, err)
	}
	return out, nil
}

// Package telegram is the edge to Telegram: it takes updates in (by polling or by webhook, through the same code), hands them to
// conversation in batches, and sends what conversation stored.
//
// It promises that an update is confirmed to Telegram only once it has taken effect, that each chat's messages leave in order, that
// a reply never waits behind bulk, and that a 429 slows only what it was about. It decides nothing about what is said.
package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot"
)

// DefaultURL is Telegram's own Bot API.
const DefaultURL = "https://api.telegram.org"

// pollWait is how long a getUpdates call waits at the far side when there is nothing.
const pollWait = 30 * time.Second

// A Client speaks to one bot's API.
type Client struct {
	api   *bot.Bot
	http  *http.Client
	base  string
	token string
}

// NewClient makes a client of the bot with that token; url "" is Telegram's own. It calls nothing yet. senders is how many calls for
// replies may be under way at once.
func NewClient(url, token string, senders int) (*Client, error) {
	if url == "" {
		url = DefaultURL
	}
	url = strings.TrimRight(url, "/")
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          0,
		MaxIdleConnsPerHost:   senders + bulkCalls + 16,
		MaxConnsPerHost:       senders + bulkCalls + 16, // a burst waits for a connection instead of opening hundreds
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: pollWait + 20*time.Second,
		DisableCompression:    true,
	}
	c := &Client{http: &http.Client{Transport: transport}, base: url, token: token}
	api, err := bot.New(token, bot.WithServerURL(url), bot.WithSkipGetMe(), bot.WithHTTPClient(pollWait, whole{c.http}),
		bot.WithErrorsHandler(func(error) {}), bot.WithNotAsyncHandlers())
	if err != nil {
		return nil, fmt.Errorf("make a Telegram client: %w", err)
	}
	c.api = api
	return c, nil
}

// Close lets the connections go.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// whole reads a request's body before it is sent: the library streams it through a pipe, which net/http can't replay on a fresh
// connection when a kept one turns out to be closed.
type whole struct{ client *http.Client }

func (w whole) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.GetBody == nil {
		var b bytes.Buffer
		_, err := b.ReadFrom(r.Body)
		if cerr := r.Body.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return nil, fmt.Errorf("build a request: %w", err)
		}
		body := b.Bytes()
		r.ContentLength = int64(len(body))
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	}
	return w.client.Do(r)
}

// An apiError is a refusal in the Bot API's own words.
type apiError struct {
	Code        int
	Description string
	RetryAfter  time.Duration
}

func (e *apiError) Error() string { return fmt.Sprintf("telegram says %d: %s", e.Code, e.Description) }

// updates asks for the next batch, raw; everything below offset is confirmed by it.
func (c *Client) updates(ctx context.Context, offset int64, limit int, wait time.Duration) ([]json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, wait+20*time.Second)
	defer cancel()
	body := `{"offset":` + strconv.FormatInt(offset, 10) + `,"limit":` + strconv.Itoa(limit) +
		`,"timeout":` + strconv.Itoa(int(wait/time.Second)) + `,"allowed_updates":` + allowedJSON + `}`
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/bot"+c.token+"/getUpdates", strings.NewReader(body))
	if err != nil {
		return nil, errors.New("make a getUpdates request: the address is wrong")
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask for updates: %w", c.Hide(err))
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		OK          bool              `json:"ok"`
		Result      []json.RawMessage `json:"result"`
		Code        int               `json:"error_code"`
		Description string            `json:"description"`
		Parameters  struct {
			RetryAfter int `json:"retry_after"`
		} `json:"parameters"`
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("read updates: %w", c.Hide(err))
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return nil, fmt.Errorf("read updates: status %d, not the Bot API's JSON", resp.StatusCode)
	}
	if !answer.OK {
		return nil, &apiError{answer.Code, answer.Description, time.Duration(answer.Parameters.RetryAfter) * time.Second}
	}
	return answer.Result, nil
}

// Hide gives an error that can be logged: without the token, which net/http puts into its errors with the address.
func (c *Client) Hide(err error) error {
	return errors.New(strings.ReplaceAll(err.Error(), c.token, "***"))
}

// IsUnauthorized tells whether Telegram refused the token.
func IsUnauthorized(err error) bool {
	return errors.Is(err, bot.ErrorUnauthorized) || errors.Is(err, bot.ErrorNotFound)
}

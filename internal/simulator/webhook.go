package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// A webhook that fails is tried again after 50 ms, then twice as long each time, up to 2 s. Telegram starts slower.
const (
	firstRetry     = 50 * time.Millisecond
	longestRetry   = 2 * time.Second
	webhookTimeout = 30 * time.Second
)

var secretShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// webhook delivers updates by POST: those of one chat one after the other, those of different chats at once, up to
// max_connections. Its fields but the channel are guarded by Server.mu.
type webhook struct {
	server    *Server
	url       string
	secret    string
	max       int
	client    *http.Client
	ctx       context.Context
	stop      context.CancelFunc
	lanes     map[int64]*lane
	ready     []*lane // lanes with something to deliver and nobody at it
	running   int
	pairs     int // swapped so far
	lastError string
	lastAt    int64
}

// lane is one chat's updates in order.
type lane struct {
	waiting []*queued
	busy    bool
	delay   time.Duration
}

// clean drops what is delivered or expired.
func (l *lane) clean() {
	l.waiting = slices.DeleteFunc(l.waiting, func(u *queued) bool { return u.settled })
}

// put queues an update and starts a delivery where one may start. The caller holds s.mu.
func (h *webhook) put(u *queued) {
	key := u.chat
	l := h.lanes[key]
	if l == nil {
		l = &lane{}
		h.lanes[key] = l
	}
	l.waiting = append(l.waiting, u)
	if !l.busy {
		l.busy = true
		h.ready = append(h.ready, l)
	}
	h.launch()
}

func (h *webhook) launch() {
	for h.running < h.max && len(h.ready) > 0 && h.ctx.Err() == nil {
		l := h.ready[0]
		h.ready = h.ready[1:]
		h.running++
		h.server.work.Go(func() { h.work(l) })
	}
}

// work delivers the first update of a lane, or its first two at once and swapped, and hands the lane back.
func (h *webhook) work(l *lane) {
	s := h.server
	s.mu.Lock()
	s.queue.expire(s.clock())
	l.clean()
	var batch []*queued
	together := false
	switch {
	case s.queue.swap && len(l.waiting) > 1:
		batch = []*queued{l.waiting[1], l.waiting[0]}
		h.pairs++
		together = h.pairs%2 == 0
	case len(l.waiting) > 0:
		batch = []*queued{l.waiting[0]}
	}
	s.mu.Unlock()

	failed := h.deliverAll(batch, together)

	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range batch {
		if failed[u] == nil {
			s.queue.settle(u)
		} else if h.ctx.Err() == nil {
			h.lastError, h.lastAt = failed[u].Error(), unix(s.now())
		}
	}
	s.queue.sweep()
	l.clean()
	h.running--
	switch {
	case len(failed) > 0 && h.ctx.Err() == nil:
		l.delay = min(max(2*l.delay, firstRetry), longestRetry)
		s.work.Go(func() { h.later(l, l.delay) })
	case len(l.waiting) > 0:
		l.delay = 0
		h.ready = append(h.ready, l)
	default:
		l.delay, l.busy = 0, false
	}
	h.launch()
}

// later puts a failed lane back after its delay.
func (h *webhook) later(l *lane, delay time.Duration) {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-h.ctx.Done():
	case <-timer.C:
		h.server.mu.Lock()
		defer h.server.mu.Unlock()
		h.ready = append(h.ready, l)
		h.launch()
	}
}

// deliverAll posts updates, each in its own request, together or one after the other, and gives those that failed.
func (h *webhook) deliverAll(batch []*queued, together bool) map[*queued]error {
	failures := make([]error, len(batch))
	var all sync.WaitGroup
	for i, u := range batch {
		if together {
			all.Go(func() { failures[i] = h.deliver(u) })
		} else {
			failures[i] = h.deliver(u)
		}
	}
	all.Wait()
	failed := map[*queued]error{}
	for i, err := range failures {
		if err != nil {
			failed[batch[i]] = err
		}
	}
	return failed
}

func (h *webhook) deliver(u *queued) error {
	ctx, cancel := context.WithTimeout(h.ctx, webhookTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(u.raw))
	if err != nil {
		return fmt.Errorf("webhook request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if h.secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", h.secret)
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return fmt.Errorf("webhook delivery: %w", err)
	}
	defer func() { _ = resp.Body.Close() }() // read to its end below
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return fmt.Errorf("webhook answer: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("Wrong response from the webhook: %s", resp.Status) // Telegram's own words
	}
	h.honour(resp.Header.Get("Content-Type"), body)
	return nil
}

// honour carries out a method call that the bot put into its answer, as Telegram does; the bot never learns the result.
func (h *webhook) honour(contentType string, body []byte) {
	if len(body) == 0 {
		return
	}
	c := &call{values: map[string]string{}, uploads: map[string]upload{}, client: h.ctx.Done()}
	if contentType == "" || json.Valid(body) {
		contentType = "application/json"
	}
	if c.readBody(contentType, bytes.NewReader(body)) != nil {
		return
	}
	if c.method = c.str("method"); c.method != "" && !strings.EqualFold(c.method, "getUpdates") {
		_, _ = h.server.do(c)
	}
}

func (s *Server) setWebhook(c *call) (any, *failure) {
	address, secret := c.str("url"), c.str("secret_token")
	allowed, err := c.list("allowed_updates")
	if err != nil {
		return nil, err
	}
	if address == "" {
		return s.deleteWebhook(c)
	}
	if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, badRequest("bad webhook: invalid webhook URL specified")
	}
	if secret != "" && !secretShape.MatchString(secret) {
		if len(secret) > 256 {
			return nil, badRequest("secret token is too long")
		}
		return nil, badRequest("secret token contains unallowed characters")
	}
	parallel := int(min(max(c.integer("max_connections", 40), 1), 100))

	s.mu.Lock()
	defer s.mu.Unlock()
	if allowed != nil {
		s.queue.allow(allowed)
	}
	if c.flag("drop_pending_updates") {
		s.queue.forget(0)
	}
	if h := s.hook; h != nil && h.url == address && h.secret == secret && h.max == parallel {
		return described{true, "Webhook is already set"}, nil
	}
	s.queue.stopPoller("terminated by setWebhook request")
	s.endWebhook()
	ctx, stop := context.WithCancel(s.ctx)
	s.hook = &webhook{
		server: s, url: address, secret: secret, max: parallel, ctx: ctx, stop: stop, lanes: map[int64]*lane{},
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: parallel, MaxConnsPerHost: 2 * parallel}},
	}
	for _, u := range s.queue.entries {
		if !u.settled {
			s.hook.put(u)
		}
	}
	return described{true, "Webhook was set"}, nil
}

// endWebhook stops deliveries; what wasn't delivered stays pending.
func (s *Server) endWebhook() {
	if s.hook != nil {
		s.hook.stop()
		s.hook.client.CloseIdleConnections()
		s.hook = nil
	}
}

func (s *Server) deleteWebhook(c *call) (any, *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.hook != nil
	s.endWebhook()
	if c.flag("drop_pending_updates") {
		s.queue.forget(0)
	}
	if !was {
		return described{true, "Webhook is already deleted"}, nil
	}
	return described{true, "Webhook was deleted"}, nil
}

func (s *Server) getWebhookInfo(*call) (any, *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	info := webhookInfo{PendingUpdateCount: s.queue.unsettled}
	for kind := range s.queue.allowed {
		info.AllowedUpdates = append(info.AllowedUpdates, kind)
	}
	if h := s.hook; h != nil {
		info.URL, info.MaxConnections = h.url, h.max
		info.LastErrorMessage, info.LastErrorDate = h.lastError, h.lastAt
	}
	return info, nil
}

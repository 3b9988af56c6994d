package telegram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/go-telegram/bot"
)

// WebhookPath is where Telegram brings updates.
const WebhookPath = "/telegram/webhook"

// gather is for how long updates that webhooks bring are gathered into one batch.
const gather = 3 * time.Millisecond

// maxUpdate bounds a webhook's body; Telegram's updates are a few kilobytes.
const maxUpdate = 1 << 20

// A Webhook takes updates that Telegram brings, many at a time, into batches.
type Webhook struct {
	intake *Intake
	secret [32]byte
	in     chan brought
	over   chan struct{} // closed when Run has ended
}

type brought struct {
	raw  json.RawMessage
	done chan error
}

// NewWebhook makes a webhook that lets in who knows the secret. Run must run.
func NewWebhook(in *Intake, secret string) *Webhook {
	return &Webhook{intake: in, secret: sha256.Sum256([]byte(secret)), in: make(chan brought), over: make(chan struct{})}
}

// Register tells Telegram where to bring updates. It fails when Telegram won't bring them there, or ctx ends.
func (w *Webhook) Register(ctx context.Context, publicURL, secret string) error {
	var refused error
	err := persist(ctx, w.intake.log, "register the webhook", func() error {
		_, err := w.intake.client.api.SetWebhook(ctx, &bot.SetWebhookParams{
			URL: publicURL + WebhookPath, SecretToken: secret, MaxConnections: 100, AllowedUpdates: allowed(),
		})
		if errors.Is(err, bot.ErrorUnauthorized) || errors.Is(err, bot.ErrorNotFound) || errors.Is(err, bot.ErrorBadRequest) {
			refused = fmt.Errorf("Telegram refuses the webhook: %w", w.intake.client.Hide(err))
			return nil
		}
		return err
	})
	if refused != nil {
		return refused
	}
	return err
}

// ServeHTTP answers 200 once the update has taken effect, 401 to who doesn't know the secret, 400 to what is no update, and 503 when
// it can't be handled now: Telegram brings it again.
func (w *Webhook) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		rw.Header().Set("Allow", http.MethodPost)
		http.Error(rw, "POST an update", http.StatusMethodNotAllowed)
		return
	}
	given := sha256.Sum256([]byte(r.Header.Get("X-Telegram-Bot-Api-Secret-Token")))
	if subtle.ConstantTimeCompare(given[:], w.secret[:]) != 1 {
		http.Error(rw, "wrong secret", http.StatusUnauthorized)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxUpdate))
	if err != nil {
		http.Error(rw, "the body can't be read", http.StatusBadRequest)
		return
	}
	if _, ok := updateID(body); !ok {
		http.Error(rw, "not an update", http.StatusBadRequest)
		return
	}
	b := brought{body, make(chan error, 1)}
	select {
	case w.in <- b:
	case <-w.over:
		http.Error(rw, "stopping", http.StatusServiceUnavailable)
		return
	case <-r.Context().Done():
		return
	}
	if err := <-b.done; err != nil {
		http.Error(rw, "not now", http.StatusServiceUnavailable)
		return
	}
	rw.WriteHeader(http.StatusOK)
}

// Run handles what is brought, batch after batch, until ctx ends; what comes after is answered 503. work gives a batch under way its own
// time.
func (w *Webhook) Run(ctx, work context.Context) {
	defer close(w.over)
	for {
		select {
		case <-ctx.Done():
			return
		case first := <-w.in:
			batch := []brought{first}
			enough := time.NewTimer(gather)
		more:
			for len(batch) < 100 {
				select {
				case b := <-w.in:
					batch = append(batch, b)
				case <-enough.C:
					break more
				}
			}
			enough.Stop()
			w.handle(work, batch)
		}
	}
}

func (w *Webhook) handle(ctx context.Context, batch []brought) {
	// Telegram gives a webhook a minute or so; a database that is away for longer is told to it, and it tries again.
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	raws := make([]json.RawMessage, len(batch))
	for i, b := range batch {
		raws[i] = b.raw
	}
	_, err := w.intake.take(ctx, raws)
	if err != nil {
		err = fmt.Errorf("take webhook updates: %w", err)
	}
	for _, b := range batch {
		b.done <- err
	}
}

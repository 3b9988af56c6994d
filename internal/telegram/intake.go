package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-telegram/bot"

	"github.com/qafila/qafila/internal/conversation"
)

// A Handler takes a batch through its turns; conversation.Conversation is the one. An error means: not now, the same again.
type Handler interface {
	Handle(ctx context.Context, batch []conversation.Update) ([]conversation.Delivery, error)
	KeepUnread(ctx context.Context, u conversation.Update, reason string) ([]conversation.Delivery, error)
}

// An Intake takes updates from Telegram to the turns, from a poll or from webhooks.
type Intake struct {
	client   *Client
	handler  Handler
	sender   *Sender
	username string
	log      *slog.Logger
	answers  chan string // callback queries to answer
	closing  atomic.Bool
	wait     sync.WaitGroup
}

// NewIntake makes an Intake for the bot of that username; Close it when no more updates are taken.
func NewIntake(c *Client, h Handler, s *Sender, username string, log *slog.Logger) *Intake {
	in := &Intake{client: c, handler: h, sender: s, username: username, log: log, answers: make(chan string, 1024)}
	for range answerers {
		in.wait.Go(in.answer)
	}
	return in
}

// answerers is how many callback queries are answered at once.
const answerers = 4

// Close waits for the callback queries that are being answered; those that wait behind them are let go.
func (in *Intake) Close() {
	in.closing.Store(true)
	close(in.answers)
	in.wait.Wait()
}

// answer stops the clock on pressed buttons. It comes before the work, and a query that can't be answered is answered enough: the press
// itself is safe.
func (in *Intake) answer() {
	for id := range in.answers {
		if in.closing.Load() {
			continue
		}
		err := in.client.answerQuery(context.Background(), id)
		if err != nil {
			in.log.Debug("a callback query was not answered", "error", in.client.Hide(err))
		}
	}
}

// take decodes raw updates, answers their callback queries and hands them over; it comes back when all have taken effect, however long
// the database is away, or when ctx ends. highest is the highest id among them.
func (in *Intake) take(ctx context.Context, raws []json.RawMessage) (highest int64, err error) {
	batch := make([]conversation.Update, 0, len(raws))
	for _, raw := range raws {
		u, query, ok, err := decode(raw, in.username)
		if err != nil {
			id, err := in.keepUnread(ctx, raw, err)
			if err != nil {
				return 0, err
			}
			highest = max(highest, id)
			continue
		}
		highest = max(highest, u.ID)
		if query != "" {
			select {
			case in.answers <- query:
			default: // too many at once: the clock on the button runs out by itself
			}
		}
		if ok {
			batch = append(batch, u)
		}
	}
	if len(batch) == 0 {
		return highest, nil
	}
	failed := false
	return highest, persist(ctx, in.log, "handle a batch", func() error {
		out, err := in.handler.Handle(ctx, batch)
		if err == nil && failed {
			// A try that failed may have taken effect all the same, its answer lost: its deliveries come before these.
			chats := make([]int64, len(batch))
			for i, u := range batch {
				chats[i] = u.Chat
			}
			err = in.sender.Reclaim(ctx, chats)
		}
		if err != nil {
			failed = true
			return err
		}
		in.sender.Send(out)
		return nil
	})
}

// long are runs of digits in an error's words: a decoder quotes what it stumbles over.
var long = regexp.MustCompile(`[0-9]{5,}`)

func (in *Intake) keepUnread(ctx context.Context, raw []byte, cause error) (int64, error) {
	id, ok := updateID(raw)
	if !ok {
		in.log.Error("an update without an id can't be kept", "bytes", len(raw))
		return 0, nil
	}
	in.log.Warn("an update can't be read; it is kept in failed_updates", "update", id)
	u := conversation.Update{ID: id, Raw: raw}
	u.Chat, u.Hint = sender(raw)
	return id, persist(ctx, in.log, "keep an update that can't be read", func() error {
		out, err := in.handler.KeepUnread(ctx, u, long.ReplaceAllString(cause.Error(), "…"))
		if err == nil {
			in.sender.Send(out)
		}
		return err
	})
}

// persist tries until it works or ctx ends, with growing pauses of up to two seconds.
func persist(ctx context.Context, log *slog.Logger, what string, f func() error) error {
	pause := 20 * time.Millisecond
	for {
		err := f()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var flood *bot.TooManyRequestsError
		if errors.As(err, &flood) {
			pause = max(pause, time.Duration(flood.RetryAfter)*time.Second)
		}
		log.Warn("could not "+what+"; trying again", "pause", pause, "error", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		pause = min(2*pause, 2*time.Second)
	}
}

// ErrUnauthorized says that Telegram doesn't know the token.
var ErrUnauthorized = errors.New("telegram does not accept the token")

// Poll takes updates by polling until ctx ends. A batch under way is finished first: work gives it its own time after ctx has ended.
func (in *Intake) Poll(ctx, work context.Context) error {
	if err := persist(ctx, in.log, "take the webhook away", func() error {
		_, err := in.client.api.DeleteWebhook(ctx, &bot.DeleteWebhookParams{})
		if errors.Is(err, bot.ErrorUnauthorized) || errors.Is(err, bot.ErrorNotFound) {
			return nil // said by the first poll, in its own way
		}
		return err
	}); err != nil {
		return nil // the end of ctx is how polling ends
	}
	var offset int64
	pause := 100 * time.Millisecond
	for ctx.Err() == nil {
		raws, err := in.client.updates(ctx, offset, 100, pollWait)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			var refused *apiError
			if errors.As(err, &refused) {
				switch {
				case refused.Code == 401 || refused.Code == 404:
					return ErrUnauthorized
				case refused.RetryAfter > 0:
					pause = refused.RetryAfter
				}
			}
			in.log.Warn("no updates; trying again", "pause", pause, "error", err)
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(pause):
			}
			pause = min(2*pause, 5*time.Second)
			continue
		}
		pause = 100 * time.Millisecond
		if len(raws) == 0 {
			continue
		}
		highest, err := in.take(work, raws)
		if err != nil {
			return nil // not confirmed: Telegram brings them again
		}
		offset = max(offset, highest+1)
	}
	// Confirm what has taken effect, so that the next start doesn't see it again; it would drop it.
	last, cancel := context.WithTimeout(work, 2*time.Second)
	defer cancel()
	if offset > 0 {
		_, _ = in.client.updates(last, offset, 1, 0)
	}
	return nil
}

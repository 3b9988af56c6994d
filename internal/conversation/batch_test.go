package conversation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/locales"
)

// inFrench are the texts of a bot that offers French alone.
var inFrench = sync.OnceValues(func() (*locale.Texts, error) { return locale.Load(locales.Files, []locale.Language{locale.French}) })

// listening is a conversation that hears anything said and answers; some words make its turn fail.
func listening(t *testing.T, pool *pgxpool.Pool, instance int64) *Conversation {
	t.Helper()
	texts, err := inFrench()
	if err != nil {
		t.Fatal(err)
	}
	offer := Offer{Actions: map[string]Action{"test.hear": {
		Signature: flow.Signature{Name: "test.hear", Args: map[string]string{"words": "text"}, Outcomes: []string{"ok"}},
		Do: func(ctx context.Context, t *Turn, a Args) (flow.Outcome, error) {
			switch a.Text("words") {
			case "letters":
				return flow.Outcome{}, errors.New("x" + strings.Repeat("م", 400))
			case "nul":
				return flow.Outcome{}, fmt.Errorf("bad \x00 thing")
			case "sql":
				var n int
				return flow.Outcome{}, t.Tx.QueryRow(ctx, `SELECT $1::text::int`, "AB123456 secret").Scan(&n)
			case "panic":
				panic("secret")
			}
			return flow.Outcome{Name: "ok"}, nil
		},
	}}}
	files := fstest.MapFS{"menu.yaml": {Data: []byte(`
flow: menu
triggers: [/menu, /start]
vars: {words: text}
steps:
  ask:
    ask: turn.failed
    nav: none
    answer: {text: {min: 1, max: 200}}
    choose:
      - {text: nav.menu, start: /menu}
    save: words
  hear:
    do: test.hear
    with: {words: words}
    next: ask
`)}}
	book, problems := flow.Load(files, Words(texts), offer.Signatures(), Understanding(), flow.Options{Menu: "menu", Used: []string{"*"}})
	if book == nil {
		t.Fatal(problems)
	}
	return New(Config{Pool: pool, Book: book, Offer: offer, Texts: texts, Instance: instance, Log: slog.New(slog.DiscardHandler)})
}

// person is beyond 32 bits, as new accounts are.
const person = 7_000_000_005

func did(id, chat int64, words string) Update {
	return Update{ID: id, Chat: chat, Message: id, Hint: "fr", Input: flow.Input{Kind: flow.Text, Text: words},
		Raw: fmt.Appendf(nil, `{"update_id":%d,"message":{"text":%q}}`, id, words)}
}

func door(id, chat int64) Update {
	return Update{ID: id, Chat: chat, Hint: "fr", Input: flow.Input{Kind: flow.Door, Text: "/menu"}}
}

func handle(t *testing.T, c *Conversation, batch ...Update) []Delivery {
	t.Helper()
	out, err := c.Handle(t.Context(), batch)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestATurnThatFailsIsKeptWithoutWhatWasTyped(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"letters", "nul", "sql", "panic"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			pool := postgres.ForTest(t)
			c := listening(t, pool, 1)
			handle(t, c, door(1, person))
			if out := handle(t, c, did(2, person, how)); len(out) != 1 {
				t.Errorf("the person hears %d messages", len(out))
			}
			var chat int64
			var reason, raw string
			if err := pool.QueryRow(t.Context(), `SELECT chat_id, reason, raw FROM failed_updates WHERE update_id = 2`).Scan(&chat, &reason, &raw); err != nil {
				t.Fatal(err)
			}
			if chat != person || reason == "" || strings.Contains(reason, "secret") || strings.Contains(reason, "AB123456") || !strings.Contains(raw, how) {
				t.Errorf("kept for %d because of %q: %s", chat, reason, raw)
			}
			if out := handle(t, c, did(3, person, "hello")); len(out) != 1 {
				t.Errorf("the next update brings %d messages", len(out))
			}
		})
	}
}

func TestAnUpdateIsKeptWithoutIdentityNumbersHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	c := listening(t, pool, 1)
	for i, text := range []string{`AB123456`, `Ali\nAB123456`, `AB\u0661\u0662\u0663\u0664\u0665\u0666`, `\u0631\u0642\u0645 AB123456`, `\u00e9 ab 123456`} {
		raw := fmt.Appendf(nil, `{"update_id":%d,"message":{"text":"%s","from":{"first_name":"%[2]s"}}}`, i+1, text)
		if _, err := c.KeepUnread(t.Context(), Update{ID: int64(i + 1), Raw: raw}, "for a test"); err != nil {
			t.Fatal(err)
		}
		var kept string
		if err := pool.QueryRow(t.Context(), `SELECT raw FROM failed_updates WHERE update_id = $1`, i+1).Scan(&kept); err != nil {
			t.Fatal(err)
		}
		if _, found := locale.MaskIdentity(kept); found || !strings.Contains(kept, "••••") {
			t.Errorf("%s is kept as %s", text, kept)
		}
	}
}

func TestAChatErasedWhileItsTurnWaitsStartsAfresh(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	c := listening(t, pool, 1)
	handle(t, c, door(1, person))
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `DELETE FROM chats WHERE chat_id = $1`, int64(person)); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		out, err := c.Handle(context.Background(), []Update{did(2, person, "hello")})
		if err == nil && len(out) == 0 {
			err = errors.New("no answer")
		}
		done <- err
	}()
	// The turn waits for the row's lock.
	for waiting := 0; waiting == 0; {
		if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	var chats int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM chats`).Scan(&chats); err != nil || chats != 1 {
		t.Errorf("%d chats: %v", chats, err)
	}
}

func TestThePersonIsToldOfAMaskedNumberThoughTheBatchWasRedone(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	c := listening(t, pool, 1)
	handle(t, c, door(1, person))
	out := handle(t, c, did(2, person, "AB123456"), door(3, person+1), did(4, person+1, "letters"))
	told := false
	for _, d := range out {
		told = told || d.Chat == person && strings.HasPrefix(d.Message.Text, c.texts.Text(locale.French, "identity.masked", nil))
	}
	if !told {
		t.Errorf("not told: %+v", out)
	}
}

func TestRepliesOfTwoInstancesToOneChatKeepTheirOrder(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	if _, err := pool.Exec(t.Context(), `INSERT INTO instances VALUES (1), (2)`); err != nil {
		t.Fatal(err)
	}
	a, b := listening(t, pool, 1), listening(t, pool, 2)
	first := handle(t, a, did(1, person, "one"))
	second := handle(t, b, did(2, person, "two"))
	third := handle(t, a, did(3, person, "three"))
	if len(first) == 0 || len(second) != 0 || len(third) != 0 {
		t.Errorf("A sends %d at once, B %d, A %d more; what B stored must come between", len(first), len(second), len(third))
	}
	var owners, handed int
	if err := pool.QueryRow(t.Context(), `SELECT count(DISTINCT owner), count(*) FILTER (WHERE handed) FROM deliveries`).Scan(&owners, &handed); err != nil ||
		owners != 1 || handed < 2 {
		t.Errorf("%d owners, %d handed over: %v", owners, handed, err)
	}
}

func TestWhoIsNotKnownLeavesNoTraceByLeaving(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	c := listening(t, pool, 1)
	out := handle(t, c, Update{ID: 1, Chat: person, Act: Left}, Update{ID: 2, Chat: person, Act: Edited}, Update{ID: 3, Chat: person, Act: Back})
	var chats int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM chats`).Scan(&chats); err != nil || chats != 0 || len(out) != 0 {
		t.Errorf("%d chats, %d messages: %v", chats, len(out), err)
	}
}

func TestOnlyOfferedLanguagesAreSpoken(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	c := listening(t, pool, 1) // offers French alone
	u := door(1, person)
	u.Hint = "ar"
	for _, d := range handle(t, c, u) {
		if strings.Contains(d.Message.Text, rlm) || strings.Contains(d.Message.Text, "⟦") {
			t.Errorf("said %+q", d.Message.Text)
		}
	}
}

package flows_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/qafila/qafila/flows"
	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/knowledge"
	"github.com/qafila/qafila/locales"
)

// A house is the whole bot but for the messenger.
type house struct {
	texts *locale.Texts
	offer conversation.Offer
	book  *flow.Book
}

func furnish(t *testing.T) house {
	t.Helper()
	languages := []locale.Language{locale.French, locale.Arabic, locale.Darija}
	texts, err := locale.Load(locales.Files, languages)
	if err != nil {
		t.Fatal(err)
	}
	known, wrong := answers.Load(knowledge.Files, languages)
	if known == nil {
		t.Fatal(wrong)
	}
	h := house{texts: texts}
	h.offer = conversation.Offered(&conversation.House{
		Texts: texts, Directory: directory.Default(), Answers: known, Languages: languages, Username: func() string { return "qafila_test_bot" },
		Controller: "Un responsable d'essai", Declaration: "D-ESSAI-1",
	})
	var problems []flow.Problem
	h.book, problems = flow.Load(flows.Files, conversation.Words(texts), h.offer.Signatures(), conversation.Understanding(),
		flow.Options{Menu: "menu", Language: "language"})
	for _, p := range problems {
		if !p.Warning { // texts that only Go code says are warned of here: cmd/qafila knows them
			t.Error(p)
		}
	}
	if h.book == nil {
		t.FailNow()
	}
	return h
}

// open starts the bot on a database of its own, with or without the sample stops.
func (h house) open(t *testing.T, samples bool) *conversation.Conversation {
	t.Helper()
	pool := postgres.ForTest(t)
	if samples {
		if err := caravan.PublishSamples(context.Background(), pool, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	return conversation.New(conversation.Config{Pool: pool, Book: h.book, Offer: h.offer, Texts: h.texts, Instance: 1, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))})
}

// What `qafila flows check` finds is found by `go test` too: every flow and text, against what the rooms really offer.
func TestTheConversationsPassTheirCheck(t *testing.T) { furnish(t) }

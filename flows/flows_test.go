package flows_test

import (
	"testing"

	"github.com/qafila/qafila/flows"
	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/knowledge"
	"github.com/qafila/qafila/locales"
)

// What `qafila flows check` finds is found by `go test` too: every flow and text, against what the rooms really offer.
func TestTheConversationsPassTheirCheck(t *testing.T) {
	languages := []locale.Language{locale.French, locale.Arabic, locale.Darija}
	texts, err := locale.Load(locales.Files, languages)
	if err != nil {
		t.Fatal(err)
	}
	known, wrong := answers.Load(knowledge.Files, languages)
	if known == nil {
		t.Fatal(wrong)
	}
	offer := conversation.Offered(&conversation.House{
		Texts: texts, Directory: directory.Default(), Answers: known, Languages: languages, Username: func() string { return "" },
	})
	_, problems := flow.Load(flows.Files, conversation.Words(texts), offer.Signatures(), conversation.Understanding(),
		flow.Options{Menu: "menu", Language: "language"})
	for _, p := range problems {
		if !p.Warning { // texts that only Go code says are warned of here: cmd/qafila knows them
			t.Error(p)
		}
	}
}

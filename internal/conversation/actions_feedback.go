package conversation

import (
	"context"
	"crypto/rand"

	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/reference"
)

func (h *House) feedbackActions() []Action {
	return []Action{{
		Signature: flow.Signature{Name: "recommend.send", About: "keeps a recommendation; with the person's name only when named",
			Args:     with(all(text, "theme", "kind", "words", "file", "stop"), all(number, "seconds"), all(flag, "named")),
			Outcomes: []string{"ok", "slow", "closed"}, Sets: all(text, "reference"), Longest: map[string]int{"reference": 7}},
		Do: h.recommendSend,
	}, {
		Signature: flow.Signature{Name: "recommend.load", About: "one of this chat's recommendations, and what became of it", Args: all(text, "reference"),
			Outcomes: []string{"found", "gone"}, Sets: all(text, "reference", "theme_name", "state_words", "when", "words", "thread"),
			Longest: map[string]int{"reference": 7, "words": 300, "thread": 7}},
		Do: h.recommendLoad,
	}}
}

func (h *House) recommendSend(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	if !h.collects() { // a conversation left open since the house still did
		return outcome("closed", nil)
	}
	p, _, err := people.Load(ctx, t.Tx, t.Chat)
	if err != nil {
		return flow.Outcome{}, err
	}
	kind := args.Text("kind")
	if kind != feedback.Voice && kind != feedback.Photo {
		kind = feedback.Text
	}
	ref, slow, err := feedback.Recommend(ctx, t.Tx, feedback.Recommendation{Chat: t.Chat, Named: args.Flag("named"), Name: p.Name, Theme: args.Text("theme"),
		Kind: kind, Words: args.Text("words"), File: args.Text("file"), Seconds: args.Number("seconds"), Region: h.RegionOf(p.Place), Place: p.Place,
		Trade: p.Trade, Language: string(t.Language), Stop: args.Text("stop"), Branch: h.branchOf(p.Trade)}, t.Now, rand.Reader)
	if err != nil {
		return flow.Outcome{}, err
	}
	if slow {
		return outcome("slow", nil)
	}
	return outcome("ok", map[string]flow.Value{"reference": ref})
}

func (h *House) recommendLoad(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	ref, ok := reference.Read(args.Text("reference"))
	if !ok {
		return outcome("gone", nil)
	}
	r, ok, err := feedback.Find(ctx, t.Tx, t.Chat, ref)
	if err != nil {
		return flow.Outcome{}, err
	}
	if !ok {
		return outcome("gone", nil)
	}
	words := []rune(r.Words)
	if len(words) > 280 {
		words = append(words[:279], '…')
	}
	said := string(words)
	switch r.Kind {
	case feedback.Voice:
		said = "🎤 " + said
	case feedback.Photo:
		said = "📷 " + said
	}
	theme, err := h.themeName(ctx, t, r.Theme)
	if err != nil {
		return flow.Outcome{}, err
	}
	threads, err := feedback.Threads(ctx, t.Tx, t.Chat)
	if err != nil {
		return flow.Outcome{}, err
	}
	thread := ""
	for _, th := range threads {
		if th.Recommendation == r.Reference {
			thread = th.Reference
		}
	}
	return outcome("found", map[string]flow.Value{"reference": r.Reference, "theme_name": theme, "state_words": t.Say("recommendation.state_"+r.State, nil),
		"when": locale.Date(t.Language, r.Created), "words": said, "thread": thread})
}

func (h *House) feedbackLists() []List {
	return []List{
		Whole(flow.Signature{Name: "themes", About: "what a recommendation can be about"},
			func(ctx context.Context, t *Turn, _ Args) ([]flow.Item, error) { return h.themeItems(ctx, t, false) }),
		Whole(flow.Signature{Name: "recommendations", About: "this chat's recommendations, the newest first; keys are references"},
			func(ctx context.Context, t *Turn, _ Args) ([]flow.Item, error) {
				list, err := feedback.Mine(ctx, t.Tx, t.Chat)
				if err != nil {
					return nil, err
				}
				themes, err := feedback.Themes(ctx, t.Tx)
				if err != nil {
					return nil, err
				}
				items := make([]flow.Item, len(list))
				for i, r := range list {
					items[i] = flow.Item{Key: r.Reference, Label: beside(t.Language, ThemeName(t.texts, themes, t.Language, r.Theme), r.Created.In(locale.Zone()).Format("02/01"),
						t.Say("recommendation.state_"+r.State, nil))}
				}
				return items, nil
			}),
	}
}

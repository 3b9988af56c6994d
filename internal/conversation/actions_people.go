package conversation

import (
	"context"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
)

// collects tells whether the house may keep personal data: it must say who is responsible and under which declaration (law 09-08).
func (h *House) collects() bool { return h.Controller != "" && h.Declaration != "" }

func (h *House) peopleActions() []Action {
	return []Action{{
		Signature: flow.Signature{Name: "people.consent", About: "whether the person agreed to a purpose (data, reminders, name)", Args: all(text, "purpose"),
			Outcomes: []string{"given", "needed", "closed"}, Sets: with(all(text, "controller", "declaration"), all(number, "days")),
			Longest: map[string]int{"controller": 120}},
		Do: h.peopleConsent,
	}, {
		Signature: flow.Signature{Name: "people.agree", About: "notes a yes or no to a purpose, with the version of the words and the time",
			Args: with(all(text, "purpose"), all(flag, "yes")), Outcomes: []string{"ok"}},
		Do: h.peopleAgree,
	}, {
		Signature: flow.Signature{Name: "people.data", About: "what is kept about the person, in short", Outcomes: []string{"some", "none"},
			Sets: with(all(text, "name", "trade_name", "town", "phone", "card", "rna", "language_name"), all(texts, "topics"),
				all(number, "registrations", "recommendations"), all(flag, "messages_on")),
			Longest: map[string]int{"name": 80, "phone": 16, "card": 6, "rna": 6}},
		Do: h.peopleData,
	}, {
		Signature: flow.Signature{Name: "people.save", About: "corrects one thing (name, trade, place, phone, card, rna), in registrations ahead too",
			Args: all(text, "field", "value"), Outcomes: []string{"ok"}},
		Do: h.peopleSave,
	}, {
		Signature: flow.Signature{Name: "people.topics", About: "corrects the topics of interest, in registrations ahead too", Args: all(texts, "topics"), Outcomes: []string{"ok"}},
		Do:        h.peopleTopics,
	}, {
		Signature: flow.Signature{Name: "people.registered", About: "notes that the person, if they have a profile, is in the national register by now",
			Outcomes: []string{"ok"}},
		Do: h.peopleRegistered,
	}, {
		Signature: flow.Signature{Name: "people.messages", About: "whether the bot may write first", Args: all(flag, "on"), Outcomes: []string{"ok"}},
		Do:        h.peopleMessages,
	}, {
		Signature: flow.Signature{Name: "people.erase", About: "erases everything about this chat, everywhere", Outcomes: []string{"ok"}},
		Do:        h.peopleErase,
	}}
}

func (h *House) peopleConsent(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	set := map[string]flow.Value{"controller": h.Controller, "declaration": h.Declaration, "days": int(people.Usual().Registrations.Hours() / 24)}
	if !h.collects() {
		return outcome("closed", set)
	}
	agreed, err := people.Agreed(ctx, t.Tx, t.Chat, people.Purpose(args.Text("purpose")))
	if err != nil {
		return flow.Outcome{}, err
	}
	if !agreed {
		return outcome("needed", set)
	}
	return outcome("given", set)
}

func (h *House) peopleAgree(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	purpose, yes := people.Purpose(args.Text("purpose")), args.Flag("yes")
	if err := people.Agree(ctx, t.Tx, t.Chat, purpose, yes, t.Now); err != nil {
		return flow.Outcome{}, err
	}
	if purpose == people.Reminders && !yes {
		if err := caravan.Unwatch(ctx, t.Tx, t.Chat); err != nil {
			return flow.Outcome{}, err
		}
	}
	return outcome("ok", nil)
}

func (h *House) peopleData(ctx context.Context, t *Turn, _ Args) (flow.Outcome, error) {
	o, err := people.Look(ctx, t.Tx, t.Chat)
	if err != nil {
		return flow.Outcome{}, err
	}
	set := map[string]flow.Value{"name": o.Profile.Name, "phone": o.Profile.Phone, "card": o.Profile.Card, "rna": o.Profile.RNA, "topics": o.Profile.Topics,
		"trade_name": h.tradeWords(t.Language, o.Profile.Trade),
		"town":       h.placeWords(t.Language, o.Profile.Place), "language_name": t.Language.Name(), "registrations": o.Registrations,
		"recommendations": o.Recommendations, "messages_on": o.Messages}
	if !o.Known {
		return outcome("none", set)
	}
	return outcome("some", set)
}

func (h *House) peopleSave(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	value := args.Text("value")
	if err := people.Correct(ctx, t.Tx, t.Chat, people.Field(args.Text("field")), value, locale.Fold(value), t.Now); err != nil {
		return flow.Outcome{}, err
	}
	return outcome("ok", nil)
}

func (h *House) peopleTopics(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	if err := people.CorrectTopics(ctx, t.Tx, t.Chat, args.Texts("topics"), t.Now); err != nil {
		return flow.Outcome{}, err
	}
	return outcome("ok", nil)
}

func (h *House) peopleRegistered(ctx context.Context, t *Turn, _ Args) (flow.Outcome, error) {
	if err := people.Registered(ctx, t.Tx, t.Chat, t.Now); err != nil {
		return flow.Outcome{}, err
	}
	return outcome("ok", nil)
}

func (h *House) peopleMessages(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	if err := people.Messages(ctx, t.Tx, t.Chat, args.Flag("on"), t.Now); err != nil {
		return flow.Outcome{}, err
	}
	return outcome("ok", nil)
}

func (h *House) peopleErase(ctx context.Context, t *Turn, _ Args) (flow.Outcome, error) {
	up, err := people.Erase(ctx, t.Tx, t.Chat, t.Now)
	if err != nil {
		return flow.Outcome{}, err
	}
	h.tellPromoted(t, up)
	return flow.Outcome{Name: "ok", Forget: true}, nil
}

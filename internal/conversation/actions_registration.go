package conversation

import (
	"context"
	"crypto/rand"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/reference"
)

func (h *House) registrationActions() []Action {
	form := with(all(text, "name", "trade", "place", "phone", "card", "rna"), all(texts, "topics"))
	return []Action{{
		Signature: flow.Signature{Name: "registration.profile", About: "the person as they described themselves before", Outcomes: []string{"known", "new"},
			Sets: with(form, all(text, "trade_name", "town")), Longest: map[string]int{"name": 80, "phone": 16}},
		Do: h.registrationProfile,
	}, {
		Signature: flow.Signature{Name: "registration.mine", About: "the person's own registration at a stop, and how many this chat made there",
			Args: all(text, "stop"), Outcomes: []string{"none", "confirmed", "waitlisted"}, Sets: with(all(text, "reference"), all(number, "count")),
			Longest: map[string]int{"reference": 7}},
		Do: h.registrationMine,
	}, {
		Signature: flow.Signature{Name: "registration.create", About: "gives a person a place, or one on the waiting list",
			Args: with(form, all(text, "stop"), all(flag, "self")), Outcomes: []string{"confirmed", "waitlisted", "already", "past", "gone"},
			Sets:    with(all(text, "reference", "summary", "stop_town", "stop_day"), all(number, "position"), all(flag, "begun")),
			Longest: map[string]int{"reference": 7, "summary": 600}},
		Do: h.registrationCreate,
	}, {
		Signature: flow.Signature{Name: "registration.load", About: "all about one of this chat's registrations", Args: all(text, "reference"),
			Outcomes: []string{"found", "gone"},
			Sets: with(all(text, "reference", "stop", "name", "trade_name", "town", "when", "hours", "venue", "state", "state_words", "summary"),
				all(flag, "self", "sample", "past")),
			Longest: map[string]int{"reference": 7, "name": 80, "venue": 120, "summary": 600}},
		Do: h.registrationLoad,
	}, {
		Signature: flow.Signature{Name: "registration.cancel", About: "gives a place back; the waiting list moves up", Args: all(text, "reference"),
			Outcomes: []string{"cancelled", "gone"}},
		Do: h.registrationCancel,
	}}
}

func (h *House) registrationProfile(ctx context.Context, t *Turn, _ Args) (flow.Outcome, error) {
	p, _, err := people.Load(ctx, t.Tx, t.Chat)
	if err != nil {
		return flow.Outcome{}, err
	}
	set := map[string]flow.Value{"name": p.Name, "trade": p.Trade, "place": p.Place, "phone": p.Phone, "card": p.Card, "rna": p.RNA, "topics": p.Topics,
		"trade_name": h.tradeWords(t.Language, p.Trade), "town": h.placeWords(t.Language, p.Place)}
	if p.Name == "" || p.Trade == "" || p.Place == "" {
		return outcome("new", set)
	}
	return outcome("known", set)
}

func (h *House) registrationMine(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	ref, state, count, err := caravan.Own(ctx, t.Tx, t.Chat, args.Text("stop"))
	if err != nil {
		return flow.Outcome{}, err
	}
	set := map[string]flow.Value{"reference": ref, "count": count}
	switch state {
	case "":
		return outcome("none", set)
	case caravan.Waitlisted:
		return outcome("waitlisted", set)
	}
	return outcome("confirmed", set)
}

// registrationCreate makes one trip to the database: it is on the way of every registration, beside thousands of others.
func (h *House) registrationCreate(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	if !h.collects() { // a conversation left open since the house still did
		return outcome("gone", nil)
	}
	r := caravan.Registration{Stop: caravan.Stop{ID: args.Text("stop")}, Chat: t.Chat, Self: args.Flag("self"), Name: args.Text("name"),
		NameKey: locale.Fold(args.Text("name")), Trade: args.Text("trade"), Place: args.Text("place"), Phone: args.Text("phone"),
		Card: args.Text("card"), RNA: args.Text("rna"), Topics: args.Texts("topics")}
	var b pgx.Batch
	collect, err := caravan.QueueRegister(&b, r, t.Now, rand.Reader)
	if err != nil {
		return flow.Outcome{}, err
	}
	if r.Self {
		people.QueueSave(&b, t.Chat, people.Profile{Name: r.Name, Trade: r.Trade, Place: r.Place, Phone: r.Phone, Card: r.Card, RNA: r.RNA, Topics: r.Topics}, t.Now)
	}
	if err := t.Tx.SendBatch(ctx, &b).Close(); err != nil {
		return flow.Outcome{}, err
	}
	got, err := collect(ctx, t.Tx)
	switch {
	case err != nil:
		return flow.Outcome{}, err
	case got.Gone:
		return outcome("gone", nil)
	case got.Over:
		return outcome("past", nil)
	}
	r.Reference, r.State, r.Stop = got.Reference, got.State, got.Stop
	stop := h.StopWords(t.Language, r.Stop, t.Now) // as it is now: it may have moved since they were asked
	set := map[string]flow.Value{"reference": got.Reference, "position": got.Position, "begun": got.Begun, "summary": h.summary(t, r),
		"stop_town": stop["town"], "stop_day": stop["day"]}
	if got.Already {
		return outcome("already", set)
	}
	return outcome(got.State, set)
}

// summary is a registration in a few plain lines, to pass on by whatever means.
func (h *House) summary(t *Turn, r caravan.Registration) string {
	words := h.StopWords(t.Language, r.Stop, t.Now)
	words["name"], words["trade_name"], words["reference"] = r.Name, h.tradeWords(t.Language, r.Trade), r.Reference
	lines := []string{"summary.title", "summary.name", "summary.stop", "summary.venue", "summary.reference"}
	if r.State == caravan.Waitlisted {
		lines = append(lines, "summary.waitlisted")
	}
	if r.Stop.Sample {
		lines = append(lines, "summary.sample")
	}
	for i, id := range lines {
		lines[i] = t.Say(id, words)
	}
	return strings.Join(lines, "\n")
}

func (h *House) registrationLoad(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	bare, _, _ := strings.Cut(args.Text("reference"), "_") // of a ticket: whose chat it is decides here, not the seal
	ref, ok := reference.Read(bare)
	if !ok {
		return outcome("gone", nil)
	}
	r, ok, err := caravan.Find(ctx, t.Tx, t.Chat, ref)
	if err != nil {
		return flow.Outcome{}, err
	}
	if !ok {
		return outcome("gone", nil)
	}
	set := h.StopWords(t.Language, r.Stop, t.Now)
	delete(set, "day")
	set["reference"], set["stop"], set["name"], set["self"] = r.Reference, r.Stop.ID, r.Name, r.Self
	set["trade_name"], set["summary"] = h.tradeWords(t.Language, r.Trade), h.summary(t, r)
	set["state"], set["state_words"] = r.State, t.Say("registration.state_"+r.State, nil)
	set["sample"], set["past"] = r.Stop.Sample, !r.Stop.Ahead(t.Now)
	return outcome("found", set)
}

func (h *House) registrationCancel(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	ref, ok := reference.Read(args.Text("reference"))
	if !ok {
		return outcome("gone", nil)
	}
	up, ok, err := caravan.Cancel(ctx, t.Tx, t.Chat, ref, t.Now)
	if err != nil {
		return flow.Outcome{}, err
	}
	if !ok {
		return outcome("gone", nil)
	}
	h.tellPromoted(t, up)
	return outcome("cancelled", nil)
}

// tellPromoted writes to those who got a place from the waiting list, but for those who asked not to be written to.
func (h *House) tellPromoted(t *Turn, up []caravan.Promotion) {
	for _, p := range up {
		if !p.Silent {
			lang := speak(h.Languages, p.Language, "")
			words := h.StopWords(lang, p.Stop, t.Now)
			words["name"], words["reference"] = p.Name, p.Reference
			t.Notify(p.Chat, lang, Note{Text: "notice.promoted", Params: words,
				Doors: []flow.Choice{{Text: "door.tickets", Door: "/tickets"}, {Text: "door.silence", Door: "/stop"}}})
		}
	}
}

func (h *House) registrationLists() []List {
	return []List{Whole(flow.Signature{Name: "registrations", About: "this chat's registrations; keys are references"},
		func(ctx context.Context, t *Turn, _ Args) ([]flow.Item, error) {
			list, err := caravan.OfChat(ctx, t.Tx, t.Chat, t.Now)
			if err != nil {
				return nil, err
			}
			items := make([]flow.Item, len(list))
			for i, r := range list {
				state := ""
				if r.State != caravan.Confirmed {
					state = t.Say("registration.state_"+r.State, nil)
				}
				items[i] = flow.Item{Key: r.Reference, Label: beside(t.Language, r.Name, h.placeWords(t.Language, r.Stop.Place), state)}
			}
			return items, nil
		})}
}

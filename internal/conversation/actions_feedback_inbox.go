package conversation

import (
	"context"
	"crypto/rand"
	"strings"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/internal/reference"
)

// scope is what a member of the staff may see. It is worked out from who they are at this turn, never from what a flow or a button says.
func scope(m *people.Member) feedback.Scope {
	switch {
	case m == nil:
		return feedback.Scope{}
	case m.Role == people.Admin:
		return feedback.Scope{All: true}
	case m.Role == people.Organiser:
		return feedback.Scope{Organisers: true}
	}
	return feedback.Scope{Chamber: m.Region}
}

func (t *Turn) step() feedback.Step {
	return feedback.Step{Scope: scope(t.Member), Staff: t.Member.ID, Now: t.Now}
}

func (t *Turn) filter(args Args) feedback.Filter {
	f := feedback.Filter{Theme: args.Text("theme"), Stop: args.Text("stop"), State: args.Text("state")}
	if args.Flag("mine") {
		f.Holder = t.Member.ID
	}
	return f
}

// inboxActions are the staff's work on recommendations.
func (h *House) inboxActions() []Action {
	filter := with(all(text, "theme", "stop", "state"), all(flag, "mine"))
	return []Action{{
		Signature: flow.Signature{Name: "inbox.look", About: "how much there is for the member, as the inbox is narrowed", Args: filter, For: everyStaff, Outcomes: []string{"ok"},
			Sets: with(all(text, "desk_name", "filter_words"), all(number, "open", "questions", "remarks", "yours")), Longest: map[string]int{"desk_name": 70, "filter_words": 200}},
		Do: h.inboxLook,
	}, {
		Signature: flow.Signature{Name: "inbox.next", About: "the recommendation behind another one ('': the first), the oldest first", Args: with(all(text, "after"), filter), For: everyStaff,
			Outcomes: []string{"found", "none"}, Sets: all(text, "reference"), Longest: map[string]int{"reference": 7}},
		Do: func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
			ref, err := feedback.Next(ctx, t.Tx, scope(t.Member), t.filter(args), args.Text("after"))
			if err != nil || ref == "" {
				return flow.Outcome{Name: "none"}, err
			}
			return outcome("found", map[string]flow.Value{"reference": ref})
		},
	}, {
		Signature: flow.Signature{Name: "inbox.open", About: "one recommendation, with its picture or voice; it counts as read", Args: all(text, "reference"), For: everyStaff,
			Outcomes: []string{"found", "gone"}, Sets: with(all(text, "reference", "theme_name", "state_words", "when", "who", "words", "more", "thread"), all(flag, "closed", "held", "same"), all(number, "seen", "alike")),
			Longest: map[string]int{"reference": 7, "theme_name": 64, "who": 220, "words": longestWords, "more": 1080, "thread": 7}},
		Ledger: []string{"reference"},
		Do:     h.inboxOpen,
	}, {
		Signature: flow.Signature{Name: "inbox.forward", About: "passes a recommendation to the chamber of a region ('organisers': to them) with a note", Args: all(text, "reference", "to", "words"), For: everyStaff,
			Outcomes: []string{"ok", "gone"}},
		Ledger: []string{"reference", "to"},
		Do: h.moved(func(ctx context.Context, t *Turn, args Args) (bool, error) {
			return t.step().Forward(ctx, t.Tx, args.Text("reference"), chamberKey(args.Text("to")), args.Text("words"))
		}),
	}, {
		Signature: flow.Signature{Name: "inbox.close", About: "ends a recommendation with a reason, which its author reads", Args: all(text, "reference", "words"), For: everyStaff, Outcomes: []string{"ok", "gone"}},
		Ledger:    []string{"reference"},
		Do: h.moved(func(ctx context.Context, t *Turn, args Args) (bool, error) {
			return t.step().Close(ctx, t.Tx, args.Text("reference"), args.Text("words"))
		}),
	}, {
		Signature: flow.Signature{Name: "inbox.answer", About: "answers the author of a recommendation, whoever that is", For: everyStaff,
			Args:     with(all(text, "reference", "kind", "words", "file"), all(number, "seconds", "seen")),
			Outcomes: []string{"ok", "crossed", "over", "gone"}, Sets: with(all(text, "by", "last"), all(number, "seen")), Longest: map[string]int{"by": 80, "last": glimpse + 20}},
		Ledger: []string{"reference"},
		Do: func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
			said, err := t.step().Answer(ctx, t.Tx, args.Text("reference"), messageOf(args), int64(args.Number("seen")), rand.Reader)
			if err != nil || said != feedback.Crossed {
				return flow.Outcome{Name: answered[said]}, err
			}
			i, _, err := feedback.Open(ctx, t.Tx, scope(t.Member), args.Text("reference"))
			if err != nil {
				return flow.Outcome{}, err
			}
			return t.crossed(ctx, i.Thread)
		},
	}}
}

// answered are the outcomes of an answer, by what became of it; a staff's is never too fast.
var answered = map[feedback.Said]string{feedback.Kept: "ok", feedback.Over: "over", feedback.Nowhere: "gone", feedback.Crossed: "crossed"}

// crossed says who has answered meanwhile, and what.
func (t *Turn) crossed(ctx context.Context, thread string) (flow.Outcome, error) {
	th, _, err := feedback.OpenThread(ctx, t.Tx, scope(t.Member), thread)
	if err != nil {
		return flow.Outcome{}, err
	}
	set := map[string]flow.Value{"seen": int(th.Answered()), "by": "", "last": ""}
	for _, m := range th.Messages {
		if m.Staff != 0 {
			set["by"], set["last"] = m.By, Glimpse(t.texts, t.Language, m.Kind, m.Words)
		}
	}
	return outcome("crossed", set)
}

// moved makes an action of a step that succeeds or finds nothing.
func (h *House) moved(do func(context.Context, *Turn, Args) (bool, error)) func(context.Context, *Turn, Args) (flow.Outcome, error) {
	return func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
		ok, err := do(ctx, t, args)
		if err != nil || !ok {
			return flow.Outcome{Name: "gone"}, err
		}
		return outcome("ok", nil)
	}
}

// toOrganisers stands in a list of chambers for those who are none.
const toOrganisers = "organisers"

func chamberKey(key string) string {
	if key == toOrganisers {
		return ""
	}
	return key
}

func (h *House) inboxLook(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	s, f := scope(t.Member), t.filter(args)
	open, err := feedback.Count(ctx, t.Tx, s, f)
	if err != nil {
		return flow.Outcome{}, err
	}
	_, questions, err := feedback.Waiting(ctx, t.Tx, s, f.Holder, 0, 1)
	if err != nil {
		return flow.Outcome{}, err
	}
	yours, err := feedback.Count(ctx, t.Tx, s, feedback.Filter{Holder: t.Member.ID})
	if err != nil {
		return flow.Outcome{}, err
	}
	_, asked, err := feedback.Waiting(ctx, t.Tx, s, t.Member.ID, 0, 1)
	if err != nil {
		return flow.Outcome{}, err
	}
	remarks, err := feedback.CountRemarks(ctx, t.Tx, s, f.Stop)
	if err != nil {
		return flow.Outcome{}, err
	}
	var by []string
	if f.Theme != "" {
		name, err := h.themeName(ctx, t, f.Theme)
		if err != nil {
			return flow.Outcome{}, err
		}
		by = append(by, name)
	}
	if f.Stop != "" {
		name, err := h.stopName(ctx, t, f.Stop)
		if err != nil {
			return flow.Outcome{}, err
		}
		by = append(by, name)
	}
	if f.State != "" {
		by = append(by, t.Say("recommendation.state_"+f.State, nil))
	}
	if f.Holder != 0 {
		by = append(by, t.Say("inbox.mine", nil))
	}
	desk := h.chamberName(t, s.Chamber)
	if s.All {
		desk = t.Say("inbox.everything", nil)
	}
	return outcome("ok", map[string]flow.Value{"desk_name": desk, "filter_words": strings.Join(by, separator(t.Language)), "open": open, "questions": questions, "remarks": remarks,
		"yours": yours + asked})
}

func (h *House) stopName(ctx context.Context, t *Turn, id string) (string, error) {
	s, ok, err := caravan.ByID(ctx, t.Tx, id)
	if err != nil || !ok {
		return "", err
	}
	return beside(t.Language, h.placeWords(t.Language, s.Place), s.Starts.In(locale.Zone()).Format("02/01/2006")), nil
}

// stopList offers the stops that find finds for what the member sees; keys are their ids.
func (h *House) stopList(name, about string, find func(context.Context, postgres.Querier, feedback.Scope) ([]string, error)) List {
	return Whole(flow.Signature{Name: name, About: about, For: everyStaff}, func(ctx context.Context, t *Turn, _ Args) ([]flow.Item, error) {
		ids, err := find(ctx, t.Tx, scope(t.Member))
		if err != nil {
			return nil, err
		}
		items := make([]flow.Item, len(ids))
		for i, id := range ids {
			name, err := h.stopName(ctx, t, id)
			if err != nil {
				return nil, err
			}
			items[i] = flow.Item{Key: id, Label: name}
		}
		return items, nil
	})
}

func (h *House) inboxOpen(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	ref, ok := reference.Read(args.Text("reference"))
	if !ok {
		return outcome("gone", nil)
	}
	if err := t.step().Read(ctx, t.Tx, ref); err != nil {
		return flow.Outcome{}, err
	}
	i, ok, err := feedback.Open(ctx, t.Tx, scope(t.Member), ref)
	if err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	if a := FileOf(t.texts, t.Language, feedback.Message{Kind: i.Kind, File: i.File, Refused: i.Refused, Copy: i.Copy}); a != nil {
		t.Show(Message{Attach: a})
	}
	words := i.Words
	if len([]rune(words)) > longestWords {
		t.Show(t.whole(words))
		words = cutTo(words, glimpse)
	}
	if words == "" {
		words = Glimpse(t.texts, t.Language, i.Kind, "")
	}
	theme, err := h.themeName(ctx, t, i.Theme)
	if err != nil {
		return flow.Outcome{}, err
	}
	more, err := h.besides(ctx, t, i)
	if err != nil {
		return flow.Outcome{}, err
	}
	alike, same, err := feedback.Others(ctx, t.Tx, scope(t.Member), ref)
	if err != nil {
		return flow.Outcome{}, err
	}
	if alike > 0 {
		more = strings.TrimSpace(t.Say("inbox.note_alike", map[string]any{"count": alike}) + "\n" + more)
	}
	return outcome("found", map[string]flow.Value{"reference": i.Reference, "alike": alike, "same": same, "theme_name": theme, "state_words": t.Say("inbox.state_"+i.State, nil), "when": shortDate(t.Language, i.Created, t.Now),
		"who": h.author(t, i), "words": words, "more": more, "thread": i.Thread, "closed": i.State == "closed", "held": i.Holder == t.Member.ID, "seen": int(i.Answered)})
}

// author is what may be known of who wrote a recommendation.
func (h *House) author(t *Turn, i feedback.Item) string {
	region, _ := h.Directory.Region(i.Region)
	if !i.Named {
		branch := ""
		for _, b := range h.Directory.Branches() {
			if b.ID == i.Branch {
				branch = b.Name(t.Language)
			}
		}
		return beside(t.Language, t.Say("inbox.anonymous", nil), branch, region.Name(t.Language))
	}
	return beside(t.Language, i.Name, cutTo(h.tradeWords(t.Language, i.Trade), 60), h.placeWords(t.Language, i.Place), region.Name(t.Language))
}

// besides are the lines below a recommendation: who has it, the note that came with it, the stop, and that it was escalated.
func (h *House) besides(ctx context.Context, t *Turn, i feedback.Item) (string, error) {
	var lines []string
	if why := fileRefused(t.texts, t.Language, i.Refused); why != "" {
		lines = append(lines, why)
	}
	if who := t.holder(i.Holder, i.HeldBy, i.Given); who != "" {
		lines = append(lines, who)
	}
	if i.Note != "" {
		lines = append(lines, "📝 "+i.Note)
	}
	if i.Stop != "" {
		name, err := h.stopName(ctx, t, i.Stop)
		if err != nil {
			return "", err
		}
		lines = append(lines, "🚐 "+name)
	}
	if i.Chamber != scope(t.Member).Chamber || i.Escalated {
		lines = append(lines, "📥 "+h.chamberName(t, i.Chamber))
	}
	return strings.Join(lines, "\n"), nil
}

func (h *House) inboxLists() []List {
	return []List{
		Whole(flow.Signature{Name: "themes_all", About: "the themes, those too that are offered no more", For: everyStaff},
			func(ctx context.Context, t *Turn, _ Args) ([]flow.Item, error) { return h.themeItems(ctx, t, true) }),
		Whole(flow.Signature{Name: "inbox_states", About: "the states of recommendations", For: everyStaff},
			func(_ context.Context, t *Turn, _ Args) ([]flow.Item, error) {
				var items []flow.Item
				for _, s := range []string{"received", "read", "forwarded", "answered", "closed"} {
					items = append(items, flow.Item{Key: s, Label: t.Say("inbox.state_"+s, nil)})
				}
				return items, nil
			}),
		h.stopList("inbox_stops", "the stops after which recommendations came", feedback.StopsSaidAfter),
		Whole(flow.Signature{Name: "chambers", About: "where something can be passed on to: the chambers by region, and the organisers", For: everyStaff},
			func(_ context.Context, t *Turn, _ Args) ([]flow.Item, error) {
				items := []flow.Item{{Key: toOrganisers, Label: t.Say("chamber.organisers", nil)}}
				for _, r := range h.Directory.Regions() {
					if r.Code != t.Member.Region {
						items = append(items, region(t.Language, r))
					}
				}
				return items, nil
			}),
	}
}

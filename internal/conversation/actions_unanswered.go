package conversation

import (
	"context"
	"slices"
	"strings"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/flow"
)

// How much of a group of questions is shown, and how much of it is dealt with at once: the rest comes back as a group of its own.
const (
	mostShown   = 4
	mostSettled = 20
)

func (h *House) unansweredActions() []Action {
	return []Action{{
		Signature: flow.Signature{Name: "unanswered.group", About: "questions without a good answer that ask for the same, the most frequent group first; at counts the groups passed over. Suggested: what they may ask for",
			Args: all(number, "at"), For: organisers, Outcomes: []string{"found", "none"},
			Sets:    with(all(text, "examples", "wrong"), all(texts, "asked", "suggested"), all(number, "count", "left")),
			Longest: map[string]int{"examples": mostShown * 210, "wrong": answers.LongestTitle}},
		Do: h.unansweredGroup,
	}, {
		Signature: flow.Signature{Name: "unanswered.teach", About: "makes these questions ways to ask for an answer", Args: with(all(text, "id"), all(texts, "asked")), For: organisers,
			Outcomes: []string{"ok", "taken", "gone"}, Sets: with(all(text, "title"), all(number, "count")), Longest: map[string]int{"title": answers.LongestTitle}},
		Ledger: []string{"id"},
		Do:     h.unansweredTeach,
	}, {
		Signature: flow.Signature{Name: "unanswered.drop", About: "these questions are not ours: they don't come again", Args: all(texts, "asked"), For: organisers, Outcomes: []string{"ok"}},
		Do: func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
			return done(answers.Settle(ctx, t.Tx, args.Texts("asked")))
		},
	}}
}

func (h *House) unansweredGroup(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	open, err := answers.Unanswered(ctx, t.Tx)
	if err != nil {
		return flow.Outcome{}, err
	}
	groups, at := h.Answers.Grouped(open), args.Number("at")
	if at < 0 || at >= len(groups) {
		return outcome("none", nil)
	}
	g := groups[at]
	words := g.Words()
	set := map[string]flow.Value{"examples": "", "wrong": "", "asked": words[:min(len(words), mostSettled)], "suggested": []string{}, "count": g.Times, "left": len(groups) - at - 1}
	shown := make([]string, 0, mostShown)
	for _, w := range words[:min(len(words), mostShown)] {
		shown = append(shown, "«\u00a0"+beside(t.Language, w)+"\u00a0»")
	}
	set["examples"] = strings.Join(shown, "\n")
	set["suggested"] = worthy(h.Answers.Ask(words[0]).Candidates)
	for _, q := range g.Questions {
		if q.Entry != "" {
			set["wrong"] = h.Answers.Title(t.Language, q.Entry)
			break
		}
	}
	return outcome("found", set)
}

func (h *House) unansweredTeach(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	fresh, err := h.Answers.Fresh(ctx, t.Tx)
	if err != nil {
		return flow.Outcome{}, err
	}
	e, ok := fresh.Get(args.Text("id"))
	if !ok {
		return outcome("gone", nil)
	}
	var ways []string
	for _, w := range args.Texts("asked") {
		if other := fresh.Meant(w); answers.FitWay(w) == answers.Fits && (other == "" || other == e.ID) {
			ways = append(ways, w)
		}
	}
	set := map[string]flow.Value{"title": e.Title(t.Language), "count": len(ways)}
	if len(ways) == 0 {
		return outcome("taken", set)
	}
	if err := answers.AddWays(ctx, t.Tx, e.ID, ways, t.Member.ID, t.Now); err != nil {
		return flow.Outcome{}, err
	}
	if err := answers.Settle(ctx, t.Tx, args.Texts("asked")); err != nil {
		return flow.Outcome{}, err
	}
	return outcome("ok", set)
}

// unansweredLists offer all answers, those that the questions may ask for first.
func (h *House) unansweredLists() []List {
	suggestedFirst := func(t *Turn, args Args) []flow.Item {
		ids := args.Texts("ids")
		for _, e := range h.Answers.Entries() {
			if e.Class != answers.Refuse && !slices.Contains(ids, e.ID) {
				ids = append(ids[:len(ids):len(ids)], e.ID)
			}
		}
		return h.titled(t.Language, ids)
	}
	return []List{h.searchable(flow.Signature{Name: "answers_suggested", Args: all(texts, "ids"), For: everyStaff,
		About: "all answers, those of these ids first; a search looks over all"}, suggestedFirst)}
}

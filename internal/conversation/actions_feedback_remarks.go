package conversation

import (
	"context"
	"strings"
	"time"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// remarkActions have the staff read and hear what people said of a stop beside their score.
func (h *House) remarkActions() []Action {
	return []Action{{
		Signature: flow.Signature{Name: "remarks.stop", About: "of which stop something was said that the member may hear, if it is one", For: everyStaff, Outcomes: []string{"one", "several", "none"},
			Sets: with(all(text, "stop"), all(flag, "several"))},
		Do: func(ctx context.Context, t *Turn, _ Args) (flow.Outcome, error) {
			ids, err := feedback.StopsRemarked(ctx, t.Tx, scope(t.Member))
			switch {
			case err != nil || len(ids) == 0:
				return flow.Outcome{Name: "none"}, err
			case len(ids) > 1:
				return outcome("several", map[string]flow.Value{"several": true})
			}
			return outcome("one", map[string]flow.Value{"stop": ids[0]})
		},
	}, {
		Signature: flow.Signature{Name: "remarks.open", About: "what somebody said of a stop, with their voice: so many steps behind another one ('': the first is one step away)",
			Args: with(all(text, "stop", "key"), all(number, "steps")), For: everyStaff, Outcomes: []string{"found", "none"},
			Sets:    with(all(text, "key", "stars", "words", "when", "stop_name"), all(number, "at", "of")),
			Longest: map[string]int{"key": 36, "stars": 5, "words": longestWords, "when": 40, "stop_name": 80}},
		Ledger: []string{"stop"},
		Do:     h.remarkOpen,
	}}
}

func (h *House) remarkOpen(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	stop := args.Text("stop")
	r, ok, err := feedback.Remarked(ctx, t.Tx, scope(t.Member), stop, args.Text("key"), args.Number("steps"))
	if err != nil || !ok {
		return flow.Outcome{Name: "none"}, err
	}
	// What it says is shown without what its author can be reached by, as in reports: nobody asked them whether they want to be.
	words := answers.WithoutContacts(r.Words)
	if r.File != "" {
		if a := FileOf(t.texts, t.Language, feedback.Message{Kind: feedback.Voice, File: r.File, Refused: r.Refused, Copy: r.Copy}); a != nil {
			t.Show(Message{Attach: a})
		}
		words = strings.TrimSpace(inShort(t.texts, t.Language, feedback.Voice, words, longestWords) + "\n" + fileRefused(t.texts, t.Language, r.Refused))
	}
	name, err := h.stopName(ctx, t, stop)
	if err != nil {
		return flow.Outcome{}, err
	}
	day := time.Date(r.Day.Year(), r.Day.Month(), r.Day.Day(), 12, 0, 0, 0, locale.Zone())
	return outcome("found", map[string]flow.Value{"key": r.Key, "stars": strings.Repeat("⭐", r.Score), "words": words, "when": shortDate(t.Language, day, t.Now),
		"stop_name": name, "at": r.At, "of": r.Of})
}

func (h *House) remarkLists() []List {
	return []List{
		h.stopList("remark_stops", "the stops of which people said something that the member may hear, the latest first", feedback.StopsRemarked),
	}
}

package conversation

import (
	"context"
	"strconv"
	"strings"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/flow"
)

func (h *House) ratingActions() []Action {
	return []Action{{
		Signature: flow.Signature{Name: "rating.keep", About: "keeps how somebody who was at a stop found it, from a door's <stop>_<score>",
			Args: all(text, "given"), Outcomes: []string{"ok", "stranger", "closed"}, Sets: with(all(text, "stop", "town"), all(number, "score"))},
		Do: h.ratingKeep,
	}, {
		Signature: flow.Signature{Name: "rating.explain", About: "adds words or a voice to the rating of a stop",
			Args: with(all(text, "stop", "words", "file"), all(number, "seconds")), Outcomes: []string{"ok", "gone"}},
		Do: h.ratingExplain,
	}}
}

// ratingKeep takes a rating from those alone who were there: anybody can forge a door.
func (h *House) ratingKeep(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	id, last, _ := strings.Cut(args.Text("given"), "_") // a stop's id has no _ (stops.id)
	score, err := strconv.Atoi(last)
	if err != nil || score < 1 || score > 5 {
		return outcome("stranger", nil)
	}
	if !h.collects() {
		return outcome("closed", nil)
	}
	s, there, err := caravan.WasThere(ctx, t.Tx, t.Chat, id, t.Now)
	if err != nil {
		return flow.Outcome{}, err
	}
	if !there {
		return outcome("stranger", nil)
	}
	if err := feedback.Rate(ctx, t.Tx, t.Chat, s.ID, score, string(t.Language), t.Now); err != nil {
		return flow.Outcome{}, err
	}
	return outcome("ok", map[string]flow.Value{"stop": s.ID, "town": h.placeWords(t.Language, s.Place), "score": score})
}

func (h *House) ratingExplain(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	ok, err := feedback.Explain(ctx, t.Tx, t.Chat, feedback.Rating{Stop: args.Text("stop"), Words: args.Text("words"), File: args.Text("file"),
		Seconds: args.Number("seconds")}, t.Now)
	if err != nil {
		return flow.Outcome{}, err
	}
	if !ok { // erased, or no longer theirs
		return outcome("gone", nil)
	}
	return outcome("ok", nil)
}

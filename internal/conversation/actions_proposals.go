package conversation

import (
	"context"
	"strconv"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
)

// proposalActions make an entry of what a chamber replied: its people propose the words, organisers take them over.
func (h *House) proposalActions() []Action {
	return []Action{{
		Signature: flow.Signature{Name: "proposals.material", About: "what a thread offers for an answer: the artisan's last words, the last reply when it would do as one, and what may have been asked", Args: all(text, "thread"),
			For: everyStaff, Outcomes: []string{"found", "gone"}, Sets: with(all(text, "question", "reply"), all(texts, "suggested")),
			Longest: map[string]int{"question": glimpse, "reply": answers.LongestBody}},
		Ledger: []string{"thread"},
		Do:     h.proposalsMaterial,
	}, {
		Signature: flow.Signature{Name: "proposals.make", About: "proposes words for an answer in one language; // is a new line", Args: all(text, "id", "language", "words"), For: everyStaff,
			Outcomes: []string{"ok", "empty", "long", "tall", "gone"}},
		Ledger: []string{"id", "language"},
		Do:     h.proposalsMake,
	}, {
		Signature: flow.Signature{Name: "proposals.next", About: "a proposed answer beside the present one; at counts those passed over", Args: all(number, "at"), For: organisers, Outcomes: []string{"found", "none"},
			Sets:    with(all(text, "proposal", "title", "language_name", "now", "body", "by"), all(number, "left")),
			Longest: map[string]int{"proposal": 20, "title": answers.LongestTitle, "now": answers.LongestBody, "body": answers.LongestBody, "by": 80}},
		Do: h.proposalsNext,
	}, {
		Signature: flow.Signature{Name: "proposals.accept", About: "makes the proposed words the answer's, as the chamber says today", Args: all(text, "proposal"), For: organisers, Outcomes: []string{"ok", "gone"}},
		Ledger:    []string{"proposal"},
		Do:        h.proposalsAccept,
	}, {
		Signature: flow.Signature{Name: "proposals.drop", About: "lets a proposal go", Args: all(text, "proposal"), For: organisers, Outcomes: []string{"ok"}},
		Ledger:    []string{"proposal"},
		Do: func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
			_, _, err := answers.TakeProposal(ctx, t.Tx, proposalKey(args))
			return done(err)
		},
	}, {
		Signature: flow.Signature{Name: "proposals.count", About: "how many proposals wait", For: organisers, Outcomes: []string{"ok"}, Sets: all(number, "waiting")},
		Do: func(ctx context.Context, t *Turn, _ Args) (flow.Outcome, error) {
			_, total, _, err := answers.Proposals(ctx, t.Tx, 0)
			if err != nil {
				return flow.Outcome{}, err
			}
			return outcome("ok", map[string]flow.Value{"waiting": total})
		},
	}}
}

func proposalKey(args Args) int64 {
	id, err := strconv.ParseInt(args.Text("proposal"), 10, 64)
	if err != nil {
		return 0 // no proposal has it
	}
	return id
}

func (h *House) proposalsMaterial(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	th, ok, err := t.inboxThread(ctx, args)
	if err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	var asked, reply string
	for _, m := range th.Messages {
		switch {
		case m.Kind != feedback.Text:
		case m.Staff == 0:
			asked = m.Words
		default:
			reply = m.Words
		}
	}
	if answers.FitBody(reply) != answers.Fits {
		reply = ""
	}
	set := map[string]flow.Value{"question": cutTo(asked, glimpse), "reply": reply, "suggested": []string{}}
	if asked != "" {
		set["suggested"] = worthy(h.Answers.Ask(asked).Candidates)
	}
	return outcome("found", set)
}

func (h *House) proposalsMake(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	e, ok := h.Answers.Get(args.Text("id"))
	if !ok {
		return outcome("gone", nil)
	}
	words := broken(args.Text("words"))
	region := ""
	if t.Member.Role == people.Agent {
		region = t.Member.Region
	}
	return h.fitting(answers.FitBody(words), func() error {
		return answers.Propose(ctx, t.Tx, answers.Proposal{Entry: e.ID, Language: h.languageOf(t, args), Body: words, Region: region}, t.Member.ID, t.Now)
	})
}

func (h *House) proposalsNext(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	p, total, ok, err := answers.Proposals(ctx, t.Tx, args.Number("at"))
	if err != nil || !ok {
		return flow.Outcome{Name: "none"}, err
	}
	e, _ := h.Answers.Get(p.Entry)
	return outcome("found", map[string]flow.Value{"proposal": strconv.FormatInt(p.ID, 10), "title": e.Title(t.Language), "language_name": p.Language.Name(), "now": e.Body(p.Language),
		"body": p.Body, "by": h.chamberName(t, p.Region), "left": total - args.Number("at") - 1})
}

// proposalsAccept takes the words over. Who says so is the chamber, in French as other names that stand for a source.
func (h *House) proposalsAccept(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	p, ok, err := answers.TakeProposal(ctx, t.Tx, proposalKey(args))
	if err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	fresh, err := h.Answers.Fresh(ctx, t.Tx)
	if err != nil {
		return flow.Outcome{}, err
	}
	e, ok := fresh.Get(p.Entry)
	if !ok {
		return outcome("gone", nil)
	}
	if err := answers.SetText(ctx, t.Tx, e.ID, p.Language, answers.Text{Body: p.Body}, t.Member.ID, t.Now); err != nil {
		return flow.Outcome{}, err
	}
	return done(h.prove(ctx, t, e, ChamberName(t.texts, h.Directory, locale.French, p.Region), false))
}

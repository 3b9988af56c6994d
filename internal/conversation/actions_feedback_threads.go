package conversation

import (
	"context"

	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/reference"
)

// inboxThreadActions are the staff's answers to artisans.
func (h *House) inboxThreadActions() []Action {
	return []Action{{
		Signature: flow.Signature{Name: "inbox.thread", About: "a thread with its last messages; what came by voice or picture is shown", Args: all(text, "thread"), For: everyStaff,
			Outcomes: []string{"found", "gone"}, Sets: with(all(text, "talk", "who", "more", "recommendation"), all(flag, "closed", "held"), all(number, "seen")),
			Longest: map[string]int{"talk": longestTalk, "who": 180, "more": 350, "recommendation": 7}},
		Ledger: []string{"thread"},
		Do:     h.inboxThread,
	}, {
		Signature: flow.Signature{Name: "inbox.reply", About: "answers in a thread", Args: with(all(text, "thread", "kind", "words", "file"), all(number, "seconds", "seen")), For: everyStaff,
			Outcomes: []string{"ok", "crossed", "over", "gone"}, Sets: with(all(text, "by", "last"), all(number, "seen")), Longest: map[string]int{"by": 80, "last": glimpse + 20}},
		Ledger: []string{"thread"},
		Do: func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
			said, err := t.step().Reply(ctx, t.Tx, args.Text("thread"), messageOf(args), int64(args.Number("seen")))
			if err != nil || said != feedback.Crossed {
				return flow.Outcome{Name: answered[said]}, err
			}
			return t.crossed(ctx, args.Text("thread"))
		},
	}, {
		Signature: flow.Signature{Name: "inbox.pass", About: "passes a question on to the chamber of a region ('organisers': to them)", Args: all(text, "thread", "to"), For: everyStaff, Outcomes: []string{"ok", "gone"}},
		Ledger:    []string{"thread", "to"},
		Do: h.moved(func(ctx context.Context, t *Turn, args Args) (bool, error) {
			return t.step().Pass(ctx, t.Tx, args.Text("thread"), chamberKey(args.Text("to")))
		}),
	}, {
		Signature: flow.Signature{Name: "inbox.finish", About: "ends a thread with a reason, which the artisan reads", Args: all(text, "thread", "words"), For: everyStaff, Outcomes: []string{"ok", "gone"}},
		Ledger:    []string{"thread"},
		Do: h.moved(func(ctx context.Context, t *Turn, args Args) (bool, error) {
			return t.step().Finish(ctx, t.Tx, args.Text("thread"), args.Text("words"))
		}),
	}}
}

// inboxThread is the thread that the action is about, if the member sees it.
func (t *Turn) inboxThread(ctx context.Context, args Args) (th feedback.Thread, ok bool, err error) {
	ref, ok := reference.Read(args.Text("thread"))
	if !ok {
		return th, false, nil
	}
	return feedback.OpenThread(ctx, t.Tx, scope(t.Member), ref)
}

func (h *House) inboxThread(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	th, ok, err := t.inboxThread(ctx, args)
	if err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	who := t.Say("inbox.anonymous", nil)
	if th.Named {
		who = th.Name
	}
	return outcome("found", map[string]flow.Value{"talk": t.talk(th.Messages, true), "who": beside(t.Language, cutTo(who, 80), h.chamberName(t, th.Chamber)), "more": t.holder(th.Holder, th.HeldBy, th.Given),
		"recommendation": th.Recommendation, "closed": th.State == "closed", "held": th.Holder == t.Member.ID, "seen": int(th.Answered())})
}

func (h *House) inboxThreadLists() []List {
	item := func(t *Turn, th feedback.Thread) flow.Item {
		who := t.Say("inbox.anonymous", nil)
		if th.Named {
			who = cutTo(th.Name, 24)
		}
		return flow.Item{Key: th.Reference, Label: beside(t.Language, th.Since.In(locale.Zone()).Format("02/01 15:04"), who, th.HeldBy)}
	}
	return []List{{
		Signature: flow.Signature{Name: "inbox_threads", About: "threads that wait for an answer, the longest wait first; keys are references", Args: all(flag, "mine"), For: everyStaff},
		Page: func(ctx context.Context, t *Turn, args Args, q flow.Query) (flow.Page, error) {
			if q.Search != "" {
				return flow.Page{}, nil
			}
			list, total, err := feedback.Waiting(ctx, t.Tx, scope(t.Member), t.filter(args).Holder, q.Offset, q.Limit)
			if err != nil {
				return flow.Page{}, err
			}
			p := flow.Page{Total: total, Items: make([]flow.Item, len(list))}
			for i, th := range list {
				p.Items[i] = item(t, th)
			}
			return p, nil
		},
		Item: func(ctx context.Context, t *Turn, _ Args, key string) (flow.Item, bool, error) {
			th, ok, err := feedback.OpenThread(ctx, t.Tx, scope(t.Member), key)
			if err != nil || !ok {
				return flow.Item{}, false, err
			}
			return item(t, th), true, nil
		},
	}}
}

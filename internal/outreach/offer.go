package outreach

import (
	"context"
	"fmt"
	"strconv"

	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/flow"
	staff "github.com/qafila/qafila/internal/people"
)

// organisers may write to people.
var organisers = []string{string(staff.Admin), string(staff.Organiser)}

const (
	text   = "text"
	number = "number"
	flag   = "bool"
	texts  = "list"
)

// Offer is what flows can ask of broadcasts.
func (o *Outreach) Offer() conversation.Offer {
	offer := conversation.Offer{Actions: map[string]conversation.Action{}, Lists: map[string]conversation.List{}, Attachments: map[string]conversation.Maker{}}
	for _, a := range append(o.composing(), o.running()...) {
		a.For = organisers
		offer.Actions[a.Name] = a
	}
	for _, l := range o.lists() {
		l.For = organisers
		offer.Lists[l.Name] = l
	}
	missed := conversation.Maker{
		Signature: flow.Signature{Name: "broadcast_missed", About: "who did not get a broadcast, and why, as a CSV file", Args: map[string]string{"id": text}, For: organisers},
		Make:      o.missedFile,
	}
	offer.Attachments[missed.Name] = missed
	return offer
}

// kinds makes a signature's names and types.
func kinds(typ string, names ...string) map[string]string {
	m := make(map[string]string, len(names))
	for _, n := range names {
		m[n] = typ
	}
	return m
}

func and(m map[string]string, typ string, names ...string) map[string]string {
	for _, n := range names {
		m[n] = typ
	}
	return m
}

func outcome(name string, set map[string]flow.Value) (flow.Outcome, error) {
	return flow.Outcome{Name: name, Set: set}, nil
}

// composing are the actions by which a draft is written, aimed, looked at and let go.
func (o *Outreach) composing() []conversation.Action {
	return []conversation.Action{{
		Signature: flow.Signature{Name: "broadcast.new", About: "begins a broadcast", Outcomes: []string{"ok"}, Sets: kinds(text, "id")},
		Do:        o.begin,
	}, {
		Signature: flow.Signature{Name: "broadcast.missing", About: "the next language that a draft has no words for yet", Args: kinds(text, "id"),
			Outcomes: []string{"some", "none", "gone"}, Sets: kinds(text, "language", "language_name"), Longest: map[string]int{"language_name": 20}},
		Ledger: []string{"id"},
		Do:     o.missing,
	}, {
		Signature: flow.Signature{Name: "broadcast.write", About: "keeps what a draft says in a language", Args: and(kinds(text, "id", "language", "kind", "words", "file"), number, "size"),
			Outcomes: []string{"ok", "long", "large", "gone"}, Sets: kinds(number, "limit", "length")},
		Ledger: []string{"id", "language", "kind"},
		Do:     o.write,
	}, {
		Signature: flow.Signature{Name: "broadcast.instead", About: "keeps whose words those get who speak a language that a draft has none for ('-': nothing)",
			Args: kinds(text, "id", "language", "instead"), Outcomes: []string{"ok", "gone"}},
		Ledger: []string{"id", "language", "instead"},
		Do:     o.instead,
	}, {
		Signature: flow.Signature{Name: "broadcast.narrow", About: "narrows a draft's segment by one thing (region, near, family, trade, card, rna, stop, language, seen); by 'all' undoes it",
			Args: kinds(text, "id", "by", "value", "more"), Outcomes: []string{"ok", "gone"}},
		Ledger: []string{"id", "by", "value", "more"},
		Do:     o.narrow,
	}, {
		Signature: flow.Signature{Name: "broadcast.who", About: "whom a draft goes to, and how many they are now", Args: kinds(text, "id"), Outcomes: []string{"some", "none", "gone"},
			Sets: and(kinds(text, "who"), number, "count"), Longest: map[string]int{"who": 600}},
		Ledger: []string{"id"},
		Do:     o.who,
	}, {
		Signature: flow.Signature{Name: "broadcast.open", About: "keeps what a draft's buttons open", Args: and(kinds(text, "id"), texts, "doors"), Outcomes: []string{"ok", "gone"}},
		Ledger:    []string{"id", "doors"},
		Do:        o.openWith,
	}, {
		Signature: flow.Signature{Name: "broadcast.preview", About: "shows what who speaks each language gets, as they get it", Args: kinds(text, "id"), Outcomes: []string{"ok", "gone"}},
		Ledger:    []string{"id"},
		Do:        o.preview,
	}, {
		Signature: flow.Signature{Name: "broadcast.check", About: "whether a draft can go at a time that broadcast.when read, and how many of its people another broadcast writes to within an hour of it", Args: kinds(text, "id", "at"),
			Outcomes: []string{"fine", "twice", "none", "gone"}, Sets: kinds(number, "count", "others")},
		Ledger: []string{"id"},
		Do:     o.checked,
	}, {
		Signature: flow.Signature{Name: "broadcast.when", About: "reads when a draft is to go: 'now', 'morning' (the next at ten), or typed words; in quiet hours, at their end", Args: kinds(text, "words"),
			Outcomes: []string{"ok", "quiet", "past", "unclear"}, Sets: kinds(text, "at", "at_words"), Longest: map[string]int{"at": 25, "at_words": 50}},
		Do: o.when,
	}, {
		Signature: flow.Signature{Name: "broadcast.start", About: "lets a draft go, at a time that broadcast.when read", Args: kinds(text, "id", "at"), Outcomes: []string{"started", "past", "gone"}},
		Ledger:    []string{"id", "at"},
		Do:        o.start,
	}}
}

// running are the actions on a broadcast that goes out, or has.
func (o *Outreach) running() []conversation.Action {
	by := func(name, about string, do func(context.Context, *conversation.Turn, int64) (bool, error)) conversation.Action {
		return conversation.Action{
			Signature: flow.Signature{Name: name, About: about, Args: kinds(text, "id"), Outcomes: []string{"done", "refused"}},
			Ledger:    []string{"id"},
			Do: func(ctx context.Context, t *conversation.Turn, args conversation.Args) (flow.Outcome, error) {
				ok, err := do(ctx, t, idOf(args))
				if err != nil || !ok {
					return flow.Outcome{Name: "refused"}, err
				}
				return outcome("done", nil)
			},
		}
	}
	return []conversation.Action{{
		Signature: flow.Signature{Name: "broadcast.load", About: "how a broadcast goes; its panel is from now on the message that is shown next in place of the pressed one", Args: kinds(text, "id"),
			Outcomes: []string{"scheduled", "sending", "paused", "over", "draft", "gone"},
			Sets:     and(and(kinds(text, "panel"), number, "left", "missed"), flag, "again"), Longest: map[string]int{"panel": 900}},
		Ledger: []string{"id"},
		Do:     o.load,
	},
		{
			Signature: flow.Signature{Name: "broadcast.leave", About: "what is shown next in place of the pressed message is no broadcast's panel any more", Outcomes: []string{"ok"}},
			Do:        o.leave,
		},
		by("broadcast.pause", "pauses a broadcast", func(ctx context.Context, t *conversation.Turn, id int64) (bool, error) {
			return Hold(ctx, t.Tx, id, t.Now)
		}),
		by("broadcast.resume", "lets a paused broadcast go on", func(ctx context.Context, t *conversation.Turn, id int64) (bool, error) {
			return Go(ctx, t.Tx, id, t.Now)
		}),
		by("broadcast.cancel", "ends a broadcast", func(ctx context.Context, t *conversation.Turn, id int64) (bool, error) {
			return Cancel(ctx, t.Tx, id, t.Now)
		}),
		{
			Signature: flow.Signature{Name: "broadcast.again", About: "a new draft with the same words, for those whom a broadcast did not reach; doors are those of its buttons that can still be opened",
				Args: kinds(text, "id"), Outcomes: []string{"ok", "gone"}, Sets: and(kinds(text, "id"), texts, "doors")},
			Ledger: []string{"id"},
			Do:     o.again,
		}}
}

func idOf(args conversation.Args) int64 {
	id, err := strconv.ParseInt(args.Text("id"), 10, 64)
	if err != nil {
		return 0 // no broadcast has it
	}
	return id
}

// draft gives the draft that an action is about; ok is false when it is none (any more).
func draft(ctx context.Context, t *conversation.Turn, args conversation.Args) (b Broadcast, says map[string]Words, ok bool, err error) {
	b, says, ok, err = Find(ctx, t.Tx, idOf(args))
	if err != nil {
		return b, nil, false, fmt.Errorf("find a draft: %w", err)
	}
	return b, says, ok && b.State == Draft, nil
}

package conversation

import (
	"context"
	"crypto/rand"
	"html"
	"strings"

	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/reference"
)

// whole is somebody's words as they are, in a message of their own.
func (t *Turn) whole(words string) Message { return Message{Text: html.EscapeString(words)} }

// chamberActions are an artisan's questions to a chamber.
func (h *House) chamberActions() []Action {
	message := with(all(text, "kind", "words", "file"), all(number, "seconds"))
	return []Action{{
		Signature: flow.Signature{Name: "chamber.mine", About: "whether the person has asked a chamber before", Outcomes: []string{"some", "none"}},
		Do: func(ctx context.Context, t *Turn, _ Args) (flow.Outcome, error) {
			list, err := feedback.Threads(ctx, t.Tx, t.Chat)
			if err != nil || len(list) == 0 {
				return flow.Outcome{Name: "none"}, err
			}
			return outcome("some", nil)
		},
	}, {
		Signature: flow.Signature{Name: "chamber.where", About: "the region whose chamber the person means: the given one, or that of their town", Args: all(text, "region"),
			Outcomes: []string{"known", "unknown"}, Sets: all(text, "region")},
		Do: h.chamberWhere,
	}, {
		Signature: flow.Signature{Name: "chamber.find", About: "a region's chamber, how it is reached as far as that is known, and whether somebody answers for it here; beginning: of words that were typed already",
			Args: all(text, "region", "words"), Outcomes: []string{"staffed", "unstaffed", "none"}, Sets: all(text, "chamber_name", "contact", "beginning"),
			Longest: map[string]int{"chamber_name": 70, "contact": 700, "beginning": glimpse}},
		Do: h.chamberFind,
	}, {
		Signature: flow.Signature{Name: "chamber.ask", About: "begins a thread at a region's chamber; with the person's name only when named", Args: with(all(text, "region"), message, all(flag, "named")),
			Outcomes: []string{"ok", "slow", "closed"}, Sets: all(text, "reference"), Longest: map[string]int{"reference": 7}},
		Do: h.chamberAsk,
	}, {
		Signature: flow.Signature{Name: "thread.load", About: "one of the person's threads, with its last messages", Args: all(text, "reference"), Outcomes: []string{"open", "over", "gone"},
			Sets: all(text, "chamber_name", "talk"), Longest: map[string]int{"chamber_name": 70, "talk": longestTalk}},
		Do: h.threadLoad,
	}, {
		Signature: flow.Signature{Name: "thread.say", About: "writes in one of the person's threads", Args: with(all(text, "reference"), message), Outcomes: []string{"ok", "slow", "over", "gone"}},
		Do: func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
			said, err := feedback.Say(ctx, t.Tx, t.Chat, args.Text("reference"), messageOf(args), t.Now)
			return flow.Outcome{Name: []string{"ok", "slow", "over", "gone"}[said]}, err
		},
	}, {
		Signature: flow.Signature{Name: "thread.close", About: "ends one of the person's threads", Args: all(text, "reference"), Outcomes: []string{"ok", "gone"}},
		Do: func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
			ok, err := feedback.Leave(ctx, t.Tx, t.Chat, args.Text("reference"), t.Now)
			if err != nil || !ok {
				return flow.Outcome{Name: "gone"}, err
			}
			return outcome("ok", nil)
		},
	}}
}

func (h *House) chamberWhere(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	region := args.Text("region")
	if _, ok := h.Directory.Region(region); !ok {
		p, _, err := people.Load(ctx, t.Tx, t.Chat)
		if err != nil {
			return flow.Outcome{}, err
		}
		region = h.RegionOf(p.Place)
	}
	if region == "" {
		return outcome("unknown", map[string]flow.Value{"region": ""})
	}
	return outcome("known", map[string]flow.Value{"region": region})
}

func (h *House) chamberFind(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	c, ok, err := feedback.ChamberOf(ctx, t.Tx, args.Text("region"))
	if err != nil || !ok {
		return flow.Outcome{Name: "none"}, err
	}
	set := map[string]flow.Value{"chamber_name": h.chamberName(t, c.Region), "contact": h.ContactWords(t.Language, c), "beginning": cutTo(args.Text("words"), glimpse)}
	if c.Agents == 0 {
		return outcome("unstaffed", set)
	}
	return outcome("staffed", set)
}

// ContactWords tell how a chamber is reached, a line for each thing that is known; "" when nothing is.
func (h *House) ContactWords(lang locale.Language, c feedback.Chamber) string {
	var lines []string
	for _, l := range []struct{ icon, words string }{{"📞", c.Phone}, {"📍", c.Address}, {"🕙", c.Hours}, {"🌐", c.Site}} {
		if l.words != "" {
			if against(lang, l.words) {
				l.words = locale.Isolate(l.words)
			}
			lines = append(lines, l.icon+" "+l.words)
		}
	}
	return strings.Join(lines, "\n")
}

func (h *House) chamberAsk(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	if !h.collects() {
		return outcome("closed", nil)
	}
	p, _, err := people.Load(ctx, t.Tx, t.Chat)
	if err != nil {
		return flow.Outcome{}, err
	}
	ref, slow, err := feedback.Ask(ctx, t.Tx, feedback.Question{Chat: t.Chat, Chamber: args.Text("region"), Branch: h.branchOf(p.Trade), Named: args.Flag("named"), Name: p.Name,
		Language: string(t.Language), Message: messageOf(args)}, t.Now, rand.Reader)
	if err != nil {
		return flow.Outcome{}, err
	}
	if slow {
		return outcome("slow", nil)
	}
	return outcome("ok", map[string]flow.Value{"reference": ref})
}

func (h *House) threadLoad(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	ref, ok := reference.Read(args.Text("reference"))
	if !ok {
		return outcome("gone", nil)
	}
	th, ok, err := feedback.OwnThread(ctx, t.Tx, t.Chat, ref)
	if err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	set := map[string]flow.Value{"chamber_name": h.chamberName(t, th.Chamber), "talk": t.talk(th.Messages, false)}
	if th.State == "closed" {
		return outcome("over", set)
	}
	return outcome("open", set)
}

func (h *House) chamberLists() []List {
	return []List{
		Whole(flow.Signature{Name: "threads", About: "this chat's threads, the newest first; keys are references"},
			func(ctx context.Context, t *Turn, _ Args) ([]flow.Item, error) {
				list, err := feedback.Threads(ctx, t.Tx, t.Chat)
				if err != nil {
					return nil, err
				}
				items := make([]flow.Item, len(list))
				for i, th := range list {
					items[i] = flow.Item{Key: th.Reference, Label: beside(t.Language, th.Since.In(locale.Zone()).Format("02/01"), t.Say("thread.state_"+th.State, nil), th.Reference)}
				}
				return items, nil
			}),
	}
}

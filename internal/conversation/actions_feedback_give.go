package conversation

import (
	"context"
	"strconv"

	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/people"
)

// To whom something can be given beside a colleague, whose key is their number.
const (
	toMe     = "me"
	toNobody = "nobody"
)

// giveActions have one of the staff take, give and give back what lies in the inbox.
func (h *House) giveActions() []Action {
	return []Action{{
		Signature: flow.Signature{Name: "inbox.give", About: "gives a recommendation, or else a thread, to one of the staff who sees it ('me': the member; 'nobody') with a word for them",
			Args: all(text, "reference", "thread", "to", "words"), For: everyStaff, Outcomes: []string{"ok", "gone"}},
		Ledger: []string{"reference", "thread", "to"},
		Do: h.moved(func(ctx context.Context, t *Turn, args Args) (bool, error) {
			switch to := args.Text("to"); to {
			case toMe:
				return t.step().Give(ctx, t.Tx, aboutOf(args), t.Member.ID, "")
			case toNobody:
				return t.step().Give(ctx, t.Tx, aboutOf(args), 0, "")
			default:
				id, _ := strconv.ParseInt(to, 10, 64)
				if id < 1 { // no number, or none of anybody
					return false, nil
				}
				return t.step().Give(ctx, t.Tx, aboutOf(args), id, args.Text("words"))
			}
		}),
	}}
}

// aboutOf is the recommendation or the thread that an action or a list is about.
func aboutOf(args Args) feedback.About {
	return feedback.About{Recommendation: args.Text("reference"), Thread: args.Text("thread")}
}

// holder tells who has something, and the word that came with it for them; "" when nobody has it.
func (t *Turn) holder(staff int64, name, given string) string {
	if staff == 0 {
		return ""
	}
	who := t.Say("inbox.theirs", map[string]any{"by": name})
	if staff == t.Member.ID {
		who = t.Say("inbox.yours", nil)
	}
	if given != "" {
		who += "\n📝 " + given
	}
	return who
}

func (h *House) giveLists() []List {
	return []List{
		Whole(flow.Signature{Name: "inbox_takers", About: "to whom a recommendation, or else a thread, can be given: the member, nobody, colleagues who see it; keys are me, nobody, their numbers",
			Args: all(text, "reference", "thread"), For: everyStaff}, h.takers),
	}
}

// takers leave out who has it.
func (h *House) takers(ctx context.Context, t *Turn, args Args) ([]flow.Item, error) {
	list, err := feedback.Takers(ctx, t.Tx, scope(t.Member), aboutOf(args))
	if err != nil {
		return nil, err
	}
	var first, items []flow.Item
	for _, k := range list {
		switch {
		case k.Holds:
			first = append(first, flow.Item{Key: toNobody, Label: t.Say("inbox.to_nobody", nil)})
		case k.Staff == t.Member.ID:
			first = append([]flow.Item{{Key: toMe, Label: t.Say("inbox.to_me", nil)}}, first...)
		default:
			label := k.Name
			if t.Member.Role != people.Agent { // whose colleagues are all agents
				label = beside(t.Language, k.Name, t.Say("role."+k.Role, nil))
			}
			items = append(items, flow.Item{Key: strconv.FormatInt(k.Staff, 10), Label: label})
		}
	}
	return append(first, items...), nil
}

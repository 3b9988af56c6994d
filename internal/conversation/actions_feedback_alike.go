package conversation

import (
	"context"
	"strconv"

	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/flow"
)

// alikeActions are the staff's walk through recommendations that say the same.
func (h *House) alikeActions() []Action {
	return []Action{{
		Signature: flow.Signature{Name: "inbox.next_alike", About: "the next of those in the group of a recommendation, behind one of them ('': the first)", Args: all(text, "of", "after"), For: everyStaff,
			Outcomes: []string{"found", "none"}, Sets: all(text, "reference"), Longest: map[string]int{"reference": 7}},
		Do: func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
			ref, err := feedback.NextAlike(ctx, t.Tx, scope(t.Member), args.Text("of"), args.Text("after"))
			if err != nil || ref == "" {
				return flow.Outcome{Name: "none"}, err
			}
			return outcome("found", map[string]flow.Value{"reference": ref})
		},
	}, {
		Signature: flow.Signature{Name: "inbox.confirm", About: "says that two recommendations of one group say the same", Args: all(text, "of", "reference"), For: everyStaff, Outcomes: []string{"ok", "gone"}},
		Ledger:    []string{"of", "reference"},
		Do: h.moved(func(ctx context.Context, t *Turn, args Args) (bool, error) {
			return t.step().Confirm(ctx, t.Tx, args.Text("of"), args.Text("reference"))
		}),
	}, {
		Signature: flow.Signature{Name: "inbox.split", About: "says that they don't: the second leaves the group, or the first when only the second was confirmed", Args: all(text, "of", "reference"), For: everyStaff,
			Outcomes: []string{"ok", "gone"}},
		Ledger: []string{"of", "reference"},
		Do: h.moved(func(ctx context.Context, t *Turn, args Args) (bool, error) {
			return t.step().Split(ctx, t.Tx, args.Text("of"), args.Text("reference"))
		}),
	}, {
		Signature: flow.Signature{Name: "inbox.join", About: "says that a recommendation says the same as another, of another group: it goes there", Args: all(text, "reference", "other"), For: everyStaff,
			Outcomes: []string{"ok", "gone"}},
		Ledger: []string{"reference", "other"},
		Do: h.moved(func(ctx context.Context, t *Turn, args Args) (bool, error) {
			return t.step().Join(ctx, t.Tx, args.Text("reference"), args.Text("other"))
		}),
	}}
}

// alikeLists are the groups to which the staff can put a recommendation that was not found to be like them.
func (h *House) alikeLists() []List {
	return []List{
		Whole(flow.Signature{Name: "inbox_neighbours", About: "what a recommendation may say the same as, nearest first", Args: all(text, "of"), For: everyStaff},
			func(ctx context.Context, t *Turn, args Args) ([]flow.Item, error) {
				near, err := feedback.Neighbours(ctx, t.Tx, scope(t.Member), args.Text("of"))
				if err != nil {
					return nil, err
				}
				items := make([]flow.Item, len(near))
				for i, n := range near {
					label := "🎤"
					if n.Words != "" {
						label = cutTo(n.Words, 40)
					}
					if n.Size > 1 {
						label = "👥 " + strconv.Itoa(n.Size) + " · " + label
					}
					items[i] = flow.Item{Key: n.Reference, Label: label}
				}
				return items, nil
			}),
	}
}

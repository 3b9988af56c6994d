package conversation

import (
	"maps"
	"slices"
	"strings"

	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// Offered is everything that the rooms give to flows in this house.
func Offered(h *House) Offer {
	o := Offer{Actions: map[string]Action{}, Lists: map[string]List{}, Attachments: map[string]Maker{}}
	for _, a := range slices.Concat(h.stopActions(), h.registrationActions(), h.peopleActions(), h.staffActions(), h.planActions(), h.doorActions(),
		h.feedbackActions(), h.ratingActions(), h.chamberActions(), h.inboxActions(), h.giveActions(), h.alikeActions(), h.inboxThreadActions(), h.remarkActions(), h.deskActions(),
		h.answerActions(), h.answerEditActions(), h.unansweredActions(), h.reportActions(), h.proposalActions(), h.readyActions(), h.wordActions()) {
		o.Actions[a.Name] = a
	}
	for _, l := range slices.Concat(h.stopLists(), h.registrationLists(), h.pickLists(), h.staffLists(), h.planLists(), h.doorLists(), h.feedbackLists(),
		h.chamberLists(), h.inboxLists(), h.giveLists(), h.alikeLists(), h.inboxThreadLists(), h.remarkLists(), h.answerLists(), h.answerEditLists(), h.unansweredLists(), h.reportLists()) {
		o.Lists[l.Name] = l
	}
	for _, m := range append(h.makers(), h.poster()) {
		o.Attachments[m.Name] = m
	}
	return o
}

// The types of a flow's variables, as signatures name them.
const (
	text   = "text"
	number = "number"
	flag   = "bool"
	texts  = "list"
)

// all gives several names the same type: all(text, "name", "trade").
func all(kind string, names ...string) map[string]string {
	m := make(map[string]string, len(names))
	for _, n := range names {
		m[n] = kind
	}
	return m
}

func with(maps_ ...map[string]string) map[string]string {
	m := map[string]string{}
	for _, each := range maps_ {
		maps.Copy(m, each)
	}
	return m
}

// outcome is an action's end, with what it sets.
func outcome(name string, set map[string]flow.Value) (flow.Outcome, error) {
	return flow.Outcome{Name: name, Set: set}, nil
}

// pageOf cuts what a query asks for out of a whole list; with a search, out of what holds the words.
func pageOf(items []flow.Item, q flow.Query) flow.Page {
	if want := locale.Fold(q.Search); want != "" {
		var exact, near []flow.Item
		for _, it := range items {
			switch label := locale.Fold(it.Label); {
			case label == want:
				exact = append(exact, it)
			case strings.Contains(label, want):
				near = append(near, it)
			}
		}
		return found(slices.Concat(exact, near), len(exact) == 1, q)
	}
	return found(items, false, q)
}

// found is a page of what was found already, best first.
func found(items []flow.Item, sure bool, q flow.Query) flow.Page {
	p := flow.Page{Total: len(items), Sure: sure}
	from := min(max(q.Offset, 0), len(items))
	to := len(items)
	if q.Limit > 0 {
		to = min(from+q.Limit, to)
	}
	p.Items = items[from:to]
	return p
}

// itemOf looks a key up in a whole list.
func itemOf(items []flow.Item, key string) (flow.Item, bool, error) {
	for _, it := range items {
		if it.Key == key {
			return it, true, nil
		}
	}
	return flow.Item{}, false, nil
}

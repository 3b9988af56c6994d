package conversation

import (
	"slices"
	"testing"

	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/people"
)

// Behind the flows the rooms hold the door themselves: nothing that is for some roles runs for who has none of them, whatever called it.
func TestNothingForTheStaffRunsForOthers(t *testing.T) {
	r, _ := furnished(t)
	h := host{t.Context(), &Conversation{offer: r.offer}, r.turn}
	looked := 0
	for _, role := range append([]people.Role{""}, people.Roles()...) {
		r.turn.Member = nil
		if role != "" {
			r.turn.Member = &people.Member{Role: role, Region: "03"}
		}
		refused := func(s flow.Signature, run func() error) {
			t.Helper()
			if len(s.For) == 0 || slices.Contains(s.For, string(role)) {
				return
			}
			looked++
			if run() == nil {
				t.Errorf("%s runs for the role %q", s.Name, role)
			}
		}
		for name, a := range r.offer.Actions {
			refused(a.Signature, func() error { _, err := h.Do(name, nil); return err })
		}
		for name, l := range r.offer.Lists {
			refused(l.Signature, func() error { _, err := h.List(name, nil, flow.Query{}); return err })
			refused(l.Signature, func() error { _, _, err := h.Item(name, nil, "x"); return err })
		}
		for _, m := range r.offer.Attachments {
			refused(m.Signature, func() error { return h.permit(m.Signature) })
		}
	}
	if looked < 50 {
		t.Errorf("only %d refusals were looked at", looked)
	}
}

package flow_test

import (
	"testing"

	"github.com/qafila/qafila/internal/flow"
)

// answers are a registration's, from the name to the recap: seven questions. A toggle and a list are among them.
var answers = []flow.Input{
	{Kind: flow.Press, Screen: 2, Key: "yes"},
	{Kind: flow.Text, Text: "Fatima Alaoui"},
	{Kind: flow.Press, Screen: 4, Key: "T02"},
	{Kind: flow.Text, Text: "Fès"},
	{Kind: flow.Contact, Phone: "+212612345678", Own: true},
	{Kind: flow.Text, Text: "3"},
	{Kind: flow.Press, Screen: 8, Key: "!"},
}

// registrations is the state before each of the answers, as text.
func registrations(b testing.TB, bk *flow.Book) (before [][]byte) {
	var s flow.State
	w := &world{}
	for _, in := range append([]flow.Input{{Kind: flow.Door, Text: "start:reg_fes"}, {Kind: flow.Press, Screen: 1, Key: "fr"}}, answers...) {
		before = append(before, s.Append(nil))
		if turn, err := bk.Advance(&s, in, w); err != nil || turn.Echo {
			b.Fatal(turn, err)
		}
	}
	if s.Variable("party") != 3 {
		b.Fatalf("the answers don't fit the flow: %s", s.Append(nil))
	}
	return before[2:]
}

// quick is a host that costs nothing.
type quick struct{ page flow.Page }

func (q quick) Do(string, map[string]flow.Value) (flow.Outcome, error) { return flow.Outcome{}, nil }
func (q quick) List(string, map[string]flow.Value, flow.Query) (flow.Page, error) {
	return q.page, nil
}
func (quick) Aside(string, bool) (flow.Aside, bool, error) { return flow.Aside{}, false, nil }
func (quick) Told(string) (flow.Aside, bool, error)        { return flow.Aside{}, false, nil }
func (q quick) Item(_ string, _ map[string]flow.Value, key string) (flow.Item, bool, error) {
	return flow.Item{Key: key, Label: key}, true, nil
}

var host = quick{flow.Page{Items: trades[:3], Total: 7}}

// BenchmarkAnswer is one answer in memory, the next question included. Bound: 5 µs, 40 allocations.
func BenchmarkAnswer(b *testing.B) {
	bk, _ := book(b)
	var states []flow.State
	for _, text := range registrations(b, bk) {
		s, err := flow.Read(text)
		if err != nil {
			b.Fatal(err)
		}
		states = append(states, s)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s := states[i%len(states)]
		if _, err := bk.Advance(&s, answers[i%len(answers)], host); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAnswerStored reads the state before the answer and writes it afterwards. Bound: 15 µs, 80 allocations.
func BenchmarkAnswerStored(b *testing.B) {
	bk, _ := book(b)
	states := registrations(b, bk)
	var kept []byte
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s, err := flow.Read(states[i%len(states)])
		if err != nil {
			b.Fatal(err)
		}
		if _, err := bk.Advance(&s, answers[i%len(answers)], host); err != nil {
			b.Fatal(err)
		}
		kept = s.Append(kept[:0])
	}
}

// TestAnswersStayCheap holds the allocations, which don't depend on the machine.
func TestAnswersStayCheap(t *testing.T) {
	bk, _ := book(t)
	states := registrations(t, bk)
	var kept []byte
	for i, in := range answers {
		got := testing.AllocsPerRun(50, func() {
			s, err := flow.Read(states[i])
			if err != nil {
				t.Fatal(err)
			}
			if _, err := bk.Advance(&s, in, host); err != nil {
				t.Fatal(err)
			}
			kept = s.Append(kept[:0])
		})
		if got > 80 {
			t.Errorf("answer %d: %v allocations, want 80 at most", i+1, got)
		}
		s, _ := flow.Read(states[i])
		if got := testing.AllocsPerRun(50, func() {
			s := s
			if _, err := bk.Advance(&s, in, host); err != nil {
				t.Fatal(err)
			}
		}); got > 40 {
			t.Errorf("answer %d in memory: %v allocations, want 40 at most", i+1, got)
		}
	}
}

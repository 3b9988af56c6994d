package flow_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/qafila/qafila/internal/flow"
)

func TestDrawShowsEveryStepAndWay(t *testing.T) {
	const file = "testdata/topics.dot"
	b, _ := book(t)
	got := b.Draw("topics")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the drawing is another (-want +got):\n%s", diff)
	}
	if b.Draw("nothing") != "" {
		t.Error("there is a drawing of a flow that isn't there")
	}
}

func TestBookTellsItsFlowsAndCommands(t *testing.T) {
	b, _ := book(t)
	if want := []string{"data", "desk", "language", "menu", "place", "register", "topics", "towns"}; !slices.Equal(b.Names(), want) {
		t.Errorf("the flows are %v", b.Names())
	}
	if want := []string{"/cancel", "/data", "/desk", "/language", "/menu", "/register", "/start", "/topics", "/towns"}; !slices.Equal(b.Commands(), want) {
		t.Errorf("the commands are %v", b.Commands())
	}
	if got := b.About("register"); got != "register.about" {
		t.Errorf("register is about %q", got)
	}
}

// broken is a host whose action comes to what it never promised.
type broken struct{ *world }

func (broken) Do(string, map[string]flow.Value) (flow.Outcome, error) {
	return flow.Outcome{Name: "exploded"}, nil
}

func TestAnOutcomeThatWasNeverPromisedIsAnError(t *testing.T) {
	b, _ := book(t)
	s, err := flow.Read([]byte(`{"v":1,"lang":"fr","screen":4,"open":true,"frames":[{"flow":"register","step":"recap","vars":{}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	before := string(s.Append(nil))
	if _, err := b.Advance(&s, flow.Input{Kind: flow.Press, Screen: 4, Key: "send"}, broken{&world{}}); err == nil {
		t.Error("the turn went on")
	}
	if after := string(s.Append(nil)); after != before {
		t.Errorf("the state changed:\n%s\n%s", before, after)
	}
}

func TestATurnWithoutEndIsAnError(t *testing.T) {
	// 201 steps, none of them a question, are no loop: only the turn itself can see how many there are.
	steps := "flow: menu\ntriggers: [/menu]\nsteps:\n"
	for i := range 201 {
		steps += fmt.Sprintf("  s%d:\n    set: {}\n", i)
	}
	steps += "  ask:\n    ask: menu.ask\n    choose:\n      - {text: menu.topics, start: /menu}\n"
	b, problems := flow.Load(fstest.MapFS{"menu.yaml": {Data: []byte(steps)}}, readTexts(wordsFile), offered, understand, flow.Options{Menu: "menu"})
	if b == nil {
		t.Fatal(problems)
	}
	var s flow.State
	if _, err := b.Advance(&s, flow.Input{Kind: flow.Door, Text: "/menu"}, &world{}); !errors.Is(err, flow.ErrRunaway) {
		t.Errorf("the turn ended with %v", err)
	}
}

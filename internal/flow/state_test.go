package flow_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/qafila/qafila/internal/flow"
)

// named is a state at the question after the name, which is what the person typed.
func named(t *testing.T, name string) flow.State {
	t.Helper()
	b, _ := book(t)
	s, err := flow.Read([]byte(`{"v":1,"lang":"fr","screen":3,"open":true,"frames":[{"flow":"register","step":"name","vars":{}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Advance(&s, flow.Input{Kind: flow.Text, Text: name}, &world{}); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatAPersonTypedSurvivesBeingKept(t *testing.T) {
	for _, name := range []string{
		`Fatima "la tisseuse" \ Alaoui`, "ligne une\nligne deux\ttab", "فاطمة الزهراء", "نص 😀 abc", `{"v":1}`, "del\x7f and \x01 and nul\x00 ab", "<b>Ali</b>",
	} {
		s := named(t, name)
		kept := s.Append(nil)
		if strings.ContainsRune(string(kept), 0) {
			t.Errorf("Postgres can't keep a NUL: %q", kept)
		}
		again, err := flow.Read(kept)
		if err != nil {
			t.Fatalf("%q: %v", kept, err)
		}
		if got := again.Variable("name"); got != name {
			t.Errorf("%q became %q", name, got)
		}
	}
}

func TestInvalidBytesAreKeptAsText(t *testing.T) {
	s := named(t, "abc\xff\xfe def")
	if kept := s.Append(nil); !utf8.Valid(kept) {
		t.Errorf("not UTF-8: %q", kept)
	}
}

func TestOnlyAStateIsRead(t *testing.T) {
	for _, text := range []string{
		"x", "{", "{}", `{"v":2}`, `{"v":1}x`, `{"v":1,"new":3}`, `{"v":1,"lang":3}`, `{"v":1,"lang":"fr}`, `{"v":1,"lang":"\u12"}`, `{"v":1,"lang":"\u00ff"}`, `{"v":1,"lang":"\x"}`,
		`{"v":1,"screen":-1}`, `{"v":1,"screen":99999999999999999999}`, `{"v":1,"open":false}`, `{"v":1,"frames":[{"flow":"a","what":"b"}]}`, `{"v":1,"trail":[[0]]}`, `{"v":1,"picked":["a""b"]}`,
	} {
		if s, err := flow.Read([]byte(text)); !errors.Is(err, flow.ErrState) {
			t.Errorf("%s was read as %s (%v)", text, s.Append(nil), err)
		}
	}
	if s, err := flow.Read(nil); err != nil || s.Open() || s.Variable("name") != nil {
		t.Errorf("nothing at all is somebody new, not %s (%v)", s.Append(nil), err)
	}
}

// TestABookServesManyAtOnce is for the race detector: one book, many people.
func TestABookServesManyAtOnce(t *testing.T) {
	b, _ := book(t)
	states := registrations(t, b)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				for i, in := range answers {
					s, err := flow.Read(states[i])
					if err != nil {
						t.Error(err)
						return
					}
					if turn, err := b.Advance(&s, in, host); err != nil || len(turn.Messages) != 1 {
						t.Errorf("answer %d: %+v, %v", i, turn, err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestWhatIsUnfinishedIsNamedUntilItEnds(t *testing.T) {
	p := newPhone(t)
	p.state.Language = "fr"
	is := func(what, want string, in flow.Input) {
		t.Helper()
		if _, err := p.advance(in); err != nil {
			t.Fatal(err)
		}
		if got := p.book.Unfinished(&p.state); got != want {
			t.Errorf("after %s %q is unfinished, want %q", what, got, want)
		}
	}
	is("the menu", "", flow.Input{Kind: flow.Door, Text: "/menu"})
	is("the first question", "", flow.Input{Kind: flow.Door, Text: "/register"}) // nothing was answered
	is("an answer", "register", flow.Input{Kind: flow.Text, Text: "1"})
	is("a command", "register", flow.Input{Kind: flow.Door, Text: "/menu"}) // put aside
	is("/cancel", "register", flow.Input{Kind: flow.Door, Text: "/cancel"}) // of the menu: what is aside stays there
	is("its own door", "register", flow.Input{Kind: flow.Door, Text: "/register"})
	is("/cancel in it", "", flow.Input{Kind: flow.Door, Text: "/cancel"})
}

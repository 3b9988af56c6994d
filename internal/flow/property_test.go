package flow_test

import (
	"errors"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/qafila/qafila/internal/flow"
)

var errHost = errors.New("the database is away")

// TestNobodyIsStranded lets people do anything at all, in any order: no turn fails, each ends with a question that has a
// way on, the state survives being kept, and a turn that the host fails leaves it as it was.
func TestNobodyIsStranded(t *testing.T) {
	b, words := book(t)
	rapid.Check(t, func(rt *rapid.T) {
		p := &phone{t: t, book: b, words: words, world: &world{}}
		for range rapid.IntRange(1, 40).Draw(rt, "turns") {
			in := anything(rt, p)
			p.world.full = rapid.Bool().Draw(rt, "full")
			p.world.noTopic = rapid.IntRange(0, 5).Draw(rt, "topics") == 0
			p.world.fail = nil
			if rapid.IntRange(0, 9).Draw(rt, "host") == 0 {
				p.world.fail = errHost
			}
			before := string(p.state.Append(nil))
			turn, err := p.advance(in)
			if err != nil {
				if !errors.Is(err, errHost) {
					rt.Fatalf("%+v: %v", in, err)
				}
				if after := string(p.state.Append(nil)); after != before {
					rt.Fatalf("the turn failed and the state changed:\n%s\n%s", before, after)
				}
				continue
			}
			p.seen = append(p.seen, turn.Messages...)
			wellEnded(rt, p, in, turn)
		}
	})
}

func wellEnded(rt *rapid.T, p *phone, in flow.Input, turn flow.Turn) {
	kept := string(p.state.Append(nil))
	if len(kept) > 4096 {
		rt.Fatalf("the state grows: %s", kept)
	}
	if turn.Echo != (len(turn.Messages) == 0) {
		rt.Fatalf("%+v: echo %v and %d messages", in, turn.Echo, len(turn.Messages))
	}
	if turn.Echo {
		return
	}
	last := turn.Messages[len(turn.Messages)-1]
	if last.Screen == 0 || len(last.Choices) == 0 {
		rt.Fatalf("%+v: the turn ends without a way on: %+v", in, last)
	}
	if !p.state.Open() && !turn.Forget {
		rt.Fatalf("%+v: nothing is open: %s", in, kept)
	}
	for _, m := range turn.Messages {
		if m.Text == "" && len(m.Attach) == 0 {
			rt.Fatalf("%+v: an empty message", in)
		}
		seen := map[string]bool{}
		for _, row := range m.Choices {
			if len(row) == 0 || len(row) > 8 {
				rt.Fatalf("a row of %d buttons", len(row))
			}
			for _, c := range row {
				data := strconv.FormatInt(int64(m.Screen), 36) + ":" + c.Key
				if c.Door != "" {
					data = c.Door
				}
				if len(data) > 64 || seen[data] || (c.Text == "") == (c.Label == "") {
					rt.Fatalf("the button %+v of %+v", c, m)
				}
				seen[data] = true
			}
		}
	}
}

func anything(rt *rapid.T, p *phone) flow.Input {
	in := flow.Input{Kind: flow.Kind(rapid.IntRange(0, 7).Draw(rt, "kind")), Long: rapid.IntRange(0, 7).Draw(rt, "long") == 0}
	switch in.Kind {
	case flow.Text:
		in.Text = rapid.OneOf(
			rapid.SampledFrom([]string{"Oui", "non", "Fatima", "Fès", "3", "١٢", "0612345678", "tis", "t", "menu", "retour", "annuler", "C'est tout", "Français", "card", "Suite", ""}),
			rapid.String(),
		).Draw(rt, "text")
	case flow.Press:
		var buttons []flow.Input
		for _, m := range p.seen[max(0, len(p.seen)-3):] {
			for _, row := range m.Choices {
				for _, c := range row {
					if c.Door == "" {
						buttons = append(buttons, flow.Input{Screen: m.Screen, Key: c.Key})
					}
				}
			}
		}
		if len(buttons) > 0 && rapid.IntRange(0, 3).Draw(rt, "real") > 0 {
			b := rapid.SampledFrom(buttons).Draw(rt, "button")
			in.Screen, in.Key = b.Screen, b.Key
			break
		}
		in.Screen = rapid.IntRange(-1, 60).Draw(rt, "screen")
		in.Key = rapid.OneOf(rapid.SampledFrom([]string{"<", "^", "~", "!", ">3", ">-1", ">99999", ">", "+card", "-card", "+nothing", "yes", ""}), rapid.String()).Draw(rt, "key")
	case flow.Door:
		in.Text = rapid.SampledFrom([]string{"/menu", "/cancel", "/start", "/register", "/topics", "/language", "/data", "/other", "start:reg_fes", "start:reg_", "start:x", "/register x", "", "/"}).Draw(rt, "door")
	case flow.Contact:
		in.Phone, in.Own = rapid.SampledFrom([]string{"+212612345678", "12", ""}).Draw(rt, "phone"), rapid.Bool().Draw(rt, "own")
	case flow.Location:
		in.Lat, in.Lon = rapid.Float64().Draw(rt, "lat"), rapid.Float64().Draw(rt, "lon")
	case flow.Voice, flow.Photo:
		in.File, in.Text = "file", rapid.StringN(0, 20, 40).Draw(rt, "caption")
	}
	return in
}

// FuzzRead reads anything: what can be read stays the same when it is kept, and a turn with it ends well.
func FuzzRead(f *testing.F) {
	b, words := book(f)
	for _, s := range registrations(f, b) {
		f.Add(string(s))
	}
	f.Add("")
	f.Add(`{"v":1,"lang":"fr","screen":3,"open":true,"frames":[{"flow":"place","step":"where","vars":{}}],"trail":[[7,"x"],[-1,"where"]]}`)
	f.Add(`{"v":1,"open":true,"frames":[{"flow":"register","step":"topics","vars":{"topics":["a"],"party":"x","name":3}}],"picked":["card"],"parked":[{"flow":"place","step":"where","vars":{}}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := flow.Read([]byte(text))
		if err != nil {
			if !errors.Is(err, flow.ErrState) {
				t.Fatal(err)
			}
			return
		}
		kept := s.Append(nil)
		again, err := flow.Read(kept)
		if err != nil {
			t.Fatalf("%q became %q: %v", text, kept, err)
		}
		if once := again.Append(nil); string(once) != string(kept) {
			t.Fatalf("%q becomes %q", kept, once)
		}
		p := &phone{t: t, book: b, words: words, world: &world{}, state: again}
		for _, in := range []flow.Input{{Kind: flow.Text, Text: "Fatima"}, {Kind: flow.Press, Screen: 3, Key: "<"}, {Kind: flow.Door, Text: "/register"}} {
			if _, err := p.advance(in); err != nil {
				t.Fatal(err)
			}
			if !p.state.Open() {
				t.Fatalf("nothing is open after %+v", in)
			}
		}
	})
}

// FuzzLoad gives the loader any YAML in the place of a flow: it says what is wrong and never breaks.
func FuzzLoad(f *testing.F) {
	for _, name := range []string{"register", "place", "topics", "menu"} {
		b, err := flowFiles.ReadFile("testdata/flows/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	for _, s := range []string{"", "a", "- a", "flow:", "steps: {a: {ask: x, choose: {from: }}}", "steps: {a: }", "flow: &x data\nsteps: {a: {say: *x, next: a}}", "steps: {a: {branch: [{}]}, b: {call: data}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 { // the parser takes long over long junk
			return
		}
		load(t, plant{file: "data.yaml", new: text, all: true})
	})
}

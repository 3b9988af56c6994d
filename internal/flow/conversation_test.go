package flow_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qafila/qafila/internal/flow"
)

var update = flag.Bool("update", false, "write the conversations as they are now")

// TestConversations replays testdata/conversations. What the artisan does stands after ">"; what comes of it is below:
//
//	> words, /command or start:link       typed, or a door
//	> [label]                             a press on the newest button that reads so
//	> [label] of 3                        on a button of question 3
//	> (contact +212…) (another's contact +212…) (location 34.0 -5.0) (voice) (photo caption) (sticker)
//	> later: …                            after a long silence
//	# role clerk                          what they are to the house; "# role " takes it away
//	# full                                the world changes: full, empty, language changed, flow changed
func TestConversations(t *testing.T) {
	files, _ := filepath.Glob("testdata/conversations/*.txt")
	if len(files) == 0 {
		t.Fatal("no conversations")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := replay(t, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("the conversation went otherwise (-want +got; -update keeps it):\n%s", diff)
			}
		})
	}
}

// phone is a person with the messages on the screen.
type phone struct {
	t     testing.TB
	book  *flow.Book
	words *texts
	world *world
	role  string
	state flow.State
	seen  []flow.Message
	out   strings.Builder
}

func newPhone(t testing.TB) *phone {
	b, words := book(t)
	return &phone{t: t, book: b, words: words, world: &world{}}
}

func replay(t *testing.T, script string) string {
	p := newPhone(t)
	for _, line := range strings.Split(script, "\n") {
		switch {
		case strings.HasPrefix(line, "# "):
			p.out.WriteString(line + "\n")
			if role, ok := strings.CutPrefix(line, "# role "); ok {
				p.role = role
			}
			switch line {
			case "# full":
				p.world.full = true
			case "# no topics":
				p.world.noTopic = true
			case "# the flows changed":
				p.state, _ = flow.Read([]byte(strings.ReplaceAll(string(p.state.Append(nil)), `"step":"`, `"step":"old_`)))
			}
		case strings.HasPrefix(line, "> "):
			if p.out.Len() > 0 {
				p.out.WriteString("\n")
			}
			p.out.WriteString(line + "\n")
			p.does(strings.TrimPrefix(line, "> "))
		}
	}
	return p.out.String()
}

// does one thing and keeps the state as the database would.
func (p *phone) does(what string) {
	p.t.Helper()
	turn, err := p.advance(p.input(what))
	if err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
	if turn.Echo {
		p.out.WriteString("  (the same again)\n")
	}
	for _, did := range p.world.did {
		p.out.WriteString("  * " + did + "\n")
	}
	p.world.did = nil
	for _, m := range turn.Messages {
		p.shows(turn.Language, m)
	}
	p.seen = append(p.seen, turn.Messages...)
	if turn.Forget {
		p.out.WriteString("  (forgotten)\n")
	}
}

func (p *phone) advance(in flow.Input) (flow.Turn, error) {
	p.t.Helper()
	turn, err := p.book.Advance(&p.state, in, p.world)
	if err != nil {
		return turn, err
	}
	kept := p.state.Append(nil)
	if p.state, err = flow.Read(kept); err != nil {
		p.t.Fatalf("the state %s: %v", kept, err)
	}
	if again := p.state.Append(nil); string(again) != string(kept) {
		p.t.Fatalf("the state changes when it is kept:\n%s\n%s", kept, again)
	}
	return turn, nil
}

func (p *phone) input(what string) flow.Input {
	what, long := strings.CutPrefix(what, "later: ")
	in := p.shortInput(what)
	in.Long, in.Role = long, p.role
	return in
}

func (p *phone) shortInput(what string) flow.Input {
	switch {
	case strings.HasPrefix(what, "/"), strings.HasPrefix(what, "start:"):
		return flow.Input{Kind: flow.Door, Text: what}
	case strings.HasPrefix(what, "["):
		return p.press(what)
	case strings.HasPrefix(what, "("):
		kind, rest, _ := strings.Cut(strings.Trim(what, "()"), " ")
		f := strings.Fields(rest)
		switch kind {
		case "contact":
			return flow.Input{Kind: flow.Contact, Phone: rest, Own: true}
		case "another's":
			return flow.Input{Kind: flow.Contact, Phone: f[1]}
		case "location":
			lat, _ := strconv.ParseFloat(f[0], 64)
			lon, _ := strconv.ParseFloat(f[1], 64)
			return flow.Input{Kind: flow.Location, Lat: lat, Lon: lon}
		case "voice":
			return flow.Input{Kind: flow.Voice, File: "voice1", Seconds: 5}
		case "photo":
			return flow.Input{Kind: flow.Photo, File: "photo1", Text: rest}
		}
		return flow.Input{Kind: flow.Other}
	}
	return flow.Input{Kind: flow.Text, Text: what}
}

// press finds the newest button that reads so.
func (p *phone) press(what string) flow.Input {
	label, of, _ := strings.Cut(strings.TrimPrefix(what, "["), "]")
	screen, _ := strconv.Atoi(strings.TrimPrefix(of, " of "))
	for i := len(p.seen) - 1; i >= 0; i-- {
		m := p.seen[i]
		if screen > 0 && m.Screen != screen {
			continue
		}
		for _, row := range m.Choices {
			for _, c := range row {
				if p.label(c) != label && p.words.fill("ar", c.Text, nil) != label {
					continue
				}
				if c.Door != "" {
					return flow.Input{Kind: flow.Door, Text: c.Door}
				}
				return flow.Input{Kind: flow.Press, Screen: m.Screen, Key: c.Key}
			}
		}
	}
	p.t.Fatalf("no button reads %s", what)
	return flow.Input{}
}

func (p *phone) label(c flow.Choice) string {
	if c.Label != "" {
		return c.Label
	}
	return p.words.fill(p.state.Language, c.Text, nil)
}

func (p *phone) shows(lang string, m flow.Message) {
	var parts []string
	for _, l := range m.Lead {
		parts = append(parts, p.words.fill(lang, l.Text, l.Params))
	}
	if m.Text != "" {
		params := map[string]flow.Value{"count": m.Count}
		for k, v := range m.Params {
			params[k] = v
		}
		parts = append(parts, p.words.fill(lang, m.Text, params))
	}
	name := "bot"
	if m.Screen > 0 {
		name = fmt.Sprintf("bot %d", m.Screen)
	}
	fmt.Fprintf(&p.out, "  %s: %s\n", name, strings.Join(parts, " / "))
	for _, row := range m.Choices {
		p.out.WriteString("   ")
		for _, c := range row {
			mark := ""
			if c.On {
				mark = "✓ "
			}
			if c.Door != "" {
				mark = c.Door + " "
			}
			label := c.Label
			if label == "" {
				label = p.words.fill(lang, c.Text, nil)
			}
			fmt.Fprintf(&p.out, " [%s%s]", mark, label)
		}
		p.out.WriteString("\n")
	}
	switch m.Request.Kind {
	case flow.Contact, flow.Location:
		fmt.Fprintf(&p.out, "    {%s}\n", p.words.fill(lang, m.Request.Text, nil))
	}
	for _, a := range m.Attach {
		fmt.Fprintf(&p.out, "    + %s %v\n", a.Kind, a.From)
	}
}

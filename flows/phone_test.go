package flows_test

import (
	"context"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/flow"
)

// A phone is one artisan's chat with the bot, as they see it.
type phone struct {
	bot      *conversation.Conversation
	chat     int64
	hint     string // the app's language
	updates  *int64
	messages int64
	shown    []shown    // oldest first
	keyboard [][]string // in place of the person's own
	unread   []shown    // what the bot said since the person last did something
	pressed  conversation.Update
}

type shown struct {
	id     int64
	text   string
	rows   [][]conversation.Button
	attach string // kind
}

// does brings one update to the bot and takes in what it says.
func (p *phone) does(t *testing.T, u conversation.Update) {
	t.Helper()
	*p.updates++
	u.ID, u.Chat, u.Name, u.Hint = *p.updates, p.chat, "Fatima", p.hint
	if u.Act != conversation.Pressed {
		p.messages++
		u.Message = p.messages
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	said, err := p.bot.Handle(ctx, []conversation.Update{u})
	if err != nil {
		t.Fatal(err)
	}
	p.unread = nil
	for _, d := range said {
		if d.Chat == p.chat && d.Message.Menu == "" {
			p.sees(d.Message)
		}
	}
}

var tags = regexp.MustCompile(`</?[a-z]+>`)

// unseen are the marks that only steer the direction of a line.
var unseen = strings.NewReplacer("\u200e", "", "\u200f", "", "\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")

func (p *phone) sees(m conversation.Message) {
	s := shown{text: plain(html.UnescapeString(tags.ReplaceAllString(m.Text, ""))), rows: m.Rows}
	if m.Attach != nil {
		s.attach = m.Attach.Kind
	}
	switch {
	case m.Request != nil:
		p.keyboard = append([][]string{{m.Request.Text}}, m.Request.Rows...)
	case m.Clear:
		p.keyboard = nil
	}
	if m.Replace != 0 {
		p.shown = slices.DeleteFunc(p.shown, func(old shown) bool { return old.id == m.Replace })
		s.id = m.Replace
	} else {
		p.messages++
		s.id = p.messages
	}
	p.shown = append(p.shown, s)
	p.unread = append(p.unread, s)
}

func plain(s string) string { return strings.Join(strings.Fields(unseen.Replace(s)), " ") }

// press pushes the newest button with that label.
func (p *phone) press(t *testing.T, label string) {
	t.Helper()
	for _, m := range slices.Backward(p.shown) {
		for _, row := range m.rows {
			for _, b := range row {
				if like(label, b.Text) {
					p.pressed = conversation.Update{Act: conversation.Pressed, Message: m.id, Data: b.Data}
					p.does(t, p.pressed)
					return
				}
			}
		}
	}
	for _, row := range p.keyboard {
		for _, words := range row {
			if like(label, words) {
				p.types(t, words)
				return
			}
		}
	}
	t.Fatalf("there is no button [%s]", label)
}

// types sends words, or a command.
func (p *phone) types(t *testing.T, words string) {
	t.Helper()
	in := flow.Input{Kind: flow.Text, Text: words}
	if strings.HasPrefix(words, "/") {
		in.Kind = flow.Door
	}
	p.does(t, conversation.Update{Input: in})
}

// sends sends what stands between parentheses in a script.
func (p *phone) sends(t *testing.T, what string) {
	t.Helper()
	switch what {
	case "same button again":
		p.does(t, p.pressed)
		return
	case "edit":
		p.does(t, conversation.Update{Act: conversation.Edited})
		return
	case "in a group":
		p.does(t, conversation.Update{Act: conversation.Foreign})
		return
	}
	var in flow.Input
	word, rest, _ := strings.Cut(what, " ")
	switch word {
	case "contact":
		in = flow.Input{Kind: flow.Contact, Phone: "+212612345678", Own: rest == ""}
	case "text":
		n, err := strconv.Atoi(rest)
		if err != nil {
			t.Fatalf("a text has a length: (%s)", what)
		}
		in = flow.Input{Kind: flow.Text, Text: strings.Repeat("long ", n/5)}
	case "location":
		in = flow.Input{Kind: flow.Location}
		if _, err := fmt.Sscanf(rest, "%f, %f", &in.Lat, &in.Lon); err != nil {
			t.Fatalf("a location is two numbers: (%s)", what)
		}
	case "photo":
		in = flow.Input{Kind: flow.Photo, File: "a-photo"}
	case "voice":
		in = flow.Input{Kind: flow.Voice, File: "a-voice"}
		if _, err := fmt.Sscan(rest, &in.Seconds); err != nil {
			t.Fatalf("a voice lasts some seconds: (%s)", what)
		}
	case "sticker":
		in = flow.Input{Kind: flow.Other}
	case "deep":
		in = flow.Input{Kind: flow.Door, Text: "start:" + strings.TrimPrefix(rest, "link ")}
	default:
		t.Fatalf("nobody can send (%s)", what)
	}
	p.does(t, conversation.Update{Input: in})
}

// like tells whether words are the expected ones, in which … stands for any.
func like(expected, words string) bool {
	parts := strings.Split(plain(expected), "…")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(strings.TrimSpace(parts[i]))
	}
	return regexp.MustCompile(`(?s)^\s*` + strings.Join(parts, `.*`) + `\s*$`).MatchString(strings.ReplaceAll(plain(words), "…", "..."))
}

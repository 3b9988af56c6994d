package conversation

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/locales"
)

func TestWhatIsSaidBeforeAQuestionStandsWithItUpToThreeLines(t *testing.T) {
	texts, err := locale.Load(fstest.MapFS{"t.fr.yaml": {Data: []byte(
		"one: \"1\"\ntwo: \"2\\n\\n2\"\nthree: \"3\\n3\\n3\"\nwide: \"" + fmt.Sprintf("%0121d", 0) + "\"\nlinked: '<a href=\"https://" + fmt.Sprintf("%0121d", 0) + "\">1</a>'\n")}},
		[]locale.Language{locale.French})
	if err != nil {
		t.Fatal(err)
	}
	c := &Conversation{texts: texts}
	plain, head := func(id string) flow.Line { return flow.Line{Text: id} }, func(id string) flow.Line { return flow.Line{Text: id, Head: true} }
	wide, linked := texts.Text(locale.French, "wide", nil), texts.Text(locale.French, "linked", nil)
	for _, one := range []struct {
		name string
		lead []flow.Line
		own  string
		want []string
	}{
		{"nothing before it", nil, "Q", []string{"Q"}},
		{"three lines", []flow.Line{plain("two")}, "Q", []string{"2\n\n2\n\nQ"}},
		{"four lines", []flow.Line{plain("three")}, "Q", []string{"3\n3\n3", "Q"}},
		{"a card is never below anything", []flow.Line{plain("one")}, "Q\nQ\nQ\nQ", []string{"1", "Q\nQ\nQ\nQ"}},
		{"but for its head", []flow.Line{plain("one"), head("one")}, "Q\nQ\nQ\nQ", []string{"1", "1\n\nQ\nQ\nQ\nQ"}},
		{"what belongs nearest to the question stays with it", []flow.Line{plain("three"), head("one")}, "Q", []string{"3\n3\n3", "1\n\nQ"}},
		{"several that fit together", []flow.Line{plain("one"), plain("two")}, "Q\nQ", []string{"1\n\n2\n\n2", "Q\nQ"}},
		{"one too many", []flow.Line{plain("two"), plain("two")}, "Q", []string{"2\n\n2", "2\n\n2\n\nQ"}},
		{"a paragraph is two lines", []flow.Line{plain("wide")}, "Q\nQ", []string{wide, "Q\nQ"}},
		{"an address that nobody sees is none", []flow.Line{plain("linked")}, "Q\nQ", []string{linked + "\n\nQ\nQ"}},
		{"no words of its own", []flow.Line{plain("three")}, "", []string{"3\n3\n3"}},
	} {
		t.Run(one.name, func(t *testing.T) {
			if got := c.bubbles(locale.French, one.lead, one.own); !slices.Equal(got, one.want) {
				t.Errorf("got %q, want %q", got, one.want)
			}
		})
	}
}

// What was pressed becomes what is said, and the question comes below it: so the chat reads in the order in which things were said. A keyboard
// that the same question needs again stays up, and goes with what is said first when it is over.
func TestWhatIsSaidTakesThePlaceOfWhatWasPressedAndTheQuestionComesBelow(t *testing.T) {
	texts, err := locale.Load(locales.Files, []locale.Language{locale.French})
	if err != nil {
		t.Fatal(err)
	}
	book, problems := flow.Load(fstest.MapFS{"menu.yaml": {Data: []byte(`
flow: menu
triggers: [/menu, /start]
steps:
  ask:
    ask: help.text
    nav: none
    choose:
      - {key: "a", text: nav.menu, to: glad}
      - {key: "b", text: nav.back, to: ask}
      - {key: "c", text: nav.more, to: share}
      - {text: nav.less, start: /menu}
  glad:
    say: ask.glad
    lead: true
    next: ask
  share:
    call: share
    next: glad
`)}, "share.yaml": {Data: []byte(`
flow: share
vars: {phone: text}
steps:
  ask:
    ask: help.text
    answer: {contact: registration_form.phone_share}
    save: phone
    next: return
`)}}, Words(texts), flow.Signatures{}, Understanding(), flow.Options{Menu: "menu", Used: []string{"*"}})
	if book == nil {
		t.Fatal(problems)
	}
	c := New(Config{Pool: postgres.ForTest(t), Book: book, Texts: texts, Instance: 1, Log: slog.New(slog.DiscardHandler)})
	asked := handle(t, c, door(1, person))[0].Message
	press := func(id int64, button int) []Delivery {
		t.Helper()
		out := handle(t, c, Update{ID: id, Chat: person, Message: 100, Hint: "fr", Act: Pressed, Data: asked.Rows[button][0].Data})
		asked = out[len(out)-1].Message
		return out
	}
	says := func(out []Delivery, want ...string) {
		t.Helper()
		var got []string
		for _, d := range out {
			m := d.Message
			got = append(got, fmt.Sprintf("%s edits:%d rows:%d keyboard:%v clears:%v", m.Text, m.Replace, len(m.Rows), m.Request != nil, m.Clear))
		}
		if !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
	text := func(id string) string { return texts.Text(locale.French, id, nil) }
	question := text("help.text")

	says(press(2, 1), question+" edits:100 rows:4 keyboard:false clears:false")
	says(press(3, 0), text("ask.glad")+" edits:100 rows:0 keyboard:false clears:false", question+" edits:0 rows:4 keyboard:false clears:false")
	says(press(4, 2), question+" edits:0 rows:0 keyboard:true clears:false")
	says(handle(t, c, did(105, person, "hello")), text("wrong.contact")+" edits:0 rows:0 keyboard:false clears:false",
		question+" edits:0 rows:0 keyboard:true clears:false")
	shared := did(106, person, "")
	shared.Input = flow.Input{Kind: flow.Contact, Phone: "+212661000001", Own: true}
	says(handle(t, c, shared), text("ask.glad")+" edits:0 rows:0 keyboard:false clears:true", question+" edits:0 rows:4 keyboard:false clears:false")
}

package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/simulator"
)

// A talker is a person who talks with the bot. Tests name what is said and pressed by the ids of texts, so that they tell what must
// happen, and a better wording breaks none.
type talker struct {
	*simulator.Person
	t     *testing.T
	lang  locale.Language
	texts *locale.Texts
}

// meet makes a person who has chosen their language and sees the menu.
func meet(t *testing.T, sim *simulator.Server, lang locale.Language, who simulator.Profile) *talker {
	t.Helper()
	p := newcomer(t, sim, lang, who)
	p.Start("")
	p.hears("language.ask")
	p.choose(lang)
	p.hears("menu.ask")
	return p
}

// newcomer makes a person who has not written yet.
func newcomer(t *testing.T, sim *simulator.Server, lang locale.Language, who simulator.Profile) *talker {
	t.Helper()
	texts, err := textsIn(locale.Languages())
	if err != nil {
		t.Fatal(err)
	}
	return &talker{Person: sim.Person(who), t: t, lang: lang, texts: texts}
}

// choose presses a language's button, when the languages are asked.
func (p *talker) choose(lang locale.Language) {
	p.t.Helper()
	p.lang = lang
	if err := p.Press(lang.Name()); err != nil {
		p.t.Fatal(err)
	}
}

// words are a text's, … for each of its parameters, as a person sees them: without marks and tags. Those without are left empty.
func (p *talker) words(id string, without ...string) string {
	p.t.Helper()
	if !p.texts.Has(p.lang, id) {
		p.t.Fatalf("there is no text %s in %s", id, p.lang)
	}
	params := map[string]any{}
	for _, name := range p.texts.Params(p.lang, id) {
		params[name] = "…"
	}
	for _, name := range without {
		params[name] = ""
	}
	return visible(tag.ReplaceAllString(p.texts.Text(p.lang, id, params), ""))
}

var tag = regexp.MustCompile(`</?[a-z]+>`)

// has tells whether the words of a text stand somewhere in what was said; what it says only sometimes, up to three of its parameters, may be missing.
func (p *talker) has(said, id string) bool {
	p.t.Helper()
	found := pattern("…" + p.words(id) + "…").MatchString(said)
	names := p.texts.Params(p.lang, id)
	for i, one := range names {
		for j, other := range names[i:] {
			for _, third := range names[i+j:] {
				found = found || pattern("…"+p.words(id, one, other, third)+"…").MatchString(said)
			}
		}
	}
	return found
}

// hears waits until the bot says that, among other things before it, and gives the message.
func (p *talker) hears(ids ...string) simulator.Message {
	p.t.Helper()
	return p.waits(fmt.Sprint(ids), func(said string) bool {
		return !slices.ContainsFunc(ids, func(id string) bool { return !p.has(said, id) })
	})
}

// waits waits for a message; all before it are let pass.
func (p *talker) waits(what string, fits func(said string) bool) simulator.Message {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 20*time.Second)
	defer cancel()
	var before []string
	for {
		e, err := p.Next(ctx)
		if err != nil {
			p.t.Fatalf("the bot does not say %s; it said\n  %s", what, strings.Join(before, "\n  "))
		}
		if e.Kind != "message" && e.Kind != "edit" {
			continue
		}
		said := plain(e)
		if fits(said) {
			return e.Message
		}
		before = append(before, said)
	}
}

// heard gives what the bot said that was not waited for.
func (p *talker) heard() []string {
	var out []string
	for {
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		e, err := p.Next(ctx)
		cancel()
		if err != nil {
			return out
		}
		if e.Kind == "message" || e.Kind == "edit" {
			out = append(out, plain(e))
		}
	}
}

// hearsNothing fails when the bot said more than was waited for; the rig must be at rest.
func (p *talker) hearsNothing() {
	p.t.Helper()
	if more := p.heard(); len(more) > 0 {
		p.t.Errorf("the bot also said\n  %s", strings.Join(more, "\n  "))
	}
}

// press presses the newest button with those words.
func (p *talker) press(id string) {
	p.t.Helper()
	if err := p.Press(p.words(id)); err != nil {
		p.t.Fatal(err)
	}
}

// button finds a message's button with those words, to press it when it is old.
func (p *talker) button(m simulator.Message, id string) (message int, data string) {
	p.t.Helper()
	for _, row := range m.Inline {
		for _, b := range row {
			if visible(b.Text) == p.words(id) {
				return m.ID, b.Data
			}
		}
	}
	p.t.Fatalf("the message %q has no button %s", m.Text, id)
	return 0, ""
}

// pressOn presses a button of a message that may be old.
func (p *talker) pressOn(m simulator.Message, id string) {
	p.t.Helper()
	if err := p.PressOn(p.button(m, id)); err != nil {
		p.t.Fatal(err)
	}
}

// agree opens a stop's registration for the person themselves and agrees to the handling of their data: the name is asked.
func (p *talker) agree(stop string) {
	p.t.Helper()
	p.Start("reg_" + stop)
	p.hears("register.whose")
	p.press("register.self")
	p.hears("consent.ask")
	p.press("consent.yes")
	p.hears("registration_form.name")
}

// register takes a place at a stop, or one on its waiting list, and gives the message that says so.
func (p *talker) register(stop, name, state string) simulator.Message {
	p.t.Helper()
	p.agree(stop)
	p.Send(name)
	p.hears("pick_trade.branch")
	p.Send("potier")
	p.hears("pick_town.region")
	p.Send("fes")
	p.hears("registration_form.phone")
	p.ShareContact()
	p.hears("registration_form.card")
	p.press("registration_form.have")
	p.hears("registration_form.rna")
	p.press("registration_form.have")
	p.hears("registration_form.topics")
	p.press("registration_form.topics_done")
	p.hears("registration_form.recap")
	p.press("registration_form.ok")
	m := p.hears("registration_form." + state)
	p.hears("register.after")
	return m
}

// lastDocument is the content of the newest document in the chat; "" when there is none.
func (p *talker) lastDocument() string {
	content := ""
	for _, m := range p.Chat() {
		if m.Document != nil {
			content = string(m.Document.Data())
		}
	}
	return content
}

// erases has a person take back all that is kept about them.
func (p *talker) erases() {
	p.t.Helper()
	p.Send("/delete")
	p.hears("erase.sure")
	p.press("erase.yes")
	p.hears("erase.done")
}

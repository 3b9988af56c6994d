package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/simulator"
)

// told is a command list as Telegram has it.
func (r *rig) told(t *testing.T, scope, language string) []string {
	t.Helper()
	resp, err := http.Post(r.address+"/bot"+r.sim.Token()+"/getMyCommands", "application/json",
		strings.NewReader(fmt.Sprintf(`{"scope":%s,"language_code":%q}`, scope, language)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		Result []struct{ Command, Description string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, c := range answer.Result {
		list = append(list, c.Command+": "+c.Description)
	}
	return list
}

func TestCommandsAreListedInThePersonsLanguage(t *testing.T) {
	t.Parallel()
	r := start(t, false)
	p := newcomer(t, r.sim, locale.French, simulator.Profile{FirstName: "Hassan", LanguageCode: "fr"})
	is := func(scope, language string, lang locale.Language) {
		t.Helper()
		list := r.told(t, scope, language)
		if len(list) != len(commands) {
			t.Fatalf("%q for %s %s", list, scope, language)
		}
		for i, name := range commands {
			if want := name + ": " + p.texts.Text(lang, "command."+name, nil); list[i] != want {
				t.Errorf("%s for %s %s, not %s", list[i], scope, language, want)
			}
		}
	}
	const everybody = `{"type":"default"}`
	chat := fmt.Sprintf(`{"type":"chat","chat_id":%d}`, p.ID())
	p.Start("")
	p.hears("language.ask")
	is(everybody, "", locale.Arabic) // of those who read, nearly all read Arabic
	is(everybody, "ar", locale.Arabic)
	is(everybody, "fr", locale.French)
	if list := r.told(t, chat, ""); list != nil {
		t.Errorf("a chat without a language has the list %q", list)
	}
	for _, lang := range []locale.Language{locale.Darija, locale.French} { // there is no language code for Darija
		p.choose(lang)
		p.hears("menu.ask")
		r.quiet(t)
		is(chat, "", lang)
		is(everybody, "fr", locale.French)
		p.Send("/language")
		p.hears("language.ask")
	}
}

// What the bot says it can do, it can.
func TestEveryListedCommandOpensSomething(t *testing.T) {
	t.Parallel()
	r := start(t, true)
	p := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Fatima"})
	for _, name := range commands {
		p.Send("/" + name)
		r.quiet(t)
		said := p.heard()
		if len(said) == 0 {
			t.Errorf("/%s is not answered", name)
		}
		for _, s := range said {
			if p.has(s, "unexpected.command") {
				t.Errorf("/%s is not known", name)
			}
		}
	}
}

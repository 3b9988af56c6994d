package simulator

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestCommandsByScopeAndLanguage(t *testing.T) {
	tg := start(t, Options{})
	list := func(d string) []botCommand { return []botCommand{{Command: "menu", Description: d}} }
	private := map[string]any{"type": "all_private_chats"}
	fatima := tg.Person(Profile{FirstName: "Fatima", LanguageCode: "fr-FR"})
	ali := tg.Person(Profile{FirstName: "Ali", LanguageCode: "ar"})
	john := tg.Person(Profile{FirstName: "John", LanguageCode: "en"})
	sees := func(p *Person, want string) {
		t.Helper()
		tg.mu.Lock()
		defer tg.mu.Unlock()
		got := ""
		if cs := tg.settings.commandsFor(p); len(cs) > 0 {
			got = cs[0].Description
		}
		if got != want {
			t.Errorf("%s sees %q, want %q", p.Profile().FirstName, got, want)
		}
	}
	sees(john, "")
	tg.must("setMyCommands", map[string]any{"commands": list("default")})
	tg.must("setMyCommands", map[string]any{"commands": list("القائمة"), "language_code": "ar"})
	tg.must("setMyCommands", map[string]any{"commands": list("Le menu"), "language_code": "fr", "scope": private})
	tg.must("setMyCommands", map[string]any{"commands": list("for Ali"), "scope": map[string]any{"type": "chat", "chat_id": ali.ID()}})
	sees(fatima, "Le menu")
	sees(ali, "for Ali")
	sees(john, "default")
	tg.must("deleteMyCommands", map[string]any{"scope": map[string]any{"type": "chat", "chat_id": ali.ID()}})
	sees(ali, "القائمة")

	var got []botCommand
	r := tg.call("getMyCommands", map[string]any{"language_code": "fr", "scope": private})
	if err := json.Unmarshal(r.Result, &got); err != nil || len(got) != 1 || got[0].Description != "Le menu" {
		t.Errorf("getMyCommands = %s", r.Result)
	}
	if r := tg.call("getMyCommands", map[string]any{"language_code": "es"}); string(r.Result) != "[]" {
		t.Errorf("getMyCommands = %s", r.Result)
	}
	tg.refused("setMyCommands", map[string]any{"commands": []botCommand{{"Menu", "x"}}}, 400, "Bad Request: BOT_COMMAND_INVALID")
	tg.refused("setMyCommands", map[string]any{"commands": []botCommand{{"menu", ""}}}, 400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
	tg.refused("setMyCommands", map[string]any{"commands": list("x"), "language_code": "ary"}, 400, "Bad Request: invalid language code specified")
	tg.refused("setMyCommands", map[string]any{"commands": list("x"), "scope": map[string]any{"type": "moon"}}, 400,
		"Bad Request: can't parse BotCommandScope: unsupported type specified")
	tg.refused("setMyCommands", map[string]any{"commands": list("x"), "scope": map[string]any{"type": "chat", "chat_id": 404}}, 400,
		"Bad Request: chat not found")
}

func TestTheBotDescribesItself(t *testing.T) {
	tg := start(t, Options{})
	tg.must("setMyDescription", map[string]any{"description": "La caravane", "language_code": "fr"})
	tg.must("setMyDescription", map[string]any{"description": "The caravan"})
	for language, want := range map[string]string{"fr": "La caravane", "ar": "The caravan"} {
		if r := tg.call("getMyDescription", map[string]any{"language_code": language}); string(r.Result) != `{"description":"`+want+`"}` {
			t.Errorf("%s: %s", language, r.Result)
		}
	}
	tg.must("setMyName", map[string]any{"name": "Qafila"})
	tg.must("setMyShortDescription", map[string]any{"short_description": strings.Repeat("ق", 120)})
	tg.refused("setMyShortDescription", map[string]any{"short_description": strings.Repeat("ق", 121)}, 400, "Bad Request: bot short_description is too long")
	tg.must("setChatMenuButton", map[string]any{"menu_button": map[string]any{"type": "commands"}})
	if r := tg.call("getChatMenuButton", map[string]any{"chat_id": 1}); string(r.Result) != `{"type":"commands"}` {
		t.Errorf("menu button %s", r.Result)
	}
}

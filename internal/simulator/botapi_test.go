package simulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// botAPI is a machine-readable copy of the Bot API, kept beside the checkout where there is one.
type botAPI struct {
	Methods map[string]struct {
		Name    string     `json:"name"`
		Returns []string   `json:"returns"`
		Fields  []apiField `json:"fields"`
	} `json:"methods"`
	Types map[string]struct {
		Fields   []apiField `json:"fields"`
		Subtypes []string   `json:"subtypes"`
	} `json:"types"`
}

type apiField struct {
	Name     string   `json:"name"`
	Types    []string `json:"types"`
	Required bool     `json:"required"`
}

func readBotAPI(t *testing.T) *botAPI {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "botapi", "api.json"))
	if err != nil {
		t.Skip("no copy of the Bot API beside the checkout: nothing to compare with")
	}
	var api botAPI
	if err := json.Unmarshal(raw, &api); err != nil {
		t.Fatal(err)
	}
	return &api
}

// fits tells what in a value isn't of the API's type; nil when all of it is.
func (api *botAPI) fits(where, kind string, value any) []string {
	wrong := func() []string { return []string{fmt.Sprintf("%s: %v is no %s", where, value, kind)} }
	if inner, ok := strings.CutPrefix(kind, "Array of "); ok {
		list, ok := value.([]any)
		if !ok {
			return wrong()
		}
		var bad []string
		for i, item := range list {
			bad = append(bad, api.fits(fmt.Sprintf("%s[%d]", where, i), inner, item)...)
		}
		return bad
	}
	var ok bool
	switch kind {
	case "String":
		_, ok = value.(string)
	case "Boolean", "True":
		_, ok = value.(bool)
	case "Integer":
		var n float64
		n, ok = value.(float64)
		ok = ok && n == float64(int64(n))
	case "Float":
		_, ok = value.(float64)
	default:
		return api.fitsObject(where, kind, value)
	}
	if !ok {
		return wrong()
	}
	return nil
}

func (api *botAPI) fitsObject(where, kind string, value any) []string {
	object, ok := value.(map[string]any)
	spec, known := api.Types[kind]
	if !ok || !known {
		return []string{fmt.Sprintf("%s: %v is no %s", where, value, kind)}
	}
	if len(spec.Subtypes) > 0 {
		var all []string
		for _, sub := range spec.Subtypes {
			bad := api.fitsObject(where, sub, value)
			if bad == nil {
				return nil
			}
			all = append(all, bad...)
		}
		return all
	}
	var bad []string
	fields := map[string]bool{}
	for _, f := range spec.Fields {
		fields[f.Name] = true
		v, given := object[f.Name]
		if !given {
			if f.Required {
				bad = append(bad, fmt.Sprintf("%s: %s needs %s", where, kind, f.Name))
			}
			continue
		}
		var mismatch []string
		for _, t := range f.Types {
			if mismatch = api.fits(where+"."+f.Name, t, v); mismatch == nil {
				break
			}
		}
		bad = append(bad, mismatch...)
	}
	for name := range object {
		if !fields[name] {
			bad = append(bad, fmt.Sprintf("%s: %s has no %s", where, kind, name))
		}
	}
	return bad
}

func TestEveryMethodAndParameterIsTheBotAPIs(t *testing.T) {
	api := readBotAPI(t)
	lower, params := map[string]bool{}, map[string]bool{
		"method":              true,                                      // of a webhook's answer
		"reply_to_message_id": true, "allow_sending_without_reply": true, // older, still taken
	}
	for name, m := range api.Methods {
		lower[strings.ToLower(name)] = true
		if knownMethods()[strings.ToLower(name)] != nil {
			for _, f := range m.Fields {
				params[f.Name] = true
			}
		}
	}
	for name := range knownMethods() {
		if !lower[name] {
			t.Errorf("the Bot API has no method %s", name)
		}
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	read := regexp.MustCompile(`\bc\.(?:str|integer|flag|float|list)\("(\w+)"`)
	found := 0
	for _, path := range sources {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range read.FindAllSubmatch(source, -1) {
			if found++; !params[string(m[1])] {
				t.Errorf("%s reads the parameter %s, which no method has", path, m[1])
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d parameters found in the source: the pattern is out of date", found)
	}
}

// checked calls a method and compares its result with the type that the API promises.
func (tg *telegram) checked(api *botAPI, method string, params map[string]any, files map[string][2]string) {
	tg.t.Helper()
	asText := map[string]string{}
	for k, v := range params {
		if s, ok := v.(string); ok {
			asText[k] = s
			continue
		}
		raw, err := json.Marshal(v)
		if err != nil {
			tg.t.Fatal(err)
		}
		asText[k] = string(raw)
	}
	r := tg.upload(method, asText, files)
	if !r.OK {
		tg.t.Fatalf("%s: %s", method, r.Description)
	}
	var value any
	if err := json.Unmarshal(r.Result, &value); err != nil {
		tg.t.Fatal(err)
	}
	var bad []string
	for _, kind := range api.Methods[method].Returns {
		if bad = api.fits(method, kind, value); bad == nil {
			return
		}
	}
	tg.t.Errorf("%s answers what the Bot API doesn't:\n%s\n%s", method, strings.Join(bad, "\n"), r.Result)
}

func TestEveryAnswerAndUpdateIsOfTheBotAPIsTypes(t *testing.T) {
	api := readBotAPI(t)
	tg := start(t, Options{})
	p := tg.Person(Profile{ID: 5, FirstName: "Aicha", LastName: "B.", LanguageCode: "fr"})
	p.Start("stop_1")
	asked := p.Send("/menu et https://x.ma")
	markup := map[string]any{"inline_keyboard": [][]any{{
		button("a", "a"), map[string]any{"text": "b", "url": "https://x.ma"}, map[string]any{"text": "c", "copy_text": map[string]any{"text": "QF-1"}},
		map[string]any{"text": "d", "switch_inline_query": ""}, map[string]any{"text": "e", "callback_data": "e", "style": "primary"},
	}}}
	photo := string(picture(t, 200, 100))
	type P = map[string]any
	for _, c := range []struct {
		method string
		params P
		files  map[string][2]string
	}{
		{"getMe", nil, nil},
		{"getWebhookInfo", nil, nil},
		{"sendMessage", P{"text": `<b>a</b> <a href="x.ma">b</a> <pre><code class="language-go">c</code></pre>`, "parse_mode": "HTML",
			"reply_markup": markup, "protect_content": true, "reply_parameters": P{"message_id": asked}}, nil},
		{"editMessageText", P{"message_id": asked + 1, "text": "edited"}, nil},
		{"editMessageReplyMarkup", P{"message_id": asked + 1, "reply_markup": markup}, nil},
		{"sendPhoto", P{"caption": "c"}, map[string][2]string{"photo": {"a.png", photo}}},
		{"editMessageCaption", P{"message_id": asked + 2, "caption": "d"}, nil},
		{"sendDocument", nil, map[string][2]string{"document": {"a.ics", "x"}}},
		{"sendVoice", P{"duration": 3}, map[string][2]string{"voice": {"a.oga", "x"}}},
		{"sendAudio", P{"duration": 3}, map[string][2]string{"audio": {"a.mp3", "x"}}},
		{"sendVideo", P{"duration": 3}, map[string][2]string{"video": {"a.mp4", "x"}}},
		{"sendAnimation", nil, map[string][2]string{"animation": {"a.mp4", "x"}}},
		{"sendLocation", P{"latitude": 31.6, "longitude": -8.0}, nil},
		{"sendVenue", P{"latitude": 31.6, "longitude": -8.0, "title": "t", "address": "a"}, nil},
		{"sendContact", P{"phone_number": "+212500000000", "first_name": "Fatima"}, nil},
		{"sendChatAction", P{"action": "typing"}, nil},
		{"copyMessage", P{"from_chat_id": 5, "message_id": asked}, nil},
		{"forwardMessage", P{"from_chat_id": 5, "message_id": asked}, nil},
		{"deleteMessage", P{"message_id": asked + 2}, nil},
		{"deleteMessages", P{"message_ids": []int{asked + 3}}, nil},
		{"setMyCommands", P{"commands": []botCommand{{"menu", "Le menu"}}}, nil},
		{"getMyCommands", nil, nil},
		{"deleteMyCommands", nil, nil},
		{"setMyName", P{"name": "q"}, nil},
		{"getMyName", nil, nil},
		{"setMyDescription", P{"description": "q"}, nil},
		{"getMyDescription", nil, nil},
		{"setMyShortDescription", P{"short_description": "q"}, nil},
		{"getMyShortDescription", nil, nil},
		{"setChatMenuButton", P{"menu_button": P{"type": "commands"}}, nil},
		{"getChatMenuButton", nil, nil},
	} {
		params := P{"chat_id": 5}
		maps.Copy(params, c.params)
		tg.checked(api, c.method, params, c.files)
	}

	p.SendPhoto([]byte("x"), "c")
	p.SendVoice([]byte("x"), 2)
	p.SendDocument("a.pdf", []byte("x"), "")
	p.SendVideo([]byte("x"), 2, "")
	p.SendSticker()
	p.ShareContact()
	p.ShareLocation(31, -8)
	p.Forward(asked)
	p.ForwardText("Ali", "x")
	p.Edit(asked, "/help")
	for _, err := range []error{p.Press("a"), p.PressOn(4711, "x")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	p.Block()
	p.Unblock()
	tg.GroupMessage(-9, p, "salam")
	tg.checked(api, "getUpdates", nil, nil)
	us := tg.updates(nil)
	press := slices.IndexFunc(us, func(u testUpdate) bool { return u.CallbackQuery != nil })
	tg.checked(api, "answerCallbackQuery", P{"callback_query_id": us[press].CallbackQuery.ID}, nil)
	tg.checked(api, "getFile", P{"file_id": us[2].Message.Photo[0].FileID}, nil)
	tg.checked(api, "setWebhook", P{"url": tg.url + "/nowhere", "drop_pending_updates": true}, nil)
	tg.checked(api, "getWebhookInfo", nil, nil)
	tg.checked(api, "deleteWebhook", nil, nil)
	for _, name := range []string{"logOut", "close"} {
		tg.checked(api, name, nil, nil)
	}
	for _, m := range p.Chat() {
		var value any
		if err := json.Unmarshal(m.RawJSON, &value); err != nil {
			t.Fatal(err)
		}
		for _, bad := range api.fits("chat", "Message", value) {
			t.Error(bad)
		}
	}
	for name := range knownMethods() {
		if tg.Calls(name) == 0 {
			t.Errorf("%s isn't compared", name)
		}
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/simulator"
)

// botAPI is a machine-readable copy of the Bot API, kept beside the checkout where there is one.
type botAPI struct {
	Methods map[string]struct {
		Fields []apiField `json:"fields"`
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

// theBotAPI is nil where there is no copy.
var theBotAPI = sync.OnceValues(func() (*botAPI, error) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "botapi", "api.json"))
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	api := &botAPI{}
	return api, json.Unmarshal(raw, api)
})

// againstBotAPI lets every request of the bot through, and fails the test for each that the Bot API would not take. Every rig has it.
func againstBotAPI(t testing.TB, telegram http.Handler) http.Handler {
	t.Helper()
	api, err := theBotAPI()
	if err != nil {
		t.Fatal(err)
	}
	if api == nil {
		return telegram
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/bot") {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return // the bot went away
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			for _, bad := range api.judge(path.Base(r.URL.Path), r.Header.Get("Content-Type"), body) {
				t.Errorf("the Bot API would not take a request of the bot: %s", bad)
			}
		}
		telegram.ServeHTTP(w, r)
	})
}

// A parameter is one of a call's, as it came: a form's text, JSON, or an uploaded file.
type parameter struct {
	text string
	json json.RawMessage
	file bool
}

// judge tells what in a call isn't the Bot API's.
func (api *botAPI) judge(method, contentType string, body []byte) []string {
	spec, ok := api.Methods[method]
	if !ok {
		return []string{"there is no method " + method}
	}
	given, err := parameters(contentType, body)
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", method, err)}
	}
	var bad []string
	known := map[string]bool{}
	for _, f := range spec.Fields {
		known[f.Name] = true
		p, ok := given[f.Name]
		if !ok {
			if f.Required {
				bad = append(bad, method+" needs "+f.Name)
			}
			continue
		}
		if !slices.ContainsFunc(f.Types, func(kind string) bool { return api.takes(kind, p) }) {
			bad = append(bad, fmt.Sprintf("%s: %s is %.200s, not %s", method, f.Name, p.text+string(p.json), strings.Join(f.Types, " or ")))
		}
	}
	for name := range given {
		if !known[name] {
			bad = append(bad, method+" has no "+name)
		}
	}
	return bad
}

func parameters(contentType string, body []byte) (map[string]parameter, error) {
	given := map[string]parameter{}
	kind, params, _ := mime.ParseMediaType(contentType)
	switch kind {
	case "application/json":
		var object map[string]json.RawMessage
		if err := json.Unmarshal(body, &object); err != nil {
			return nil, err
		}
		for name, value := range object {
			given[name] = parameter{json: value}
		}
	case "multipart/form-data":
		form := multipart.NewReader(bytes.NewReader(body), params["boundary"])
		for {
			part, err := form.NextPart()
			if errors.Is(err, io.EOF) { // the end; the library sends no parameters as no body at all
				return given, nil
			}
			if err != nil {
				return nil, err
			}
			data, err := io.ReadAll(part)
			if err != nil {
				return nil, err
			}
			given[part.FormName()] = parameter{text: string(data), file: part.FileName() != ""}
		}
	default:
		if len(body) > 0 {
			return nil, fmt.Errorf("a body of type %q", contentType)
		}
	}
	return given, nil
}

func (api *botAPI) takes(kind string, p parameter) bool {
	raw := p.json
	switch {
	case kind == "InputFile" || p.file:
		return kind == "InputFile" && p.file
	case raw == nil && kind == "String":
		return true
	case raw == nil:
		raw = json.RawMessage(p.text)
	}
	var value any
	return json.Unmarshal(raw, &value) == nil && api.fits(kind, value)
}

// fits tells whether a value is of an API type.
func (api *botAPI) fits(kind string, value any) bool {
	if inner, ok := strings.CutPrefix(kind, "Array of "); ok {
		list, ok := value.([]any)
		return ok && !slices.ContainsFunc(list, func(item any) bool { return !api.fits(inner, item) })
	}
	switch kind {
	case "String":
		_, ok := value.(string)
		return ok
	case "Boolean", "True":
		_, ok := value.(bool)
		return ok
	case "Integer":
		n, ok := value.(float64)
		return ok && n == float64(int64(n))
	case "Float":
		_, ok := value.(float64)
		return ok
	}
	spec, known := api.Types[kind]
	object, ok := value.(map[string]any)
	if !known || !ok {
		return false
	}
	if len(spec.Subtypes) > 0 {
		return slices.ContainsFunc(spec.Subtypes, func(sub string) bool { return api.fits(sub, value) })
	}
	fields := map[string]bool{}
	for _, f := range spec.Fields {
		fields[f.Name] = true
		v, given := object[f.Name]
		if !given && f.Required || given && !slices.ContainsFunc(f.Types, func(t string) bool { return api.fits(t, v) }) {
			return false
		}
	}
	for name := range object {
		if !fields[name] {
			return false
		}
	}
	return true
}

func TestWhatTheBotAPIWouldNotTakeIsSeen(t *testing.T) {
	api, err := theBotAPI()
	if err != nil {
		t.Fatal(err)
	}
	if api == nil {
		t.Skip("no copy of the Bot API beside the checkout: nothing to compare with")
	}
	for body, want := range map[string]int{
		`{"chat_id":1,"text":"x"}`: 0,
		`{"chat_id":"@x","text":"x","reply_markup":{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}}`: 0,
		`{"chat_id":1}`:                                  1,
		`{"chat_id":1.5,"text":"x"}`:                     1,
		`{"chat_id":1,"text":7}`:                         1,
		`{"chat_id":1,"text":"x","silent":true}`:         1,
		`{"chat_id":1,"text":"x","reply_markup":"none"}`: 1,
		`{"chat_id":1,"text":"x","reply_markup":{"inline_keyboard":[[{"text":"a","data":"b"}]]}}`: 1,
	} {
		if bad := api.judge("sendMessage", "application/json", []byte(body)); len(bad) != want {
			t.Errorf("%s: %q", body, bad)
		}
	}
	if bad := api.judge("sendMesage", "application/json", []byte(`{}`)); len(bad) != 1 {
		t.Errorf("a method that isn't: %q", bad)
	}
}

// The calls themselves are held against the Bot API in every rig; here the bot makes one of each kind.
func TestEveryCallOfTheBotIsTheBotAPIs(t *testing.T) {
	t.Parallel()
	if api, err := theBotAPI(); err != nil || api == nil {
		t.Skip("no copy of the Bot API beside the checkout: nothing to compare with", err)
	}
	r := start(t, true)
	p := meet(t, r.sim, locale.Darija, simulator.Profile{FirstName: "Aicha", LanguageCode: "fr"})
	p.register("demo-fes", "عائشة Benali", "confirmed") // a keyboard for the contact and its end, a picture
	p.press("register.calendar")                        // a document
	p.hears("register.after")
	p.Start("stop_demo-fes")
	p.hears("next_stop.card")
	p.press("next_stop.pin") // a venue
	p.hears("next_stop.card")
	p.Send("/next")
	p.hears("next_stop.how")
	p.press("next_stop.by_near") // a keyboard for the position, which replaces nothing
	p.hears("next_stop.where")
	p.ShareLocation(34, -5)
	p.hears("next_stop.nearest")
	p.Send("/mydata")
	p.hears("mydata.show")
	p.press("mydata.file")
	p.hears("mydata.show")
	r.quiet(t)
	for _, method := range []string{"getMe", "getUpdates", "setMyCommands", "setMyDescription", "setMyShortDescription", "answerCallbackQuery",
		"sendMessage", "sendPhoto", "sendDocument", "sendVenue", "editMessageText"} {
		if r.sim.Calls(method) == 0 {
			t.Errorf("the bot never called %s: it is not compared", method)
		}
	}
}

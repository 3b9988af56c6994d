package telegram

import (
	"fmt"
	"testing"

	"github.com/go-telegram/bot"

	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/flow"
)

func message(fields string) []byte {
	return fmt.Appendf(nil, `{"update_id":7,"message":{"message_id":5,"date":1,"chat":{"id":42,"type":"private"},
		"from":{"id":42,"is_bot":false,"first_name":"Ali","language_code":"fr"},%s}}`, fields)
}

func TestWhatPeopleSendIsUnderstood(t *testing.T) {
	for _, c := range []struct {
		name, fields string
		want         flow.Input
	}{
		{"words", `"text":"bonjour"`, flow.Input{Kind: flow.Text, Text: "bonjour"}},
		{"a command", `"text":"/next"`, flow.Input{Kind: flow.Door, Text: "/next"}},
		{"a command in capitals with words behind", `"text":"/NEXT now"`, flow.Input{Kind: flow.Door, Text: "/next"}},
		{"a command to this bot", `"text":"/next@Qafila_bot"`, flow.Input{Kind: flow.Door, Text: "/next"}},
		{"a command to another bot", `"text":"/next@other_bot"`, flow.Input{Kind: flow.Door, Text: "/next@"}},
		{"start", `"text":"/start"`, flow.Input{Kind: flow.Door, Text: "/start"}},
		{"a deep link", `"text":"/start stop_fes"`, flow.Input{Kind: flow.Door, Text: "start:stop_fes"}},
		{"a deep link that no app makes", `"text":"/start stop fes'; --"`, flow.Input{Kind: flow.Door, Text: "/start"}},
		{"no command", `"text":"/ouh là"`, flow.Input{Kind: flow.Door, Text: "/ouh"}},
		{"a stroke", `"text":"/"`, flow.Input{Kind: flow.Door, Text: "/"}},
		{"their own contact", `"contact":{"phone_number":"+212","first_name":"Ali","user_id":42}`, flow.Input{Kind: flow.Contact, Phone: "+212", Own: true}},
		{"somebody else's contact", `"contact":{"phone_number":"+212","first_name":"Ali","user_id":43}`, flow.Input{Kind: flow.Contact, Phone: "+212"}},
		{"a contact of nobody at Telegram", `"contact":{"phone_number":"+212","first_name":"Ali"}`, flow.Input{Kind: flow.Contact, Phone: "+212"}},
		{"a position", `"location":{"latitude":34.0,"longitude":-5.0}`, flow.Input{Kind: flow.Location, Lat: 34, Lon: -5}},
		{"a voice", `"voice":{"file_id":"v","file_unique_id":"u","duration":4}`, flow.Input{Kind: flow.Voice, File: "v", Seconds: 4}},
		{"a picture, the largest", `"caption":"c","photo":[{"file_id":"s","file_unique_id":"a","width":1,"height":1},{"file_id":"l","file_unique_id":"b","width":9,"height":9}]`,
			flow.Input{Kind: flow.Photo, File: "l", Text: "c"}},
		{"a sticker", `"sticker":{"file_id":"s","file_unique_id":"u","type":"regular","width":1,"height":1,"is_animated":false,"is_video":false}`, flow.Input{Kind: flow.Other}},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, query, ok, err := decode(message(c.fields), "qafila_bot")
			if err != nil || !ok || query != "" {
				t.Fatalf("decode: %v, %v, %q", err, ok, query)
			}
			if u.Input != c.want || u.ID != 7 || u.Chat != 42 || u.Message != 5 || u.Hint != "fr" || u.Act != conversation.Did {
				t.Errorf("got %+v of %+v\nwant %+v", u.Input, u, c.want)
			}
		})
	}
}

func TestWhatIsNotForTheBotIsLeft(t *testing.T) {
	for name, raw := range map[string]string{
		"words in a group":            `{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":-5,"type":"group"},"from":{"id":4,"first_name":"x"},"text":"hello"}}`,
		"another bot's group command": `{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":-5,"type":"group"},"from":{"id":4,"first_name":"x"},"text":"/start@other_bot"}}`,
		"a bot":                       `{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"from":{"id":5,"is_bot":true,"first_name":"x"},"text":"hello"}}`,
		"an unknown kind of update":   `{"update_id":1,"something_new":{}}`,
		"a press in a group":          `{"update_id":1,"callback_query":{"id":"q","from":{"id":5,"first_name":"x"},"chat_instance":"1","data":"x","message":{"message_id":1,"date":1,"chat":{"id":-5,"type":"group"}}}}`,
	} {
		if _, _, ok, err := decode([]byte(raw), "qafila_bot"); ok || err != nil {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
}

func TestAPressWithoutItsMessageIsStillAPress(t *testing.T) {
	u, query, ok, err := decode([]byte(`{"update_id":1,"callback_query":{"id":"q","from":{"id":5,"first_name":"x"},"chat_instance":"1","data":"/menu"}}`), "qafila_bot")
	if err != nil || !ok || query != "q" || u.Chat != 5 || u.Message != 0 || u.Data != "/menu" || u.Act != conversation.Pressed {
		t.Errorf("%+v, %q, %v, %v", u, query, ok, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(message(`"text":"/start x"`))
	f.Add([]byte(`{"update_id":1,"callback_query":{"id":"q","from":{"id":5},"message":{"date":0}}}`))
	f.Add([]byte(`{"update_id":1,"my_chat_member":{}}`))
	f.Fuzz(func(_ *testing.T, raw []byte) {
		_, _, _, _ = decode(raw, "qafila_bot") // an error, never a panic: decode turns one into an error, and the update is kept
	})
}

func TestWhatBecomesOfADelivery(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		then int
	}{
		"arrived":                  {nil, settle},
		"too fast, wrapped":        {fmt.Errorf("x: %w", &bot.TooManyRequestsError{RetryAfter: 3}), again},
		"blocked":                  {fmt.Errorf("%w, Forbidden: bot was blocked by the user", bot.ErrorForbidden), gone},
		"no such chat":             {fmt.Errorf("%w, Bad Request: chat not found", bot.ErrorBadRequest), gone},
		"not what Telegram takes":  {fmt.Errorf("%w, Bad Request: BUTTON_DATA_INVALID", bot.ErrorBadRequest), drop},
		"500":                      {fmt.Errorf("error response from telegram for method sendMessage, 500 Internal Server Error"), again},
		"an HTML page":             {fmt.Errorf("error decode response body for method sendMessage, <html>, invalid character"), again},
		"a token that was revoked": {fmt.Errorf("%w, Unauthorized", bot.ErrorUnauthorized), again},
	} {
		if v := judge(c.err); v.then != c.then {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestOnlyWhatNamesAPageHidesItsPreview(t *testing.T) {
	for text, want := range map[string]bool{
		"Bonjour.": false, "Un. Deux. Trois…": false, "voir rna.gov.ma": true, "https://x": false, "a... b": false, "3.5 km": true, "": false, ".": false,
	} {
		if got := preview(text) != nil; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

package simulator

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Telegram's limits for keyboards; callback data counts bytes.
const (
	maxButtons      = 100
	maxInlineRow    = 8
	maxReplyRow     = 12
	maxReplyButtons = 300
	maxCallbackData = 64
)

// markup is a parsed reply_markup: an inline keyboard that stays with the message, or a change of the keyboard under the chat.
type markup struct {
	inline   *inlineKeyboard
	keyboard *json.RawMessage // a ReplyKeyboardMarkup, or "null" to remove it; nil leaves what is there
}

func (c *call) replyMarkup(private bool) (markup, *failure) {
	raw := bytes.TrimSpace([]byte(c.str("reply_markup")))
	if len(raw) == 0 {
		return markup{}, nil
	}
	var probe map[string]json.RawMessage
	if err := json.Unmarshal(raw, &probe); err != nil {
		return markup{}, badRequest("object expected as reply markup")
	}
	switch {
	case probe["inline_keyboard"] != nil:
		inline, err := parseInline(raw)
		return markup{inline: inline}, err
	case probe["keyboard"] != nil:
		keyboard, err := parseReplyKeyboard(raw, private)
		return markup{keyboard: keyboard}, err
	case string(probe["remove_keyboard"]) == "true":
		none := json.RawMessage("null")
		return markup{keyboard: &none}, nil
	}
	return markup{}, nil // force_reply, or nothing: neither changes what the person sees here
}

func parseInline(raw []byte) (*inlineKeyboard, *failure) {
	var k inlineKeyboard
	if err := json.Unmarshal(raw, &k); err != nil {
		return nil, badRequest("can't parse inline keyboard markup JSON object")
	}
	rows := k.InlineKeyboard[:0]
	total := 0
	for _, row := range k.InlineKeyboard {
		for _, b := range row {
			if err := b.check(); err != nil {
				return nil, err
			}
		}
		if total += len(row); len(row) > maxInlineRow || total > maxButtons {
			return nil, badRequest("REPLY_MARKUP_TOO_LONG")
		}
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	if k.InlineKeyboard = rows; len(rows) == 0 {
		return nil, nil
	}
	return &k, nil
}

func (b inlineButton) check() *failure {
	const parse = "can't parse inline keyboard button: "
	switch {
	case !utf8.ValidString(b.Text):
		return badRequest(parse + "strings must be encoded in UTF-8")
	case strings.TrimSpace(b.Text) == "":
		return badRequest(parse + "button text must be non-empty")
	case len(b.CallbackData) > maxCallbackData:
		return badRequest("BUTTON_DATA_INVALID")
	case b.CallbackData != "":
	case b.URL != "":
		if linkURL(b.URL) == "" {
			return badRequest("inline keyboard button URL '%s' is invalid: Wrong HTTP URL", b.URL)
		}
	case b.WebApp == nil && b.LoginURL == nil && b.SwitchInline == nil && b.SwitchInlineHere == nil &&
		b.SwitchInlineElsewhere == nil && b.CopyText == nil && !b.Pay:
		return badRequest(parse + "Text buttons are unallowed in the inline keyboard")
	}
	return nil
}

func parseReplyKeyboard(raw []byte, private bool) (*json.RawMessage, *failure) {
	// A button may be a plain string instead of an object.
	var loose struct {
		Keyboard [][]json.RawMessage `json:"keyboard"`
	}
	if err := json.Unmarshal(raw, &loose); err != nil {
		return nil, badRequest("can't parse reply keyboard markup JSON object")
	}
	total := 0
	rows := [][]replyButton{}
	for _, row := range loose.Keyboard {
		if total += len(row); len(row) > maxReplyRow || total > maxReplyButtons {
			return nil, badRequest("REPLY_MARKUP_TOO_LONG")
		}
		buttons := make([]replyButton, len(row))
		for i, cell := range row {
			if json.Unmarshal(cell, &buttons[i].Text) != nil && json.Unmarshal(cell, &buttons[i]) != nil {
				return nil, badRequest("can't parse keyboard button: KeyboardButton must be a String or an Object")
			}
			switch b := buttons[i]; {
			case strings.TrimSpace(b.Text) == "":
				return nil, badRequest("keyboard button text must be non-empty")
			case !private && b.RequestContact:
				return nil, badRequest("phone number can be requested in private chats only")
			case !private && b.RequestLocation:
				return nil, badRequest("location can be requested in private chats only")
			}
		}
		if len(buttons) > 0 {
			rows = append(rows, buttons)
		}
	}
	var flags map[string]json.RawMessage
	var k replyKeyboard
	if json.Unmarshal(raw, &flags) != nil {
		return nil, badRequest("object expected as reply markup")
	}
	delete(flags, "keyboard")
	rest, err := json.Marshal(flags)
	if err != nil || json.Unmarshal(rest, &k) != nil {
		return nil, badRequest("can't parse reply keyboard markup JSON object")
	}
	k.Keyboard = rows
	clean, err := marshal(k)
	if err != nil {
		return nil, badRequest("can't parse reply keyboard markup JSON object")
	}
	return (*json.RawMessage)(&clean), nil
}

// readKeyboard is the keyboard under a chat as an object; nil when there is none.
func readKeyboard(raw json.RawMessage) *replyKeyboard {
	var k *replyKeyboard
	if len(raw) == 0 || json.Unmarshal(raw, &k) != nil {
		return nil
	}
	return k
}

package telegram

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/go-telegram/bot/models"

	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/flow"
)

// allowedJSON names exactly the updates that are used.
const allowedJSON = `["message","edited_message","callback_query","my_chat_member"]`

func allowed() []string {
	return []string{models.AllowedUpdateMessage, models.AllowedUpdateEditedMessage, models.AllowedUpdateCallbackQuery, models.AllowedUpdateMyChatMember}
}

// updateID reads an update's id even when the rest of it can't be read.
func updateID(raw []byte) (int64, bool) {
	var id struct {
		ID *int64 `json:"update_id"`
	}
	if err := json.Unmarshal(raw, &id); err != nil || id.ID == nil {
		return 0, false
	}
	return *id.ID, true
}

// sender makes out, of an update that can't be read, who wrote in private; chat is 0 when nobody did.
func sender(raw []byte) (chat int64, hint string) {
	var m struct {
		Message struct {
			Chat struct {
				ID   int64  `json:"id"`
				Type string `json:"type"`
			} `json:"chat"`
			From struct {
				Bot  bool   `json:"is_bot"`
				Hint string `json:"language_code"`
			} `json:"from"`
		} `json:"message"`
	}
	if json.Unmarshal(raw, &m) != nil || m.Message.Chat.Type != string(models.ChatTypePrivate) || m.Message.From.Bot || m.Message.Chat.ID <= 0 {
		return 0, ""
	}
	return m.Message.Chat.ID, m.Message.From.Hint
}

// decode reads one update by itself. query is the callback query to answer, "" for none; ok is false when the update is nothing to the
// bot (a chat of other people, say).
func decode(raw []byte, username string) (u conversation.Update, query string, ok bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("decode an update: panic: %v", p)
		}
	}()
	var m models.Update
	if err := json.Unmarshal(raw, &m); err != nil {
		return u, "", false, fmt.Errorf("decode an update: %w", err)
	}
	u = conversation.Update{ID: m.ID, Raw: raw}
	switch {
	case m.CallbackQuery != nil:
		ok = decodePress(&u, m.CallbackQuery)
		return u, m.CallbackQuery.ID, ok, nil
	case m.Message != nil:
		ok = decodeMessage(&u, m.Message, username)
	case m.EditedMessage != nil:
		// A live position is a stream of edits; only changed words want an answer.
		ok = m.EditedMessage.Chat.Type == models.ChatTypePrivate && from(&u, m.EditedMessage) && m.EditedMessage.Text+m.EditedMessage.Caption != ""
		u.Act = conversation.Edited
	case m.MyChatMember != nil:
		ok = decodeMember(&u, m.MyChatMember)
	}
	return u, "", ok, nil
}

func decodePress(u *conversation.Update, q *models.CallbackQuery) bool {
	u.Act, u.Data = conversation.Pressed, q.Data
	u.Chat, u.Hint, u.Name = q.From.ID, q.From.LanguageCode, q.From.FirstName
	chat := models.Chat{Type: models.ChatTypePrivate}
	switch {
	case q.Message.Message != nil:
		chat, u.Message = q.Message.Message.Chat, int64(q.Message.Message.ID)
	case q.Message.InaccessibleMessage != nil:
		chat = q.Message.InaccessibleMessage.Chat // too old to be replaced: Message stays 0
	}
	return chat.Type == models.ChatTypePrivate && !q.From.IsBot && q.From.ID > 0
}

// from fills in who sent a message.
func from(u *conversation.Update, m *models.Message) bool {
	if m.From == nil || m.From.IsBot || m.Chat.ID <= 0 {
		return false
	}
	u.Chat, u.Message, u.Hint, u.Name = m.Chat.ID, int64(m.ID), m.From.LanguageCode, m.From.FirstName
	return true
}

func decodeMessage(u *conversation.Update, m *models.Message, username string) bool {
	if m.Chat.Type != models.ChatTypePrivate {
		// The bot talks with one person at a time; in a group it says so once a command asks for it, and to other bots' commands nothing.
		if !strings.HasPrefix(m.Text, "/") || m.From == nil {
			return false
		}
		name, _, ours := command(m.Text, username)
		if addressed := strings.Contains(strings.Fields(m.Text)[0], "@"); !ours || !addressed && name != "start" {
			return false
		}
		u.Act, u.Chat, u.Hint = conversation.Foreign, m.Chat.ID, m.From.LanguageCode
		return true
	}
	if !from(u, m) {
		return false
	}
	u.Act = conversation.Did
	in := &u.Input
	switch {
	case strings.HasPrefix(m.Text, "/"):
		name, payload, ours := command(m.Text, username)
		in.Kind, in.Text = flow.Door, "/"+name
		if !ours {
			in.Text = "/" + name + "@"
		} else if name == "start" && payload != "" {
			in.Text = "start:" + payload
		}
	case m.Text != "":
		in.Kind, in.Text = flow.Text, m.Text
	case m.Contact != nil:
		in.Kind, in.Phone, in.Own = flow.Contact, m.Contact.PhoneNumber, m.Contact.UserID == m.From.ID
	case m.Venue != nil:
		in.Kind, in.Lat, in.Lon = flow.Location, m.Venue.Location.Latitude, m.Venue.Location.Longitude
	case m.Location != nil:
		in.Kind, in.Lat, in.Lon = flow.Location, m.Location.Latitude, m.Location.Longitude
	case m.Voice != nil:
		in.Kind, in.File, in.Seconds, in.Text = flow.Voice, m.Voice.FileID, m.Voice.Duration, m.Caption
	case len(m.Photo) > 0:
		in.Kind, in.File, in.Text = flow.Photo, m.Photo[len(m.Photo)-1].FileID, m.Caption
	case m.Video != nil:
		in.Kind, in.File, in.Seconds, in.Text, in.Size = flow.Video, m.Video.FileID, m.Video.Duration, m.Caption, megabytes(m.Video.FileSize)
	case m.Document != nil && m.Animation == nil:
		in.Kind, in.File, in.Text, in.Size = flow.Document, m.Document.FileID, m.Caption, megabytes(m.Document.FileSize)
	default:
		in.Kind = flow.Other
	}
	return !service(m)
}

// megabytes rounds a size up.
func megabytes(bytes int64) int { return int((bytes + 1<<20 - 1) >> 20) }

// service tells whether a message is one that nobody wrote: a pin, a timer, a new title.
func service(m *models.Message) bool {
	return m.PinnedMessage != nil || m.MessageAutoDeleteTimerChanged != nil || m.NewChatTitle != "" || m.WriteAccessAllowed != nil
}

func decodeMember(u *conversation.Update, m *models.ChatMemberUpdated) bool {
	if m.Chat.Type != models.ChatTypePrivate {
		return false
	}
	u.Chat = m.Chat.ID
	switch m.NewChatMember.Type {
	case models.ChatMemberTypeBanned, models.ChatMemberTypeLeft:
		u.Act = conversation.Left
	default:
		u.Act = conversation.Back
	}
	return true
}

// command splits "/name@bot payload". Telegram: names are [a-z0-9_]{1,32}, payloads A-Za-z0-9_- up to 64 characters; anybody can forge
// one, and what doesn't fit is no payload.
func command(text, username string) (name, payload string, ours bool) {
	head, rest, _ := strings.Cut(text[1:], " ")
	head, _, _ = strings.Cut(head, "\n")
	name, at, addressed := strings.Cut(head, "@")
	ours = !addressed || strings.EqualFold(at, username)
	name = strings.ToLower(name)
	if len(name) > 32 || strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_'
	}) {
		name = ""
	}
	rest = strings.TrimSpace(rest)
	if len(rest) <= 64 && !strings.ContainsFunc(rest, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	}) {
		payload = rest
	}
	return name, payload, ours
}

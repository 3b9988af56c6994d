package simulator

import (
	"bytes"
	"encoding/json"
	"time"
	"unicode/utf8"
)

const (
	maxToast      = 200            // characters of a callback answer
	deletableFor  = 48 * time.Hour // a message older than this stays
	notModified   = "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"
	queryIsTooOld = "query is too old and response timeout expired or query ID is invalid"
)

// edit changes a message of the bot's. Like Telegram it takes an absent reply_markup as "no keyboard".
func (s *Server) edit(c *call, change func(*message) *failure) (any, *failure) {
	id, given := c.chatID()
	s.mu.Lock()
	defer s.mu.Unlock()
	in, err := s.sender(id, given)
	if err != nil {
		return nil, err
	}
	if c.str("message_id") == "" {
		return nil, badRequest("message identifier is not specified")
	}
	old := in.find(int(c.integer("message_id", 0)))
	switch {
	case old == nil:
		return nil, badRequest("message to edit not found")
	case old.From == nil || !old.From.IsBot:
		return nil, badRequest("message can't be edited")
	}
	mark, err := c.replyMarkup(in.info.Type == "private")
	switch {
	case err != nil:
		return nil, err
	case mark.keyboard != nil:
		return nil, badRequest("inline keyboard expected")
	}
	m := *old
	m.ReplyMarkup, m.hiddenKeyboard = mark.inline, nil
	if err := change(&m); err != nil {
		return nil, err
	}
	if same(old, &m) {
		return nil, badRequest(notModified)
	}
	if err := s.take(c, id); err != nil {
		return nil, err
	}
	m.EditDate = unix(s.now())
	in.replace(&m)
	return &m, nil
}

func same(a, b *message) bool {
	was, errWas := json.Marshal(a)
	is, errIs := json.Marshal(b)
	return errWas == nil && errIs == nil && bytes.Equal(was, is)
}

func (s *Server) editMessageText(c *call) (any, *failure) {
	f, err := c.messageText()
	if err != nil {
		return nil, err
	}
	preview := c.linkPreview()
	return s.edit(c, func(m *message) *failure {
		if m.Text == "" {
			return badRequest("there is no text in the message to edit")
		}
		m.Text, m.Entities, m.LinkPreview = f.text, f.entities, preview
		return nil
	})
}

func (s *Server) editMessageCaption(c *call) (any, *failure) {
	f, err := c.caption()
	if err != nil {
		return nil, err
	}
	return s.edit(c, func(m *message) *failure {
		if m.Photo == nil && m.Document == nil && m.Voice == nil && m.Video == nil && m.Audio == nil && m.Animation == nil {
			return badRequest("there is no caption in the message to edit")
		}
		m.Caption, m.CaptionEnts = f.text, f.entities
		return nil
	})
}

func (s *Server) editMessageReplyMarkup(c *call) (any, *failure) {
	return s.edit(c, func(*message) *failure { return nil })
}

func (s *Server) deleteMessage(c *call) (any, *failure) {
	id, given := c.chatID()
	s.mu.Lock()
	defer s.mu.Unlock()
	in, err := s.sender(id, given)
	if err != nil {
		return nil, err
	}
	m := in.find(int(c.integer("message_id", 0)))
	switch {
	case m == nil:
		return nil, badRequest("message to delete not found")
	case s.now().Sub(time.Unix(m.Date, 0)) > deletableFor:
		return nil, badRequest("message can't be deleted for everyone")
	}
	in.remove(m.MessageID)
	return true, nil
}

// deleteMessages skips those that it doesn't find.
func (s *Server) deleteMessages(c *call) (any, *failure) {
	var ids []int
	if json.Unmarshal([]byte(c.str("message_ids")), &ids) != nil || len(ids) == 0 {
		return nil, badRequest("message identifiers are not specified")
	}
	id, given := c.chatID()
	s.mu.Lock()
	defer s.mu.Unlock()
	in, err := s.sender(id, given)
	if err != nil {
		return nil, err
	}
	for _, message := range ids {
		if m := in.find(message); m != nil && s.now().Sub(time.Unix(m.Date, 0)) <= deletableFor {
			in.remove(message)
		}
	}
	return true, nil
}

// openCallback is a button press that waits for its answer, for as long as Telegram waits.
type openCallback struct {
	chat *chat
	born time.Time
}

func (s *Server) answerCallbackQuery(c *call) (any, *failure) {
	text := c.str("text")
	switch {
	case !utf8.ValidString(text):
		return nil, badRequest("strings must be encoded in UTF-8")
	case utf8.RuneCountInString(text) > maxToast:
		return nil, badRequest("MESSAGE_TOO_LONG")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := c.str("callback_query_id")
	open := s.callback[id]
	if open == nil || s.clock().Sub(open.born) > callbackLife {
		delete(s.callback, id)
		return nil, badRequest(queryIsTooOld)
	}
	alert := c.flag("show_alert")
	open.chat.tell(happening{kind: "answer", text: text, alert: alert})
	open.chat.show("answer", map[string]any{"text": text, "show_alert": alert})
	return true, nil
}

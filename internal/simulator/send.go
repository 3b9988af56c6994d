package simulator

import (
	"encoding/json"
	"strings"
)

// outgoing is a message on its way into a chat: everything that doesn't need the chat is checked before.
type outgoing struct {
	fill func(*message) // puts the content in
	text string         // for the log of what was sent
}

// deliver puts the bot's message into the chat that the call names, after the checks that all send methods share.
func (s *Server) deliver(c *call, out outgoing) (any, *failure) {
	id, given := c.chatID()
	s.mu.Lock()
	defer s.mu.Unlock()
	to, err := s.sender(id, given)
	if err != nil {
		return nil, err
	}
	mark, err := c.replyMarkup(to.info.Type == "private")
	if err != nil {
		return nil, err
	}
	reply, err := c.replyTo(to)
	if err != nil {
		return nil, err
	}
	if err := s.take(c, id); err != nil {
		return nil, err
	}
	m := &message{
		MessageID: s.nextMessage(), From: &s.bot, Chat: to.info, Date: unix(s.now()), ReplyToMessage: reply,
		Protected: c.flag("protect_content"), ReplyMarkup: mark.inline, hiddenKeyboard: mark.keyboard,
	}
	out.fill(m)
	to.add(m)
	s.record(c, to, out.text)
	s.tellElsewhere(to)
	return m, nil
}

// chatID reads chat_id. Telegram takes @names of channels too; the simulator has none, so they are not found.
func (c *call) chatID() (id int64, given bool) {
	raw := strings.TrimSpace(c.str("chat_id"))
	return c.integer("chat_id", 0), raw != ""
}

// replyTo finds the message that reply_parameters name.
func (c *call) replyTo(to *chat) (*message, *failure) {
	var p struct {
		MessageID int  `json:"message_id"`
		Optional  bool `json:"allow_sending_without_reply"`
	}
	if raw := c.str("reply_parameters"); raw != "" {
		if json.Unmarshal([]byte(raw), &p) != nil {
			return nil, badRequest("can't parse reply parameters JSON object")
		}
	} else {
		p.MessageID = int(c.integer("reply_to_message_id", 0))
		p.Optional = c.flag("allow_sending_without_reply")
	}
	if p.MessageID == 0 {
		return nil, nil
	}
	m := to.find(p.MessageID)
	if m == nil && !p.Optional {
		return nil, badRequest("message to be replied not found")
	}
	if m != nil {
		shallow := *m
		shallow.ReplyToMessage = nil // Telegram nests one level
		m = &shallow
	}
	return m, nil
}

func (s *Server) sendMessage(c *call) (any, *failure) {
	if c.str("text") == "" {
		return nil, badRequest("message text is empty")
	}
	f, err := c.messageText()
	if err != nil {
		return nil, err
	}
	preview := c.linkPreview()
	return s.deliver(c, outgoing{text: f.text, fill: func(m *message) {
		m.Text, m.Entities, m.LinkPreview = f.text, f.entities, preview
	}})
}

func (c *call) messageText() (formatted, *failure) {
	f, err := c.formattedText("text", "entities")
	switch {
	case err != nil:
		return f, err
	case f.text == "":
		return f, badRequest("message text is empty")
	case textUnits(f.text) > maxText:
		return f, badRequest("message is too long")
	}
	return f, nil
}

func (c *call) caption() (formatted, *failure) {
	f, err := c.formattedText("caption", "caption_entities")
	if err == nil && textUnits(f.text) > maxCaption {
		err = badRequest("message caption is too long")
	}
	return f, err
}

func (c *call) linkPreview() json.RawMessage {
	if raw := c.str("link_preview_options"); json.Valid([]byte(raw)) {
		return json.RawMessage(raw)
	}
	return nil
}

func (c *call) position() (location, *failure) {
	lat, hasLat := c.float("latitude")
	lon, hasLon := c.float("longitude")
	switch {
	case !hasLat:
		return location{}, badRequest("latitude is empty")
	case !hasLon:
		return location{}, badRequest("longitude is empty")
	case lat < -90 || lat > 90 || lon < -180 || lon > 180:
		return location{}, badRequest("wrong location specified")
	}
	accuracy, _ := c.float("horizontal_accuracy")
	return location{Latitude: lat, Longitude: lon, HorizontalAccuracy: accuracy}, nil
}

func (s *Server) sendLocation(c *call) (any, *failure) {
	at, err := c.position()
	if err != nil {
		return nil, err
	}
	return s.deliver(c, outgoing{fill: func(m *message) { m.Location = &at }})
}

func (s *Server) sendVenue(c *call) (any, *failure) {
	at, err := c.position()
	if err != nil {
		return nil, err
	}
	v := venue{
		Location: at, Title: cleanText(c.str("title")), Address: cleanText(c.str("address")),
		FoursquareID: c.str("foursquare_id"), GooglePlaceID: c.str("google_place_id"),
	}
	switch {
	case v.Title == "":
		return nil, badRequest("title is empty")
	case v.Address == "":
		return nil, badRequest("address is empty")
	}
	return s.deliver(c, outgoing{text: v.Title, fill: func(m *message) { m.Venue, m.Location = &v, &at }})
}

func (s *Server) sendContact(c *call) (any, *failure) {
	who := contact{PhoneNumber: c.str("phone_number"), FirstName: c.str("first_name"), LastName: c.str("last_name"), VCard: c.str("vcard")}
	switch {
	case who.PhoneNumber == "":
		return nil, badRequest("phone number is empty")
	case who.FirstName == "":
		return nil, badRequest("first name is empty")
	}
	return s.deliver(c, outgoing{text: who.FirstName, fill: func(m *message) { m.Contact = &who }})
}

var chatActions = map[string]bool{
	"typing": true, "upload_photo": true, "record_video": true, "upload_video": true, "record_voice": true, "upload_voice": true,
	"upload_document": true, "choose_sticker": true, "find_location": true, "record_video_note": true, "upload_video_note": true,
}

func (s *Server) sendChatAction(c *call) (any, *failure) {
	action := c.str("action")
	if !chatActions[action] {
		return nil, badRequest("wrong parameter action in request")
	}
	id, given := c.chatID()
	s.mu.Lock()
	defer s.mu.Unlock()
	to, err := s.sender(id, given)
	if err != nil {
		return nil, err
	}
	to.show("action", map[string]string{"action": action})
	return true, nil
}

func (s *Server) copyMessage(c *call) (any, *failure) {
	m, err := s.source(c)
	if err != nil {
		return nil, err
	}
	var caption *formatted
	if _, given := c.values["caption"]; given {
		f, err := c.caption()
		if err != nil {
			return nil, err
		}
		caption = &f
	}
	copied, err := s.deliver(c, outgoing{text: m.Text, fill: func(out *message) {
		out.copyContent(m)
		if caption != nil && m.Text == "" {
			out.Caption, out.CaptionEnts = caption.text, caption.entities
		}
	}})
	if err != nil {
		return nil, err
	}
	return map[string]int{"message_id": copied.(*message).MessageID}, nil
}

func (s *Server) forwardMessage(c *call) (any, *failure) {
	m, err := s.source(c)
	if err != nil {
		return nil, err
	}
	return s.deliver(c, outgoing{text: m.Text, fill: func(out *message) {
		out.copyContent(m)
		out.ForwardOrigin = m.ForwardOrigin
		if out.ForwardOrigin == nil {
			out.ForwardOrigin = &origin{Type: "user", Date: m.Date, SenderUser: m.From}
		}
	}})
}

// source finds the message that a copy or a forward starts from.
func (s *Server) source(c *call) (*message, *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := s.chats[c.integer("from_chat_id", 0)]
	if from == nil {
		return nil, badRequest("chat not found")
	}
	m := from.find(int(c.integer("message_id", 0)))
	if m == nil {
		return nil, badRequest("message to %s not found", strings.TrimSuffix(strings.ToLower(c.method), "message"))
	}
	return m, nil
}

// copyContent takes what a message says, without who said it, when and with which buttons.
func (m *message) copyContent(from *message) {
	m.Text, m.Entities, m.LinkPreview = from.Text, from.Entities, from.LinkPreview
	m.Caption, m.CaptionEnts = from.Caption, from.CaptionEnts
	m.Animation, m.Audio, m.Document, m.Photo = from.Animation, from.Audio, from.Document, from.Photo
	m.Sticker, m.Video, m.Voice = from.Sticker, from.Video, from.Voice
	m.Contact, m.Venue, m.Location = from.Contact, from.Venue, from.Location
}

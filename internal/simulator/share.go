package simulator

import (
	"fmt"
	"strings"
)

// ShareContact shares the person's own number, as the contact button does.
func (p *Person) ShareContact() int {
	return p.share(func(m *message) {
		full := p.profile
		m.Contact = &contact{PhoneNumber: full.Phone, FirstName: full.FirstName, LastName: full.LastName, UserID: full.ID}
	})
}

// ShareContactOf shares somebody else's number from the address book; userID 0 for one who isn't at Telegram.
func (p *Person) ShareContactOf(phone, name string, userID int64) int {
	return p.post(func(m *message) { m.Contact = &contact{PhoneNumber: phone, FirstName: name, UserID: userID} })
}

// ShareLocation shares a position in degrees, wherever it is.
func (p *Person) ShareLocation(lat, lon float64) int {
	return p.share(func(m *message) { m.Location = &location{Latitude: lat, Longitude: lon} })
}

// share posts what a button under the chat asks for, and hides a one-time keyboard by that.
func (p *Person) share(fill func(*message)) int {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	id := p.postLocked(fill)
	if id != 0 {
		p.keyboardUsed()
	}
	return id
}

// SendPhoto sends a picture. Bytes that aren't one are sent all the same, for tests.
func (p *Person) SendPhoto(data []byte, caption string) int {
	sizes := p.server.photoSizes(p.upload("photo", "", "image/jpeg", data))
	return p.post(func(m *message) { m.Photo = sizes; m.caption(caption) })
}

// SendVoice sends a voice message of so many seconds.
func (p *Person) SendVoice(data []byte, seconds int) int {
	f := p.server.mediaOf(p.upload("voice", "", "audio/ogg", data), "voice", seconds, 0, 0)
	return p.post(func(m *message) { m.Voice = f })
}

// SendDocument sends a file under its name.
func (p *Person) SendDocument(name string, data []byte, caption string) int {
	f := p.server.mediaOf(p.upload("document", name, "", data), "document", 0, 0, 0)
	return p.post(func(m *message) { m.Document = f; m.caption(caption) })
}

// SendVideo sends a video of so many seconds.
func (p *Person) SendVideo(data []byte, seconds int, caption string) int {
	f := p.server.mediaOf(p.upload("video", "", "video/mp4", data), "video", seconds, 0, 0)
	return p.post(func(m *message) { m.Video = f; m.caption(caption) })
}

// SendSticker sends a sticker.
func (p *Person) SendSticker() int {
	f := p.upload("sticker", "", "image/webp", []byte("RIFF\x00\x00\x00\x00WEBP"))
	return p.post(func(m *message) {
		m.Sticker = &sticker{FileID: f.FileID, FileUniqueID: f.unique, Type: "regular", Width: 512, Height: 512, Emoji: "👍", FileSize: f.Size}
	})
}

func (p *Person) upload(kind, name, mimeType string, data []byte) *File {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	return p.server.files.keep(kind, name, mimeType, data)
}

func (m *message) caption(text string) {
	text = strings.TrimSpace(text)
	m.Caption, m.CaptionEnts = text, sortEntities(detectEntities(text, nil))
}

// Forward sends a message of this chat to the bot once more, as a forwarded one. 0 where there is no such message.
func (p *Person) Forward(messageID int) int {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	from := p.chat.find(messageID)
	if from == nil {
		return 0
	}
	return p.postLocked(func(m *message) {
		m.copyContent(from)
		m.ForwardOrigin = &origin{Type: "user", Date: from.Date, SenderUser: from.From}
	})
}

// ForwardText forwards somebody's text, who hides their account: only the name comes along.
func (p *Person) ForwardText(name, text string) int {
	return p.post(func(m *message) {
		m.Text, m.Entities = text, sortEntities(detectEntities(text, nil))
		m.ForwardOrigin = &origin{Type: "hidden_user", Date: m.Date, SenderUserName: name}
	})
}

// ForwardContact forwards the contact of somebody else: its user_id isn't the sender's.
func (p *Person) ForwardContact(phone, name string, userID int64) int {
	return p.post(func(m *message) {
		m.Contact = &contact{PhoneNumber: phone, FirstName: name, UserID: userID}
		m.ForwardOrigin = &origin{Type: "hidden_user", Date: m.Date, SenderUserName: name}
	})
}

// GroupMessage writes into a group that the bot is in, made on first use. Group ids are negative.
func (s *Server) GroupMessage(groupID int64, from *Person, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[groupID]
	if c == nil {
		c = newChat(chatInfo{ID: groupID, Type: "supergroup", Title: fmt.Sprintf("Group %d", -groupID)}, nil)
		c.started = true
		s.chats[groupID] = c
	}
	m := &message{MessageID: s.nextMessage(), From: from.user(), Chat: c.info, Date: unix(s.now()), Text: text}
	m.Entities = sortEntities(detectEntities(text, nil))
	c.add(m)
	s.enqueue("message", groupID, m)
}

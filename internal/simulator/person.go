package simulator

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Profile is who a person is at Telegram.
type Profile struct {
	ID           int64 // 0 = the next free one
	FirstName    string
	LastName     string
	LanguageCode string // of their app: "fr", "ar" …
	Phone        string // "" makes one up
}

// Person is a Telegram user with a private chat with the bot, and can do there what a user can.
// Its methods are safe for concurrent use. Those that send give the id of the message, or 0 where the person has blocked the
// bot: an app offers no way to write then.
type Person struct {
	server  *Server
	profile Profile
	labels  map[string]string // what they are, by language; nil for those whom Options.Cast doesn't name
	chat    *chat
}

// Person creates a person, or finds the one who has that ID already.
func (s *Server) Person(p Profile) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.person(p)
}

func (s *Server) person(p Profile) *Person {
	if known := s.chats[p.ID]; p.ID != 0 && known != nil && known.person != nil {
		return known.person
	}
	for p.ID == 0 {
		if s.chats[s.nextID] == nil {
			p.ID = s.nextID
		}
		s.nextID++
	}
	if p.FirstName == "" {
		p.FirstName = "Person " + strconv.FormatInt(p.ID, 10)
	}
	if p.Phone == "" {
		p.Phone = fmt.Sprintf("+2126%08d", p.ID%100_000_000)
	}
	made := &Person{server: s, profile: p}
	made.chat = newChat(chatInfo{ID: p.ID, Type: "private", FirstName: p.FirstName, LastName: p.LastName}, made)
	s.chats[p.ID] = made.chat
	s.people = append(s.people, made)
	return made
}

// ID is the person's user id, and the id of their private chat.
func (p *Person) ID() int64 { return p.profile.ID }

// Profile is what Person was made with, gaps filled.
func (p *Person) Profile() Profile {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	return p.profile
}

func (p *Person) user() *user {
	return &user{ID: p.profile.ID, FirstName: p.profile.FirstName, LastName: p.profile.LastName, LanguageCode: p.profile.LanguageCode}
}

// post puts a message of the person's into the chat and in the bot's queue.
func (p *Person) post(fill func(*message)) int {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	return p.postLocked(fill)
}

func (p *Person) postLocked(fill func(*message)) int {
	s := p.server
	if p.chat.blocked || p.chat.gone {
		return 0
	}
	p.chat.started = true
	m := &message{MessageID: s.nextMessage(), From: p.user(), Chat: p.chat.info, Date: unix(s.now())}
	fill(m)
	p.chat.add(m)
	s.enqueue("message", p.chat.info.ID, m)
	return m.MessageID
}

// Send types a text. Apps cut what is longer than 4096 units into several messages, and so does this: the id is the last
// one's. An empty text isn't sent.
func (p *Person) Send(text string) int {
	id := 0
	for _, part := range splitText(strings.TrimSpace(text)) {
		id = p.post(func(m *message) { m.Text, m.Entities = part, sortEntities(detectEntities(part, nil)) })
	}
	return id
}

// Start presses the app's start button, or follows a deep link with a payload: "/start payload". Who had blocked the bot
// unblocks it by that.
func (p *Person) Start(payload string) int {
	p.Unblock()
	return p.Send(strings.TrimSpace("/start " + payload))
}

// Press presses the newest button with that label that the person sees: an inline one, else one under the chat. It doesn't
// press what would share a contact or a position, or what leads out of the chat: the error says what to call instead. A one-time
// keyboard can be pressed again, as with the app's toggle.
func (p *Person) Press(label string) error {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(p.chat.messages) - 1; i >= 0; i-- {
		m := p.chat.messages[i]
		if m.ReplyMarkup == nil {
			continue
		}
		for _, row := range m.ReplyMarkup.InlineKeyboard {
			for _, b := range row {
				if !sameLabel(b.Text, label) {
					continue
				}
				if b.CallbackData == "" {
					return fmt.Errorf("simulator: button %q leads out of the chat", label)
				}
				return p.pressLocked(m.MessageID, b.CallbackData)
			}
		}
	}
	if k := readKeyboard(p.chat.keyboard); k != nil {
		for _, row := range k.Keyboard {
			for _, b := range row {
				switch {
				case !sameLabel(b.Text, label):
					continue
				case b.RequestContact:
					return fmt.Errorf("simulator: button %q asks for the contact: use ShareContact", label)
				case b.RequestLocation:
					return fmt.Errorf("simulator: button %q asks for the position: use ShareLocation", label)
				case !b.plain():
					return fmt.Errorf("simulator: button %q leads out of the chat", label)
				}
				p.postLocked(func(m *message) { m.Text, m.Entities = b.Text, sortEntities(detectEntities(b.Text, nil)) })
				p.keyboardUsed()
				return nil
			}
		}
	}
	return fmt.Errorf("simulator: no button %q; there are %q", label, p.buttonsLocked())
}

// sameLabel leaves out the invisible isolates that set a name's direction, and takes a space for a space.
func sameLabel(button, label string) bool {
	clean := strings.NewReplacer("\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "", "\u200e", "", "\u200f", "", "\u00a0", " ", "\u202f", " ")
	return button == label || strings.TrimSpace(clean.Replace(button)) == strings.TrimSpace(clean.Replace(label))
}

// PressOn presses a button of a message with any data: one that is long gone, or that never was. A message that was deleted
// is told as Telegram tells it, as inaccessible.
func (p *Person) PressOn(messageID int, data string) error {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	return p.pressLocked(messageID, data)
}

func (p *Person) pressLocked(messageID int, data string) error {
	s := p.server
	if p.chat.blocked {
		return fmt.Errorf("simulator: person %d has blocked the bot", p.profile.ID)
	}
	var on any = inaccessible{Chat: p.chat.info, MessageID: messageID}
	if m := p.chat.find(messageID); m != nil {
		on = m
	}
	id := s.openCallback(p.chat)
	s.enqueue("callback_query", p.chat.info.ID, callbackQuery{
		ID: id, From: *p.user(), Message: on, ChatInstance: strconv.FormatInt(p.profile.ID*31+7, 10), Data: data,
	})
	return nil
}

// openCallback notes a press until its answer would be refused anyway.
func (s *Server) openCallback(c *chat) string {
	now := s.clock()
	for len(s.presses) > 0 {
		oldest := s.callback[s.presses[0]]
		if oldest != nil && now.Sub(oldest.born) <= callbackLife {
			break
		}
		delete(s.callback, s.presses[0])
		s.presses = s.presses[1:]
	}
	s.pressed++
	id := strconv.FormatInt(4_300_000_000_000_000+s.pressed, 10)
	s.callback[id] = &openCallback{chat: c, born: now}
	s.presses = append(s.presses, id)
	return id
}

// keyboardUsed hides a one-time keyboard. It is still there: apps have a toggle that shows it again, and the page hides its own.
func (p *Person) keyboardUsed() {
	if k := readKeyboard(p.chat.keyboard); k != nil && k.OneTimeKeyboard {
		p.chat.tucked = true
	}
}

// Edit changes a text that the person sent: the bot gets edited_message. A message that isn't theirs stays as it is.
func (p *Person) Edit(messageID int, text string) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	old := p.chat.find(messageID)
	if old == nil || old.From == nil || old.From.ID != p.profile.ID || p.chat.blocked {
		return
	}
	m := *old
	if m.Text != "" {
		m.Text, m.Entities = text, sortEntities(detectEntities(text, nil))
	} else {
		m.Caption, m.CaptionEnts = text, sortEntities(detectEntities(text, nil))
	}
	m.EditDate = unix(s.now())
	p.chat.replace(&m)
	s.enqueue("edited_message", p.chat.info.ID, &m)
}

// Block stops the bot: it gets my_chat_member, and 403 when it writes.
func (p *Person) Block() { p.setBlocked(true, "member", "kicked") }

// Unblock lets the bot write again.
func (p *Person) Unblock() { p.setBlocked(false, "kicked", "member") }

// Deactivate deletes the person's account: the bot gets 403 for good.
func (p *Person) Deactivate() {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	p.chat.gone = true
}

func (p *Person) setBlocked(blocked bool, was, is string) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.chat.blocked == blocked {
		return
	}
	p.chat.blocked = blocked
	member := func(status string) chatMember {
		m := chatMember{Status: status, User: s.bot}
		if status == "kicked" {
			forever := int64(0)
			m.UntilDate = &forever
		}
		return m
	}
	s.enqueue("my_chat_member", p.chat.info.ID, chatMemberUpdated{
		Chat: p.chat.info, From: *p.user(), Date: unix(s.now()), OldChatMember: member(was), NewChatMember: member(is),
	})
	p.chat.show("blocked", map[string]bool{"blocked": blocked})
}

// Chat is the chat as the person sees it now, edits applied, oldest first.
func (p *Person) Chat() []Message {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Message, len(p.chat.messages))
	for i, m := range p.chat.messages {
		out[i] = s.view(m)
	}
	return out
}

// Buttons are the labels that the person sees now: the inline ones of the bot's newest message, then those under the chat,
// unless they were for one use and had it.
func (p *Person) Buttons() []string {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	return p.buttonsLocked()
}

func (p *Person) buttonsLocked() []string {
	labels := []string{}
	for i := len(p.chat.messages) - 1; i >= 0; i-- {
		m := p.chat.messages[i]
		if m.From == nil || !m.From.IsBot {
			continue
		}
		if m.ReplyMarkup != nil {
			for _, row := range m.ReplyMarkup.InlineKeyboard {
				for _, b := range row {
					labels = append(labels, b.Text)
				}
			}
		}
		break
	}
	if k := readKeyboard(p.chat.keyboard); k != nil && !p.chat.tucked {
		for _, row := range k.Keyboard {
			for _, b := range row {
				labels = append(labels, b.Text)
			}
		}
	}
	return labels
}

// Keyboard is the ReplyKeyboardMarkup under the chat, also when it hides after its one use; nil when there is none.
func (p *Person) Keyboard() json.RawMessage {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	return p.chat.keyboard
}

// Next waits for the next thing that the bot does in this chat, and tells each once, in order.
func (p *Person) Next(ctx context.Context) (Event, error) {
	s := p.server
	for {
		s.mu.Lock()
		p.chat.asked = cmp.Or(p.chat.asked, time.Now())
		if len(p.chat.events) > 0 {
			p.chat.asked = time.Time{}
			h := p.chat.events[0]
			p.chat.events[0] = happening{}
			p.chat.events = p.chat.events[1:]
			e := Event{Kind: h.kind, Text: h.text, Alert: h.alert}
			if h.about != nil {
				e.Message = s.view(h.about)
			}
			s.mu.Unlock()
			return e, nil
		}
		wake := p.chat.wake
		s.mu.Unlock()
		select {
		case <-wake:
		case <-ctx.Done():
			s.mu.Lock()
			p.chat.asked = time.Time{}
			s.mu.Unlock()
			return Event{}, fmt.Errorf("simulator: wait for the bot in chat %d: %w", p.profile.ID, context.Cause(ctx))
		}
	}
}

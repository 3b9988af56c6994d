package simulator

import (
	"encoding/json"
	"sort"
	"time"
)

// chat is one private chat of a person with the bot, or a group. Server.mu guards it.
type chat struct {
	info     chatInfo
	person   *Person // nil in a group
	started  bool    // the person has written; before that the bot may not
	blocked  bool
	gone     bool       // the account is deleted
	sent     int        // messages that the bot got through, for Tally
	messages []*message // by id
	keyboard json.RawMessage
	tucked   bool          // the keyboard was for one use, which it had: it is hidden until the app's toggle brings it back
	events   []happening   // what the bot did and Person.Next hasn't told
	wake     chan struct{} // closed when events or the chat change
	asked    time.Time     // since when somebody waits in Next; zero: nobody does
	watchers map[chan phoneEvent]struct{}
}

func newChat(info chatInfo, p *Person) *chat {
	return &chat{info: info, person: p, wake: make(chan struct{}), watchers: map[chan phoneEvent]struct{}{}}
}

// happening is an Event not told yet.
type happening struct {
	kind  string
	about *message // nil for a callback answer
	text  string
	alert bool
}

// place is where the message with that id is, or would go.
func (c *chat) place(id int) int {
	return sort.Search(len(c.messages), func(i int) bool { return c.messages[i].MessageID >= id })
}

func (c *chat) find(id int) *message {
	if i := c.place(id); i < len(c.messages) && c.messages[i].MessageID == id {
		return c.messages[i]
	}
	return nil
}

// add puts a new message at the end, and its keyboard under the chat.
func (c *chat) add(m *message) {
	c.messages = append(c.messages, m)
	if m.From != nil && m.From.IsBot {
		c.tell(happening{kind: "message", about: m})
	}
	c.show("message", m)
	if m.hiddenKeyboard != nil {
		c.setKeyboard(*m.hiddenKeyboard)
	}
}

// replace puts an edited message where it was.
func (c *chat) replace(m *message) {
	i := c.place(m.MessageID)
	if i == len(c.messages) || c.messages[i].MessageID != m.MessageID {
		return
	}
	c.messages[i] = m
	if m.From != nil && m.From.IsBot {
		c.tell(happening{kind: "edit", about: m})
	}
	c.show("edit", m)
}

func (c *chat) remove(id int) {
	i := c.place(id)
	gone := c.messages[i]
	c.messages = append(c.messages[:i:i], c.messages[i+1:]...)
	c.tell(happening{kind: "delete", about: gone})
	c.show("delete", map[string]int{"message_id": id})
}

func (c *chat) setKeyboard(k json.RawMessage) {
	if string(k) == "null" {
		k = nil
	}
	c.keyboard, c.tucked = k, false
	c.show("keyboard", k)
}

// tell queues an event for Person.Next.
func (c *chat) tell(e happening) {
	if c.person == nil {
		return
	}
	c.events = append(c.events, e)
	close(c.wake)
	c.wake = make(chan struct{})
}

// phoneEvent is what an open page is told.
type phoneEvent struct {
	name string
	data any
}

// show tells every page that is open on the chat. One that can't keep up is cut off: it reconnects and gets the whole chat.
func (c *chat) show(name string, data any) {
	for w := range c.watchers {
		select {
		case w <- phoneEvent{name, data}:
		default:
			delete(c.watchers, w)
			close(w)
		}
	}
}

// sender finds the chat that a bot may write to, or says why it may not.
func (s *Server) sender(id int64, given bool) (*chat, *failure) {
	if !given {
		return nil, badRequest("chat_id is empty")
	}
	c := s.chats[id]
	switch {
	case c == nil:
		return nil, badRequest("chat not found")
	case c.gone:
		return nil, forbidden("user is deactivated")
	case c.blocked:
		return nil, forbidden("bot was blocked by the user")
	case !c.started:
		return nil, forbidden("bot can't initiate conversation with a user")
	}
	return c, nil
}

// nextMessage numbers a message.
func (s *Server) nextMessage() int {
	s.messages++
	return s.messages
}

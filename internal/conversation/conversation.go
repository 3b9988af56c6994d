// Package conversation takes updates through their turns: it loads the state of each chat, lets flow advance it, runs the actions
// that the flow names, and stores state, domain rows and deliveries in one transaction for a whole batch.
//
// It promises that every update takes effect exactly once and in its chat's order, that a turn that fails touches nobody else's,
// and that what a turn says is stored before the update counts as done. It speaks of messages, choices and attachments; how they
// travel (Telegram, later others) is the edge's business.
package conversation

import (
	"github.com/qafila/qafila/internal/flow"
)

// An Update is one thing that happened in one chat, as an edge understood it.
type Update struct {
	ID      int64 // unique for ever at its edge; an id that was handled before is dropped
	Chat    int64
	Message int64      // the id of the message that was sent or pressed on; 0 when there is none
	Hint    string     // the app's language code: a hint for the very first words, never a decision
	Name    string     // the person's first name, as the messenger tells
	Act     Act        // what it is
	Input   flow.Input // for Did
	Data    string     // for Pressed: the Button.Data
	Raw     []byte     // as it came, to keep when the turn fails

	masked bool // an identity number was masked
}

// Act says what an update is about.
type Act uint8

const (
	Did     Act = iota // the person said or sent something: Input
	Pressed            // the person pressed a button: Data
	Edited             // an old message was changed: nothing is taken from it
	Left               // the person blocked the bot
	Back               // the person unblocked the bot
	Foreign            // a group or channel: the bot talks with one person at a time
)

// A Message is what one delivery brings: words ready to read, in the messenger's small HTML (b, i, u, a, code).
type Message struct {
	Text    string      `json:"t,omitempty"`
	Rows    [][]Button  `json:"b,omitempty"`
	Request *Request    `json:"r,omitempty"`
	Attach  *Attachment `json:"a,omitempty"`
	Replace int64       `json:"e,omitempty"` // put it in the place of this message; when that can't be, send it anew
	Clear   bool        `json:"c,omitempty"` // take a Request's keyboard away
	Menu    string      `json:"m,omitempty"` // no words: show this language's command list in the chat from now on
	Role    string      `json:"s,omitempty"` // with Menu: and that of this role
}

// A Button is one choice below a message. Data comes back with a press: at most 64 bytes.
type Button struct {
	Text string `json:"t"`
	Data string `json:"d"`
}

// A Request is a keyboard in place of the person's own: its first button shares a contact or a position, the others are words.
type Request struct {
	Contact  bool       `json:"c,omitempty"`
	Location bool       `json:"l,omitempty"`
	Text     string     `json:"t"`
	Rows     [][]string `json:"b,omitempty"`
}

// An Attachment is a picture, a pin or a file that goes with a message.
type Attachment struct {
	Kind      string  `json:"k"` // photo, document, voice, video, venue
	Name      string  `json:"n,omitempty"`
	MIME      string  `json:"m,omitempty"`
	Data      []byte  `json:"d,omitempty"`
	File      string  `json:"f,omitempty"` // the messenger's own id of a file, instead of Data
	Copy      int64   `json:"c,omitempty"` // the house's own copy of File, should the messenger not know that any more; 0: there is none
	Recording string  `json:"r,omitempty"` // that of an answer's voice, instead of Copy; "": there is none
	Else      string  `json:"e,omitempty"` // what is said in its place when neither is to be had; "": nothing
	Later     string  `json:"l,omitempty"` // what is said when there is a copy that can't be read just now; "": Else
	Title     string  `json:"t,omitempty"` // venue
	Address   string  `json:"a,omitempty"` // venue
	Lat       float64 `json:"y,omitempty"` // venue, degrees
	Lon       float64 `json:"x,omitempty"`
}

// A Delivery is one message to one chat, stored before it is sent.
type Delivery struct {
	ID      int64
	Chat    int64
	Bulk    bool // said first by the bot: goes behind replies, at the bulk rate
	Message Message
}

// Nobody owns a bulk delivery until an instance takes it.
const Nobody int64 = 0

package simulator

import (
	"encoding/json"
	"fmt"
	"time"
)

// Event is one thing that the bot did in a chat.
type Event struct {
	Kind    string  // "message", "edit", "delete" or "answer"
	Message Message // as it is after the event; for "delete" as it was; empty for "answer"
	Text    string  // of an "answer": what the app shows for a moment, "" for nothing
	Alert   bool    // of an "answer": shown as a box that must be closed
}

// Message is a message as the person sees it. Fields that the message hasn't are zero.
type Message struct {
	ID        int
	FromBot   bool
	Date      time.Time
	Edited    bool
	Text      string
	Entities  []Entity // of Text, or of Caption
	Caption   string
	Inline    [][]Button
	Photo     *File // the largest size
	Voice     *File
	Video     *File
	Audio     *File
	Document  *File
	Sticker   *File
	Venue     *Venue
	Location  *Location
	Contact   *Contact
	Forwarded bool
	ReplyTo   int // message id; 0 = none

	RawJSON json.RawMessage // the Bot API's Message object
}

// Entity is a marked part of a text; Offset and Length count UTF-16 units.
type Entity struct {
	Type   string
	Offset int
	Length int
	URL    string
}

// Button is an inline button; Data is its callback_data, URL where it leads out.
type Button struct {
	Text string
	Data string
	URL  string
}

// Venue is a named place on the map.
type Venue struct {
	Title   string
	Address string
	Lat     float64
	Lon     float64
}

// Location is a position in degrees.
type Location struct {
	Lat float64
	Lon float64
}

// Contact is a number that somebody shared; UserID 0 for one who isn't at Telegram.
type Contact struct {
	Phone     string
	FirstName string
	LastName  string
	UserID    int64
}

// view is a message for the person's side. The caller holds s.mu.
func (s *Server) view(m *message) Message {
	v := Message{
		ID: m.MessageID, FromBot: m.From != nil && m.From.IsBot, Date: time.Unix(m.Date, 0), Edited: m.EditDate != 0,
		Text: m.Text, Caption: m.Caption, Forwarded: m.ForwardOrigin != nil,
		Voice: s.fileOf(m.Voice), Video: s.fileOf(m.Video), Audio: s.fileOf(m.Audio), Document: s.fileOf(m.Document),
	}
	for _, e := range append(m.Entities[:len(m.Entities):len(m.Entities)], m.CaptionEnts...) {
		v.Entities = append(v.Entities, Entity{Type: e.Type, Offset: e.Offset, Length: e.Length, URL: e.URL})
	}
	if m.ReplyMarkup != nil {
		for _, row := range m.ReplyMarkup.InlineKeyboard {
			buttons := make([]Button, len(row))
			for i, b := range row {
				buttons[i] = Button{Text: b.Text, Data: b.CallbackData, URL: b.URL}
			}
			v.Inline = append(v.Inline, buttons)
		}
	}
	if n := len(m.Photo); n > 0 {
		v.Photo = s.files.byID[m.Photo[n-1].FileID]
	}
	if m.Sticker != nil {
		v.Sticker = s.files.byID[m.Sticker.FileID]
	}
	if m.Venue != nil {
		at := m.Venue.Location
		v.Venue = &Venue{Title: m.Venue.Title, Address: m.Venue.Address, Lat: at.Latitude, Lon: at.Longitude}
	}
	if m.Location != nil {
		v.Location = &Location{Lat: m.Location.Latitude, Lon: m.Location.Longitude}
	}
	if c := m.Contact; c != nil {
		v.Contact = &Contact{Phone: c.PhoneNumber, FirstName: c.FirstName, LastName: c.LastName, UserID: c.UserID}
	}
	if m.ReplyToMessage != nil {
		v.ReplyTo = m.ReplyToMessage.MessageID
	}
	raw, err := marshal(m)
	if err != nil {
		panic(fmt.Sprintf("simulator: encode a message: %v", err)) // our own types: they encode
	}
	v.RawJSON = raw
	return v
}

func (s *Server) fileOf(m *media) *File {
	if m == nil {
		return nil
	}
	return s.files.byID[m.FileID]
}

// Package flow is the conversation engine: it reads flows (docs/flows.md), checks them, and takes a conversation one input further.
//
// It promises that a book that loaded has no step that strands a person, and that the same state, input and host give the same
// outcome. It is pure: it reads no clock, no network, no database, and knows nothing of Telegram. Words are ids here; the host
// turns them into a language, runs actions and keeps the state.
package flow

import "fmt"

// Kind says what a person did.
type Kind uint8

const (
	Text     Kind = iota // typed words, in Input.Text
	Press                // a button of a question: Input.Screen and Input.Key
	Door                 // a command or a door button ("/menu", "/next"), or a deep link ("start:stop_fes"), in Input.Text
	Contact              // Input.Phone; Input.Own tells whether it is the sender's own
	Location             // Input.Lat, Input.Lon, degrees
	Voice                // Input.File, Input.Seconds
	Photo                // Input.File, Input.Text is the caption
	Video                // the same, with Input.Seconds and Input.Size
	Document             // Input.File, Input.Size, Input.Text is the caption
	Other                // a sticker, a video, a poll, …: nothing that a flow can use
)

// An Input is one thing that a person did, cleaned and free of bidi controls by the host.
type Input struct {
	Kind    Kind
	Text    string
	Screen  int     // Press: the number of the question that the button belongs to
	Key     string  // Press: the choice
	Phone   string  // Contact: as the messenger gave it
	Own     bool    // Contact
	Lat     float64 // degrees
	Lon     float64
	File    string // Voice, Photo, Video, Document: the messenger's file id
	Size    int    // Video, Document: in megabytes, rounded up
	Seconds int
	Role    string // what the person is to the house (Options.Roles); "" is a person like any other
	Long    bool   // a long time has passed since the last turn (the host decides how long)
}

// A Value is a variable's value: string, int, bool or []string. nil is the type's zero value.
type Value = any

// A Message is one thing to show, in ids; the host words it in the person's language.
type Message struct {
	Text    string           // text id; empty when only something is attached
	Params  map[string]Value // what the text needs; text values are as the person or a room gave them, not escaped
	Count   int              // the number for a plural text; meaningful when Plural
	Plural  bool
	Lead    []Line     // to put before the text: what was wrong, a recap, a notice. In the same message, or before it: the host decides by what can be read at once
	Choices [][]Choice // rows of buttons
	Request Request    // asks the messenger for a contact or a location; its button is Choices-independent, below the text field
	Attach  []Attachment
	Screen  int  // the question's number, for buttons; 0 when it is no question
	Keep    bool // must stay when a button below it is pressed
}

// A Line is a text id with its parameters, put before a message's own text.
type Line struct {
	Text   string
	Params map[string]Value
	Head   bool // belongs to what comes below, and stays in its message
}

// A Choice is one button.
type Choice struct {
	Key   string // what a press brings back as Input.Key
	Text  string // text id, or
	Label string // words as they are, in the person's language (from a List)
	Door  string // not empty: the button brings Input{Kind: Door, Text: Door} for ever, whatever is open
	On    bool   // picked, in a question with many answers
}

// A Request asks the messenger for something that only it can give.
type Request struct {
	Kind Kind   // Contact or Location; Text (zero) means none
	Text string // text id of its button
}

// An Attachment is made by the host: Kind names the room's maker, From is the variable's value.
type Attachment struct {
	Kind string
	From Value
}

// An Outcome is what an action came to.
type Outcome struct {
	Name     string           // one of the names that its signature promises
	Set      map[string]Value // values for the variables that it promises
	Language string           // not empty: the person's language from now on
	Role     *string          // not nil: what the person is from now on; the host keeps it
	Forget   bool             // the person's data are erased: the state starts afresh after this turn
}

// An Item is one entry of a provided list.
type Item struct {
	Key   string // at most 40 bytes of A-Za-z0-9_.:-
	Label string // in the person's language
}

// A Query asks for part of a list.
type Query struct {
	Search string // not empty: what the person typed; best matches first
	Offset int
	Limit  int
}

// A Page answers a Query. Sure tells that the first item is what the search meant.
type Page struct {
	Items []Item
	Total int
	Sure  bool
}

// A Host runs what flows ask for, within one turn. Errors end the turn: Advance returns them as they are.
type Host interface {
	Do(action string, args map[string]Value) (Outcome, error)
	List(name string, args map[string]Value, q Query) (Page, error)
	// Item tells an item's label by its key; ok is false when the list no longer has it.
	Item(name string, args map[string]Value, key string) (Item, bool, error)
	// Aside tells what typed words ask, if they are a question of their own; ok is false when they aren't. fits tells that the open
	// question could take them as its answer: then only what is surely a question is one.
	Aside(words string, fits bool) (a Aside, ok bool, err error)
	// Told answers what one of an Aside's choices stands for; ok is false when there is no such thing.
	Told(key string) (a Aside, ok bool, err error)
}

// An Aside answers what somebody asked in the middle of a question: lines to put before the question, which then comes again, and
// choices for what they may have meant, whose keys Told takes.
type Aside struct {
	Lines   []Line
	Choices []Choice // Key and Label
}

// An Understanding turns typed words into values. It is given at load, so that the engine needs no library for it.
type Understanding struct {
	Fold   func(string) string         // for comparing labels and keywords
	Number func(string) (int, bool)    // digits of any script, number words
	Phone  func(string) (string, bool) // E.164
}

// Texts is what the engine and its check need to know about the words.
type Texts interface {
	Languages() []string                // offered, source language first
	Text(lang, id string) string        // the text without parameters filled in
	Has(lang, id string) bool           // in this very language, no fallback
	Params(lang, id string) []string    // names, sorted
	Forms(lang, id string) []string     // plural forms present; nil when the text has none
	RequiredForms(lang string) []string // plural forms that the language needs
	At(lang, id string) (file string, line int)
}

// A Signature is what a room promises of an action, a list or an attachment.
type Signature struct {
	Name     string
	About    string            // one line, for `qafila flows actions`
	Args     map[string]string // argument -> type (text, number, bool, list)
	Outcomes []string          // actions: what it can come to
	Sets     map[string]string // actions: variable -> type, whatever the outcome
	For      []string          // the roles that it is for; none: everybody. A flow that uses it must be for no others
	Longest  map[string]int    // longest value of a text it sets, in characters, when known (default 64)
}

// Signatures is everything that the rooms offer to flows.
type Signatures struct {
	Actions     []Signature
	Lists       []Signature
	Attachments []Signature
}

// A Problem is something wrong in a flow or a text.
type Problem struct {
	File    string
	Line    int
	What    string
	Hint    string
	Warning bool // worth mending, but nobody is stranded by it
}

// String is the problem as a compiler would print it.
func (p Problem) String() string {
	s := fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.What)
	if p.Warning {
		s = fmt.Sprintf("%s:%d: warning: %s", p.File, p.Line, p.What)
	}
	if p.Hint != "" {
		s += " (" + p.Hint + ")"
	}
	return s
}

// A Turn is what one input came to.
type Turn struct {
	Messages []Message
	Echo     bool   // the same button again: it counted the first time, there is nothing to say
	Forget   bool   // the person's data were erased in this turn; the state that is left says nothing about them
	Language string // the language that the messages are for; it stays right when the state was forgotten
	Flow     string // where the conversation stands now, for metrics
	Step     string
}

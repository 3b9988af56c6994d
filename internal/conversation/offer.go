package conversation

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
)

// An Offer is what the rooms give to flows: actions to run, lists to choose from, things to attach.
type Offer struct {
	Actions     map[string]Action
	Lists       map[string]List
	Attachments map[string]Maker
}

// With is the offer and what another room gives beside it.
func (o Offer) With(more Offer) Offer {
	maps.Copy(o.Actions, more.Actions)
	maps.Copy(o.Lists, more.Lists)
	maps.Copy(o.Attachments, more.Attachments)
	return o
}

// An Action is a named thing that a flow can do. One that is for some roles is noted in the audit log each time, with the arguments that
// Ledger names: references and ids, never a person's name or words.
type Action struct {
	flow.Signature
	Ledger []string
	Do     func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error)
}

// A List is a named list that a question can offer.
type List struct {
	flow.Signature
	Page func(ctx context.Context, t *Turn, args Args, q flow.Query) (flow.Page, error)
	Item func(ctx context.Context, t *Turn, args Args, key string) (flow.Item, bool, error)
}

// A Maker makes what a message carries from a variable's value. One that is for some roles is noted in the audit log each time, with that
// value: it must be an id or a reference.
type Maker struct {
	flow.Signature
	Make func(ctx context.Context, t *Turn, from flow.Value) (Attachment, error)
}

// Signatures is the offer as the flows' check reads it.
func (o Offer) Signatures() flow.Signatures {
	var s flow.Signatures
	for _, a := range o.Actions {
		s.Actions = append(s.Actions, a.Signature)
	}
	for _, l := range o.Lists {
		s.Lists = append(s.Lists, l.Signature)
	}
	for _, m := range o.Attachments {
		s.Attachments = append(s.Attachments, m.Signature)
	}
	return s
}

// Args are an action's arguments by name; one that is absent is its type's zero value.
type Args map[string]flow.Value

// Text gives a text argument.
func (a Args) Text(name string) string { s, _ := a[name].(string); return s }

// Number gives a whole number.
func (a Args) Number(name string) int { n, _ := a[name].(int); return n }

// Flag gives a yes or no.
func (a Args) Flag(name string) bool { b, _ := a[name].(bool); return b }

// Texts gives a list.
func (a Args) Texts(name string) []string { l, _ := a[name].([]string); return l }

// ledger writes the named arguments for the audit log.
func (a Args) ledger(names []string) string {
	var said []string
	for _, n := range names {
		said = append(said, fmt.Sprint(n, "=", a[n]))
	}
	return strings.Join(said, " ")
}

// A Turn is what an action may use: the batch's transaction, who is talking, and when.
type Turn struct {
	Tx       pgx.Tx
	Chat     int64
	Name     string // first name, as the messenger tells
	Language locale.Language
	Now      time.Time
	Message  int64          // the message that was sent or pressed on
	Replaced bool           // it is one that was pressed on, and what is said next takes its place
	Member   *people.Member // who of the staff is talking; nil for nearly everybody

	texts *locale.Texts
	first []Message // shown before what the flow says
	notes []note
	menus []Delivery // command lists that change with a role
}

// Role is what the person is to the house; "" for nearly everybody.
func (t *Turn) Role() string {
	if t.Member == nil {
		return ""
	}
	return string(t.Member.Role)
}

// Say gives the words of a text in the person's language, parameters as they are.
func (t *Turn) Say(id string, params map[string]any) string {
	return t.texts.Text(t.Language, id, params)
}

// Show puts a ready message before what the flow says next.
func (t *Turn) Show(m Message) { t.first = append(t.first, m) }

// A Note is a message that a turn sends to another chat, or the bot to anybody: a text and doors below it.
type Note struct {
	Text   string
	Params map[string]any
	Doors  []flow.Choice // Text or Label, and Door
	Beside int           // so many of the doors, from the first, stand side by side; the others have a row each

	InPlace bool // what a door says takes this message's place; else it comes below
}

type note struct {
	chat     int64
	language locale.Language
	note     Note
}

// ShowCommands gives another chat the command list of a role when the turn takes effect.
func (t *Turn) ShowCommands(chat int64, language locale.Language, role people.Role) {
	t.menus = append(t.menus, Delivery{Chat: chat, Message: Message{Menu: string(language), Role: string(role)}})
}

// Notify sends a note to another chat when the turn takes effect, behind replies.
func (t *Turn) Notify(chat int64, language locale.Language, n Note) {
	t.notes = append(t.notes, note{chat, language, n})
}

// Package answers owns the knowledge: the curated, dated, sourced entries of what the bot may say, the topics they stand under, the exact
// words by which a person finds one, and the index that understands questions in any words and script.
//
// It promises that what is loaded is whole: every entry speaks every offered language, a fact has its source and the day it was checked,
// what isn't confirmed names who knows, and no words mean two entries. Find doesn't guess: words that it doesn't know find nothing; Ask does,
// and says how sure it is. What staff correct, record and teach is kept in tables and laid over what ships (Current); so is what was asked,
// about nobody. All is safe for concurrent use.
package answers

import (
	"slices"
	"sync"
	"time"

	"github.com/qafila/qafila/internal/locale"
)

// A Class says how an entry may be told.
type Class string

const (
	// Fact is a short answer with its source and the day it was checked.
	Fact Class = "fact"
	// Unconfirmed is a question that people ask and that no source answers: the entry says so, and who knows. It may tell a part that a
	// source does confirm, and then carries that source.
	Unconfirmed Class = "unconfirmed"
	// Live is answered from the stops and the registrations, behind the door that it opens: never with a date of its own.
	Live Class = "live"
	// Action is answered by doing it: it opens a door.
	Action Class = "action"
	// Refuse is not the bot's business, and is said kindly.
	Refuse Class = "refuse"
)

// OutOfScope is the entry that is answered to whatever isn't the bot's business.
const OutOfScope = "oos"

// A Script is how people write: French, Arabic letters (plain Arabic and Darija alike), Darija in Latin letters.
type Script string

const (
	French Script = "fr"
	Arabic Script = "ar"
	Latin  Script = "latin"
)

// Scripts are all of them, in the order in which they are reported.
func Scripts() []Script { return []Script{French, Arabic, Latin} }

// An Entry is one answer. What it holds is shared: read it, don't change it.
type Entry struct {
	ID      string // "card.price"; never changes, buttons and programmes of stops refer to it
	Topic   string // the topic's ID
	Class   Class
	Source  string    // address of the page that says it, or, from staff, who said it; "" only when nothing in the entry is stated as fact
	Checked time.Time // the day (UTC midnight) on which the source was read; zero without a source
	Opens   string    // the door behind a live answer or an action, such as /register; "" for the other classes
	File    string    // where the entry is written, for messages to organisers
	Line    int

	title, body, who words
	ways             map[Script][]string
	voices           map[locale.Language]Recording // shared as the rest
}

// Ways are the ways in which people ask, in that script, as written.
func (e Entry) Ways(s Script) []string { return slices.Clone(e.ways[s]) }

// Asked is every way in which people ask, whatever the script.
func (e Entry) Asked() []string {
	return slices.Concat(e.ways[French], e.ways[Arabic], e.ways[Latin])
}

// Title names the entry on a button: one line, at most 40 characters, clear without its topic beside it.
func (e Entry) Title(l locale.Language) string { return e.title.in(l) }

// Body is the answer: plain text, at most three short lines.
func (e Entry) Body(l locale.Language) string { return e.body.in(l) }

// Who names the people who know, as a noun phrase to stand after "Ask:", or "" when the entry names nobody.
func (e Entry) Who(l locale.Language) string { return e.who.in(l) }

// Voice is a recording of the answer; without a file when there is none in that very language.
func (e Entry) Voice(l locale.Language) Recording { return e.voices[l] }

// A Topic is one branch of the guided tree.
type Topic struct {
	ID     string
	Hidden bool // found by asking only: greetings and refusals are no branch to choose
	name   words
}

// Name names the topic on a button: one line, at most 40 characters.
func (t Topic) Name(l locale.Language) string { return t.name.in(l) }

// words is one text in several languages.
type words map[locale.Language]string

// in is the text in the language; in another one before nothing, French first.
func (w words) in(l locale.Language) string {
	if s, ok := w[l]; ok {
		return s
	}
	for _, other := range locale.Languages() {
		if s, ok := w[other]; ok {
			return s
		}
	}
	return ""
}

// Answers is the whole knowledge, as loaded.
type Answers struct {
	topics  []Topic            // in the order in which they are offered
	byTopic map[string][]Entry // by topic, in the order of the file
	byID    map[string]Entry
	exact   map[string]string // folded words → entry ID
	bare    map[string]string // the same without articles and courtesies → entry ID

	once   sync.Once // what follows is built when it is first needed, and shared by all who hold this knowledge
	taught *Index
}

// Topics returns the topics of the guided tree in the order in which they are offered, without those that are hidden.
func (a *Answers) Topics() []Topic {
	return slices.DeleteFunc(slices.Clone(a.topics), func(t Topic) bool { return t.Hidden })
}

// Entries returns every entry, also of topics that are hidden, topic by topic.
func (a *Answers) Entries() []Entry {
	var all []Entry
	for _, t := range a.topics {
		all = append(all, a.byTopic[t.ID]...)
	}
	return all
}

// InTopic returns the topic's entries in the order in which they are offered; none for a topic that doesn't exist.
func (a *Answers) InTopic(topic string) []Entry { return slices.Clone(a.byTopic[topic]) }

// Topic returns the topic of that ID.
func (a *Answers) Topic(id string) (Topic, bool) {
	i := slices.IndexFunc(a.topics, func(t Topic) bool { return t.ID == id })
	if i < 0 {
		return Topic{}, false
	}
	return a.topics[i], true
}

// index is the one of this knowledge, with its lexicon.
func (a *Answers) index(lx *Lexicon) *Index {
	a.once.Do(func() { a.taught = NewIndex(a, lx) })
	return a.taught
}

// Get returns the entry of that ID.
func (a *Answers) Get(id string) (Entry, bool) {
	e, ok := a.byID[id]
	return e, ok
}

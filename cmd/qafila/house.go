package main

import (
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"

	"github.com/qafila/qafila/flows"
	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/outreach"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/telegram"
	"github.com/qafila/qafila/knowledge"
	"github.com/qafila/qafila/locales"
)

// A house is everything that is read once and never changes: words, flows, answers, and what the rooms offer.
type house struct {
	texts    *locale.Texts
	book     *flow.Book
	rooms    *conversation.House
	offer    conversation.Offer
	outreach *outreach.Outreach // without a database yet
	menu     telegram.Menu
	username atomic.Pointer[string]
}

// commands is the command list that people see, in order.
var commands = []string{"menu", "next", "register", "ask", "recommend", "tickets", "mydata", "language", "help", "cancel"}

// staffCommands are what a role finds before them.
var staffCommands = map[string][]string{
	string(people.Admin):     {"staff"},
	string(people.Organiser): {"staff"},
	string(people.Agent):     {"staff"},
}

// spoken are the texts that Go code says, not a flow; the flows' check knows them by this list.
var spoken = []string{
	"turn.failed", "edit.ignored", "group.only_private", "identity.masked", "keyboard.done", "sample.note", "stops.places", "count.*",
	"bot.*", "command.*", "theme.*", "registration.state_*", "recommendation.state_*", "notice.*", "door.*", "summary.*", "calendar.*", "role.*",
	"broadcast.*", "segment.*", "chamber.*", "inbox.state_*", "inbox.note_*", "inbox.reason_*", "inbox.everything", "inbox.anonymous", "inbox.yours", "inbox.theirs",
	"thread.state_*", "thread.note_*", "thread.voice", "thread.photo", "recommendations.note_*", "cares.everything",
}

// furnish reads and checks it all; what is wrong comes back with file, line and hint.
func furnish(s settings) (*house, error) {
	h, problems, err := furnishFrom(s, flows.Files)
	if err != nil {
		return nil, err
	}
	var wrong []error
	for _, p := range problems {
		if !p.Warning {
			wrong = append(wrong, errors.New(p.String()))
		}
	}
	return h, errors.Join(wrong...)
}

func furnishFrom(s settings, flowFiles fs.FS) (*house, []flow.Problem, error) {
	languages, err := s.languages()
	if err != nil {
		return nil, nil, err
	}
	h := &house{}
	if h.texts, err = locale.Load(locales.Files, languages); err != nil {
		return nil, nil, fmt.Errorf("read the texts: %w", err)
	}
	known, wrong := answers.Load(knowledge.Files, languages)
	var problems []flow.Problem
	for _, p := range wrong {
		problems = append(problems, flow.Problem{File: "knowledge/" + p.File, Line: p.Line, What: p.What, Hint: p.Hint})
	}
	if known == nil {
		return h, problems, nil
	}
	h.rooms = &conversation.House{
		Texts: h.texts, Directory: directory.Default(), Answers: known, Languages: languages,
		Username: func() string {
			if name := h.username.Load(); name != nil {
				return *name
			}
			return ""
		},
		Controller: s.Controller, Declaration: s.Declaration,
	}
	h.outreach = &outreach.Outreach{Directory: h.rooms.Directory, Languages: languages, Texts: h.texts, Describe: h.rooms.StopWords, BulkRate: s.BulkRate}
	h.offer = conversation.Offered(h.rooms).With(h.outreach.Offer())
	book, found := flow.Load(flowFiles, conversation.Words(h.texts), h.offer.Signatures(), conversation.Understanding(),
		flow.Options{Menu: "menu", Language: "language", Roles: roles(), Used: spoken})
	h.book = book
	h.menu = telegram.Menu{Texts: h.texts, Commands: commands, Staff: staffCommands}
	return h, append(problems, found...), nil
}

func roles() []string {
	var names []string
	for _, r := range people.Roles() {
		names = append(names, string(r))
	}
	return names
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync/atomic"
	"time"

	"github.com/qafila/qafila/flows"
	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/outreach"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/internal/report"
	"github.com/qafila/qafila/internal/telegram"
	"github.com/qafila/qafila/reminders"
)

// A house is everything that is read once and never changes: words, flows, answers, and what the rooms offer.
type house struct {
	texts    *locale.Texts
	book     *flow.Book
	rooms    *conversation.House
	offer    conversation.Offer
	outreach *outreach.Outreach // without a database yet
	likeness feedback.Likeness
	menu     telegram.Menu
	username atomic.Pointer[string]
	tickets  atomic.Pointer[string] // the key that they are sealed with
}

// commands is the command list that people see, in order.
var commands = []string{"menu", "next", "register", "ask", "recommend", "tickets", "mydata", "language", "help", "cancel"}

// staffCommands are what a role finds before them.
var staffCommands = map[string][]string{
	string(people.Admin):     {"staff", "stops", "door"},
	string(people.Organiser): {"staff", "stops", "door"},
	string(people.Agent):     {"staff"},
}

// spoken are the texts that Go code says, not a flow; the flows' check knows them by this list.
var spoken = []string{
	"turn.failed", "edit.ignored", "group.only_private", "identity.masked", "keyboard.done", "sample.note", "stops.places", "count.*",
	"bot.*", "command.*", "theme.*", "registration.state_*", "recommendation.state_*", "notice.*", "door.*", "summary.*", "calendar.*", "role.*",
	"broadcast.*", "segment.*", "aside.*", "checkin.said_*", "plan.*", "poster.*", "report.*", "reminder.*", "answer.class_*", "answer.voice_gone", "ready.line_*",
	"chamber.*", "inbox.state_*", "inbox.note_*", "inbox.reason_*", "inbox.everything", "inbox.anonymous", "inbox.yours", "inbox.theirs", "inbox.to_*",
	"reports.progress", "reports.ready", "reports.failed", "reports.nothing", "reports.too_large", "reports.country",
	"reports.pdf_fr", "reports.pdf_ar", "reports.xlsx", "reports.csv",
	"thread.state_*", "thread.note_*", "thread.voice", "thread.photo", "thread.file_*", "recommendations.note_*", "cares.everything",
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
	if h.texts, err = textsIn(languages); err != nil {
		return nil, nil, fmt.Errorf("read the texts: %w", err)
	}
	known, lexicon, alike, problems := shippedAnswers(languages)
	if known == nil || lexicon == nil || alike == nil {
		return h, problems, nil
	}
	h.likeness = feedback.Likeness{Edition: alike.Edition(), Terms: alike.Terms}
	h.rooms = &conversation.House{
		Texts: h.texts, Directory: directory.Default(), Answers: answers.NewCurrent(known, lexicon), Languages: languages,
		Username: told(&h.username), TicketKey: told(&h.tickets),
		Controller: s.Controller, Declaration: s.Declaration,
	}
	h.outreach = &outreach.Outreach{Directory: h.rooms.Directory, Languages: languages, Texts: h.texts, Describe: h.rooms.StopWords,
		Region: h.rooms.RegionOf, BulkRate: s.BulkRate}
	branches := h.lists().Branches
	h.outreach.Compiler = report.Compiler{Least: s.Least, Branch: func(trade string) string { return branches[trade] }, Alike: h.rooms.Answers.Alike, Strongest: strongest}
	h.outreach.ReportWords = conversation.ReportWords{House: h.rooms}
	h.offer = conversation.Offered(h.rooms).With(h.outreach.Offer())
	book, found := bound(flowFiles, languages, func() (*flow.Book, []flow.Problem) {
		return flow.Load(flowFiles, conversation.Words(h.texts), h.offer.Signatures(), conversation.Understanding(),
			flow.Options{Menu: "menu", Language: "language", Roles: roles(), Used: spoken})
	})
	h.book = book
	if h.outreach.Quiet, err = s.quiet(); err != nil {
		return nil, nil, err
	}
	rules, wrongRules := outreach.LoadRules(reminders.Files, outreach.Known{Texts: h.texts, Quiet: h.outreach.Quiet,
		Resumable: func(name string) bool { return book == nil || book.Resumable(name) }})
	h.outreach.Rules = rules
	calendar, wrongReports := outreach.LoadReports(reminders.Files)
	h.outreach.Calendar = calendar
	found = slices.Concat(found, wrongRules, wrongReports)
	h.menu = telegram.Menu{Texts: h.texts, Commands: commands, Staff: staffCommands}
	return h, append(problems, found...), nil
}

// strongest gives reports the groups that feedback makes. What was said after a stop counts whenever it was said.
func strongest(ctx context.Context, q postgres.Querier, s report.Scope, _, most int) ([]report.Gathered, error) {
	over := feedback.Span{Chamber: s.Region, From: s.From, To: s.To}
	if s.Stop != "" {
		over = feedback.Span{Chamber: s.Region, Stop: s.Stop, To: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}
	}
	groups, err := feedback.Strongest(ctx, q, over, most, quotable)
	if err != nil {
		return nil, err
	}
	list := make([]report.Gathered, len(groups))
	for i, g := range groups {
		list[i] = report.Gathered{Theme: g.Theme, Authors: g.Size}
		for _, m := range g.Members {
			list[i].Said = append(list[i].Said, report.Said(m))
		}
	}
	return list, nil
}

// quotable is how many of a group a report chooses its quotes from.
const quotable = 12

// told reads what the house is told once it runs; "" before.
func told(word *atomic.Pointer[string]) func() string {
	return func() string {
		if s := word.Load(); s != nil {
			return *s
		}
		return ""
	}
}

func roles() []string {
	var names []string
	for _, r := range people.Roles() {
		names = append(names, string(r))
	}
	return names
}

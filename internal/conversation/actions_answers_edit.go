package conversation

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// lineBreak is what staff type for a new line: what is typed in a chat comes as one.
const lineBreak = "//"

// editing makes an action by which staff change an answer: change does it, for an entry that there is, and names the outcome.
func (h *House) editing(s flow.Signature, change func(context.Context, *Turn, answers.Entry, Args) (flow.Outcome, error)) Action {
	s.Args = with(all(text, "id"), s.Args)
	s.For, s.Outcomes = organisers, append(s.Outcomes, "gone")
	ledger := []string{"id"}
	if s.Args["language"] != "" {
		ledger = append(ledger, "language")
	}
	return Action{Signature: s, Ledger: ledger, Do: func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
		fresh, err := h.Answers.Fresh(ctx, t.Tx)
		if err != nil {
			return flow.Outcome{}, err
		}
		e, ok := fresh.Get(args.Text("id"))
		if !ok {
			return outcome("gone", nil)
		}
		return change(ctx, t, e, args)
	}}
}

func (h *House) answerEditActions() []Action {
	return []Action{
		h.editing(flow.Signature{Name: "answers.entry", About: "one answer as staff see it, in one language", Args: all(text, "language"), Outcomes: []string{"found"},
			Sets:    with(all(text, "id", "language", "language_name", "class", "title", "body", "source", "site", "checked"), all(flag, "old", "recorded", "changed", "provable"), all(number, "days", "ways")),
			Longest: map[string]int{"title": answers.LongestTitle, "body": 900, "source": 500, "site": 60, "class": 40}}, h.answersEntry),
		h.editing(flow.Signature{Name: "answers.set_title", About: "gives an answer another title in one language", Args: all(text, "language", "words"), Outcomes: []string{"ok", "empty", "long"}},
			func(ctx context.Context, t *Turn, e answers.Entry, args Args) (flow.Outcome, error) {
				words := args.Text("words")
				return h.fitting(answers.FitTitle(words), func() error {
					return answers.SetText(ctx, t.Tx, e.ID, h.languageOf(t, args), answers.Text{Title: words}, t.Member.ID, t.Now)
				})
			}),
		h.editing(flow.Signature{Name: "answers.set_body", About: "gives an answer other words in one language; // is a new line", Args: all(text, "language", "words"), Outcomes: []string{"ok", "empty", "long", "tall"}},
			func(ctx context.Context, t *Turn, e answers.Entry, args Args) (flow.Outcome, error) {
				words := broken(args.Text("words"))
				return h.fitting(answers.FitBody(words), func() error {
					return answers.SetText(ctx, t.Tx, e.ID, h.languageOf(t, args), answers.Text{Body: words}, t.Member.ID, t.Now)
				})
			}),
		h.editing(flow.Signature{Name: "answers.set_source", About: "says who says so, as looked at today", Args: all(text, "source"), Outcomes: []string{"ok", "empty", "long", "wrong"}},
			func(ctx context.Context, t *Turn, e answers.Entry, args Args) (flow.Outcome, error) {
				source := args.Text("source")
				return h.fitting(answers.FitSource(source), func() error { return h.prove(ctx, t, e, source, false) })
			}),
		h.editing(flow.Signature{Name: "answers.renew", About: "the source says so today still", Outcomes: []string{"ok", "none"}},
			func(ctx context.Context, t *Turn, e answers.Entry, _ Args) (flow.Outcome, error) {
				if e.Source == "" {
					return outcome("none", nil)
				}
				return done(h.prove(ctx, t, e, e.Source, false))
			}),
		h.editing(flow.Signature{Name: "answers.confirm", About: "what was not confirmed is a fact now: it has a source, and words of staff's in every language", Outcomes: []string{"ok", "missing"},
			Sets: all(text, "languages"), Longest: map[string]int{"languages": 60}}, h.answersConfirm),
		h.editing(flow.Signature{Name: "answers.record", About: "gives an answer a voice in one language; no file takes it away", Args: with(all(text, "language", "file"), all(number, "seconds")), Outcomes: []string{"ok", "long"}},
			func(ctx context.Context, t *Turn, e answers.Entry, args Args) (flow.Outcome, error) {
				if args.Number("seconds") > longestVoice {
					return outcome("long", nil)
				}
				return done(answers.SetVoice(ctx, t.Tx, e.ID, h.languageOf(t, args), args.Text("file"), t.Member.ID, t.Now))
			}),
		h.editing(flow.Signature{Name: "answers.teach", About: "adds a way to ask for an answer", Args: all(text, "words"), Outcomes: []string{"ok", "empty", "long", "taken"}, Sets: all(text, "other"),
			Longest: map[string]int{"other": answers.LongestTitle}}, h.answersTeach),
		h.editing(flow.Signature{Name: "answers.restore", About: "makes an answer what ships: words and source", Outcomes: []string{"ok"}},
			func(ctx context.Context, t *Turn, e answers.Entry, _ Args) (flow.Outcome, error) {
				return done(answers.Restore(ctx, t.Tx, e.ID))
			}),
	}
}

// longestVoice is how long a recorded answer may be, in seconds: nobody listens on.
const longestVoice = 120

// fitting keeps what fits, and names what doesn't.
func (h *House) fitting(f answers.Fit, keep func() error) (flow.Outcome, error) {
	if f != answers.Fits {
		return outcome(string(f), nil)
	}
	return done(keep())
}

func done(err error) (flow.Outcome, error) {
	if err != nil {
		return flow.Outcome{}, err
	}
	return outcome("ok", nil)
}

// broken makes lines of what was typed as one.
func broken(words string) string {
	lines := strings.Split(strings.ReplaceAll(words, "://", "\x00"), lineBreak)
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), "\x00", "://")
}

// languageOf is the language that staff work in; their own when none of ours is named.
func (h *House) languageOf(t *Turn, args Args) locale.Language {
	if l := locale.Language(args.Text("language")); slices.Contains(h.Languages, l) {
		return l
	}
	return t.Language
}

// today is the day of a source that is looked at now.
func today(now time.Time) time.Time {
	y, m, d := now.In(locale.Zone()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// prove gives an answer its source as of today. What staff confirmed stays so.
func (h *House) prove(ctx context.Context, t *Turn, e answers.Entry, source string, confirmed bool) error {
	shipped, _ := h.Answers.Shipped(e.ID)
	confirmed = confirmed || e.Class != shipped.Class
	return answers.SetSource(ctx, t.Tx, e.ID, answers.Source{Source: source, Checked: today(t.Now), Confirmed: confirmed}, t.Member.ID, t.Now)
}

func (h *House) answersEntry(_ context.Context, t *Turn, e answers.Entry, args Args) (flow.Outcome, error) {
	lang := h.languageOf(t, args)
	shipped, _ := h.Answers.Shipped(e.ID)
	set := map[string]flow.Value{"id": e.ID, "language": string(lang), "language_name": lang.Name(), "class": t.Say("answer.class_"+string(e.Class), nil),
		"title": e.Title(lang), "body": e.Body(lang), "checked": "", "days": 0, "old": e.Aged(t.Now), "recorded": e.Voice(lang).File != "", "ways": len(e.Asked()),
		"changed": h.rewritten(e, shipped), "provable": e.Class == answers.Unconfirmed && e.Source != ""}
	set["source"], set["site"] = linked(e.Source)
	if !e.Checked.IsZero() {
		set["checked"], set["days"] = plainDate(t.Language, e.Checked), int(t.Now.Sub(e.Checked)/(24*time.Hour))
	}
	return outcome("found", set)
}

// rewritten tells whether an answer's words or source are not those that ship.
func (h *House) rewritten(e, shipped answers.Entry) bool {
	return e.Source != shipped.Source || !e.Checked.Equal(shipped.Checked) || slices.ContainsFunc(h.Languages, func(l locale.Language) bool {
		return e.Title(l) != shipped.Title(l) || e.Body(l) != shipped.Body(l)
	})
}

func (h *House) answersConfirm(ctx context.Context, t *Turn, e answers.Entry, _ Args) (flow.Outcome, error) {
	shipped, _ := h.Answers.Shipped(e.ID)
	var missing []string
	for _, l := range h.Languages {
		if e.Body(l) == shipped.Body(l) {
			missing = append(missing, l.Name())
		}
	}
	if len(missing) > 0 || e.Source == "" || e.Class != answers.Unconfirmed {
		return outcome("missing", map[string]flow.Value{"languages": strings.Join(missing, separator(t.Language))})
	}
	return done(h.prove(ctx, t, e, e.Source, true))
}

func (h *House) answersTeach(ctx context.Context, t *Turn, e answers.Entry, args Args) (flow.Outcome, error) {
	words := args.Text("words")
	if f := answers.FitWay(words); f != answers.Fits {
		return outcome(string(f), nil)
	}
	fresh, err := h.Answers.Fresh(ctx, t.Tx)
	if err != nil {
		return flow.Outcome{}, err
	}
	if other, ok := fresh.Get(fresh.Meant(words)); ok && other.ID != e.ID {
		return outcome("taken", map[string]flow.Value{"other": other.Title(t.Language)})
	}
	return done(answers.AddWays(ctx, t.Tx, e.ID, []string{words}, t.Member.ID, t.Now))
}

func (h *House) answerEditLists() []List {
	byAge := func(t *Turn, _ Args) []flow.Item {
		var old, others []answers.Entry
		for _, e := range h.Answers.Entries() {
			if e.Aged(t.Now) {
				old = append(old, e)
			} else {
				others = append(others, e)
			}
		}
		slices.SortStableFunc(old, func(a, b answers.Entry) int { return a.Checked.Compare(b.Checked) })
		items := titles(t.Language, old)
		for i := range items {
			items[i].Label = "⏳ " + items[i].Label
		}
		return append(items, titles(t.Language, others)...)
	}
	return []List{h.searchable(flow.Signature{Name: "answers_by_age", For: organisers,
		About: "all answers, those first whose source should be looked at again; a search looks over all"}, byAge)}
}

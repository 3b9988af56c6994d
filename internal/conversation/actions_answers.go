package conversation

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

func (h *House) answerActions() []Action {
	return []Action{{
		Signature: flow.Signature{Name: "answers.show", About: "one answer, with its source and the day it was checked; opens: the door behind it; voice: it is recorded in the person's language",
			Args: all(text, "id"), Outcomes: []string{"known", "unconfirmed", "opens", "gone"},
			Sets:    with(all(text, "title", "body", "source", "site", "checked", "who", "opens", "class"), all(flag, "voice")),
			Longest: map[string]int{"title": answers.LongestTitle, "body": 900, "source": 500, "site": 60, "checked": 20, "who": 200}},
		Do: h.answersShow,
	}, {
		Signature: flow.Signature{Name: "answers.ask", Args: all(text, "words"), Outcomes: []string{"answer", "choose", "unknown", "refuse"},
			About: "what a typed question means: an answer's id, a few candidates, nothing known (why: letters, language, long or nothing more), or not the bot's business. Keeps it, about nobody. words: their beginning, which is enough to go on with",
			Sets:  with(all(text, "id", "why", "words"), all(texts, "candidates")), Longest: map[string]int{"words": mostWords}},
		Do: h.answersAsk,
	}, {
		Signature: flow.Signature{Name: "answers.topic", About: "the one topic whose name has the typed word", Args: all(text, "words"), Outcomes: []string{"found", "none"}, Sets: all(text, "topic")},
		Do: func(_ context.Context, _ *Turn, args Args) (flow.Outcome, error) {
			id, ok := h.topicNamed(args.Text("words"))
			if !ok {
				return outcome("none", nil)
			}
			return outcome("found", map[string]flow.Value{"topic": id})
		},
	}, {
		Signature: flow.Signature{Name: "answers.pick", About: "keeps which of the candidates was meant; no id: none of them", Args: all(text, "words", "id"), Outcomes: []string{"ok"}},
		Do: func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
			decision := answers.Picked
			if args.Text("id") == "" {
				decision = answers.None
			}
			return h.noteAsked(ctx, t, answers.Asked{Words: args.Text("words"), Decision: decision, Entry: args.Text("id")})
		},
	}, {
		Signature: flow.Signature{Name: "answers.judge", About: "keeps a thumb, about nobody", Args: with(all(text, "words", "id"), all(flag, "good")), Outcomes: []string{"ok"}},
		Do: func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
			thumb := -1
			if args.Flag("good") {
				thumb = 1
			}
			return h.noteAsked(ctx, t, answers.Asked{Words: args.Text("words"), Decision: answers.Judged, Entry: args.Text("id"), Thumb: thumb})
		},
	}}
}

func (h *House) answersShow(_ context.Context, t *Turn, args Args) (flow.Outcome, error) {
	e, ok := h.Answers.Get(args.Text("id"))
	if !ok {
		return outcome("gone", nil)
	}
	set := map[string]flow.Value{"title": e.Title(t.Language), "body": e.Body(t.Language), "checked": "", "who": e.Who(t.Language),
		"class": string(e.Class), "opens": e.Opens, "voice": e.Voice(t.Language).File != ""}
	set["source"], set["site"] = linked(e.Source)
	if !e.Checked.IsZero() {
		set["checked"] = plainDate(t.Language, e.Checked)
	}
	switch e.Class {
	case answers.Unconfirmed:
		return outcome("unconfirmed", set)
	case answers.Live, answers.Action:
		return outcome("opens", set)
	}
	return outcome("known", set)
}

// plainDate is the date without its weekday, which says nothing of a source.
func plainDate(lang locale.Language, day time.Time) string {
	_, date, _ := strings.Cut(locale.Date(lang, day), " ")
	return date
}

// refuseFrom is how sure the index must be that a question is not the bot's business, to say so; below it, as with words that it has never
// met, the bot doesn't know, and staff see the question.
const refuseFrom = 0.8

func (h *House) answersAsk(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	words := args.Text("words")
	r := h.Answers.Ask(words)
	if why(words) == "language" { // letters that the index only knows by their sound say nothing
		r = answers.Result{Decision: answers.Unknown}
	}
	set := map[string]flow.Value{"id": "", "why": "", "candidates": []string{}, "words": words}
	if long := []rune(words); len(long) > mostWords {
		set["words"] = string(long[:mostWords])
	}
	asked := answers.Asked{Words: words, Decision: string(r.Decision), Entry: r.ID, Score: r.Score}
	switch r.Decision {
	case answers.Answer:
		set["id"] = r.ID
	case answers.Choose:
		if ids := worthy(r.Candidates); len(ids) > 0 {
			set["candidates"] = ids
			break
		}
		asked.Decision, asked.Entry, set["why"] = string(answers.Unknown), "", why(words)
	default:
		if r.ID == answers.OutOfScope && r.Score >= refuseFrom {
			asked.Decision = answers.Refused
			break
		}
		asked.Entry, set["why"] = "", why(words)
	}
	if asked.Decision == answers.Refused {
		set["id"] = answers.OutOfScope
	}
	if set["why"] != "letters" { // nothing to learn from
		if _, err := h.noteAsked(ctx, t, asked); err != nil {
			return flow.Outcome{}, err
		}
	}
	return outcome(asked.Decision, set)
}

// mostWords is how much of a question a flow keeps, in characters.
const mostWords = 500

// worthy are the candidates that may be offered.
func worthy(candidates []answers.Candidate) []string {
	ids := []string{}
	for _, c := range candidates {
		if c.ID != answers.OutOfScope && c.Score >= answers.LeastOffered {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// storyFrom is from how many words on a question is told to be long.
const storyFrom = 40

// why tells what about the words themselves keeps them from being understood.
func why(words string) string {
	letters, ours := 0, 0
	for _, r := range words {
		if unicode.IsLetter(r) {
			letters++
			if unicode.In(r, unicode.Latin, unicode.Arabic) {
				ours++
			}
		}
	}
	switch {
	case letters == 0:
		return "letters"
	case ours*2 < letters:
		return "language"
	case len(strings.Fields(words)) >= storyFrom:
		return "long"
	}
	return ""
}

// noteAsked keeps what became of a question, unless the house collects nothing: words may hold a name.
func (h *House) noteAsked(ctx context.Context, t *Turn, a answers.Asked) (flow.Outcome, error) {
	if h.collects() {
		a.Language = t.Language
		if err := answers.Note(ctx, t.Tx, a, t.Now); err != nil {
			return flow.Outcome{}, err
		}
	}
	return outcome("ok", nil)
}

// linked gives an address as a link needs it, and the name of its site, which is what a person reads of it. A source that is no address has
// a name only.
func linked(source string) (address, site string) {
	if !answers.Address(source) {
		return "", source
	}
	u, err := url.Parse(source)
	if err != nil {
		return "", source
	}
	return u.String(), strings.TrimPrefix(u.Hostname(), "www.")
}

func (h *House) answerLists() []List {
	topics := func(t *Turn, _ Args) []flow.Item {
		var items []flow.Item
		for _, topic := range h.Answers.Topics() {
			items = append(items, flow.Item{Key: topic.ID, Label: topic.Name(t.Language)})
		}
		return items
	}
	inTopic := func(t *Turn, args Args) []flow.Item { return titles(t.Language, h.Answers.InTopic(args.Text("topic"))) }
	candidates := func(t *Turn, args Args) []flow.Item { return h.titled(t.Language, args.Texts("ids")) }
	return []List{
		h.searchable(flow.Signature{Name: "answer_topics", About: "the topics of answers; a search looks over all answers, and its keys are theirs"}, topics),
		h.searchable(flow.Signature{Name: "answers", About: "the answers of a topic; a search looks over all", Args: all(text, "topic")}, inTopic),
		h.searchable(flow.Signature{Name: "answer_candidates", About: "answers by their ids; a search looks over all", Args: all(texts, "ids")}, candidates),
	}
}

// topicNamed finds the only topic in whose name, in some language, a single word stands: "réforme" in "Les réformes". It leads to a
// list of questions and not to an answer, so a part of a word is enough.
func (h *House) topicNamed(typed string) (id string, ok bool) {
	word := locale.Fold(typed)
	if len([]rune(word)) < 4 || strings.ContainsRune(word, ' ') {
		return "", false
	}
	for _, topic := range h.Answers.Topics() {
		if !slices.ContainsFunc(locale.Languages(), func(l locale.Language) bool { return strings.Contains(locale.Fold(topic.Name(l)), word) }) {
			continue
		}
		if ok {
			return "", false
		}
		id, ok = topic.ID, true
	}
	return id, ok
}

// titled are answers by their ids; one that has gone is passed over.
func (h *House) titled(lang locale.Language, ids []string) []flow.Item {
	var entries []answers.Entry
	for _, id := range ids {
		if e, ok := h.Answers.Get(id); ok {
			entries = append(entries, e)
		}
	}
	return titles(lang, entries)
}

func titles(lang locale.Language, entries []answers.Entry) []flow.Item {
	items := make([]flow.Item, len(entries))
	for i, e := range entries {
		items[i] = flow.Item{Key: e.ID, Label: e.Title(lang)}
	}
	return items
}

// searchable makes a list whose searches look over all answers.
func (h *House) searchable(s flow.Signature, items func(*Turn, Args) []flow.Item) List {
	return List{
		Signature: s,
		Page: func(_ context.Context, t *Turn, args Args, q flow.Query) (flow.Page, error) {
			if q.Search == "" {
				return found(items(t, args), false, q), nil
			}
			hits, sure := h.searchAnswers(t.Language, q.Search)
			return found(hits, sure, q), nil
		},
		Item: func(_ context.Context, t *Turn, args Args, key string) (flow.Item, bool, error) {
			if e, ok := h.Answers.Get(key); ok {
				return flow.Item{Key: key, Label: e.Title(t.Language)}, true, nil
			}
			return itemOf(items(t, args), key)
		},
	}
}

// searchAnswers finds the answer that the words surely ask for, else those that they may ask for and those whose title or ways hold all of
// the words.
func (h *House) searchAnswers(lang locale.Language, typed string) (items []flow.Item, sure bool) {
	r := h.Answers.Ask(typed)
	if e, ok := h.Answers.Get(r.ID); ok && r.Decision == answers.Answer {
		return titles(lang, []answers.Entry{e}), true
	}
	var hits []answers.Entry
	if r.Decision == answers.Choose {
		for _, c := range r.Candidates {
			if e, ok := h.Answers.Get(c.ID); ok && e.Class != answers.Refuse {
				hits = append(hits, e)
			}
		}
	}
	return titles(lang, append(hits, h.holding(lang, typed, hits)...)), false
}

// holding finds the answers whose title or ways hold all of the words, but for those found already.
func (h *House) holding(lang locale.Language, typed string, found []answers.Entry) []answers.Entry {
	var want []string
	for _, w := range strings.Fields(locale.Fold(typed)) {
		if len([]rune(w)) > 2 {
			want = append(want, w)
		}
	}
	if len(want) == 0 {
		return nil
	}
	var hits []answers.Entry
	for _, topic := range h.Answers.Topics() {
		for _, e := range h.Answers.InTopic(topic.ID) {
			if slices.ContainsFunc(found, func(f answers.Entry) bool { return f.ID == e.ID }) {
				continue
			}
			said := " " + locale.Fold(e.Title(lang)+" "+topic.Name(lang)+" "+strings.Join(e.Asked(), " ")) + " "
			if !slices.ContainsFunc(want, func(w string) bool { return !strings.Contains(said, w) }) {
				hits = append(hits, e)
			}
		}
	}
	return hits
}

package conversation

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

func (h *House) answerActions() []Action {
	return []Action{{
		Signature: flow.Signature{Name: "answers.show", About: "one answer, with its source and the day it was checked", Args: all(text, "id"),
			Outcomes: []string{"known", "unconfirmed", "gone"}, Sets: all(text, "title", "body", "source", "site", "checked", "who"),
			Longest: map[string]int{"title": 40, "body": 900, "source": 500, "site": 60, "checked": 20, "who": 200}},
		Do: func(_ context.Context, t *Turn, args Args) (flow.Outcome, error) {
			e, ok := h.Answers.Get(args.Text("id"))
			if !ok {
				return outcome("gone", nil)
			}
			set := map[string]flow.Value{"title": e.Title(t.Language), "body": e.Body(t.Language), "checked": "", "who": e.Who(t.Language)}
			set["source"], set["site"] = linked(e.Source)
			set["checked"] = day(t.Language, e.Checked)
			if e.Class == answers.Unconfirmed {
				return outcome("unconfirmed", set)
			}
			return outcome("known", set)
		},
	}, {
		Signature: flow.Signature{Name: "answers.find", About: "the answer that typed words name exactly, or else the one topic whose name has them", Args: all(text, "words"), Outcomes: []string{"found", "none"},
			Sets: all(text, "id")},
		Do: func(_ context.Context, _ *Turn, args Args) (flow.Outcome, error) {
			id, ok := h.Answers.Find(args.Text("words"))
			if !ok {
				id, ok = h.topicNamed(args.Text("words"))
			}
			if !ok {
				return outcome("none", nil)
			}
			return outcome("found", map[string]flow.Value{"id": id})
		},
	}}
}

// linked gives an address as a link needs it, and the name of its site, which is what a person reads of it.
func linked(source string) (address, site string) {
	u, err := url.Parse(source)
	if err != nil || u.Host == "" {
		return source, source
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
	return []List{
		h.searchable(flow.Signature{Name: "answer_topics", About: "the topics of answers; a search looks over all answers, and its keys are theirs"}, topics),
		h.searchable(flow.Signature{Name: "answers", About: "the answers of a topic; a search looks over all", Args: all(text, "topic")}, inTopic),
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

// searchAnswers finds the answer that the words name exactly, else those whose title or ways hold all of the words.
func (h *House) searchAnswers(lang locale.Language, typed string) (items []flow.Item, sure bool) {
	if id, ok := h.Answers.Find(typed); ok {
		e, _ := h.Answers.Get(id)
		return titles(lang, []answers.Entry{e}), true
	}
	var want []string
	for _, w := range strings.Fields(locale.Fold(typed)) {
		if len([]rune(w)) > 2 {
			want = append(want, w)
		}
	}
	if len(want) == 0 {
		return nil, false
	}
	var hits []answers.Entry
	for _, topic := range h.Answers.Topics() {
		for _, e := range h.Answers.InTopic(topic.ID) {
			said := " " + locale.Fold(e.Title(lang)+" "+topic.Name(lang)+" "+strings.Join(e.Asked(), " ")) + " "
			if !slices.ContainsFunc(want, func(w string) bool { return !strings.Contains(said, w) }) {
				hits = append(hits, e)
			}
		}
	}
	return titles(lang, hits), false
}

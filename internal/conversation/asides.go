package conversation

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// Asides answers questions that are asked in the middle of something else; House is the one.
type Asides interface {
	Aside(ctx context.Context, t *Turn, words string, fits bool) (flow.Aside, bool, error)
	Told(ctx context.Context, t *Turn, key string) (flow.Aside, bool, error)
}

// longestAside is how much of what is typed is taken for a question, in characters: a story is none.
const longestAside = 300

// Aside answers words that are surely a question; of those that may be one of a few it offers these, unless the words would do as an answer
// to what was asked (fits): then they are taken for a question only when they are sure and written as one. What is taken for one is kept
// as any question is, about nobody; what isn't may be a name, and is not.
func (h *House) Aside(ctx context.Context, t *Turn, words string, fits bool) (flow.Aside, bool, error) {
	asked := looksAsked(words)
	if utf8.RuneCountInString(words) > longestAside || !asked && (fits || len(strings.Fields(words)) < 2) {
		return flow.Aside{}, false, nil
	}
	r := h.Answers.Ask(words)
	a, ok := flow.Aside{}, false
	switch {
	case r.ID == answers.OutOfScope || polite(r.ID):
	case r.Decision == answers.Answer:
		a, ok = h.told(t.Language, r.ID)
	case r.Decision == answers.Choose && !fits:
		a, ok = h.which(t.Language, r.Candidates)
	}
	if ok {
		if _, err := h.noteAsked(ctx, t, answers.Asked{Words: words, Decision: string(r.Decision), Entry: r.ID, Score: r.Score}); err != nil {
			return flow.Aside{}, false, err
		}
	}
	return a, ok, nil
}

// which asks what was meant.
func (h *House) which(lang locale.Language, candidates []answers.Candidate) (flow.Aside, bool) {
	a := flow.Aside{Lines: []flow.Line{{Text: "aside.which", Head: true}}}
	for _, id := range worthy(candidates) {
		if e, ok := h.Answers.Get(id); ok && !polite(id) {
			a.Choices = append(a.Choices, flow.Choice{Key: id, Label: e.Title(lang)})
		}
	}
	return a, len(a.Choices) > 0
}

// Told answers with the entry that was picked, by its id.
func (h *House) Told(ctx context.Context, t *Turn, id string) (flow.Aside, bool, error) {
	a, ok := h.told(t.Language, id)
	if ok {
		if _, err := h.noteAsked(ctx, t, answers.Asked{Decision: answers.Picked, Entry: id}); err != nil {
			return flow.Aside{}, false, err
		}
	}
	return a, ok, nil
}

// told is an entry between two questions.
func (h *House) told(lang locale.Language, id string) (flow.Aside, bool) {
	e, ok := h.Answers.Get(id)
	if !ok {
		return flow.Aside{}, false
	}
	params := map[string]flow.Value{"title": e.Title(lang), "body": e.Body(lang)}
	line := flow.Line{Text: "aside.answer", Params: params}
	switch who := e.Who(lang); {
	case e.Class == answers.Unconfirmed && who != "":
		line.Text, params["who"] = "aside.unconfirmed", who
	case e.Source != "":
		line.Text = "aside.fact"
		params["source"], params["site"] = linked(e.Source)
		params["checked"] = day(lang, e.Checked)
	}
	return flow.Aside{Lines: []flow.Line{line, {Text: "aside.back", Head: true}}}, true
}

// day is a date without its weekday, which says nothing here; "" for none.
func day(lang locale.Language, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	_, date, _ := strings.Cut(locale.Date(lang, t), " ")
	return date
}

// polite tells the entries that answer a greeting or the bot's own commands: they interrupt nobody.
func polite(id string) bool { return strings.HasPrefix(id, "meta.") }

// looksAsked tells whether words are written as a question: with its sign, beginning with a word that asks, or with one anywhere that stands in
// no name, trade or town.
func looksAsked(words string) bool {
	if strings.ContainsAny(words, "?؟") {
		return true
	}
	typed := strings.Fields(locale.Fold(words))
	return len(typed) > 1 && (asking[typed[0]] || slices.ContainsFunc(typed, func(w string) bool { return plainlyAsking[w] }))
}

// foldedWords is a set of words as people type them.
func foldedWords(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[locale.Fold(w)] = true
	}
	return set
}

// asking are the folded words that begin a question in the three languages.
var asking = foldedWords(`est cest quest quel quelle quels quelles qui ou c koi fin fine fayn ach كم كيف من ما اين فين فاين متي`)

// plainlyAsking are those that ask wherever they stand: "taman lcarte ch7al", "je voudrais savoir …".
var plainlyAsking = foldedWords(`combien comment quoi quand pourquoi komen comen koman kombien pourkoi eske esque savoir
	kifach kifash kifax kifech chhal ch7al chal bch7al bchhal wach wash wax finahowa imta fo9ach fou9ach 3lach 3lash chkoun chkon chno chnou chnowa achno
	n3ref n3raf شحال بشحال كيفاش كفاش واش علاش شكون شنو شنوا اشنو امتي امتا فوقاش وقتاش هل ماذا لماذا نعرف اعرف`)

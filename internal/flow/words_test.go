package flow_test

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/qafila/qafila/internal/flow"
)

//go:embed testdata/words.tsv
var wordsFile string

//go:embed testdata/flows
var flowFiles embed.FS

// texts are words in a few languages; a plural text is written "one=…|other=…".
type texts struct {
	langs []string
	words map[string]map[string]string // lang -> id
	lines map[string]int
}

func readTexts(tsv string) *texts {
	t := &texts{langs: []string{"fr", "ar"}, words: map[string]map[string]string{"fr": {}, "ar": {}}, lines: map[string]int{}}
	for i, line := range strings.Split(strings.TrimSpace(tsv), "\n") {
		parts := strings.Split(line, "\t")
		t.lines[parts[0]] = i + 1
		for j, lang := range t.langs {
			if j+1 < len(parts) && parts[j+1] != "" {
				t.words[lang][parts[0]] = strings.ReplaceAll(parts[j+1], `\n`, "\n")
			}
		}
	}
	return t
}

func (t *texts) Languages() []string { return t.langs }

func (t *texts) Text(lang, id string) string {
	s := t.words[lang][id]
	if t.Forms(lang, id) != nil {
		_, s, _ = strings.Cut(s, "other=")
	}
	return s
}

func (t *texts) Has(lang, id string) bool { _, ok := t.words[lang][id]; return ok }

var needs = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

func (t *texts) Params(lang, id string) []string {
	set := map[string]bool{}
	for _, m := range needs.FindAllStringSubmatch(t.words[lang][id], -1) {
		set[m[1]] = true
	}
	return slices.Sorted(maps.Keys(set))
}

func (t *texts) Forms(lang, id string) []string {
	s := t.words[lang][id]
	if !strings.Contains(s, "other=") {
		return nil
	}
	var forms []string
	for _, f := range strings.Split(s, "|") {
		name, _, _ := strings.Cut(f, "=")
		forms = append(forms, name)
	}
	return forms
}

func (t *texts) RequiredForms(lang string) []string {
	if lang == "ar" {
		return []string{"zero", "one", "two", "few", "many", "other"}
	}
	return []string{"one", "other"}
}

func (t *texts) At(lang, id string) (string, int) { return "words." + lang, t.lines[id] }

func (t *texts) IDs() []string { return slices.Sorted(maps.Keys(t.words["fr"])) }

// fill words a text as a person would read it.
func (t *texts) fill(lang, id string, params map[string]flow.Value) string {
	if lang == "" {
		lang = "fr"
	}
	return needs.ReplaceAllStringFunc(t.Text(lang, id), func(m string) string {
		v, ok := params[needs.FindStringSubmatch(m)[1]]
		if !ok {
			return m
		}
		return fmt.Sprint(v)
	})
}

// world is the host of the test conversations: a list of trades, a list of topics, registrations that are counted.
type world struct {
	lang    string
	full    bool
	noTopic bool
	did     []string
	fail    error
}

var trades = []flow.Item{
	{Key: "T01", Label: "Potier"}, {Key: "T02", Label: "Tisserand"}, {Key: "T03", Label: "Tanneur"}, {Key: "T04", Label: "Tailleur"},
	{Key: "T05", Label: "Bijoutier"}, {Key: "T06", Label: "Dinandier"}, {Key: "T07", Label: "Maçon"},
}

var towns = []flow.Item{
	{Key: "1", Label: "Agadir"}, {Key: "2", Label: "Azilal"}, {Key: "3", Label: "Berkane"}, {Key: "4", Label: "Essaouira"},
	{Key: "5", Label: "Fès"}, {Key: "6", Label: "Ifrane"}, {Key: "7", Label: "Safi"}, {Key: "8", Label: "Taza"},
}

var topics = []flow.Item{{Key: "card", Label: "La carte"}, {Key: "law", Label: "La loi"}, {Key: "health", Label: "La santé"}}

func (w *world) Do(action string, args map[string]flow.Value) (flow.Outcome, error) {
	var given []string
	for _, k := range slices.Sorted(maps.Keys(args)) {
		given = append(given, fmt.Sprintf("%s=%v", k, args[k]))
	}
	w.did = append(w.did, action+"("+strings.Join(given, " ")+")")
	switch action {
	case "language.set":
		w.lang, _ = args["language"].(string)
		return flow.Outcome{Language: w.lang}, w.fail
	case "registration.create":
		if w.full {
			return flow.Outcome{Name: "full"}, w.fail
		}
		return flow.Outcome{Name: "confirmed", Set: map[string]flow.Value{"reference": "QF-1", "elsewhere": "x"}}, w.fail
	case "topic.find":
		for _, it := range topics {
			if it.Key == args["words"] {
				return flow.Outcome{Name: "found", Set: map[string]flow.Value{"topic": it.Key}}, w.fail
			}
		}
		return flow.Outcome{Name: "none"}, w.fail
	case "data.erase":
		return flow.Outcome{Forget: true}, w.fail
	case "desk.open":
		return flow.Outcome{}, w.fail
	}
	return flow.Outcome{}, fmt.Errorf("no action %s", action)
}

func (w *world) list(name string) []flow.Item {
	switch {
	case name == "trades":
		return trades
	case name == "towns":
		return towns
	case w.noTopic:
		return nil
	}
	return topics
}

func (w *world) List(name string, _ map[string]flow.Value, q flow.Query) (flow.Page, error) {
	var p flow.Page
	var all []flow.Item
	for _, it := range w.list(name) {
		if q.Search == "" || strings.HasPrefix(strings.ToLower(it.Label), strings.ToLower(q.Search)) {
			all = append(all, it)
		}
	}
	p.Total = len(all)
	p.Sure = q.Search != "" && len(all) == 1
	p.Items = all[min(q.Offset, len(all)):min(q.Offset+q.Limit, len(all))]
	return p, w.fail
}

// Aside knows the price of everything, and is not sure about papers.
func (w *world) Aside(words string, fits bool) (flow.Aside, bool, error) {
	switch {
	case strings.Contains(words, "prix"):
		return flow.Aside{Lines: []flow.Line{{Text: "aside.price"}}}, true, w.fail
	case strings.Contains(words, "papiers") && !fits:
		return flow.Aside{Lines: []flow.Line{{Text: "aside.which"}}, Choices: []flow.Choice{{Key: "price", Label: "Le prix"}}}, true, w.fail
	}
	return flow.Aside{}, false, w.fail
}

func (w *world) Told(key string) (flow.Aside, bool, error) {
	return flow.Aside{Lines: []flow.Line{{Text: "aside.price"}}}, key == "price", w.fail
}

func (w *world) Item(name string, _ map[string]flow.Value, key string) (flow.Item, bool, error) {
	for _, it := range w.list(name) {
		if it.Key == key {
			return it, true, w.fail
		}
	}
	return flow.Item{}, false, w.fail
}

var offered = flow.Signatures{
	Actions: []flow.Signature{
		{Name: "language.set", Args: map[string]string{"language": "text"}},
		{
			Name: "registration.create", Args: map[string]string{"stop": "text", "name": "text", "party": "number", "topics": "list"},
			Outcomes: []string{"confirmed", "full"}, Sets: map[string]string{"reference": "text"}, Longest: map[string]int{"reference": 9},
		},
		{Name: "topic.find", Args: map[string]string{"words": "text"}, Outcomes: []string{"found", "none"}, Sets: map[string]string{"topic": "text"}},
		{Name: "data.erase"},
		{Name: "desk.open", For: []string{"clerk"}},
	},
	Lists:       []flow.Signature{{Name: "trades"}, {Name: "towns"}, {Name: "topics"}},
	Attachments: []flow.Signature{{Name: "ticket", Args: map[string]string{"reference": "text"}}},
}

var options = flow.Options{Menu: "menu", Language: "language", Roles: []string{"clerk", "guard"}, Used: []string{"aside.*"}}

// understand strips signs, as the real folding does.
var understand = flow.Understanding{Fold: func(s string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" «»\n\t!.,", r) }), " "))
}}

func book(t testing.TB) (*flow.Book, *texts) {
	t.Helper()
	words := readTexts(wordsFile)
	files, err := fs.Sub(flowFiles, "testdata/flows")
	if err != nil {
		t.Fatal(err)
	}
	b, problems := flow.Load(files, words, offered, understand, options)
	for _, p := range problems {
		t.Error(p)
	}
	if b == nil {
		t.FailNow()
	}
	return b, words
}

package answers_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/locale"
)

// sound is a topic without a mistake; the tests plant one in it. Its lines are counted by the tests.
const sound = `topic: card
order: 1
name: {fr: La carte, ar: البطاقة, ary: لاكارط}
entries:
  - id: card.what
    class: fact
    title: {fr: C'est quoi, ar: ما هي, ary: شنو هي}
    body:
      fr: |
        Une carte.
      ar: بطاقة.
      ary: كارط.
    source: https://example.org/carte
    checked: 2026-11-23
    ways: {fr: [carte pro], ar: [البطاقة المهنية], latin: [bita9a]}
  - id: card.price
    class: unconfirmed
    title: {fr: Le prix, ar: الثمن, ary: شحال}
    body: {fr: Pas confirmé., ar: غير مؤكد., ary: ما مأكدش.}
    who: {fr: votre chambre, ar: غرفتك, ary: الغرفة}
    ways: {fr: [prix carte], ar: [ثمن البطاقة], latin: [taman lbita9a]}
`

func files(pages ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i, p := range pages {
		fsys[string(rune('a'+i))+".yaml"] = &fstest.MapFile{Data: []byte(p)}
	}
	return fsys
}

func TestASoundFileLoads(t *testing.T) {
	a, problems := answers.Load(files(sound), locale.Languages())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	e, ok := a.Get("card.what")
	if !ok || e.Body(locale.French) != "Une carte." || e.Title(locale.Darija) != "شنو هي" || e.Line != 5 || e.File != "a.yaml" {
		t.Errorf("card.what = %+v, %v", e, ok)
	}
	if e.Checked.Format("2006-01-02") != "2026-11-23" || e.Source != "https://example.org/carte" || e.Who(locale.French) != "" {
		t.Errorf("card.what: checked %s, source %s, who %q", e.Checked, e.Source, e.Who(locale.French))
	}
	if e, _ := a.Get("card.price"); e.Who(locale.Arabic) != "غرفتك" || !e.Checked.IsZero() {
		t.Errorf("card.price = %+v", e)
	}
	if w := e.Ways(answers.Latin); !slices.Equal(w, []string{"bita9a"}) || e.Opens != "" {
		t.Errorf("card.what is asked as %v and opens %q", w, e.Opens)
	}
	if _, ok := a.Get("card.none"); ok {
		t.Error("an entry that doesn't exist was found")
	}
	if topic, ok := a.Topic("card"); !ok || topic.Name(locale.French) != "La carte" {
		t.Errorf("Topic(card) = %+v, %v", topic, ok)
	}
	if got := a.InTopic("none"); len(got) != 0 {
		t.Errorf("a topic that doesn't exist has %v", got)
	}
}

func TestALiveAnswerOpensADoor(t *testing.T) {
	live := strings.Replace(sound, "class: unconfirmed", "class: live\n    opens: /next", 1)
	a, problems := answers.Load(files(live), locale.Languages())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if e, _ := a.Get("card.price"); e.Class != answers.Live || e.Opens != "/next" {
		t.Errorf("%+v", e)
	}
}

func TestATextMissingInALanguageIsReadInAnother(t *testing.T) {
	only := strings.NewReplacer(", ary: لاكارط", "", ", ary: شنو هي", "", "      ary: كارط.\n", "", ", ary: شحال", "", ", ary: ما مأكدش.", "",
		", ary: الغرفة", "").Replace(sound)
	a, problems := answers.Load(files(only), []locale.Language{locale.French, locale.Arabic})
	if len(problems) > 0 {
		t.Fatal("Darija isn't offered and may be missing:", problems)
	}
	if e, _ := a.Get("card.what"); e.Body(locale.Darija) != "Une carte." {
		t.Errorf("in Darija: %q", e.Body(locale.Darija))
	}
}

func TestWhatIsReturnedCanBeChangedWithoutHarm(t *testing.T) {
	a, _ := answers.Load(files(sound), locale.Languages())
	a.InTopic("card")[0].ID = "spoilt"
	a.Topics()[0].ID = "spoilt"
	first := a.InTopic("card")[0]
	first.Ways(answers.French)[0] = "spoilt"
	if first.Ways(answers.French)[0] != "carte pro" {
		t.Error("a caller changed the ways")
	}
	if a.InTopic("card")[0].ID != "card.what" || a.Topics()[0].ID != "card" {
		t.Error("a caller changed the knowledge")
	}
}

func TestPlantedMistakesAreFoundWithTheirLine(t *testing.T) {
	second := strings.NewReplacer("topic: card", "topic: rna", "order: 1", "order: 2", "card.", "rna.", "C'est quoi", "Registre", "ما هي", "سجل",
		"شنو هي", "السجل ديالي", "Le prix", "Coût", "الثمن", "واجب", "شحال", "بشحال", "carte pro", "rna", "البطاقة المهنية", "السجل", "bita9a", "sijil",
		"prix carte", "prix rna", "ثمن البطاقة", "ثمن السجل", "taman lbita9a", "taman sijil").Replace(sound)
	if _, problems := answers.Load(files(sound, second), locale.Languages()); len(problems) > 0 {
		t.Fatal("the second file isn't sound:", problems)
	}
	for name, c := range map[string]struct {
		from, to string // in the first file; "" appends
		in       string // "a.yaml:LINE"
		says     string
	}{
		"a language missing":            {", ary: ما مأكدش.", "", "a.yaml:16", "no body in ary"},
		"a title missing":               {"    title: {fr: Le prix, ar: الثمن, ary: شحال}\n", "", "a.yaml:16", "no title in fr"},
		"an unknown language":           {", ary: شحال}", ", ary: شحال, es: Precio}", "a.yaml:18", `unknown language "es"`},
		"a long title":                  {"fr: Le prix", "fr: Le prix de la carte professionnelle de l'artisan", "a.yaml:18", "40 is the most"},
		"a long body":                   {"fr: Pas confirmé.", "fr: " + strings.Repeat("Pas confirmé ", 30), "a.yaml:19", "320 is the most"},
		"a fourth line":                 {"        Une carte.\n", "        Un.\n        Deux.\n        Trois.\n        Quatre.\n", "a.yaml:9", "has 4 lines"},
		"a fact without source":         {"    source: https://example.org/carte\n    checked: 2026-11-23\n", "", "a.yaml:5", "without a source"},
		"a source that wasn't checked":  {"    checked: 2026-11-23\n", "", "a.yaml:5", "when its source was checked"},
		"a check of nothing":            {"    source: https://example.org/carte\n", "", "a.yaml:13", "checked against nothing"},
		"a source that is no address":   {"https://example.org/carte", "le journal", "a.yaml:13", "no address"},
		"a day that doesn't exist":      {"2026-11-23", "2026-11-31", "a.yaml:14", "no day"},
		"unconfirmed, and nobody knows": {"    who: {fr: votre chambre, ar: غرفتك, ary: الغرفة}\n", "", "a.yaml:16", "who knows"},
		"who in two languages of three": {"who: {fr: votre chambre, ar: غرفتك, ary: الغرفة}", "who: {fr: votre chambre, ar: غرفتك}", "a.yaml:16", "no who in ary"},
		"an unknown class":              {"class: fact", "class: rumour", "a.yaml:6", `no class "rumour"`},
		"an id that is no id":           {"id: card.price", "id: Price", "a.yaml:16", "no id of an entry"},
		"no id":                         {"  - id: card.price\n    class", "  - class", "a.yaml:17", "no id of an entry"},
		"an id twice":                   {"id: card.price", "id: card.what", "a.yaml:16", "two entries card.what"},
		"an id twice over files":        {"id: card.price", "id: rna.price", "b.yaml:16", "two entries rna.price; the other is at a.yaml:16"},
		"a way twice once folded":       {"[prix carte]", "[prix carte, CARTE PRÖ]", "a.yaml:21", `"CARTE PRÖ" means both card.price and card.what`},
		"the same but for the article":  {"[prix carte]", "[la carte pro]", "a.yaml:21", "means both"},
		"a way that is a title":         {"[prix carte]", "[prix carte, Registre]", "b.yaml:7", "means both rna.what and card.price"},
		"two titles alike":              {"fr: Le prix", "fr: C’est quoi ?", "a.yaml:18", "means both"},
		"a way of signs":                {"[prix carte]", `["?!"]`, "a.yaml:21", "no letters"},
		"no way":                        {"    ways: {fr: [prix carte], ar: [ثمن البطاقة], latin: [taman lbita9a]}\n", "", "a.yaml:16", "no way of being asked"},
		"no way in a script":            {", latin: [taman lbita9a]", "", "a.yaml:16", "no way of being asked in latin"},
		"a way in another script":       {"[taman lbita9a]", "[ثمن الكارط]", "a.yaml:21", "stands under latin"},
		"Latin letters under ar":        {"[ثمن البطاقة]", "[taman]", "a.yaml:21", "stands under ar"},
		"a way that is a story":         {"[prix carte]", "[" + strings.Repeat("prix carte ", 30) + "]", "a.yaml:21", "240 is the most"},
		"a script that nobody writes":   {", latin:", ", tifinagh:", "a.yaml:15", "unknown field"},
		"keywords, as they were":        {"    ways: {fr: [prix carte]", "    keywords: [prix carte]\n    ways: {fr: [prix]", "a.yaml:21", "unknown field"},
		"a live answer without a door":  {"class: unconfirmed", "class: live", "a.yaml:16", "opens no door"},
		"an action without a door":      {"class: unconfirmed", "class: action", "a.yaml:16", "opens no door"},
		"a door that is no door":        {"class: unconfirmed", "class: action\n    opens: register", "a.yaml:18", "no door"},
		"a door behind a fact":          {"class: fact", "class: fact\n    opens: /next", "a.yaml:7", "opens /next"},
		"out of scope, and answered":    {"id: card.price", "id: oos", "a.yaml:17", "can only be refused"},
		"a field that nobody knows":     {"    who:", "    whom:", "a.yaml:20", "unknown field"},
		"a field twice":                 {"class: unconfirmed", "class: unconfirmed\n    class: fact", "a.yaml:18", "already defined"},
		"a list where a text belongs":   {"fr: Le prix", "fr: [Le prix]", "a.yaml:18", ""},
		"no YAML":                       {"ways: {fr: [prix carte]", "ways: {fr: [prix carte", "a.yaml:21", "can't be read"},
		"two documents":                 {"", "---\ntopic: x\n", "a.yaml:1", "one topic"},
		"a topic twice":                 {"topic: card", "topic: rna", "b.yaml:1", "topic rna is in a.yaml already"},
		"an order twice":                {"order: 1", "order: 2", "b.yaml:2", "order 2 is taken by a.yaml"},
		"an order that is no number":    {"order: 1", "order: first", "a.yaml:2", "needs its `order`"},
		"a topic without a name":        {", ar: البطاقة, ary: لاكارط}", "}", "a.yaml:1", "no name in ar"},
		"a topic that is no word":       {"topic: card", "topic: La carte", "a.yaml:1", "no topic"},
	} {
		t.Run(name, func(t *testing.T) {
			planted := sound + c.to
			if c.from != "" {
				if planted = strings.Replace(sound, c.from, c.to, 1); planted == sound {
					t.Fatalf("%q isn't in the sound file", c.from)
				}
			}
			a, problems := answers.Load(files(planted, second), locale.Languages())
			if a != nil {
				t.Error("a knowledge with a mistake was given out")
			}
			if !slices.ContainsFunc(problems, func(p answers.Problem) bool {
				return strings.HasPrefix(p.String(), c.in+": ") && strings.Contains(p.What, c.says)
			}) {
				t.Errorf("want %s: …%s…, got %v", c.in, c.says, problems)
			}
		})
	}
}

func TestNoFileOrAnEmptyOneIsAProblem(t *testing.T) {
	for name, fsys := range map[string]fstest.MapFS{"no file": {}, "an empty file": files(""), "no entries": files("topic: card\norder: 1\nname: {fr: C, ar: ب, ary: ك}\n")} {
		if a, problems := answers.Load(fsys, locale.Languages()); a != nil || len(problems) == 0 {
			t.Errorf("%s loads: %v", name, problems)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(sound)
	f.Add("topic: [")
	f.Add("- &a *a")
	f.Fuzz(func(t *testing.T, page string) {
		a, problems := answers.Load(files(page), locale.Languages())
		if (a == nil) == (len(problems) == 0) {
			t.Errorf("Load gave %v and %v", a, problems)
		}
	})
}

func FuzzFind(f *testing.F) {
	a, _ := answers.Load(files(sound), locale.Languages())
	f.Add("la carte pro")
	f.Add("البطاقة ؟")
	f.Fuzz(func(t *testing.T, asked string) {
		if id, ok := a.Find(asked); ok {
			if _, known := a.Get(id); !known {
				t.Errorf("%q finds %q, which doesn't exist", asked, id)
			}
		}
	})
}

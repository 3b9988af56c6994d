package locale

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/nicksnyder/go-i18n/v2/i18n"
)

var all = []Language{French, Arabic, Darija}

func files(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

func load(t testing.TB, pairs ...string) *Texts {
	t.Helper()
	texts, err := Load(files(pairs...), all)
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

const french = `# a comment
menu.title: Que voulez-vous faire ?
menu.hello: Bonjour {{.name}}, bienvenue à {{ .place }}
menu.yes: yes
stop.seats:
  one: Il reste {{.count}} place à {{.place}}
  other: Il reste {{.count}} places à {{.place}}
stop.venue: "{{if .venue}}Lieu : {{.venue}}{{else}}Lieu à confirmer{{end}}"
stop.lines: |
  Première ligne
  Deuxième ligne
`

const arabic = `menu.title: ماذا تريد؟
stop.seats:
  zero: لم يبق أي مكان
  one: بقي مكان واحد
  two: بقي مكانان
  few: بقيت {{.count}} أماكن
  many: بقي {{.count}} مكانا
  other: بقي {{.count}} مكان
`

func TestTextFillsParametersAsTheyAre(t *testing.T) {
	texts := load(t, "menu.fr.yaml", french)
	for _, c := range []struct {
		id     string
		params map[string]any
		want   string
	}{
		{"menu.title", nil, "Que voulez-vous faire\u202f?"},
		{"menu.yes", nil, "yes"},
		{"menu.hello", map[string]any{"name": "<b>Amina</b>", "place": "Fès"}, "Bonjour <b>Amina</b>, bienvenue à Fès"},
		{"menu.hello", map[string]any{"name": "{{.place}}", "place": 3}, "Bonjour {{.place}}, bienvenue à 3"},
		{"menu.hello", map[string]any{"name": "Amina"}, "Bonjour Amina, bienvenue à ⟦place⟧"},
		{"stop.venue", map[string]any{"venue": "Dar Chabab"}, "Lieu\u00a0: Dar Chabab"},
		{"stop.venue", nil, "Lieu à confirmer"},
		{"stop.lines", nil, "Première ligne\nDeuxième ligne"},
		{"no.such", map[string]any{"x": 1}, "⟦no.such⟧"},
	} {
		if got := texts.Text(French, c.id, c.params); got != c.want {
			t.Errorf("%s %v = %q, want %q", c.id, c.params, got, c.want)
		}
	}
}

func TestTextFallsBackToFrench(t *testing.T) {
	texts := load(t, "menu.fr.yaml", french, "menu.ar.yaml", arabic)
	if got := texts.Text(Arabic, "menu.title", nil); got != "ماذا تريد؟" {
		t.Errorf("Arabic: %q", got)
	}
	for _, l := range []Language{Darija, "zgh", ""} {
		if got := texts.Text(l, "stop.seats", map[string]any{"count": 0, "place": "Fès"}); got != "Il reste 0 place à Fès" {
			t.Errorf("%q: %q", l, got)
		}
	}
}

func TestTextSelectsThePluralForm(t *testing.T) {
	texts := load(t, "menu.fr.yaml", french, "menu.ar.yaml", arabic, "menu.ary.yaml", arabic)
	for _, c := range []struct {
		lang  Language
		count any
		want  string
	}{
		{Arabic, 0, "لم يبق أي مكان"}, {Arabic, 1, "بقي مكان واحد"}, {Arabic, 2, "بقي مكانان"}, {Arabic, 3, "بقيت 3 أماكن"},
		{Arabic, 10, "بقيت 10 أماكن"}, {Arabic, 11, "بقي 11 مكانا"}, {Arabic, 99, "بقي 99 مكانا"}, {Arabic, 100, "بقي 100 مكان"},
		{Arabic, 103, "بقيت 103 أماكن"}, {Darija, 2, "بقي مكانان"}, {Darija, int64(5), "بقيت 5 أماكن"},
		{Arabic, nil, "بقي  مكان"}, {French, -1, "Il reste -1 place à F"}, {French, 2, "Il reste 2 places à F"},
	} {
		if got := texts.Text(c.lang, "stop.seats", map[string]any{"count": c.count, "place": "F"}); got != c.want {
			t.Errorf("%s %v = %q, want %q", c.lang, c.count, got, c.want)
		}
	}
}

// The rules run from x/text because go-i18n's cost an allocation and a matcher at every text; they must say the same.
func TestPluralRulesAgreeWithGoI18n(t *testing.T) {
	for _, lang := range all {
		bundle := i18n.NewBundle(of(lang).tag)
		if err := bundle.AddMessages(of(lang).tag, &i18n.Message{ID: "form", Zero: "zero", One: "one", Two: "two", Few: "few", Many: "many", Other: "other"}); err != nil {
			t.Fatal(err)
		}
		localizer := i18n.NewLocalizer(bundle, of(lang).tag.String())
		for n := range 1500 {
			want := localizer.MustLocalize(&i18n.LocalizeConfig{MessageID: "form", PluralCount: n})
			if got := formNames[formOf(lang, n)]; got != want {
				t.Errorf("%s %d: %s, go-i18n says %s", lang, n, got, want)
			}
		}
	}
}

func TestRequiredForms(t *testing.T) {
	six := []string{"zero", "one", "two", "few", "many", "other"}
	for lang, want := range map[Language][]string{French: {"one", "other"}, Arabic: six, Darija: six} {
		if diff := cmp.Diff(want, RequiredForms(lang)); diff != "" {
			t.Errorf("%s: %s", lang, diff)
		}
	}
}

func TestTextsTellWhatTheyHold(t *testing.T) {
	texts := load(t, "menu.fr.yaml", french, "menu.ar.yaml", arabic)
	if diff := cmp.Diff([]string{"count", "place"}, texts.Params(French, "stop.seats")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"venue"}, texts.Params(French, "stop.venue")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"one", "other"}, texts.Forms(French, "stop.seats")); diff != "" {
		t.Error(diff)
	}
	if texts.Forms(French, "menu.title") != nil || texts.Params(Arabic, "menu.hello") != nil {
		t.Error("forms or parameters where there are none")
	}
	if file, line := texts.At(French, "stop.seats"); file != "menu.fr.yaml" || line != 5 {
		t.Errorf("At = %s:%d", file, line)
	}
	if got := texts.Longest(French, "stop.seats"); got != "Il reste {{.count}} places à {{.place}}" {
		t.Errorf("Longest = %q", got)
	}
	if texts.Has(Arabic, "menu.hello") || !texts.Has(French, "menu.hello") {
		t.Error("Has")
	}
	if ids := texts.IDs(); !slices.IsSorted(ids) || len(ids) != 6 {
		t.Errorf("IDs = %v", ids)
	}
}

func TestProblemsNameWhatATranslationLacks(t *testing.T) {
	texts, err := Load(files("a.fr.yaml", "hello: Bonjour {{.name}}\nbye: Au revoir\nseats:\n  other: places\n",
		"a.ar.yaml", "hello: مرحبا {{.nom}}\nextra: زائد\nseats: أماكن\n"), []Language{French, Arabic})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range texts.Problems() {
		got = append(got, p.String())
	}
	want := []string{
		`a.ar.yaml:1: "hello" leaves out {{.name}} of the French`,
		`a.ar.yaml:1: "hello" uses {{.nom}}, which the French does not`,
		`a.ar.yaml:2: "extra" is not in French, the source`,
		`a.ar.yaml:3: "seats" has plural forms in one of fr and ar only`,
		`a.fr.yaml:2: "bye" has no text in ar`,
		`a.fr.yaml:3: "seats" lacks the plural form "one" that fr needs`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLoadNamesEveryFaultWithItsPlace(t *testing.T) {
	for name, c := range map[string]struct {
		fsys fstest.MapFS
		want string
	}{
		"no files":            {files(), "no message files"},
		"no language":         {files("menu.yaml", "a: b"), "menu.yaml: the name has no language"},
		"unknown language":    {files("menu.en.yaml", "a: b"), "one of fr, ar, ary"},
		"broken yaml":         {files("m.fr.yaml", "a: b\nc: \"open\n"), "m.fr.yaml:2"},
		"twice in one file":   {files("m.fr.yaml", "a: b\na: c\n"), "m.fr.yaml:2"},
		"twice in two files":  {files("m.fr.yaml", "a: b\n", "n.fr.yaml", "x: y\na: c\n"), `n.fr.yaml:2: "a" stands already at m.fr.yaml:1`},
		"nested":              {files("m.fr.yaml", "menu:\n  title: b\n"), `m.fr.yaml:1: "menu": "title" is not a plural form`},
		"unquoted parameter":  {files("m.fr.yaml", "a: {{.x}}\n"), "m.fr.yaml:1"},
		"form it has not":     {files("m.fr.yaml", "a:\n  two: b\n  other: c\n"), `fr has no plural form "two", only one, other`},
		"no other":            {files("m.fr.yaml", "a:\n  one: b\n"), `"other" is missing`},
		"empty":               {files("m.fr.yaml", "a:\n"), "the text is empty"},
		"not closed":          {files("m.fr.yaml", "a: Bonjour {{.name\n"), "not a template"},
		"capital parameter":   {files("m.fr.yaml", "a: Bonjour {{.Name}}\n"), `parameter "Name"`},
		"unknown function":    {files("m.fr.yaml", "a: Bonjour {{upper .name}}\n"), "upper"},
		"a list":              {files("m.fr.yaml", "- a\n- b\n"), "not a map"},
		"every fault at once": {files("m.fr.yaml", "a:\nb: {{.x\n", "n.ar.yaml", "q:\n"), "n.ar.yaml:1"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(c.fsys, all)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestParseLanguages(t *testing.T) {
	got, err := ParseLanguages(" fr, AR,ary ")
	if err != nil || !slices.Equal(got, all) {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"", "fr,en", "fr,fr"} {
		if _, err := ParseLanguages(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
	if French.RTL() || !Arabic.RTL() || !Darija.RTL() || Darija.Name() != "الدارجة" {
		t.Error("direction or name")
	}
}

func TestTextIsCheap(t *testing.T) {
	texts := load(t, "menu.fr.yaml", french, "menu.ar.yaml", arabic)
	plain := testing.AllocsPerRun(100, func() { texts.Text(French, "menu.title", nil) })
	params := map[string]any{"name": "Amina", "place": "Fès"}
	filled := testing.AllocsPerRun(100, func() { texts.Text(French, "menu.hello", params) })
	counted := map[string]any{"count": 7}
	plural := testing.AllocsPerRun(100, func() { texts.Text(Arabic, "stop.seats", counted) })
	if plain > 0 || filled > 1 || plural > 1 {
		t.Errorf("allocations: plain %v, filled %v, plural %v", plain, filled, plural)
	}
}

func BenchmarkText(b *testing.B) {
	texts := load(b, "menu.fr.yaml", french, "menu.ar.yaml", arabic)
	params := map[string]any{"name": "Amina", "place": "Fès", "count": 12}
	for _, id := range []string{"menu.title", "menu.hello", "stop.seats", "stop.venue"} {
		for _, lang := range []Language{French, Arabic} {
			b.Run(fmt.Sprintf("%s/%s", id, lang), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					texts.Text(lang, id, params)
				}
			})
		}
	}
}

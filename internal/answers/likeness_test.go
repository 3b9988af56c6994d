package answers_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qafila/qafila/internal/answers"
)

const alike = `concepts:
  scarce: manque ما_كاينش
  nursery: crèche hadana
  idle: vraiment
as:
  price: dear
  nationalcard: card identity
telling: nursery
troubles: scarce
little: card
themes:
  finance: dear
`

func likenessOf(t *testing.T, page string) (*answers.Likeness, []answers.Problem) {
	t.Helper()
	lx, problems := lexiconOf(map[string]string{"a.yaml": words})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return answers.ReadLikeness(fstest.MapFS{"likeness/likeness.yaml": {Data: []byte(page)}}, lx)
}

func TestTermsAreConceptsAndTheSoundsOfUnknownWords(t *testing.T) {
	lk, problems := likenessOf(t, alike)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, c := range []struct {
		theme, words string
		want         map[string]float32
	}{
		{"materials", "prix", map[string]float32{"#dear": 1, "#wish": 0.35}},
		{"finance", "taman", map[string]float32{"#dear": 0.4, "#wish": 0.35}},
		{"materials", "vraiment la carte nationale", map[string]float32{"#card": 0.15, "#identity": 1, "#wish": 0.35}},
		{"materials", "ما كاينش", map[string]float32{"#scarce": 0.9}},
		{"materials", "manque krakzo", map[string]float32{"#scarce": 0.9, "krkz": 0.6}},
		{"materials", "manquaient", map[string]float32{"#scarce": 0.8}},
		{"materials", "crèches hadana", map[string]float32{"#nursery": 1.6, "#wish": 0.35}},
		{"materials", "vraiment", map[string]float32{}},
		{"materials", " …", map[string]float32{}},
	} {
		got := lk.Terms(c.theme, c.words)
		for term, w := range c.want {
			if d := got[term] - w; d > 0.11 || d < -0.11 { // a head or an ending off is a little less sure
				t.Errorf("%s, %q: %v, want %v", c.theme, c.words, got, c.want)
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%s, %q: %v, want %v", c.theme, c.words, got, c.want)
		}
	}
	long := lk.Terms("materials", strings.Repeat("zellige balgha tarz nqocha debbagh sabra ", 3)+strings.Join(strings.Split("bcdfgjklmnrstz", ""), "akabarada ")+"akabarada")
	if len(long) == 0 || len(long) > 24 {
		t.Errorf("a story has %d terms", len(long))
	}
}

func TestAnEditionIsNamedByItsWords(t *testing.T) {
	one, _ := likenessOf(t, alike)
	again, _ := likenessOf(t, alike)
	other, _ := likenessOf(t, alike+"\n# another\n")
	if one.Edition() != again.Edition() || one.Edition() == other.Edition() || one.Edition() == "" {
		t.Errorf("%q, %q, %q", one.Edition(), again.Edition(), other.Edition())
	}
}

func TestPlantedMistakesInALikenessAreFound(t *testing.T) {
	for name, c := range map[string]struct{ page, says string }{
		"no YAML":                {"concepts: [", "can't be read"},
		"another field":          {alike + "words: x\n", "can't be read"},
		"a concept of none":      {"as:\n  prize: dear\n", `"prize" is no concept`},
		"little of nothing":      {"little: nothing\n", `"nothing" is no concept`},
		"two counts":             {alike + "aside: card\n", "the concept card counts twice"},
		"trouble of nothing":     {"troubles: nothing\n", `"nothing" is no concept`},
		"a theme of nothing":     {"themes:\n  card: kard\n", `"kard" is no concept`},
		"a spelling of signs":    {"concepts:\n  bad: ok ?!\n", "no spelling"},
		"a spelling that's long": {"concepts:\n  bad: a_b_c_d_e_f_g\n", "no spelling"},
	} {
		lk, problems := likenessOf(t, c.page)
		if lk != nil || len(problems) == 0 || !strings.Contains(problems[0].What, c.says) {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

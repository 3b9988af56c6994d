package answers_test

import (
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/locale"
)

func TestOverridesCorrectACopy(t *testing.T) {
	a, _ := answers.Load(files(sound), nil)
	day := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	b, refused := a.With([]answers.Override{
		{ID: "card.price", Body: map[locale.Language]string{locale.French: "Elle est gratuite."}, Voice: map[locale.Language]string{locale.Darija: "AwAC"},
			Source: "https://example.org/prix", Checked: day, Ways: []string{"tarif", "بشحال", "prix carte"}},
		{ID: "card.price", Title: map[locale.Language]string{locale.French: "Le tarif"}},
	})
	if len(refused) > 0 {
		t.Fatal(refused)
	}
	e, _ := b.Get("card.price")
	if e.Body(locale.French) != "Elle est gratuite." || e.Body(locale.Arabic) != "غير مؤكد." || e.Title(locale.French) != "Le tarif" || !e.Checked.Equal(day) ||
		e.Source != "https://example.org/prix" || e.Voice(locale.Darija) != "AwAC" || e.Voice(locale.French) != "" {
		t.Errorf("%+v", e)
	}
	if len(e.Ways(answers.Latin)) != 2 || len(e.Ways(answers.Arabic)) != 2 || b.InTopic("card")[1].Body(locale.French) != "Elle est gratuite." {
		t.Errorf("%v, %v", e.Ways(answers.Latin), e.Ways(answers.Arabic))
	}
	if id, ok := b.Find("le tarif"); !ok || id != "card.price" {
		t.Error("a way that was added isn't found")
	}
	before, _ := a.Get("card.price")
	if _, ok := a.Find("tarif"); ok || before.Body(locale.French) != "Pas confirmé." || len(before.Ways(answers.Latin)) != 1 || !before.Checked.IsZero() {
		t.Errorf("the knowledge in use changed: %+v", before)
	}
}

func TestWhatAnOverrideMayNotDoIsRefusedAndTheRestTaken(t *testing.T) {
	a, _ := answers.Load(files(sound), nil)
	french := func(s string) map[locale.Language]string { return map[locale.Language]string{locale.French: s} }
	for what, o := range map[string]answers.Override{
		"no such entry":     {ID: "card.none"},
		"41 characters":     {ID: "card.price", Title: french(strings.Repeat("x", 41))},
		"4 lines":           {ID: "card.price", Body: french("1\n2\n3\n4")},
		"asks for card.wha": {ID: "card.price", Ways: []string{"la CARTE pro"}},
		"no letters":        {ID: "card.price", Ways: []string{"?!"}},
		"a story":           {ID: "card.price", Ways: []string{strings.Repeat("prix ", 60)}},
	} {
		o.Ways = append(o.Ways, "tarif")
		b, refused := a.With([]answers.Override{o})
		if len(refused) != 1 || refused[0].ID != o.ID || !strings.Contains(refused[0].What, what) {
			t.Errorf("%s: %v", what, refused)
		}
		if _, ok := b.Find("tarif"); ok != (o.ID == "card.price") {
			t.Errorf("%s: the other way was taken: %v", what, ok)
		}
	}
}

func TestAWayThatWasAddedIsUnderstoodInItsNeighbourhood(t *testing.T) {
	b, refused := shipped(t).With([]answers.Override{{ID: "card.pickup", Ways: []string{"fin nched lwer9a zer9a dyal lm3elmin"}}})
	if len(refused) > 0 {
		t.Fatal(refused)
	}
	if r := answers.NewIndex(b, lexicon(t)).Ask("wach nched lwer9a zer9a f fes"); r.ID != "card.pickup" {
		t.Errorf("%+v", r)
	}
}

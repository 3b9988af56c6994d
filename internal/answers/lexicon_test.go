package answers_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/directory"
)

const (
	words    = "concepts:\n  card: carte bita9a بطاقة\n  price: prix taman ثمن\n  nationalcard: carte_nationale\n"
	readings = "readings:\n  card.what: card\n  card.price: card price | price\n"
)

func lexiconOf(pages map[string]string) (*answers.Lexicon, []answers.Problem) {
	fsys := fstest.MapFS{}
	for name, page := range pages {
		fsys["lexicon/"+name] = &fstest.MapFile{Data: []byte(page)}
	}
	return answers.ReadLexicon(fsys, directory.Default())
}

func TestASmallLexiconTeachesASmallIndex(t *testing.T) {
	a, problems := answers.Load(files(sound), nil)
	lx, unread := lexiconOf(map[string]string{"a.yaml": words, "b.yaml": readings})
	if len(problems)+len(unread) > 0 || len(lx.Check(a)) > 0 {
		t.Fatal(problems, unread, lx.Check(a))
	}
	ix := answers.NewIndex(a, lx)
	for text, want := range map[string]string{"ch7al ttaman dyal lbita9a": "card.price", "شنو هي لبطاقة": "card.what", "tammane": "card.price"} {
		if r := ix.Ask(text); r.ID != want {
			t.Errorf("%q: %+v", text, r)
		}
	}
	if r := ix.Ask("fes"); r.Decision == answers.Answer && r.ID == "next_stop.by_city" {
		t.Errorf("a town leads to an entry that isn't there: %+v", r)
	}
}

func TestPlantedMistakesInALexiconAreFound(t *testing.T) {
	a, _ := answers.Load(files(sound), nil)
	for name, c := range map[string]struct {
		pages    map[string]string
		in, says string
	}{
		"no file":                  {map[string]string{}, "lexicon:1", "no *.yaml"},
		"no YAML":                  {map[string]string{"a.yaml": "concepts: ["}, "lexicon/a.yaml:1", "can't be read"},
		"another field":            {map[string]string{"a.yaml": words + "words: x\n"}, "lexicon/a.yaml:1", "can't be read"},
		"a concept in two files":   {map[string]string{"a.yaml": words, "b.yaml": "concepts:\n  card: karta\n"}, "lexicon/b.yaml:2", "stands twice"},
		"a spelling of signs":      {map[string]string{"a.yaml": words + "  bad: ok ?!\n"}, "lexicon/a.yaml:5", "no spelling"},
		"a spelling that is long":  {map[string]string{"a.yaml": words + "  bad: a_b_c_d_e_f_g\n"}, "lexicon/a.yaml:5", "no spelling"},
		"a reading of no concept":  {map[string]string{"a.yaml": words, "b.yaml": "readings:\n  card.what: kard\n"}, "lexicon/b.yaml:2", "no concept"},
		"a reading of no entry":    {map[string]string{"a.yaml": words, "b.yaml": readings + "  card.where: card\n"}, "lexicon/b.yaml:4", "doesn't exist"},
		"an entry without reading": {map[string]string{"a.yaml": words, "b.yaml": "readings:\n  card.what: card\n"}, "a.yaml:16", "no reading asks for card.price"},
	} {
		lx, problems := lexiconOf(c.pages)
		if lx != nil {
			problems = append(problems, lx.Check(a)...)
		}
		found := false
		for _, p := range problems {
			found = found || strings.HasPrefix(p.String(), c.in+": ") && strings.Contains(p.What, c.says)
		}
		if !found {
			t.Errorf("%s: want %s: …%s…, got %v", name, c.in, c.says, problems)
		}
	}
}

package feedback

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/knowledge"
)

// A saying is one line of testdata/likeness: a theme, the number of what is meant, the words. Two of one theme and number say the same; any
// other two don't. A line that begins with # says who wrote the file, and how.
type saying struct{ theme, means, words string }

func sayings(t testing.TB, name string) (list []saying) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "likeness", name))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		p := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(p) != 3 {
			t.Fatalf("%s: %q", name, line)
		}
		list = append(list, saying{p[0], p[1], p[2]})
	}
	return list
}

func shippedLikeness(t testing.TB) Likeness {
	t.Helper()
	lx, problems := answers.ReadLexicon(knowledge.Files, directory.Default())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	lk, problems := answers.ReadLikeness(knowledge.Files, lx)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return Likeness{lk.Edition(), lk.Terms}
}

// dev.tsv and more.tsv are what the words and weights were found on: the first from the beginning, the second written before the words of likeness/*.yaml were
// many, and looked at after. held.tsv was written by the hand that wrote dev.tsv about other things that artisans say; no word was added for it, and only its
// totals were looked at. blind.tsv was written by another hand, without either: its figures are shown and held to nothing, so that nobody is
// led to mend words for it. What it finds of things that nobody foresaw is what recall really is.
func TestSayingsAreAlikeInThreeScripts(t *testing.T) {
	l := shippedLikeness(t)
	for _, c := range []struct {
		file              string
		precision, recall float64
	}{{"dev.tsv", 0.97, 0.90}, {"more.tsv", 0.95, 0.54}, {"held.tsv", 0.97, 0.60}, {"blind.tsv", 0, 0}} {
		list := sayings(t, c.file)
		said, totals := make([]terms, len(list)), make([]int32, len(list))
		for i, s := range list {
			said[i], totals[i] = l.terms(s.theme, s.words)
		}
		var right, wrong, missed, apart int
		for i, a := range list {
			for j, b := range list[:i] {
				if a.theme != b.theme {
					continue
				}
				same, grouped := a.means == b.means, likeness(said[i], said[j], totals[i]+totals[j]) > 0
				switch {
				case same && grouped:
					right++
				case same:
					missed++
				case grouped:
					wrong++
					t.Logf("%s: alike, and shouldn't be: %q, %q", c.file, b.words, a.words)
				default:
					apart++
				}
			}
		}
		precision, recall := float64(right)/float64(right+wrong), float64(right)/float64(right+missed)
		t.Logf("%s: %d pairs that say the same, %d that don't: precision %.2f, recall %.2f", c.file, right+missed, wrong+apart, precision, recall)
		if precision < c.precision || recall < c.recall {
			t.Errorf("%s: want precision %.2f and recall %.2f", c.file, c.precision, c.recall)
		}
	}
}

func TestOneThingIsSaidInThreeScripts(t *testing.T) {
	l := shippedLikeness(t)
	first, total := l.terms("materials", "Les matières premières sont trop chères")
	for _, words := range []string{"السلعة غالية بزاف", "sel3a ghalya bzaf", "المواد الأولية غالية"} {
		said, sum := l.terms("materials", words)
		if v := likeness(first, said, total+sum); v == 0 {
			t.Errorf("%q: %d, %v and %v", words, v, first, said)
		}
	}
}

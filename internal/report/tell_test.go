package report

import (
	"strings"
	"testing"

	"github.com/qafila/qafila/internal/locale"
)

func TestWhatIsTooFewToBeNamedIsCalledTheOthers(t *testing.T) {
	words := speak(t)
	r := Report{Least: least, Voices: exact(15), Themes: []Theme{{Count: Count{"card", exact(9)}}, {Count: Count{"", exact(6)}}}}
	for _, lang := range locale.Languages() {
		others := words.Text(lang, "report.others", nil)
		if got := (teller{r, words, lang}).themeName(r.Themes[1]); got != others || got == "" {
			t.Errorf("%s: the line without a name is called %q", lang, got)
		}
		if said := strings.Join(Lines(r, words, lang), "\n"); strings.Contains(said, others) {
			t.Errorf("%s: the others are among the foremost: %s", lang, said)
		}
	}
}

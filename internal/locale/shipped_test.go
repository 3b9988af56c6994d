package locale_test

import (
	"regexp"
	"testing"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/locales"
)

// The texts that ship are whole in every language: a release must not fall back.
func TestShippedTextsAreWhole(t *testing.T) {
	texts, err := locale.Load(locales.Files, locale.Languages())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range texts.Problems() {
		t.Error(p)
	}
}

// In a line that runs from the right, a slash belongs to no word and numbers with spaces between them change places: a command has a mark
// before it (U+200E), and a phone number no spaces.
func TestShippedLinesKeepTheirOrderFromTheRight(t *testing.T) {
	texts, err := locale.Load(locales.Files, locale.Languages())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		turned *regexp.Regexp
	}{
		{"a command without its mark", regexp.MustCompile(`(?:^|[^\x{200e}/<\pL\d])/[a-z]+`)},
		{"a number in pieces", regexp.MustCompile(`\d\d \d\d \d\d`)},
		{"numbers that a hyphen joins", regexp.MustCompile(`\p{Arabic}[^\x{200e}\pL]*\d-\d`)},
		{"an address that ends in a sign", regexp.MustCompile(`://…[^\x{200e}]`)},
	} {
		for _, l := range locale.Languages() {
			for _, id := range texts.IDs() {
				if s := texts.Text(l, id, nil); l.RTL() && c.turned.MatchString(s) {
					t.Errorf("%s in %s, %s: %q", c.name, id, l, s)
				}
			}
		}
	}
}

package locale_test

import (
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

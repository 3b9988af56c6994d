package conversation

import (
	"github.com/nyaruka/phonenumbers"

	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// Understanding is how typed words are read: in any of the scripts and spellings that people here use.
func Understanding() flow.Understanding {
	return flow.Understanding{Fold: locale.Fold, Number: locale.Number, Phone: Phone}
}

// Phone reads a phone number as people write one, Moroccan unless it says otherwise, into E.164.
func Phone(s string) (string, bool) {
	n, err := phonenumbers.Parse(s, "MA")
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return "", false
	}
	return phonenumbers.Format(n, phonenumbers.E164), true
}

// Words lets the engine and its check see the texts.
func Words(t *locale.Texts) flow.Texts { return textsOf{t} }

type textsOf struct{ *locale.Texts }

func (t textsOf) Languages() []string {
	var names []string
	for _, l := range t.Offered() {
		names = append(names, string(l))
	}
	return names
}
func (t textsOf) Text(lang, id string) string     { return t.Longest(locale.Language(lang), id) }
func (t textsOf) Has(lang, id string) bool        { return t.Texts.Has(locale.Language(lang), id) }
func (t textsOf) Params(lang, id string) []string { return t.Texts.Params(locale.Language(lang), id) }
func (t textsOf) Forms(lang, id string) []string  { return t.Texts.Forms(locale.Language(lang), id) }
func (t textsOf) RequiredForms(lang string) []string {
	return locale.RequiredForms(locale.Language(lang))
}
func (t textsOf) At(lang, id string) (string, int) { return t.Texts.At(locale.Language(lang), id) }

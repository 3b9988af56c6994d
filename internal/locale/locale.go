// Package locale owns the words: texts in every language with their plurals, dates and distances as people say them, the direction of
// a line, and the folding that makes what people type comparable.
//
// It promises that a text is always something readable (another language before nothing, never a panic) and that every function here is
// pure and safe for concurrent use. It does not escape for any edge, does not choose a person's language, and knows no place or trade.
package locale

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Language is the code by which people, files and the database name a language.
type Language string

// The languages of which the house has texts. French is the source: a text missing elsewhere is shown in French.
const (
	French Language = "fr"
	Arabic Language = "ar"  // Modern Standard Arabic, in plain words
	Darija Language = "ary" // Moroccan Arabic, in Arabic letters
)

// profile is all that this package knows about one language; a new language is one more entry in profiles, and its files.
type profile struct {
	name string // as its speakers write it
	rtl  bool
	// tag selects plural rules. Darija stands under ar-MA: neither go-i18n nor CLDR carries plural rules for ary, and a message with
	// plural forms would be refused.
	tag      language.Tag
	weekdays [7]string // Sunday first, as time.Weekday
	months   [12]string
	words    words
}

var order = []Language{French, Arabic, Darija}

var profiles = map[Language]*profile{
	French: {name: "Français", tag: language.French, weekdays: frenchWeekdays, months: frenchMonths, words: frenchWords},
	Arabic: {name: "العربية", rtl: true, tag: language.Arabic, weekdays: arabicWeekdays, months: moroccanMonths, words: arabicWords},
	Darija: {name: "الدارجة", rtl: true, tag: language.MustParse("ar-MA"), weekdays: arabicWeekdays, months: moroccanMonths, words: darijaWords},
}

// of returns the language's profile; a language that the house doesn't have speaks French.
func of(l Language) *profile {
	if p, ok := profiles[l]; ok {
		return p
	}
	return profiles[French]
}

// Languages returns the languages that the house has, the source first.
func Languages() []Language { return slices.Clone(order) }

// RTL tells whether lines of the language run from right to left.
func (l Language) RTL() bool { return of(l).rtl }

// Name is the language's name as its speakers write it, for the button that chooses it.
func (l Language) Name() string { return of(l).name }

// ParseLanguages reads a comma-separated list such as "fr,ar,ary", in the order in which the languages are offered.
func ParseLanguages(list string) ([]Language, error) {
	var offered []Language
	for _, code := range strings.Split(list, ",") {
		l := Language(strings.ToLower(strings.TrimSpace(code)))
		if l == "" {
			continue
		}
		if _, ok := profiles[l]; !ok {
			return nil, fmt.Errorf("language %q is not one of %s", l, known())
		}
		if slices.Contains(offered, l) {
			return nil, fmt.Errorf("language %q is listed twice", l)
		}
		offered = append(offered, l)
	}
	if len(offered) == 0 {
		return nil, fmt.Errorf("no language is listed; choose from %s", known())
	}
	return offered, nil
}

func known() string {
	codes := make([]string, len(order))
	for i, l := range order {
		codes[i] = string(l)
	}
	return strings.Join(codes, ", ")
}

package locale

import (
	"golang.org/x/text/feature/plural"
)

// formNames are the names of CLDR's plural categories as message files write them, by plural.Form.
var formNames = [...]string{plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many"}

// formOrder is the order in which people read the forms.
var formOrder = [...]plural.Form{plural.Zero, plural.One, plural.Two, plural.Few, plural.Many, plural.Other}

func formNamed(name string) (plural.Form, bool) {
	for form, n := range formNames {
		if n == name {
			return plural.Form(form), true
		}
	}
	return 0, false
}

// formOf selects the form for a whole number. The rules are x/text's; a test holds them to go-i18n's.
func formOf(lang Language, count int) plural.Form {
	if count < 0 {
		count = -count
	}
	return plural.Cardinal.MatchPlural(of(lang).tag, count%10_000_000, 0, 0, 0, 0)
}

// RequiredForms names the plural forms that whole numbers select in the language; a plural message has each of them: one, other in French;
// all six in Arabic and Darija.
func RequiredForms(lang Language) []string {
	var seen [len(formNames)]bool
	for n := range 201 { // CLDR's integer rules for these languages repeat within 100
		seen[formOf(lang, n)] = true
	}
	var names []string
	for _, f := range formOrder {
		if seen[f] {
			names = append(names, formNames[f])
		}
	}
	return names
}

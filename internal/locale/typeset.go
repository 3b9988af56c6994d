package locale

import "regexp"

// unbroken finds the spaces that no line is to be broken at, and passes over what a text fills in.
var unbroken = regexp.MustCompile(`\{\{.*?\}\}|« | [?!;:»·]`)

// Typeset makes a sign stay on the line of the word that it belongs to, however narrow the phone: in every language the space before · becomes
// a no-break one (U+00A0), and in French those before : and inside « », and before ? ! and ; a narrow one (U+202F). It is for texts that the
// house wrote; what people typed stays as it is, and so do {{…}} and what has no space (10:30, https://). Typeset twice is typeset once.
func Typeset(lang Language, text string) string {
	return unbroken.ReplaceAllStringFunc(text, func(s string) string {
		switch {
		case s == " ·", lang == French && (s == " :" || s == " »"):
			return "\u00a0" + s[1:]
		case lang == French && s == "« ":
			return "«\u00a0"
		case lang == French && (s == " ?" || s == " !" || s == " ;"):
			return "\u202f" + s[1:]
		}
		return s
	})
}

package answers

import (
	"strings"
	"unicode/utf8"

	"github.com/qafila/qafila/internal/locale"
)

// longestAsked is how many bytes of words are looked at: no way is longer, and a long story is no way.
const longestAsked = 240

// Find tells which entry the words name: one of its ways or titles, whatever the case, accents, tashkeel or spelling of alef, with or
// without articles and courtesies ("la carte pro svp", "البطاقة"). Anything else finds nothing: understanding is Ask's.
func (a *Answers) Find(asked string) (id string, ok bool) {
	if len(asked) > longestAsked {
		return "", false
	}
	key := locale.Fold(asked)
	if key == "" {
		return "", false
	}
	if id, ok = a.exact[key]; ok {
		return id, true
	}
	if key = bare(asked); key == "" {
		return "", false
	}
	id, ok = a.bare[key]
	return id, ok
}

// bare is the words folded, without what doesn't change the question. Ways and questions go through it alike, so it may be rough: two
// entries that it would confuse are an error at load.
func bare(s string) string {
	parted := strings.Map(func(r rune) rune {
		if strings.ContainsRune("'’‘`´ʼ", r) {
			return ' ' // l'artisan is two words here; Fold would glue them
		}
		return r
	}, s)
	fields := strings.Fields(locale.Fold(parted))
	kept := fields[:0]
	for _, w := range fields {
		if !idle(w) {
			kept = append(kept, withoutArticle(w))
		}
	}
	return strings.Join(kept, " ")
}

// idle tells the words that a question can lose: articles, "of", greetings and "please". Folded.
func idle(w string) bool {
	switch w {
	case "l", "la", "le", "les", "un", "une", "d", "de", "du", "des", "el", "al",
		"dyal", "diyal", "dial", "ديال", "ال",
		"svp", "stp", "bonjour", "salut", "merci", "salam", "slm", "3afak", "afak", "chokran",
		"سلام", "السلام", "عليكم", "عافاك", "عفاك", "شكرا":
		return true
	}
	return false
}

// withoutArticle takes a glued article off a folded word: البطاقة, لبطاقة, lbita9a, elbita9a. A word that merely begins so loses its
// head too, on both sides of the comparison.
func withoutArticle(w string) string {
	for _, article := range []string{"ال", "ل"} {
		if rest, ok := strings.CutPrefix(w, article); ok && utf8.RuneCountInString(rest) >= 3 {
			return rest
		}
	}
	if len(w) >= 6 && (w[:2] == "el" || w[:2] == "al") && consonant(w[2]) {
		return w[2:]
	}
	if len(w) >= 4 && w[0] == 'l' && consonant(w[1]) {
		return w[1:]
	}
	return w
}

// consonant holds for Latin consonants and for the digits that stand for Arabic ones.
func consonant(c byte) bool {
	return c >= 'a' && c <= 'z' && strings.IndexByte("aeiouy", c) < 0 || c >= '2' && c <= '9'
}

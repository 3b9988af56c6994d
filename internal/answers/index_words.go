package answers

import (
	"strings"
	"unicode/utf8"

	"github.com/qafila/qafila/internal/locale"
)

// mostWords is how much of a story is looked at: its beginning and its end, where people ask.
const (
	mostWords = 120
	lastWords = 40
)

// elided are the French words that lose their vowel before another one.
var elided = map[string]bool{"l": true, "d": true, "j": true, "c": true, "n": true, "s": true, "m": true, "t": true, "qu": true, "jusqu": true, "lorsqu": true, "puisqu": true}

// split makes folded words of what is typed. An apostrophe parts l'artisan and holds M'diq together.
func split(text string) []string {
	var parted strings.Builder
	parted.Grow(len(text) + 8)
	from := 0 // where the word began
	for i, r := range text {
		switch {
		case strings.ContainsRune("'’‘`´ʼ", r):
			if elided[strings.ToLower(text[from:i])] {
				parted.WriteByte(' ')
				from = i + utf8.RuneLen(r)
			}
			continue
		case r == ' ' || r == '\n' || r == '\t' || r == '-' || r == ',' || r == '.':
			from = i + utf8.RuneLen(r)
		}
		parted.WriteRune(r)
	}
	words := strings.Fields(locale.Fold(parted.String()))
	if len(words) > mostWords {
		words = append(words[:mostWords-lastWords:mostWords-lastWords], words[len(words)-lastWords:]...)
	}
	for i, w := range words {
		words[i] = once(w)
	}
	return words
}

// once writes letters that people draw out (merciiii, شكراااا) once; double ones stay.
func once(w string) string {
	run, last, found := 0, rune(-1), false
	for _, r := range w {
		if r == last {
			run++
		} else {
			run, last = 1, r
		}
		if run > 2 && r > '9' {
			found = true
		}
	}
	if !found {
		return w
	}
	r := []rune(w)
	out := r[:0]
	for i := 0; i < len(r); {
		j := i
		for j < len(r) && r[j] == r[i] {
			j++
		}
		n := j - i
		if n > 2 && r[i] > '9' {
			n = 1
		}
		for range n {
			out = append(out, r[i])
		}
		i = j
	}
	return string(out)
}

// arabicWord tells words in Arabic letters, by their first one.
func arabicWord(w string) bool {
	r, _ := utf8.DecodeRuneInString(w)
	return r >= 0x600 && r <= 0x6FF
}

// What people glue before a word: the article, one-letter prepositions, Darija's present and future.
var (
	arabicHeads = []string{"وبال", "وفال", "وال", "بال", "فال", "كال", "دال", "عال", "لل", "ال", "هاد", "كت", "كي", "كن", "غا", "تا", "و", "ف", "ب", "ل", "د", "ك", "م"}
	latinHeads  = []string{"wl", "fl", "bl", "dl", "kl", "el", "al", "lel", "ll", "kay", "kan", "kat", "ka", "gha", "l", "f", "b", "d", "w", "o", "j", "m", "n", "s"}
)

// heads gives the word without each of what may be glued before it, the longest first.
func heads(w string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		list, least := latinHeads, 3
		if arabicWord(w) {
			list, least = arabicHeads, 3
		}
		for _, h := range list {
			if rest, ok := strings.CutPrefix(w, h); ok && utf8.RuneCountInString(rest) >= least {
				if !yield(rest) {
					return
				}
			}
		}
	}
}

// What ends a word without changing what it is about: plurals, genders, "my", "your", "their".
var (
	arabicTails = []string{"اتهم", "يتها", "تكم", "تهم", "تنا", "ات", "ين", "ون", "ها", "هم", "نا", "كم", "تي", "تو", "تك", "يه", "ية", "ه", "ي", "ك", "و", "ت"}
	latinTails  = []string{"ements", "ement", "ations", "ation", "iques", "ique", "ateur", "euses", "euse", "eurs", "eur", "ees", "ee", "ers", "er", "ez", "es", "at", "ate",
		"ha", "hom", "kom", "na", "in", "iya", "ia", "ti", "to", "tk", "i", "o", "k", "s", "e", "x", "a", "t"}
)

// stem takes one usual ending off a folded word.
func stem(w string) string {
	list, least := latinTails, 4
	if arabicWord(w) {
		list, least = arabicTails, 3
	}
	for _, t := range list {
		if rest, ok := strings.CutSuffix(w, t); ok && utf8.RuneCountInString(rest) >= least {
			return rest
		}
	}
	return w
}

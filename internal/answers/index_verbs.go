package answers

import (
	"strings"
	"unicode/utf8"

	"github.com/qafila/qafila/internal/locale"
)

// Darija conjugates at both ends: kan-sejjel-hom, ma-t-sejjel-t-ch, غا-ن-سجل-و. A root is what is left in the middle.
var (
	arabicTense   = []string{"ماغادي", "ماغا", "ماكا", "ماك", "غاد", "غا", "كا", "تا", "غ", "ك", "ما", "و", "ف", ""}
	latinTense    = []string{"makan", "maka", "magha", "ghad", "gha", "gh", "8a", "ka", "ta", "ma", "o", "w", ""}
	arabicSubject = []string{"ن", "ت", "ي"}
	latinSubject  = []string{"n", "t", "y"}
	arabicObject  = []string{"وهاليا", "هاليا", "وليا", "ليهم", "ليها", "لينا", "ليا", "ليك", "ليه", "وهم", "وها", "وني", "ونا", "وش", "هاش", "ناش", "نيش", "هم", "ها", "كم", "نا", "ني", "ين", "ون", "لي", "ش", "وا", "و", "ه", "ك", "ي"}
	latinObject   = []string{"ouhom", "ohom", "ouha", "oha", "ouni", "oni", "ouna", "ona", "ouch", "och", "hach", "nich", "nach", "liya", "lina", "lik", "liha", "lihom", "hom", "ha", "kom", "na", "ni",
		"ch", "sh", "ou", "oh", "o", "u", "w", "h", "k", "i"}
)

// roots gives what may be the root of a conjugated word, the surest first.
func roots(w string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		tense, subject, object := latinTense, latinSubject, latinObject
		if arabicWord(w) {
			tense, subject, object = arabicTense, arabicSubject, arabicObject
		}
		for _, t := range tense {
			rest, ok := strings.CutPrefix(w, t)
			if !ok {
				continue
			}
			for _, s := range subject {
				root, ok := strings.CutPrefix(rest, s)
				if !ok || utf8.RuneCountInString(root) < 3 {
					continue
				}
				if !yield(root) {
					return
				}
				for _, o := range object {
					if r, ok := strings.CutSuffix(root, o); ok && utf8.RuneCountInString(r) >= 2 && !yield(r) {
						return
					}
				}
			}
		}
	}
}

// conjugated looks a word up by its root, as written or as it sounds.
func (lx *Lexicon) conjugated(w string) (meaning, bool) {
	for r := range roots(w) {
		if m, ok := lx.roots[r]; ok {
			return m, true
		}
	}
	for r := range roots(w) {
		if s := locale.DarijaKey(r); len(s) >= 3 {
			if m, ok := lx.rootSounds[s]; ok {
				return m, true
			}
		}
	}
	return meaning{}, false
}

// addRoots notes the roots of a spelling that looks like a verb.
func (lx *Lexicon) addRoots(key string, m meaning) {
	if m.weak || !arabicWord(key) && frenchLooking(key) {
		return
	}
	for r := range roots(key) {
		lx.roots[r] = join(lx.roots[r], m)
		if s := locale.DarijaKey(r); len(s) >= 3 {
			lx.rootSounds[s] = join(lx.rootSounds[s], m)
		}
		return // only the surest
	}
}

// frenchLooking tells words that end as French ones do: their first letter is no subject.
func frenchLooking(w string) bool {
	for _, t := range []string{"ion", "ions", "ment", "age", "elle", "eur", "eux", "ique", "ance", "ence", "aire", "ure", "ire", "tre", "ise", "ive", "er", "ez", "ee", "es"} {
		if strings.HasSuffix(w, t) {
			return true
		}
	}
	return false
}

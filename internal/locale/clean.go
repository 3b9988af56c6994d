package locale

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Isolate wraps s in FSI…PDI (Unicode UAX #9), so that a Latin name or a number inside an Arabic line, or the other way round, keeps its
// own direction and doesn't turn its neighbours. Direction marks inside s that could escape from the isolate are taken out first.
func Isolate(s string) string {
	s = strings.Map(func(r rune) rune {
		if bidiControl(r) {
			return -1
		}
		return r
	}, s)
	if s == "" {
		return ""
	}
	return "\u2068" + s + "\u2069"
}

// bidiControl tells the embeddings, overrides and isolates, which change the direction of what follows them.
func bidiControl(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// maxMarks is how many combining marks one letter keeps: Arabic needs two (shadda and a vowel), Vietnamese two; a tower of them is a prank.
const maxMarks = 4

// Clean makes what a person typed storable on one line: valid UTF-8 in NFC; no control, direction or invisible characters; every run of
// white space one space; trimmed. It keeps ZWJ inside emoji, and ZWJ and ZWNJ between letters of Arabic script. Clean(Clean(s)) is
// Clean(s).
func Clean(s string) string {
	if printableASCII(s) {
		return strings.Join(strings.Fields(s), " ")
	}
	runes := []rune(norm.NFC.String(strings.ToValidUTF8(s, "")))
	kept := make([]rune, 0, len(runes))
	marks := 0
	for i, r := range runes {
		switch {
		case unicode.IsSpace(r) || r == '\u2800' || r == '\u3164' || r == '\uFFA0' || r == '\u115F' || r == '\u1160': // blanks that pass for letters
			if len(kept) > 0 && kept[len(kept)-1] != ' ' {
				kept = append(kept, ' ')
			}
			marks = 0
		case r == '\u200C' || r == '\u200D':
			if len(kept) > 0 && i+1 < len(runes) && joins(r, kept[len(kept)-1], runes[i+1]) {
				kept = append(kept, r)
				marks = 0
			}
		case unicode.Is(unicode.M, r):
			marks++
			if marks <= maxMarks {
				kept = append(kept, r)
			}
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs) || r == unicode.ReplacementChar || r == '\u034F':
			// dropped
		default:
			marks = 0
			kept = append(kept, r)
		}
	}
	return norm.NFC.String(strings.TrimSpace(string(kept)))
}

// joins tells whether a joiner between before and after changes how they look: in an emoji sequence, or between letters of Arabic script.
func joins(joiner, before, after rune) bool {
	if unicode.Is(unicode.Arabic, before) && unicode.Is(unicode.Arabic, after) {
		return unicode.IsLetter(after)
	}
	return joiner == '\u200D' && (pictograph(before) || before == '\uFE0F') && pictograph(after)
}

// pictograph is wide on purpose: emoji, their skin tones (Sk) and the signs used in sequences (♀, ♂, ❤).
func pictograph(r rune) bool { return unicode.In(r, unicode.So, unicode.Sk) && r > 0xFF }

func printableASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

package locale

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters are replacements that decomposition doesn't make. Arabic: the forms that people swap freely; the Persian and Moroccan letters
// that stand for g, v and p. Latin: ligatures and letters with a stroke.
var letters = map[rune]string{
	'ٱ': "ا", 'ى': "ي", 'ی': "ي", 'ې': "ي", 'ة': "ه", 'ھ': "ه", 'ہ': "ه", 'ە': "ه", 'ۃ': "ه",
	'گ': "ك", 'ڭ': "ك", 'ݣ': "ك", 'ک': "ك", 'ڤ': "ف", 'ڥ': "ف", 'پ': "ب", 'چ': "ج",
	'ء': "", 'ـ': "",
	'œ': "oe", 'æ': "ae", 'ø': "o", 'ß': "ss", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i", 'ɛ': "3", 'ɣ': "gh",
}

// apostrophe tells the signs that vanish rather than part a word: M'diq is mdiq, on every keyboard. The list is wide because phones type
// many; the acute accent is here because decomposition would make a space of it.
func apostrophe(r rune) bool {
	switch r {
	case '\'', '`', '´', '’', '‘', '‛', '′', 'ʼ', 'ʻ', 'ʹ', 'ʾ', 'ʿ', 'ˈ', '＇':
		return true
	}
	return false
}

// plainArabic tells the letters ا to ي that stand for themselves.
func plainArabic(r rune) bool {
	return r >= 'ا' && r <= 'ي' && r != 'ة' && r != 'ى' && !(r > 'غ' && r < 'ف')
}

// Fold makes what people type comparable: lower case; no accents, tashkeel or tatweel; one form for each Arabic letter (أإآٱ→ا, ى→ي, ة→ه,
// ؤ→و, ئ→ي, ء dropped, گڭ→ك, ڤ→ف, پ→ب); every script's digits as 0–9; apostrophes dropped; all else that is neither letter nor digit one
// space. Fold(Fold(s)) is Fold(s). The result is for comparing, never for showing.
func Fold(s string) string {
	if s == "" {
		return ""
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	write := func(r rune) {
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	if ascii(s) {
		for i := range len(s) {
			switch c := s[i]; {
			case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
				write(rune(c))
			case c >= 'A' && c <= 'Z':
				write(rune(c + 'a' - 'A'))
			case apostrophe(rune(c)) || c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\v' && c != '\f' || c == 0x7F:
			default:
				space = true
			}
		}
		return b.String()
	}
	s = strings.Map(func(r rune) rune {
		if apostrophe(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	for _, r := range norm.NFKD.String(s) {
		if plainArabic(r) {
			write(r)
			continue
		}
		r = unicode.ToLower(r)
		if r < 0x80 {
			switch {
			case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
				write(r)
			case apostrophe(r) || unicode.IsControl(r) && !unicode.IsSpace(r):
			default:
				space = true
			}
			continue
		}
		if to, ok := letters[r]; ok {
			for _, t := range to {
				write(t)
			}
			continue
		}
		switch {
		case unicode.In(r, unicode.M, unicode.Cf, unicode.Cc, unicode.Lm) && !unicode.IsSpace(r):
			// dropped: marks, invisible characters, modifier letters
		case unicode.Is(unicode.Nd, r):
			write(digit(r))
		case unicode.IsLetter(r):
			write(r)
		default:
			space = true
		}
	}
	return b.String()
}

// digit returns the Western digit of a decimal digit of any script. Unicode lays a script's ten digits out in order, so the value is the
// place in the run; runs that touch count on in tens.
func digit(r rune) rune {
	for _, run := range unicode.Nd.R16 {
		if r <= rune(run.Hi) {
			return '0' + (r-rune(run.Lo))%10
		}
	}
	for _, run := range unicode.Nd.R32 {
		if r <= rune(run.Hi) {
			return '0' + (r-rune(run.Lo))%10
		}
	}
	return '0' // unreachable: the caller asked for unicode.Nd
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

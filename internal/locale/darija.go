package locale

import (
	"strings"
	"unicode/utf8"
)

// DarijaKey is a looser key than Fold, for Moroccan Arabic as people really type it: in Arabic letters, in Latin letters with digits, in
// French spelling, in Tifinagh. Two spellings of a word mostly get one key; so do some different words, and a caller weighs a match on
// this key below a match on Fold. It keeps the consonants:
//
//	b   b p ب پ                 k   k c q g 9 ck qu ق ك گ
//	t   t th ت ط ث              x   ch sh x kh 5 ش خ      (x is ش to some and خ to others)
//	d   d dh د ض ذ ظ            j   j dj ج
//	s   s ç, c before e i y; س ص   g   gh 8 غ
//	z   z ز                     h   h 7 ح ه, and nothing at the end of a word (ة)
//	f   f v ph ف ڤ              l m n r   ل م ن ر
//	w   w, ou or و at the beginning of a word only
//
// Vowels, y and ي, hamza (2), ع (3) and doubled letters go. So does the article, glued or not (l9nitra, el hajeb, er-rachidia, القنيطرة),
// with one letter that Darija glues before it (f, b, d, w, k: "flmdina", "بالقنيطرة"). Words stay apart by one space. A word of nothing
// but vowels leaves nothing.
func DarijaKey(s string) string {
	words := strings.Fields(Fold(s))
	keys := make([]string, 0, len(words))
	for i, w := range words {
		if i+1 < len(words) && article(w, words[i+1]) {
			continue
		}
		if k := skeleton(withoutArticle(w)); k != "" {
			keys = append(keys, k)
		}
	}
	return strings.Join(keys, " ")
}

// article tells whether w is an article written apart: el, al, l, or one whose l became the next word's first letter (er rachidia).
func article(w, next string) bool {
	switch w {
	case "l", "el", "al", "il", "ال":
		return true
	}
	return len(w) == 2 && (w[0] == 'e' || w[0] == 'a') && w[1] == next[0] && strings.IndexByte("rnsdtzc", w[1]) >= 0
}

// withoutArticle takes a glued article off. In Latin letters it does so only before a consonant, where no French word and hardly a
// Moroccan one begins so: l9nitra, but larache stays.
func withoutArticle(w string) string {
	if r, _ := utf8.DecodeRuneInString(w); r >= 0x600 && r <= 0x6FF {
		for _, prefix := range []string{"وال", "بال", "فال", "كال", "دال", "لل", "ال"} {
			if rest, ok := strings.CutPrefix(w, prefix); ok && utf8.RuneCountInString(rest) >= 2 {
				return rest
			}
		}
		return w
	}
	if len(w) >= 4 && strings.IndexByte("fbdwk", w[0]) >= 0 && w[1] == 'l' && consonant(w[2]) {
		return w[2:]
	}
	if len(w) >= 3 && w[0] == 'l' && consonant(w[1]) {
		return w[1:]
	}
	if len(w) >= 5 && (w[:2] == "el" || w[:2] == "al") && consonant(w[2]) {
		return w[2:]
	}
	return w
}

// consonant holds for Latin letters and the digits that stand for Arabic consonants.
func consonant(c byte) bool {
	return c >= 'a' && c <= 'z' && strings.IndexByte("aeiouy", c) < 0 || c >= '2' && c <= '9'
}

// sound is what one letter gives: a class, or 0 for nothing.
var sound = map[rune]byte{
	'b': 'b', 'p': 'b', 'ب': 'b', 't': 't', 'ت': 't', 'ط': 't', 'ث': 't', 'd': 'd', 'د': 'd', 'ض': 'd', 'ذ': 'd', 'ظ': 'd',
	's': 's', 'س': 's', 'ص': 's', 'z': 'z', 'ز': 'z', 'f': 'f', 'v': 'f', 'ف': 'f',
	'k': 'k', 'c': 'k', 'q': 'k', 'g': 'k', '9': 'k', 'ق': 'k', 'ك': 'k', 'x': 'x', '5': 'x', 'ش': 'x', 'خ': 'x',
	'j': 'j', 'ج': 'j', '8': 'g', 'غ': 'g', 'h': 'h', '7': 'h', 'ح': 'h', 'ه': 'h',
	'l': 'l', 'ل': 'l', 'm': 'm', 'م': 'm', 'n': 'n', 'ن': 'n', 'r': 'r', 'ر': 'r',
	// Tifinagh (IRCAM's basic letters)
	'ⴱ': 'b', 'ⵜ': 't', 'ⵟ': 't', 'ⴷ': 'd', 'ⴹ': 'd', 'ⵙ': 's', 'ⵚ': 's', 'ⵣ': 'z', 'ⵥ': 'z', 'ⴼ': 'f', 'ⴽ': 'k', 'ⴳ': 'k', 'ⵇ': 'k',
	'ⵛ': 'x', 'ⵅ': 'x', 'ⵊ': 'j', 'ⵖ': 'g', 'ⵀ': 'h', 'ⵃ': 'h', 'ⵍ': 'l', 'ⵎ': 'm', 'ⵏ': 'n', 'ⵔ': 'r', 'ⵕ': 'r',
}

// skeleton writes one folded word's consonants.
func skeleton(word string) string {
	r := []rune(word)
	out := make([]byte, 0, len(r))
	// last is the class of the letter right before, 0 after a vowel: only letters that touch are a doubled letter (jadida keeps two d).
	last := byte(0)
	for i := 0; i < len(r); i++ {
		next := rune(0)
		if i+1 < len(r) {
			next = r[i+1]
		}
		class := sound[r[i]]
		switch {
		case i == 0 && (r[i] == 'w' || r[i] == 'و' || r[i] == 'ⵡ' || r[i] == 'u'):
			class = 'w'
		case i == 0 && r[i] == 'o' && next == 'u':
			class = 'w'
			i++
		case (r[i] == 'c' || r[i] == 's') && next == 'h', r[i] == 'k' && next == 'h':
			class = 'x'
			i++
		case r[i] == 'g' && next == 'h':
			class = 'g'
			i++
		case r[i] == 'p' && next == 'h':
			class = 'f'
			i++
		case (r[i] == 't' || r[i] == 'd') && next == 'h':
			i++
		case r[i] == 'd' && next == 'j':
			class = 'j'
			i++
		case r[i] == 'c' && (next == 'e' || next == 'i' || next == 'y'):
			class = 's'
		}
		if class != 0 && class != last {
			out = append(out, class)
		}
		last = class
	}
	for len(out) > 0 && out[len(out)-1] == 'h' {
		out = out[:len(out)-1]
	}
	return string(out)
}

package locale

import (
	"strings"
	"unicode"
)

// mask replaces each letter and digit of an identity number.
const mask = '•'

// The letters that don't begin an identity number, whatever follows: units, and the names of other numbers (registre du commerce,
// identifiant fiscal, taxe professionnelle, boîte postale, code postal, route nationale or régionale, model CE).
var otherNumbers = map[string]bool{"dh": true, "n": true, "no": true, "ce": true, "rc": true, "if": true, "tp": true, "bp": true,
	"cp": true, "rn": true, "rr": true, "km": true, "kg": true, "kw": true, "cm": true, "mm": true}

// ordinary are words of one or two letters in French and Darija: "de 2000", "b 1500", "f 2026". Written apart, they need six digits to be
// taken for an identity number, and no unit behind.
var ordinary = map[string]bool{"a": true, "l": true, "d": true, "f": true, "b": true, "w": true, "y": true, "o": true, "m": true, "s": true, "t": true,
	"de": true, "du": true, "le": true, "la": true, "au": true, "en": true, "et": true, "ou": true, "un": true, "il": true, "on": true,
	"ce": true, "se": true, "ne": true, "ma": true, "sa": true, "si": true, "mn": true, "fi": true, "li": true, "ta": true, "bi": true, "ra": true, "wa": true,
	"ai": true, "ay": true, "as": true, "es": true, "je": true, "tu": true, "me": true, "te": true, "ya": true, "ha": true, "hi": true, "ga": true}

// units behind a number say that it counts something.
var units = []string{"dh", "dhs", "mad", "dirham", "euro", "€", "$", "%", "درهم", "دراهم", "ريال", "ryal", "rial", "km", "kg", "m2", "personne",
	"artisan", "pers", "francs", "frank", "فرنك"}

// MaskIdentity replaces Moroccan national identity numbers in s (one or two Latin letters, then four to seven digits of any script: AB123456,
// "ab 123456", K-45678) by dots, keeping what separates them, and tells whether it found one. What a person types must never be stored
// with such a number (law 09-08: it would need an authorisation). In doubt it masks, but not:
//   - letters that stand for another number or a unit: DH, N, No, CE, RC, IF, TP, BP, CP, RN, KM, KG… (MAD and NIA have three letters);
//   - years (1900–2100) behind a word or one letter: "f 2026", "f2026", "en 2026";
//   - ordinary short words apart from fewer than six digits, or from digits with a unit behind: "de 2000", "b 15000 dh", "la 150000 dh";
//   - numbers that go on: telephone numbers in groups, decimals, vehicles' plates (12345-A-6789); more than seven digits; fewer than four (trade codes).
//
// Digits in groups ("AB 123 456") are not recognised. Running it again changes nothing.
func MaskIdentity(s string) (masked string, found bool) {
	r := []rune(s)
	for i := 0; i < len(r); i++ {
		if latin(r[i]) == 0 || i > 0 && inWord(r, i) {
			continue
		}
		from, to, ok := identityAt(r, i)
		if !ok {
			continue
		}
		for j := from; j < to; j++ {
			if latin(r[j]) != 0 || unicode.Is(unicode.Nd, r[j]) {
				r[j] = mask
			}
		}
		found = true
		i = to - 1
	}
	if !found {
		return s, false
	}
	return string(r), true
}

// inWord tells whether the letter at i continues something: a longer word, a number, or a vehicle's plate (12345-A-6789).
func inWord(r []rune, i int) bool {
	prev := before(r, i)
	if prev < 0 {
		return false
	}
	if latin(r[prev]) != 0 || unicode.Is(unicode.Nd, r[prev]) || unicode.Is(unicode.Latin, r[prev]) {
		return true
	}
	return strings.ContainsRune("-/|_", r[prev]) && prev > 0 && unicode.Is(unicode.Nd, r[prev-1]) && i+1 < len(r) && r[i+1] == r[prev]
}

// before is the place of the visible character before i, or -1.
func before(r []rune, i int) int {
	for i--; i >= 0; i-- {
		if !unicode.Is(unicode.Cf, r[i]) {
			return i
		}
	}
	return -1
}

// identityAt reads an identity number whose first letter is at i; [from, to) spans it.
func identityAt(r []rune, i int) (from, to int, ok bool) {
	j := i
	next := func() { // past what is invisible
		for j < len(r) && unicode.Is(unicode.Cf, r[j]) {
			j++
		}
	}
	var prefix []byte
	for j < len(r) && latin(r[j]) != 0 {
		if len(prefix) == 2 {
			return 0, 0, false
		}
		prefix = append(prefix, latin(r[j]))
		j++
		next()
	}
	if j < len(r) && unicode.Is(unicode.M, r[j]) || j < len(r) && unicode.IsLetter(r[j]) {
		return 0, 0, false // an accented letter: an ordinary word
	}
	apart := 0
	for j < len(r) && apart < 3 && strings.ContainsRune(" \u00A0\u202F\t-–_.:°/", r[j]) {
		apart++
		j++
		next()
	}
	start := j
	var number []byte
	for j < len(r) && unicode.Is(unicode.Nd, r[j]) {
		if len(number) == 7 {
			return 0, 0, false
		}
		number = append(number, byte(digit(r[j])))
		j++
		next()
	}
	if len(number) < 4 || j < len(r) && (unicode.Is(unicode.Latin, r[j]) || r[j] == mask) {
		return 0, 0, false
	}
	rest := string(r[j:min(len(r), j+16)])
	if !plausible(string(prefix), string(number), apart > 0, r[start-1] == ' ' || r[start-1] == '\u00A0', rest) {
		return 0, 0, false
	}
	return i, j, true
}

// plausible weighs what the shape alone doesn't tell. rest is what follows the digits.
func plausible(prefix, number string, apart, bySpace bool, rest string) bool {
	if otherNumbers[prefix] {
		return false
	}
	follows := []rune(rest)
	if len(follows) >= 2 && strings.ContainsRune(".,", follows[0]) && unicode.Is(unicode.Nd, follows[1]) {
		return false
	}
	year := len(number) == 4 && (strings.HasPrefix(number, "19") || strings.HasPrefix(number, "20") || number == "2100")
	if year && (apart || len(prefix) == 1) {
		return false
	}
	if !apart {
		return true
	}
	if len(follows) >= 2 && strings.ContainsRune(" .-/", follows[0]) && unicode.Is(unicode.Nd, follows[1]) && (number[0] == '0' || len(number) == 4) {
		return false
	}
	behind := Fold(rest)
	for _, u := range units {
		if u != "" && (strings.HasPrefix(behind, u) || strings.HasPrefix(strings.TrimSpace(rest), u)) {
			return false
		}
	}
	return !ordinary[prefix] || !bySpace || len(number) >= 6
}

// latin returns the small letter of an ASCII or full-width Latin letter, else 0.
func latin(r rune) byte {
	switch {
	case r >= 'a' && r <= 'z':
		return byte(r)
	case r >= 'A' && r <= 'Z':
		return byte(r - 'A' + 'a')
	case r >= 'ａ' && r <= 'ｚ':
		return byte(r - 'ａ' + 'a')
	case r >= 'Ａ' && r <= 'Ｚ':
		return byte(r - 'Ａ' + 'a')
	}
	return 0
}

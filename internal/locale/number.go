package locale

import (
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/language"
	printing "golang.org/x/text/message"
)

// numberWords are the folded words of 0 to 20 in French, Arabic and Darija; the index of a line is its number.
var numberWords = [21]string{
	"zero, sifr, صفر",
	"un, une, wahed, wahd, wa7d, wa7ed, wahid, wahda, wa7da, واحد, واحده, وحده",
	"deux, joj, jouj, juj, zouj, zoj, zuj, جوج, زوج, اثنان, اثنين, اثنتان, اثنتين, اتنين",
	"trois, tlata, tleta, tlat, tlt, thalatha, ثلاثه, ثلاث, تلاته, تلات",
	"quatre, rb3a, reb3a, rab3a, rba3, arb3a, arba3a, اربعه, اربع, ربعه",
	"cinq, khmsa, khamsa, khemsa, 5msa, 5amsa, 5emsa, xmsa, khms, خمسه, خمس",
	"six, stta, setta, sitta, sett, سته, ست",
	"sept, sb3a, seb3a, sab3a, سبعه, سبع",
	"huit, tmnya, tmenya, tmania, tmanya, tmnia, ثمانيه, ثماني, ثمان, تمنيه, تمانيه",
	"neuf, ts3a, tes3a, tis3a, ts3oud, ts3od, ts3ud, tes3oud, tes3od, تسعه, تسع, تسعود",
	"dix, 3chra, 3echra, 3achra, 3xra, 3chr, عشره, عشر",
	"onze, 7dach, hdach, 7dax, hdax, حداش, احد عشر, احدي عشره",
	"douze, tnach, tnax, tnaach, etnach, طناش, اطناش, تناش, اثنا عشر, اثني عشر",
	"treize, tltach, teltach, tlttach, tltax, تلطاش, تلتاش, ثلاثه عشر",
	"quatorze, rb3tach, reb3tach, rb3tax, arba3tach, ربعطاش, ربعتاش, اربعه عشر",
	"quinze, khmstach, khemstach, khmstax, 5mstach, خمسطاش, خمستاش, خمسه عشر",
	"seize, sttach, settach, sttax, سطاش, ستاش, سته عشر",
	"dix sept, sb3tach, seb3tach, sb3tax, سبعطاش, سبعتاش, سبعه عشر",
	"dix huit, tmntach, tmentach, tmntax, تمنطاش, تمنتاش, ثمانيه عشر",
	"dix neuf, ts3tach, tes3tach, ts3tax, تسعطاش, تسعتاش, تسعه عشر",
	"vingt, 3chrin, 3echrin, 3ichrin, 3xrin, عشرون, عشرين",
}

var numbers = sync.OnceValue(func() map[string]int {
	m := make(map[string]int)
	for n, words := range numberWords {
		for _, w := range strings.Split(words, ", ") {
			m[w] = n
		}
	}
	return m
})

// beforeNumber are words that people put before the number that they choose.
var beforeNumber = []string{"numero ", "num ", "no ", "n ", "choix ", "option ", "رقم ", "ra9m ", "raqm ", "nmra ", "nemra ", "نمره "}

// Number reads a whole answer that is one number: digits of any script ("3", "٣", "3)", "3️⃣"), or a word for 0 to 20 in French, Arabic or
// Darija. Nine digits at most; signs and fractions are not numbers here, because people answer with numbers only to choose and to count.
func Number(s string) (int, bool) {
	folded := Fold(s)
	for _, p := range beforeNumber {
		if rest, ok := strings.CutPrefix(folded, p); ok {
			folded = rest
			break
		}
	}
	if n, ok := numbers()[folded]; ok {
		return n, true
	}
	if len(folded) == 0 || len(folded) > 9 {
		return 0, false
	}
	for i := range len(folded) {
		if folded[i] < '0' || folded[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(folded)
	return n, err == nil
}

// Grouped writes a whole number with a thin space between its thousands, in Western digits, as all the languages here do.
func Grouped(n int) string { return grouped.Sprintf("%d", n) }

var grouped = printing.NewPrinter(language.French)

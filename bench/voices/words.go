package voices

import (
	_ "embed"
	"math/rand/v2"
	"strings"
)

// sayings are what artisans say, by theme: lines of "theme<TAB>words".
//
//go:embed words.tsv
var sayings string

// An author writes recommendations: always the same ones for a seed.
type author struct {
	random *rand.Rand
	themes []string
	said   map[string][]string
}

func newAuthor(seed uint64) *author {
	a := &author{random: rand.New(rand.NewPCG(seed, seed)), said: map[string][]string{}}
	for line := range strings.Lines(sayings) {
		theme, words, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if a.said[theme] == nil {
			a.themes = append(a.themes, theme)
		}
		a.said[theme] = append(a.said[theme], words)
	}
	return a
}

// Before and behind what people say, by script.
var dressing = map[bool][2][]string{
	true:  {{"", "", "", "السلام عليكم، ", "من فضلكم ", "بغيت نقول ليكم: "}, {"", "", "", " عافاكم", " شكرا", " من بكري", " والله"}},
	false: {{"", "", "", "Bonjour, ", "Salam, ", "Svp, ", "Je voulais dire : "}, {"", "", "", " svp", " merci", " depuis longtemps", " chez nous", " wallah"}},
}

// write gives a recommendation's theme, language and words. Of ten, five say what many say, two say two such things, and three something of
// their own, half of them in words that nobody else uses.
func (a *author) write() (theme, language, words string) {
	theme = a.themes[a.skewed(len(a.themes))]
	said := a.said[theme]
	words = said[a.skewed(len(said))]
	arabic := strings.ContainsAny(words, "اولم")
	language = "fr"
	if arabic {
		language = pick(a.random, []string{"ar", "ary"})
	}
	switch n := a.random.IntN(20); {
	case n < 4:
		words += ". " + said[a.skewed(len(said))]
	case n < 7:
		words += " " + a.own(arabic, 1+a.random.IntN(3))
	case n < 10:
		words = a.own(arabic, 3+a.random.IntN(5))
	}
	d := dressing[arabic]
	return theme, language, a.slip(pick(a.random, d[0]) + words + pick(a.random, d[1]))
}

// skewed is a place below n, the first ones much more often.
func (a *author) skewed(n int) int {
	f := a.random.Float64()
	return int(f * f * float64(n))
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// own are words that mean nothing to the lexicon.
func (a *author) own(arabic bool, n int) string {
	consonants, vowels := []rune("bdfgjklmnrstz"), []rune("aiou")
	if arabic {
		consonants, vowels = []rune("بدفكجلمنرستزح"), []rune("اوي")
	}
	list := make([]string, n)
	for i := range list {
		var b strings.Builder
		for range 2 + a.random.IntN(3) {
			b.WriteRune(pick(a.random, consonants))
			b.WriteRune(pick(a.random, vowels))
		}
		list[i] = b.String()
	}
	return strings.Join(list, " ")
}

// slip spoils every sixth text by leaving out or doubling a letter.
func (a *author) slip(words string) string {
	r := []rune(words)
	if a.random.IntN(6) > 0 || len(r) < 8 {
		return words
	}
	at := 1 + a.random.IntN(len(r)-2)
	if a.random.IntN(2) == 0 {
		return string(r[:at]) + string(r[at+1:])
	}
	return string(r[:at+1]) + string(r[at:])
}

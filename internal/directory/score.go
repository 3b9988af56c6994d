package directory

import (
	"math/bits"
	"strings"
	"unicode/utf8"

	"github.com/qafila/qafila/internal/locale"
)

// maxWords bounds the work on a long text: a name stands near its beginning.
const maxWords = 40

// The scores, from the surest reading to the loosest. A lead (find.go) of 0.1 makes an alias sure beside misspellings of other names, and
// unsure beside another row that sounds the same.
const (
	asWritten     = 1.0
	asWrittenCore = 0.98 // after "je suis à", "مدينة"…
	inSentence    = 0.94
	joined        = 0.90 // behind a letter that Darija or French glues on: fl9nitra, بفاس, d'Azilal
	sounds        = 0.92 // three consonants or more
	soundsShort   = 0.75 // two
	typo          = 0.88 // one slip in six letters or more
	typoShort     = 0.84
	typos         = 0.72 // two slips
	soundsInside  = 0.86 // in a sentence, four consonants or more
	soundsInside3 = 0.80
	typoInside    = 0.80
	weakInside    = 0.60 // an everyday word that is also a name
	prefixFrom    = 0.60 // half-typed: this, and up to prefixMore by how much is there
	prefixMore    = 0.28
)

// scores returns a score for every row, nil when nothing is typed.
func (f *finder) scores(typed string) []float64 {
	words := strings.Fields(locale.Fold(typed))
	if len(words) == 0 {
		return nil
	}
	words = words[:min(len(words), maxWords)]
	scores := make([]float64, f.rows)
	f.give(scores, f.byName[strings.Join(words, "")], asWritten)
	core := f.core(words)
	name := strings.Join(core, "")
	f.give(scores, f.byName[name], asWrittenCore)
	f.loosely(scores, core, name)
	if len(core) < len(words) { // "al ceima": the article belongs to the name
		f.misspelt(scores, []rune(strings.Join(words, "")), typo, typoShort, typos)
	}
	f.inside(scores, words)
	return scores
}

// give raises rows to at least a score.
func (f *finder) give(scores []float64, rows []int, score float64) {
	for _, r := range rows {
		scores[r] = max(scores[r], score)
	}
}

// core takes the words that say nothing off both ends, as long as what remains isn't a name as it stands ("province de Figuig" is). When
// nothing else is there, they are all there is.
func (f *finder) core(words []string) []string {
	named := func(from, to int) bool { return f.byName[strings.Join(words[from:to], "")] != nil }
	from, to := 0, len(words)
	for from < to && f.words.stop[words[from]] && !named(from, to) {
		from++
	}
	for to > from && f.words.stop[words[to-1]] && !named(from, to) {
		to--
	}
	if from == to {
		return words
	}
	return words[from:to]
}

// loosely takes the words as one name: by its sound, with slips, half-typed.
func (f *finder) loosely(scores []float64, core []string, name string) {
	sound := glue(locale.DarijaKey(strings.Join(core, " ")))
	switch {
	case len(sound) >= 3:
		f.give(scores, f.bySound[sound], sounds)
	case len(sound) == 2:
		f.give(scores, f.bySound[sound], soundsShort)
	}
	r := []rune(name)
	f.misspelt(scores, r, typo, typoShort, typos)
	if len(r) < 2 {
		return
	}
	for i := range f.aliases {
		if a := &f.aliases[i]; len(a.runes) > len(r) && strings.HasPrefix(a.key, name) {
			f.give(scores, a.rows, prefixFrom+prefixMore*float64(len(r))/float64(len(a.runes)))
		}
	}
}

// misspelt raises the rows whose alias is one slip away (four letters or more), or two (seven or more).
func (f *finder) misspelt(scores []float64, r []rune, one, oneShort, two float64) {
	if len(r) < 3 || len(r) > f.maxRunes+2 {
		return
	}
	mask := locale.LetterMask(r)
	for i := range f.aliases {
		a := &f.aliases[i]
		var slips int
		switch {
		case len(a.runes) >= 7 && len(r) >= 6:
			slips = 2
		case len(a.runes) >= 4:
			slips = 1
		default:
			continue
		}
		if d := len(a.runes) - len(r); d > slips || -d > slips {
			continue
		}
		if bits.OnesCount64(mask&^a.mask) > slips || bits.OnesCount64(a.mask&^mask) > slips {
			continue
		}
		switch d := locale.Slips(r, a.runes, slips); {
		case d > slips:
		case d == 2:
			f.give(scores, a.rows, two)
		case len(a.runes) >= 6:
			f.give(scores, a.rows, one)
		default:
			f.give(scores, a.rows, oneShort)
		}
	}
}

// inside looks for names among the words. A name inside a longer one ("électricien" in "électricien auto") doesn't count.
func (f *finder) inside(scores []float64, words []string) {
	var taken [maxWords]bool
	var soundOf [maxWords]string
	for i, w := range words {
		if w != "el" && w != "al" && w != "l" && w != "ال" {
			soundOf[i] = locale.DarijaKey(w)
		}
	}
	for size := min(f.longest, len(words)); size >= 1; size-- {
		for i := 0; i+size <= len(words); i++ {
			if taken[i] && taken[i+size-1] {
				continue
			}
			span := words[i : i+size]
			name := strings.Join(span, "")
			if rows := f.byName[name]; rows != nil {
				f.give(scores, rows, f.weight(words, i, name))
				for j := i; j < i+size; j++ {
					taken[j] = true
				}
				continue
			}
			if size == 1 && f.joined(scores, name) {
				taken[i] = true
				continue
			}
			if size == len(words) || f.idle(span) {
				continue
			}
			sound := strings.Join(soundOf[i:i+size], "")
			if utf8.RuneCountInString(name) >= 4 && len(sound) >= 4 {
				f.give(scores, f.bySound[sound], soundsInside)
			} else if utf8.RuneCountInString(name) >= 4 && len(sound) == 3 {
				f.give(scores, f.bySound[sound], soundsInside3)
			}
			if r := []rune(name); size <= 2 && len(r) >= 5 {
				f.misspelt(scores, r, typoInside, 0, 0)
			}
		}
	}
}

// idle tells whether a span begins or ends with a word that says nothing: the span without it is looked at as well.
func (f *finder) idle(span []string) bool {
	return f.words.stop[span[0]] || f.words.stop[span[len(span)-1]]
}

// weight is what a name in a sentence counts.
func (f *finder) weight(words []string, i int, name string) float64 {
	if f.words.weak[name] && (i == 0 || !f.words.before[words[i-1]]) {
		return weakInside
	}
	if f.words.stop[name] {
		return weakInside
	}
	return inSentence
}

// joined tries a word without the letter, or the letter and article, that is glued before a name.
func (f *finder) joined(scores []float64, word string) bool {
	for _, prefix := range [...]string{"d", "l", "f", "b", "n", "w", "ف", "ب", "و", "ل", "د"} {
		rest, ok := strings.CutPrefix(word, prefix)
		if !ok || utf8.RuneCountInString(rest) < 3 {
			continue
		}
		rows := f.byName[rest]
		if rows == nil && prefix == "ل" { // للرباط: the article's alif is gone
			if rest, ok = strings.CutPrefix(rest, "ل"); ok {
				rows = f.byName["ال"+rest]
			}
		}
		if rows != nil && f.words.weak[rest] && !f.words.before[prefix] {
			f.give(scores, rows, weakInside)
			return true
		}
		if rows != nil {
			f.give(scores, rows, joined)
			return true
		}
	}
	return false
}

func glue(s string) string { return strings.ReplaceAll(s, " ", "") }

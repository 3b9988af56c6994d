package answers

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/qafila/qafila/internal/locale"
)

// ready takes over the lexicon's spellings that have no meaning of their own here, and derives the looser ways in.
func (lk *Likeness) ready(lx *Lexicon) {
	own := make(map[string]bool, len(lk.words.byWord))
	for key := range lk.words.byWord {
		own[key] = true
	}
	at := make([]uint16, len(lx.concepts)) // the lexicon's number of a concept → the one here
	for i, name := range lx.concepts {
		j := slices.Index(lk.words.concepts, name)
		if j < 0 {
			j = len(lk.words.concepts)
			lk.words.concepts = append(lk.words.concepts, name)
		}
		at[i] = uint16(j)
	}
	for key, m := range lx.byWord {
		if own[key] {
			continue
		}
		for _, c := range m.concepts {
			lk.words.add(key, at[c], m.weak)
		}
	}
	lk.words.longest = max(lk.words.longest, lx.longest)
	lk.words.ready()
	lk.loose = map[string]meaning{}
	for key, m := range lk.words.byWord {
		if m.weak {
			continue
		}
		for s := range lessEndings(key) {
			if _, spelt := lk.words.byWord[s]; !spelt {
				lk.loose[s] = join(lk.loose[s], m)
			}
		}
	}
	for key, m := range lk.loose {
		if len(m.concepts) > mostMeanings {
			delete(lk.loose, key)
		}
	}
}

// said reads the words: phrases first.
func (lk *Likeness) said(text string) map[string]float32 {
	said := map[string]float32{}
	typed, loose := split(text), 0
	for i := 0; i < len(typed); {
		if n, m, key := lk.phrase(typed[i:]); n > 0 {
			lk.words.say(said, word{text: key, stem: key, idle: lk.words.isIdle(m), concepts: m.concepts, surety: asSpelt})
			i += n
			continue
		}
		w := word{text: typed[i], stem: bareWord(typed[i]), sound: locale.DarijaKey(typed[i])}
		if loose++; loose <= mostLoose {
			w = lk.look(typed[i])
		}
		lk.words.say(said, w)
		switch {
		case len(w.concepts) == 0 || len(w.sound) < 3:
		case w.surety <= withSlip*guessed: // it may as well be a word that is unknown
			said[w.sound] = max(said[w.sound], guessed)
		case len(w.concepts) == 1 && lk.words.concepts[w.concepts[0]] == tradeConcept: // which of them matters here
			said[w.sound] = max(said[w.sound], guessed)
		}
		i++
	}
	return said
}

// phrase finds the longest spelling of two words or more that the words begin with, also where something is glued before the first.
func (lk *Likeness) phrase(typed []string) (n int, m meaning, key string) {
	if n, m, key = lk.words.phrase(typed); n > 0 || len(typed) < 2 {
		return n, m, key
	}
	for rest := range heads(typed[0]) {
		for n = min(len(typed), lk.words.longest); n >= 2; n-- {
			key = rest + strings.Join(typed[1:n], "")
			if m, ok := lk.words.byWord[key]; ok {
				return n, m, key
			}
		}
	}
	return 0, meaning{}, ""
}

// look tells what one word means: as spelt, with what is glued before and after it off, then what is nearest. What was only guessed counts half.
func (lk *Likeness) look(w string) word {
	out := lk.words.look(w)
	if _, spelt := lk.words.byWord[w]; spelt || single(w) {
		return out
	}
	if out.surety < headOff {
		if m, ok := lk.bare(w); ok {
			return lk.give(out, m, tailOff)
		}
	}
	if out.idle {
		if m, ok := lk.headless(w); !ok || !lk.words.isIdle(m) {
			out.idle = false // only near to a word that says nothing: glue (colle) is no "all" (koll)
		}
	}
	if out.surety <= withSlip && !lk.sounds(out) {
		out.surety *= guessed
	}
	return out
}

// sounds holds for a word that means what its consonants mean, when there are enough of them.
func (lk *Likeness) sounds(w word) bool {
	m, ok := lk.words.bySound[w.sound]
	return ok && len(w.sound) >= 4 && slices.Equal(m.concepts, w.concepts)
}

func (lk *Likeness) give(w word, m meaning, surety float32) word {
	w.concepts, w.idle, w.surety = nil, lk.words.isIdle(m), 0
	if !w.idle {
		w.concepts, w.surety = m.concepts, surety
	}
	return w
}

// headless looks a word up without what is glued before it, one or two of them (وبالخشب).
func (lk *Likeness) headless(w string) (meaning, bool) {
	for rest := range heads(w) {
		if m, ok := lk.words.byWord[rest]; ok {
			return m, true
		}
	}
	for rest := range heads(w) {
		for bare := range heads(rest) {
			if m, ok := lk.words.byWord[bare]; ok && !m.weak {
				return m, true
			}
		}
	}
	return meaning{}, false
}

// bare looks a word up without its endings, then without what is glued before it as well, then as a verb.
func (lk *Likeness) bare(w string) (meaning, bool) {
	if m, ok := lk.less(w); ok {
		return m, true
	}
	if m, ok := lk.headless(w); ok {
		return m, true
	}
	for rest := range heads(w) {
		if m, ok := lk.less(rest); ok {
			return m, true
		}
	}
	for root := range roots(w) {
		if utf8.RuneCountInString(root) < 3 {
			continue
		}
		if m, ok := lk.words.byWord[root]; ok && !m.weak {
			return m, true
		}
		if m, ok := lk.less(root); ok {
			return m, true
		}
	}
	return meaning{}, false
}

func (lk *Likeness) less(w string) (meaning, bool) {
	for s := range lessEndings(w) {
		if m, ok := lk.words.byWord[s]; ok && !m.weak {
			return m, true
		}
	}
	for s := range lessEndings(w) {
		if m, ok := lk.loose[s]; ok {
			return m, true
		}
	}
	return meaning{}, false
}

// frenchTails are endings of French words that the lexicon, made for questions, leaves on: those of verbs, and plurals.
var frenchTails = []string{"issements", "issement", "atrices", "atrice", "ateurs", "aient", "antes", "ante", "ants", "ant", "ives", "ive", "ifs", "if", "elles", "elle", "aux", "ait", "ais", "ions", "ons", "ent"}

// negatives are what Darija ends a word with that it denies, with whom it is about.
var negatives = []string{"وهاش", "ناهاش", "وناش", "ناهش", "ناش", "هاش", "تش", "وش", "ش", "ouhach", "ohach", "onach", "nach", "hach", "tch", "ouch", "och", "ch"}

// lessEndings gives a folded word with one ending off, then with another.
func lessEndings(w string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for least := 3; least <= 4; least++ {
			s := cut(w, negatives, 3)
			if s == w && !arabicWord(w) {
				s = cut(w, frenchTails, 4)
			}
			if s == w {
				s = stem(w)
			}
			if s == w || utf8.RuneCountInString(s) < least || !yield(s) {
				return
			}
			w = s
		}
	}
}

// cut takes the first of the tails off that leaves letters enough.
func cut(w string, tails []string, least int) string {
	for _, t := range tails {
		if rest, ok := strings.CutSuffix(w, t); ok && utf8.RuneCountInString(rest) >= least {
			return rest
		}
	}
	return w
}

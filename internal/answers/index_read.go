package answers

import (
	"strings"

	"github.com/qafila/qafila/internal/locale"
)

// A word is what is known of one typed word. It depends on the lexicon only.
type word struct {
	text     string // folded
	stem     string // without the letters glued before and after it
	sound    string // its consonants, alike in both scripts; "" when it has none
	concepts []uint16
	idle     bool    // a question can lose it
	surety   float32 // how sure the concepts are: 1 as spelt in the lexicon, less after a looser look
}

// How sure a word's meaning is, from the surest look to the loosest.
const (
	asSpelt      = 1.0
	headOff      = 0.9
	tailOff      = 0.85
	asConjugated = 0.8
	asSounded    = 0.7
	withSlip     = 0.7
	withSlips    = 0.5
	soundsShort  = 0.35
	everyday     = 0.5 // a name that is an everyday word as well
)

// look tells what one word means.
func (lx *Lexicon) look(w string) word {
	out := word{text: w, stem: bareWord(w), sound: locale.DarijaKey(w)}
	give := func(m meaning, surety float32) word {
		if lx.isIdle(m) {
			out.idle = true
			return out
		}
		out.concepts, out.surety = m.concepts, surety
		if m.weak {
			out.surety = min(surety, everyday)
		}
		return out
	}
	if m, ok := lx.byWord[w]; ok {
		return give(m, asSpelt)
	}
	if single(w) {
		return out
	}
	for rest := range heads(w) {
		if m, ok := lx.byWord[rest]; ok {
			return give(m, headOff)
		}
	}
	if m, ok := lx.ending(w); ok {
		return give(m, tailOff)
	}
	for rest := range heads(w) {
		if m, ok := lx.ending(rest); ok {
			return give(m, tailOff)
		}
	}
	if m, ok := lx.conjugated(w); ok {
		return give(m, asConjugated)
	}
	if m, ok := lx.bySound[out.sound]; ok && len(out.sound) >= 4 {
		return give(m, asSounded)
	}
	if m, slips, ok := lx.nearest([]rune(w)); ok {
		if slips > 1 {
			return give(m, withSlips)
		}
		return give(m, withSlip)
	}
	if m, ok := lx.bySound[out.sound]; ok {
		return give(m, soundsShort)
	}
	return out
}

// ending looks the word up with its ending off, or with another one.
func (lx *Lexicon) ending(w string) (meaning, bool) {
	s := stem(w)
	if s != w {
		if m, ok := lx.byWord[s]; ok {
			return m, true
		}
	}
	m, ok := lx.stems[s]
	return m, ok
}

// bareWord is the word without what is glued before and after it, for words that the lexicon doesn't know too.
func bareWord(w string) string { return stem(withoutArticle(w)) }

// single holds for words of one or two letters, which say too little to be looked at closely.
func single(w string) bool {
	n := 0
	for range w {
		if n++; n > 2 {
			return false
		}
	}
	return true
}

// A reading is a question as the index sees it: its words in order, phrases of the lexicon as one.
type reading struct {
	words   []word
	unknown int // words of substance that mean nothing to the lexicon
}

// readQuestion looks every word up, the longest phrases first. known answers for words met before; it may be nil.
func (lx *Lexicon) readQuestion(text string, known map[string]word) reading {
	return lx.readWords(split(text), known)
}

func (lx *Lexicon) readWords(typed []string, known map[string]word) reading {
	var r reading
	r.words = make([]word, 0, len(typed))
	loose := 0
	for i := 0; i < len(typed); {
		if n, m, key := lx.phrase(typed[i:]); n > 0 {
			r.words = append(r.words, word{text: key, idle: lx.isIdle(m), stem: key, concepts: m.concepts, surety: asSpelt})
			i += n
			continue
		}
		w, ok := known[typed[i]]
		if !ok {
			if loose++; loose > mostLoose {
				w = word{text: typed[i], stem: bareWord(typed[i]), sound: locale.DarijaKey(typed[i])}
			} else {
				w = lx.look(typed[i])
			}
		}
		if len(w.concepts) == 0 && !w.idle && !single(w.text) && !idle(w.text) {
			r.unknown++
		}
		r.words = append(r.words, w)
		i++
	}
	return r
}

// mostLoose is how many words of a text are looked at for slips: a question has few, a story many.
const mostLoose = 24

// phrase finds the longest spelling of two words or more that the words begin with.
func (lx *Lexicon) phrase(words []string) (n int, m meaning, key string) {
	for n = min(len(words), lx.longest); n >= 2; n-- {
		key = strings.Join(words[:n], "")
		if m, ok := lx.byWord[key]; ok {
			return n, m, key
		}
	}
	return 0, meaning{}, ""
}

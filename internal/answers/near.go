package answers

import (
	"math/bits"

	"github.com/qafila/qafila/internal/locale"
)

// nearest returns what the spellings mean that are fewest slips away from the word: one slip in four letters or more, two in eight. Where
// several are as near and mean different things, it returns none.
func (lx *Lexicon) nearest(word []rune) (m meaning, slips int, ok bool) {
	if len(word) <= shortestSpelt || len(word) > longestSpelt {
		return meaning{}, 0, false
	}
	most := 1
	if len(word) >= 8 {
		most = 2
	}
	mask, best, clash := locale.LetterMask(word), most+1, false
	for n := max(shortestSpelt, len(word)-most); n <= min(longestSpelt, len(word)+most); n++ {
		for i := range lx.spelt[n] {
			s := &lx.spelt[n][i]
			limit := min(most, best)
			if bits.OnesCount64(mask&^s.mask) > limit || bits.OnesCount64(s.mask&^mask) > limit {
				continue
			}
			d := locale.Slips(word, s.runes, limit)
			switch {
			case d > limit:
			case d < best:
				best, m, clash = d, s.meaning, false
			case d == best && !same(m.concepts, s.concepts):
				clash = true
			}
		}
	}
	return m, best, best <= most && !clash
}

func same(a, b []uint16) bool {
	for _, c := range a {
		for _, d := range b {
			if c == d {
				return true
			}
		}
	}
	return false
}

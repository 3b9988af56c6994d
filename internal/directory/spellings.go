package directory

import "slices"

// Spellings are all ways to write the names of a list, folded and without spaces: what a search through a long text looks for.
type Spellings struct {
	Names map[string]bool // true for a name that is also an everyday word (safi, jdida, or): it counts less
}

// PlaceSpellings are the ways to write the places and the regions.
func (d *Directory) PlaceSpellings() Spellings {
	return spellings(d.findPlace, d.findRegion)
}

// TradeSpellings are the ways to write the trades.
func (d *Directory) TradeSpellings() Spellings { return spellings(d.findTrade) }

func spellings(finders ...*finder) Spellings {
	s := Spellings{Names: map[string]bool{}}
	for _, f := range finders {
		for _, a := range f.aliases {
			if letters := slices.ContainsFunc(a.runes, func(r rune) bool { return r > '9' }); letters && len(a.runes) > 1 {
				s.Names[a.key] = f.words.weak[a.key] || f.words.stop[a.key] || len(a.runes) < 3
			}
		}
	}
	return s
}

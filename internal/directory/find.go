package directory

import (
	"cmp"
	"slices"

	"github.com/qafila/qafila/internal/locale"
)

// Match is one row that a person may have meant.
type Match[T any] struct {
	Value T
	Score float64 // 1 is the row's name or alias as it stands; below, a looser spelling
	Sure  bool    // only on the first match, when it clearly wins: safe to take without asking
}

// FindPlaces returns the places that the typed words may mean, best first: in any script and spelling, misspelt, half-typed, or somewhere in
// a sentence. Nothing near gives nothing.
func (d *Directory) FindPlaces(typed string) []Match[Place] {
	return matches(d.places, d.findPlace.scores(typed))
}

// FindTrades returns the trades that the typed words may mean, as FindPlaces does. A word that names two trades ("zlayji", "sbagh") gives
// both, and is not sure.
func (d *Directory) FindTrades(typed string) []Match[Trade] {
	return matches(d.trades, d.findTrade.scores(typed))
}

// placeOfRegion is how much a town says about its region.
const placeOfRegion = 0.95

// FindRegion returns the regions that the typed words may mean: by name, by code, or by a town in them.
func (d *Directory) FindRegion(typed string) []Match[Region] {
	scores := d.findRegion.scores(typed)
	for i, s := range d.findPlace.scores(typed) {
		r := d.regionAt[d.places[i].Region]
		if len(scores) == 0 {
			scores = make([]float64, len(d.regions))
		}
		scores[r] = max(scores[r], s*placeOfRegion)
	}
	return matches(d.regions, scores)
}

// What a match must reach to be shown, to be sure, and by how much a sure one leads the next.
const (
	shown = 0.5
	sure  = 0.85
	lead  = 0.1
)

func matches[T any](rows []T, scores []float64) []Match[T] {
	var found []Match[T]
	for i, s := range scores {
		if s >= shown {
			found = append(found, Match[T]{Value: rows[i], Score: s})
		}
	}
	slices.SortStableFunc(found, func(a, b Match[T]) int { return cmp.Compare(b.Score, a.Score) })
	if len(found) > 0 && found[0].Score >= sure && (len(found) == 1 || found[0].Score-found[1].Score >= lead) {
		found[0].Sure = true
	}
	return found
}

// alias is one way to write a row: folded, without spaces (people part and join words as they like).
type alias struct {
	key   string
	runes []rune
	mask  uint64
	rows  []int
}

// finder finds rows by their aliases.
type finder struct {
	words    vocabulary
	rows     int
	byName   map[string][]int // folded, without spaces
	bySound  map[string][]int // locale.DarijaKey, without spaces
	aliases  []alias          // of byName, in order
	longest  int              // words in the longest alias, five at most: names inside sentences are short
	maxRunes int
}

func newFinder(words vocabulary) *finder {
	return &finder{words: words, byName: map[string][]int{}, bySound: map[string][]int{}}
}

// add makes name a way to write row.
func (f *finder) add(row int, name string) {
	folded := locale.Fold(name)
	if folded == "" {
		return
	}
	f.rows = max(f.rows, row+1)
	put := func(m map[string][]int, key string) {
		if key != "" && !slices.Contains(m[key], row) {
			m[key] = append(m[key], row)
		}
	}
	put(f.byName, glue(folded))
	put(f.bySound, glue(locale.DarijaKey(name)))
	n := 1
	for i := range len(folded) {
		if folded[i] == ' ' {
			n++
		}
	}
	f.longest = max(f.longest, min(n, 5))
}

// ready ends the adding.
func (f *finder) ready() {
	for key, rows := range f.byName {
		r := []rune(key)
		f.aliases = append(f.aliases, alias{key: key, runes: r, mask: locale.LetterMask(r), rows: rows})
		f.maxRunes = max(f.maxRunes, len(r))
	}
	slices.SortFunc(f.aliases, func(a, b alias) int { return cmp.Compare(a.key, b.key) })
}

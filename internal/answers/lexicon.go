package answers

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/locale"
)

// A Lexicon knows which words mean one thing, however and in whichever script they are written: lexicon/*.yaml, and the towns and trades
// of the directory. It never changes.
type Lexicon struct {
	concepts  []string                     // their names; the numbers below are places in it
	byWord    map[string]meaning           // folded spelling, its words glued → what it means
	bySound   map[string]meaning           // skeleton of a spelling of one word → what it means, where spellings that sound so agree
	spelt     [longestSpelt + 1][]spelling // spellings that a slip may have spoilt, by length
	stems     map[string]meaning           // spelling of one word without its ending → what it means
	longest   int                          // words in the longest spelling
	foreign   map[uint16]bool              // concepts that by themselves are not the bot's business
	directory *directory.Directory         // for towns that stand alone
	readings  []combination                // what ways of asking teach by example, said outright

	roots      map[string]meaning // root of a verb of Darija → what the verb means
	rootSounds map[string]meaning // the same by its skeleton, of three consonants or more
}

// A meaning is a few concepts.
type meaning struct {
	concepts []uint16
	weak     bool // an everyday word that is also a town or a trade
}

// spelling is one word of the lexicon as its letters.
type spelling struct {
	runes []rune
	mask  uint64
	meaning
}

// A combination of concepts asks for one entry, whatever the words.
type combination struct {
	id       string
	concepts []uint16
	file     string
	line     int
}

// The concepts that the directory brings.
const (
	townConcept  = "town"
	tradeConcept = "trade"
)

// mostMeanings is how many concepts a loose look may find.
const mostMeanings = 2

// enoughConcept is what safi says when it is no town.
const enoughConcept = "enough"

// newConcept is what jdida says when it is no town; soundsLikeTown is how near the directory must find it to one.
const (
	newConcept     = "new"
	soundsLikeTown = 0.7
)

// idleConcept holds the words that a question can lose.
const idleConcept = "idle"

// The lengths of spellings that are looked at for slips, in letters.
const (
	shortestSpelt = 4
	longestSpelt  = 24
)

// longestPhrase is how many words a spelling may have.
const longestPhrase = 6

// ReadLexicon reads lexicon/*.yaml of fsys. A spelling may stand under several concepts, but not twice under one.
func ReadLexicon(fsys fs.FS, d *directory.Directory) (*Lexicon, []Problem) {
	l := &loader{}
	lx := newLexicon(d)
	names, err := fs.Glob(fsys, "lexicon/*.yaml")
	if err != nil || len(names) == 0 {
		return nil, []Problem{{File: "lexicon", Line: 1, What: "there is no *.yaml file here", Hint: "concepts: {name: spellings}"}}
	}
	type written struct {
		id, text, file string
		line           int
	}
	var said []written
	for _, name := range names {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			l.problem(name, 1, "", "can't be read: %v", err)
			continue
		}
		var page struct {
			Concepts yaml.MapSlice `yaml:"concepts"`
			Readings yaml.MapSlice `yaml:"readings"`
		}
		if err := yaml.UnmarshalWithOptions(b, &page, yaml.Strict()); err != nil {
			l.problem(name, 1, "concepts: {name: spellings}", "can't be read: %v", err)
			continue
		}
		for _, c := range page.Concepts {
			lx.read(l, name, b, fmt.Sprint(c.Key), fmt.Sprint(c.Value))
		}
		for _, r := range page.Readings {
			said = append(said, written{fmt.Sprint(r.Key), fmt.Sprint(r.Value), name, lineOf(b, fmt.Sprint(r.Key))})
		}
	}
	lx.addNames(townConcept, d.PlaceSpellings())
	lx.addNames(tradeConcept, d.TradeSpellings())
	for _, w := range said {
		lx.combine(l, w.id, w.text, w.file, w.line)
	}
	if len(l.problems) > 0 {
		return nil, l.problems
	}
	lx.ready()
	return lx, nil
}

func newLexicon(d *directory.Directory) *Lexicon {
	return &Lexicon{directory: d, foreign: map[uint16]bool{}, byWord: map[string]meaning{}, bySound: map[string]meaning{}, stems: map[string]meaning{},
		roots: map[string]meaning{}, rootSounds: map[string]meaning{}}
}

// read takes the spellings of one concept.
func (lx *Lexicon) read(l *loader, file string, b []byte, concept, spellings string) {
	line := lineOf(b, concept)
	if slices.Contains(lx.concepts, concept) {
		l.problem(file, line, "put its spellings together", "the concept %s stands twice", concept)
		return
	}
	c := uint16(len(lx.concepts))
	lx.concepts = append(lx.concepts, concept)
	for _, s := range strings.Fields(spellings) {
		words := split(strings.ReplaceAll(s, "_", " "))
		if len(words) == 0 || len(words) > longestPhrase {
			l.problem(file, line, "one to six words, joined by _", "%q of %s is no spelling", s, concept)
			continue
		}
		lx.longest = max(lx.longest, len(words))
		lx.add(strings.Join(words, ""), c, false)
	}
}

// Check looks whether every entry is read from something, and nothing is read that doesn't exist.
func (lx *Lexicon) Check(a *Answers) []Problem {
	l := &loader{}
	read := map[string]bool{}
	for _, c := range lx.readings {
		read[c.id] = true
		if _, ok := a.byID[c.id]; !ok {
			l.problem(c.file, c.line, "an id of an entry", "%s is read, and doesn't exist", c.id)
		}
	}
	for _, e := range a.Entries() {
		if !read[e.ID] {
			l.problem(e.File, e.Line, "add it to lexicon/readings.yaml", "no reading asks for %s", e.ID)
		}
	}
	return l.problems
}

// lineOf is where a key stands in a file of the lexicon.
func lineOf(b []byte, key string) int {
	return 1 + bytes.Count(b[:max(0, bytes.Index(b, []byte("\n  "+key+":"))+1)], []byte{'\n'})
}

// combine takes the readings of one entry.
func (lx *Lexicon) combine(l *loader, id, text, file string, line int) {
	for _, one := range strings.Split(text, "|") {
		c := combination{id: id, file: file, line: line}
		for _, name := range strings.Fields(one) {
			i := slices.Index(lx.concepts, name)
			if i < 0 {
				l.problem(file, line, "a name of a concept", "%s is read from %q, which is no concept", id, name)
				continue
			}
			c.concepts = append(c.concepts, uint16(i))
		}
		if id == OutOfScope && len(c.concepts) == 1 {
			lx.foreign[c.concepts[0]] = true
		}
		if len(c.concepts) > 0 {
			lx.readings = append(lx.readings, c)
		}
	}
}

func (lx *Lexicon) addNames(concept string, s directory.Spellings) {
	c := uint16(len(lx.concepts))
	lx.concepts = append(lx.concepts, concept)
	for name, weak := range s.Names {
		lx.add(name, c, weak)
	}
}

// means tells whether a word has the concept of that name.
func (lx *Lexicon) means(w word, concept string) bool {
	return slices.ContainsFunc(w.concepts, func(c uint16) bool { return lx.concepts[c] == concept })
}

// outside tells whether a reading has a concept that by itself is not the bot's business.
func (lx *Lexicon) outside(r reading) bool {
	for _, w := range r.words {
		if slices.ContainsFunc(w.concepts, func(c uint16) bool { return lx.foreign[c] }) {
			return true
		}
	}
	return false
}

// isTown tells whether a word that stands alone names a town: as the directory has it, or nearly so when it means nothing else. Jdida is
// El Jadida when nothing stands beside it that could be new.
func (lx *Lexicon) isTown(w word) bool {
	if lx.means(w, townConcept) {
		return true
	}
	if len(w.concepts) > 0 && w.surety > withSlip && !lx.means(w, newConcept) {
		return false
	}
	places := lx.directory.FindPlaces(w.text)
	return len(places) > 0 && (places[0].Sure || lx.means(w, newConcept) && places[0].Score >= soundsLikeTown)
}

// isIdle tells a meaning that says nothing.
func (lx *Lexicon) isIdle(m meaning) bool {
	return len(m.concepts) == 1 && lx.concepts[m.concepts[0]] == idleConcept
}

// add is the only one that changes byWord.
func (lx *Lexicon) add(key string, c uint16, weak bool) {
	m := lx.byWord[key]
	if !slices.Contains(m.concepts, c) {
		m.concepts = append(slices.Clone(m.concepts), c)
		slices.Sort(m.concepts)
	}
	m.weak = m.weak || weak
	lx.byWord[key] = m
}

// ready derives the looser ways in from the spellings.
func (lx *Lexicon) ready() {
	keys := make([]string, 0, len(lx.byWord))
	for key := range lx.byWord {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	sounds := map[string][]uint16{}
	for _, key := range keys {
		m := lx.byWord[key]
		lx.addRoots(key, m)
		if n := utf8.RuneCountInString(key); n >= shortestSpelt && n <= longestSpelt && !m.weak {
			r := []rune(key)
			lx.spelt[n] = append(lx.spelt[n], spelling{runes: r, mask: locale.LetterMask(r), meaning: m})
		}
		if s := stem(key); s != key {
			if _, taken := lx.byWord[s]; !taken {
				lx.stems[s] = join(lx.stems[s], m)
			}
		}
		if s := locale.DarijaKey(key); len(s) >= 3 && !m.weak {
			for _, c := range m.concepts {
				if !slices.Contains(sounds[s], c) {
					sounds[s] = append(sounds[s], c)
				}
			}
		}
	}
	for _, loose := range []map[string]meaning{lx.roots, lx.rootSounds, lx.stems} {
		for key, m := range loose {
			if len(m.concepts) > mostMeanings {
				delete(loose, key) // so many that it says nothing
			}
		}
	}
	for s, concepts := range sounds {
		if len(concepts) <= mostMeanings {
			slices.Sort(concepts)
			lx.bySound[s] = meaning{concepts: concepts}
		}
	}
}

func join(a, b meaning) meaning {
	c := slices.Concat(a.concepts, b.concepts)
	slices.Sort(c)
	return meaning{concepts: slices.Compact(c), weak: a.weak || b.weak}
}

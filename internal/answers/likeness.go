package answers

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// A Likeness tells what somebody says under a theme, alike in every script, so that what says the same can be found: which matters, and what
// troubles them. Its words are those of likeness/*.yaml, for those who tell rather than ask, and the lexicon's where these have none. It never
// changes, does no I/O, and is safe for concurrent use.
type Likeness struct {
	words    *Lexicon                   // its own spellings, and the lexicon's others
	loose    map[string]meaning         // spelling of one word without its endings → what it means
	as       map[string][]string        // a concept → what it says here
	counts   map[string]float32         // how much a term counts that is no plain matter
	troubles map[string]bool            // what is wrong, with a matter or by itself
	themes   map[string]map[string]bool // what a theme's name says already
	edition  string
}

// How much a term counts beside a matter, which counts as sure as it is.
const (
	weighTelling = 1.6
	weighTrouble = 0.9
	weighWish    = 0.35
	weighAside   = 0.6
	weighTheme   = 0.4
	weighLittle  = 0.15
	weighUnknown = 0.6 // a word that nobody knows
	guessed      = 0.5 // of a concept that a word was only near to
	mostTerms    = 24
)

// wished is what a voice says that tells of a matter and of no trouble: it wishes for it, or misses it.
const wished = "#wish"

const likenessFiles = "likeness/*.yaml"

// likenessPage is a file of likeness/.
type likenessPage struct {
	Concepts yaml.MapSlice `yaml:"concepts"`
	As       yaml.MapSlice `yaml:"as"`
	Telling  string        `yaml:"telling"`
	Troubles string        `yaml:"troubles"`
	Plights  string        `yaml:"plights"`
	Aside    string        `yaml:"aside"`
	Little   string        `yaml:"little"`
	Themes   yaml.MapSlice `yaml:"themes"`
}

// ReadLikeness reads likeness/*.yaml of fsys, whose names of concepts must be the lexicon's or its own.
func ReadLikeness(fsys fs.FS, lx *Lexicon) (*Likeness, []Problem) {
	l := &loader{}
	lk := &Likeness{words: newLexicon(nil), as: map[string][]string{}, counts: map[string]float32{}, troubles: map[string]bool{}, themes: map[string]map[string]bool{}}
	names, err := fs.Glob(fsys, likenessFiles)
	if err != nil || len(names) == 0 {
		return nil, []Problem{{File: "likeness", Line: 1, What: "there is no *.yaml file here", Hint: "concepts: {name: spellings}"}}
	}
	pages := make([]likenessPage, len(names))
	written := make([][]byte, len(names))
	for i, name := range names {
		if written[i], err = fs.ReadFile(fsys, name); err != nil {
			l.problem(name, 1, "", "can't be read: %v", err)
			continue
		}
		if err := yaml.UnmarshalWithOptions(written[i], &pages[i], yaml.Strict()); err != nil {
			l.problem(name, 1, "concepts, as, telling, troubles, plights, aside, little, themes", "can't be read: %v", err)
			continue
		}
		for _, c := range pages[i].Concepts {
			lk.words.read(l, name, written[i], fmt.Sprint(c.Key), fmt.Sprint(c.Value))
		}
	}
	lk.ready(lx)
	for i, page := range pages {
		lk.mean(l, names[i], written[i], page)
	}
	if len(l.problems) > 0 {
		return nil, l.problems
	}
	lk.edition = editionOf(fsys, written)
	return lk, nil
}

// mean takes what a page says of concepts.
func (lk *Likeness) mean(l *loader, file string, b []byte, page likenessPage) {
	stands := map[string]bool{wished[1:]: true} // words of their own
	known := func(name string, line int) string {
		if !stands[name] && !slices.Contains(lk.words.concepts, name) {
			l.problem(file, line, "a name of a concept", "%q is no concept", name)
		}
		return "#" + name
	}
	for _, a := range page.As {
		name := fmt.Sprint(a.Key)
		for _, says := range strings.Fields(fmt.Sprint(a.Value)) {
			lk.as["#"+name] = append(lk.as[known(name, lineOf(b, name))], "#"+says)
			stands[says] = true
		}
	}
	for _, list := range []struct {
		names string
		count float32
	}{{page.Telling, weighTelling}, {page.Troubles, weighTrouble}, {page.Aside, weighAside}, {page.Little, weighLittle}} {
		for _, name := range strings.Fields(list.names) {
			if _, twice := lk.counts[known(name, 1)]; twice {
				l.problem(file, 1, "put it where it counts", "the concept %s counts twice", name)
			}
			lk.counts["#"+name] = list.count
		}
	}
	for _, name := range strings.Fields(page.Troubles + " " + page.Plights) {
		lk.troubles[known(name, 1)] = true
	}
	for _, t := range page.Themes {
		theme, line := fmt.Sprint(t.Key), lineOf(b, fmt.Sprint(t.Key))
		lk.themes[theme] = map[string]bool{}
		for _, name := range strings.Fields(fmt.Sprint(t.Value)) {
			lk.themes[theme][known(name, line)] = true
		}
	}
}

// editionOf names the knowledge behind the terms: terms of two editions can't be compared.
func editionOf(fsys fs.FS, pages [][]byte) string {
	h := sha256.New()
	h.Write([]byte(rules))
	for _, b := range pages {
		h.Write(b)
	}
	names, _ := fs.Glob(fsys, "lexicon/*.yaml") // in order; the pattern is sound
	for _, name := range names {
		if b, err := fs.ReadFile(fsys, name); err == nil { // the lexicon was read from it
			h.Write(b)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// rules names the way in which words become terms. Another way, another name: what groups say is then worked out anew.
const rules = "2"

// Edition names the words that the terms come from: other words, another edition.
func (lk *Likeness) Edition() string { return lk.edition }

// Terms are what the words say under a theme and how much each counts, at most 24: the weightiest.
func (lk *Likeness) Terms(theme, words string) map[string]float32 {
	said, known, troubled := map[string]float32{}, false, false
	for term, v := range lk.said(words) {
		if !strings.HasPrefix(term, "#") {
			v *= weighUnknown
		}
		says, ok := lk.as[term]
		if !ok {
			says = []string{term}
		}
		for _, term := range says {
			w := lk.weight(theme, term)
			known = known || w > weighLittle && strings.HasPrefix(term, "#")
			troubled = troubled || lk.troubles[term] && v >= guessed
			said[term] = max(said[term], v*w)
		}
	}
	switch {
	case troubled:
		delete(said, wished) // it tells what is wrong beside
	case known:
		said[wished] = weighWish
	}
	if len(said) > mostTerms {
		terms := make([]string, 0, len(said))
		for t := range said {
			terms = append(terms, t)
		}
		slices.SortFunc(terms, func(a, b string) int { return cmp.Or(cmp.Compare(said[b], said[a]), strings.Compare(a, b)) })
		for _, t := range terms[mostTerms:] {
			delete(said, t)
		}
	}
	return said
}

// weight is how much a term counts under a theme.
func (lk *Likeness) weight(theme, term string) float32 {
	w, ok := lk.counts[term]
	if !ok {
		w = 1
	}
	if lk.themes[theme][term] {
		w = min(w, weighTheme)
	}
	return w
}

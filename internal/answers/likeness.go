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

	"github.com/qafila/qafila/internal/locale"
)

// A Likeness tells what somebody says under a theme, alike in every script, so that what says the same can be found: the lexicon's concepts, and
// what likeness/likeness.yaml adds to them for those who tell rather than ask. It never changes, does no I/O, and is safe for concurrent use.
type Likeness struct {
	lexicon *Lexicon
	own     *Lexicon                   // concepts that only matter here
	as      map[string][]string        // a concept → what it says here
	little  map[string]bool            // what most people say whatever they mean
	themes  map[string]map[string]bool // what a theme's name says already
	edition string
}

// How much a term counts beside a concept of its own, which counts as sure as it is.
const (
	weighLittle  = 0.15
	weighTheme   = 0.4
	guessed      = 0.5 // of a concept that a word was only near to
	weighUnknown = 0.6 // a word that the lexicon doesn't know
	mostTerms    = 24
)

const likenessFile = "likeness/likeness.yaml"

// ReadLikeness reads likeness/likeness.yaml of fsys, whose names of concepts must be the lexicon's or its own.
func ReadLikeness(fsys fs.FS, lx *Lexicon) (*Likeness, []Problem) {
	l := &loader{}
	b, err := fs.ReadFile(fsys, likenessFile)
	if err != nil {
		return nil, []Problem{{File: likenessFile, Line: 1, What: fmt.Sprintf("can't be read: %v", err)}}
	}
	var page struct {
		Concepts yaml.MapSlice `yaml:"concepts"`
		As       yaml.MapSlice `yaml:"as"`
		Little   string        `yaml:"little"`
		Themes   yaml.MapSlice `yaml:"themes"`
	}
	if err := yaml.UnmarshalWithOptions(b, &page, yaml.Strict()); err != nil {
		l.problem(likenessFile, 1, "concepts, as, little, themes", "can't be read: %v", err)
		return nil, l.problems
	}
	lk := &Likeness{lexicon: lx, own: newLexicon(nil), as: map[string][]string{}, little: map[string]bool{}, themes: map[string]map[string]bool{}}
	for _, c := range page.Concepts {
		lk.own.read(l, likenessFile, b, fmt.Sprint(c.Key), fmt.Sprint(c.Value))
	}
	lk.own.ready()
	stands := map[string]bool{} // words of their own
	known := func(name string, line int) string {
		if !stands[name] && !slices.Contains(lx.concepts, name) && !slices.Contains(lk.own.concepts, name) {
			l.problem(likenessFile, line, "a name of a concept", "%q is no concept", name)
		}
		return name
	}
	for _, a := range page.As {
		name := fmt.Sprint(a.Key)
		for _, says := range strings.Fields(fmt.Sprint(a.Value)) {
			lk.as["#"+known(name, lineOf(b, name))] = append(lk.as["#"+name], "#"+says)
			stands[says] = true
		}
	}
	for _, name := range strings.Fields(page.Little) {
		lk.little["#"+known(name, 1)] = true
	}
	for _, t := range page.Themes {
		theme, line := fmt.Sprint(t.Key), lineOf(b, fmt.Sprint(t.Key))
		lk.themes[theme] = map[string]bool{}
		for _, name := range strings.Fields(fmt.Sprint(t.Value)) {
			lk.themes[theme]["#"+known(name, line)] = true
		}
	}
	if len(l.problems) > 0 {
		return nil, l.problems
	}
	lk.edition = editionOf(fsys, b)
	return lk, nil
}

// editionOf names the knowledge behind the terms: terms of two editions can't be compared.
func editionOf(fsys fs.FS, page []byte) string {
	h := sha256.New()
	h.Write(page)
	names, _ := fs.Glob(fsys, "lexicon/*.yaml") // in order; the pattern is sound
	for _, name := range names {
		if b, err := fs.ReadFile(fsys, name); err == nil { // the lexicon was read from it
			h.Write(b)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// Edition names the words that the terms come from: other words, another edition.
func (lk *Likeness) Edition() string { return lk.edition }

// Terms are what the words say under a theme and how much each counts, at most 24: the weightiest.
func (lk *Likeness) Terms(theme, words string) map[string]float32 {
	said := map[string]float32{}
	for term, v := range lk.said(words) {
		if !strings.HasPrefix(term, "#") {
			v *= weighUnknown
		}
		says, ok := lk.as[term]
		if !ok {
			says = []string{term}
		}
		for _, term := range says {
			said[term] = max(said[term], v*lk.weight(theme, term))
		}
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
	switch {
	case lk.little[term]:
		return weighLittle
	case lk.themes[theme][term]:
		return weighTheme
	}
	return 1
}

// said reads the words: phrases and words of its own first, then the lexicon's.
func (lk *Likeness) said(text string) map[string]float32 {
	said := map[string]float32{}
	typed, loose := split(text), 0
	for i := 0; i < len(typed); {
		if n, w, from := lk.phrase(typed[i:]); n > 0 {
			from.say(said, w)
			i += n
			continue
		}
		w, from := word{text: typed[i], stem: bareWord(typed[i]), sound: locale.DarijaKey(typed[i])}, lk.lexicon
		if loose++; loose <= mostLoose {
			w, from = lk.look(typed[i])
		}
		from.say(said, w)
		switch {
		case len(w.concepts) == 0 || len(w.sound) < 3:
		case w.surety <= withSlip*guessed: // it may as well be a word that is unknown
			said[w.sound] = max(said[w.sound], guessed)
		case len(w.concepts) == 1 && from.concepts[w.concepts[0]] == tradeConcept: // which of them matters here
			said[w.sound] = 1
		}
		i++
	}
	return said
}

// phrase finds the longest spelling of two words or more, its own before the lexicon's.
func (lk *Likeness) phrase(typed []string) (int, word, *Lexicon) {
	for _, lx := range []*Lexicon{lk.own, lk.lexicon} {
		if n, m, key := lx.phrase(typed); n > 0 {
			return n, word{text: key, stem: key, idle: lx.isIdle(m), concepts: m.concepts, surety: asSpelt}, lx
		}
	}
	return 0, word{}, nil
}

// look tells what one word means: as it spells it itself, as the lexicon does, then what is nearest. What was only guessed counts half.
func (lk *Likeness) look(w string) (word, *Lexicon) {
	mine := lk.own.look(w)
	if _, ok := lk.own.byWord[w]; ok {
		return mine, lk.own
	}
	theirs := lk.lexicon.look(w)
	if len(mine.concepts) > 0 && mine.surety >= tailOff && mine.surety > theirs.surety && !theirs.idle {
		return mine, lk.own
	}
	if _, ok := lk.lexicon.byWord[w]; theirs.idle && !ok {
		theirs.idle = false // only near to a word that says nothing: glue (colle) is no "all" (koll)
	}
	if theirs.surety <= withSlip {
		theirs.surety *= guessed
	}
	return theirs, lk.lexicon
}

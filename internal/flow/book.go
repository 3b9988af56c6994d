package flow

import (
	"cmp"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/expr-lang/expr/vm"
)

// Options name the flows that have a part in every conversation.
type Options struct {
	Menu     string   // opened by /menu and the word for it; where things end
	Language string   // called first while a person has no language; what was asked for goes on after it. "" = no such flow
	Roles    []string // what a person can be to the house, for the check of `for`
	Used     []string // text ids that Go code uses, for the check; "door.*" stands for all that begin with "door."
}

// A Book is every flow, compiled. It never changes and may be used by many turns at once.
type Book struct {
	flows      map[string]*flow
	names      []string
	menu       *flow
	language   *flow             // nil: nobody is asked
	doors      map[string][]door // what is pressed or sent -> the flows that it opens, for different roles
	prefixes   []door            // "start:reg_*", longest first
	typed      *flow             // takes words when no question is open; may be nil
	voice      *flow             // takes a voice message then; may be nil
	texts      Texts
	langs      []string
	keywords   map[string]keyword         // folded words of every language
	synonyms   map[string]map[string]bool // of the texts that means() compares with
	u          Understanding
	wrongNeeds map[string][]param // of the standard words for wrong answers
	machines   sync.Pool          // *machine
}

// A door is a trigger of a flow.
type door struct {
	word string // without the *
	flow *flow
	line int
}

// A machine evaluates one expression at a time.
type machine struct {
	vm  vm.VM
	env map[string]any
}

// Load reads and checks every *.yaml of fsys. The Book is nil when one of the problems is more than a warning.
func Load(fsys fs.FS, texts Texts, offered Signatures, u Understanding, o Options) (*Book, []Problem) {
	l := &loader{
		texts:   texts,
		langs:   texts.Languages(),
		offered: index(offered),
		options: o,
		used:    map[string]bool{},
		book: &Book{
			flows:    map[string]*flow{},
			doors:    map[string][]door{},
			keywords: map[string]keyword{},
			synonyms: map[string]map[string]bool{},
			texts:    texts,
			langs:    texts.Languages(),
			u:        understanding(u),
		},
	}
	l.book.machines.New = func() any { return &machine{env: map[string]any{}} }
	l.read(fsys)
	l.link()
	l.check()
	slices.SortStableFunc(l.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.What, b.What))
	})
	for _, p := range l.problems {
		if !p.Warning {
			return nil, l.problems
		}
	}
	return l.book, l.problems
}

// understanding fills what was not given with the least that works.
func understanding(u Understanding) Understanding {
	if u.Fold == nil {
		u.Fold = func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
	}
	if u.Number == nil {
		u.Number = func(s string) (int, bool) {
			n := 0
			s = strings.TrimSpace(s)
			for _, r := range s {
				if r < '0' || r > '9' || n > 1e8 {
					return 0, false
				}
				n = n*10 + int(r-'0')
			}
			return n, s != ""
		}
	}
	if u.Phone == nil {
		u.Phone = func(s string) (string, bool) {
			s = strings.TrimSpace(s)
			for i, r := range s {
				if !unicode.IsDigit(r) && (r != '+' || i > 0) {
					return "", false
				}
			}
			return s, len(s) > 7
		}
	}
	return u
}

// Names lists the flows, sorted.
func (b *Book) Names() []string { return slices.Clone(b.names) }

// About is the id of the text that says what a flow is; "" when it has none.
func (b *Book) About(flow string) string {
	if f := b.flows[flow]; f != nil {
		return f.about
	}
	return ""
}

// Commands lists the commands that open a flow ("/next"), sorted, with those that work everywhere.
func (b *Book) Commands() []string {
	set := map[string]bool{"/menu": true, "/cancel": true, "/start": true}
	for w := range b.doors {
		if strings.HasPrefix(w, "/") {
			set[w] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// find tells which flow a door opens for who is of that role, and what it gives it. To others a door for some is no door at all.
func (b *Book) find(word, role string) (f *flow, given string, ok bool) {
	if f = opened(b.doors[word], role); f != nil {
		return f, "", true
	}
	for i, d := range b.prefixes {
		rest, ok := strings.CutPrefix(word, d.word)
		if !ok || i > 0 && b.prefixes[i-1].word == d.word {
			continue
		}
		same := i + 1
		for same < len(b.prefixes) && b.prefixes[same].word == d.word {
			same++
		}
		if f = opened(b.prefixes[i:same], role); f != nil {
			return f, rest, true
		}
	}
	if strings.HasPrefix(word, "/") {
		if command, rest, ok := strings.Cut(word, " "); ok {
			if f = opened(b.doors[command], role); f != nil {
				return f, strings.TrimSpace(rest), true
			}
		}
	}
	return nil, "", false
}

// known tells whether a door opens anything, for whomever.
func (b *Book) known(word string) bool {
	command, _, _ := strings.Cut(word, " ")
	if len(b.doors[command]) > 0 && (command == word || strings.HasPrefix(word, "/")) {
		return true
	}
	return slices.ContainsFunc(b.prefixes, func(d door) bool { return strings.HasPrefix(word, d.word) })
}

// opened is the flow that is for the role itself, before the one that is for everybody.
func opened(doors []door, role string) *flow {
	var open *flow
	for _, d := range doors {
		switch {
		case len(d.flow.roles) == 0:
			open = d.flow
		case d.flow.admits(role):
			return d.flow
		}
	}
	return open
}

// admits tells whether who is of a role may be in a flow.
func (f *flow) admits(role string) bool {
	return len(f.roles) == 0 || slices.ContainsFunc(f.roles, func(w word) bool { return w.text == role })
}

package report

import (
	"strings"
	"unicode"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/locale"
)

// Gathered is recommendations that say alike, as the room that owns them has gathered them.
type Gathered struct {
	Theme   string
	Authors int // different ones
	Said    []Said
}

// Said is one of them, written, with the name of its author as the bot knows it, so that it can be taken out; "" when it doesn't.
type Said struct {
	Language string
	Words    string
	Name     string
}

// mostQuotes are told of a group.
const mostQuotes = 3

// quotes are words of different wording that nobody can be known by.
func quotes(list []Said) []Quote {
	var told []Quote
	seen := map[string]bool{}
	for _, s := range list {
		words := nameless(s.Words, s.Name)
		if key := locale.Fold(words); key != "" && !seen[key] && len(told) < mostQuotes {
			seen[key] = true
			told = append(told, Quote{s.Language, words})
		}
	}
	return told
}

// nameless takes out of somebody's words what says who they are: what answers.Anonymous takes, and the words of their own name. It leaves
// nothing where there was the number of an identity card. The names of others it can't know.
func nameless(words, name string) string {
	own := map[string]bool{}
	for w := range strings.FieldsSeq(locale.Fold(name)) {
		if len([]rune(w)) > 1 {
			own[w] = true
		}
	}
	var out []string
	for w := range strings.FieldsSeq(answers.Anonymous(words)) {
		if isName(own, w) {
			w = "…"
		}
		if w != "…" || len(out) == 0 || out[len(out)-1] != "…" {
			out = append(out, w)
		}
	}
	if len(out) == 1 && out[0] == "…" {
		return ""
	}
	return strings.Join(out, " ")
}

// before are letters that Arabic writes together with the word behind them: and, so, with, to, like.
const before = "وفبلك"

// isName tells whether a word, or a part of it that stands by itself, is of a name.
func isName(own map[string]bool, word string) bool {
	for part := range strings.FieldsFuncSeq(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.M, r) }) {
		folded := locale.Fold(part)
		if own[folded] {
			return true
		}
		if r := []rune(folded); len(r) > 2 && strings.ContainsRune(before, r[0]) && own[string(r[1:])] {
			return true
		}
	}
	return false
}

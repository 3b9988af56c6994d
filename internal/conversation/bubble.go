package conversation

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// bubbles lays what leads a message and its own words out in messages, in order; the last is the message's own, also when it has no words.
// What fits into flow.MostLines stands together, beginning from the end, so that the question keeps what belongs nearest to it.
func (c *Conversation) bubbles(lang locale.Language, lead []flow.Line, own string) []string {
	out := []string{own}
	for _, l := range slices.Backward(lead) {
		above := words(c.texts, lang, l.Text, l.Params)
		if l.Head || tall(above)+tall(out[0]) <= flow.MostLines {
			out[0] = strings.TrimSpace(above + "\n\n" + out[0])
		} else {
			out = slices.Insert(out, 0, strings.TrimSpace(above))
		}
	}
	return out
}

var tag = regexp.MustCompile(`<[^>]*>`)

// tall counts the lines that are not empty; one longer than flow.LongLine is a paragraph, and counts as several.
func tall(s string) (n int) {
	for line := range strings.SplitSeq(tag.ReplaceAllString(s, ""), "\n") {
		n += (utf8.RuneCountInString(strings.TrimSpace(line)) + flow.LongLine - 1) / flow.LongLine
	}
	return n
}

package conversation

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/qafila/qafila/internal/flow"
)

// A button's data is one of
//
//	1f:yes   choice "yes" of question 1f (base 36); its message may be replaced
//	1f.yes   the same below a message that stays
//	/next    a door; its message may be replaced
//	>/next   a door below a message that stays
//
// Telegram: 1–64 bytes.
func buttonData(c flow.Choice, screen int, keep bool) string {
	if c.Door != "" {
		if keep || c.Door[0] != '/' {
			return ">" + c.Door
		}
		return c.Door
	}
	mark := ":"
	if keep {
		mark = "."
	}
	return strconv.FormatInt(int64(screen), 36) + mark + c.Key
}

// pressed reads a button's data, which anybody can forge: what makes no sense is a press on a question that is long gone.
func pressed(data string) (in flow.Input, replace bool) {
	switch {
	case !utf8.ValidString(data) || strings.ContainsFunc(data, unicode.IsControl):
		return flow.Input{Kind: flow.Press, Screen: -1}, false
	case strings.HasPrefix(data, "/"):
		return flow.Input{Kind: flow.Door, Text: data}, true
	case strings.HasPrefix(data, ">") && len(data) > 1:
		return flow.Input{Kind: flow.Door, Text: data[1:]}, false
	}
	i := strings.IndexAny(data, ":.")
	if i < 1 {
		return flow.Input{Kind: flow.Press, Screen: -1}, false
	}
	screen, err := strconv.ParseInt(data[:i], 36, 32)
	if err != nil || screen < 1 {
		return flow.Input{Kind: flow.Press, Screen: -1}, false
	}
	return flow.Input{Kind: flow.Press, Screen: int(screen), Key: data[i+1:]}, data[i] == ':'
}

// screenful is how many letters the buttons of one row can show between them on a small phone, measured on the page of phones at 390 pixels.
const screenful = 28

// appendRow puts buttons beside each other where each can be read whole, else below each other. parted tells whether the row before was
// parted so: then its last button and the first of this one stand together if they can, so that twelve regions don't fill a phone.
func appendRow(rows [][]Button, row []Button, parted bool) ([][]Button, bool) {
	if legible(row) {
		return append(rows, row), false
	}
	for i := range row {
		if last := len(rows) - 1; parted && len(rows[last]) < len(row) {
			if both := append(rows[last], row[i]); legible(both) {
				rows[last] = both
				continue
			}
		}
		rows, parted = append(rows, row[i:i+1:i+1]), true
	}
	return rows, true
}

// legible tells whether each button of a row can be read whole.
func legible(row []Button) bool {
	return len(row) < 2 || !slices.ContainsFunc(row, func(b Button) bool { return breadth(b.Text) > screenful/len(row) })
}

// breadth is how many letters wide a label is, roughly: a sign is two, what only changes the one before it nothing.
func breadth(s string) (n int) {
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Cf): // a variation, a mark, an isolate
		case r >= 0x2190 && unicode.Is(unicode.So, r):
			n += 2
		default:
			n++
		}
	}
	return n
}

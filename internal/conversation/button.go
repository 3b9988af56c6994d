package conversation

import (
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

package conversation

import (
	"html"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"

	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// words fills a text's parameters in: each is escaped for the messenger's HTML and, where it runs against the language's direction,
// isolated, so that a name or a number can't disturb the sentence around it.
func words(texts *locale.Texts, lang locale.Language, id string, params map[string]any) string {
	if len(params) == 0 {
		return upright(lang, texts.Text(lang, id, nil))
	}
	safe := make(map[string]any, len(params))
	for k, v := range params {
		switch v := v.(type) {
		case string:
			safe[k] = safely(lang, v)
		case []string:
			parts := make([]string, len(v))
			for i, s := range v {
				parts[i] = safely(lang, s)
			}
			safe[k] = strings.Join(parts, separator(lang))
		default:
			safe[k] = v
		}
	}
	return upright(lang, texts.Text(lang, id, safe))
}

func separator(lang locale.Language) string {
	if lang.RTL() {
		return "، "
	}
	return ", "
}

// colon stands after a name, before what they say: in French alone with a space before it too.
func colon(lang locale.Language) string {
	if lang == locale.French {
		return "\u00a0: "
	}
	return ": "
}

// safely leaves addresses as they are: they stand in a link, where a mark would lead elsewhere.
func safely(lang locale.Language, s string) string {
	if (against(lang, s) || strings.ContainsFunc(s, turns)) && !address(s) {
		s = locale.Isolate(s)
	}
	return html.EscapeString(s)
}

// turns tells what changes the direction of what comes after it.
func turns(r rune) bool { return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 }

func address(s string) bool {
	return (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")) &&
		!strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// against tells whether a value has letters or digits but none of the language's own direction.
func against(lang locale.Language, s string) bool {
	other := false
	for _, r := range s {
		if r < unicode.MaxASCII && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		switch rtl, strong := direction(r); {
		case strong && rtl == lang.RTL():
			return false
		case strong, unicode.IsDigit(r):
			other = true
		}
	}
	return other && (lang.RTL() || !digitsOnly(s))
}

func digitsOnly(s string) bool {
	for _, r := range s {
		if _, strong := direction(r); strong {
			return false
		}
	}
	return true
}

func direction(r rune) (rtl, strong bool) {
	p, _ := bidi.LookupRune(r)
	switch p.Class() {
	case bidi.L:
		return false, true
	case bidi.R, bidi.AL:
		return true, true
	}
	return false, false
}

// upright makes each paragraph of a right-to-left text start from the right. A paragraph takes its direction from its first strong
// letter outside isolates (Unicode TR9, P2); one that would start with a Latin letter, or has none, gets a mark before it.
func upright(lang locale.Language, s string) string {
	if !lang.RTL() || s == "" {
		return s
	}
	if !strings.Contains(s, "\n") {
		return uprightLine(s)
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = uprightLine(l)
	}
	return strings.Join(lines, "\n")
}

func uprightLine(s string) string {
	const fsi, pdi, rlm = '\u2068', '\u2069', "\u200f"
	depth, tag, any := 0, false, false
	for _, r := range s {
		switch {
		case r == fsi:
			depth++
		case r == pdi:
			depth--
		case r == '<':
			tag = true
		case r == '>':
			tag = false
		case depth > 0 || tag:
			any = any || depth > 0
		default:
			rtl, strong := direction(r)
			if strong && rtl {
				return s
			}
			if strong {
				return rlm + s
			}
			any = any || !unicode.IsSpace(r)
		}
	}
	if any {
		return rlm + s
	}
	return s
}

// word puts a flow's message into a person's words, without what leads it.
func (c *Conversation) word(lang locale.Language, m flow.Message) Message {
	var out Message
	if m.Text != "" {
		params := m.Params
		if m.Plural {
			params = withCount(params, m.Count)
		}
		out.Text = strings.TrimSpace(words(c.texts, lang, m.Text, params))
	}
	keep := m.Keep || len(m.Attach) > 0
	if m.Request.Text != "" {
		out.Request = &Request{
			Contact:  m.Request.Kind == flow.Contact,
			Location: m.Request.Kind == flow.Location,
			Text:     c.texts.Text(lang, m.Request.Text, nil),
		}
		for _, row := range m.Choices {
			var labels []string
			for _, ch := range row {
				labels = append(labels, c.label(lang, ch))
			}
			out.Request.Rows = append(out.Request.Rows, labels)
		}
		return out
	}
	if len(m.Choices) > 0 {
		out.Rows = make([][]Button, 0, len(m.Choices))
		parted := false
		for _, row := range m.Choices {
			buttons := make([]Button, len(row))
			for j, ch := range row {
				buttons[j] = Button{Text: c.label(lang, ch), Data: buttonData(ch, m.Screen, keep)}
			}
			out.Rows, parted = appendRow(out.Rows, buttons, parted)
		}
	}
	return out
}

func (c *Conversation) label(lang locale.Language, ch flow.Choice) string {
	s := ch.Label
	if s == "" {
		s = c.texts.Text(lang, ch.Text, nil)
	}
	if ch.On {
		s = "✅ " + s
	}
	return s
}

func withCount(params map[string]any, n int) map[string]any {
	p := make(map[string]any, len(params)+1)
	for k, v := range params {
		p[k] = v
	}
	p["count"] = n
	return p
}

// Note words a note for its reader.
func (c *Conversation) Note(lang locale.Language, n Note) Message {
	m := Message{Text: words(c.texts, lang, n.Text, n.Params)}
	for i, d := range n.Doors {
		b := Button{Text: c.label(lang, d), Data: buttonData(d, 0, !n.InPlace)}
		if i > 0 && i < n.Beside {
			m.Rows[0] = append(m.Rows[0], b)
			continue
		}
		m.Rows = append(m.Rows, []Button{b})
	}
	return m
}

package simulator

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Telegram's lengths, in UTF-16 units after entities are parsed.
const (
	maxText    = 4096
	maxCaption = 1024
)

// formatted is a text with its entities.
type formatted struct {
	text     string
	entities []entity
}

// formattedText reads text or caption with its parse_mode or its explicit entities, as the Bot API does: invisible controls
// out, markup parsed, ends trimmed, what looks like a command or a link marked.
func (c *call) formattedText(field, entitiesField string) (formatted, *failure) {
	raw := c.str(field)
	if !utf8.ValidString(raw) {
		return formatted{}, badRequest("strings must be encoded in UTF-8")
	}
	f := formatted{text: cleanText(raw)}
	switch mode := c.str("parse_mode"); {
	case strings.EqualFold(mode, "HTML"):
		text, entities, fault := parseHTML(f.text)
		if fault != "" {
			return formatted{}, badRequest("can't parse entities: %s", fault)
		}
		f = formatted{text: text, entities: entities}
	case mode != "":
		return formatted{}, badRequest("unsupported parse_mode")
	case c.str(entitiesField) != "":
		if json.Unmarshal([]byte(c.str(entitiesField)), &f.entities) != nil {
			return formatted{}, badRequest("can't parse entities JSON object")
		}
		for _, e := range f.entities {
			if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > textUnits(f.text) {
				return formatted{}, badRequest("entity beginning at UTF-16 offset %d ends after the end of the text at UTF-16 offset %d",
					e.Offset, textUnits(f.text))
			}
		}
		f.entities = sortEntities(f.entities)
	}
	f = trimFormatted(f)
	f.entities = sortEntities(append(f.entities, detectEntities(f.text, f.entities)...))
	return f, nil
}

// cleanText does what Telegram does to a bot's texts first: control characters become spaces, and line separators and
// direction embeddings and overrides (U+2028–U+202E) go. Isolates (U+2066–U+2069) stay. Source: TDLib, clean_input_string.
func cleanText(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\r', r >= 0x2028 && r <= 0x202e, r == 0x333, r == 0x33f, r == 0x30a:
			return -1
		case r < 0x20:
			return ' '
		}
		return r
	}, s)
}

func trimFormatted(f formatted) formatted {
	right := strings.TrimRight(f.text, " \n")
	text := strings.TrimLeft(right, " \n")
	cut, end := textUnits(right)-textUnits(text), textUnits(text)
	kept := f.entities[:0]
	for _, e := range f.entities {
		from, to := max(e.Offset-cut, 0), min(e.Offset+e.Length-cut, end)
		if to > from {
			e.Offset, e.Length = from, to-from
			kept = append(kept, e)
		}
	}
	return formatted{text: text, entities: kept}
}

// The texts that Telegram marks by itself in anybody's message.
var detectors = []struct {
	kind    string
	pattern *regexp.Regexp
}{
	{"bot_command", regexp.MustCompile(`(?:^|[^\w/<>@])(/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)`)},
	{"email", regexp.MustCompile(`(?:^|[^\w.+-])([\w.+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})`)},
	{"url", regexp.MustCompile(`(?:^|[^\w@/.])(https?://[^\s<>"]*[^\s<>".,;:!?)؟،]|(?:[a-z0-9-]+\.)+(?:ma|com|org|net|info|me|fr)\b(?:/[^\s<>"]*[^\s<>".,;:!?)؟،])?)`)},
	{"mention", regexp.MustCompile(`(?:^|[^\w@])(@[A-Za-z][A-Za-z0-9_]{3,31})\b`)},
	{"hashtag", regexp.MustCompile(`(?:^|[^\pL\pN_#])(#[\pL\pN_]*\pL[\pL\pN_]*)`)},
	{"phone_number", regexp.MustCompile(`(?:^|[^\w+])(\+\d(?:[ -]?\d){8,14})\b`)},
}

// detectEntities marks commands, addresses and numbers that no given entity covers already.
func detectEntities(text string, given []entity) []entity {
	if !strings.ContainsAny(text, "/@#+.") {
		return nil
	}
	taken := append([]entity(nil), given...)
	var found []entity
	for _, d := range detectors {
		for _, at := range d.pattern.FindAllStringSubmatchIndex(text, -1) {
			from := textUnits(text[:at[2]])
			e := entity{Type: d.kind, Offset: from, Length: textUnits(text[at[2]:at[3]])}
			if d.kind == "bot_command" && at[3] < len(text) && text[at[3]] == '/' || overlaps(e, taken) {
				continue
			}
			taken, found = append(taken, e), append(found, e)
		}
	}
	return found
}

// overlaps leaves styles out: a bold command is both.
func overlaps(e entity, others []entity) bool {
	for _, o := range others {
		switch o.Type {
		case "bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote":
			continue
		}
		if e.Offset < o.Offset+o.Length && o.Offset < e.Offset+e.Length {
			return true
		}
	}
	return false
}

// splitText cuts what a person typed as their app does: into messages of at most 4096 units.
func splitText(s string) []string {
	var parts []string
	for from, units, i := 0, 0, 0; i <= len(s); {
		if i == len(s) {
			if from < i {
				parts = append(parts, s[from:])
			}
			break
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if units+runeUnits(r) > maxText {
			parts = append(parts, s[from:i])
			from, units = i, 0
		}
		units += runeUnits(r)
		i += size
	}
	return parts
}

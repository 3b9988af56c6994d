package simulator

import (
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// htmlTags are the tags of the HTML parse mode, with the entity that each makes.
// Source: core.telegram.org/bots/api#html-style and TDLib's parser, whose words the errors are.
var htmlTags = map[string]string{
	"b": "bold", "strong": "bold",
	"i": "italic", "em": "italic",
	"u": "underline", "ins": "underline",
	"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
	"tg-spoiler": "spoiler", "span": "spoiler",
	"a": "text_link", "tg-emoji": "custom_emoji",
	"code": "code", "pre": "pre", "blockquote": "blockquote",
}

// htmlParser walks the bytes of a text; past its end it reads 0, as TDLib's does.
type htmlParser struct {
	in    string
	at    int
	out   strings.Builder
	units int // UTF-16 units written so far
	open  []openTag
	done  []entity
}

type openTag struct {
	name, argument string
	offset, start  int // in UTF-16 units, in bytes of out
}

// parseHTML takes the markup out of a text. Its failures are Telegram's words without "can't parse entities: ".
func parseHTML(text string) (string, []entity, string) {
	p := &htmlParser{in: text}
	for p.at < len(p.in) {
		switch p.peek() {
		case '&':
			if r, ok := p.reference(); ok {
				if r >= 0xD800 && r <= 0xDFFF {
					return "", nil, "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units"
				}
				p.write(r)
				continue
			}
			p.write('&')
			p.at++
		case '<':
			var fault string
			if p.byteAt(p.at+1) == '/' {
				fault = p.endTag()
			} else {
				fault = p.startTag()
			}
			if fault != "" {
				return "", nil, fault
			}
		default:
			r, size := utf8.DecodeRuneInString(p.in[p.at:])
			p.write(r)
			p.at += size
		}
	}
	if n := len(p.open); n > 0 {
		return "", nil, `Can't find end tag corresponding to start tag "` + p.open[n-1].name + `"`
	}
	return p.out.String(), sortEntities(p.done), ""
}

func (p *htmlParser) byteAt(i int) byte {
	if i < len(p.in) {
		return p.in[i]
	}
	return 0
}

func (p *htmlParser) peek() byte { return p.byteAt(p.at) }

func (p *htmlParser) write(r rune) {
	p.out.WriteRune(r)
	p.units += runeUnits(r)
}

// reference decodes &lt; &gt; &amp; &quot; and numeric references at the cursor; others stay text.
func (p *htmlParser) reference() (rune, bool) {
	end, code := p.at+1, int64(0)
	if p.byteAt(end) == '#' {
		end++
		base := int64(10)
		if p.byteAt(end) == 'x' {
			base = 16
			end++
		}
		for digit := hexDigit(p.byteAt(end)); digit >= 0 && digit < base && end-p.at < 12; digit = hexDigit(p.byteAt(end)) {
			code = code*base + digit
			end++
		}
		if code == 0 || code >= 0x10ffff || end-p.at >= 10 {
			return 0, false
		}
	} else {
		for isAlpha(p.byteAt(end)) {
			end++
		}
		named := map[string]int64{"lt": '<', "gt": '>', "amp": '&', "quot": '"'}
		if code = named[p.in[p.at+1:end]]; code == 0 {
			return 0, false
		}
	}
	if p.byteAt(end) == ';' {
		end++
	}
	p.at = end
	return rune(code), true
}

func (p *htmlParser) startTag() string {
	begin := p.at
	p.at++
	for c := p.peek(); c != 0 && !isSpace(c) && c != '>'; c = p.peek() {
		p.at++
	}
	if p.peek() == 0 {
		return "Unclosed start tag at byte offset " + strconv.Itoa(begin)
	}
	tag := strings.ToLower(p.in[begin+1 : p.at])
	if htmlTags[tag] == "" {
		return `Unsupported start tag "` + tag + `" at byte offset ` + strconv.Itoa(begin)
	}
	argument := ""
	for p.peek() != '>' {
		p.skipSpace()
		if p.peek() == '>' {
			break
		}
		name, value, fault := p.attribute(tag, begin)
		if fault != "" {
			return fault
		}
		switch {
		case tag == "a" && name == "href", tag == "tg-emoji" && name == "emoji-id":
			argument = value
		case tag == "code" && name == "class" && strings.HasPrefix(value, "language-"):
			argument = strings.TrimPrefix(value, "language-")
		case tag == "span" && name == "class" && strings.HasPrefix(value, "tg-"):
			argument = strings.TrimPrefix(value, "tg-")
		case tag == "blockquote" && name == "expandable":
			argument = "1"
		}
	}
	if tag == "span" && argument != "spoiler" {
		return `Tag "span" must have class "tg-spoiler" at byte offset ` + strconv.Itoa(begin)
	}
	p.at++
	p.open = append(p.open, openTag{name: tag, argument: argument, offset: p.units, start: p.out.Len()})
	return ""
}

func (p *htmlParser) attribute(tag string, begin int) (name, value, fault string) {
	from := p.at
	for c := p.peek(); c != 0 && !isSpace(c) && !strings.ContainsRune(`=>/"'`, rune(c)); c = p.peek() {
		p.at++
	}
	name = p.in[from:p.at]
	if name == "" {
		return "", "", `Empty attribute name in the tag "` + tag + `" at byte offset ` + strconv.Itoa(begin)
	}
	p.skipSpace()
	if p.peek() != '=' {
		if p.peek() == 0 {
			return "", "", `Unclosed start tag "` + tag + `" at byte offset ` + strconv.Itoa(begin)
		}
		return name, "", ""
	}
	p.at++
	p.skipSpace()
	if p.peek() == 0 {
		return "", "", `Unclosed start tag "` + tag + `" at byte offset ` + strconv.Itoa(begin)
	}
	if quote := p.peek(); quote == '"' || quote == '\'' {
		value = p.quoted(quote)
	} else {
		from := p.at
		for c := p.peek(); isAlpha(c) || hexDigit(c) >= 0 || c == '.' || c == '-'; c = p.peek() {
			p.at++
		}
		value = strings.ToLower(p.in[from:p.at])
		if c := p.peek(); !isSpace(c) && c != '>' {
			return "", "", "Unexpected end of name token at byte offset " + strconv.Itoa(from)
		}
	}
	if p.peek() == 0 {
		return "", "", "Unclosed start tag at byte offset " + strconv.Itoa(begin)
	}
	return name, value, ""
}

func (p *htmlParser) quoted(quote byte) string {
	var value strings.Builder
	p.at++
	for c := p.peek(); c != quote && c != 0; c = p.peek() {
		if c == '&' {
			if r, ok := p.reference(); ok {
				value.WriteRune(r)
				continue
			}
		}
		value.WriteByte(c)
		p.at++
	}
	if p.peek() == quote {
		p.at++
	}
	return value.String()
}

func (p *htmlParser) endTag() string {
	begin := p.at
	if len(p.open) == 0 {
		return "Unexpected end tag at byte offset " + strconv.Itoa(begin)
	}
	p.at += 2
	for c := p.peek(); c != 0 && !isSpace(c) && c != '>'; c = p.peek() {
		p.at++
	}
	name := strings.ToLower(p.in[begin+2 : p.at])
	p.skipSpace()
	if p.peek() != '>' {
		return "Unclosed end tag at byte offset " + strconv.Itoa(begin)
	}
	p.at++
	tag := p.open[len(p.open)-1]
	if name != "" && name != tag.name {
		return "Unmatched end tag at byte offset " + strconv.Itoa(begin) + `, expected "</` + tag.name + `>", found "</` + name + `>"`
	}
	p.open = p.open[:len(p.open)-1]
	if p.units > tag.offset {
		p.close(tag)
	}
	return ""
}

// close records a closed tag's entity. <pre><code class="language-go"> is one pre with a language.
func (p *htmlParser) close(tag openTag) {
	e := entity{Type: htmlTags[tag.name], Offset: tag.offset, Length: p.units - tag.offset}
	switch tag.name {
	case "a":
		if e.URL = tag.argument; e.URL == "" {
			e.URL = p.out.String()[tag.start:]
		}
		if e.URL = linkURL(e.URL); e.URL == "" {
			return
		}
	case "tg-emoji":
		e.CustomEmojiID = tag.argument
	case "blockquote":
		if tag.argument != "" {
			e.Type = "expandable_blockquote"
		}
	case "code":
		e.Language = tag.argument
	case "pre":
		if n := len(p.done); n > 0 && p.done[n-1].Type == "code" && p.done[n-1].Offset == e.Offset && p.done[n-1].Length == e.Length {
			e.Language = p.done[n-1].Language
			p.done = p.done[:n-1]
		}
	}
	p.done = append(p.done, e)
}

func (p *htmlParser) skipSpace() {
	for isSpace(p.peek()) {
		p.at++
	}
}

// linkURL is a link as Telegram keeps it: http:// added where there is no scheme; "" where it can't be a link.
func linkURL(raw string) string {
	raw = strings.TrimSpace(raw)
	scheme, rest, found := strings.Cut(raw, ":")
	switch {
	case found && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")):
		if host := strings.TrimPrefix(rest, "//"); host == rest || host == "" {
			return ""
		}
		return raw
	case found && (strings.EqualFold(scheme, "tg") || strings.EqualFold(scheme, "mailto") || strings.EqualFold(scheme, "tel")):
		return raw
	case !strings.Contains(raw, ".") || strings.ContainsAny(raw, " \n"):
		return ""
	}
	return "http://" + raw
}

// sortEntities puts them in Telegram's order: by place, the outer before the inner.
func sortEntities(es []entity) []entity {
	for i := range es {
		if es[i].Type == "code" {
			es[i].Language = "" // only pre has one
		}
	}
	sort.SliceStable(es, func(i, j int) bool {
		if es[i].Offset != es[j].Offset {
			return es[i].Offset < es[j].Offset
		}
		return es[i].Length > es[j].Length
	})
	return es
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' }

func isAlpha(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func hexDigit(c byte) int64 {
	switch {
	case c >= '0' && c <= '9':
		return int64(c - '0')
	case c >= 'a' && c <= 'f':
		return int64(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int64(c-'A') + 10
	}
	return -1
}

// runeUnits counts a rune's UTF-16 units, which is how Telegram measures texts.
func runeUnits(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

func textUnits(s string) int {
	n := 0
	for _, r := range s {
		n += runeUnits(r)
	}
	return n
}

package simulator

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The failures and most texts are cases of TDLib's own test of its parser.
func TestParseHTMLRefusesWhatTelegramRefuses(t *testing.T) {
	surrogate := "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units"
	for text, want := range map[string]string{
		"&#57311;":                              surrogate,
		"&#xDFDF;":                              surrogate,
		"&#xDFDF":                               surrogate,
		"🏟 🏟&lt;<abacaba":                       "Unclosed start tag at byte offset 13",
		"🏟 🏟&lt;<abac aba>":                     `Unsupported start tag "abac" at byte offset 13`,
		"🏟 🏟&lt;<abac>":                         `Unsupported start tag "abac" at byte offset 13`,
		"🏟 🏟&lt;<i   =aba>":                     `Empty attribute name in the tag "i" at byte offset 13`,
		"🏟 🏟&lt;<i    aba>":                     `Can't find end tag corresponding to start tag "i"`,
		"🏟 🏟&lt;<i    aba  =  ":                 `Unclosed start tag "i" at byte offset 13`,
		"🏟 🏟&lt;<i    aba  =  190azAz-.,":       "Unexpected end of name token at byte offset 27",
		`🏟 🏟&lt;<i    aba  =  "&lt;&gt;&quot;>`: "Unclosed start tag at byte offset 13",
		`🏟 🏟&lt;<i    aba  =  '&lt;&gt;&quot;>`: "Unclosed start tag at byte offset 13",
		"🏟 🏟&lt;</":                             "Unexpected end tag at byte offset 13",
		"🏟 🏟&lt;<b></b></":                      "Unexpected end tag at byte offset 20",
		"🏟 🏟&lt;<i>a</i   ":                     "Unclosed end tag at byte offset 17",
		"🏟 🏟&lt;<i>a</em   >":                   `Unmatched end tag at byte offset 17, expected "</i>", found "</em>"`,
		"<p>Bonjour</p>":                        `Unsupported start tag "p" at byte offset 0`,
		"Bonjour<br>":                           `Unsupported start tag "br" at byte offset 7`,
		"3 < 4":                                 `Unsupported start tag "" at byte offset 2`,
		`<span class="x">a</span>`:              `Tag "span" must have class "tg-spoiler" at byte offset 0`,
		"<b>never closed":                       `Can't find end tag corresponding to start tag "b"`,
	} {
		if _, _, got := parseHTML(text); got != want {
			t.Errorf("parseHTML(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestParseHTMLGivesTelegramsEntities(t *testing.T) {
	for _, c := range []struct {
		in, text string
		entities []entity
	}{
		{"", "", nil},
		{"&ge;&lt;&gt;&amp;&quot;&laquo;&raquo;&#12345678;", `&ge;<>&"&laquo;&raquo;&#12345678;`, nil},
		{"&Or;", "&Or;", nil},
		{"&#x645;&#1585;حبا", "مرحبا", nil},
		{"➡️ ➡️<i>➡️ ➡️</i>", "➡️ ➡️➡️ ➡️", []entity{{Type: "italic", Offset: 5, Length: 5}}},
		{"🏟 🏟<em>🏟 🏟</em>", "🏟 🏟🏟 🏟", []entity{{Type: "italic", Offset: 5, Length: 5}}},
		{"<STRONG>a</STRONG>", "a", []entity{{Type: "bold", Offset: 0, Length: 1}}},
		{"a<b></b>b", "ab", nil},
		{"<b><i>x</i>y</b>", "xy", []entity{{Type: "bold", Offset: 0, Length: 2}, {Type: "italic", Offset: 0, Length: 1}}},
		{"<u>a</u><ins>b</ins>", "ab", []entity{{Type: "underline", Length: 1}, {Type: "underline", Offset: 1, Length: 1}}},
		{"<s>a</s><tg-spoiler>b</tg-spoiler>", "ab", []entity{{Type: "strikethrough", Length: 1}, {Type: "spoiler", Offset: 1, Length: 1}}},
		{`<a href="https://example.com?a=1&amp;b=2">ici</a>`, "ici", []entity{{Type: "text_link", Length: 3, URL: "https://example.com?a=1&b=2"}}},
		{`<a href='example.com'>ici</a>`, "ici", []entity{{Type: "text_link", Length: 3, URL: "http://example.com"}}},
		{`<a href="no link">ici</a>`, "ici", nil},
		{`<pre><code class="language-go">x</code></pre>`, "x", []entity{{Type: "pre", Length: 1, Language: "go"}}},
		{"<code>12</code>", "12", []entity{{Type: "code", Length: 2}}},
		{"<blockquote>a</blockquote>", "a", []entity{{Type: "blockquote", Length: 1}}},
		{"<blockquote expandable>a</blockquote>", "a", []entity{{Type: "expandable_blockquote", Length: 1}}},
		{`<span class="tg-spoiler">a</span>`, "a", []entity{{Type: "spoiler", Length: 1}}},
	} {
		text, entities, fault := parseHTML(c.in)
		if fault != "" || text != c.text {
			t.Errorf("parseHTML(%q) = %q, %q; want %q", c.in, text, fault, c.text)
		}
		if diff := cmp.Diff(c.entities, entities); diff != "" {
			t.Errorf("parseHTML(%q) entities:\n%s", c.in, diff)
		}
	}
}

func TestTextsAreTrimmedWithTheirEntities(t *testing.T) {
	c := &call{values: map[string]string{"text": " \n<b> salam</b> /menu \u202e!\x01\n ", "parse_mode": "html"}}
	f, err := c.formattedText("text", "entities")
	if err != nil {
		t.Fatal(err)
	}
	want := formatted{text: "salam /menu !", entities: []entity{{Type: "bold", Length: 5}, {Type: "bot_command", Offset: 6, Length: 5}}}
	if diff := cmp.Diff(want, f, cmp.AllowUnexported(formatted{})); diff != "" {
		t.Error(diff)
	}
}

func TestDetectEntities(t *testing.T) {
	for text, want := range map[string][]string{
		"/start stop_12":                       {"bot_command /start"},
		"/help@qafila_demo_bot oui":            {"bot_command /help@qafila_demo_bot"},
		"voir https://a.ma/x, ou caravane.ma.": {"url https://a.ma/x", "url caravane.ma"},
		"écrire à a.b@c.ma":                    {"email a.b@c.ma"},
		"@quelquun #حرف":                       {"mention @quelquun", "hashtag #حرف"},
		"+212 612345678":                       {"phone_number +212 612345678"},
		"12/11/2026 et 3/4":                    {},
		"rue n/a":                              {},
		"salam":                                {},
	} {
		got := []string{}
		for _, e := range sortEntities(detectEntities(text, nil)) {
			units := []rune(text) // none of these has a character of two units
			got = append(got, e.Type+" "+string(units[e.Offset:e.Offset+e.Length]))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q:\n%s", text, diff)
		}
	}
}

func TestSplitTextKeepsEveryCharacter(t *testing.T) {
	long := strings.Repeat("🏟", 2047) + "ab" + strings.Repeat("ç", 5000)
	parts := splitText(long)
	if strings.Join(parts, "") != long {
		t.Error("parts differ from the whole")
	}
	for i, p := range parts {
		if n := textUnits(p); n > maxText || n == 0 {
			t.Errorf("part %d has %d units", i, n)
		}
	}
	if len(parts) != 3 {
		t.Errorf("%d parts, want 3", len(parts))
	}
}

func FuzzParseHTML(f *testing.F) {
	for _, seed := range []string{"<b>x</b>", "<a href='x.y'>", "&#x", "</", "<i a=\"", "<pre><code class=\"language-", "&amp"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		text, entities, fault := parseHTML(in)
		if fault != "" {
			return
		}
		for _, e := range entities {
			if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > textUnits(text) {
				t.Errorf("%q: entity %+v outside of %q", in, e, text)
			}
		}
	})
}

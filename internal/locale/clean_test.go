package locale

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	for name, c := range map[string]struct{ typed, want string }{
		"spaces":                  {"  Amina \t El\n\nFassi ", "Amina El Fassi"},
		"composed":                {"Fe\u0300s", "Fès"},
		"control":                 {"a\x00b\x07c", "abc"},
		"controls in ASCII space": {"a\x0bb", "a b"},
		"override":                {"abc\u202Edef\u202C", "abcdef"},
		"isolates and marks":      {"\u2067نص\u2069 \u200Fx\u200E", "نص x"},
		"zero width":              {"a\u200Bd\u2060m\uFEFFi\u00ADn", "admin"},
		"joiner between Latin":    {"ad\u200Dmin", "admin"},
		"joiner in Persian":       {"می\u200Cخواهم", "می\u200Cخواهم"},
		"joiner at the end":       {"نص\u200D", "نص"},
		"emoji family":            {"👨\u200D👩\u200D👧", "👨\u200D👩\u200D👧"},
		"emoji with variation":    {"❤\uFE0F\u200D🔥", "❤\uFE0F\u200D🔥"},
		"skin tone":               {"🧑🏽\u200D🏭", "🧑🏽\u200D🏭"},
		"tower of marks":          {"a" + strings.Repeat("\u0316", 40), "a" + strings.Repeat("\u0316", maxMarks)},
		"tashkeel stays":          {"زلّايْجِيّ", norm.NFC.String("زلّايْجِيّ")},
		"broken UTF-8":            {"caf\xc3 x\xff", "caf x"},
		"private use":             {"a\uE000b", "ab"},
		"blank letters":           {"\u3164\u2800\u115F", ""},
		"no-break space":          {"12\u00A0km", "12 km"},
		"markup stays":            {"<b>&amp;</b>", "<b>&amp;</b>"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Clean(c.typed); got != c.want {
				t.Errorf("Clean(%q) = %q, want %q", c.typed, got, c.want)
			}
		})
	}
}

func TestIsolateCannotBeEscaped(t *testing.T) {
	for s, want := range map[string]string{
		"Fès": "\u2068Fès\u2069", "": "", "a\u2069\u202Eb": "\u2068ab\u2069", "\u2069": "", "نص": "\u2068نص\u2069", "x\u200Fy": "\u2068x\u200Fy\u2069",
	} {
		if got := Isolate(s); got != want {
			t.Errorf("Isolate(%q) = %q, want %q", s, got, want)
		}
	}
}

func checkClean(t interface{ Fatalf(string, ...any) }, s string) {
	c := Clean(s)
	if again := Clean(c); again != c {
		t.Fatalf("Clean is not stable: %q, %q, %q", s, c, again)
	}
	if !utf8.ValidString(c) || !norm.NFC.IsNormalString(c) || strings.TrimSpace(c) != c || strings.Contains(c, "  ") {
		t.Fatalf("Clean(%q) = %q", s, c)
	}
	for _, r := range c {
		if unicode.IsControl(r) || bidiControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200C' && r != '\u200D' {
			t.Fatalf("Clean(%q) = %q keeps %U", s, c, r)
		}
	}
}

func TestCleanIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkClean(t, rapid.String().Draw(t, "s")) })
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"Fe\u0300s", "👨\u200D👩\u200D👧", "\u202Eabc", "می\u200Cخواهم", "\u1100\u1161\u11a8", "a\u034F\u0301", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkClean(t, s) })
}

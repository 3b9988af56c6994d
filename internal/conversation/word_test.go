package conversation

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

const fsi, pdi, rlm = "\u2068", "\u2069", "\u200f"

func wordTexts(t testing.TB) *locale.Texts {
	t.Helper()
	texts, err := locale.Load(fstest.MapFS{
		"t.fr.yaml": {Data: []byte("hello: \"Bonjour {{.name}} !\"\nbare: \"{{.name}}\"\nbold: \"<b>{{.name}}</b>\"\nlink: '<a href=\"{{.name}}\">1</a>'\n")},
		"t.ar.yaml": {Data: []byte("hello: \"مرحبا {{.name}}!\"\nbare: \"{{.name}}\"\nbold: \"<b>{{.name}}</b>\"\nlink: 'مرحبا <a href=\"{{.name}}\">1</a>'\n")},
	}, []locale.Language{locale.French, locale.Arabic})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func TestParametersAreEscapedAndIsolatedWhereTheyRunAgainstTheSentence(t *testing.T) {
	texts := wordTexts(t)
	for _, c := range []struct {
		name, lang, id, value, want string
	}{
		{"a Latin name in French stands as it is", "fr", "hello", "Fatima", "Bonjour Fatima\u202f!"},
		{"an Arabic name in French is isolated", "fr", "hello", "فاطمة", "Bonjour " + fsi + "فاطمة" + pdi + "\u202f!"},
		{"an Arabic name in Arabic stands as it is", "ar", "hello", "فاطمة", "مرحبا فاطمة!"},
		{"a Latin name in Arabic is isolated", "ar", "hello", "Fatima", "مرحبا " + fsi + "Fatima" + pdi + "!"},
		{"a reference in Arabic is isolated", "ar", "hello", "4F7-K2M", "مرحبا " + fsi + "4F7-K2M" + pdi + "!"},
		{"a phone number in Arabic is isolated, so that its plus stays in front", "ar", "hello", "+212 6 61", "مرحبا " + fsi + "+212 6 61" + pdi + "!"},
		{"a number in French stands as it is", "fr", "hello", "12", "Bonjour 12\u202f!"},
		{"an Arabic sentence with a Latin word keeps its own direction", "ar", "bare", "قانون AMO", "قانون AMO"},
		{"a paragraph that would begin from the left is turned", "ar", "bare", "AMO قانون", rlm + "AMO قانون"},
		{"a paragraph of an isolate alone is turned", "ar", "bare", "Fatima", rlm + fsi + "Fatima" + pdi},
		{"HTML that a person typed is shown as typed", "fr", "hello", "<b>x</b> & y", "Bonjour &lt;b&gt;x&lt;/b&gt; &amp; y\u202f!"},
		{"an address stands as it is, as a link needs it", "ar", "link", "https://rna.gov.ma/faq/", `مرحبا <a href="https://rna.gov.ma/faq/">1</a>`},
		{"what would turn the sentence is taken out", "fr", "hello", "a\u2068\u202eb", "Bonjour " + fsi + "ab" + pdi + "\u202f!"},
		{"a tag is no letter", "ar", "bold", "فاطمة", "<b>فاطمة</b>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := words(texts, locale.Language(c.lang), c.id, map[string]any{"name": c.value}); got != c.want {
				t.Errorf("got  %+q\nwant %+q", got, c.want)
			}
		})
	}
}

func TestWhatAPersonTypedNeverBecomesATag(t *testing.T) {
	texts := wordTexts(t)
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.String().Draw(t, "value")
		for _, lang := range []locale.Language{locale.French, locale.Arabic} {
			got := words(texts, lang, "hello", map[string]any{"name": value})
			if strings.ContainsAny(got, "<>") {
				t.Fatalf("%q became %q", value, got)
			}
			if strings.Count(got, fsi) != strings.Count(got, pdi) {
				t.Fatalf("%q became unbalanced: %+q", value, got)
			}
		}
	})
}

func TestAButtonsDataComesBackAsWhatItWas(t *testing.T) {
	for _, c := range []struct {
		name    string
		choice  flow.Choice
		screen  int
		keep    bool
		want    flow.Input
		replace bool
	}{
		{"a choice", flow.Choice{Key: "yes"}, 51, false, flow.Input{Kind: flow.Press, Screen: 51, Key: "yes"}, true},
		{"a choice below a message that stays", flow.Choice{Key: "T01"}, 1, true, flow.Input{Kind: flow.Press, Screen: 1, Key: "T01"}, false},
		{"a key with marks in it", flow.Choice{Key: "card.what:x"}, 7, false, flow.Input{Kind: flow.Press, Screen: 7, Key: "card.what:x"}, true},
		{"a door", flow.Choice{Door: "/next"}, 3, false, flow.Input{Kind: flow.Door, Text: "/next"}, true},
		{"a door below a message that stays", flow.Choice{Door: "/next"}, 3, true, flow.Input{Kind: flow.Door, Text: "/next"}, false},
		{"a deep link as a door", flow.Choice{Door: "start:stop_fes"}, 0, true, flow.Input{Kind: flow.Door, Text: "start:stop_fes"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, replace := pressed(buttonData(c.choice, c.screen, c.keep))
			if in != c.want || replace != c.replace {
				t.Errorf("got %+v, %v; want %+v, %v", in, replace, c.want, c.replace)
			}
		})
	}
}

func TestForgedButtonDataIsAPressOnNothing(t *testing.T) {
	for _, data := range []string{"", ":", ".", ">", "x", "-1:yes", "0:yes", "zzzzzzzzzz:yes", "é:yes", "\x00"} {
		if in, _ := pressed(data); in.Kind != flow.Press || in.Screen != -1 {
			t.Errorf("%q is read as %+v", data, in)
		}
	}
	rapid.Check(t, func(t *rapid.T) { pressed(rapid.String().Draw(t, "data")) }) // never panics
}

func TestPhoneNumbersAsPeopleWriteThem(t *testing.T) {
	for typed, want := range map[string]string{
		"06 12 34 56 78": "+212612345678", "0612345678": "+212612345678", "+212 6 12 34 56 78": "+212612345678", "00212612345678": "+212612345678",
		"٠٦١٢٣٤٥٦٧٨": "+212612345678", "+33 6 12 34 56 78": "+33612345678", "05.22.12.34.56": "+212522123456",
		"12": "", "hello": "", "0000000000": "", "": "",
	} {
		if got, ok := Phone(typed); got != want || ok != (want != "") {
			t.Errorf("%q is read as %q, %v, not %q", typed, got, ok, want)
		}
	}
}

func TestButtonsStandBesideEachOtherWhereAllOfEachCanBeRead(t *testing.T) {
	for _, c := range []struct{ rows, want [][]string }{
		{[][]string{{"↩️ Retour", "🏠 Menu"}}, [][]string{{"↩️ Retour", "🏠 Menu"}}},
		{[][]string{{"🤝 Partenaires", "👥 Places"}}, [][]string{{"🤝 Partenaires", "👥 Places"}}},
		{[][]string{{"👥 Places", "📋 Le programme"}}, [][]string{{"👥 Places"}, {"📋 Le programme"}}},
		{[][]string{{"🌐 Choisir la langue", "🎟️ Mes inscriptions"}}, [][]string{{"🌐 Choisir la langue"}, {"🎟️ Mes inscriptions"}}},
		{[][]string{{"⭐ 1", "⭐ 2", "⭐ 3", "⭐ 4", "⭐ 5"}}, [][]string{{"⭐ 1", "⭐ 2", "⭐ 3", "⭐ 4", "⭐ 5"}}},
		{[][]string{{"الفضة والمجوهرات", "الجلد"}}, [][]string{{"الفضة والمجوهرات"}, {"الجلد"}}},
		{[][]string{{"📣 Recommander quelque chose"}}, [][]string{{"📣 Recommander quelque chose"}}},
		// What two rows left alone stands together, in its order; what was never parted stays as it is.
		{[][]string{{"طنجة تطوان الحسيمة", "الشرق"}, {"فاس مكناس", "الرباط سلا القنيطرة"}, {"↩️ رجوع", "🏠 القائمة"}},
			[][]string{{"طنجة تطوان الحسيمة"}, {"الشرق", "فاس مكناس"}, {"الرباط سلا القنيطرة"}, {"↩️ رجوع", "🏠 القائمة"}}},
		{[][]string{{"طنجة تطوان الحسيمة", "الشرق"}, {"↩️ رجوع", "🏠 القائمة"}}, [][]string{{"طنجة تطوان الحسيمة"}, {"الشرق"}, {"↩️ رجوع", "🏠 القائمة"}}},
		{[][]string{{"طنجة تطوان الحسيمة", "الشرق"}, {"فاس مكناس"}}, [][]string{{"طنجة تطوان الحسيمة"}, {"الشرق"}, {"فاس مكناس"}}},
		{[][]string{{"الشرق", "الرباط سلا القنيطرة"}, {"الدار البيضاء سطات", "مراكش آسفي"}}, [][]string{{"الشرق"}, {"الرباط سلا القنيطرة"}, {"الدار البيضاء سطات"}, {"مراكش آسفي"}}},
	} {
		var rows [][]Button
		parted := false
		for _, labels := range c.rows {
			var row []Button
			for _, l := range labels {
				row = append(row, Button{Text: l})
			}
			rows, parted = appendRow(rows, row, parted)
		}
		var got [][]string
		for _, r := range rows {
			var labels []string
			for _, b := range r {
				labels = append(labels, b.Text)
			}
			got = append(got, labels)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%q: %s", c.rows, d)
		}
	}
}

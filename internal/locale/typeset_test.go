package locale

import "testing"

func TestASignStaysWithItsWord(t *testing.T) {
	for written, want := range map[string]string{
		"{{.name}} · Tisserand · {{.reference}}":         "{{.name}}\u00a0· Tisserand\u00a0· {{.reference}}",
		"Que voulez-vous faire ?":                        "Que voulez-vous faire\u202f?",
		"Attention ! Ici ; là ?!":                        "Attention\u202f! Ici\u202f; là\u202f?!",
		"Touchez « Menu » :\n« {{.title}} » ?":           "Touchez «\u00a0Menu\u00a0»\u00a0:\n«\u00a0{{.title}}\u00a0»\u202f?",
		"{{.name}} : {{.n}} ?":                           "{{.name}}\u00a0: {{.n}}\u202f?",
		`{{if eq .a " ?"}}« {{.a}} »{{else}}Où ?{{end}}`: "{{if eq .a \" ?\"}}«\u00a0{{.a}}\u00a0»{{else}}Où\u202f?{{end}}",
		`À 10:30 <a href="https://a.ma/?b=c;d">a.ma</a>`: `À 10:30 <a href="https://a.ma/?b=c;d">a.ma</a>`,
		"Bonjour, ça va. – oui":                          "Bonjour, ça va. – oui",
		"":                                               "",
	} {
		got := Typeset(French, written)
		if got != want || Typeset(French, got) != got {
			t.Errorf("%q becomes %q, not %q", written, got, want)
		}
		if Fold(got) != Fold(written) {
			t.Errorf("%q is no longer recognised when it comes back as %q", written, got)
		}
	}
	for written, want := range map[string]string{"فاس · {{.day}} · 10:30": "فاس\u00a0· {{.day}}\u00a0· 10:30", "أين ؟ : « هنا » !": "أين ؟ : « هنا » !"} {
		if ar, ary := Typeset(Arabic, written), Typeset(Darija, written); ar != want || ary != want {
			t.Errorf("%q becomes %q and %q, not %q", written, ar, ary, want)
		}
	}
}

func TestTextsAreTypesetAndWhatTheyFillInIsNot(t *testing.T) {
	texts := load(t, "a.fr.yaml", "a.asks: \"{{.name}} : où ?\"\na.says: \"{{if .words}}« {{.words}} »{{end}}\"\n"+
		"a.seats:\n  one: \"Reste {{.count}} place !\"\n  other: \"Restent {{.count}} places !\"\n", "a.ar.yaml", "a.asks: \"{{.name}} : أين ?\"\n")
	for _, c := range []struct {
		lang   Language
		id     string
		params map[string]any
		want   string
	}{
		{French, "a.asks", map[string]any{"name": "Ali ? Oui : lui !"}, "Ali ? Oui : lui !\u00a0: où\u202f?"},
		{French, "a.says", map[string]any{"words": "c'est où ?"}, "«\u00a0c'est où ?\u00a0»"},
		{French, "a.seats", map[string]any{"count": 1}, "Reste 1 place\u202f!"},
		{French, "a.seats", map[string]any{"count": 2}, "Restent 2 places\u202f!"},
		{Arabic, "a.asks", map[string]any{"name": "علي"}, "علي : أين ?"},
	} {
		if got := texts.Text(c.lang, c.id, c.params); got != c.want {
			t.Errorf("%s in %s is %q, not %q", c.id, c.lang, got, c.want)
		}
	}
}

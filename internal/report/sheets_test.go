package report

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/qafila/qafila/internal/locale"
)

func open(t testing.TB, r Report, w Words, lang locale.Language) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	if err := Sheets(&b, r, w, lang); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// isThere checks a cell's type and its value as it is kept.
func isThere(t testing.TB, f *excelize.File, sheet, at string, kind excelize.CellType, want string) {
	t.Helper()
	got, err := f.GetCellType(sheet, at)
	if err != nil {
		t.Fatal(err)
	}
	value, err := f.GetCellValue(sheet, at, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	formula, err := f.GetCellFormula(sheet, at)
	if err != nil {
		t.Fatal(err)
	}
	if got != kind || value != want || formula != "" {
		t.Errorf("%s!%s is %q of type %d, formula %q; it should be %q of type %d", sheet, at, value, got, formula, want, kind)
	}
}

func TestCellsHaveTheirTypes(t *testing.T) {
	t.Parallel()
	w := speak(t)
	r := rich(w)
	r.Unanswered[0].Words, r.Unanswered[1].Words, r.Unanswered[2].Words = "=HYPERLINK(\"http://x\")", "+212", "@SUM(1+1)"
	r.Groups[0].Quotes[0].Words = "-1+2"
	f := open(t, r, w, locale.French)
	for at, want := range map[string]string{"A2": `=HYPERLINK("http://x")`, "A3": "+212", "A4": "@SUM(1+1)", "A5": "=1+1"} {
		isThere(t, f, "Questions", at, excelize.CellTypeSharedString, want)
	}
	isThere(t, f, "Paroles", "D2", excelize.CellTypeSharedString, "-1+2")
	isThere(t, f, "Questions", "B2", excelize.CellTypeUnset, "23")
	isThere(t, f, "Questions", "B5", excelize.CellTypeSharedString, "<\u00a05")
	isThere(t, f, "Étapes", "A2", excelize.CellTypeUnset, "46401") // 14 January 2027
	isThere(t, f, "Étapes", "D2", excelize.CellTypeUnset, "212")
	isThere(t, f, "Étapes", "F4", excelize.CellTypeUnset, "") // a rate that would tell what is hidden
	for at, want := range map[string]string{"A2": "14/01/2027", "F2": "69%", "H2": "4.30", "B3": "Meknès", "I3": "exemple", "I5": "Annulée"} {
		if got, err := f.GetCellValue("Étapes", at); err != nil || got != want {
			t.Errorf("%s is shown as %q (%v), not %q", at, got, err, want)
		}
	}
	if rows, err := f.GetRows("Métiers"); err != nil || len(rows) != 25 {
		t.Errorf("%d rows of trades (%v): a page shows the first, a sheet all", len(rows), err)
	}
}

func TestEverySheetIsATableToWorkWith(t *testing.T) {
	t.Parallel()
	w := speak(t)
	for _, name := range samples {
		for _, lang := range locale.Languages() {
			f := open(t, sample(w, name), w, lang)
			sheets := f.GetSheetList()
			want := 8
			if name == "scant" { // of a stop nobody knows what the bot was asked
				want = 7
			}
			if len(sheets) != want {
				t.Errorf("%s in %s: %v", name, lang, sheets)
			}
			filters := 0
			for _, n := range f.GetDefinedName() {
				if strings.Contains(n.Name, "FilterDatabase") {
					filters++
				}
			}
			if filters != len(sheets) {
				t.Errorf("%s in %s: %d sheets of %d have a filter", name, lang, filters, len(sheets))
			}
			for _, s := range sheets {
				panes, err := f.GetPanes(s)
				if err != nil || !panes.Freeze || panes.YSplit != 1 {
					t.Errorf("%s in %s: the heads of %s move: %+v (%v)", name, lang, s, panes, err)
				}
				view, err := f.GetSheetView(s, -1)
				if err != nil || *view.RightToLeft != lang.RTL() {
					t.Errorf("%s in %s: %s begins at the wrong side (%v)", name, lang, s, err)
				}
				rows, err := f.GetRows(s)
				if err != nil || len(rows) == 0 || strings.Contains(strings.Join(rows[0], ""), "⟦") {
					t.Errorf("%s in %s: %s has no heads: %v (%v)", name, lang, s, rows, err)
				}
			}
		}
	}
}

func TestTheChatHasFiveShortLines(t *testing.T) {
	t.Parallel()
	w := speak(t)
	for _, name := range samples {
		for _, lang := range locale.Languages() {
			lines := Lines(sample(w, name), w, lang)
			if len(lines) != 5 {
				t.Errorf("%s in %s: %q", name, lang, lines)
			}
			for _, l := range lines {
				if n := len([]rune(l)); n < 10 || n > 120 || strings.ContainsAny(l, "⟦\n–") || strings.Contains(l, "()") {
					t.Errorf("%s in %s: %q", name, lang, l)
				}
			}
		}
	}
	if got, want := strings.Join(Lines(rich(w), w, locale.French)[1:], "\n"), `👥 Inscrits : 1 395 · présents : 789 (57 %)
⭐ Satisfaction : 4,2 sur 5, 406 avis
📣 Recommandations : 412 · d'abord : 🛍️ Vendre, 🪪 Carte, 🧵 Matières
🏛️ Traitées : 301 sur 430 · la moitié en 2 jours ou moins`; strings.ReplaceAll(got, "\u00a0", " ") != want {
		t.Errorf("%s", got)
	}
}

// TestEachTextIsSaid holds the words that ship to what is said: none too many, none missing.
func TestEachTextIsSaid(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		source, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range regexp.MustCompile(`"(report\.[a-z_]+)"`).FindAllStringSubmatch(string(source), -1) {
			said[id[1]] = true
		}
	}
	w := speak(t)
	for id := range said {
		for _, lang := range locale.Languages() {
			if !w.Has(lang, id) {
				t.Errorf("%s isn't in %s", id, lang)
			}
		}
	}
	for _, id := range w.IDs() {
		if strings.HasPrefix(id, "report.") && !said[id] {
			t.Errorf("nothing says %s", id)
		}
	}
}

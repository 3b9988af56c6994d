package report

import (
	"bytes"
	"encoding/xml"
	"image/color"
	"image/png"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/paper"
)

// A placed is a word on a page, in points from its top left.
type placed struct {
	XMin float64 `xml:"xMin,attr"`
	YMin float64 `xml:"yMin,attr"`
	XMax float64 `xml:"xMax,attr"`
	YMax float64 `xml:"yMax,attr"`
	Is   string  `xml:",chardata"`
}

// read prints a report and reads its pages again.
func read(t testing.TB, r Report, w Words, lang locale.Language) (pages [][]placed, all string) {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("poppler-utils is not installed")
	}
	var press paper.Press
	made, err := PDF(&press, r, w, lang)
	if err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) []byte {
		c := exec.CommandContext(t.Context(), "pdftotext", append(args, "-", "-")...)
		c.Stdin = bytes.NewReader(made)
		out, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	var doc struct {
		Pages []struct {
			Words []placed `xml:"word"`
		} `xml:"body>doc>page"`
	}
	d := xml.NewDecoder(bytes.NewReader(run("-bbox")))
	d.Entity = xml.HTMLEntity
	if err := d.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	for _, p := range doc.Pages {
		for i, at := range p.Words {
			p.Words[i].Is = typed(at.Is)
		}
		pages = append(pages, p.Words)
	}
	all = strings.Map(func(r rune) rune {
		if r >= '\u202a' && r <= '\u202e' {
			return -1
		}
		return r
	}, norm.NFKC.String(string(run("-layout"))))
	return pages, strings.Join(strings.Fields(all), " ")
}

// typed turns a word round that was read from the left although it runs from the right, two letters in one sign together.
func typed(is string) string {
	if paper.Leftward(is) {
		letters := []rune(is)
		slices.Reverse(letters)
		is = string(letters)
	}
	return norm.NFKC.String(is)
}

func find(t testing.TB, pages [][]placed, is string) placed {
	t.Helper()
	for _, p := range pages {
		for _, w := range p {
			if w.Is == is {
				return w
			}
		}
	}
	t.Fatalf("no %q on the pages", is)
	return placed{}
}

func TestNothingLeavesThePage(t *testing.T) {
	t.Parallel()
	w := speak(t)
	const mm = 72 / 25.4
	for _, name := range samples {
		for _, lang := range []locale.Language{locale.French, locale.Arabic} {
			pages, _ := read(t, sample(w, name), w, lang)
			for n, p := range pages {
				if len(p) < 10 {
					t.Errorf("%s in %s: page %d has only %d words", name, lang, n+1, len(p))
				}
				for _, at := range p {
					if at.XMin < (edge-1)*mm || at.XMax > (edge+wide+1)*mm || at.YMin < 4*mm || at.YMax > (paper.Height-6)*mm {
						t.Errorf("%s in %s: page %d has %q at %.0f-%.0f, %.0f-%.0f", name, lang, n+1, at.Is, at.XMin, at.XMax, at.YMin, at.YMax)
					}
					if at.YMin > (top-2)*mm && at.YMin < (paper.Height-18)*mm && at.YMax > (bottom+1.5)*mm {
						t.Errorf("%s in %s: page %d has %q in the margin below", name, lang, n+1, at.Is)
					}
				}
			}
		}
	}
}

func TestAPageTellsWhatTheReportHolds(t *testing.T) {
	t.Parallel()
	w := speak(t)
	_, french := read(t, rich(w), w, locale.French)
	for _, words := range []string{"Région Fès-Meknès", "Du vendredi 1er janvier 2027 au dimanche 31 janvier 2027", "EXEMPLE", "1 395", "57 % des inscrits", "sur 5 · 406 avis",
		"Présents pour la première fois", "Zelligeur", "Annulée", "Écart type : 1,0", "406 réponses pour 787", "35 de plus", "6 de moins", "autant", "avant : < 5",
		"41 voix", "Un stand à prix réduit", "Combien coûte un stand", "=1+1", "en 2 jours ou moins", "en 9 jours ou moins", "Données jusqu'au dimanche 31 janvier 2027",
		"moins de 5 personnes", "Page 4 sur 4", "Avant, du mardi 1er décembre 2026 au jeudi 31 décembre 2026", "Transport des marchandises"} {
		if !strings.Contains(french, words) {
			t.Errorf("no %q in %s", words, french)
		}
	}
	_, arabic := read(t, rich(w), w, locale.Darija) // on paper it is Arabic
	for _, words := range []string{"فاس مكناس", "المسجلون", "أقل من", "التسويق", "Un stand à prix réduit", "محطات غير حقيقية"} {
		if !strings.Contains(arabic, words) {
			t.Errorf("no %q in %s", words, arabic)
		}
	}
	if strings.Contains(french+arabic, "⟦") {
		t.Error("a word is missing")
	}
	_, words := read(t, bare(), w, locale.French)
	if strings.Contains(words, "EXEMPLE") || !strings.Contains(words, "Aucune question") {
		t.Errorf("of days on which nothing was it says %s", words)
	}
	early := scant()
	early.Made = early.Stops[0].Starts
	if _, words := read(t, early, w, locale.French); !strings.Contains(words, "EXEMPLE") || strings.Contains(words, "question") ||
		!strings.Contains(words, "Données jusqu'au jeudi 4 mars 2027") {
		t.Errorf("of a stop that has just begun it says %s", words)
	}
}

func TestArabicPagesAreMirrored(t *testing.T) {
	t.Parallel()
	w := speak(t)
	pages, _ := read(t, rich(w), w, locale.Arabic)
	if label, number := find(t, pages, "المسجلون"), find(t, pages, "412"); label.XMin < number.XMax {
		t.Errorf("the first figure stands at %.0f, the last at %.0f", label.XMin, number.XMin)
	}
	if name, mean := find(t, pages, "فاس"), find(t, pages, "4,3"); name.XMin < mean.XMax {
		t.Errorf("a stop's name stands at %.0f, what it was given at %.0f", name.XMin, mean.XMin)
	}
	// Somebody's words stand where their own script begins, whatever the report's.
	for _, lang := range []locale.Language{locale.French, locale.Arabic} {
		pages, _ := read(t, rich(w), w, lang)
		if latin := find(t, pages, "khassna"); latin.XMin > 100 {
			t.Errorf("in %s a quote in Latin letters begins at %.0f", lang, latin.XMin)
		}
		if arabic := find(t, pages, "فالمدينة"); arabic.XMax < 300 {
			t.Errorf("in %s a quote in Arabic letters stands at %.0f", lang, arabic.XMax)
		}
	}
}

func TestATableHasItsHeadsOnEachPage(t *testing.T) {
	t.Parallel()
	w := speak(t)
	pages, _ := read(t, huge(w), w, locale.French)
	with, rows := 0, 0
	for _, p := range pages {
		heads := false
		for _, at := range p {
			heads = heads || at.Is == "Présence"
			if at.Is == "qualification" {
				rows++
				if !heads {
					t.Errorf("a row stands on a page without heads")
				}
			}
		}
		if heads {
			with++
		}
	}
	if with < 4 || rows < 60 {
		t.Errorf("%d pages with heads, %d rows", with, rows)
	}
}

func TestAPictureIsForAPhone(t *testing.T) {
	t.Parallel()
	w := speak(t)
	var press paper.Press
	for _, name := range samples {
		for _, lang := range locale.Languages() {
			made, err := Picture(&press, sample(w, name), w, lang)
			if err != nil {
				t.Fatal(err)
			}
			img, err := png.Decode(bytes.NewReader(made))
			if err != nil {
				t.Fatal(err)
			}
			size := img.Bounds().Max
			if size.X != 1080 || size.Y < size.X || size.Y > 2*size.X || len(made) > 400_000 {
				t.Errorf("%s in %s: %v, %d bytes", name, lang, size, len(made))
			}
			for y := int(pictureHead+pictureSample)*10 + 10; y < size.Y; y++ { // below what is coloured from side to side
				for _, x := range []int{20, 1060} {
					if img.At(x, y) != (color.RGBA{255, 255, 255, 255}) {
						t.Fatalf("%s in %s: something at %d, %d", name, lang, x, y)
					}
				}
			}
		}
	}
}

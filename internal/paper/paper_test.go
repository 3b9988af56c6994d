package paper

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tdewolff/canvas"
	"golang.org/x/sync/errgroup"
	"rsc.io/qr"
)

func page(t testing.TB) *Page {
	t.Helper()
	read, err := readFonts()
	if err != nil {
		t.Fatal(err)
	}
	return (&Document{fonts: read}).Page()
}

const (
	french = "jeudi 14 janvier 2027, de 10\u00a0h à 13\u00a0h"
	arabic = "الخميس 14 يناير 2027، من 10:00 إلى 13:00"
)

func TestBothScriptsHaveASignForEachLetterAndNumber(t *testing.T) {
	p := page(t)
	for _, w := range []Weight{Regular, Bold} {
		for _, r := range french + arabic + "ÀÂÇÉÈÊËÎÏÔÛÙÜŒœ’«»·@/:?=_&()-–…ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيڭڤپگ؟؛،0123456789" {
			if r != '\u00a0' && p.fonts.of(w).GlyphIndex(r) == 0 {
				t.Errorf("weight %d has no sign for %q", w, r)
			}
		}
	}
}

func TestArabicIsJoinedAndRunsFromTheRight(t *testing.T) {
	p := page(t)
	face := p.face(Style{Size: 20})
	alone := map[uint16]bool{}
	for _, r := range "محطة" {
		alone[p.fonts.regular.GlyphIndex(r)] = true
	}
	for _, g := range face.Glyphs("محطة") {
		if alone[g.ID] {
			t.Errorf("the sign of %q is that of the letter by itself: it is not joined", g.Text)
		}
	}
	// The first word stands at the right, the number within it reads from the left.
	x := map[string]float64{}
	canvas.NewTextLine(face, arabic, canvas.Left).WalkSpans(func(at, _ float64, span canvas.TextSpan) {
		x[strings.TrimSpace(span.Text)] = at
	})
	var day, year float64
	for words, at := range x {
		if strings.HasPrefix(words, "الخميس") {
			day = at
		}
		if strings.HasPrefix(words, "2027") {
			year = at
		}
	}
	if !(day > year && year > 0) {
		t.Errorf("the weekday stands at %.1f mm and the year at %.1f: %v", day, year, x)
	}
}

func (p *Page) lines(width float64, s Style, words string) []string {
	measured, space := p.measured(s, words)
	return parted(measured, space, width)
}

func TestALineStaysInItsWidthAndWordsAreKeptWhole(t *testing.T) {
	p := page(t)
	s := Style{Size: 16}
	for _, words := range []string{french, arabic, strings.Repeat("Complexe d'artisanat ", 12), strings.Repeat("مجمع الصناعة التقليدية ", 12), strings.Repeat("x", 120)} {
		lines := p.lines(80, s, words)
		for _, l := range lines {
			if w := p.width(s, p.plain(l)); w > 80 && strings.Contains(l, " ") {
				t.Errorf("a line of %.1f mm in 80: %q", w, l)
			}
		}
		if got := strings.Join(lines, " "); strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(words), " ") {
			t.Errorf("%q became %q", words, got)
		}
	}
	if lines := p.lines(60, s, french); strings.Contains(strings.Join(lines, "|"), "10|") {
		t.Errorf("a number lost its unit: %q", lines)
	}
	if below := p.Lines(10, 50, 60, 2, s, strings.Repeat("Complexe d'artisanat ", 12)); below > 50+2*16*mm*leading+0.01 {
		t.Errorf("at most two lines reach to %.1f mm", below)
	}
}

func TestWhatRunsTheOtherWayStandsInItsPlaceAndOverNothing(t *testing.T) {
	p := page(t)
	for _, words := range []string{"Avec : Al Barid Bank, البريد بنك, OMPIC", "بحضور: Al Barid Bank، البريد بنك، OMPIC", arabic, french} {
		type span struct{ from, to float64 }
		var spans []span
		p.shaped(Style{Size: 12}, p.plain(words)).WalkSpans(func(x, _ float64, s canvas.TextSpan) { spans = append(spans, span{x, x + s.Width}) })
		slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
		end := 0.0
		for _, s := range spans {
			if math.Abs(s.from-end) > 0.01 {
				t.Errorf("%q: something begins at %.1f mm, and what is before it ends at %.1f", words, s.from, end)
			}
			end = s.to
		}
		if w := p.width(Style{Size: 12}, p.plain(words)); math.Abs(w-end) > 0.01 {
			t.Errorf("%q is %.1f mm wide, and is said to be %.1f", words, end, w)
		}
	}
}

func TestMarksOfDirectionAndPicturesAreNotDrawn(t *testing.T) {
	p := page(t)
	for words, want := range map[string]string{
		"\u200f\u2068Fès\u2069 \u202efoo\u202c 10\u00a0h": "Fès foo 10\u00a0h",
		"🪪 البطاقة":                                       "البطاقة",
		"❤\uFE0F":                                         "",
		"très 👨‍👩‍👧 bien":                                 "très \u200d\u200d bien",
		"ⴰⵎⴰⵣⵉⵖ":                                          "ⴰⵎⴰⵣⵉⵖ", // as boxes
	} {
		if got := p.plain(words); got != want {
			t.Errorf("%q is %q", words, got)
		}
	}
	if p.Writes("ⴰⵎⴰⵣⵉⵖ") || !p.Writes("Fès 12 فاس 🪪") {
		t.Error("a page doesn't know which letters it has")
	}
	for s, want := range map[string]bool{"فاس Fès": true, "Fès فاس": false, "10:00": false, "(مثال)": true} {
		if rightToLeft(s) != want {
			t.Errorf("%q runs the other way", s)
		}
	}
}

// TestAPageLooksAsItWasDrawn looks at the printed page itself, where poppler's tools are installed.
func TestAPageLooksAsItWasDrawn(t *testing.T) {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("poppler-utils is not installed")
	}
	var press Press
	made, err := press.Print(Info{Title: "Essai", Language: "fr"}, func(d *Document) error {
		p := d.Page()
		p.Area(0, 0, Width, 20, color.RGBA{R: 200, A: 255})
		p.Line(20, 30, 80, Style{Size: 24}, "Fès")
		p.Line(110, 30, 80, Style{Size: 24}, "فاس")
		p.Line(20, 60, 170, Style{Size: 24, Align: Middle}, arabic)
		p.Line(20, 90, 170, Style{Size: 24, Align: End}, "Al Barid Bank, البريد بنك, OMPIC")
		if err := p.Code(55, 150, 100, "https://t.me/qafila_demo_bot?start=stop_demo-fes"); err != nil {
			return err
		}
		d.Page()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "page")
	draw := exec.CommandContext(t.Context(), "pdftoppm", "-r", "50.8", "-", name) // two dots a millimetre
	draw.Stdin = bytes.NewReader(made)
	if out, err := draw.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	img := read(t, name+"-1.ppm")
	ink := func(x, y, width, height float64) image.Rectangle {
		var r image.Rectangle
		for py := int(y * 2); py < int((y+height)*2); py++ {
			for px := int(x * 2); px < int((x+width)*2); px++ {
				if g := color.GrayModel.Convert(img.At(px, py)).(color.Gray); g.Y < 100 {
					r = r.Union(image.Rect(px, py, px+1, py+1))
				}
			}
		}
		return r
	}
	near := func(what string, got int, want float64) {
		t.Helper()
		if math.Abs(float64(got)/2-want) > 3 {
			t.Errorf("%s stands at %.1f mm, not at %.1f", what, float64(got)/2, want)
		}
	}
	near("the area's end", ink(0, 0, Width, 25).Max.Y, 20)
	near("French's beginning", ink(0, 28, 105, 20).Min.X, 20)
	near("Arabic's beginning", ink(105, 28, 105, 20).Max.X, 190)
	middle := ink(0, 58, Width, 20)
	near("the middle", (middle.Min.X+middle.Max.X)/2, 105)
	near("the end of a line that ends at the right", ink(0, 88, Width, 20).Max.X, 190)
	code := ink(0, 140, Width, 120)
	near("the code's width", code.Dx(), 100*33./41) // version 4: 33 modules, with the quiet zone 41
	near("the code's height", code.Dy(), 100*33./41)
	want, err := qr.Encode("https://t.me/qafila_demo_bot?start=stop_demo-fes", qr.M)
	if err != nil {
		t.Fatal(err)
	}
	for row := range want.Size {
		for column := range want.Size { // the middle of each module
			x, y := 55+(float64(column)+4.5)*100/41, 150+(float64(row)+4.5)*100/41
			if g := color.GrayModel.Convert(img.At(int(x*2), int(y*2))).(color.Gray); (g.Y < 128) != want.Black(column, row) {
				t.Fatalf("the code's module %d, %d is wrong", column, row)
			}
		}
	}
	if second := read(t, name+"-2.ppm"); second.Bounds() != img.Bounds() {
		t.Error("the second page has another size")
	}
}

// read reads a picture as pdftoppm writes it: P6, width, height, 255, then bytes.
func read(t testing.TB, file string) image.Image {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	fields := bytes.SplitN(raw, []byte("\n"), 4)
	var w, h int
	for _, b := range bytes.Fields(fields[1])[0] {
		w = w*10 + int(b-'0')
	}
	for _, b := range bytes.Fields(fields[1])[1] {
		h = h*10 + int(b-'0')
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		img.SetRGBA(i%w, i/w, color.RGBA{fields[3][3*i], fields[3][3*i+1], fields[3][3*i+2], 255})
	}
	return img
}

func TestTwoMayPrintAtOnce(t *testing.T) {
	var press Press
	var g errgroup.Group
	for range 4 {
		g.Go(func() error {
			_, err := press.Print(Info{}, func(d *Document) error {
				d.Page().Line(20, 20, 100, Style{Size: 20}, arabic)
				return nil
			})
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}

func TestASentenceRunsAsItIsTold(t *testing.T) {
	p := page(t)
	first := func(s Style, words string) (span string) {
		leftmost := math.Inf(1)
		p.shaped(s, words).WalkSpans(func(x, _ float64, s canvas.TextSpan) {
			if s.Width > 0 && x < leftmost {
				leftmost, span = x, s.Text
			}
		})
		return strings.TrimSpace(span)
	}
	if got := first(Style{Size: 10}, "Fès، 12 مشاركا"); got != "Fès، 12" && got != "Fès" {
		t.Errorf("by its own letters it begins with %q", got)
	}
	if got := first(Style{Size: 10, Runs: RightToLeft}, "Fès، 12 مشاركا"); got != "مشاركا" {
		t.Errorf("from the right it ends with %q", got)
	}
	for _, runs := range []Direction{Own, RightToLeft} {
		if got := first(Style{Size: 10, Runs: runs}, "57% من المسجلين"); got != "من المسجلين" {
			t.Errorf("a line that begins with a number ends with %q", got)
		}
	}
	if got := first(Style{Size: 10, Runs: LeftToRight}, "فاس 12 Fès"); got != "12" && got != "فاس" {
		t.Errorf("from the left it begins with %q", got)
	}
	// A number's parts stay together: 12 345, never 345 12.
	if got := first(Style{Size: 10, Runs: RightToLeft}, "12\u00a0345"); got != "12\u00a0345" {
		t.Errorf("the number is %q", got)
	}
	if w := p.width(Style{Size: 10}, "12\u00a0345") - p.width(Style{Size: 10}, "12345"); w < 0.3 {
		t.Errorf("the space in a number is %.2f mm wide", w)
	}
}

func TestColumnsStandWhereTheyAreTold(t *testing.T) {
	var press Press
	for words, align := range map[string]Align{"فاس": Left, "Fès": Right} {
		made, err := press.Picture(100, 20, 4, func(p *Page) error {
			p.Line(10, 2, 80, Style{Size: 20, Align: align}, words)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		ink := inkOf(t, made)
		if align == Left && (ink.Min.X < 36 || ink.Min.X > 52) || align == Right && (ink.Max.X < 348 || ink.Max.X > 364) {
			t.Errorf("%s stands at %v", words, ink)
		}
	}
}

func TestAFrameStaysWithin(t *testing.T) {
	var press Press
	for _, side := range []float64{0.5, 3, 40} {
		made, err := press.Picture(60, 60, 10, func(p *Page) error {
			p.Frame(10, 10, side, 12, 0.4, color.Black)
			p.Up(70, 70, 3, color.Black) // outside: nothing
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if ink := inkOf(t, made); ink.Empty() || !ink.In(image.Rect(99, 99, 101+int(side*10), 221)) {
			t.Errorf("%.1f mm: it reaches over %v", side, ink)
		}
	}
}

func inkOf(t testing.TB, made []byte) (ink image.Rectangle) {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(made))
	if err != nil {
		t.Fatal(err)
	}
	for y := range img.Bounds().Max.Y {
		for x := range img.Bounds().Max.X {
			if g := color.GrayModel.Convert(img.At(x, y)).(color.Gray); g.Y < 128 {
				ink = ink.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return ink
}

func TestTheSameDrawingIsTheSameBytes(t *testing.T) {
	print := func() []byte {
		var press Press
		made, err := press.Print(Info{Title: "Été", Author: "x", Language: "ar", RightToLeft: true}, func(d *Document) error {
			d.Page().Lines(20, 20, 100, 3, Style{Size: 20}, arabic+" "+french)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	first := print()
	time.Sleep(1100 * time.Millisecond) // the library writes seconds
	if !bytes.Equal(first, print()) {
		t.Error("a second print differs")
	}
	if bytes.Contains(first, []byte("CreationDate")) || !bytes.Contains(first, []byte("/Lang(ar)")) || !bytes.Contains(first, []byte("/R2L")) {
		t.Errorf("the document says of itself: %q", first[len(first)-700:])
	}
}

func TestWordsCanBeCopiedAsPeopleTypeThem(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("poppler-utils is not installed")
	}
	var press Press
	made, err := press.Print(Info{Language: "ar"}, func(d *Document) error {
		d.Page().Line(20, 20, 150, Style{Size: 20, Runs: RightToLeft}, "الصناعة التقليدية لأجل الفسيفساء")
		d.Page().Line(20, 20, 150, Style{Size: 20}, french+", officiel")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	read := exec.CommandContext(t.Context(), "pdftotext", "-", "-")
	read.Stdin = bytes.NewReader(made)
	out, err := read.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"الصناعة", "التقليدية", "جل", "الفسيفساء", "jeudi 14 janvier 2027", "officiel"} {
		if !strings.Contains(string(out), words) {
			t.Errorf("no %q in %q", words, out)
		}
	}
}

func TestWhatIsNoPDFIsNotSettled(t *testing.T) {
	for _, made := range []string{"", "%PDF-1.7\nstartxref\n9999\n%%EOF", "xref\n0 3\nstartxref\n0\n%%EOF", "xref\n0 2\n0\n999 00000 n \nstartxref\n0\n%%EOF"} {
		if _, err := settled([]byte(made), Info{}); err == nil {
			t.Errorf("%q is taken for a PDF", made)
		}
	}
}

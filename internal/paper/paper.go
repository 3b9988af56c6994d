// Package paper draws pages for printing, and pictures for screens: text in French and Arabic, joined and in its own direction, areas, frames
// and QR codes, as PDF or PNG.
//
// It promises that a line never leaves the width that it is given, that a document carries its fonts, so that it prints the same everywhere,
// and that the same drawing is the same bytes. It knows no stop and no language's words; who draws on it says what stands where, in millimetres from the top left.
package paper

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"sync"

	"github.com/tdewolff/canvas"
	"github.com/tdewolff/canvas/renderers/pdf"
	"github.com/tdewolff/canvas/renderers/rasterizer"
)

// A4, upright, in millimetres.
const (
	Width  = 210.0
	Height = 297.0
)

// A Press makes documents. Its fonts are read at the first one and kept. It may be used by several at once; they take turns, since the
// fonts' shaper is made for one.
type Press struct {
	mu    sync.Mutex
	fonts *fonts
}

// A Document is some pages in the making.
type Document struct {
	fonts *fonts
	pages []*Page
}

// Info is what a document says about itself to who opens it.
type Info struct {
	Title       string
	Author      string
	Language    string // of the whole, like fr
	RightToLeft bool   // its pages are turned like those of an Arabic book
}

// Print makes a PDF of what draw puts on its pages.
func (p *Press) Print(about Info, draw func(*Document) error) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fonts, err := p.letters()
	if err != nil {
		return nil, err
	}
	d := &Document{fonts: fonts}
	if err := draw(d); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	options := pdf.DefaultOptions
	w := pdf.New(&out, Width, Height, &options)
	w.SetInfo(about.Title, "", "", about.Author, "Qafila")
	for i, page := range d.pages {
		if i > 0 {
			w.NewPage(Width, Height)
		}
		page.canvas.RenderTo(w)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("write a PDF: %w", err)
	}
	return settled(out.Bytes(), about)
}

// Picture makes a PNG of what draw puts on one page of that size in millimetres, with so many dots a millimetre.
func (p *Press) Picture(width, height, dots float64, draw func(*Page) error) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fonts, err := p.letters()
	if err != nil {
		return nil, err
	}
	page := newPage(fonts, width, height)
	page.Area(0, 0, width, height, color.White)
	if err := draw(page); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := png.Encode(&out, rasterizer.Draw(page.canvas, canvas.DPMM(dots), canvas.LinearColorSpace{})); err != nil {
		return nil, fmt.Errorf("write a PNG: %w", err)
	}
	return out.Bytes(), nil
}

// letters are the fonts, which are read once.
func (p *Press) letters() (*fonts, error) {
	if p.fonts == nil {
		read, err := readFonts()
		if err != nil {
			return nil, err
		}
		p.fonts = read
	}
	return p.fonts, nil
}

// A Page is one side of paper, or a picture.
type Page struct {
	fonts  *fonts
	canvas *canvas.Canvas
	ctx    *canvas.Context
}

// Page begins the next page, A4. Pages may be drawn on in any order.
func (d *Document) Page() *Page {
	p := newPage(d.fonts, Width, Height)
	d.pages = append(d.pages, p)
	return p
}

func newPage(f *fonts, width, height float64) *Page {
	c := canvas.New(width, height)
	ctx := canvas.NewContext(c)
	ctx.SetCoordSystem(canvas.CartesianIV) // from the top left, as people read
	ctx.SetStrokeColor(canvas.Transparent)
	return &Page{fonts: f, canvas: c, ctx: ctx}
}

// Package paper draws pages for printing: text in French and Arabic, joined and in its own direction, lines, areas and QR codes, as PDF.
//
// It promises that a line never leaves the width that it is given, and that a document carries its fonts, so that it prints the same
// everywhere. It knows no stop and no language's words; who draws on it says what stands where, in millimetres from the top left.
package paper

import (
	"bytes"
	"fmt"
	"image/color"
	"sync"

	"github.com/tdewolff/canvas"
	"github.com/tdewolff/canvas/renderers/pdf"
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

// A Document is some A4 pages in the making.
type Document struct {
	fonts *fonts
	pages []*Page
}

// Info is what a document says about itself to who opens it.
type Info struct {
	Title    string
	Author   string
	Language string // of the whole, like fr
}

// Print makes a PDF of what draw puts on its pages.
func (p *Press) Print(about Info, draw func(*Document) error) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fonts == nil {
		read, err := readFonts()
		if err != nil {
			return nil, err
		}
		p.fonts = read
	}
	d := &Document{fonts: p.fonts}
	if err := draw(d); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	options := pdf.DefaultOptions
	w := pdf.New(&out, Width, Height, &options)
	w.SetInfo(about.Title, "", "", about.Author, "Qafila")
	w.SetLang(about.Language)
	for i, page := range d.pages {
		if i > 0 {
			w.NewPage(Width, Height)
		}
		page.canvas.RenderTo(w)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("write a PDF: %w", err)
	}
	return out.Bytes(), nil
}

// A Page is one side of paper.
type Page struct {
	fonts  *fonts
	canvas *canvas.Canvas
	ctx    *canvas.Context
}

// Page begins the next page.
func (d *Document) Page() *Page {
	c := canvas.New(Width, Height)
	ctx := canvas.NewContext(c)
	ctx.SetCoordSystem(canvas.CartesianIV) // from the top left, as people read
	ctx.SetStrokeColor(canvas.Transparent)
	p := &Page{fonts: d.fonts, canvas: c, ctx: ctx}
	d.pages = append(d.pages, p)
	return p
}

// Area fills a rectangle whose top left corner is at x, y.
func (p *Page) Area(x, y, width, height float64, c color.Color) {
	p.ctx.SetFillColor(c)
	p.ctx.DrawPath(x, y, canvas.Rectangle(width, height))
}

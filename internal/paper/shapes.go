package paper

import (
	"image/color"

	"github.com/tdewolff/canvas"
)

// Area fills a rectangle whose top left corner is at x, y.
func (p *Page) Area(x, y, width, height float64, c color.Color) {
	p.ctx.SetFillColor(c)
	p.ctx.DrawPath(x, y, canvas.Rectangle(width, height))
}

// Frame draws a rectangle's edge, within it.
func (p *Page) Frame(x, y, width, height, thick float64, c color.Color) {
	thick = min(thick, width/2, height/2)
	p.ctx.SetFillColor(c)
	p.ctx.DrawPath(x, y, (&canvas.Path{}).
		Append(canvas.Rectangle(width, thick)).
		Append(canvas.Rectangle(width, thick).Translate(0, height-thick)).
		Append(canvas.Rectangle(thick, height-2*thick).Translate(0, thick)).
		Append(canvas.Rectangle(thick, height-2*thick).Translate(width-thick, thick)))
}

// Up and Down are arrowheads within a square.
func (p *Page) Up(x, y, side float64, c color.Color) {
	p.head(x, y, c, canvas.Point{X: 0, Y: side}, canvas.Point{X: side / 2, Y: 0}, canvas.Point{X: side, Y: side})
}

// Down points the other way.
func (p *Page) Down(x, y, side float64, c color.Color) {
	p.head(x, y, c, canvas.Point{X: 0, Y: 0}, canvas.Point{X: side / 2, Y: side}, canvas.Point{X: side, Y: 0})
}

func (p *Page) head(x, y float64, c color.Color, points ...canvas.Point) {
	p.ctx.SetFillColor(c)
	p.ctx.DrawPath(x, y, polygon(points))
}

func polygon(points []canvas.Point) *canvas.Path {
	path := &canvas.Path{}
	for i, at := range points {
		if i == 0 {
			path.MoveTo(at.X, at.Y)
			continue
		}
		path.LineTo(at.X, at.Y)
	}
	path.Close()
	return path
}

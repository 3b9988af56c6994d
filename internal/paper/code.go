package paper

import (
	"fmt"
	"image/color"

	"github.com/tdewolff/canvas"
	"rsc.io/qr"
)

// Code draws a QR code of some words, its top left corner at x, y, with the quiet zone of four modules within side. It stands 15 % of
// damage (level M): a poster hangs in the street.
func (p *Page) Code(x, y, side float64, words string) error {
	code, err := qr.Encode(words, qr.M)
	if err != nil {
		return fmt.Errorf("make a QR code: %w", err)
	}
	p.Area(x, y, side, side, color.White)
	const quiet = 4
	module := side / float64(code.Size+2*quiet)
	dark := &canvas.Path{}
	for row := range code.Size {
		for from := 0; from < code.Size; from++ {
			to := from
			for to < code.Size && code.Black(to, row) {
				to++
			}
			if to > from { // a run is one area: no hair lines between its modules
				dark = dark.Append(canvas.Rectangle(float64(to-from)*module, module).
					Translate(float64(from+quiet)*module, float64(row+quiet)*module))
				from = to
			}
		}
	}
	p.ctx.SetFillColor(color.Black)
	p.ctx.DrawPath(x, y, dark)
	return nil
}

package paper

import (
	_ "embed"
	"fmt"

	"github.com/tdewolff/canvas"
)

// IBM Plex Sans Arabic 1.1.0 has Latin and Arabic letters of one weight and height, so that a line may hold both. Its licence is
// fonts/OFL.txt (SIL Open Font License 1.1).
var (
	//go:embed fonts/IBMPlexSansArabic-Regular.woff2
	regular []byte
	//go:embed fonts/IBMPlexSansArabic-Bold.woff2
	bold []byte
)

// A Weight is how heavy letters are.
type Weight uint8

// The weights that there are.
const (
	Regular Weight = iota
	Bold
)

type fonts struct {
	regular, bold *canvas.Font
}

func readFonts() (*fonts, error) {
	r, err := canvas.LoadFont(regular, 0, canvas.FontRegular)
	if err != nil {
		return nil, fmt.Errorf("read the regular font: %w", err)
	}
	b, err := canvas.LoadFont(bold, 0, canvas.FontBold)
	if err != nil {
		return nil, fmt.Errorf("read the bold font: %w", err)
	}
	return &fonts{r, b}, nil
}

func (f *fonts) of(w Weight) *canvas.Font {
	if w == Bold {
		return f.bold
	}
	return f.regular
}

package report

import (
	"fmt"
	"image/color"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/paper"
)

// A picture's measures in millimetres, with ten dots each: it is looked at on a phone's screen, where a letter of 14 points is about as large
// as the chat's own.
const (
	pictureWide = 108.0
	pictureDots = 10.0
	pictureEdge = 7.0
	pictureIn   = pictureWide - 2*pictureEdge

	pictureHead   = 37.0
	pictureSample = 9.0
	pictureFigure = 26.0
	pictureTheme  = 11.4
	pictureFoot   = 9.0
	mostThemes    = 4
)

// Picture draws the report as one PNG for a phone: four figures and the weightiest themes, in large letters.
func Picture(press *paper.Press, r Report, words Words, lang locale.Language) ([]byte, error) {
	l := &layout{teller: teller{r, words, lang}, width: pictureWide}
	high := pictureHead + 2*pictureFigure + 13 + pictureTheme*float64(max(1, len(l.drawn()))) + pictureFoot
	if l.sample() {
		high += pictureSample
	}
	made, err := press.Picture(pictureWide, high, pictureDots, func(p *paper.Page) error {
		l.page = p
		l.picture()
		l.put(pictureEdge, high-7.5, pictureIn, 1, paper.Style{Size: 11, Color: grey}, l.until())
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("draw a report: %w", err)
	}
	return made, nil
}

// drawn are the themes that a picture has room for.
func (t teller) drawn() []Theme { return t.Themes[:min(mostThemes, len(t.Themes))] }

func (l *layout) picture() {
	l.area(0, 0, pictureWide, pictureHead, green)
	y := l.put(pictureEdge, 3, pictureIn, 1, paper.Style{Size: 28, Weight: paper.Bold, Color: color.White}, l.about())
	l.put(pictureEdge, y-1, pictureIn, 2, paper.Style{Size: 14.5, Color: color.White}, l.when())
	l.y = pictureHead
	if l.sample() {
		l.area(0, l.y, pictureWide, pictureSample, red)
		l.put(pictureEdge, l.y+1, pictureIn, 1, paper.Style{Size: 13, Weight: paper.Bold, Color: color.White}, l.say("report.sample"))
		l.y += pictureSample
	}
	for i, f := range l.four() {
		x, y := pictureEdge+float64(i%2)*(pictureIn/2+2), l.y+1+float64(i/2)*pictureFigure
		l.put(x, y, pictureIn/2-2, 1, paper.Style{Size: 30, Weight: paper.Bold, Color: green}, f.number)
		y = l.put(x, y+14, pictureIn/2-2, 1, paper.Style{Size: 14, Weight: paper.Bold}, f.label)
		if f.note != "" {
			l.put(x, y-1, pictureIn/2-2, 1, paper.Style{Size: 12, Color: grey}, f.note)
		}
	}
	l.y += 2*pictureFigure + 2
	l.area(pictureEdge, l.y, pictureIn, 0.4, hair)
	l.y = l.put(pictureEdge, l.y+1, pictureIn, 1, paper.Style{Size: 15.5, Weight: paper.Bold, Color: green}, l.say("report.section_themes"))
	l.weights()
}

// weights are the foremost themes, each with its bar below its name.
func (l *layout) weights() {
	drawn := l.drawn()
	if !some(l.Voices) || len(drawn) == 0 {
		l.put(pictureEdge, l.y, pictureIn, 1, paper.Style{Size: 14}, l.say("report.no_voice"))
		return
	}
	longest := 1
	for _, th := range drawn {
		longest = max(longest, th.told())
	}
	for _, th := range drawn {
		l.put(pictureEdge+pictureIn-26, l.y, 26, 1, paper.Style{Size: 14.5, Weight: paper.Bold, Align: paper.End}, l.number(th.Number))
		below := l.name(pictureEdge, l.y, pictureIn-28, 1, paper.Style{Size: 14.5}, l.themeName(th))
		l.area(pictureEdge, below, pictureIn*float64(th.told())/float64(longest), 2.2, green)
		l.y += pictureTheme
	}
}

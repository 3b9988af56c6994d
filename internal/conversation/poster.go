package conversation

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"strings"
	"time"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/paper"
)

// A poster's measures, in millimetres, and its colours.
const (
	posterEdge                           = 15.0 // free on each side: printers need some
	posterWide                           = paper.Width - 2*posterEdge
	posterHalf                           = (posterWide - posterMiddle) / 2 // French on the left, Arabic on the right
	posterMiddle, posterCode, posterBand = 8.0, 120.0, 48.0
)

var (
	posterGreen = color.RGBA{R: 0x12, G: 0x5b, B: 0x43, A: 0xff}
	posterRed   = color.RGBA{R: 0xb0, G: 0x1e, B: 0x1e, A: 0xff}
	posterGrey  = color.RGBA{R: 0x55, G: 0x55, B: 0x55, A: 0xff}
)

// Poster draws a stop on an A4 page, in French and in Arabic, with a code that opens it in the bot of that username.
func (h *House) Poster(press *paper.Press, s caravan.Stop, username string, now time.Time) ([]byte, error) {
	if username == "" {
		return nil, errors.New("draw a poster: the bot's username isn't known yet")
	}
	link := "https://t.me/" + username + "?start=stop_" + s.ID
	title := h.Texts.Text(locale.French, "poster.title", nil)
	made, err := press.Print(paper.Info{Title: title + ", " + h.placeWords(locale.French, s.Place), Author: title, Language: string(locale.French)},
		func(d *paper.Document) error { return h.drawPoster(d.Page(), s, link, now) })
	if err != nil {
		return nil, fmt.Errorf("draw the poster of stop %s: %w", s.ID, err)
	}
	return made, nil
}

func (h *House) drawPoster(p *paper.Page, s caravan.Stop, link string, now time.Time) error {
	p.Area(0, 0, paper.Width, posterBand, posterGreen)
	head := paper.Style{Size: 34, Weight: paper.Bold, Align: paper.Middle, Color: color.White}
	y := p.Line(posterEdge, 4, posterWide, head, h.Texts.Text(locale.French, "poster.title", nil))
	p.Line(posterEdge, y, posterWide, head, h.Texts.Text(locale.Arabic, "poster.title", nil))
	y = posterBand
	if s.Sample {
		p.Area(0, y, paper.Width, 10, posterRed)
		note := paper.Style{Size: 15, Weight: paper.Bold, Color: color.White}
		p.Line(posterEdge, y+1, posterHalf, note, h.Texts.Text(locale.French, "poster.sample", nil))
		p.Line(posterEdge+posterHalf+posterMiddle, y+1, posterHalf, note, h.Texts.Text(locale.Arabic, "poster.sample", nil))
		y += 10
	}
	y = max(h.posterSide(p, posterEdge, y+5, locale.French, s, now), h.posterSide(p, posterEdge+posterHalf+posterMiddle, y+5, locale.Arabic, s, now))

	scan := paper.Style{Size: 21, Weight: paper.Bold, Align: paper.Middle}
	y = p.Line(posterEdge, y+4, posterWide, scan, h.Texts.Text(locale.Arabic, "poster.scan", nil))
	y = p.Line(posterEdge, y, posterWide, scan, h.Texts.Text(locale.French, "poster.scan", nil))
	if err := p.Code((paper.Width-posterCode)/2, y, posterCode, link); err != nil {
		return err
	}
	small := paper.Style{Size: 13, Align: paper.Middle, Color: posterGrey}
	y = p.Line(posterEdge, y+posterCode-4, posterWide, small, strings.TrimPrefix(link, "https://"))
	if len(s.Partners) > 0 {
		for _, lang := range []locale.Language{locale.French, locale.Arabic} {
			y = p.Lines(posterEdge, y, posterWide, 1, small, h.Texts.Text(lang, "poster.partners",
				map[string]any{"partners": strings.Join(s.Partners, separator(lang))}))
		}
	}
	return nil
}

// posterSide writes what a stop is in one language, and gives where it ends.
func (h *House) posterSide(p *paper.Page, x, y float64, lang locale.Language, s caravan.Stop, now time.Time) float64 {
	w := h.StopWords(lang, s, now)
	say := func(most int, size float64, weight paper.Weight, c color.Color, words any) {
		y = p.Lines(x, y, posterHalf, most, paper.Style{Size: size, Weight: weight, Color: c}, words.(string))
	}
	say(1, 46, paper.Bold, posterGreen, w["town"])
	say(2, 23, paper.Bold, nil, w["when"])
	say(1, 23, paper.Regular, nil, w["hours"])
	say(3, 18, paper.Regular, nil, w["venue"])
	return y
}

// poster makes the attachment.
func (h *House) poster() Maker {
	var press paper.Press
	return Maker{
		Signature: flow.Signature{Name: "poster", About: "a stop's poster, A4, in French and Arabic, as PDF", Args: all(text, "stop"), For: organisers},
		Make: func(ctx context.Context, t *Turn, from flow.Value) (Attachment, error) {
			s, err := h.stopOf(ctx, t, from)
			if err != nil {
				return Attachment{}, err
			}
			made, err := h.Poster(&press, s, h.username(), t.Now)
			if err != nil {
				return Attachment{}, err
			}
			return Attachment{Kind: "document", Name: "affiche-" + s.ID + ".pdf", MIME: "application/pdf", Data: made}, nil
		},
	}
}

package conversation

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"rsc.io/qr"
	"rsc.io/qr/coding"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/reference"
)

func (h *House) makers() []Maker {
	draw := newTickets()
	return []Maker{{
		Signature: flow.Signature{Name: "ticket", About: "a registration's QR code, from its reference", Args: all(text, "reference")},
		Make: func(_ context.Context, _ *Turn, from flow.Value) (Attachment, error) {
			ref, _ := from.(string)
			png, err := draw.png(h.TicketLink(ref))
			if err != nil {
				return Attachment{}, fmt.Errorf("draw a ticket: %w", err)
			}
			return Attachment{Kind: "photo", Name: reference.Compact(ref) + ".png", MIME: "image/png", Data: png}, nil
		},
	}, {
		Signature: flow.Signature{Name: "pin", About: "a stop on the map", Args: all(text, "stop")},
		Make: func(ctx context.Context, t *Turn, from flow.Value) (Attachment, error) {
			s, err := h.stopOf(ctx, t, from)
			if err != nil {
				return Attachment{}, err
			}
			words := h.StopWords(t.Language, s, t.Now)
			return Attachment{Kind: "venue", Title: words["venue"].(string), Address: words["town"].(string), Lat: s.Lat, Lon: s.Lon}, nil
		},
	}, {
		Signature: flow.Signature{Name: "calendar", About: "a stop as a calendar file", Args: all(text, "stop")},
		Make: func(ctx context.Context, t *Turn, from flow.Value) (Attachment, error) {
			s, err := h.stopOf(ctx, t, from)
			if err != nil {
				return Attachment{}, err
			}
			words := h.StopWords(t.Language, s, t.Now)
			town, venue := words["town"].(string), words["venue"].(string)
			title, description := t.Say("calendar.title", words), ""
			if s.Sample {
				description = t.Say("summary.sample", nil)
				title = description + " · " + title
			}
			if h.username() != "" {
				description = strings.TrimSpace(description + "\n" + "https://t.me/" + h.username() + "?start=stop_" + s.ID)
			}
			return Attachment{Kind: "document", Name: "caravane-" + s.ID + ".ics", MIME: "text/calendar",
				Data: s.Invitation(title, venue+separator(t.Language)+town, description, t.Now)}, nil
		},
	}, {
		Signature: flow.Signature{Name: "answer_voice", About: "an answer, spoken in the person's language, from its id", Args: all(text, "id")},
		Make: func(_ context.Context, t *Turn, from flow.Value) (Attachment, error) {
			id, _ := from.(string)
			e, _ := h.Answers.Get(id)
			voice := e.Voice(t.Language)
			if voice.File == "" {
				return Attachment{}, fmt.Errorf("the answer %q has no voice in %s", id, t.Language)
			}
			return Attachment{Kind: "voice", File: voice.File, Recording: voice.Name, Else: t.Say("answer.voice_gone", nil)}, nil
		},
	}, {
		Signature: flow.Signature{Name: "export", About: "everything that is kept about this chat, as JSON"},
		Make: func(ctx context.Context, t *Turn, _ flow.Value) (Attachment, error) {
			all, err := people.Export(ctx, t.Tx, t.Chat, t.Now)
			if err != nil {
				return Attachment{}, err
			}
			data, err := json.MarshalIndent(all, "", "  ")
			if err != nil {
				return Attachment{}, fmt.Errorf("write an export: %w", err)
			}
			return Attachment{Kind: "document", Name: "qafila-" + t.Now.In(locale.Zone()).Format("2006-01-02") + ".json", MIME: "application/json", Data: data}, nil
		},
	}}
}

func (h *House) username() string {
	if h.Username == nil {
		return ""
	}
	return h.Username()
}

func (h *House) stopOf(ctx context.Context, t *Turn, from flow.Value) (caravan.Stop, error) {
	id, _ := from.(string)
	s, ok, err := caravan.ByID(ctx, t.Tx, id)
	if err != nil {
		return caravan.Stop{}, err
	}
	if !ok {
		return caravan.Stop{}, fmt.Errorf("no stop %q to attach", id)
	}
	return s, nil
}

// tickets draws QR codes. It keeps the layouts of the sizes that it has met: working a layout out takes longer than all the rest.
type tickets struct {
	mu      sync.Mutex
	layouts map[coding.Version]*coding.Plan
}

func newTickets() *tickets { return &tickets{layouts: map[coding.Version]*coding.Plan{}} }

// png draws a QR code that stands 15 % of damage (level M), eight pixels a module with the quiet zone of four.
func (d *tickets) png(words string) ([]byte, error) {
	said := coding.String(words)
	for v := coding.Version(coding.MinVersion); v <= coding.MaxVersion; v++ {
		if said.Bits(v) > v.DataBytes(coding.M)*8 {
			continue
		}
		layout, err := d.layout(v)
		if err != nil {
			return nil, err
		}
		c, err := layout.Encode(said)
		if err != nil {
			return nil, err
		}
		return (&qr.Code{Bitmap: c.Bitmap, Size: c.Size, Stride: c.Stride, Scale: 8}).PNG(), nil
	}
	return nil, fmt.Errorf("%d characters are too many for a QR code", len(words))
}

func (d *tickets) layout(v coding.Version) (*coding.Plan, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p := d.layouts[v]; p != nil {
		return p, nil
	}
	p, err := coding.NewPlan(v, coding.M, 0)
	if err != nil {
		return nil, err
	}
	d.layouts[v] = p
	return p, nil
}

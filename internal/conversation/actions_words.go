package conversation

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// otherTrade begins a trade that is in nobody's list; the person's own words follow.
const otherTrade = "other:"

func (h *House) tradeWords(lang locale.Language, id string) string {
	if own, ok := strings.CutPrefix(id, otherTrade); ok {
		return own
	}
	if t, ok := h.Directory.Trade(id); ok {
		return t.Name(lang)
	}
	for _, b := range h.Directory.Branches() { // at the door only the branch is asked
		if b.ID == id {
			return b.Name(lang)
		}
	}
	return id
}

func (h *House) placeWords(lang locale.Language, slug string) string {
	if p, ok := h.Directory.Place(slug); ok {
		return p.Name(lang)
	}
	return slug
}

// RegionOf is the region's code of a town; "" when the town isn't known.
func (h *House) RegionOf(slug string) string {
	p, _ := h.Directory.Place(slug)
	return p.Region
}

func (h *House) topicWords(lang locale.Language, ids []string) []string {
	names := make([]string, 0, len(ids))
	for _, id := range ids {
		if t, ok := h.Answers.Topic(id); ok {
			names = append(names, t.Name(lang))
		}
	}
	return names
}

// StopWords are a stop's place and time in words: town, when (the date with its weekday), day (the same, with "tomorrow" before it where
// that is so), hours, venue.
func (h *House) StopWords(lang locale.Language, s caravan.Stop, now time.Time) map[string]any {
	return map[string]any{
		"town":  h.placeWords(lang, s.Place),
		"when":  locale.Date(lang, s.Starts),
		"day":   locale.Day(lang, s.Starts, now),
		"hours": locale.Hours(lang, s.Starts, s.Ends),
		"venue": s.Venue(!lang.RTL()),
	}
}

// shortDate is the date without the year, where that is this year's or not yet long.
func shortDate(lang locale.Language, at, now time.Time) string {
	year := strconv.Itoa(at.In(locale.Zone()).Year())
	if at.Sub(now).Abs() < 300*24*time.Hour {
		return strings.TrimSpace(strings.TrimSuffix(locale.Date(lang, at), year))
	}
	return locale.Date(lang, at)
}

// beside puts parts of a button's label side by side, each in its own direction.
func beside(lang locale.Language, parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if p == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(" · ")
		}
		if against(lang, p) {
			p = locale.Isolate(p)
		}
		b.WriteString(p)
	}
	return b.String()
}

func (h *House) wordActions() []Action {
	return []Action{{
		Signature: flow.Signature{Name: "language.set", About: "speaks that language from now on", Args: all(text, "language"), Outcomes: []string{"ok"}},
		Do: func(_ context.Context, t *Turn, args Args) (flow.Outcome, error) {
			for _, l := range h.Languages {
				if string(l) == args.Text("language") {
					return flow.Outcome{Name: "ok", Language: string(l)}, nil
				}
			}
			return flow.Outcome{Name: "ok", Language: string(t.Language)}, nil
		},
	}, {
		Signature: flow.Signature{Name: "trade.words", About: "the trade's name", Args: all(text, "trade"), Outcomes: []string{"ok"}, Sets: all(text, "trade_name")},
		Do: func(_ context.Context, t *Turn, args Args) (flow.Outcome, error) {
			return outcome("ok", map[string]flow.Value{"trade_name": h.tradeWords(t.Language, args.Text("trade"))})
		},
	}, {
		Signature: flow.Signature{Name: "place.words", About: "the town's name", Args: all(text, "place"), Outcomes: []string{"ok"}, Sets: all(text, "town")},
		Do: func(_ context.Context, t *Turn, args Args) (flow.Outcome, error) {
			return outcome("ok", map[string]flow.Value{"town": h.placeWords(t.Language, args.Text("place"))})
		},
	}, {
		Signature: flow.Signature{Name: "topics.words", About: "the topics' names", Args: all(texts, "topics"), Outcomes: []string{"ok"}, Sets: all(text, "topics_names"),
			Longest: map[string]int{"topics_names": 400}},
		Do: func(_ context.Context, t *Turn, args Args) (flow.Outcome, error) {
			return outcome("ok", map[string]flow.Value{"topics_names": strings.Join(h.topicWords(t.Language, args.Texts("topics")), separator(t.Language))})
		},
	}, {
		Signature: flow.Signature{Name: "place.find", About: "the town that typed words surely mean", Args: all(text, "words"), Outcomes: []string{"found", "none"},
			Sets: all(text, "place", "town")},
		Do: func(_ context.Context, t *Turn, args Args) (flow.Outcome, error) {
			m := h.Directory.FindPlaces(args.Text("words"))
			if len(m) == 0 || !m[0].Sure {
				return outcome("none", nil)
			}
			return outcome("found", map[string]flow.Value{"place": m[0].Value.Slug, "town": m[0].Value.Name(t.Language)})
		},
	}, {
		Signature: flow.Signature{Name: "region.find", About: "the region that typed words surely mean", Args: all(text, "words"), Outcomes: []string{"found", "none"},
			Sets: all(text, "region")},
		Do: func(_ context.Context, _ *Turn, args Args) (flow.Outcome, error) {
			m := h.Directory.FindRegion(args.Text("words"))
			if len(m) == 0 || !m[0].Sure {
				return outcome("none", nil)
			}
			return outcome("found", map[string]flow.Value{"region": m[0].Value.Code})
		},
	}}
}

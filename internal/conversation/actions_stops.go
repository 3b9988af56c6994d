package conversation

import (
	"context"
	"math"
	"strconv"
	"strings"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

func (h *House) stopActions() []Action {
	return []Action{{
		Signature: flow.Signature{Name: "stops.any", About: "whether a stop is ahead", Outcomes: []string{"some", "none"}},
		Do:        h.stopsAny,
	}, {
		Signature: flow.Signature{Name: "stops.next", About: "the soonest stop", Outcomes: []string{"found", "none"}, Sets: all(text, "stop")},
		Do:        h.stopsNext,
	}, {
		Signature: flow.Signature{Name: "stops.near", About: "the stop nearest to a position (degrees)", Args: all(text, "lat", "lon"),
			Outcomes: []string{"found", "outside", "none"}, Sets: all(text, "stop", "distance")},
		Do: h.stopsNear,
	}, {
		Signature: flow.Signature{Name: "stops.at", About: "the stop in a town, else the nearest to it", Args: all(text, "place"),
			Outcomes: []string{"here", "nearest", "none"}, Sets: all(text, "stop", "distance", "town")},
		Do: h.stopsAt,
	}, {
		Signature: flow.Signature{Name: "stops.region", About: "the soonest stop of a region, else the soonest of all", Args: all(text, "region"),
			Outcomes: []string{"found", "elsewhere", "none"}, Sets: all(text, "stop")},
		Do: h.stopsRegion,
	}, {
		Signature: flow.Signature{Name: "stops.card", About: "all about a stop", Args: all(text, "stop"), Outcomes: []string{"ahead", "past", "gone"},
			Sets:    with(all(text, "town", "when", "day", "hours", "venue", "places", "partners"), all(flag, "sample", "full", "has_programme", "has_partners")),
			Longest: map[string]int{"venue": 120, "partners": 700}},
		Do: h.stopsCard,
	}, {
		Signature: flow.Signature{Name: "stops.watch", About: "tells when a stop is published, in a region or (\"\") anywhere", Args: all(text, "region"),
			Outcomes: []string{"on", "already"}},
		Do: h.stopsWatch,
	}, {
		Signature: flow.Signature{Name: "stops.remind", About: "reminds the evening before", Args: all(text, "stop"), Outcomes: []string{"on", "already", "past"}},
		Do:        h.stopsRemind,
	}}
}

func (h *House) stopsAny(ctx context.Context, t *Turn, _ Args) (flow.Outcome, error) {
	c, err := caravan.Upcoming(ctx, t.Tx, t.Now)
	if err != nil {
		return flow.Outcome{}, err
	}
	if len(c) == 0 {
		return outcome("none", nil)
	}
	return outcome("some", nil)
}

func (h *House) stopsNext(ctx context.Context, t *Turn, _ Args) (flow.Outcome, error) {
	c, err := caravan.Upcoming(ctx, t.Tx, t.Now)
	if err != nil {
		return flow.Outcome{}, err
	}
	s, ok := c.Next()
	if !ok {
		return outcome("none", nil)
	}
	return outcome("found", map[string]flow.Value{"stop": s.ID})
}

func (h *House) stopsNear(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	lat, errLat := strconv.ParseFloat(args.Text("lat"), 64)
	lon, errLon := strconv.ParseFloat(args.Text("lon"), 64)
	if errLat != nil || errLon != nil || math.IsNaN(lat) || math.IsNaN(lon) || !directory.InMorocco(lat, lon) {
		return outcome("outside", nil)
	}
	c, err := caravan.Upcoming(ctx, t.Tx, t.Now)
	if err != nil {
		return flow.Outcome{}, err
	}
	s, km, ok := c.Nearest(lat, lon)
	if !ok {
		return outcome("none", nil)
	}
	return outcome("found", map[string]flow.Value{"stop": s.ID, "distance": locale.Distance(t.Language, km)})
}

func (h *House) stopsAt(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	c, err := caravan.Upcoming(ctx, t.Tx, t.Now)
	if err != nil {
		return flow.Outcome{}, err
	}
	place, known := h.Directory.Place(args.Text("place"))
	set := map[string]flow.Value{"town": place.Name(t.Language)}
	if s, ok := c.At(place.Slug); ok {
		set["stop"] = s.ID
		return outcome("here", set)
	}
	s, km, ok := c.Nearest(place.Lat, place.Lon)
	if !ok || !known {
		return outcome("none", set)
	}
	set["stop"], set["distance"] = s.ID, locale.Distance(t.Language, km)
	return outcome("nearest", set)
}

func (h *House) stopsRegion(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	c, err := caravan.Upcoming(ctx, t.Tx, t.Now)
	if err != nil {
		return flow.Outcome{}, err
	}
	if s, ok := c.InRegion(args.Text("region")).Next(); ok {
		return outcome("found", map[string]flow.Value{"stop": s.ID})
	}
	if s, ok := c.Next(); ok {
		return outcome("elsewhere", map[string]flow.Value{"stop": s.ID})
	}
	return outcome("none", nil)
}

func (h *House) stopsCard(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	s, ok, err := caravan.ByID(ctx, t.Tx, args.Text("stop"))
	if err != nil {
		return flow.Outcome{}, err
	}
	if !ok || s.State != caravan.Published {
		return outcome("gone", nil)
	}
	set := h.StopWords(t.Language, s, t.Now)
	free, limited := s.Free()
	set["places"] = ""
	if limited && free > 0 {
		set["places"] = t.Say("stops.places", map[string]any{"count": free})
	}
	set["sample"], set["full"] = s.Sample, limited && free == 0
	set["has_programme"] = len(h.programme(t.Language, s)) > 0
	set["has_partners"], set["partners"] = len(s.Partners) > 0, strings.Join(s.Partners, separator(t.Language))
	if !s.Ahead(t.Now) {
		return outcome("past", set)
	}
	return outcome("ahead", set)
}

func (h *House) stopsWatch(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	fresh, err := caravan.WatchAll(ctx, t.Tx, t.Chat, args.Text("region"), t.Now)
	if err != nil {
		return flow.Outcome{}, err
	}
	if !fresh {
		return outcome("already", nil)
	}
	return outcome("on", nil)
}

func (h *House) stopsRemind(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	s, ok, err := caravan.ByID(ctx, t.Tx, args.Text("stop"))
	if err != nil {
		return flow.Outcome{}, err
	}
	if !ok || !s.Ahead(t.Now) || !s.Starts.After(t.Now) {
		return outcome("past", nil)
	}
	fresh, err := caravan.WatchStop(ctx, t.Tx, t.Chat, s.ID, t.Now)
	if err != nil {
		return flow.Outcome{}, err
	}
	if !fresh {
		return outcome("already", nil)
	}
	return outcome("on", nil)
}

// programme is what a stop is about, as far as the bot can say something about it.
func (h *House) programme(lang locale.Language, s caravan.Stop) []flow.Item {
	var items []flow.Item
	for _, id := range s.Programme {
		if e, ok := h.Answers.Get(id); ok {
			items = append(items, flow.Item{Key: id, Label: e.Title(lang)})
		}
	}
	return items
}

func (h *House) stopLists() []List {
	stops := func(ctx context.Context, t *Turn, args Args) ([]flow.Item, error) {
		c, err := caravan.Upcoming(ctx, t.Tx, t.Now)
		if err != nil {
			return nil, err
		}
		if region := args.Text("region"); region != "" {
			c = c.InRegion(region)
		}
		items := make([]flow.Item, len(c))
		for i, s := range c {
			items[i] = flow.Item{Key: s.ID, Label: beside(t.Language, h.placeWords(t.Language, s.Place), shortDate(t.Language, s.Starts, t.Now))}
		}
		return items, nil
	}
	programme := func(ctx context.Context, t *Turn, args Args) ([]flow.Item, error) {
		s, _, err := caravan.ByID(ctx, t.Tx, args.Text("stop"))
		if err != nil {
			return nil, err
		}
		return h.programme(t.Language, s), nil
	}
	return []List{
		Whole(flow.Signature{Name: "stops", About: "the stops ahead, of a region or all", Args: all(text, "region")}, stops),
		Whole(flow.Signature{Name: "programme", About: "what a stop is about; keys are answers' ids", Args: all(text, "stop")}, programme),
	}
}

// Whole makes a list of one whose items are few enough to be made all at once.
func Whole(s flow.Signature, items func(context.Context, *Turn, Args) ([]flow.Item, error)) List {
	return List{
		Signature: s,
		Page: func(ctx context.Context, t *Turn, args Args, q flow.Query) (flow.Page, error) {
			all, err := items(ctx, t, args)
			if err != nil {
				return flow.Page{}, err
			}
			return pageOf(all, q), nil
		},
		Item: func(ctx context.Context, t *Turn, args Args, key string) (flow.Item, bool, error) {
			all, err := items(ctx, t, args)
			if err != nil {
				return flow.Item{}, false, err
			}
			return itemOf(all, key)
		},
	}
}

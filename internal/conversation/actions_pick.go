package conversation

import (
	"context"
	"strings"

	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// pickLists are the reference lists. Where a list is a first step to a longer one (regions to places, branches to trades), a search
// looks over the longer one at once, and its keys are that one's.
func (h *House) pickLists() []List {
	return []List{
		Whole(flow.Signature{Name: "languages", About: "the languages offered, each by its own name"}, func(context.Context, *Turn, Args) ([]flow.Item, error) {
			var items []flow.Item
			for _, l := range h.Languages {
				items = append(items, flow.Item{Key: string(l), Label: l.Name()})
			}
			return items, nil
		}),
		Whole(flow.Signature{Name: "topics", About: "topics of interest"}, func(_ context.Context, t *Turn, _ Args) ([]flow.Item, error) {
			var items []flow.Item
			for _, topic := range h.Answers.Topics() {
				items = append(items, flow.Item{Key: topic.ID, Label: topic.Name(t.Language)})
			}
			return items, nil
		}),
		h.looked(flow.Signature{Name: "regions", About: "the regions by code; a search looks over all places, and its keys are slugs"}, h.regions, h.findPlaces),
		h.looked(flow.Signature{Name: "places", About: "all places"}, h.places, h.findPlaces),
		h.looked(flow.Signature{Name: "places_in", About: "the places of a region; a search looks over all", Args: all(text, "region")}, h.placesIn, h.findPlaces),
		h.looked(flow.Signature{Name: "branches", About: "the branches of trades; a search looks over all trades, and its keys are theirs"}, h.branches, h.findTrades),
		h.looked(flow.Signature{Name: "trades", About: "the trades of a branch, or all; a search looks over all", Args: all(text, "branch")}, h.trades, h.findTrades),
	}
}

type finder func(lang locale.Language, typed string) (items []flow.Item, sure bool)

// looked makes a list whose searches are the directory's.
func (h *House) looked(s flow.Signature, items func(locale.Language, Args) []flow.Item, find finder) List {
	return List{
		Signature: s,
		Page: func(_ context.Context, t *Turn, args Args, q flow.Query) (flow.Page, error) {
			if q.Search == "" {
				return found(items(t.Language, args), false, q), nil
			}
			hits, sure := find(t.Language, q.Search)
			return found(hits, sure, q), nil
		},
		Item: func(_ context.Context, t *Turn, args Args, key string) (flow.Item, bool, error) {
			if p, ok := h.Directory.Place(key); ok {
				return place(t.Language, p), true, nil
			}
			if tr, ok := h.Directory.Trade(key); ok {
				return trade(t.Language, tr), true, nil
			}
			return itemOf(items(t.Language, args), key)
		},
	}
}

func place(lang locale.Language, p directory.Place) flow.Item {
	return flow.Item{Key: p.Slug, Label: p.Name(lang)}
}

func trade(lang locale.Language, t directory.Trade) flow.Item {
	return flow.Item{Key: t.ID, Label: t.Name(lang)}
}

func itemsOf[T any](lang locale.Language, list []T, item func(locale.Language, T) flow.Item) []flow.Item {
	items := make([]flow.Item, len(list))
	for i, v := range list {
		items[i] = item(lang, v)
	}
	return items
}

func (h *House) regions(lang locale.Language, _ Args) []flow.Item {
	return itemsOf(lang, h.Directory.Regions(), region)
}

func region(lang locale.Language, r directory.Region) flow.Item {
	return flow.Item{Key: r.Code, Label: r.Name(lang)}
}

func (h *House) places(lang locale.Language, _ Args) []flow.Item {
	return itemsOf(lang, h.Directory.Places(), place)
}

func (h *House) placesIn(lang locale.Language, args Args) []flow.Item {
	return itemsOf(lang, h.Directory.PlacesIn(args.Text("region")), place)
}

func (h *House) branches(lang locale.Language, _ Args) []flow.Item {
	return itemsOf(lang, h.Directory.Branches(), func(lang locale.Language, b directory.Branch) flow.Item {
		return flow.Item{Key: b.ID, Label: b.Name(lang)}
	})
}

func (h *House) trades(lang locale.Language, args Args) []flow.Item {
	if b := args.Text("branch"); b != "" {
		return itemsOf(lang, h.Directory.TradesIn(b), trade)
	}
	return itemsOf(lang, h.Directory.Trades(), trade)
}

// findPlaces finds towns, and where the words name a region rather than a town, that region.
func (h *House) findPlaces(lang locale.Language, typed string) (items []flow.Item, sure bool) {
	matches := h.Directory.FindPlaces(typed)
	for _, m := range matches {
		items = append(items, place(lang, m.Value))
	}
	if len(matches) > 0 && matches[0].Sure {
		return items, true
	}
	regions := h.Directory.FindRegion(typed)
	if len(regions) > 0 && regions[0].Sure && strings.Contains(locale.Fold(regions[0].Value.Name(lang)), locale.Fold(typed)) {
		return append([]flow.Item{region(lang, regions[0].Value)}, items...), len(items) == 0
	}
	return items, false
}

func (h *House) findTrades(lang locale.Language, typed string) (items []flow.Item, sure bool) {
	matches := h.Directory.FindTrades(typed)
	for _, m := range matches {
		items = append(items, trade(lang, m.Value))
	}
	return items, len(matches) > 0 && matches[0].Sure
}

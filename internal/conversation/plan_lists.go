package conversation

import (
	"context"
	"slices"
	"time"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// comingDays is how many days ahead have buttons; others are typed.
const comingDays = 60

// usualHours are the stops' usual ones; others are typed.
var usualHours = [][2]locale.Clock{{9 * 60, 12 * 60}, {9 * 60, 13 * 60}, {10 * 60, 13 * 60}, {10 * 60, 12 * 60}, {14 * 60, 17 * 60}, {15 * 60, 18 * 60}}

// usualLengths are offered to who typed only the beginning, in minutes.
var usualLengths = []locale.Clock{180, 120, 240, 60}

func (h *House) planLists() []List {
	points := func(t *Turn, _ Args) []flow.Item {
		var items []flow.Item
		for _, topic := range h.Answers.Topics() {
			items = slices.Concat(items, titles(t.Language, h.Answers.InTopic(topic.ID)))
		}
		return items
	}
	return []List{
		Whole(flow.Signature{Name: "plans", About: "the stops that aren't over, whatever their state; or those that are", Args: all(flag, "over"), For: organisers}, h.plans),
		{
			Signature: flow.Signature{Name: "days", About: "the coming days; a search reads a typed day, also one of the past; keys are like 2027-01-14"},
			Page: func(_ context.Context, t *Turn, _ Args, q flow.Query) (flow.Page, error) {
				if q.Search == "" {
					return found(comingDayItems(t), false, q), nil
				}
				days, sure := locale.ReadDay(q.Search, t.Now)
				return found(itemsOf(t.Language, days, dayItem(t)), sure, q), nil
			},
			Item: func(_ context.Context, t *Turn, _ Args, key string) (flow.Item, bool, error) {
				day, ok := readDayKey(key)
				return dayItem(t)(t.Language, day), ok, nil
			},
		}, {
			Signature: flow.Signature{Name: "hours", About: "usual hours; a search reads typed ones, also the end before the beginning; keys are like 10:00-13:00"},
			Page: func(_ context.Context, t *Turn, _ Args, q flow.Query) (flow.Page, error) {
				spans, sure := usualHours, false
				if q.Search != "" {
					spans, sure = typedHours(q.Search)
				}
				return found(itemsOf(t.Language, spans, hoursItem), sure, q), nil
			},
			Item: func(_ context.Context, t *Turn, _ Args, key string) (flow.Item, bool, error) {
				from, to, ok := readHoursKey(key)
				return hoursItem(t.Language, [2]locale.Clock{from, to}), ok, nil
			},
		},
		h.searchable(flow.Signature{Name: "points", About: "what a stop can be about: all answers"}, points),
	}
}

// plans are labelled with a sign for the state, the town and the day.
func (h *House) plans(ctx context.Context, t *Turn, args Args) ([]flow.Item, error) {
	list, err := caravan.Plans(ctx, t.Tx, args.Flag("over"), t.Now)
	if err != nil {
		return nil, err
	}
	items := make([]flow.Item, len(list))
	for i, s := range list {
		items[i] = flow.Item{Key: s.ID, Label: t.Say("plan.sign_"+s.State, nil) + " " +
			beside(t.Language, h.placeWords(t.Language, s.Place), shortDate(t.Language, s.Starts, t.Now))}
	}
	return items, nil
}

func comingDayItems(t *Turn) []flow.Item {
	here := t.Now.In(locale.Zone())
	days := make([]time.Time, comingDays)
	for i := range days {
		days[i] = time.Date(here.Year(), here.Month(), here.Day()+1+i, 0, 0, 0, 0, locale.Zone())
	}
	return itemsOf(t.Language, days, dayItem(t))
}

func dayItem(t *Turn) func(locale.Language, time.Time) flow.Item {
	return func(lang locale.Language, day time.Time) flow.Item {
		return flow.Item{Key: dayKey(day), Label: shortDate(lang, day, t.Now)}
	}
}

func hoursItem(lang locale.Language, span [2]locale.Clock) flow.Item {
	day := time.Date(2000, 1, 1, 0, 0, 0, 0, locale.Zone()) // of which only the clock is shown
	return flow.Item{Key: hoursKey(span[0], span[1]), Label: locale.Hours(lang, span[0].At(day), span[1].At(day))}
}

// typedHours reads hours; where only the beginning was typed it offers ends.
func typedHours(words string) (spans [][2]locale.Clock, sure bool) {
	said := locale.ReadHours(words)
	switch len(said) {
	case 2:
		return [][2]locale.Clock{{said[0], said[1]}}, true
	case 1:
		for _, length := range usualLengths {
			if end := said[0] + length; end < 24*60 {
				spans = append(spans, [2]locale.Clock{said[0], end})
			}
		}
	}
	return spans, false
}

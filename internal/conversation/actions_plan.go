package conversation

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// planActions are what organisers do with stops. Those that only read what was typed are for everybody: they know nothing.
func (h *House) planActions() []Action {
	words := with(all(text, "town", "day_words", "hours_words", "capacity_words", "pin_words", "partners_words"), all(number, "points"), all(flag, "sample"))
	longest := map[string]int{"stop": 40, "venue_fr": 120, "venue_ar": 120, "partners_words": 700}
	return []Action{{
		Signature: flow.Signature{Name: "plan.load", About: "a stop as those who plan it see it, whatever its state", Args: all(text, "stop"), For: organisers,
			Outcomes: []string{"found", "gone"}, Longest: longest,
			Sets: with(planArgs(), words, all(text, "state", "state_words", "version"), all(number, "confirmed", "waiting", "told"), all(flag, "past", "ever", "printable"))},
		Ledger: []string{"stop"},
		Do:     h.planLoad,
	}, {
		Signature: flow.Signature{Name: "plan.day", About: "whether a day is ahead, and its words", Args: all(text, "day"), Outcomes: []string{"ahead", "past"},
			Sets: all(text, "day_words")},
		Do: func(_ context.Context, t *Turn, args Args) (flow.Outcome, error) {
			day, ok := readDayKey(args.Text("day"))
			set := map[string]flow.Value{"day_words": locale.Date(t.Language, day)}
			if !ok || !day.AddDate(0, 0, 1).After(t.Now) {
				return outcome("past", set)
			}
			return outcome("ahead", set)
		},
	}, {
		Signature: flow.Signature{Name: "plan.hours", About: "whether hours of a day can be: ahead, and the end after the beginning", Args: all(text, "stop", "day", "hours"),
			Outcomes: []string{"fine", "backwards", "past"}},
		Do: func(_ context.Context, t *Turn, args Args) (flow.Outcome, error) {
			day, _ := readDayKey(args.Text("day"))
			from, to, ok := readHoursKey(args.Text("hours"))
			switch {
			case !ok || to <= from:
				return outcome("backwards", nil)
			case args.Text("stop") == "" && !from.At(day).After(t.Now):
				return outcome("past", nil)
			}
			return outcome("fine", nil)
		},
	}, {
		Signature: flow.Signature{Name: "plan.pin", About: "whether a position can be that of a stop in a town", Args: all(text, "place", "lat", "lon"),
			Outcomes: []string{"near", "far", "outside"}, Sets: all(text, "distance", "town")},
		Do: func(_ context.Context, t *Turn, args Args) (flow.Outcome, error) {
			place, _ := h.Directory.Place(args.Text("place"))
			lat, lon, ok := pin(args, place)
			km := directory.Distance(place.Lat, place.Lon, lat, lon)
			set := map[string]flow.Value{"distance": locale.Distance(t.Language, km), "town": place.Name(t.Language)}
			switch {
			case !ok:
				return outcome("outside", nil)
			case km > farPin:
				return outcome("far", set)
			}
			return outcome("near", set)
		},
	}, {
		Signature: flow.Signature{Name: "plan.partners", About: "parts typed names", Args: all(text, "words"), Outcomes: []string{"fine", "long"}, Sets: all(texts, "partners")},
		Do: func(_ context.Context, _ *Turn, args Args) (flow.Outcome, error) {
			names, ok := partners(args.Text("words"))
			if !ok {
				return outcome("long", nil)
			}
			return outcome("fine", map[string]flow.Value{"partners": names})
		},
	}, {
		Signature: flow.Signature{Name: "plan.check", About: "a stop in the making: its words, and what one should know before keeping it", Args: planArgs(), For: organisers,
			Outcomes: []string{"fine", "past", "gone"}, Longest: longest,
			Sets: with(words, all(flag, "twin", "moved", "below"), all(number, "confirmed", "told"))},
		Ledger: []string{"stop"},
		Do:     h.planCheck,
	}, {
		Signature: flow.Signature{Name: "plan.keep", About: "keeps a new stop as a draft, or one that there is as it is changed; version is what plan.load gave",
			Args: with(planArgs(), all(text, "version")), For: organisers, Outcomes: []string{"kept", "past", "changed", "gone"}, Sets: all(text, "stop"), Longest: longest},
		Ledger: []string{"stop", "place", "day", "hours", "capacity"},
		Do:     h.planKeep,
	}, {
		Signature: flow.Signature{Name: "plan.publish", About: "publishes a draft, or a cancelled stop again; those who asked are told", Args: all(text, "stop"), For: organisers,
			Outcomes: []string{"done", "past", "gone"}},
		Ledger: []string{"stop"},
		Do:     h.planState(caravan.Published),
	}, {
		Signature: flow.Signature{Name: "plan.cancel", About: "cancels a stop; those who are registered are told", Args: all(text, "stop"), For: organisers,
			Outcomes: []string{"done", "past", "gone"}},
		Ledger: []string{"stop"},
		Do:     h.planState(caravan.Cancelled),
	}, {
		Signature: flow.Signature{Name: "plan.withdraw", About: "makes a stop that was never published a draft again", Args: all(text, "stop"), For: organisers,
			Outcomes: []string{"done", "past", "gone"}},
		Ledger: []string{"stop"},
		Do:     h.planState(caravan.Draft),
	}}
}

// farPin is how far from its town a stop's pin is asked about once more, in kilometres: it may be where the organiser sits.
const farPin = 40

func (h *House) planLoad(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	s, ok, err := caravan.ByID(ctx, t.Tx, args.Text("stop"))
	if err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	set := h.plan(s)
	maps.Copy(set, h.planWords(t, s))
	confirmed, waiting, told, err := caravan.Attendance(ctx, t.Tx, s.ID)
	if err != nil {
		return flow.Outcome{}, err
	}
	set["confirmed"], set["waiting"], set["told"] = confirmed, waiting, told
	set["state"], set["state_words"], set["version"] = s.State, t.Say("plan.state_"+s.State, nil), s.UpdatedAt.UTC().Format(time.RFC3339Nano)
	set["past"], set["ever"], set["printable"] = !s.Ends.After(t.Now), !s.PublishedAt.IsZero(), h.username() != ""
	return outcome("found", set)
}

func (h *House) planCheck(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	old, there, err := caravan.ByID(ctx, t.Tx, args.Text("stop"))
	if err != nil {
		return flow.Outcome{}, err
	}
	s, ok := h.planned(args, old)
	if !ok || args.Text("stop") != "" && !there {
		return outcome("gone", nil)
	}
	set := h.planWords(t, s)
	if late(s, old, t.Now) {
		return outcome("past", set)
	}
	_, twin, err := caravan.SameDay(ctx, t.Tx, s)
	if err != nil {
		return flow.Outcome{}, err
	}
	confirmed, _, told, err := caravan.Attendance(ctx, t.Tx, s.ID)
	if err != nil {
		return flow.Outcome{}, err
	}
	set["twin"], set["confirmed"], set["told"] = twin, confirmed, told
	set["moved"] = old.State == caravan.Published && old.Moved(s) && told > 0
	set["below"] = s.Capacity > 0 && s.Capacity < confirmed
	return outcome("fine", set)
}

func (h *House) planKeep(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	if args.Text("stop") == "" {
		s, ok := h.planned(args, caravan.Stop{State: caravan.Draft})
		if !ok {
			return outcome("gone", nil)
		}
		if late(s, caravan.Stop{}, t.Now) {
			return outcome("past", nil)
		}
		id, err := caravan.Create(ctx, t.Tx, s, t.Now)
		if err != nil {
			return flow.Outcome{}, err
		}
		return outcome("kept", map[string]flow.Value{"stop": id})
	}
	came := "kept"
	_, ok, err := caravan.Change(ctx, t.Tx, args.Text("stop"), t.Now, func(s *caravan.Stop) bool {
		changed, ok := h.planned(args, *s)
		switch {
		case s.UpdatedAt.UTC().Format(time.RFC3339Nano) != args.Text("version"):
			came = "changed" // by somebody else, whose work would be lost
		case !ok:
			came = "gone"
		case late(changed, *s, t.Now):
			came = "past"
		}
		*s = changed
		return came == "kept"
	})
	if err != nil {
		return flow.Outcome{}, err
	}
	if !ok {
		return outcome("gone", nil)
	}
	return outcome(came, map[string]flow.Value{"stop": args.Text("stop")})
}

// planState gives a stop that is still ahead another state.
func (h *House) planState(state string) func(context.Context, *Turn, Args) (flow.Outcome, error) {
	return func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
		past := false
		_, ok, err := caravan.Change(ctx, t.Tx, args.Text("stop"), t.Now, func(s *caravan.Stop) bool {
			// Publishing is for who can still come, the rest for what isn't over.
			past = !s.Ends.After(t.Now) || state == caravan.Published && s.State != state && !s.Starts.After(t.Now)
			s.State = state
			return !past
		})
		switch {
		case errors.Is(err, caravan.ErrPublished), err == nil && !ok:
			return outcome("gone", nil)
		case err != nil:
			return flow.Outcome{}, err
		case past:
			return outcome("past", nil)
		}
		return outcome("done", nil)
	}
}

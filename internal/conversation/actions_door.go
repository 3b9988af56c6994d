package conversation

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/reference"
)

// What the door tells of a stop, and of one guest.
var (
	doorSets  = with(all(text, "town", "day", "crowd"), all(flag, "sample"))
	guestSets = with(all(text, "reference", "name", "trade_name", "state_words", "party_words", "crowd", "at", "from", "own_town", "own_when"),
		all(number, "rest", "expected"), all(flag, "own_sample"))
	guestLongest = map[string]int{"reference": 7, "name": 80, "crowd": 60, "party_words": 40}
	// refusals are the verdicts about somebody whom nobody can let in.
	refusals = []string{string(caravan.GivenBack), string(caravan.Elsewhere), string(caravan.Off), string(caravan.Unknown)}
)

func verdicts(more ...caravan.Verdict) []string {
	names := append([]string{}, refusals...)
	for _, v := range more {
		names = append(names, string(v))
	}
	return names
}

func (h *House) doorActions() []Action {
	at := all(text, "reference", "stop")
	ledger := []string{"reference", "stop"}
	return []Action{{
		Signature: flow.Signature{Name: "door.open", About: "the stop whose door the member holds: what they picked today, else the only one of today", For: organisers,
			Outcomes: []string{"open", "several", "none"}, Sets: all(text, "stop")},
		Do: h.doorOpen,
	}, {
		Signature: flow.Signature{Name: "door.hold", About: "holds a stop's door for the rest of the day", Args: all(text, "stop"), For: organisers, Outcomes: []string{"ok"}},
		Ledger:    []string{"stop"},
		Do: func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
			if err := people.HoldDoor(ctx, t.Tx, t.Member.ID, args.Text("stop"), t.Now); err != nil {
				return flow.Outcome{}, err
			}
			return outcome("ok", nil)
		},
	}, {
		Signature: flow.Signature{Name: "door.status", About: "how many are in at a stop", Args: all(text, "stop"), For: organisers, Outcomes: []string{"open", "off"},
			Sets: doorSets, Longest: guestLongest},
		Ledger: []string{"stop"},
		Do:     h.doorStatus,
	}, {
		Signature: flow.Signature{Name: "door.read", About: "whether a scanned ticket is one of ours: sealed; an old one or a bare reference is unsealed", Args: all(text, "ticket"),
			For: organisers, Outcomes: []string{string(sealed), string(unsealed), string(forged)}, Sets: all(text, "reference"), Longest: guestLongest},
		Do: func(_ context.Context, _ *Turn, args Args) (flow.Outcome, error) {
			ref, is := h.readTicket(args.Text("ticket"))
			return outcome(string(is), map[string]flow.Value{"reference": ref})
		},
	}, {
		Signature: flow.Signature{Name: "door.find", About: "the registration that typed words name: by reference, or by parts of the name at that stop", Args: all(text, "words", "stop"),
			For: organisers, Outcomes: []string{"reference", "names", "none"}, Sets: all(text, "reference"), Longest: guestLongest},
		Ledger: []string{"stop"},
		Do:     h.doorFind,
	}, {
		Signature: flow.Signature{Name: "door.look", About: "who it is, before they are let in", Args: at, For: organisers, Outcomes: verdicts(caravan.Due, caravan.Already),
			Sets: guestSets, Longest: guestLongest},
		Ledger: ledger,
		Do: func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
			a, err := caravan.Look(ctx, t.Tx, args.Text("reference"), args.Text("stop"))
			return h.admission(t, a, err)
		},
	}, {
		Signature: flow.Signature{Name: "door.enter", About: "lets a registered person in, once, while there is room for them", Args: at, For: organisers,
			Outcomes: verdicts(caravan.Entered, caravan.Already, caravan.Early, caravan.Filled), Sets: guestSets, Longest: guestLongest},
		Ledger: ledger,
		Do:     h.doorEnter(false),
	}, {
		Signature: flow.Signature{Name: "door.enter_anyway", About: "lets a registered person in though there is no room", Args: at, For: organisers,
			Outcomes: verdicts(caravan.Entered, caravan.Already), Sets: guestSets, Longest: guestLongest},
		Ledger: ledger,
		Do:     h.doorEnter(true),
	}, {
		Signature: flow.Signature{Name: "door.party", About: "lets in who else was registered from the same phone, as far as there is room", Args: at, For: organisers,
			Outcomes: []string{"all", "some"}, Sets: all(number, "let_in", "left_out")},
		Ledger: ledger,
		Do: func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
			in, out, err := caravan.AdmitParty(ctx, t.Tx, args.Text("reference"), args.Text("stop"), t.Now)
			if err != nil {
				return flow.Outcome{}, err
			}
			name := "all"
			if out > 0 {
				name = "some"
			}
			return outcome(name, map[string]flow.Value{"let_in": in, "left_out": out})
		},
	}, {
		Signature: flow.Signature{Name: "door.take_back", About: "undoes a mistaken check-in", Args: at, For: organisers, Outcomes: []string{"done", "unknown"}},
		Ledger:    ledger,
		Do: func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
			up, ok, err := caravan.TakeBack(ctx, t.Tx, args.Text("reference"), args.Text("stop"), t.Now)
			if err != nil {
				return flow.Outcome{}, err
			}
			if !ok {
				return outcome("unknown", nil)
			}
			h.tellPromoted(t, up)
			return outcome("done", nil)
		},
	}, {
		Signature: flow.Signature{Name: "door.walk_in", About: "registers who came without a registration and lets them in, while there is room for them", For: organisers,
			Args: all(text, "stop", "trade", "name"), Outcomes: []string{string(caravan.Entered), string(caravan.Early), string(caravan.Filled), string(caravan.Off)},
			Sets: guestSets, Longest: guestLongest},
		Ledger: []string{"stop"},
		Do:     h.doorWalkIn(false),
	}, {
		Signature: flow.Signature{Name: "door.walk_in_anyway", About: "the same though there is no room", For: organisers,
			Args: all(text, "stop", "trade", "name"), Outcomes: []string{string(caravan.Entered), string(caravan.Off)}, Sets: guestSets, Longest: guestLongest},
		Ledger: []string{"stop"},
		Do:     h.doorWalkIn(true),
	}}
}

func (h *House) doorOpen(ctx context.Context, t *Turn, _ Args) (flow.Outcome, error) {
	doors, err := caravan.Doors(ctx, t.Tx, t.Now)
	if err != nil {
		return flow.Outcome{}, err
	}
	held, err := people.HeldDoor(ctx, t.Tx, t.Member.ID, t.Now)
	if err != nil {
		return flow.Outcome{}, err
	}
	var today []string
	for _, d := range doors {
		if d.ID == held {
			return outcome("open", map[string]flow.Value{"stop": d.ID})
		}
		if d.Today {
			today = append(today, d.ID)
		}
	}
	switch len(today) {
	case 0:
		return outcome("none", nil)
	case 1:
		return outcome("open", map[string]flow.Value{"stop": today[0]})
	}
	return outcome("several", nil)
}

func (h *House) doorStatus(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	s, ok, err := caravan.ByID(ctx, t.Tx, args.Text("stop"))
	if err != nil {
		return flow.Outcome{}, err
	}
	if !ok || s.State != caravan.Published {
		return outcome(string(caravan.Off), nil)
	}
	crowd, err := caravan.CrowdAt(ctx, t.Tx, s.ID)
	if err != nil {
		return flow.Outcome{}, err
	}
	words := h.StopWords(t.Language, s, t.Now)
	return outcome("open", map[string]flow.Value{"town": words["town"], "day": words["day"], "sample": s.Sample, "crowd": crowdWords(t, crowd, s)})
}

func (h *House) doorFind(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	if ref, ok := reference.Read(args.Text("words")); ok {
		a, err := caravan.Look(ctx, t.Tx, ref, args.Text("stop"))
		if err != nil {
			return flow.Outcome{}, err
		}
		if a.Verdict != caravan.Unknown { // a name of six letters can read like a reference
			return outcome("reference", map[string]flow.Value{"reference": ref})
		}
	}
	list, err := caravan.Named(ctx, t.Tx, args.Text("stop"), strings.Fields(locale.Fold(args.Text("words"))))
	switch {
	case err != nil:
		return flow.Outcome{}, err
	case len(list) == 0:
		return outcome("none", nil)
	case len(list) == 1:
		return outcome("reference", map[string]flow.Value{"reference": list[0].Reference})
	}
	return outcome("names", nil)
}

func (h *House) doorEnter(anyway bool) func(context.Context, *Turn, Args) (flow.Outcome, error) {
	return func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
		a, err := caravan.Admit(ctx, t.Tx, args.Text("reference"), args.Text("stop"), anyway, t.Now)
		return h.admission(t, a, err)
	}
}

func (h *House) doorWalkIn(anyway bool) func(context.Context, *Turn, Args) (flow.Outcome, error) {
	return func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
		name := args.Text("name")
		if !h.collects() { // who nobody is responsible for is let in without a name
			name = ""
		}
		a, err := caravan.WalkIn(ctx, t.Tx, args.Text("stop"), args.Text("trade"), name, locale.Fold(name), anyway, t.Now, rand.Reader)
		return h.admission(t, a, err)
	}
}

// admission is what the door says about somebody.
func (h *House) admission(t *Turn, a caravan.Admission, err error) (flow.Outcome, error) {
	if err != nil {
		return flow.Outcome{}, err
	}
	g := a.Guest
	if a.Verdict == caravan.Unknown || a.Verdict == caravan.Off {
		return outcome(string(a.Verdict), nil)
	}
	stop := h.StopWords(t.Language, g.Stop, t.Now)
	set := map[string]flow.Value{"reference": g.Reference, "name": g.Name, "trade_name": h.tradeWords(t.Language, g.Trade), "crowd": crowdWords(t, a.Crowd, g.Stop),
		"from":     locale.Hours(t.Language, g.Stop.Starts.Add(caravan.Grace), time.Time{}),
		"own_town": stop["town"], "own_when": stop["when"], "own_sample": g.Stop.Sample,
		"rest": g.Party - g.PartyIn, "expected": a.Crowd.Expected, "at": "", "state_words": "", "party_words": ""}
	if g.Name == "" {
		set["name"] = t.Say("checkin.said_walk_in", nil)
	}
	if g.State != "" {
		set["state_words"] = t.Say("registration.state_"+g.State, nil)
	}
	if g.Came != nil {
		set["at"] = locale.Hours(t.Language, *g.Came, time.Time{})
	}
	if g.Party > 1 {
		set["party_words"] = t.Say("checkin.said_party", map[string]any{"in": g.PartyIn, "of": g.Party})
	}
	return outcome(string(a.Verdict), set)
}

// crowdWords say how many are in, of how many places where these are counted.
func crowdWords(t *Turn, c caravan.Crowd, s caravan.Stop) string {
	if s.Capacity == 0 {
		return t.Say("checkin.said_in", map[string]any{"in": c.In})
	}
	return t.Say("checkin.said_in_of", map[string]any{"in": c.In, "of": s.Capacity})
}

func (h *House) doorLists() []List {
	return []List{
		Whole(flow.Signature{Name: "doors", About: "the stops whose door can be held, today's first", For: organisers},
			func(ctx context.Context, t *Turn, _ Args) ([]flow.Item, error) {
				doors, err := caravan.Doors(ctx, t.Tx, t.Now)
				if err != nil {
					return nil, err
				}
				items := make([]flow.Item, len(doors))
				for i, d := range doors {
					when := shortDate(t.Language, d.Starts, t.Now)
					if d.Today {
						when = t.Say("checkin.said_today", nil)
					}
					items[i] = flow.Item{Key: d.ID, Label: beside(t.Language, h.placeWords(t.Language, d.Place), when)}
				}
				return items, nil
			}),
		Whole(flow.Signature{Name: "guests", About: "who is registered at a stop under a name with those words; keys are references", Args: all(text, "words", "stop"), For: organisers},
			func(ctx context.Context, t *Turn, args Args) ([]flow.Item, error) {
				list, err := caravan.Named(ctx, t.Tx, args.Text("stop"), strings.Fields(locale.Fold(args.Text("words"))))
				if err != nil {
					return nil, err
				}
				items := make([]flow.Item, len(list))
				for i, g := range list {
					state := ""
					if g.State != caravan.Confirmed {
						state = t.Say("registration.state_"+g.State, nil)
					}
					items[i] = flow.Item{Key: g.Reference, Label: beside(t.Language, g.Name, h.tradeWords(t.Language, g.Trade), state)}
				}
				return items, nil
			}),
	}
}

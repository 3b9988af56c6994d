package conversation

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
)

var agents = []string{string(people.Agent)}

// deskActions are what chambers and organisers set: how a chamber is reached, who takes care of what, the themes.
func (h *House) deskActions() []Action {
	return []Action{{
		Signature: flow.Signature{Name: "chamber.show", About: "what is known of a chamber ('': the agent's own)", Args: all(text, "region"), For: everyStaff, Outcomes: []string{"found", "refused"},
			Sets: with(all(text, "region", "chamber_name", "contact"), all(number, "days", "people")), Longest: map[string]int{"chamber_name": 70, "contact": 700}},
		Ledger: []string{"region"},
		Do:     h.chamberShow,
	}, {
		Signature: flow.Signature{Name: "chamber.set", About: "writes one thing about a chamber down: phone, address, hours, site, days", Args: all(text, "region", "field", "value"), For: everyStaff,
			Outcomes: []string{"ok", "unclear", "refused"}},
		Ledger: []string{"region", "field"},
		Do:     h.chamberSet,
	}, {
		Signature: flow.Signature{Name: "cares.show", About: "what the agent takes care of, in words", For: agents, Outcomes: []string{"ok"}, Sets: all(text, "care_words"), Longest: map[string]int{"care_words": 900}},
		Do:        h.caresShow,
	}, {
		Signature: flow.Signature{Name: "cares.set", About: "keeps what the agent takes care of, of a kind (theme, branch); nothing: everything", Args: with(all(text, "kind"), all(texts, "what")), For: agents, Outcomes: []string{"ok"}},
		Ledger:    []string{"kind", "what"},
		Do: func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
			kind := "theme"
			if args.Text("kind") == "branch" {
				kind = "branch"
			}
			return flow.Outcome{Name: "ok"}, feedback.CareFor(ctx, t.Tx, t.Member.ID, kind, args.Texts("what"))
		},
	}, {
		Signature: flow.Signature{Name: "themes.show", About: "a theme in words, and whether it is offered", Args: all(text, "theme"), For: organisers, Outcomes: []string{"found", "gone"},
			Sets: with(all(text, "theme_names"), all(flag, "shown")), Longest: map[string]int{"theme_names": 220}},
		Do: h.themeShow,
	}, {
		Signature: flow.Signature{Name: "themes.name", About: "gives a theme other words in a language", Args: all(text, "theme", "language", "words"), For: organisers, Outcomes: []string{"ok", "gone"}},
		Ledger:    []string{"theme", "language"},
		Do: h.moved(func(ctx context.Context, t *Turn, args Args) (bool, error) {
			if !slices.Contains(h.Languages, locale.Language(args.Text("language"))) {
				return false, nil
			}
			return feedback.NameTheme(ctx, t.Tx, args.Text("theme"), args.Text("language"), args.Text("words"))
		}),
	}, {
		Signature: flow.Signature{Name: "themes.offer", About: "has a theme offered, or no more", Args: with(all(text, "theme"), all(flag, "on")), For: organisers, Outcomes: []string{"ok", "gone"}},
		Ledger:    []string{"theme", "on"},
		Do: h.moved(func(ctx context.Context, t *Turn, args Args) (bool, error) {
			return feedback.OfferTheme(ctx, t.Tx, args.Text("theme"), args.Flag("on"))
		}),
	}, {
		Signature: flow.Signature{Name: "themes.add", About: "makes a theme, named in the member's language", Args: all(text, "words"), For: organisers, Outcomes: []string{"ok"}, Sets: all(text, "theme")},
		Do: func(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
			id, err := feedback.AddTheme(ctx, t.Tx, map[string]string{string(t.Language): args.Text("words")})
			if err != nil {
				return flow.Outcome{}, err
			}
			return outcome("ok", map[string]flow.Value{"theme": id})
		},
	}}
}

func (h *House) chamberShow(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	region := args.Text("region")
	if s := scope(t.Member); s.Chamber != "" {
		region = s.Chamber
	}
	c, ok, err := feedback.ChamberOf(ctx, t.Tx, region)
	if err != nil || !ok {
		return flow.Outcome{Name: "refused"}, err
	}
	return outcome("found", map[string]flow.Value{"region": c.Region, "chamber_name": h.chamberName(t, c.Region), "contact": h.ContactWords(t.Language, c), "days": c.Days, "people": c.Agents})
}

// chamberSet takes a value as it is typed; "none" takes one away.
func (h *House) chamberSet(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	field, value := args.Text("field"), strings.TrimSpace(args.Text("value"))
	if value == "none" {
		value = ""
	}
	switch field {
	case "phone":
		if value != "" {
			number, ok := Phone(value)
			if !ok {
				return outcome("unclear", nil)
			}
			value = number
		}
	case "site":
		if value != "" {
			if !strings.Contains(value, "://") {
				value = "https://" + value
			}
			if u, err := url.Parse(value); err != nil || u.Scheme != "https" && u.Scheme != "http" || !strings.Contains(u.Host, ".") || strings.ContainsAny(value, " <>\"") {
				return outcome("unclear", nil)
			}
		}
	case "days":
		if n, ok := locale.Number(value); ok && n <= feedback.MostDays {
			value = strconv.Itoa(n)
		} else if value != "" {
			return outcome("unclear", nil)
		}
	case "address", "hours":
	default:
		return outcome("refused", nil)
	}
	ok, err := feedback.SetChamber(ctx, t.Tx, scope(t.Member), args.Text("region"), field, value, t.Now)
	if err != nil || !ok {
		return flow.Outcome{Name: "refused"}, err
	}
	return outcome("ok", nil)
}

func (h *House) caresShow(ctx context.Context, t *Turn, _ Args) (flow.Outcome, error) {
	ids, branches, err := feedback.Cares(ctx, t.Tx, t.Member.ID)
	if err != nil {
		return flow.Outcome{}, err
	}
	themes, err := feedback.Themes(ctx, t.Tx)
	if err != nil {
		return flow.Outcome{}, err
	}
	var words []string
	for _, id := range ids {
		words = append(words, ThemeName(t.texts, themes, t.Language, id))
	}
	for _, b := range h.Directory.Branches() {
		if slices.Contains(branches, b.ID) {
			words = append(words, b.Name(t.Language))
		}
	}
	if len(words) == 0 {
		words = []string{t.Say("cares.everything", nil)}
	}
	return outcome("ok", map[string]flow.Value{"care_words": cutTo(strings.Join(words, separator(t.Language)), 900)})
}

func (h *House) themeShow(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	themes, err := feedback.Themes(ctx, t.Tx)
	if err != nil {
		return flow.Outcome{}, err
	}
	for _, th := range themes {
		if th.ID == args.Text("theme") {
			var names []string
			for _, l := range h.Languages {
				names = append(names, cutTo(ThemeName(t.texts, themes, l, th.ID), 60))
			}
			return outcome("found", map[string]flow.Value{"theme_names": strings.Join(names, "\n"), "shown": th.Shown})
		}
	}
	return outcome("gone", nil)
}

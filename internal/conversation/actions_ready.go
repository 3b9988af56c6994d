package conversation

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/qafila/qafila/internal/flow"
)

// proofs are the answers that the steps to the register and the card rest on.
var proofs = []string{"rna.experience", "rna.docs", "rna.how", "card.who"}

func (h *House) readyActions() []Action {
	return []Action{{
		Signature: flow.Signature{Name: "ready.steps", Args: all(text, "trade", "registered", "diploma", "years", "region"), Outcomes: []string{"ok"},
			About: "a person's own steps and papers for the register and the card, as plain text to pass on. registered: yes, no, unsure; years: few (less than 3), some, many (10 or more)",
			Sets:  all(text, "summary"), Longest: map[string]int{"summary": 1800}},
		Do: func(_ context.Context, t *Turn, args Args) (flow.Outcome, error) {
			return outcome("ok", map[string]flow.Value{"summary": h.steps(t, args)})
		},
	}}
}

// steps says only what the proofs say: three years of the trade or a diploma, ten for a maâlem; first the register, then the card at the
// chamber; the papers that are known, and who knows the rest.
func (h *House) steps(t *Turn, args Args) string {
	region := args.Text("region")
	if _, ok := h.Directory.Region(region); !ok {
		region = h.RegionOf(region) // a town was typed
	}
	at, _ := h.Directory.Region(region)
	sites, checked := h.proven()
	words := map[string]any{"trade_name": h.tradeWords(t.Language, args.Text("trade")), "region": at.Name(t.Language),
		"sites": strings.Join(sites, separator(t.Language)), "checked": plainDate(t.Language, checked)}
	lines := []string{"title"}
	say := func(ids ...string) { lines = append(lines, ids...) }
	diploma, long := args.Text("diploma") == "yes", args.Text("years") == "many"
	switch {
	case args.Text("registered") == "yes":
		say("rna_done")
	case !diploma && args.Text("years") == "few":
		say("rna_conditions", "rna_later")
	default:
		if args.Text("registered") == "unsure" {
			say("rna_unsure")
		}
		say("rna_where")
		switch {
		case long:
			say("rna_maalem")
		case diploma:
			say("rna_by_diploma")
		default:
			say("rna_by_years")
		}
		if diploma {
			say("papers_diploma")
		} else {
			say("papers_years")
		}
		if long {
			say("papers_maalem")
		}
		say("papers_rest")
	}
	if strings.HasPrefix(args.Text("trade"), otherTrade) {
		say("trade")
	}
	say("card", "card_rest", "sources")
	for i, id := range lines {
		lines[i] = t.Say("ready.line_"+id, words)
	}
	return strings.Join(lines, "\n")
}

// proven names the sites of the proofs, and the day on which the first of them was looked at.
func (h *House) proven() (sites []string, checked time.Time) {
	for _, id := range proofs {
		e, _ := h.Answers.Get(id)
		if _, site := linked(e.Source); site != "" && !slices.Contains(sites, site) {
			sites = append(sites, site)
		}
		if checked.IsZero() || e.Checked.Before(checked) {
			checked = e.Checked
		}
	}
	return sites, checked
}

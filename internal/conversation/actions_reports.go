package conversation

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/report"
)

// readerOf is what a member of the staff may have reports of. It is worked out from who they are at this turn, never from what a flow or a
// button says.
func readerOf(m *people.Member) report.Reader {
	switch {
	case m == nil:
		return report.Reader{}
	case m.Role == people.Agent:
		return report.Reader{Region: m.Region}
	}
	return report.Reader{All: true}
}

// The spans of reports, beside typed days and stops.
const (
	spanWeek  = "week"
	spanMonth = "month"
	spanYear  = "year"
)

// wholeCountry stands in a list of regions for all of them.
const wholeCountry = "all"

func (h *House) reportActions() []Action {
	return []Action{{
		Signature: flow.Signature{Name: "report.order", About: "asks for a report: of a stop; or of a span (week, month, year: up to today) or the days from and to, of a region ('all': the country; an agent's is their own)",
			Args: all(text, "span", "stop", "region", "from", "to"), For: everyStaff, Outcomes: []string{"ok", "backwards", "gone"}},
		Ledger: []string{"span", "stop", "region", "from", "to"},
		Do:     h.reportOrder,
	}, {
		Signature: flow.Signature{Name: "report.file", About: "asks for a file of a report, from a door's <number>.<form>", Args: all(text, "what"), For: everyStaff, Outcomes: []string{"ok", "gone"}},
		Ledger:    []string{"what"},
		Do:        h.reportFile,
	}}
}

func (h *House) reportOrder(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	s := report.Scope{Stop: args.Text("stop"), Region: args.Text("region")}
	if s.Region == wholeCountry || s.Stop != "" {
		s.Region = ""
	}
	here := t.Now.In(locale.Zone())
	day := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, 0, 0, 0, 0, locale.Zone())
	}
	s.To = day(here.Year(), here.Month(), here.Day()+1)
	switch args.Text("span") {
	case spanWeek:
		s.From = day(here.Year(), here.Month(), here.Day()-(int(here.Weekday())+6)%7) // Monday
	case spanMonth:
		s.From = day(here.Year(), here.Month(), 1)
	case spanYear:
		s.From = day(here.Year(), 1, 1)
	default:
		from, ok1 := readDayKey(args.Text("from"))
		to, ok2 := readDayKey(args.Text("to"))
		if s.Stop == "" && (!ok1 || !ok2 || to.Before(from)) {
			return outcome("backwards", nil)
		}
		if s.Stop == "" {
			s.From, s.To = from, day(to.Year(), to.Month(), to.Day()+1)
		}
	}
	panel := int64(0)
	if t.Replaced {
		panel = t.Message
	}
	ok, err := report.Order(ctx, t.Tx, readerOf(t.Member), s, t.Member.ID, string(t.Language), panel, t.Now)
	if err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	return flow.Outcome{Name: "ok"}, h.pokeReports(ctx, t)
}

func (h *House) reportFile(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	number, form, _ := strings.Cut(args.Text("what"), ".")
	id, err := strconv.ParseInt(number, 10, 64)
	switch form {
	case report.PDFFrench, report.PDFArabic, report.Workbook, report.Table:
	default:
		return outcome("gone", nil)
	}
	if err != nil {
		return outcome("gone", nil) // a forged door
	}
	ok, err := report.OrderFile(ctx, t.Tx, readerOf(t.Member), id, form, t.Member.ID, string(t.Language), t.Now)
	if err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	return flow.Outcome{Name: "ok"}, h.pokeReports(ctx, t)
}

// pokeReports has what was asked for made soon after the turn has taken effect.
func (h *House) pokeReports(ctx context.Context, t *Turn) error {
	if h.PokeReports == nil {
		return nil
	}
	return h.PokeReports(ctx, t.Tx)
}

// mostReports are listed, of stops and of reports that were made.
const mostReports = 40

func (h *House) reportLists() []List {
	return []List{
		Whole(flow.Signature{Name: "report_regions", About: "what the member may have reports of: the country and its regions, or their own", For: everyStaff},
			func(_ context.Context, t *Turn, _ Args) ([]flow.Item, error) {
				if own, ok := h.Directory.Region(t.Member.Region); ok {
					return []flow.Item{region(t.Language, own)}, nil
				}
				items := []flow.Item{{Key: wholeCountry, Label: t.Say("reports.country", nil)}}
				for _, r := range h.Directory.Regions() {
					items = append(items, region(t.Language, r))
				}
				return items, nil
			}),
		Whole(flow.Signature{Name: "report_stops", About: "the stops that the member may have a report of, the latest first", For: everyStaff},
			func(ctx context.Context, t *Turn, _ Args) ([]flow.Item, error) {
				list, err := report.Stops(ctx, t.Tx, readerOf(t.Member), mostReports)
				if err != nil {
					return nil, err
				}
				items := make([]flow.Item, len(list))
				for i, s := range list {
					items[i] = flow.Item{Key: s.ID, Label: beside(t.Language, h.placeWords(t.Language, s.Place), shortDate(t.Language, s.Starts, t.Now))}
				}
				return items, nil
			}),
		Whole(flow.Signature{Name: "reports_kept", About: "the reports that were made and that the member may have, the newest first; keys are their numbers", For: everyStaff},
			func(ctx context.Context, t *Turn, _ Args) ([]flow.Item, error) {
				list, err := report.Latest(ctx, t.Tx, readerOf(t.Member), mostReports)
				if err != nil {
					return nil, err
				}
				items := make([]flow.Item, len(list))
				for i, k := range list {
					items[i] = flow.Item{Key: strconv.FormatInt(k.ID, 10), Label: h.reportName(t, k.Report)}
				}
				return items, nil
			}),
		{
			Signature: flow.Signature{Name: "days_past", About: "the last days, today first; a search reads a typed day, the last one of that name; keys are like 2027-01-14", For: everyStaff},
			Page: func(_ context.Context, t *Turn, _ Args, q flow.Query) (flow.Page, error) {
				here := t.Now.In(locale.Zone())
				if q.Search == "" {
					days := make([]time.Time, comingDays)
					for i := range days {
						days[i] = time.Date(here.Year(), here.Month(), here.Day()-i, 0, 0, 0, 0, locale.Zone())
					}
					return found(itemsOf(t.Language, days, dayItem(t)), false, q), nil
				}
				days, sure := locale.ReadDay(q.Search, t.Now)
				for i, d := range days {
					if d.After(t.Now) { // a day without its year: the last one, not the next
						days[i], sure = d.AddDate(-1, 0, 0), false
					}
				}
				return found(itemsOf(t.Language, days, dayItem(t)), sure, q), nil
			},
			Item: func(_ context.Context, t *Turn, _ Args, key string) (flow.Item, bool, error) {
				day, ok := readDayKey(key)
				return dayItem(t)(t.Language, day), ok, nil
			},
		},
	}
}

// reportName is of what a report is, in short: a stop's town and day, or a region and days.
func (h *House) reportName(t *Turn, r report.Report) string {
	day := func(at time.Time) string { return at.In(locale.Zone()).Format("02/01/06") }
	if r.Scope.Stop != "" && len(r.Stops) > 0 {
		return "🚐 " + beside(t.Language, h.placeWords(t.Language, r.Stops[0].Place), day(r.Stops[0].Starts))
	}
	name := t.Say("reports.country", nil)
	if region, ok := h.Directory.Region(r.Scope.Region); ok {
		name = region.Name(t.Language)
	}
	return beside(t.Language, name, day(r.Scope.From)+"–"+day(r.Scope.To.Add(-time.Nanosecond)))
}

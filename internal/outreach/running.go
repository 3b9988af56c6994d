package outreach

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// load tells how a broadcast goes. A panel that is still to be kept up to date moves to the message that was pressed.
func (o *Outreach) load(ctx context.Context, t *conversation.Turn, args conversation.Args) (flow.Outcome, error) {
	b, _, ok, err := Find(ctx, t.Tx, idOf(args))
	if err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	if t.Replaced && (b.State == Sending || b.State == Scheduled || b.State == Paused) {
		if err := Show(ctx, t.Tx, b.ID, t.Chat, t.Message, string(t.Language)); err != nil {
			return flow.Outcome{}, err
		}
	}
	missed := b.Total - b.Sent - b.Unsure // once it is over; one that was ended halfway leaves some who wait for nothing
	set := map[string]flow.Value{"panel": o.panelWords(t.Language, b, t.Now), "left": b.Left(), "missed": missed, "again": missed > b.Stopped}
	switch b.State {
	case Done, Cancelled:
		return outcome("over", set)
	}
	return outcome(b.State, set)
}

// leave keeps a panel from coming back where something else stands by now.
func (o *Outreach) leave(ctx context.Context, t *conversation.Turn, _ conversation.Args) (flow.Outcome, error) {
	if _, err := change(ctx, t.Tx, "leave the panel of", `UPDATE broadcasts SET panel = 0 WHERE chat_id = $1 AND panel = $2 AND $3`, t.Chat, t.Message, t.Replaced); err != nil {
		return flow.Outcome{}, err
	}
	return outcome("ok", nil)
}

// when reads a moment: now, the next morning at ten, or a typed day and hour. In quiet hours it is their end.
func (o *Outreach) when(_ context.Context, t *conversation.Turn, args conversation.Args) (flow.Outcome, error) {
	at := t.Now
	switch words := strings.TrimSpace(args.Text("words")); words {
	case "now":
		if !o.Quiet.At(at) {
			return outcome("ok", map[string]flow.Value{"at": "", "at_words": t.Say("broadcast.now_words", nil)})
		}
	case "morning":
		if at = locale.Clock(10 * 60).At(t.Now); !at.After(t.Now) {
			at = locale.Clock(10 * 60).At(t.Now.In(locale.Zone()).AddDate(0, 0, 1))
		}
	default:
		var ok bool
		if at, ok = locale.ReadMoment(words, t.Now); !ok {
			return outcome("unclear", nil)
		}
		if !at.After(t.Now) {
			return outcome("past", nil)
		}
	}
	goes := o.Quiet.Ends(at)
	set := map[string]flow.Value{"at": goes.Format(time.RFC3339), "at_words": dayAndHour(t.Language, goes, t.Now)}
	if goes.After(at) {
		return outcome("quiet", set)
	}
	return outcome("ok", set)
}

func (o *Outreach) lists() []conversation.List {
	return []conversation.List{
		conversation.Whole(flow.Signature{Name: "broadcasts", About: "the broadcasts that go out or have; keys are their numbers"},
			func(ctx context.Context, t *conversation.Turn, _ conversation.Args) ([]flow.Item, error) {
				list, err := Latest(ctx, t.Tx, 30)
				if err != nil {
					return nil, err
				}
				items := make([]flow.Item, len(list))
				for i, b := range list {
					label := t.Say("broadcast.item_"+b.State, map[string]any{"id": int(b.ID), "day": b.Begins.In(locale.Zone()).Format("02/01")})
					if b.Prepared {
						label += " · " + locale.Grouped(b.Total)
					}
					items[i] = flow.Item{Key: strconv.FormatInt(b.ID, 10), Label: label}
				}
				return items, nil
			}),
		conversation.Whole(flow.Signature{Name: "broadcast_instead", About: "whose words can stand in, in a draft; '-' is nothing", Args: kinds(text, "id")},
			func(ctx context.Context, t *conversation.Turn, args conversation.Args) ([]flow.Item, error) {
				_, says, _, err := draft(ctx, t, args)
				if err != nil {
					return nil, err
				}
				var items []flow.Item
				for _, l := range o.Languages {
					if says[string(l)].Kind != "" {
						items = append(items, flow.Item{Key: string(l), Label: t.Say("broadcast.instead_of", map[string]any{"name": l.Name()})})
					}
				}
				return append(items, flow.Item{Key: Silence, Label: t.Say("broadcast.silence", nil)}), nil
			}),
		conversation.Whole(flow.Signature{Name: "broadcast_doors", About: "what a broadcast's buttons can open"},
			func(ctx context.Context, t *conversation.Turn, _ conversation.Args) ([]flow.Item, error) {
				return o.openable(ctx, t)
			}),
		conversation.Whole(flow.Signature{Name: "segment_stops", About: "the stops that a segment can be about, the newest first"},
			func(ctx context.Context, t *conversation.Turn, _ conversation.Args) ([]flow.Item, error) {
				all, err := caravan.All(ctx, t.Tx)
				if err != nil {
					return nil, err
				}
				slices.SortFunc(all, func(a, b caravan.Stop) int { return b.Starts.Compare(a.Starts) })
				var items []flow.Item
				for _, s := range all {
					if s.State != caravan.Draft && len(s.ID) <= 40 {
						words := o.Describe(t.Language, s, t.Now)
						items = append(items, flow.Item{Key: s.ID, Label: fmt.Sprint(words["town"], " · ", s.Starts.In(locale.Zone()).Format("02/01/2006"))})
					}
				}
				return items, nil
			}),
	}
}

// openable are what a broadcast's buttons can open now.
func (o *Outreach) openable(ctx context.Context, t *conversation.Turn) ([]flow.Item, error) {
	var items []flow.Item
	for _, d := range Doors() {
		items = append(items, flow.Item{Key: strings.TrimPrefix(d, "/"), Label: t.Say("broadcast.opens_"+strings.TrimPrefix(d, "/"), nil)})
	}
	ahead, err := caravan.Upcoming(ctx, t.Tx, t.Now)
	if err != nil {
		return nil, err
	}
	for _, s := range ahead[:min(len(ahead), 8)] {
		if len(stopDoor+s.ID)+1 <= 40 {
			items = append(items, flow.Item{Key: "stop." + s.ID, Label: t.Say("broadcast.opens_stop", o.Describe(t.Language, s, t.Now))})
		}
	}
	return items, nil
}

// missedFile is who did not get a broadcast and why: names as people gave them, for those who gave one.
func (o *Outreach) missedFile(ctx context.Context, t *conversation.Turn, from flow.Value) (conversation.Attachment, error) {
	id, _ := from.(string)
	rows, err := t.Tx.Query(ctx, `SELECT coalesce(p.name, ''), coalesce(p.place, ''), r.state, r.reason FROM recipients r LEFT JOIN people p ON p.chat_id = r.chat_id
		WHERE r.broadcast = $1::bigint AND r.state IN (0, 4, 5, 6) ORDER BY r.state, p.name, r.chat_id`, id)
	if err != nil {
		return conversation.Attachment{}, fmt.Errorf("list who did not get a broadcast: %w", err)
	}
	var b bytes.Buffer
	b.WriteString("\ufeff") // so that spreadsheets read it as UTF-8
	w := csv.NewWriter(&b)
	put := func(cells ...string) error {
		for i, c := range cells {
			if strings.ContainsAny(c[:min(1, len(c))], "=+-@\t\r") {
				cells[i] = "'" + c // a spreadsheet must not take it for a formula
			}
		}
		return w.Write(cells)
	}
	if err := put(t.Say("broadcast.column_name", nil), t.Say("broadcast.column_town", nil), t.Say("broadcast.column_why", nil), "Telegram"); err != nil {
		return conversation.Attachment{}, fmt.Errorf("write who did not get a broadcast: %w", err)
	}
	var name, place, reason string
	var state int
	if _, err := pgx.ForEachRow(rows, []any{&name, &place, &state, &reason}, func() error {
		town, _ := o.Directory.Place(place)
		return put(name, town.Name(t.Language), t.Say("broadcast.why_"+strconv.Itoa(state), nil), reason)
	}); err != nil {
		return conversation.Attachment{}, fmt.Errorf("write who did not get a broadcast: %w", err)
	}
	w.Flush()
	return conversation.Attachment{Kind: "document", Name: "qafila-" + id + ".csv", MIME: "text/csv", Data: b.Bytes()}, w.Error()
}

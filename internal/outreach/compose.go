package outreach

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// largest is what a bot can send, in megabytes (Telegram).
const largest = 50

func (o *Outreach) begin(ctx context.Context, t *conversation.Turn, _ conversation.Args) (flow.Outcome, error) {
	id, err := NewDraft(ctx, t.Tx, t.Member.ID, t.Chat, string(t.Language), t.Now)
	if err != nil {
		return flow.Outcome{}, err
	}
	return outcome("ok", map[string]flow.Value{"id": strconv.FormatInt(id, 10)})
}

func (o *Outreach) missing(ctx context.Context, t *conversation.Turn, args conversation.Args) (flow.Outcome, error) {
	_, says, ok, err := draft(ctx, t, args)
	if err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	for _, l := range o.Languages {
		if _, said := says[string(l)]; !said {
			return outcome("some", map[string]flow.Value{"language": string(l), "language_name": l.Name()})
		}
	}
	return outcome("none", nil)
}

func (o *Outreach) write(ctx context.Context, t *conversation.Turn, args conversation.Args) (flow.Outcome, error) {
	w := Words{Kind: args.Text("kind"), Text: strings.TrimSpace(args.Text("words")), File: args.Text("file")}
	limit, fits := w.Fits()
	if !fits {
		return outcome("long", map[string]flow.Value{"limit": limit, "length": len(utf16.Encode([]rune(w.Text)))})
	}
	if args.Number("size") > largest {
		return outcome("large", map[string]flow.Value{"limit": largest, "length": args.Number("size")})
	}
	ok, err := Compose(ctx, t.Tx, idOf(args), args.Text("language"), w)
	if err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	return outcome("ok", nil)
}

func (o *Outreach) instead(ctx context.Context, t *conversation.Turn, args conversation.Args) (flow.Outcome, error) {
	ok, err := Compose(ctx, t.Tx, idOf(args), args.Text("language"), Words{Instead: args.Text("instead")})
	if err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	return outcome("ok", nil)
}

func (o *Outreach) narrow(ctx context.Context, t *conversation.Turn, args conversation.Args) (flow.Outcome, error) {
	b, _, ok, err := draft(ctx, t, args)
	if err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	g, value, more := &b.Segment, args.Text("value"), args.Text("more")
	switch args.Text("by") {
	case "all":
		*g = Segment{Missed: g.Missed}
	case "region":
		if !slices.Contains(g.Regions, value) {
			g.Regions = append(g.Regions, value)
		}
	case "near":
		g.Near = value
		g.Within, _ = strconv.Atoi(more)
	case "family":
		g.Family, g.Trade = value, ""
	case "trade":
		g.Family, g.Trade = "", value
	case "card":
		g.Card = value
	case "rna":
		g.RNA = value
	case "stop":
		g.Stop, g.Was = value, more
	case "language":
		g.Language = value
	case "seen":
		g.Seen, _ = strconv.Atoi(value)
	default:
		return flow.Outcome{}, fmt.Errorf("narrow a segment by %q", args.Text("by"))
	}
	if err := Aim(ctx, t.Tx, b.ID, *g, b.Doors); err != nil {
		return flow.Outcome{}, err
	}
	return outcome("ok", nil)
}

func (o *Outreach) who(ctx context.Context, t *conversation.Turn, args conversation.Args) (flow.Outcome, error) {
	b, says, ok, err := draft(ctx, t, args)
	if err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	n, err := o.reach(ctx, t, b, says)
	if err != nil {
		return flow.Outcome{}, err
	}
	words, err := o.segmentWords(ctx, t, b.Segment)
	if err != nil {
		return flow.Outcome{}, err
	}
	set := map[string]flow.Value{"who": words, "count": n}
	if n == 0 {
		return outcome("none", set)
	}
	return outcome("some", set)
}

// reach is how many people a draft would be sent to now.
func (o *Outreach) reach(ctx context.Context, t *conversation.Turn, b Broadcast, says map[string]Words) (int, error) {
	counts, err := b.Segment.Count(ctx, t.Tx, o.Directory, t.Now)
	if err != nil {
		return 0, err
	}
	n := 0
	for language, count := range counts {
		if says[language].Instead != Silence {
			n += count
		}
	}
	return n, nil
}

// segmentWords tells a segment in the reader's words, a line for each thing that narrows it.
func (o *Outreach) segmentWords(ctx context.Context, t *conversation.Turn, g Segment) (string, error) {
	var lines []string
	say := func(id string, params map[string]any) { lines = append(lines, t.Say(id, params)) }
	for _, code := range g.Regions {
		r, _ := o.Directory.Region(code)
		say("segment.region", map[string]any{"name": r.Name(t.Language)})
	}
	if p, ok := o.Directory.Place(g.Near); ok {
		say("segment.near", map[string]any{"name": p.Name(t.Language), "km": g.Within})
	}
	if g.Family != "" {
		say("segment.family_"+g.Family, nil)
	}
	if trade, ok := o.Directory.Trade(g.Trade); ok {
		say("segment.trade", map[string]any{"name": trade.Name(t.Language)})
	}
	if g.Card != "" {
		say("segment.card_"+g.Card, nil)
	}
	if g.RNA != "" {
		say("segment.rna_"+g.RNA, nil)
	}
	if g.Stop != "" {
		s, _, err := caravan.ByID(ctx, t.Tx, g.Stop)
		if err != nil {
			return "", err
		}
		words := o.Describe(t.Language, s, t.Now)
		say("segment.stop_"+g.Was, words)
	}
	if g.Language != "" {
		say("segment.language", map[string]any{"name": locale.Language(g.Language).Name()})
	}
	if g.Seen > 0 {
		say("segment.seen", map[string]any{"count": g.Seen})
	}
	if g.Missed != 0 {
		say("segment.missed", map[string]any{"id": g.Missed})
	}
	if len(lines) == 0 {
		say("segment.all", nil)
	}
	return strings.Join(lines, "\n"), nil
}

func (o *Outreach) openWith(ctx context.Context, t *conversation.Turn, args conversation.Args) (flow.Outcome, error) {
	b, _, ok, err := draft(ctx, t, args)
	if err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	var doors []string
	for _, key := range args.Texts("doors") {
		doors = append(doors, doorOf(key))
	}
	if err := Aim(ctx, t.Tx, b.ID, b.Segment, doors); err != nil {
		return flow.Outcome{}, err
	}
	return outcome("ok", nil)
}

// A list's keys have no slash: "next" is /next, "stop.fes" the stop's link.
func doorOf(key string) string {
	if id, ok := strings.CutPrefix(key, "stop."); ok {
		return stopDoor + id
	}
	return "/" + key
}

const stopDoor = "start:stop_"

func (o *Outreach) preview(ctx context.Context, t *conversation.Turn, args conversation.Args) (flow.Outcome, error) {
	b, says, ok, err := Find(ctx, t.Tx, idOf(args))
	if err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	messages, err := o.messages(ctx, t.Tx, b, says)
	if err != nil {
		return flow.Outcome{}, err
	}
	for _, l := range o.Languages {
		w, said := says[string(l)]
		above := conversation.Note{Text: "broadcast.preview_of", Params: map[string]any{"name": l.Name()}}
		switch {
		case !said:
			continue
		case w.Instead == Silence:
			above.Text = "broadcast.preview_none"
		case w.Instead != "":
			above.Text, above.Params["other"] = "broadcast.preview_instead", locale.Language(w.Instead).Name()
		}
		t.Show(o.Word(t.Language, above))
		if m := messages[string(l)]; m != nil {
			t.Show(*m)
		}
	}
	return outcome("ok", nil)
}

func (o *Outreach) checked(ctx context.Context, t *conversation.Turn, args conversation.Args) (flow.Outcome, error) {
	b, says, ok, err := draft(ctx, t, args)
	if err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	n, err := o.reach(ctx, t, b, says)
	if err != nil {
		return flow.Outcome{}, err
	}
	set := map[string]flow.Value{"count": n, "others": 0}
	if n == 0 {
		return outcome("none", set)
	}
	at, ok := begins(args, t.Now)
	if !ok {
		return outcome("gone", nil)
	}
	others, err := o.overlap(ctx, t.Tx, b, says, at, t.Now)
	if err != nil {
		return flow.Outcome{}, err
	}
	if set["others"] = others; others > 0 {
		return outcome("twice", set)
	}
	return outcome("fine", set)
}

// begins is when a draft is to go, as broadcast.when read it; "" is now.
func begins(args conversation.Args, now time.Time) (at time.Time, ok bool) {
	if args.Text("at") == "" {
		return now, true
	}
	at, err := time.Parse(time.RFC3339, args.Text("at"))
	return at, err == nil
}

func (o *Outreach) start(ctx context.Context, t *conversation.Turn, args conversation.Args) (flow.Outcome, error) {
	at, ok := begins(args, t.Now)
	if !ok || at.Before(t.Now.Add(-10*time.Minute)) { // it was chosen a while ago
		return outcome("past", nil)
	}
	_, says, ok, err := draft(ctx, t, args)
	if err != nil || !ok || len(says) < len(o.Languages) {
		return flow.Outcome{Name: "gone"}, err
	}
	if ok, err = Start(ctx, t.Tx, idOf(args), t.Message, at, t.Now); err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	if o.Poke != nil {
		if err := o.Poke(ctx, t.Tx); err != nil {
			return flow.Outcome{}, err
		}
	}
	return outcome("started", nil)
}

func (o *Outreach) again(ctx context.Context, t *conversation.Turn, args conversation.Args) (flow.Outcome, error) {
	b, says, ok, err := Find(ctx, t.Tx, idOf(args))
	if err != nil || !ok {
		return flow.Outcome{Name: "gone"}, err
	}
	if _, err := o.leave(ctx, t, nil); err != nil {
		return flow.Outcome{}, err
	}
	id, err := NewDraft(ctx, t.Tx, t.Member.ID, t.Chat, string(t.Language), t.Now)
	if err != nil {
		return flow.Outcome{}, err
	}
	for language, w := range says {
		if _, err := Compose(ctx, t.Tx, id, language, w); err != nil {
			return flow.Outcome{}, err
		}
	}
	open, err := o.openable(ctx, t)
	if err != nil {
		return flow.Outcome{}, err
	}
	keys := []string{}
	for _, it := range open {
		if slices.Contains(b.Doors, doorOf(it.Key)) {
			keys = append(keys, it.Key)
		}
	}
	if err := Aim(ctx, t.Tx, id, Segment{Missed: b.ID}, nil); err != nil {
		return flow.Outcome{}, err
	}
	return outcome("ok", map[string]flow.Value{"id": strconv.FormatInt(id, 10), "doors": keys})
}

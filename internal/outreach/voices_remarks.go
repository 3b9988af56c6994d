package outreach

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/flow"
)

// remarked gives the stops of which something was said.
func (o *Outreach) remarked(ctx context.Context, tx pgx.Tx, list []feedback.Remarks) (map[string]caravan.Stop, error) {
	ids := make(map[string]bool, len(list))
	for _, m := range list {
		ids[m.Stop] = true
	}
	return stops(ctx, tx, ids)
}

// remarks tells one of the staff that people said something of stops which they may hear: of one stop, or of several by their number. Nothing of
// what was said is in it: it has no author who could be answered, and is heard where it can be taken away.
func (o *Outreach) remarks(r feedback.Reader, list []feedback.Remarks, of map[string]caravan.Stop, now time.Time) []due {
	var theirs []feedback.Remarks
	n := 0
	for _, m := range list {
		if m.For(r) {
			theirs = append(theirs, m)
			n += m.Count
		}
	}
	switch len(theirs) {
	case 0:
		return nil
	case 1:
		about := o.Describe(languageOf(r.Language), of[theirs[0].Stop], now)
		return []due{o.note(r.Chat, r.Language, "inbox.note_remarks", map[string]any{"count": n, "town": about["town"], "when": about["when"]},
			flow.Choice{Text: "inbox.note_open", Door: "/remarks " + theirs[0].Stop})}
	}
	return []due{o.note(r.Chat, r.Language, "inbox.note_remarks_many", map[string]any{"count": n}, flow.Choice{Text: "inbox.note_open", Door: "/remarks"})}
}

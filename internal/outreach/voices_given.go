package outreach

import (
	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/flow"
)

// handed tells one of the staff what a colleague gave them and what somebody else has now: one thing with its first words, several by their number.
func (o *Outreach) handed(r feedback.Reader, list []feedback.Handover) []due {
	var given, taken []feedback.Handover
	for _, h := range list {
		switch {
		case h.Staff != r.Staff:
		case h.Given:
			given = append(given, h)
		default:
			taken = append(taken, h)
		}
	}
	var out []due
	switch len(given) {
	case 0:
	case 1:
		h := given[0]
		if h.By == "" { // who gave it is gone
			h.By = o.chamberName(r.Language, h.Chamber)
		}
		out = append(out, o.handover(r, "inbox.note_given", h))
	default:
		out = append(out, o.note(r.Chat, r.Language, "inbox.note_given_many", map[string]any{"count": len(given)}, flow.Choice{Text: "inbox.note_all", Door: mineDoor}))
	}
	switch {
	case len(taken) > 1:
		out = append(out, o.note(r.Chat, r.Language, "inbox.note_taken_many", map[string]any{"count": len(taken)}, flow.Choice{Text: "inbox.note_all", Door: inboxDoor}))
	case len(taken) == 1 && taken[0].By == "":
		out = append(out, o.handover(r, "inbox.note_freed", taken[0]))
	case len(taken) == 1:
		out = append(out, o.handover(r, "inbox.note_taken", taken[0]))
	}
	return out
}

func (o *Outreach) handover(r feedback.Reader, text string, h feedback.Handover) due {
	door := inboxDoor
	if h.Thread {
		door = "/inbox_thread"
	}
	return o.note(r.Chat, r.Language, text, map[string]any{"by": h.By, "note": h.Note, "words": conversation.Glimpse(o.Texts, languageOf(r.Language), h.Kind, h.Words)},
		flow.Choice{Text: "inbox.note_open", Door: door + " " + h.Reference})
}

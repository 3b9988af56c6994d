package outreach

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// voicesLock lets one instance at a time tell what artisans and chambers say to each other.
const voicesLock = 0x71616670

// Voices tells what artisans and chambers have said to each other since the last look: an artisan the chamber's answer, at any hour, for it
// is what they asked for; the staff what is new, what they were given and what waits for too long, and authors what became of their
// recommendations, outside of quiet hours. Several things at once are one message. It returns the deliveries for this instance's sender; call it
// every few seconds.
func (o *Outreach) Voices(ctx context.Context, now time.Time) ([]conversation.Delivery, error) {
	var out []conversation.Delivery
	err := pgx.BeginFunc(ctx, o.Pool, func(tx pgx.Tx) error {
		var mine bool
		if err := tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1)`, voicesLock).Scan(&mine); err != nil {
			return fmt.Errorf("take the voices: %w", err)
		}
		if !mine {
			return nil
		}
		said, err := o.replies(ctx, tx)
		if err != nil {
			return err
		}
		if !o.Quiet.At(now) {
			more, err := o.forStaff(ctx, tx, now)
			if err != nil {
				return err
			}
			said = append(said, more...)
			changes, err := o.changes(ctx, tx)
			if err != nil {
				return err
			}
			if _, err := o.store(ctx, tx, changes); err != nil {
				return err
			}
		}
		for _, d := range said {
			if out, err = o.reply(ctx, tx, out, d.chat, *d.message); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("tell what artisans and chambers say: %w", err)
	}
	return out, nil
}

// note words one message to one chat.
func (o *Outreach) note(chat int64, language, text string, params map[string]any, doors ...flow.Choice) due {
	m := o.Word(languageOf(language), conversation.Note{Text: text, Params: params, Doors: doors})
	return due{chat, &m}
}

// chamberName is a chamber in words; "" are the organisers.
func (o *Outreach) chamberName(language, region string) string {
	return conversation.ChamberName(o.Texts, o.Directory, languageOf(language), region)
}

// besideFile is how much of a picture's words goes below it with the rest. Telegram: 1024 characters.
const besideFile = 800

// replies are what artisans get from a chamber; a voice or a picture comes with them.
func (o *Outreach) replies(ctx context.Context, tx pgx.Tx) ([]due, error) {
	list, err := feedback.TellReplies(ctx, tx)
	if err != nil {
		return nil, err
	}
	var out []due
	for _, r := range list {
		params := map[string]any{"chamber_name": o.chamberName(r.Language, r.Chamber), "words": r.Words}
		if r.Kind == feedback.Closed {
			params["words"] = conversation.Reason(o.Texts, languageOf(r.Language), r.Words)
			out = append(out, o.note(r.Chat, r.Language, "thread.note_closed", params, flow.Choice{Text: "thread.note_open", Door: "/thread " + r.Thread}))
			continue
		}
		answer := flow.Choice{Text: "thread.note_answer", Door: "/thread " + r.Thread}
		if r.File == "" {
			out = append(out, o.note(r.Chat, r.Language, "thread.note_reply", params, answer))
			continue
		}
		file := conversation.FileOf(o.Texts, languageOf(r.Language), r.Message)
		d := o.note(r.Chat, r.Language, "thread.note_reply", params, answer)
		if len([]rune(r.Words)) > besideFile {
			out = append(out, due{r.Chat, &conversation.Message{Attach: file}})
		} else {
			d.message.Attach = file
		}
		out = append(out, d)
	}
	return out, nil
}

// changes are what became of recommendations.
func (o *Outreach) changes(ctx context.Context, tx pgx.Tx) ([]due, error) {
	list, err := feedback.TellChanges(ctx, tx)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	themes, err := feedback.Themes(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := make([]due, len(list))
	for i, c := range list {
		lang := languageOf(c.Language)
		out[i] = o.note(c.Chat, c.Language, "recommendations.note_"+c.State, map[string]any{"theme_name": conversation.ThemeName(o.Texts, themes, lang, c.Theme),
			"chamber_name": o.chamberName(c.Language, c.Chamber), "words": conversation.Reason(o.Texts, lang, c.Words)},
			flow.Choice{Text: "recommendations.note_open", Door: "/recommendations " + c.Reference}, flow.Choice{Text: "door.silence", Door: "/stop"})
	}
	return out, nil
}

// forStaff is what is new for each of the staff, and what waits for too long.
func (o *Outreach) forStaff(ctx context.Context, tx pgx.Tx, now time.Time) ([]due, error) {
	late, err := feedback.Overdue(ctx, tx, now)
	if err != nil {
		return nil, err
	}
	fresh, err := feedback.TellStaff(ctx, tx)
	if err != nil {
		return nil, err
	}
	handed, err := feedback.TellHandovers(ctx, tx)
	if err != nil {
		return nil, err
	}
	remarks, err := feedback.TellRemarks(ctx, tx, now)
	if err != nil || len(late)+len(fresh)+len(handed)+len(remarks) == 0 {
		return nil, err
	}
	readers, err := feedback.Readers(ctx, tx)
	if err != nil {
		return nil, err
	}
	themes, err := feedback.Themes(ctx, tx)
	if err != nil {
		return nil, err
	}
	of, err := o.remarked(ctx, tx, remarks)
	if err != nil {
		return nil, err
	}
	theirs := map[int64][]feedback.Fresh{}
	for _, f := range fresh {
		for _, r := range concerned(readers, f) {
			theirs[r.Staff] = append(theirs[r.Staff], f)
		}
	}
	var out []due
	for _, r := range readers {
		out = append(out, o.news(r, theirs[r.Staff], themes)...)
		out = append(out, o.handed(r, handed)...)
		for _, l := range late {
			if l.Up && !r.Agent || !l.Up && (l.Holder == r.Staff || l.Holder == 0 && r.Agent && r.Region == l.Chamber) {
				out = append(out, o.late(r, l))
			}
		}
		out = append(out, o.remarks(r, remarks, of, now)...)
	}
	return out, nil
}

// concerned are whom something new concerns: who has it already, else of those at its chamber who take care of its theme or trade, or of
// everything. Where nobody takes care of it, it concerns all of them.
func concerned(readers []feedback.Reader, f feedback.Fresh) []feedback.Reader {
	var all, some []feedback.Reader
	for _, r := range readers {
		if r.Staff == f.Holder && (!r.Agent || r.Region == f.Chamber) { // an organiser may have what came to them from a chamber
			return []feedback.Reader{r}
		}
		if f.Chamber == "" && r.Agent || f.Chamber != "" && (!r.Agent || r.Region != f.Chamber) {
			continue
		}
		all = append(all, r)
		if len(r.Themes)+len(r.Branches) == 0 || f.Theme != "" && slices.Contains(r.Themes, f.Theme) || f.Branch != "" && slices.Contains(r.Branches, f.Branch) {
			some = append(some, r)
		}
	}
	if len(some) == 0 {
		return all
	}
	return some
}

// The inbox, and what of it is the reader's own.
const (
	inboxDoor = "/inbox"
	mineDoor  = "/inbox mine"
)

// news tells one of the staff what is new: one thing with its first words, several by their number.
func (o *Outreach) news(r feedback.Reader, list []feedback.Fresh, themes []feedback.Theme) []due {
	var said, asked []feedback.Fresh
	for _, f := range list {
		if f.Thread {
			asked = append(asked, f)
		} else {
			said = append(said, f)
		}
	}
	lang := languageOf(r.Language)
	var out []due
	switch len(said) {
	case 0:
	case 1:
		f := said[0]
		out = append(out, o.note(r.Chat, r.Language, "inbox.note_one", map[string]any{"theme_name": conversation.ThemeName(o.Texts, themes, lang, f.Theme),
			"words": o.glimpse(lang, f)}, flow.Choice{Text: "inbox.note_open", Door: "/inbox " + f.Reference}))
	default:
		out = append(out, o.note(r.Chat, r.Language, "inbox.note_many", map[string]any{"count": len(said)}, flow.Choice{Text: "inbox.note_all", Door: inboxDoor}))
	}
	switch len(asked) {
	case 0:
	case 1:
		out = append(out, o.note(r.Chat, r.Language, "inbox.note_question", map[string]any{"words": o.glimpse(lang, asked[0])},
			flow.Choice{Text: "inbox.note_open", Door: "/inbox_thread " + asked[0].Reference}))
	default:
		out = append(out, o.note(r.Chat, r.Language, "inbox.note_questions", map[string]any{"count": len(asked)}, flow.Choice{Text: "inbox.note_all", Door: inboxDoor}))
	}
	return out
}

func (o *Outreach) glimpse(lang locale.Language, f feedback.Fresh) string {
	return conversation.Glimpse(o.Texts, lang, f.Kind, f.Words)
}

// late tells one of the staff what waits for too long.
func (o *Outreach) late(r feedback.Reader, l feedback.Late) due {
	text, door := "inbox.note_late", inboxDoor
	switch {
	case l.Holder != 0:
		text, door = "inbox.note_late_yours", mineDoor
	case l.Up && l.Unstaffed:
		text = "inbox.note_unstaffed"
	case l.Up:
		text = "inbox.note_up"
	}
	return o.note(r.Chat, r.Language, text, map[string]any{"count": l.Count, "days": l.Days, "chamber_name": o.chamberName(r.Language, l.Chamber)},
		flow.Choice{Text: "inbox.note_all", Door: door})
}

// Package outreach owns what the bot says first: that a stop was published, moved or cancelled, that a place came free, what the rules of
// reminders/ say before and after a stop, to who left something open, and by the calendar; broadcasts; and that a report is ready, which it
// has made.
//
// It promises that each is said once to those whom it is for and to nobody who stopped messages or can't be reached, outside the
// quiet hours and while it makes sense, through crashes and with several instances. What is due is worked out from the tables at each tick, so a missed tick
// loses nothing. It sends nothing itself: it stores deliveries on the bulk lane.
package outreach

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/paper"
	"github.com/qafila/qafila/internal/report"
)

// Word puts a note into a language's words.
type Word func(lang locale.Language, n conversation.Note) conversation.Message

// An Outreach works out what is to be said first. It may be used by several processes on one database.
type Outreach struct {
	Pool      *pgxpool.Pool
	Directory *directory.Directory
	Languages []locale.Language // offered
	Texts     *locale.Texts
	Word      Word
	Describe  func(lang locale.Language, s caravan.Stop, now time.Time) map[string]any // conversation.House.StopWords
	Region    func(place string) string                                                // a place's region; "" when it isn't known
	Rules     []Rule
	Quiet     Quiet
	Instance  int64                                      // owns the deliveries that it stores
	Sender    int64                                      // the instance that sends panels
	BulkRate  int                                        // messages a second, to tell how long a broadcast still takes
	Poke      func(ctx context.Context, tx pgx.Tx) error // has Prepare called soon after tx takes effect; nil: it is called often enough

	Calendar    ReportCalendar
	Compiler    report.Compiler
	ReportWords report.Words
	press       paper.Press // of reports' files
}

// most is how many people are written to in one tick; the next tick goes on. It is many times what the bulk rate sends between ticks.
const most = 5000

// tickLock is the advisory lock that lets one instance tick at a time: two would do the same work, not double it.
const tickLock = 0x71616669 // "qafi"

// Tick stores what is due now, in one transaction, and returns it for this instance's sender. Call it every few seconds: a tick
// with nothing to say costs some queries that find nothing by an index, however many people there are. When another instance is ticking
// it does nothing.
func (o *Outreach) Tick(ctx context.Context, now time.Time) ([]conversation.Delivery, error) {
	if o.Quiet.At(now) {
		return nil, nil
	}
	var out []conversation.Delivery
	err := pgx.BeginFunc(ctx, o.Pool, func(tx pgx.Tx) error {
		var mine bool
		if err := tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1)`, tickLock).Scan(&mine); err != nil {
			return fmt.Errorf("take the tick: %w", err)
		}
		if !mine {
			return nil
		}
		for _, say := range []func(context.Context, pgx.Tx, time.Time) ([]due, error){o.published, o.changed, o.promoted} {
			list, err := say(ctx, tx, now)
			if err != nil {
				return err
			}
			stored, err := o.store(ctx, tx, list)
			if err != nil {
				return err
			}
			out = append(out, stored...)
		}
		stored, err := o.reminders(ctx, tx, now)
		out = append(out, stored...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("say what is due: %w", err)
	}
	return out, nil
}

// due is one message to one chat. Those of one language and occasion share the message.
type due struct {
	chat    int64
	message *conversation.Message
}

// store keeps messages as deliveries.
func (o *Outreach) store(ctx context.Context, tx pgx.Tx, list []due) ([]conversation.Delivery, error) {
	if len(list) == 0 {
		return nil, nil
	}
	written := map[*conversation.Message]string{}
	chats, messages := make([]int64, len(list)), make([]string, len(list))
	for i, d := range list {
		if _, ok := written[d.message]; !ok {
			b, err := json.Marshal(d.message)
			if err != nil {
				return nil, fmt.Errorf("write a delivery down: %w", err)
			}
			written[d.message] = string(b)
		}
		chats[i], messages[i] = d.chat, written[d.message]
	}
	rows, err := tx.Query(ctx, `INSERT INTO deliveries (chat_id, owner, lane, message)
		SELECT c, $3, 'bulk', m FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS d(c, m, n) ORDER BY n RETURNING id, chat_id`,
		chats, messages, o.Instance)
	if err != nil {
		return nil, fmt.Errorf("store deliveries: %w", err)
	}
	i := 0
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (conversation.Delivery, error) {
		d := conversation.Delivery{Bulk: true, Message: *list[i].message}
		i++
		return d, row.Scan(&d.ID, &d.Chat)
	})
	if err != nil {
		return nil, fmt.Errorf("store deliveries: %w", err)
	}
	return out, nil
}

// wording makes each message once for a language and an occasion.
type wording[K comparable] map[K]*conversation.Message

func (w wording[K]) of(key K, make func() conversation.Message) *conversation.Message {
	m := w[key]
	if m == nil {
		made := make()
		m = &made
		w[key] = m
	}
	return m
}

// word puts a note about a stop into words, with the button that stops all such messages below it; about a sample, it says that it is one.
func (o *Outreach) word(language string, s caravan.Stop, n conversation.Note) conversation.Message {
	n.Doors = append(slices.Clone(n.Doors), flow.Choice{Text: "door.silence", Door: "/stop"})
	m := o.Word(languageOf(language), n)
	if s.Sample {
		m.Text = o.Word(languageOf(language), conversation.Note{Text: "sample.note"}).Text + "\n\n" + m.Text
	}
	return m
}

func languageOf(language string) locale.Language {
	if language == "" {
		return locale.Arabic // as everywhere where nothing is known
	}
	return locale.Language(language)
}

// stops gives stops by id.
func stops(ctx context.Context, tx pgx.Tx, ids map[string]bool) (map[string]caravan.Stop, error) {
	found := make(map[string]caravan.Stop, len(ids))
	for id := range ids {
		s, ok, err := caravan.ByID(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if ok {
			found[id] = s
		}
	}
	return found, nil
}

package outreach

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// panelEvery is how often a panel is edited while its broadcast goes out. Telegram lets about one message a second into a chat.
const panelEvery = 3 * time.Second

// Panels brings the panels of broadcasts up to date: those that go out, every few seconds, and those that ended, once, with a word to the
// author. It pauses what a moved or cancelled stop makes wrong. It returns the deliveries for this instance's sender; two instances that call
// it at the same time share the work.
func (o *Outreach) Panels(ctx context.Context, now time.Time) ([]conversation.Delivery, error) {
	var out []conversation.Delivery
	err := pgx.BeginFunc(ctx, o.Pool, func(tx pgx.Tx) error {
		if err := o.doubt(ctx, tx, now); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE broadcasts SET state = 'done', finished_at = $1, shown_at = NULL WHERE state = 'sending'
			AND total = sent + unsure + unreachable + stopped + failed`, now); err != nil {
			return fmt.Errorf("end broadcasts: %w", err)
		}
		// Who has lost the role is told nothing more: any other of the staff finds the broadcast in the list.
		rows, err := tx.Query(ctx, `UPDATE broadcasts SET shown_at = $1 WHERE id IN (SELECT id FROM broadcasts b WHERE (prepared_at IS NOT NULL OR pause <> '')
				AND (shown_at IS NULL OR shown_at < $2 AND state = 'sending')
				AND EXISTS (SELECT FROM staff s WHERE s.chat_id = b.chat_id AND s.role = ANY($3)) ORDER BY id FOR UPDATE SKIP LOCKED)
			RETURNING `+broadcastColumns, now, now.Add(-panelEvery), organisers)
		if err != nil {
			return fmt.Errorf("look for panels: %w", err)
		}
		list, err := pgx.CollectRows(rows, scanBroadcast)
		if err != nil {
			return fmt.Errorf("look for panels: %w", err)
		}
		for _, b := range list {
			language := languageOf(b.Language)
			m := o.Word(language, conversation.Note{Text: "broadcast.panel", Params: map[string]any{"panel": o.panelWords(language, b, now)}, Doors: panelDoors(b), InPlace: true})
			if m.Replace = b.Panel; m.Replace != 0 {
				if out, err = o.reply(ctx, tx, out, b.Chat, m); err != nil {
					return err
				}
			}
			if b.Pause != "" { // it is said once, however often the panel is looked at
				if _, err := change(ctx, tx, "tell the pause of", `UPDATE broadcasts SET pause = '' WHERE id = $1`, b.ID); err != nil {
					return err
				}
			}
			if b.State == Done || b.Pause != "" {
				text := "broadcast.over"
				if b.Pause != "" {
					text = b.Pause
				}
				m := o.Word(language, conversation.Note{Text: text, Params: map[string]any{"id": int(b.ID), "sent": b.Sent + b.Unsure, "total": b.Total}, Doors: wordDoors(b)})
				if out, err = o.reply(ctx, tx, out, b.Chat, m); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("bring panels up to date: %w", err)
	}
	return out, nil
}

// doubt pauses broadcasts that speak of a stop which was moved or cancelled since they were written: their author looks at the words again.
func (o *Outreach) doubt(ctx context.Context, tx pgx.Tx, now time.Time) error {
	if _, err := tx.Exec(ctx, `UPDATE broadcasts b SET state = 'paused', pause = 'broadcast.stop_changed', changed_at = $1, shown_at = NULL
		WHERE state IN ('scheduled', 'sending') AND EXISTS (SELECT FROM stops s WHERE s.updated_at > b.changed_at
			AND ('start:stop_' || s.id = ANY(b.doors) OR s.id = b.segment::jsonb->>'stop'))`, now); err != nil {
		return fmt.Errorf("pause broadcasts whose stop has changed: %w", err)
	}
	return nil
}

// reply stores one message of this instance's, ahead of bulk.
func (o *Outreach) reply(ctx context.Context, tx pgx.Tx, out []conversation.Delivery, chat int64, m conversation.Message) ([]conversation.Delivery, error) {
	written, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write a delivery down: %w", err)
	}
	d := conversation.Delivery{Chat: chat, Message: m}
	if err := tx.QueryRow(ctx, `INSERT INTO deliveries (chat_id, owner, lane, message) VALUES ($1, $2, 'reply', $3) RETURNING id`,
		chat, o.Sender, string(written)).Scan(&d.ID); err != nil {
		return nil, fmt.Errorf("store a delivery: %w", err)
	}
	return append(out, d), nil
}

func command(what string, b Broadcast) string {
	return "/broadcast_" + what + " " + strconv.FormatInt(b.ID, 10)
}

// panelDoors are what can be done with a broadcast, from wherever its panel stands: the same as in flows/broadcast_show.yaml.
func panelDoors(b Broadcast) []flow.Choice {
	door := func(text, what string) flow.Choice {
		return flow.Choice{Text: text, Door: command(what, b)}
	}
	all := flow.Choice{Text: "broadcast.all", Door: "/broadcast"}
	switch b.State {
	case Sending, Scheduled:
		return []flow.Choice{door("broadcast.pause", "pause"), door("broadcast.cancel", "cancel"), all}
	case Paused:
		return []flow.Choice{door("broadcast.resume", "resume"), door("broadcast.read", "read"), door("broadcast.cancel", "cancel"), all}
	}
	return wordDoors(b)
}

// wordDoors are below a word to the author: what it is about, and, where it paused by itself, what it says.
func wordDoors(b Broadcast) []flow.Choice {
	if b.Pause != "" {
		return []flow.Choice{{Text: "broadcast.read", Door: command("read", b)}, {Text: "broadcast.look", Door: command("show", b)}}
	}
	return []flow.Choice{{Text: "broadcast.look", Door: command("show", b)}}
}

// panelWords tell how a broadcast goes: a bar, the counts, and the time left.
func (o *Outreach) panelWords(lang locale.Language, b Broadcast, now time.Time) string {
	say := func(id string, params map[string]any) string { return o.Texts.Text(lang, id, params) }
	lines := []string{say("broadcast.state_"+b.State, map[string]any{"id": int(b.ID), "when": dayAndHour(lang, b.Begins, now)})}
	if b.Prepared {
		lines = append(lines, bar(b.Counts))
		for _, c := range []struct {
			id string
			n  int
		}{{"sent", b.Sent}, {"left", b.Left()}, {"unsure", b.Unsure}, {"unreachable", b.Unreachable}, {"stopped", b.Stopped}, {"failed", b.Failed}} {
			if c.n > 0 || c.id == "sent" {
				lines = append(lines, say("broadcast.count_"+c.id, map[string]any{"n": locale.Grouped(c.n)}))
			}
		}
	}
	switch left := b.Left(); {
	case b.State != Sending || left == 0:
	case o.Quiet.At(now):
		lines = append(lines, say("broadcast.quiet", nil))
	default:
		seconds := (left + max(o.BulkRate, 1) - 1) / max(o.BulkRate, 1)
		minutes := (seconds + 59) / 60
		if minutes < 100 {
			lines = append(lines, say("broadcast.minutes", map[string]any{"count": minutes}))
		} else {
			lines = append(lines, say("broadcast.hours", map[string]any{"count": (minutes + 59) / 60}))
		}
	}
	return strings.Join(lines, "\n")
}

// bar shows a tenth a block, and the share in per cent.
func bar(c Counts) string {
	const blocks = 10
	share := 0
	if c.Total > 0 {
		share = (c.Total - c.Left()) * 100 / c.Total
	}
	full := share * blocks / 100
	return strings.Repeat("▰", full) + strings.Repeat("▱", blocks-full) + " " + strconv.Itoa(share) + " %"
}

// dayAndHour is a day and an hour.
func dayAndHour(lang locale.Language, t, now time.Time) string {
	return locale.Day(lang, t, now) + " " + locale.Hours(lang, t, time.Time{})
}

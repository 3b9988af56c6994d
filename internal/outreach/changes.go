package outreach

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// settling is how long a change stays open when nobody is left to tell: a registration made at the very moment may only then be committed.
const settling = 2 * time.Minute

// differs tells whether a stop s is not, any more, what somebody knows of it who knows it as k: another day, hours, town or venue, a pin
// more than 200 m away, cancelled, or not cancelled after all. A degree of latitude is 111.2 km.
const differs = `CASE s.state
	WHEN 'published' THEN k.state <> 'published'
		OR (k.place, k.venue_fr, k.venue_ar, k.starts_at, k.ends_at) IS DISTINCT FROM (s.place, s.venue_fr, s.venue_ar, s.starts_at, s.ends_at)
		OR sqrt((s.lat - k.lat) ^ 2 + ((s.lon - k.lon) * cosd(s.lat)) ^ 2) * 111195 > 200
	ELSE k.state = 'published' END`

// changed tells those who are registered at a stop, or asked to be reminded of it, that it was moved, cancelled, or is on after all. It goes
// by what each of them knows: the stop as it was before the first change since they registered, or since they were last told. So several
// changes at once are one message about the stop as it is now, and a change that was undone in time is none.
func (o *Outreach) changed(ctx context.Context, tx pgx.Tx, now time.Time) ([]due, error) {
	// The stops stay as they are until the message about them is stored. One that is being saved just now is the next tick's.
	rows, err := tx.Query(ctx, `SELECT id FROM stops WHERE id IN (SELECT stop_id FROM stop_changes WHERE settled_at IS NULL)
		ORDER BY id FOR SHARE SKIP LOCKED`)
	if err != nil {
		return nil, fmt.Errorf("find the stops that changed: %w", err)
	}
	open, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("find the stops that changed: %w", err)
	}
	if len(open) == 0 {
		return nil, nil
	}
	// For each chat the keys of its notices are looked up one by one: a stop has few changes, and there may be many notices.
	rows, err = tx.Query(ctx, `WITH concerned AS (
			SELECT stop_id, chat_id, min(created_at) AS since FROM (
				SELECT stop_id, chat_id, created_at FROM registrations WHERE stop_id = ANY($1) AND state IN ('confirmed', 'waitlisted')
				UNION ALL SELECT stop_id, chat_id, created_at FROM watches WHERE stop_id = ANY($1)) r
			GROUP BY stop_id, chat_id
		), newest AS (
			SELECT stop_id, max(id) AS id FROM stop_changes WHERE stop_id = ANY($1) GROUP BY stop_id
		), news AS (
			SELECT p.chat_id, c.language, s.id AS stop_id, k.id AS known, 'changed:' || s.id || ':' || n.id || ':' || p.chat_id AS key
			FROM concerned p JOIN stops s ON s.id = p.stop_id JOIN newest n ON n.stop_id = p.stop_id
			JOIN chats c ON c.chat_id = p.chat_id AND c.stopped_at IS NULL AND c.unreachable_at IS NULL,
			LATERAL (SELECT k.* FROM stop_changes k WHERE k.stop_id = p.stop_id AND k.at > p.since AND k.id > coalesce((
					SELECT max(t.id) FROM stop_changes t JOIN notices told ON told.key = 'changed:' || t.stop_id || ':' || t.id || ':' || p.chat_id
					WHERE t.stop_id = p.stop_id), 0)
				ORDER BY k.id LIMIT 1) k
			WHERE s.ends_at > $2 AND `+differs+`
			ORDER BY p.chat_id LIMIT $3
		), told AS (
			INSERT INTO notices (key, chat_id, sent_at) SELECT key, chat_id, $2 FROM news ON CONFLICT DO NOTHING RETURNING key
		)
		SELECT chat_id, language, news.stop_id, k.place, k.starts_at, k.state = 'published' FROM news JOIN stop_changes k ON k.id = known
		WHERE key IN (SELECT key FROM told) ORDER BY chat_id, k.starts_at`, open, now, most)
	if err != nil {
		return nil, fmt.Errorf("find whom a change concerns: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[news])
	if err != nil {
		return nil, fmt.Errorf("find whom a change concerns: %w", err)
	}
	if len(list) == 0 {
		if _, err := tx.Exec(ctx, `UPDATE stop_changes SET settled_at = $2 WHERE stop_id = ANY($1) AND settled_at IS NULL AND at < $3`,
			open, now, now.Add(-settling)); err != nil {
			return nil, fmt.Errorf("note which changes were told: %w", err)
		}
		return nil, nil
	}
	return o.wordChanges(ctx, tx, list, now)
}

// news is that a stop isn't what a chat knows of it.
type news struct {
	Chat           int64
	Language, Stop string
	Place          string // where and when they know it to be
	Starts         time.Time
	On             bool // they know it to take place
}

func (o *Outreach) wordChanges(ctx context.Context, tx pgx.Tx, list []news, now time.Time) ([]due, error) {
	ids := map[string]bool{}
	for _, r := range list {
		ids[r.Stop] = true
	}
	live, err := stops(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	ahead, err := caravan.Upcoming(ctx, tx, now)
	if err != nil {
		return nil, err
	}
	type occasion struct {
		language, stop, place string
		starts                int64
		on                    bool
	}
	words := wording[occasion]{}
	out := make([]due, len(list))
	for i, r := range list {
		out[i] = due{r.Chat, words.of(occasion{r.Language, r.Stop, r.Place, r.Starts.Unix(), r.On}, func() conversation.Message {
			return o.word(r.Language, live[r.Stop], o.change(languageOf(r.Language), r, live[r.Stop], ahead, now))
		})}
	}
	return out, nil
}

// change is the note about a stop that isn't what somebody knows of it. A stop that is off is named as they know it, and the nearest other
// one is offered.
func (o *Outreach) change(lang locale.Language, r news, s caravan.Stop, ahead caravan.Calendar, now time.Time) conversation.Note {
	was := s
	was.Place, was.Starts = r.Place, r.Starts
	known := o.Describe(lang, was, now)
	if s.State == caravan.Published {
		params := o.Describe(lang, s, now)
		params["was_town"], params["was_when"] = known["town"], known["when"]
		doors := []flow.Choice{{Text: "door.stop", Door: "start:stop_" + s.ID}, {Text: "door.tickets", Door: "/tickets"}}
		if !r.On {
			return conversation.Note{Text: "notice.restored", Params: params, Doors: doors}
		}
		return conversation.Note{Text: "notice.moved", Params: params, Doors: doors}
	}
	other, km, ok := ahead.Nearest(s.Lat, s.Lon)
	if !ok {
		return conversation.Note{Text: "notice.cancelled", Params: known, Doors: []flow.Choice{{Text: "door.stop", Door: "/next"}}}
	}
	near := o.Describe(lang, other, now)
	known["other_town"], known["other_when"], known["distance"] = near["town"], near["when"], locale.Distance(lang, km)
	return conversation.Note{Text: "notice.cancelled_other", Params: known, Doors: []flow.Choice{
		{Text: "door.other_stop", Door: "start:stop_" + other.ID}, {Text: "door.register", Door: "start:reg_" + other.ID}}}
}

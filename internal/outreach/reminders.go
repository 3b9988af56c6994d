package outreach

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// A round is one reminder to all whom it is for: a rule's, or, of those of one stop, the last whose time has come. It is gone through in
// the order of the chats' numbers, a look at a time; rounds keeps how far it is, so that a look costs by how many it finds.
type round struct {
	key   string
	again time.Duration // after a whole pass, who has come to it since is looked for that much later; 0: nobody can
	who   func(ctx context.Context, tx pgx.Tx, past int64, n int) ([]reminded, error)
	word  func(r reminded) occasion
}

// reminded is one person to be reminded.
type reminded struct {
	Chat     int64
	Language string
	Key      string // of the notice
	Which    int    // of the round's rules
	Region   string // of interest: what they watch, "" anywhere
	Place    string // where they are; ""
}

// An occasion is what people are told in the same words.
type occasion struct {
	rule     *Rule
	language string
	stop     string    // its id; "": about none, or several
	region   string    // for several: only there, "" everywhere
	until    time.Time // it makes no sense any more
}

// How long after a whole pass a round is gone through again. A stop's audience grows up to the last hour; the others' times are days.
const (
	stopAgain   = 30 * time.Second
	personAgain = 10 * time.Minute
)

// reminders stores what the rules have due, as much as may wait to be sent. With nothing due it costs the look at the stops of some days
// and at a handful of rounds. Whoever is due and not told now is found by a later tick: nothing is worked out ahead.
func (o *Outreach) reminders(ctx context.Context, tx pgx.Tx, now time.Time) ([]conversation.Delivery, error) {
	if err := o.recall(ctx, tx, now); err != nil {
		return nil, err
	}
	room, err := o.room(ctx, tx)
	if err != nil {
		return nil, err
	}
	stops, rounds, err := o.rounds(ctx, tx, now)
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(rounds))
	for i, r := range rounds {
		keys[i] = r.key
	}
	at, err := progressOf(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	var out []conversation.Delivery
	for _, r := range rounds {
		p, begun := at[r.key]
		if !begun {
			p.Past = math.MinInt64
		} else if p.Whole && (r.again == 0 || now.Before(p.Looked.Add(r.again))) {
			continue
		}
		if room == 0 {
			break
		}
		list, err := r.who(ctx, tx, p.Past, room)
		if err != nil {
			return nil, fmt.Errorf("find who is to be reminded (%s): %w", r.key, err)
		}
		p.Whole, p.Past, p.Looked, p.Key = len(list) < room, math.MinInt64, now, r.key
		if !p.Whole {
			p.Past = list[len(list)-1].Chat
		}
		if err := p.keep(ctx, tx); err != nil {
			return nil, err
		}
		stored, err := o.remind(ctx, tx, r, list, stops, now)
		if err != nil {
			return nil, err
		}
		room -= len(list)
		out = append(out, stored...)
	}
	return out, nil
}

// room is how many reminders may be stored now. No more wait than are soon sent, so that what is said is true when it is said.
func (o *Outreach) room(ctx context.Context, tx pgx.Tx) (int, error) {
	var waiting int
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM deliveries WHERE notice IS NOT NULL AND failed_at IS NULL`).Scan(&waiting); err != nil {
		return 0, fmt.Errorf("count the reminders that wait: %w", err)
	}
	return max(0, most-waiting), nil
}

// recall takes back what waits to be sent and is no longer right: its time is over, or its stop was changed after it was worded. What
// still makes sense is worked out anew. A change that was being stored while the reminder was worded has an earlier time than it: hence the
// 5 seconds. It relies on deliveries_reminders, where few rows are.
func (o *Outreach) recall(ctx context.Context, tx pgx.Tx, now time.Time) error {
	tag, err := tx.Exec(ctx, `WITH wrong AS (
			SELECT d.id FROM deliveries d WHERE d.notice IS NOT NULL AND d.failed_at IS NULL AND d.owner = $1 AND (d.not_after <= $2
				OR EXISTS (SELECT FROM stops s WHERE s.id = coalesce(d.stop_id, s.id) AND s.updated_at > d.created_at - interval '5 seconds'))
			FOR UPDATE SKIP LOCKED
		), back AS (
			DELETE FROM deliveries d USING wrong WHERE d.id = wrong.id RETURNING d.notice
		), unsaid AS (
			DELETE FROM notices n USING back WHERE n.key = back.notice
		)
		SELECT FROM back`, o.Instance, now)
	if err != nil {
		return fmt.Errorf("take back what is no longer right: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, `DELETE FROM rounds`); err != nil {
		return fmt.Errorf("go through the reminders afresh: %w", err)
	}
	return nil
}

// rounds are those whose time has come and isn't over, with the stops that they can be about.
func (o *Outreach) rounds(ctx context.Context, tx pgx.Tx, now time.Time) (map[string]caravan.Stop, []round, error) {
	var reach time.Duration
	for _, r := range o.Rules {
		reach = max(reach, r.when.reach(), r.until.reach())
	}
	// A month of stops for what is said of the month; a stop that lasts for longer than a day is no stop of the caravan's.
	calendar, err := caravan.Beginning(ctx, tx, now.Add(-reach-24*time.Hour), now.Add(max(reach, ahead)))
	if err != nil {
		return nil, nil, err
	}
	var list []round
	known := make(map[string]caravan.Stop, len(calendar))
	for _, s := range calendar {
		known[s.ID] = s
		for _, to := range []audience{expected, came} {
			if r, some := o.ofStop(s, to, now); some {
				list = append(list, r)
			}
		}
	}
	for i := range o.Rules {
		switch r := &o.Rules[i]; r.to {
		case unfinished, unregistered:
			list = append(list, r.ofPerson(now))
		case watching:
			if at := r.line.last(now.Add(-r.until.span), now); !at.IsZero() && now.Before(r.until.of(at)) {
				list = append(list, o.ofCalendar(r, at, calendar, now))
			}
		}
	}
	return known, list, nil
}

// progress is how far a round is.
type progress struct {
	Key    string
	Past   int64
	Looked time.Time
	Whole  bool
}

func progressOf(ctx context.Context, tx pgx.Tx, keys []string) (map[string]progress, error) {
	rows, err := tx.Query(ctx, `SELECT key, past, looked_at, whole FROM rounds WHERE key = ANY($1)`, keys)
	if err != nil {
		return nil, fmt.Errorf("look how far the reminders are: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[progress])
	if err != nil {
		return nil, fmt.Errorf("look how far the reminders are: %w", err)
	}
	at := make(map[string]progress, len(list))
	for _, p := range list {
		at[p.Key] = p
	}
	return at, nil
}

func (p progress) keep(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, `INSERT INTO rounds (key, past, looked_at, whole) VALUES ($1, $2, $3, $4)
		ON CONFLICT (key) DO UPDATE SET past = excluded.past, looked_at = excluded.looked_at, whole = excluded.whole`, p.Key, p.Past, p.Looked, p.Whole); err != nil {
		return fmt.Errorf("note how far a reminder is: %w", err)
	}
	return nil
}

// remind stores the notices and deliveries of a look, each message once for all who are told in the same words.
func (o *Outreach) remind(ctx context.Context, tx pgx.Tx, r round, list []reminded, stops map[string]caravan.Stop, now time.Time) ([]conversation.Delivery, error) {
	if len(list) == 0 {
		return nil, nil
	}
	place := map[occasion]int{}
	var said []conversation.Message
	var messages, about []string
	var until []time.Time
	var chats []int64
	var keys []string
	var which []int
	for _, one := range list {
		occ := r.word(one)
		i, worded := place[occ]
		if !worded {
			m, something := o.wordOf(occ, stops, now)
			if i = -1; something {
				b, err := json.Marshal(m)
				if err != nil {
					return nil, fmt.Errorf("write a reminder down: %w", err)
				}
				i = len(said)
				said, messages, about, until = append(said, m), append(messages, string(b)), append(about, occ.stop), append(until, occ.until)
			}
			place[occ] = i
		}
		if i >= 0 {
			chats, keys, which = append(chats, one.Chat), append(keys, one.Key), append(which, i)
		}
	}
	rows, err := tx.Query(ctx, `WITH person AS (
			SELECT * FROM unnest($1::bigint[], $2::text[], $3::int[]) WITH ORDINALITY AS p(chat, key, which, n)
		), told AS (
			INSERT INTO notices (key, chat_id, sent_at) SELECT key, chat, $4 FROM person ON CONFLICT DO NOTHING RETURNING key
		)
		INSERT INTO deliveries (chat_id, owner, lane, message, notice, stop_id, not_after, created_at)
		SELECT chat, $5, 'bulk', ($6::text[])[which + 1], key, nullif(($7::text[])[which + 1], ''), ($8::timestamptz[])[which + 1], $4
		FROM person WHERE key IN (SELECT key FROM told) ORDER BY n RETURNING id, chat_id, notice`,
		chats, keys, which, now, o.Instance, messages, about, until)
	if err != nil {
		return nil, fmt.Errorf("store reminders: %w", err)
	}
	words := make(map[string]int, len(keys))
	for i, k := range keys {
		words[k] = which[i]
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (conversation.Delivery, error) {
		d := conversation.Delivery{Bulk: true}
		var key string
		err := row.Scan(&d.ID, &d.Chat, &key)
		d.Message = said[words[key]]
		return d, err
	})
	if err != nil {
		return nil, fmt.Errorf("store reminders: %w", err)
	}
	return out, nil
}

// wordOf words an occasion; something is false when there is nothing to say.
func (o *Outreach) wordOf(occ occasion, stops map[string]caravan.Stop, now time.Time) (m conversation.Message, something bool) {
	lang := languageOf(occ.language)
	s := stops[occ.stop]
	n := conversation.Note{Text: occ.rule.text}
	if occ.stop != "" {
		n.Params = o.Describe(lang, s, now)
	}
	for _, d := range occ.rule.doors {
		if d == "stops" {
			month := o.month(stops, occ.region, now)
			if len(month) == 0 {
				return m, false
			}
			for _, s := range month {
				w := o.Describe(lang, s, now)
				n.Doors = append(n.Doors, flow.Choice{Label: fmt.Sprint("🚐 ", w["town"], " · ", w["when"]), Door: "start:stop_" + s.ID})
			}
			continue
		}
		if d == "rate" {
			n.Beside = len(doors[d])
		}
		for _, c := range doors[d] {
			c.Door = strings.ReplaceAll(c.Door, stopID, occ.stop)
			n.Doors = append(n.Doors, c)
		}
	}
	return o.word(occ.language, s, n), true
}

// notAfter is until when a message can be read as it stands: it may say "tomorrow".
func notAfter(until, now time.Time) time.Time {
	if midnight := wall(now.In(locale.Zone()), 1, 0, false); midnight.Before(until) {
		return midnight
	}
	return until
}

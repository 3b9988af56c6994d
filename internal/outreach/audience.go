package outreach

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/locale"
)

// Who are expected at a stop, since when. registrations_once and watches_stop find them.
const whoExpected = `SELECT chat_id, min(created_at) AS since FROM (
		SELECT chat_id, created_at FROM registrations WHERE stop_id = $1 AND state = 'confirmed'
		UNION ALL SELECT chat_id, created_at FROM watches WHERE stop_id = $1) AS both_ways GROUP BY chat_id`

// Who came to a stop; where nobody was checked in, all who had a place.
const whoCame = `SELECT chat_id, min(created_at) AS since FROM registrations r WHERE stop_id = $1 AND state = CASE
		WHEN EXISTS (SELECT FROM registrations WHERE stop_id = $1 AND state = 'attended') THEN 'attended' ELSE 'confirmed' END
		AND state <> 'cancelled' GROUP BY chat_id`

// turnOf is one of a stop's rules whose time has come.
type turnOf struct {
	rule  *Rule
	key   string
	due   time.Time
	until time.Time
}

// ofStop is the round of a stop's rules for an audience: each person is told the latest whose time has come, that makes sense still and
// that is for them, unless they were told that one or a later one. So who comes late hears once, and nobody hears backwards.
func (o *Outreach) ofStop(s caravan.Stop, to audience, now time.Time) (round, bool) {
	var due []turnOf
	open := false
	for i := range o.Rules {
		r := &o.Rules[i]
		t := turnOf{rule: r, due: r.when.at(s.Starts, s.Ends), until: r.until.at(s.Starts, s.Ends)}
		if r.to != to || t.due.After(now) {
			continue
		}
		open = open || now.Before(t.until)
		// What it is about: the day, or, where the hour matters, the hour. A stop that moves is reminded of anew.
		form := time.DateOnly
		if r.when.minute < 0 {
			form = "2006-01-02T15:04"
		}
		t.key = r.name + ":" + s.ID + ":" + s.Starts.In(locale.Zone()).Format(form)
		due = append(due, t)
	}
	if !open {
		return round{}, false
	}
	slices.SortStableFunc(due, func(a, b turnOf) int { return b.due.Compare(a.due) })
	var keys []string
	var times []time.Time
	var late, makesSense []bool
	for _, t := range due {
		keys, times, late, makesSense = append(keys, t.key), append(times, t.due), append(late, t.rule.late), append(makesSense, now.Before(t.until))
	}
	who := whoExpected
	if to == came {
		who = whoCame
	}
	return round{
		key: keys[0], again: stopAgain,
		who: func(ctx context.Context, tx pgx.Tx, past int64, n int) ([]reminded, error) {
			// A few rules, so a few look-ups in notices_pkey for each person.
			return people(ctx, tx, `WITH rule AS MATERIALIZED (
					SELECT * FROM unnest($4::text[], $5::timestamptz[], $6::boolean[], $7::boolean[]) WITH ORDINALITY AS r(key, due, late, open, place)
				)
				SELECT a.chat_id, c.language, best.key || ':' || a.chat_id, best.place::int - 1, '', '' FROM (`+who+`) a
				JOIN chats c ON c.chat_id = a.chat_id AND c.stopped_at IS NULL AND c.unreachable_at IS NULL
				CROSS JOIN LATERAL (SELECT key, place FROM rule WHERE open AND (late OR a.since < due) ORDER BY place LIMIT 1) best
				WHERE a.chat_id > $2 AND NOT EXISTS (SELECT FROM rule r JOIN notices n ON n.key = r.key || ':' || a.chat_id WHERE r.place <= best.place)
				ORDER BY a.chat_id LIMIT $3`, s.ID, past, n, keys, times, late, makesSense)
		},
		word: func(r reminded) occasion {
			t := due[r.Which]
			return occasion{rule: t.rule, language: r.Language, stop: s.ID, until: notAfter(t.until, now)}
		},
	}, true
}

// ofPerson is the round of a rule that goes by what people did. Its window lets through only those whose time has come and isn't over:
// chats_unfinished and people_unregistered find them, however many others there are.
func (r *Rule) ofPerson(now time.Time) round {
	from, to := now.Add(-r.until.span), now.Add(-r.when.span)
	sql := `SELECT c.chat_id, c.language, $5 || ':' || extract(epoch FROM c.unfinished_at)::bigint || ':' || c.chat_id AS key, 0, '', '' FROM chats c
		WHERE c.unfinished <> '' AND c.unfinished_at > $1 AND c.unfinished_at <= $2 AND c.unfinished = $6 AND c.seen_at <= $2
			AND EXISTS (SELECT FROM stops WHERE state = 'published' AND ends_at > $7)`
	args := []any{from, to, nil, nil, r.name, r.flow, now}
	if r.to == unregistered {
		sql = `SELECT c.chat_id, c.language, $5 || ':' || c.chat_id AS key, 0, '', '' FROM people p JOIN chats c ON c.chat_id = p.chat_id
			WHERE p.rna IN ('no', 'unsure') AND p.updated_at > $1 AND p.updated_at <= $2`
		args = args[:5]
	}
	return round{
		key: r.name, again: personAgain,
		who: func(ctx context.Context, tx pgx.Tx, past int64, n int) ([]reminded, error) {
			args[2], args[3] = past, n
			return people(ctx, tx, `SELECT * FROM (`+sql+` AND c.stopped_at IS NULL AND c.unreachable_at IS NULL AND c.chat_id > $3) due
				WHERE NOT EXISTS (SELECT FROM notices n WHERE n.key = due.key) ORDER BY chat_id LIMIT $4`, args...)
		},
		word: func(p reminded) occasion {
			return occasion{rule: r, language: p.Language, until: notAfter(now.Add(r.until.span-r.when.span), now)}
		},
	}
}

// ahead is how far the month's stops reach.
const ahead = 31 * 24 * time.Hour

// ofCalendar is the round of a rule that goes by a cron line, at one of its times: to who asked before that to hear of stops. watches_all
// has them in order.
func (o *Outreach) ofCalendar(r *Rule, at time.Time, stops caravan.Calendar, now time.Time) round {
	return round{
		key: r.name + ":" + at.In(locale.Zone()).Format(time.DateOnly),
		who: func(ctx context.Context, tx pgx.Tx, past int64, n int) ([]reminded, error) {
			if len(stops) == 0 {
				return nil, nil
			}
			return people(ctx, tx, `SELECT w.chat_id, c.language, $3 || ':' || w.chat_id, 0, w.region, coalesce(p.place, '') FROM watches w
				JOIN chats c ON c.chat_id = w.chat_id AND c.stopped_at IS NULL AND c.unreachable_at IS NULL
				LEFT JOIN people p ON p.chat_id = w.chat_id
				WHERE w.stop_id IS NULL AND w.chat_id > $1 AND w.created_at <= $4 AND NOT EXISTS (SELECT FROM notices n WHERE n.key = $3 || ':' || w.chat_id)
				ORDER BY w.chat_id LIMIT $2`, past, n, r.name+":"+at.In(locale.Zone()).Format(time.DateOnly), at)
		},
		word: func(p reminded) occasion {
			region := p.Region
			if own := o.Region(p.Place); region == "" && len(stops.InRegion(own)) > 0 {
				region = own // who would hear of any hears of those at hand
			}
			return occasion{rule: r, language: p.Language, region: region, until: notAfter(r.until.of(at), now)}
		},
	}
}

// monthly is how many stops fit below one message.
const monthly = 5

// month are the next stops that begin within a month, in a region or ("") anywhere.
func (o *Outreach) month(stops map[string]caravan.Stop, region string, now time.Time) []caravan.Stop {
	var in []caravan.Stop
	for _, s := range stops {
		if s.Starts.After(now) && s.Starts.Before(now.Add(ahead)) && (region == "" || s.Region == region) {
			in = append(in, s)
		}
	}
	slices.SortFunc(in, func(a, b caravan.Stop) int { return cmp.Or(a.Starts.Compare(b.Starts), cmp.Compare(a.ID, b.ID)) })
	return in[:min(len(in), monthly)]
}

func people(ctx context.Context, tx pgx.Tx, sql string, args ...any) ([]reminded, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[reminded])
}

package people

import (
	"context"
	"fmt"
	"time"

	"github.com/qafila/qafila/internal/postgres"
)

// Retention says how long things are kept. Zero means for ever.
type Retention struct {
	Updates         time.Duration // ids of handled updates (Telegram repeats an update for 24 h at most)
	Failed          time.Duration // updates that failed, and deliveries that couldn't be delivered
	Registrations   time.Duration // after the stop's end, and of a broadcast's recipients after its end; with them the wishes to be told of it, who rated it, and profiles that nothing needs any more
	Recommendations time.Duration // until their author is detached: chat, name, town, trade, voice, picture and thread go, the words and the trade's branch stay; and of questions to a chamber after the last word
	Idle            time.Duration // until a silent chat's open conversation is dropped
	Asked           time.Duration // what was asked, which says nothing about who
	Audit           time.Duration // what staff did, where the table itself refuses less than a year; and the reports that they got
	Notices         time.Duration // what was said first; and consents when nothing is left that they were about
}

// Usual is what the consent's words promise and what law 09-08 asks of us: no longer than is needed.
func Usual() Retention {
	const day = 24 * time.Hour
	return Retention{Updates: 72 * time.Hour, Failed: 30 * day, Registrations: 90 * day, Recommendations: 365 * day, Idle: 90 * day, Notices: 396 * day, Audit: 730 * day, Asked: 365 * day}
}

// A Purged tells what Purge took away, by the name of the rule.
type Purged map[string]int64

// purgeBatch is how many rows go at a time, so that a purge never holds much for long.
const purgeBatch = 5000

// rules are run in this order: a profile goes when its registrations have gone. $1 is the time before which, $2 the batch. Each ends by
// itself: what a rule has dealt with it doesn't find again.
func (r Retention) rules() []rule {
	return []rule{
		{"updates", r.Updates, `DELETE FROM updates WHERE ctid = ANY(ARRAY(SELECT ctid FROM updates WHERE handled_at < $1 LIMIT $2))`},
		{"failed_updates", r.Failed, `DELETE FROM failed_updates WHERE update_id = ANY(ARRAY(SELECT update_id FROM failed_updates WHERE failed_at < $1 LIMIT $2))`},
		{"deliveries", r.Failed, `DELETE FROM deliveries WHERE id = ANY(ARRAY(SELECT id FROM deliveries WHERE failed_at < $1 LIMIT $2))`},
		// What reports count of them stays, in turnout; who comes to a later stop is marked as one who has come before. Locked rows are another
		// instance's, which counts them.
		{"registrations", r.Registrations, `WITH old AS MATERIALIZED (SELECT r.id FROM registrations r JOIN stops s ON s.id = r.stop_id
				WHERE s.ends_at < $1 LIMIT $2 FOR UPDATE OF r SKIP LOCKED),
			kept AS (INSERT INTO turnout AS t (stop_id, state, part, what, n)
				SELECT stop_id, state, part, what, count(*) FROM presence WHERE id = ANY(ARRAY(SELECT id FROM old)) GROUP BY 1, 2, 3, 4
				ON CONFLICT (stop_id, state, part, what) DO UPDATE SET n = t.n + excluded.n),
			known AS (UPDATE registrations r SET again = true FROM registrations o WHERE o.id = ANY(ARRAY(SELECT id FROM old)) AND o.state = 'attended'
				AND o.chat_id <> 0 AND r.chat_id = o.chat_id AND r.stop_id <> o.stop_id AND (r.name_key = o.name_key OR r.self AND o.self) AND NOT r.again
				AND (SELECT starts_at FROM stops WHERE id = r.stop_id) > (SELECT starts_at FROM stops WHERE id = o.stop_id)
				AND r.id <> ALL(ARRAY(SELECT id FROM old)))
			DELETE FROM registrations WHERE id = ANY(ARRAY(SELECT id FROM old))`},
		{"watches", r.Registrations, `DELETE FROM watches WHERE ctid = ANY(ARRAY(SELECT w.ctid FROM watches w JOIN stops s ON s.id = w.stop_id
			WHERE s.ends_at < $1 LIMIT $2))`},
		{"ratings", r.Registrations, `UPDATE ratings SET chat_id = NULL, file = '' WHERE id = ANY(ARRAY(SELECT t.id FROM ratings t JOIN stops s ON s.id = t.stop_id
			WHERE s.ends_at < $1 AND t.chat_id IS NOT NULL LIMIT $2))`},
		{"people", r.Registrations, `DELETE FROM people WHERE chat_id = ANY(ARRAY(SELECT chat_id FROM people p WHERE updated_at < $1
			AND NOT EXISTS (SELECT FROM registrations r WHERE r.chat_id = p.chat_id) LIMIT $2))`},
		// Before the recommendations: a thread would still lead from one to its author.
		{"threads", r.Recommendations, `DELETE FROM threads WHERE id = ANY(ARRAY(SELECT t.id FROM threads t LEFT JOIN recommendations r ON r.id = t.recommendation
			WHERE t.updated_at < $1 OR r.created_at < $1 LIMIT $2))`},
		// Behind the threads: what their chat leads to may have gone with those.
		{"former_staff", r.Failed, `DELETE FROM former_staff WHERE staff = ANY(ARRAY(SELECT staff FROM former_staff f WHERE gone_at < $1
			AND NOT EXISTS (SELECT FROM answer_voices v WHERE v.staff = f.staff)
			AND NOT EXISTS (SELECT FROM thread_messages m WHERE m.staff = f.staff AND m.file <> '') LIMIT $2))`},
		{"moves", r.Recommendations, `UPDATE moves SET words = '' WHERE id = ANY(ARRAY(SELECT id FROM moves WHERE at < $1 AND words <> '' LIMIT $2))`},
		{"recommendations", r.Recommendations, `UPDATE recommendations SET chat_id = NULL, named = false, name = '', place = '', trade = '', file = ''
			WHERE id = ANY(ARRAY(SELECT id FROM recommendations WHERE created_at < $1 AND (chat_id IS NOT NULL OR named OR place <> '' OR trade <> '' OR file <> '') LIMIT $2))`},
		{"conversations", r.Idle, `UPDATE chats SET state = '', unfinished = '', unfinished_at = NULL WHERE chat_id = ANY(ARRAY(SELECT chat_id FROM chats WHERE seen_at < $1 AND state <> ''
			LIMIT $2 FOR UPDATE SKIP LOCKED))`},
		{"invitations", r.Failed, `DELETE FROM invitations WHERE code_hash = ANY(ARRAY(SELECT code_hash FROM invitations WHERE expires_at < $1 LIMIT $2))`},
		{"audit", r.Audit, `DELETE FROM audit WHERE id = ANY(ARRAY(SELECT id FROM audit WHERE at < $1 LIMIT $2))`},
		{"reports", r.Audit, `DELETE FROM reports WHERE id = ANY(ARRAY(SELECT id FROM reports WHERE created_at < $1 LIMIT $2))`},
		{"asked", r.Asked, `DELETE FROM asked WHERE ctid = ANY(ARRAY(SELECT ctid FROM asked WHERE day < $1::date LIMIT $2))`},
		{"recipients", r.Registrations, `DELETE FROM recipients WHERE ctid = ANY(ARRAY(SELECT m.ctid FROM recipients m JOIN broadcasts b ON b.id = m.broadcast
			WHERE b.finished_at < $1 LIMIT $2))`},
		{"drafts", r.Failed, `DELETE FROM broadcasts WHERE id = ANY(ARRAY(SELECT id FROM broadcasts WHERE state = 'draft' AND changed_at < $1 LIMIT $2))`},
		{"notices", r.Notices, `DELETE FROM notices WHERE key = ANY(ARRAY(SELECT key FROM notices WHERE sent_at < $1 LIMIT $2))`},
		{"rounds", r.Notices, `DELETE FROM rounds WHERE key = ANY(ARRAY(SELECT key FROM rounds WHERE looked_at < $1 LIMIT $2))`},
		{"consents", r.Notices, `DELETE FROM consents WHERE id = ANY(ARRAY(SELECT id FROM consents c WHERE at < $1
			AND NOT EXISTS (SELECT FROM people p WHERE p.chat_id = c.chat_id)
			AND NOT EXISTS (SELECT FROM registrations r WHERE r.chat_id = c.chat_id)
			AND NOT EXISTS (SELECT FROM recommendations r WHERE r.chat_id = c.chat_id)
			AND NOT EXISTS (SELECT FROM threads t WHERE t.chat_id = c.chat_id)
			AND NOT EXISTS (SELECT FROM watches w WHERE w.chat_id = c.chat_id) LIMIT $2))`},
	}
}

type rule struct {
	name string
	keep time.Duration
	sql  string
}

// Purge takes away what is older than it may be kept, rule by rule and batch by batch. Given a pool, each batch is a transaction of its
// own, so that it may run beside everything else, in two instances too, and may be broken off at any time.
func Purge(ctx context.Context, q postgres.Querier, keep Retention, now time.Time) (Purged, error) {
	purged := Purged{}
	for _, r := range keep.rules() {
		if r.keep <= 0 {
			continue
		}
		for {
			tag, err := q.Exec(ctx, r.sql, now.Add(-r.keep), purgeBatch)
			if err != nil {
				return purged, fmt.Errorf("purge %s: %w", r.name, err)
			}
			purged[r.name] += tag.RowsAffected()
			if tag.RowsAffected() < purgeBatch {
				break
			}
		}
	}
	return purged, nil
}

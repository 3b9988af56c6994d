package feedback

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// What is due to be told is worked out from the tables, and counts as told with the transaction that asked for it. Each asks for so many at
// most; the next look goes on.
const atOnce = 1000

// A Reader is one of the staff who can be told something.
type Reader struct {
	Staff    int64
	Chat     int64
	Agent    bool   // else an organiser or an admin
	Region   string // an agent's
	Language string
	Themes   []string // what they take care of; none, and no branches either: everything
	Branches []string
}

// Readers gives the staff who can be reached.
func Readers(ctx context.Context, q postgres.Querier) ([]Reader, error) {
	rows, err := q.Query(ctx, `SELECT s.id, s.chat_id, s.role = 'agent', s.region, coalesce(c.language, ''),
			coalesce((SELECT array_agg(what) FROM cares WHERE staff = s.id AND kind = 'theme'), '{}'),
			coalesce((SELECT array_agg(what) FROM cares WHERE staff = s.id AND kind = 'branch'), '{}')
		FROM staff s LEFT JOIN chats c ON c.chat_id = s.chat_id WHERE c.unreachable_at IS NULL ORDER BY s.id`)
	if err != nil {
		return nil, fmt.Errorf("list who of the staff can be told: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Reader])
	if err != nil {
		return nil, fmt.Errorf("list who of the staff can be told: %w", err)
	}
	return list, nil
}

// Fresh is what those who have it are to be told of: a recommendation, or what an artisan wrote in a thread.
type Fresh struct {
	Thread    bool
	Reference string
	Chamber   string // who has it; "": the organisers
	Theme     string // "" of a thread
	Branch    string
	Kind      string
	Words     string
	Holder    int64 // staff.id of who has it; 0: nobody
}

// reached holds of a member s of the staff who can be told something: not of one who has blocked the bot.
const reached = `NOT EXISTS (SELECT FROM chats h WHERE h.chat_id = s.chat_id AND h.unreachable_at IS NOT NULL)`

// agentsOf are those who answer for a region, an expression in SQL, and can be told.
func agentsOf(region string) string {
	return `FROM staff s WHERE s.role = 'agent' AND s.region = ` + region + ` AND ` + reached
}

// answeredFor holds where somebody can be told who answers for where a row lies; else it waits until there is somebody.
const answeredFor = `EXISTS (SELECT FROM staff s WHERE CASE WHEN x.chamber = '' THEN s.role <> 'agent' ELSE s.role = 'agent' AND s.region = x.chamber END AND ` + reached + `)`

// TellStaff gives what is new, where there is somebody to be told: recommendations by recommendations_tell, messages by thread_messages_tell.
func TellStaff(ctx context.Context, q postgres.Querier) ([]Fresh, error) {
	var out []Fresh
	for _, sql := range []string{
		`WITH new AS (SELECT id FROM recommendations x WHERE tell_chamber AND ` + answeredFor + ` ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED),
			told AS (UPDATE recommendations r SET tell_chamber = false FROM new WHERE r.id = new.id)
		SELECT false, reference, chamber, theme, branch, kind, words, 0::bigint FROM inbox JOIN new USING (id) ORDER BY id`,
		`WITH new AS (SELECT m.id, m.thread FROM thread_messages m JOIN threads x ON x.id = m.thread WHERE m.to_tell AND m.staff IS NULL AND ` + answeredFor + `
				ORDER BY m.id LIMIT $1 FOR UPDATE OF m SKIP LOCKED),
			told AS (UPDATE thread_messages m SET to_tell = false FROM new WHERE m.id = new.id)
		SELECT true, t.reference, t.chamber, '', t.branch, m.kind, m.words, coalesce(h.id, 0) FROM new JOIN thread_messages m ON m.id = new.id
			JOIN inbox_threads t ON t.id = new.thread LEFT JOIN staff h ON h.id = t.assigned AND ` + seenBy("h", "t") + ` ORDER BY m.id`,
	} {
		rows, err := q.Query(ctx, sql, atOnce)
		if err != nil {
			return nil, fmt.Errorf("find what is new for the staff: %w", err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Fresh])
		if err != nil {
			return nil, fmt.Errorf("find what is new for the staff: %w", err)
		}
		out = append(out, list...)
	}
	return out, nil
}

// Late is what has waited too long, of one chamber.
type Late struct {
	Chamber   string
	Days      int   // that the chamber set
	Count     int   // recommendations and questions
	Up        bool  // it goes to the organisers now; else the chamber is reminded
	Unstaffed bool  // because nobody who can be reached answers for the chamber
	Holder    int64 // staff.id of who has it, and alone is reminded; 0: nobody who can be told
}

// Overdue reminds chambers of what has waited for the days that they set, or who has it there, and lets what has waited as long again, or lies with a chamber
// that has nobody to be reached, go to the organisers, who see it from then on beside the chamber. What is answered is no longer overdue; when
// the artisan writes again it waits anew, also where it has been with the organisers before. It finds them by recommendations_late and
// threads_waiting.
func Overdue(ctx context.Context, q postgres.Querier, now time.Time) ([]Late, error) {
	var b pgx.Batch
	var reminded []Late
	for _, of := range []struct{ table, waits string }{{"recommendations", open + ` AND escalated_at IS NULL`},
		{"threads", `state = 'waiting' AND (escalated_at IS NULL OR escalated_at < since)`}} {
		waits := of.waits + ` AND chamber <> ''`
		up := `UPDATE ` + of.table + ` x SET escalated_at = $1, tell_organisers = true FROM chambers c WHERE c.region = x.chamber AND ` + waits + ` AND (
			NOT EXISTS (SELECT ` + agentsOf(`c.region`) + `)
			OR c.days IS NOT NULL AND x.reminded_at < $1::timestamptz - make_interval(days => c.days))`
		if of.table == "recommendations" {
			up = `WITH up AS (` + up + ` RETURNING x.id, x.chamber) INSERT INTO moves (recommendation, at, what, chamber) SELECT id, $1, 'escalated', chamber FROM up`
		}
		b.Queue(up, now)
		b.Queue(`WITH due AS (UPDATE `+of.table+` x SET reminded_at = $1 FROM chambers c WHERE c.region = x.chamber AND `+waits+` AND c.days IS NOT NULL
				AND x.reminded_at IS NULL AND x.since < $1::timestamptz - make_interval(days => c.days) RETURNING x.chamber, x.escalated_at, x.assigned, c.days)
			SELECT x.chamber, x.days, count(*), false, false, coalesce(s.id, 0) FROM due x LEFT JOIN staff s ON s.id = x.assigned AND `+seenBy("s", "x")+` AND `+reached+`
			GROUP BY 1, 2, 6 ORDER BY 1, 6`, now).Query(func(rows pgx.Rows) error {
			list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Late])
			reminded = append(reminded, list...)
			return err
		})
	}
	// All that was escalated, now or before there was anybody to be told.
	var up []Late
	b.Queue(`WITH r AS (UPDATE recommendations SET tell_organisers = false WHERE tell_organisers AND ` + organised + ` RETURNING chamber),
			t AS (UPDATE threads SET tell_organisers = false WHERE tell_organisers AND ` + organised + ` RETURNING chamber)
		SELECT a.chamber, coalesce(c.days, 0), count(*), true, NOT EXISTS (SELECT ` + agentsOf(`a.chamber`) + `), 0::bigint
		FROM (SELECT chamber FROM r UNION ALL SELECT chamber FROM t) a JOIN chambers c ON c.region = a.chamber GROUP BY a.chamber, c.days ORDER BY a.chamber`).Query(func(rows pgx.Rows) (err error) {
		up, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Late])
		return err
	})
	if err := q.SendBatch(ctx, &b).Close(); err != nil {
		return nil, fmt.Errorf("find what has waited too long: %w", err)
	}
	return append(together(reminded), up...), nil
}

const organised = `EXISTS (SELECT FROM staff s WHERE s.role <> 'agent' AND ` + reached + `)`

// together adds up the recommendations and questions of a chamber that one of the staff has, or nobody.
func together(list []Late) []Late {
	type whose struct {
		chamber string
		holder  int64
	}
	var out []Late
	at := map[whose]int{}
	for _, l := range list {
		k := whose{l.Chamber, l.Holder}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, Late{Chamber: l.Chamber, Days: l.Days, Holder: l.Holder})
		}
		out[i].Count += l.Count
	}
	return out
}

// A Reply is what a chamber wrote to an artisan.
type Reply struct {
	Chat     int64
	Language string
	Thread   string // its reference
	Chamber  string // "": the organisers
	Message
}

// TellReplies gives the answers that artisans are to get.
func TellReplies(ctx context.Context, q postgres.Querier) ([]Reply, error) {
	rows, err := q.Query(ctx, `WITH new AS (SELECT id FROM thread_messages WHERE to_tell AND staff IS NOT NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED),
			told AS (UPDATE thread_messages m SET to_tell = false FROM new WHERE m.id = new.id)
		SELECT t.chat_id, coalesce(c.language, ''), t.reference, t.chamber, m.id, m.staff, '', m.kind, m.words, m.file, m.seconds, m.at, coalesce(f.id, 0)
		FROM new JOIN thread_messages m ON m.id = new.id JOIN threads t ON t.id = m.thread LEFT JOIN chats c ON c.chat_id = t.chat_id
			LEFT JOIN media f ON f.message = m.id ORDER BY m.id`, atOnce)
	if err != nil {
		return nil, fmt.Errorf("find answers to be told: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Reply, err error) {
		m := &r.Message
		return r, row.Scan(&r.Chat, &r.Language, &r.Thread, &r.Chamber, &m.Number, &m.Staff, &m.By, &m.Kind, &m.Words, &m.File, &m.Seconds, &m.At, &m.Copy)
	})
	if err != nil {
		return nil, fmt.Errorf("find answers to be told: %w", err)
	}
	return list, nil
}

// A Change is a new state of a recommendation, for who left it.
type Change struct {
	Chat      int64
	Language  string
	Reference string
	Theme     string
	State     string
	Chamber   string // where it lies now; "": with the organisers
	Words     string // why it was closed
}

// TellChanges gives the changes that authors are to hear of; only the last of several. An answer is told by itself.
func TellChanges(ctx context.Context, q postgres.Querier) ([]Change, error) {
	rows, err := q.Query(ctx, `WITH new AS (SELECT id FROM recommendations WHERE told_state <> state ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED),
			told AS (UPDATE recommendations r SET told_state = state FROM new WHERE r.id = new.id)
		SELECT r.chat_id, coalesce(c.language, ''), r.reference, r.theme, r.state, r.chamber,
			coalesce((SELECT words FROM moves m WHERE m.recommendation = r.id AND m.what = 'closed' AND r.state = 'closed' ORDER BY m.id DESC LIMIT 1), '')
		FROM new JOIN recommendations r ON r.id = new.id LEFT JOIN chats c ON c.chat_id = r.chat_id
		WHERE r.chat_id IS NOT NULL AND r.state <> 'answered' ORDER BY r.id`, atOnce)
	if err != nil {
		return nil, fmt.Errorf("find changes to be told: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Change])
	if err != nil {
		return nil, fmt.Errorf("find changes to be told: %w", err)
	}
	return list, nil
}

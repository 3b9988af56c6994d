package feedback

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// A Scope is what a member of the staff may see: an agent what lies with their chamber, an organiser what lies with no chamber and what was
// escalated, an admin everything. The zero Scope sees nothing.
type Scope struct {
	Chamber    string // an agent's region
	Organisers bool
	All        bool
}

// sees is the condition on a row of inbox or inbox_threads. $1 is the chamber, for every scope.
func (s Scope) sees() string {
	switch {
	case s.Chamber != "":
		return `chamber = $1::text`
	case s.All:
		return `$1::text = ''`
	case s.Organisers:
		return `$1::text = '' AND (chamber = '' OR escalated_at IS NOT NULL)`
	}
	return `$1::text IS NULL`
}

// A Filter narrows the inbox; "" narrows nothing. Without a state it is what is open: received, read or forwarded.
type Filter struct {
	Theme  string
	Stop   string
	State  string
	Holder int64 // staff.id of who has it; 0: anybody, and nobody
}

const open = `state IN ('received', 'read', 'forwarded')`

// where is the condition of a scope and a filter, with its arguments.
func (f Filter) where(s Scope) (sql string, args []any) {
	parts, args := []string{s.sees()}, []any{s.Chamber}
	for _, by := range []struct{ column, value string }{{"theme", f.Theme}, {"stop_id", f.Stop}, {"state", f.State}} {
		if by.value != "" {
			args = append(args, by.value)
			parts = append(parts, fmt.Sprintf("%s = $%d", by.column, len(args)))
		}
	}
	if f.Holder != 0 {
		args = append(args, f.Holder)
		parts = append(parts, fmt.Sprintf("assigned = $%d", len(args)))
	}
	if f.State == "" {
		parts = append(parts, open)
	}
	return strings.Join(parts, " AND "), args
}

// Next gives the reference of the recommendation behind another one, "" for the first, the oldest first; "" when there is none.
//
// It is the first row of an index behind a key, so it costs the same at the end of 200,000 as at their beginning: recommendations_open
// for a chamber, recommendations_open_theme with a theme, recommendations_state with a state, recommendations_stop with a stop,
// recommendations_held of who has it, recommendations_organisers for organisers, and recommendations_created for an admin.
func Next(ctx context.Context, q postgres.Querier, s Scope, f Filter, after string) (ref string, err error) {
	sql, args := next(s, f, after)
	err = q.QueryRow(ctx, sql, args...).Scan(&ref)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("find the next recommendation: %w", err)
	}
	return ref, nil
}

func next(s Scope, f Filter, after string) (sql string, args []any) {
	where, args := f.where(s)
	args = append(args, after)
	return fmt.Sprintf(`SELECT reference FROM inbox WHERE %s AND (created_at, id) > (coalesce((SELECT created_at FROM inbox WHERE reference = $%[2]d), '-infinity'),
		coalesce((SELECT id FROM inbox WHERE reference = $%[2]d), 0)) ORDER BY created_at, id LIMIT 1`, where, len(args)), args
}

// MostCounted is where counting ends: more is "as many and more".
const MostCounted = 999

// Count tells how many there are, up to MostCounted.
func Count(ctx context.Context, q postgres.Querier, s Scope, f Filter) (n int, err error) {
	where, args := f.where(s)
	err = q.QueryRow(ctx, fmt.Sprintf(`SELECT count(*) FROM (SELECT FROM inbox WHERE %s LIMIT %d) AS few`, where, MostCounted), args...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count recommendations: %w", err)
	}
	return n, nil
}

// An Item is a recommendation as staff see it.
type Item struct {
	Reference string
	Named     bool
	Name      string // "" unless Named, and so are Place and Trade
	Theme     string
	Kind      string
	Words     string
	File      string
	Seconds   int
	Region    string
	Stop      string
	Place     string
	Trade     string
	Branch    string
	Language  string
	State     string
	Chamber   string // where it lies; "": with the organisers
	Escalated bool
	Holder    int64  // staff.id of who has it; 0: nobody
	HeldBy    string // their first name
	Created   time.Time
	Note      string // of who forwarded it last
	Given     string // the word for who has it, of who gave it to them
	Thread    string // the reference of its thread; "" while nobody has answered
	Answered  int64  // the last answer's number: what Reply wants to know; 0: none
	Refused   string // why its file was refused, in internal/media's words; "": it was not
	Copy      int64  // its file's number in internal/media; 0: it has none
}

// Open gives a recommendation that the scope sees; ok is false when it sees none of that reference. An agent who has gone to another chamber
// holds nothing in this one any more.
func Open(ctx context.Context, q postgres.Querier, s Scope, reference string) (i Item, ok bool, err error) {
	rows, err := q.Query(ctx, `SELECT i.reference, i.named, i.name, i.theme, i.kind, i.words, i.file, i.seconds, i.region, coalesce(i.stop_id, ''), i.place, i.trade, i.branch,
			i.language, i.state, i.chamber, i.escalated_at IS NOT NULL, coalesce(h.id, 0), coalesce(h.name, ''), i.created_at,
			coalesce((SELECT words FROM moves WHERE recommendation = i.id AND what = 'forwarded' ORDER BY id DESC LIMIT 1), ''),
			coalesce((SELECT words FROM moves WHERE recommendation = i.id AND what = 'assigned' AND taker = h.id ORDER BY id DESC LIMIT 1), ''),
			coalesce(t.reference, ''), coalesce((SELECT max(id) FROM thread_messages WHERE thread = t.id AND staff IS NOT NULL), 0),
			coalesce(f.reason, ''), coalesce(f.id, 0)
		FROM (SELECT * FROM inbox WHERE reference = $2 AND `+s.sees()+`) i
		LEFT JOIN staff h ON h.id = i.assigned AND `+seenBy("h", "i")+`
		LEFT JOIN inbox_threads t ON t.recommendation = i.id LEFT JOIN media f ON f.recommendation = i.id`, s.Chamber, reference)
	if err != nil {
		return i, false, fmt.Errorf("open recommendation %s: %w", reference, err)
	}
	i, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Item])
	if errors.Is(err, pgx.ErrNoRows) {
		return i, false, nil
	}
	if err != nil {
		return i, false, fmt.Errorf("open recommendation %s: %w", reference, err)
	}
	return i, true, nil
}

// StopsSaidAfter gives the stops after which something was said that the scope sees.
func StopsSaidAfter(ctx context.Context, q postgres.Querier, s Scope) ([]string, error) {
	rows, err := q.Query(ctx, `SELECT id FROM stops s WHERE EXISTS (SELECT FROM inbox i WHERE i.stop_id = s.id AND `+s.sees()+`) ORDER BY starts_at DESC, id LIMIT 50`, s.Chamber)
	if err != nil {
		return nil, fmt.Errorf("list stops with recommendations: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list stops with recommendations: %w", err)
	}
	return ids, nil
}

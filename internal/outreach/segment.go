package outreach

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/postgres"
)

// A Segment says who gets a broadcast. What is empty narrows nothing. Nobody is in it who stopped messages or can't be reached.
type Segment struct {
	Regions  []string `json:"regions,omitempty"`  // codes
	Near     string   `json:"near,omitempty"`     // a place's slug, with Within
	Within   int      `json:"within,omitempty"`   // kilometres, as the crow flies
	Family   string   `json:"family,omitempty"`   // of trades: art, utilitaire, service
	Trade    string   `json:"trade,omitempty"`    // internal/directory's id
	Card     string   `json:"card,omitempty"`     // has the professional card: yes, no (unsure counts as no)
	RNA      string   `json:"rna,omitempty"`      // is in the national register: yes, no (unsure counts as no)
	Stop     string   `json:"stop,omitempty"`     // with Was
	Was      string   `json:"was,omitempty"`      // at Stop: registered, attended, missed
	Language string   `json:"language,omitempty"` // chosen
	Seen     int      `json:"seen,omitempty"`     // wrote in so many days
	Missed   int64    `json:"missed,omitempty"`   // those whom this broadcast did not reach, or, when it was ended halfway, had not yet
}

// What somebody was at a stop.
const (
	WasRegistered = "registered" // confirmed, waiting or attended
	WasAttended   = "attended"
	WasMissed     = "missed" // confirmed, and never came; nobody before the stop is over, nor where the door wasn't held
)

// readSegment reads what String wrote.
func readSegment(s string) (Segment, error) {
	var g Segment
	if err := json.Unmarshal([]byte(s), &g); err != nil {
		return Segment{}, fmt.Errorf("read a segment: %w", err)
	}
	return g, nil
}

// String is the segment as it is kept.
func (g Segment) String() string {
	b, err := json.Marshal(g)
	if err != nil {
		return "{}" // it holds nothing that can't be written
	}
	return string(b)
}

// places are the slugs of those where the segment's people live; nil where it isn't narrowed by place.
func (g Segment) places(d *directory.Directory) []string {
	if len(g.Regions) == 0 && g.Near == "" {
		return nil
	}
	near, hasNear := d.Place(g.Near)
	slugs := []string{}
	for _, p := range d.Places() {
		if len(g.Regions) > 0 && !slices.Contains(g.Regions, p.Region) {
			continue
		}
		if hasNear && directory.Distance(near.Lat, near.Lon, p.Lat, p.Lon) > float64(g.Within) {
			continue
		}
		slugs = append(slugs, p.Slug)
	}
	return slugs
}

// trades are the ids of those of the segment's people; nil where it isn't narrowed by trade.
func (g Segment) trades(d *directory.Directory) []string {
	if g.Trade != "" {
		return []string{g.Trade}
	}
	if g.Family == "" {
		return nil
	}
	ids := []string{}
	for _, t := range d.Trades() {
		if t.Family == g.Family {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// members finds a segment's people. One pass over chats and people, or by the index of a stop's registrations or of a broadcast's
// recipients where those narrow it. A registration that somebody made for others counts as theirs: they are who can be told.
const members = ` FROM chats c LEFT JOIN people p ON p.chat_id = c.chat_id
	WHERE c.stopped_at IS NULL AND c.unreachable_at IS NULL AND c.language <> ''
		AND ($1::text[] IS NULL OR p.place = ANY($1)) AND ($2::text[] IS NULL OR p.trade = ANY($2))
		AND ($3 = '' OR $3 = 'yes' AND p.card = 'yes' OR $3 = 'no' AND p.card IN ('no', 'unsure'))
		AND ($4 = '' OR $4 = 'yes' AND p.rna = 'yes' OR $4 = 'no' AND p.rna IN ('no', 'unsure'))
		AND ($5 = '' OR c.chat_id IN (SELECT r.chat_id FROM registrations r WHERE r.stop_id = $5 AND r.state = ANY($6)
			AND ($6 <> '{confirmed}' OR EXISTS (SELECT FROM stops s JOIN registrations a ON a.stop_id = s.id AND a.state = 'attended' WHERE s.id = $5 AND s.ends_at <= $10))))
		AND ($7 = '' OR c.language = $7) AND ($8::timestamptz IS NULL OR c.seen_at >= $8)
		AND ($9 = 0 OR c.chat_id IN (SELECT m.chat_id FROM recipients m JOIN broadcasts d ON d.id = m.broadcast
			WHERE m.broadcast = $9 AND (m.state IN (4, 6) OR m.state = 0 AND d.state = 'cancelled')))`

// arguments are what members asks for.
func (g Segment) arguments(d *directory.Directory, now time.Time) []any {
	states := map[string][]string{WasRegistered: {"confirmed", "waitlisted", "attended"}, WasAttended: {"attended"}, WasMissed: {"confirmed"}}[g.Was]
	var since *time.Time
	if g.Seen > 0 {
		t := now.AddDate(0, 0, -g.Seen)
		since = &t
	}
	return []any{g.places(d), g.trades(d), g.Card, g.RNA, g.Stop, states, g.Language, since, g.Missed, now}
}

// Count tells how many people are in a segment now, by the language that they chose.
func (g Segment) Count(ctx context.Context, q postgres.Querier, d *directory.Directory, now time.Time) (map[string]int, error) {
	rows, err := q.Query(ctx, `SELECT c.language, count(*)`+members+` GROUP BY c.language`, g.arguments(d, now)...)
	if err != nil {
		return nil, fmt.Errorf("count a segment: %w", err)
	}
	return countsOf(rows)
}

func countsOf(rows pgx.Rows) (map[string]int, error) {
	counts := map[string]int{}
	var language string
	var n int
	if _, err := pgx.ForEachRow(rows, []any{&language, &n}, func() error {
		counts[language] = n
		return nil
	}); err != nil {
		return nil, fmt.Errorf("count a segment: %w", err)
	}
	return counts, nil
}

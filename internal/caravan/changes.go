package caravan

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/postgres"
)

// keepChange keeps how a published stop is before it is saved in another form; a change of what doesn't matter to those who mean to go
// there (programme, partners, capacity) isn't kept.
const keepChange = `INSERT INTO stop_changes (stop_id, at, place, venue_fr, venue_ar, lat, lon, starts_at, ends_at, state)
	SELECT id, $10, place, venue_fr, venue_ar, lat, lon, starts_at, ends_at, state FROM stops
	WHERE id = $1 AND (place, venue_fr, venue_ar, lat, lon, starts_at, ends_at, state) IS DISTINCT FROM
		($2::text, $3::text, $4::text, $5::float8, $6::float8, $7::timestamptz, $8::timestamptz, $9::text)`

// lockPublished locks stops, and gives the states of those that were published once.
func lockPublished(ctx context.Context, tx postgres.Querier, ids []string) (map[string]string, error) {
	rows, err := tx.Query(ctx, `SELECT id, state, published_at IS NOT NULL FROM stops WHERE id = ANY($1) ORDER BY id FOR UPDATE`, ids)
	if err != nil {
		return nil, fmt.Errorf("lock stops: %w", err)
	}
	states := map[string]string{}
	var id, state string
	var published bool
	if _, err := pgx.ForEachRow(rows, []any{&id, &state, &published}, func() error {
		if published {
			states[id] = state
		}
		return nil
	}); err != nil {
		return nil, fmt.Errorf("lock stops: %w", err)
	}
	return states, nil
}

// Attendance tells who is concerned by a stop: confirmed (or attended) and waiting registrations, and the chats that would be told of a
// change, those who only asked to be reminded among them.
func Attendance(ctx context.Context, q postgres.Querier, stop string) (confirmed, waiting, chats int, err error) {
	err = q.QueryRow(ctx, `SELECT
			(SELECT count(*) FROM registrations WHERE stop_id = $1 AND state IN ('confirmed', 'attended')),
			(SELECT count(*) FROM registrations WHERE stop_id = $1 AND state = 'waitlisted'),
			(SELECT count(*) FROM (SELECT chat_id FROM registrations WHERE stop_id = $1 AND state IN ('confirmed', 'waitlisted')
				UNION SELECT chat_id FROM watches WHERE stop_id = $1) r
				LEFT JOIN chats c USING (chat_id) WHERE c.stopped_at IS NULL AND c.unreachable_at IS NULL)`, stop).Scan(&confirmed, &waiting, &chats)
	if err != nil {
		return 0, 0, 0, fmt.Errorf("count who is concerned by stop %q: %w", stop, err)
	}
	return confirmed, waiting, chats, nil
}

// far is how far a pin goes before those who know the stop must be told, in kilometres.
const far = 0.2

// Moved tells whether those who know a published stop as s would go to the wrong place, or at the wrong time, now that it is as now. It is
// the rule that outreach tells people by.
func (s Stop) Moved(now Stop) bool {
	return s.Place != now.Place || s.VenueFR != now.VenueFR || s.VenueAR != now.VenueAR || !s.Starts.Equal(now.Starts) || !s.Ends.Equal(now.Ends) ||
		directory.Distance(s.Lat, s.Lon, now.Lat, now.Lon) > far
}

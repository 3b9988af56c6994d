package caravan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Saved counts what Save did. MovedUp people got a place because a capacity grew; outreach tells them.
type Saved struct {
	New, Changed, Same, MovedUp int
}

// ErrPublished says that people know of a stop already.
var ErrPublished = errors.New("it was published: it can be cancelled, but not be a draft again")

// Save stores stops, the ones that are there already in their new form, all or none: in a transaction of its own. A stop counts as
// published from the first time that it is saved as such; from then on, how it was before each change is kept for those who are to be
// told, and it can't be a draft again (ErrPublished). A smaller capacity takes nobody's place away; a larger one moves the waiting list
// of a stop that hasn't begun up. Stops that aren't given stay as they are.
func Save(ctx context.Context, db interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}, stops []Stop, now time.Time) (Saved, error) {
	tx, err := db.Begin(ctx)
	if err != nil {
		return Saved{}, fmt.Errorf("begin to save stops: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // after a commit this does nothing
	saved, err := save(ctx, tx, stops, now)
	if err != nil {
		return Saved{}, err
	}
	if err := tx.Commit(ctx); err != nil {
		return Saved{}, fmt.Errorf("save stops: %w", err)
	}
	return saved, nil
}

func save(ctx context.Context, tx pgx.Tx, stops []Stop, now time.Time) (Saved, error) {
	stops = slices.Clone(stops)
	slices.SortFunc(stops, func(a, b Stop) int { return strings.Compare(a.ID, b.ID) })
	ids := make([]string, len(stops))
	for i, s := range stops {
		ids[i] = s.ID
	}
	// In the order in which a registration takes them: the places, then (by its foreign key) the stop. FOR UPDATE waits for
	// registrations under way and keeps new ones waiting, so that the count of places given away is true even for a stop that had no
	// capacity, and so no lock on its places, until now.
	if err := lock(ctx, tx, ids); err != nil {
		return Saved{}, err
	}
	known, err := lockPublished(ctx, tx, ids)
	if err != nil {
		return Saved{}, err
	}
	var b pgx.Batch
	var saved Saved
	for _, s := range stops {
		if state, ok := known[s.ID]; ok {
			if s.State == Draft && state != Draft {
				return Saved{}, fmt.Errorf("make stop %q a draft: %w", s.ID, ErrPublished)
			}
			b.Queue(keepChange, s.ID, s.Place, s.VenueFR, s.VenueAR, s.Lat, s.Lon, s.Starts, s.Ends, s.State, now)
		}
		b.Queue(upsertStop, s.ID, s.Place, s.Region, s.VenueFR, s.VenueAR, s.Lat, s.Lon, s.Starts, s.Ends, s.Capacity, list(s.Programme),
			list(s.Partners), s.State, s.Sample, now).Query(func(rows pgx.Rows) error {
			fresh, err := pgx.CollectRows(rows, pgx.RowTo[bool])
			switch {
			case err != nil:
				return err
			case len(fresh) == 0:
				saved.Same++
			case fresh[0]:
				saved.New++
			default:
				saved.Changed++
			}
			return nil
		})
	}
	b.Queue(`INSERT INTO seats (stop_id) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING`, ids)
	if err := tx.SendBatch(ctx, &b).Close(); err != nil {
		return Saved{}, fmt.Errorf("save stops: %w", err)
	}
	up, err := moveUp(ctx, tx, ids, now, true)
	saved.MovedUp = len(up)
	return saved, err
}

// upsertStop returns nothing for a stop that is there in the same form, else whether it is new.
const upsertStop = `INSERT INTO stops AS s
		(id, place, region, venue_fr, venue_ar, lat, lon, starts_at, ends_at, capacity, programme, partners, state, sample, published_at, updated_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, nullif($10, 0), $11, $12, $13, $14, CASE WHEN $13 = 'published' THEN $15::timestamptz END, $15)
	ON CONFLICT (id) DO UPDATE SET place = excluded.place, region = excluded.region, venue_fr = excluded.venue_fr, venue_ar = excluded.venue_ar,
		lat = excluded.lat, lon = excluded.lon, starts_at = excluded.starts_at, ends_at = excluded.ends_at, capacity = excluded.capacity,
		programme = excluded.programme, partners = excluded.partners, state = excluded.state, sample = excluded.sample,
		published_at = coalesce(s.published_at, excluded.published_at), updated_at = excluded.updated_at
	WHERE (s.place, s.region, s.venue_fr, s.venue_ar, s.lat, s.lon, s.starts_at, s.ends_at, s.capacity, s.programme, s.partners, s.state, s.sample)
		IS DISTINCT FROM (excluded.place, excluded.region, excluded.venue_fr, excluded.venue_ar, excluded.lat, excluded.lon, excluded.starts_at,
			excluded.ends_at, excluded.capacity, excluded.programme, excluded.partners, excluded.state, excluded.sample)
	RETURNING xmax = 0`

func list(l []string) []string {
	if l == nil {
		return []string{}
	}
	return l
}

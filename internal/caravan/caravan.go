// Package caravan owns the stops and who is registered at them: the calendar, places and the waiting list, and who wants to be told.
//
// It promises that a stop never has more confirmed registrations than its capacity, that the waiting list moves up in its order by
// itself until the stop begins, that from then on free places go to who is at the door and never more are in than the capacity unless
// somebody there says so, and that a person holds one registration at a stop, whatever happens at the same time. It sends nothing: it
// tells the caller whom to tell. It knows no language beyond the names a stop carries, and nothing of conversations.
package caravan

import (
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype/zeronull"
)

// A Stop is one day of the caravan in one place.
type Stop struct {
	ID          string
	Place       string // internal/directory's slug
	Region      string // its code
	VenueFR     string
	VenueAR     string
	Lat, Lon    float64 // degrees
	Starts      time.Time
	Ends        time.Time
	Capacity    int       // 0: as many as come
	Taken       int       // places given away; kept only where there is a capacity
	Programme   []string  // ids of answers, in order
	Partners    []string  // names as they are written
	State       string    // draft, published, cancelled
	Sample      bool      // invented for a demonstration: whatever shows it must say so
	PublishedAt time.Time // the first time; zero: never
	UpdatedAt   time.Time // when it was last changed
	Registered  int       // active registrations, waiting ones included; filled by All only
}

// The states of a stop.
const (
	Draft     = "draft"
	Published = "published"
	Cancelled = "cancelled"
)

// Venue is the name of the place to go to, in French or in Arabic.
func (s Stop) Venue(french bool) string {
	if french {
		return s.VenueFR
	}
	return s.VenueAR
}

// Ahead tells whether one can still go there.
func (s Stop) Ahead(now time.Time) bool { return s.State == Published && s.Ends.After(now) }

// Free tells how many places are left; limited is false where as many may come as want to.
func (s Stop) Free() (places int, limited bool) {
	if s.Capacity == 0 {
		return 0, false
	}
	return max(0, s.Capacity-s.Taken), true
}

// stopColumns are read by scan, in this order, from stops s and seats p.
const stopColumns = `s.id, s.place, s.region, s.venue_fr, s.venue_ar, s.lat, s.lon, s.starts_at, s.ends_at, coalesce(s.capacity, 0), p.taken,
	s.programme, s.partners, s.state, s.sample, s.published_at, s.updated_at`

const fromStops = ` FROM stops s JOIN seats p ON p.stop_id = s.id `

func (s *Stop) scan() []any {
	return []any{&s.ID, &s.Place, &s.Region, &s.VenueFR, &s.VenueAR, &s.Lat, &s.Lon, &s.Starts, &s.Ends, &s.Capacity, &s.Taken,
		&s.Programme, &s.Partners, &s.State, &s.Sample, (*zeronull.Timestamptz)(&s.PublishedAt), &s.UpdatedAt}
}

func collectStops(rows pgx.Rows) ([]Stop, error) {
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Stop, error) {
		var s Stop
		err := row.Scan(s.scan()...)
		return s, err
	})
}

package caravan

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/locale"
)

// PublishSamples puts invented stops into the calendar, one, two and three weeks from now, for a demonstration. Whatever shows them says
// that they are samples.
func PublishSamples(ctx context.Context, db interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}, now time.Time) error {
	if _, err := Save(ctx, db, samples(now), now); err != nil {
		return fmt.Errorf("publish the sample stops: %w", err)
	}
	return nil
}

func samples(now time.Time) []Stop {
	day := now.In(locale.Zone())
	at := func(days, hour int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day()+days, hour, 0, 0, 0, locale.Zone())
	}
	return []Stop{
		{ID: "demo-fes", Place: "fes", Region: "03", VenueFR: "Complexe d'artisanat (exemple)", VenueAR: "مجمع الصناعة التقليدية (مثال)", Lat: 34.0372, Lon: -4.9998,
			Starts: at(7, 10), Ends: at(7, 13), Capacity: 120, State: Published, Sample: true,
			Programme: []string{"law.what", "rna.how", "card.how", "amo.how", "reform.bodies", "reform.digital"},
			Partners:  []string{"Al Barid Bank", "OMPIC", "MCMA"}},
		{ID: "demo-azilal", Place: "azilal", Region: "05", VenueFR: "Maison des jeunes (exemple)", VenueAR: "دار الشباب (مثال)", Lat: 31.9615, Lon: -6.5709,
			Starts: at(14, 10), Ends: at(14, 13), State: Published, Sample: true},
		{ID: "demo-agadir", Place: "agadir", Region: "09", VenueFR: "Chambre d'artisanat (exemple)", VenueAR: "غرفة الصناعة التقليدية (مثال)", Lat: 30.4202, Lon: -9.5982,
			Starts: at(21, 10), Ends: at(21, 13), Capacity: 3, State: Published, Sample: true},
	}
}

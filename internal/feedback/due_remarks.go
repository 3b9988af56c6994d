package feedback

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
)

// dayOf is the day in Morocco, as the database reads one.
func dayOf(at time.Time) string { return at.In(locale.Zone()).Format(time.DateOnly) }

// Remarks are how many people said something of a stop since its staff were last told.
type Remarks struct {
	Stop   string
	Region string // the stop's
	Count  int
}

// For tells whether they are for one of the staff: as in reports, an agent has the stops of their region, organisers all.
func (r Remarks) For(reader Reader) bool { return !reader.Agent || reader.Region == r.Region }

// TellRemarks gives what was said of stops before today and nobody was told of yet, where there is somebody to be told, by ratings_tell. Of what is
// said today the staff hear another day, and not as it is said: that would tell when somebody spoke. So it is once a day, with all of them at
// once.
func TellRemarks(ctx context.Context, q postgres.Querier, now time.Time) ([]Remarks, error) {
	rows, err := q.Query(ctx, `WITH told AS (UPDATE ratings r SET to_tell = NULL FROM stops x WHERE x.id = r.stop_id AND r.to_tell < $1::date
				AND EXISTS (SELECT FROM staff s WHERE (s.role <> 'agent' OR s.region = x.region) AND `+reached+`)
			RETURNING x.id, x.region, x.starts_at)
		SELECT id, region, count(*) FROM told GROUP BY id, region, starts_at ORDER BY starts_at DESC, id`, dayOf(now))
	if err != nil {
		return nil, fmt.Errorf("find what was said of stops: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Remarks])
	if err != nil {
		return nil, fmt.Errorf("find what was said of stops: %w", err)
	}
	return list, nil
}

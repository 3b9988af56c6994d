package feedback

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// A Chamber is the chamber of crafts of one region, as far as its people have said how to reach it. What isn't known is "".
type Chamber struct {
	Region  string
	Phone   string // E.164
	Address string
	Hours   string
	Site    string // https://…
	Days    int    // until what is unanswered comes back to its agents, and as many again until it goes to the organisers; 0: never
	Agents  int    // who answer for it through the bot, and can be reached
}

// Known tells whether there is anything to reach it by.
func (c Chamber) Known() bool {
	return c.Phone != "" || c.Address != "" || c.Hours != "" || c.Site != ""
}

// ChamberOf gives a region's chamber; ok is false when there is no such region.
func ChamberOf(ctx context.Context, q postgres.Querier, region string) (c Chamber, ok bool, err error) {
	rows, err := q.Query(ctx, `SELECT region, phone, address, hours, site, coalesce(days, 0),
		(SELECT count(*) `+agentsOf(`c.region`)+`) FROM chambers c WHERE region = $1`, region)
	if err != nil {
		return c, false, fmt.Errorf("look up the chamber of %s: %w", region, err)
	}
	c, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Chamber])
	if errors.Is(err, pgx.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, fmt.Errorf("look up the chamber of %s: %w", region, err)
	}
	return c, true, nil
}

// MostDays is the longest that what is unanswered may wait before it comes back.
const MostDays = 90

// SetChamber writes one thing about a chamber down: phone, address, hours, site, or days (a number up to MostDays; anything else: never). ok is false when the
// scope has no such chamber. Who may see what lies with a chamber may also say how it is reached; organisers may for all.
func SetChamber(ctx context.Context, q postgres.Querier, s Scope, region, field, value string, now time.Time) (ok bool, err error) {
	if !s.Organisers && !s.All && (s.Chamber == "" || s.Chamber != region) {
		return false, nil
	}
	set, known := map[string]string{"phone": `phone = $2`, "address": `address = $2`, "hours": `hours = $2`, "site": `site = $2`,
		"days": `days = nullif($2, '')::int`}[field]
	if !known {
		return false, fmt.Errorf("write a chamber's %q down: there is no such thing", field)
	}
	if field == "days" {
		if n, err := strconv.Atoi(value); err != nil || n < 1 || n > MostDays {
			value = ""
		}
	}
	tag, err := q.Exec(ctx, `UPDATE chambers SET `+set+`, updated_at = $3 WHERE region = $1`, region, value, now)
	if err != nil {
		return false, fmt.Errorf("write down how the chamber of %s is reached: %w", region, err)
	}
	return tag.RowsAffected() > 0, nil
}

// Cares are what a member takes care of: ids of themes and of branches. None: everything.
func Cares(ctx context.Context, q postgres.Querier, staff int64) (themes, branches []string, err error) {
	err = q.QueryRow(ctx, `SELECT coalesce(array_agg(what ORDER BY what) FILTER (WHERE kind = 'theme'), '{}'),
		coalesce(array_agg(what ORDER BY what) FILTER (WHERE kind = 'branch'), '{}') FROM cares WHERE staff = $1`, staff).Scan(&themes, &branches)
	if err != nil {
		return nil, nil, fmt.Errorf("look up what a member takes care of: %w", err)
	}
	return themes, branches, nil
}

// CareFor notes what a member takes care of from now on, of one kind: theme or branch.
func CareFor(ctx context.Context, q postgres.Querier, staff int64, kind string, what []string) error {
	var b pgx.Batch
	b.Queue(`DELETE FROM cares WHERE staff = $1 AND kind = $2`, staff, kind)
	b.Queue(`INSERT INTO cares (staff, kind, what) SELECT $1, $2, unnest($3::text[]) ON CONFLICT DO NOTHING`, staff, kind, what)
	if err := q.SendBatch(ctx, &b).Close(); err != nil {
		return fmt.Errorf("note what a member takes care of: %w", err)
	}
	return nil
}

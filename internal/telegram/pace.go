package telegram

import (
	"context"
	"fmt"
	"time"
)

// The bulk lane's pace stands in the database, so that all instances share one rate: each reserves moments for what it has taken, one
// behind the other. Times are Postgres' own, given as waits, so that the instances' clocks needn't agree.

// ahead tells how long it takes until the next moment that nobody has reserved.
func (o *outbox) ahead(ctx context.Context) (time.Duration, error) {
	var s float64
	if err := o.pool.QueryRow(ctx, `SELECT coalesce(max(extract(epoch FROM free_at - clock_timestamp())), 0)::float8 FROM pace WHERE lane = 'bulk'`).Scan(&s); err != nil {
		return 0, fmt.Errorf("look at the bulk lane's pace: %w", err)
	}
	return max(0, time.Duration(s*float64(time.Second))), nil
}

// reserve keeps the next n moments at a rate a second, and tells how long it takes until the first, and from one to the next.
func (o *outbox) reserve(ctx context.Context, n int, rate float64) (wait, step time.Duration, err error) {
	var first, gap float64
	if err := o.pool.QueryRow(ctx, `INSERT INTO pace AS p (lane, free_at) VALUES ('bulk', clock_timestamp() + $1::float8 / $2::float8 * interval '1 second')
		ON CONFLICT (lane) DO UPDATE SET free_at = greatest(p.free_at, clock_timestamp()) + $1 / ($2 * p.slow) * interval '1 second',
			slow = CASE WHEN p.slow < 1 AND p.slow_at < clock_timestamp() - interval '1 minute' THEN least(1, p.slow * 1.1) ELSE p.slow END,
			slow_at = CASE WHEN p.slow < 1 AND p.slow_at < clock_timestamp() - interval '1 minute' THEN clock_timestamp() ELSE p.slow_at END
		RETURNING extract(epoch FROM free_at - $1 / ($2 * slow) * interval '1 second' - clock_timestamp())::float8, 1 / ($2 * slow)`,
		float64(n), rate).Scan(&first, &gap); err != nil {
		return 0, 0, fmt.Errorf("reserve moments of the bulk lane: %w", err)
	}
	return max(0, time.Duration(first*float64(time.Second))), time.Duration(gap * float64(time.Second)), nil
}

// slowDown keeps the lane still for as long as Telegram says, and lets it go on a fifth slower; each minute without a refusal it gets a
// tenth of that back. Refusals that come together count as one.
func (o *outbox) slowDown(ctx context.Context, wait time.Duration) error {
	if _, err := o.pool.Exec(ctx, `INSERT INTO pace AS p (lane, free_at, slow) VALUES ('bulk', clock_timestamp() + $1::float8 * interval '1 second', 0.8)
		ON CONFLICT (lane) DO UPDATE SET free_at = greatest(p.free_at, excluded.free_at),
			slow = CASE WHEN p.slow_at < clock_timestamp() - interval '1 second' THEN greatest(p.slow * 0.8, 0.01) ELSE p.slow END, slow_at = clock_timestamp()`,
		wait.Seconds()); err != nil {
		return fmt.Errorf("slow the bulk lane down: %w", err)
	}
	return nil
}

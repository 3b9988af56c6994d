package feedback

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// group is the group of a recommendation that the scope sees: $2. What goes by it also asks sees of each other member.
func (s Scope) group() string {
	return `group_id = (SELECT group_id FROM inbox_alike WHERE reference = $2 AND ` + s.sees() + `)`
}

// Others tells how many recommendations that the scope sees are in the same group as one of them, itself not counted, up to MostCounted, and
// whether the staff confirmed that it belongs there. They are a range of recommendations_group.
func Others(ctx context.Context, q postgres.Querier, s Scope, reference string) (n int, same bool, err error) {
	err = q.QueryRow(ctx, fmt.Sprintf(`SELECT (SELECT count(*) FROM (SELECT FROM inbox_alike WHERE %s AND reference <> $2 AND %[2]s LIMIT %d) AS few),
		coalesce((SELECT same FROM inbox_alike WHERE reference = $2 AND %[2]s), false)`, s.group(), s.sees(), MostCounted), s.Chamber, reference).Scan(&n, &same)
	if err != nil {
		return 0, false, fmt.Errorf("count what is like %s: %w", reference, err)
	}
	return n, same, nil
}

// NextAlike gives the reference of one that is in the same group as another, behind a third ("": the first): chamber by chamber, the oldest
// first; "" when there is none. The third may have left the group meanwhile.
func NextAlike(ctx context.Context, q postgres.Querier, s Scope, reference, after string) (ref string, err error) {
	err = q.QueryRow(ctx, `SELECT reference FROM inbox_alike WHERE `+s.group()+` AND reference <> $2 AND `+s.sees()+` AND (chamber, created_at, id) > (
			coalesce((SELECT chamber FROM inbox WHERE reference = $3), ''), coalesce((SELECT created_at FROM inbox WHERE reference = $3), '-infinity'),
			coalesce((SELECT id FROM inbox WHERE reference = $3), 0))
		ORDER BY chamber, created_at, id LIMIT 1`, s.Chamber, reference, after).Scan(&ref)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("find the next that is like %s: %w", reference, err)
	}
	return ref, nil
}

// Confirm says that two recommendations of one group belong together. From soon on, what says the same as one of them is put there too. ok is
// false when the scope doesn't see both there.
func (p Step) Confirm(ctx context.Context, q postgres.Querier, reference, other string) (ok bool, err error) {
	tag, err := q.Exec(ctx, `UPDATE recommendations SET same = true, grouped = false WHERE id = ANY(ARRAY(
			SELECT id FROM inbox_alike WHERE reference IN ($2, $3) AND `+p.Scope.group()+` AND `+p.Scope.sees()+`))
		AND (SELECT count(*) FROM inbox_alike WHERE reference IN ($2, $3) AND `+p.Scope.group()+` AND `+p.Scope.sees()+`) = 2`, p.Scope.Chamber, reference, other)
	if err != nil {
		return false, fmt.Errorf("confirm that %s is like %s: %w", other, reference, err)
	}
	return tag.RowsAffected() == 2, nil
}

// Split says that two recommendations of one group don't say the same: the second leaves it, or the first when only the second was
// confirmed. Whichever leaves is looked at again soon, and is never put into that group by itself any more. ok is false when the scope
// doesn't see both there.
func (p Step) Split(ctx context.Context, q postgres.Querier, reference, other string) (ok bool, err error) {
	var n int
	err = q.QueryRow(ctx, `WITH pair AS (
			SELECT id, group_id, same, reference = $3 AS second FROM inbox_alike WHERE reference IN ($2, $3) AND `+p.Scope.group()+` AND `+p.Scope.sees()+`
		), one AS (
			SELECT id, group_id FROM pair WHERE (SELECT count(*) FROM pair) = 2 ORDER BY same, second DESC LIMIT 1
		), noted AS (
			INSERT INTO splits (recommendation, group_id) SELECT id, group_id FROM one ON CONFLICT DO NOTHING
		), headless AS (
			UPDATE groups g SET typical = NULL FROM one WHERE g.id = one.group_id AND g.typical = one.id
		), unsaid AS (
			DELETE FROM group_terms t USING one WHERE t.recommendation = one.id
		), left_it AS (
			UPDATE recommendations r SET group_id = NULL, same = false, grouped = false FROM one WHERE r.id = one.id RETURNING r.id
		)
		SELECT count(*) FROM left_it`, p.Scope.Chamber, reference, other).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("take %s or %s out of their group: %w", other, reference, err)
	}
	return n > 0, nil
}

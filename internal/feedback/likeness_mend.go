package feedback

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// mend finds a typical one for groups that lost theirs: one that the staff confirmed, else the oldest. Those that are left by all go. And it
// works out anew what groups say that were written down by another edition; who is in them stays. Those that were confirmed follow with take.
func (l Likeness) mend(ctx context.Context, tx pgx.Tx) (int, error) {
	rows, err := tx.Query(ctx, `SELECT g.id, coalesce(m.id, 0), coalesce(m.theme, ''), coalesce(m.words, '')
		FROM (SELECT id, typical FROM groups WHERE typical IS NULL UNION SELECT id, typical FROM groups WHERE edition < $1 OR edition > $1 ORDER BY id LIMIT $2) g
		LEFT JOIN LATERAL (SELECT id, theme, words FROM recommendations r WHERE r.group_id = g.id ORDER BY r.id IS NOT DISTINCT FROM g.typical DESC, same DESC, id LIMIT 1) m ON true`,
		l.Edition, GroupAtOnce)
	if err != nil {
		return 0, fmt.Errorf("find groups without a typical one: %w", err)
	}
	var empty, groups, ids []int64
	var typical []fresh
	var group int64
	var r fresh
	var words string
	if _, err := pgx.ForEachRow(rows, []any{&group, &r.id, &r.theme, &words}, func() error {
		if r.id == 0 {
			empty = append(empty, group)
			return nil
		}
		r.group = group
		r.terms, r.total = l.terms(r.theme, words)
		groups, ids, typical = append(groups, group), append(ids, r.id), append(typical, r)
		return nil
	}); err != nil {
		return 0, fmt.Errorf("find groups without a typical one: %w", err)
	}
	if len(empty) > 0 {
		if _, err := tx.Exec(ctx, `DELETE FROM groups WHERE id = ANY($1)`, empty); err != nil {
			return 0, fmt.Errorf("take away empty groups: %w", err)
		}
	}
	if len(groups) > 0 {
		if _, err := tx.Exec(ctx, `UPDATE groups g SET typical = s.typical, edition = $3 FROM unnest($1::bigint[], $2::bigint[]) AS s(id, typical) WHERE g.id = s.id`,
			groups, ids, l.Edition); err != nil {
			return 0, fmt.Errorf("give groups a typical one: %w", err)
		}
		if _, err := tx.Exec(ctx, `UPDATE recommendations SET grouped = false WHERE group_id = ANY($1) AND same AND id <> ALL($2)`, groups, ids); err != nil {
			return 0, fmt.Errorf("look at the confirmed ones again: %w", err)
		}
		if err := keepTerms(ctx, tx, typical); err != nil {
			return 0, err
		}
	}
	return len(empty) + len(groups), nil
}

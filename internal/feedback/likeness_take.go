package feedback

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// fresh is a recommendation whose group is looked for.
type fresh struct {
	id    int64
	theme string
	terms terms
	total int32
	group int64 // 0: none; negative: founded in this portion, by the fresh one of that place, counted from -1
	same  bool  // the staff confirmed that it is in its group: only its terms are to be written down
}

// take finds the groups of those that have none. It is one look at the index group_terms_term for all of them, and the same comparison
// among those that found a group in this portion.
func (l Likeness) take(ctx context.Context, tx pgx.Tx) (int, error) {
	list, err := l.ungrouped(ctx, tx)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	near, err := candidates(ctx, tx, list)
	if err != nil {
		return 0, err
	}
	founders := map[string][]int{} // of this portion, by theme
	var founded []int
	var confirmed []fresh
	for i := range list {
		r := &list[i]
		if r.same {
			confirmed = append(confirmed, *r)
		}
		if r.same || len(r.terms) == 0 {
			continue
		}
		best := near[r.id]
		for _, f := range founders[r.theme] {
			if v := likeness(r.terms, list[f].terms, r.total+list[f].total); v > best.likeness {
				best = candidate{list[f].group, v}
			}
		}
		if r.group = best.group; r.group == 0 {
			founded = append(founded, i)
			founders[r.theme] = append(founders[r.theme], i)
			r.group = int64(-len(founded))
		}
	}
	ids, err := l.found(ctx, tx, list, founded)
	if err != nil {
		return 0, err
	}
	if err := keepTerms(ctx, tx, confirmed); err != nil {
		return 0, err
	}
	in := make([]int64, len(list))
	groups := make([]*int64, len(list))
	for i, r := range list {
		in[i] = r.id
		switch {
		case r.group < 0:
			groups[i] = &ids[-r.group-1]
		case r.group > 0:
			groups[i] = &r.group
		}
	}
	if _, err := tx.Exec(ctx, `UPDATE recommendations r SET grouped = true, group_id = s.group_id FROM unnest($1::bigint[], $2::bigint[]) AS s(id, group_id)
		WHERE r.id = s.id`, in, groups); err != nil {
		return 0, fmt.Errorf("put recommendations into groups: %w", err)
	}
	return len(list), nil
}

// ungrouped gives those whose group was not looked for, by recommendations_ungrouped. What somebody changes this moment is taken next time.
func (l Likeness) ungrouped(ctx context.Context, tx pgx.Tx) (list []fresh, err error) {
	rows, err := tx.Query(ctx, `SELECT id, theme, words, same, coalesce(group_id, 0) FROM recommendations WHERE NOT grouped ORDER BY id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED`, GroupAtOnce)
	if err != nil {
		return nil, fmt.Errorf("find recommendations without a group: %w", err)
	}
	var r fresh
	var words string
	if _, err := pgx.ForEachRow(rows, []any{&r.id, &r.theme, &words, &r.same, &r.group}, func() error {
		r.terms, r.total = l.terms(r.theme, words)
		list = append(list, r)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("find recommendations without a group: %w", err)
	}
	return list, nil
}

// found makes groups of those that are like nothing before them, and gives the groups' numbers, in their order.
func (l Likeness) found(ctx context.Context, tx pgx.Tx, list []fresh, founded []int) ([]int64, error) {
	if len(founded) == 0 {
		return nil, nil
	}
	typical := make([]fresh, len(founded))
	ids, themes := make([]int64, len(founded)), make([]string, len(founded))
	for i, f := range founded {
		typical[i], ids[i], themes[i] = list[f], list[f].id, list[f].theme
	}
	rows, err := tx.Query(ctx, `WITH new AS (
			INSERT INTO groups (theme, typical, edition) SELECT theme, id, $3 FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS s(theme, id, n) ORDER BY n RETURNING id, typical
		)
		SELECT new.id FROM unnest($2::bigint[]) WITH ORDINALITY AS s(id, n) JOIN new ON new.typical = s.id ORDER BY n`, themes, ids, l.Edition)
	if err != nil {
		return nil, fmt.Errorf("found groups: %w", err)
	}
	groups, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("found groups: %w", err)
	}
	for i := range typical {
		typical[i].group = groups[i]
	}
	return groups, keepTerms(ctx, tx, typical)
}

// keepTerms writes down what recommendations of known groups say, instead of what stood there.
func keepTerms(ctx context.Context, tx pgx.Tx, list []fresh) error {
	if len(list) == 0 {
		return nil
	}
	var ids, of, groups []int64
	var themes, said []string
	var weights, totals []int32
	for _, r := range list {
		of = append(of, r.id)
		for term, w := range r.terms {
			ids, groups, themes, said = append(ids, r.id), append(groups, r.group), append(themes, r.theme), append(said, term)
			weights, totals = append(weights, w), append(totals, r.total)
		}
	}
	var b pgx.Batch
	b.Queue(`DELETE FROM group_terms WHERE recommendation = ANY($1)`, of)
	b.Queue(`INSERT INTO group_terms (recommendation, group_id, theme, term, weight, total)
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::int[], $6::int[])`, ids, groups, themes, said, weights, totals)
	if err := tx.SendBatch(ctx, &b).Close(); err != nil {
		return fmt.Errorf("write down what groups say: %w", err)
	}
	return nil
}

package feedback

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// light are the terms that say least, as many as don't make another one alike by themselves, and what they weigh together: concepts before
// words that nobody knows, which are rarer, and light ones before heavy ones.
func (r fresh) light() (light map[string]bool, rest int32) {
	order := slices.SortedFunc(maps.Keys(r.terms), func(a, b string) int {
		return cmp.Or(cmp.Compare(common(b), common(a)), cmp.Compare(r.terms[a], r.terms[b]), strings.Compare(a, b))
	})
	light = map[string]bool{}
	for _, term := range order {
		if rest+r.terms[term] >= least(r.total) {
			break
		}
		light[term] = true
		rest += r.terms[term]
	}
	return light, rest
}

// common is 1 for concepts.
func common(term string) int {
	if strings.HasPrefix(term, "#") {
		return 1
	}
	return 0
}

// A candidate is a group that a recommendation may join.
type candidate struct {
	group    int64
	likeness int32 // millionths
}

// candidates gives the nearest group of each that has one. Its light terms are those that most people say, and together too little to make
// two alike: groups are found by the others alone, each an index range of group_terms_term, and the rest is looked up for those that can
// still be near enough. OFFSET 0 keeps the planner, which can't know how few there are, from reading the whole table.
func candidates(ctx context.Context, q postgres.Querier, list []fresh) (map[int64]candidate, error) {
	var ids []int64
	var themes, said []string
	var weights, totals, rests, from, to []int32
	var leads []bool
	for _, r := range list {
		if r.same {
			continue
		}
		light, rest := r.light()
		// What another one says in all: it says the least that must be shared, and of what it says enough is shared.
		low, high := least(r.total), r.total*100/alikeFrom
		if r.total >= much {
			high = r.total * 100 / muchFrom
		}
		for term, w := range r.terms {
			ids, themes, said = append(ids, r.id), append(themes, r.theme), append(said, term)
			weights, totals, rests, leads = append(weights, w), append(totals, r.total), append(rests, rest), append(leads, !light[term])
			from, to = append(from, low), append(to, high)
		}
	}
	rows, err := q.Query(ctx, `WITH said AS MATERIALIZED (
			SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::int[], $5::int[], $6::int[], $7::bool[], $8::int[], $9::int[])
				AS s(id, theme, term, weight, total, rest, leads, low, high)
		), likely AS MATERIALIZED (
			SELECT s.id, s.total, t.recommendation, t.total AS theirs FROM said s CROSS JOIN LATERAL (
				SELECT recommendation, weight, total FROM group_terms WHERE theme = s.theme AND term = s.term AND total BETWEEN s.low AND s.high OFFSET 0) t
			WHERE s.leads GROUP BY s.id, s.total, s.rest, t.recommendation, t.total
			HAVING (sum(least(s.weight, t.weight)) + s.rest) * (100 + $10::int) >= $10::int * (s.total + t.total)
				OR sum(least(s.weight, t.weight)) + s.rest >= $11::int AND (sum(least(s.weight, t.weight)) + s.rest) * (100 + $12::int) >= $12::int * (s.total + t.total)
		), near AS (
			SELECT l.id, t.group_id, sum(least(s.weight, t.weight)) AS shared, l.total + l.theirs - sum(least(s.weight, t.weight)) AS either
			FROM likely l CROSS JOIN LATERAL (SELECT group_id, term, weight FROM group_terms WHERE recommendation = l.recommendation OFFSET 0) t
				JOIN said s ON s.id = l.id AND s.term = t.term
			GROUP BY l.id, l.recommendation, t.group_id, l.total, l.theirs
		)
		SELECT DISTINCT ON (id) id, group_id, shared * 1000000 / either AS likeness FROM near n
		WHERE (shared * 100 >= $10 * either OR shared >= $11 AND shared * 100 >= $12 * either) AND NOT EXISTS (SELECT FROM splits x WHERE x.recommendation = n.id AND x.group_id = n.group_id)
		ORDER BY id, likeness DESC, group_id`, ids, themes, said, weights, totals, rests, leads, from, to, alikeFrom, much, muchFrom)
	if err != nil {
		return nil, fmt.Errorf("look for groups that say the same: %w", err)
	}
	near := map[int64]candidate{}
	var id int64
	var c candidate
	if _, err := pgx.ForEachRow(rows, []any{&id, &c.group, &c.likeness}, func() error { near[id] = c; return nil }); err != nil {
		return nil, fmt.Errorf("look for groups that say the same: %w", err)
	}
	return near, nil
}

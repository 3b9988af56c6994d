package feedback

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/postgres"
)

// A Likeness groups recommendations that say the same under one theme. Groups are of the whole country; what the staff see of one is what
// their scope sees.
//
// A recommendation joins the group of which the typical one, or one that the staff confirmed, says most of the same, at least AlikeFrom hundredths of what the two say; the older
// group when two are as near; else it founds a group of its own. They are taken in the order of their numbers, so the same recommendations
// give the same groups, in whatever portions and whichever instances. Two exceptions: of those that come in the same moment the one that
// commits first is taken first, and what the staff confirm or take out stays so.
type Likeness struct {
	Edition string                                       // of the knowledge behind Terms: those of two editions can't be compared
	Terms   func(theme, words string) map[string]float32 // what words say, and how much each counts: 1 is a concept of its own
}

// AlikeFrom is how much of what two recommendations say must be said by both, in hundredths. Found on testdata/likeness: precision matters
// more than recall.
const AlikeFrom = 51

// A term is what is said, in hundredths of a concept: whole numbers, so that two machines never differ in the last digit.
type terms map[string]int32

func (l Likeness) terms(theme, words string) (t terms, total int32) {
	t = terms{}
	for term, weight := range l.Terms(theme, words) {
		if w := int32(math.Round(float64(weight) * 100)); w > 0 {
			t[term] = w
			total += w
		}
	}
	return t, total
}

// likeness is how much of what two say is said by both, in millionths. It is what candidates works out in SQL.
func likeness(a, b terms, totals int32) int32 {
	var both int32
	for term, w := range a {
		both += min(w, b[term])
	}
	if both == 0 {
		return 0
	}
	return int32(int64(both) * 1_000_000 / int64(totals-both))
}

const alikeFrom = AlikeFrom * 10_000

// GroupAtOnce is how many recommendations Group takes in with one transaction.
const GroupAtOnce = 500

// groupLock is the advisory lock that lets one instance group at a time.
const groupLock = 0x71616767 // "qagg"

// Group takes in recommendations whose group was not looked for yet, GroupAtOnce at most, and finds a new typical one for groups that lost
// theirs. n is how many of both there were: with GroupAtOnce call it again. When another instance is at it, it does nothing.
func (l Likeness) Group(ctx context.Context, pool *pgxpool.Pool) (n int, err error) {
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		var mine bool
		if err := tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1)`, groupLock).Scan(&mine); err != nil || !mine {
			return err
		}
		mended, err := l.mend(ctx, tx)
		if err != nil {
			return err
		}
		taken, err := l.take(ctx, tx)
		n = max(mended, taken)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("group recommendations: %w", err)
	}
	return n, nil
}

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
			if v := likeness(r.terms, list[f].terms, r.total+list[f].total); v >= alikeFrom && v > best.likeness {
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

// light are the lightest terms, as many as don't make another one alike by themselves, and what they weigh together.
func (r fresh) light() (light map[string]bool, rest int32) {
	order := slices.SortedFunc(maps.Keys(r.terms), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.terms[a], r.terms[b]), strings.Compare(a, b))
	})
	light = map[string]bool{}
	for _, term := range order {
		if (rest+r.terms[term])*100 >= AlikeFrom*r.total {
			break
		}
		light[term] = true
		rest += r.terms[term]
	}
	return light, rest
}

// A candidate is a group that a recommendation may join.
type candidate struct {
	group    int64
	likeness int32 // millionths
}

// candidates gives the nearest group of each that has one. Its lightest terms are also those that most people say, and together too little to
// make two alike: groups are found by the others alone, each an index range of group_terms_term, and the rest is looked up for those that can
// still be near enough. OFFSET 0 keeps the planner, which can't know how few there are, from reading the whole table.
func candidates(ctx context.Context, q postgres.Querier, list []fresh) (map[int64]candidate, error) {
	var ids []int64
	var themes, said []string
	var weights, totals, rests []int32
	var leads []bool
	for _, r := range list {
		if r.same {
			continue
		}
		light, rest := r.light()
		for term, w := range r.terms {
			ids, themes, said = append(ids, r.id), append(themes, r.theme), append(said, term)
			weights, totals, rests, leads = append(weights, w), append(totals, r.total), append(rests, rest), append(leads, !light[term])
		}
	}
	rows, err := q.Query(ctx, `WITH said AS MATERIALIZED (
			SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::int[], $5::int[], $6::int[], $7::bool[]) AS s(id, theme, term, weight, total, rest, leads)
		), likely AS MATERIALIZED (
			SELECT s.id, s.total, t.recommendation, t.total AS theirs FROM said s CROSS JOIN LATERAL (
				SELECT recommendation, weight, total FROM group_terms WHERE theme = s.theme AND term = s.term AND total BETWEEN s.total * $8::int / 100 AND s.total * 100 / $8::int
				OFFSET 0) t
			WHERE s.leads GROUP BY s.id, s.total, s.rest, t.recommendation, t.total
			HAVING (sum(least(s.weight, t.weight)) + s.rest) * (100 + $8::int) >= $8::int * (s.total + t.total)
		), near AS (
			SELECT l.id, t.group_id, sum(least(s.weight, t.weight)) * 1000000 / (l.total + l.theirs - sum(least(s.weight, t.weight))) AS likeness
			FROM likely l CROSS JOIN LATERAL (SELECT group_id, term, weight FROM group_terms WHERE recommendation = l.recommendation OFFSET 0) t
				JOIN said s ON s.id = l.id AND s.term = t.term
			GROUP BY l.id, l.recommendation, t.group_id, l.total, l.theirs
		)
		SELECT DISTINCT ON (id) id, group_id, likeness FROM near n
		WHERE likeness >= $9 AND NOT EXISTS (SELECT FROM splits x WHERE x.recommendation = n.id AND x.group_id = n.group_id)
		ORDER BY id, likeness DESC, group_id`, ids, themes, said, weights, totals, rests, leads, AlikeFrom, alikeFrom)
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

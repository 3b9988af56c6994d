package feedback

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// A Neighbour stands for a group of the same theme, by one of it that the scope sees.
type Neighbour struct {
	Reference string
	Words     string // "" for a voice or a picture alone
	Size      int    // how many of the group the scope sees
}

// mostNeighbours is how many groups are offered at most.
const mostNeighbours = 40

// one begins a statement with what the scope sees of groups, visible, and the recommendation $2 if it sees that, whether it has a group or not.
func (s Scope) one() string {
	return fmt.Sprintf(`WITH visible AS NOT MATERIALIZED (SELECT * FROM inbox_alike WHERE %[1]s), one AS MATERIALIZED (
			SELECT i.id, i.theme, a.group_id FROM (SELECT * FROM inbox WHERE %[1]s) i LEFT JOIN visible a ON a.id = i.id WHERE i.reference = $2
		)`, s.sees())
}

// Neighbours are the other groups of a recommendation's theme of which the scope sees something: those that say most of what its own group
// says first, then the biggest. Words find too little of what people say in other words; who reads them sees it at once.
func Neighbours(ctx context.Context, q postgres.Querier, s Scope, reference string) ([]Neighbour, error) {
	rows, err := q.Query(ctx, s.one()+fmt.Sprintf(`, seen AS MATERIALIZED (
			SELECT v.group_id, count(*) AS size, coalesce(min(v.id) FILTER (WHERE v.id = g.typical), min(v.id)) AS first
			FROM one JOIN groups g ON g.theme = one.theme AND g.id IS DISTINCT FROM one.group_id JOIN visible v ON v.group_id = g.id GROUP BY v.group_id
		), shared AS (
			SELECT t.group_id, t.recommendation, sum(least(m.weight, t.weight)) AS weight
			FROM one JOIN groups g ON g.id = one.group_id JOIN group_terms m ON m.recommendation = g.typical
				JOIN group_terms t ON t.theme = m.theme AND t.term = m.term GROUP BY 1, 2
		), near AS (SELECT group_id, max(weight) AS weight FROM shared GROUP BY 1)
		SELECT r.reference, r.words, seen.size FROM seen LEFT JOIN near ON near.group_id = seen.group_id JOIN inbox r ON r.id = seen.first
		ORDER BY coalesce(near.weight, 0) DESC, seen.size DESC, seen.group_id LIMIT %d`, mostNeighbours), s.Chamber, reference)
	if err != nil {
		return nil, fmt.Errorf("find what %s may be like: %w", reference, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Neighbour])
	if err != nil {
		return nil, fmt.Errorf("find what %s may be like: %w", reference, err)
	}
	return list, nil
}

// Join says that a recommendation belongs to the group of another under the same theme: it leaves its own, and both count as confirmed there.
// ok is false when the scope doesn't see both, or they are together already.
func (p Step) Join(ctx context.Context, q postgres.Querier, reference, other string) (ok bool, err error) {
	var n int
	err = q.QueryRow(ctx, p.Scope.one()+`, pair AS MATERIALIZED (
			SELECT one.id, one.group_id AS from_group, v.id AS other, v.group_id AS to_group
			FROM one JOIN groups g ON g.theme = one.theme AND g.id IS DISTINCT FROM one.group_id JOIN visible v ON v.group_id = g.id WHERE v.reference = $3
		), forgiven AS (
			DELETE FROM splits s USING pair WHERE s.recommendation = pair.id AND s.group_id = pair.to_group
		), headless AS (
			UPDATE groups g SET typical = NULL FROM pair WHERE g.id = pair.from_group AND g.typical = pair.id
		), unsaid AS (
			DELETE FROM group_terms t USING pair WHERE t.recommendation = pair.id
		), joined AS (
			UPDATE recommendations r SET group_id = pair.to_group, same = true, grouped = false FROM pair WHERE r.id IN (pair.id, pair.other) RETURNING r.id
		)
		SELECT count(*) FROM joined`, p.Scope.Chamber, reference, other).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("put %s to %s: %w", reference, other, err)
	}
	return n == 2, nil
}

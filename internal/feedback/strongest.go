package feedback

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// A Span is what is looked at: what lies with a chamber ("": with any, or none), was said after a stop ("": whether or not), and came From a
// moment on and before To.
type Span struct {
	Chamber string
	Stop    string
	From    time.Time
	To      time.Time
}

// A Group is recommendations that say the same, as far as they are looked at.
type Group struct {
	Theme     string
	Size      int // distinct authors; those that are detached count as one, since nobody can tell any more
	Confirmed bool
	Members   []Member
}

// A Member is one of those in a group that can be quoted. Name is what its author is called, for who quotes it to take out of the words:
// it is to be shown to nobody.
type Member struct {
	Language string
	Words    string
	Name     string
}

// Strongest gives the biggest groups of two authors or more, the biggest first, each with the words of some of its members: written ones
// only, those that the staff confirmed first, then the oldest, one an author.
func Strongest(ctx context.Context, q postgres.Querier, o Span, groups, members int) ([]Group, error) {
	rows, err := q.Query(ctx, `WITH said AS MATERIALIZED (
			SELECT id, group_id, same, chat_id, kind FROM recommendations
			WHERE group_id IS NOT NULL AND created_at >= $1 AND created_at < $2 AND ($3 = '' OR chamber = $3) AND ($4 = '' OR stop_id = $4)
		), big AS (
			SELECT group_id, count(DISTINCT coalesce(chat_id, 0)) AS size, bool_or(same) AS confirmed FROM said GROUP BY group_id
			HAVING count(DISTINCT coalesce(chat_id, 0)) > 1 ORDER BY size DESC, group_id LIMIT $5
		)
		SELECT g.id, g.theme, big.size, big.confirmed, m.language, m.words, m.name FROM big JOIN groups g ON g.id = big.group_id
		LEFT JOIN LATERAL (
			SELECT r.id, r.language, r.words, coalesce(nullif(r.name, ''), p.name, '') AS name, one.same
			FROM (SELECT DISTINCT ON (coalesce(chat_id, 0)) id, same FROM said WHERE group_id = g.id AND kind = 'text' ORDER BY coalesce(chat_id, 0), same DESC, id) one
			JOIN recommendations r ON r.id = one.id LEFT JOIN people p ON p.chat_id = r.chat_id ORDER BY one.same DESC, r.id LIMIT $6
		) m ON true
		ORDER BY big.size DESC, g.id, m.same DESC, m.id`, o.From, o.To, o.Chamber, o.Stop, groups, members)
	if err != nil {
		return nil, fmt.Errorf("find the strongest groups: %w", err)
	}
	var list []Group
	var id, last int64
	var g Group
	var language, words, name *string
	if _, err := pgx.ForEachRow(rows, []any{&id, &g.Theme, &g.Size, &g.Confirmed, &language, &words, &name}, func() error {
		if id != last {
			list, last = append(list, g), id
		}
		if words != nil {
			of := &list[len(list)-1]
			of.Members = append(of.Members, Member{*language, *words, *name})
		}
		return nil
	}); err != nil {
		return nil, fmt.Errorf("find the strongest groups: %w", err)
	}
	return list, nil
}

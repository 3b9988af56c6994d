package feedback

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// A Theme is what a recommendation can be about. Names are its words by language where they were given from the chat; a theme that ships
// has words of its own beside them.
type Theme struct {
	ID    string
	Shown bool
	Names map[string]string
}

// Themes gives all themes in the order in which they are offered, those that are offered no more too: recommendations may bear them.
func Themes(ctx context.Context, q postgres.Querier) ([]Theme, error) {
	rows, err := q.Query(ctx, `SELECT id, shown, names FROM themes ORDER BY position, id`)
	if err != nil {
		return nil, fmt.Errorf("list the themes: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Theme])
	if err != nil {
		return nil, fmt.Errorf("list the themes: %w", err)
	}
	return list, nil
}

// NameTheme gives a theme other words in one language. ok is false when there is no such theme.
func NameTheme(ctx context.Context, q postgres.Querier, id, language, words string) (ok bool, err error) {
	tag, err := q.Exec(ctx, `UPDATE themes SET names = names || jsonb_build_object($2::text, $3::text) WHERE id = $1`, id, language, words)
	if err != nil {
		return false, fmt.Errorf("name the theme %s: %w", id, err)
	}
	return tag.RowsAffected() > 0, nil
}

// OfferTheme has a theme offered, or no more. What was said under it stays. The last one is always offered.
func OfferTheme(ctx context.Context, q postgres.Querier, id string, shown bool) (ok bool, err error) {
	tag, err := q.Exec(ctx, `UPDATE themes SET shown = $2 WHERE id = $1 AND ($2 OR EXISTS (SELECT FROM themes WHERE shown AND id <> $1))`, id, shown)
	if err != nil {
		return false, fmt.Errorf("offer the theme %s: %w", id, err)
	}
	return tag.RowsAffected() > 0, nil
}

// AddTheme makes a theme of its words in each language; it stands before "other", which is the last.
func AddTheme(ctx context.Context, q postgres.Querier, names map[string]string) (id string, err error) {
	var n int64
	if err := q.QueryRow(ctx, `SELECT nextval('theme_number')`).Scan(&n); err != nil {
		return "", fmt.Errorf("number a theme: %w", err)
	}
	id = "own_" + strconv.FormatInt(n, 10)
	if _, err := q.Exec(ctx, `INSERT INTO themes (id, position, names)
		SELECT $1, coalesce((SELECT position - 1 FROM themes WHERE id = 'other'), 0), $2`, id, names); err != nil {
		return "", fmt.Errorf("add a theme: %w", err)
	}
	return id, nil
}

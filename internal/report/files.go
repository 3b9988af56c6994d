package report

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// The forms in which a kept report can be had.
const (
	PDFFrench = "pdf_fr"
	PDFArabic = "pdf_ar"
	Workbook  = "xlsx"
	Table     = "csv" // of what was recommended, as it is by now
)

// A File is one that somebody wants of a kept report.
type File struct {
	ID       int64
	Report   int64
	Staff    int64 // staff.id
	Form     string
	Language string

	tries int
	taken time.Time
}

// OrderFile asks for a file of a report, for a member of the staff; ok is false when there is no such report, or it isn't theirs to have.
func OrderFile(ctx context.Context, q postgres.Querier, r Reader, id int64, form string, staff int64, language string, now time.Time) (ok bool, err error) {
	tag, err := q.Exec(ctx, `INSERT INTO report_files (report, staff, form, language, created_at)
		SELECT id, $2, $3, $4, $5 FROM reports WHERE id = $1 AND state = 'ready' AND ($6 OR $7 <> '' AND region = $7)`, id, staff, form, language, now, r.All, r.Region)
	if err != nil {
		return false, fmt.Errorf("ask for a file of report %d: %w", id, err)
	}
	return tag.RowsAffected() > 0, nil
}

// TakeFile gives one file to be made to its caller alone; ok is false when none waits. One that nobody could make is given up.
func TakeFile(ctx context.Context, q postgres.Querier, now time.Time) (f File, ok bool, err error) {
	rows, err := q.Query(ctx, `WITH given AS (DELETE FROM report_files WHERE tries >= $3 AND taken_at < $2)
		UPDATE report_files SET taken_at = $1, tries = tries + 1 WHERE id = (SELECT id FROM report_files
			WHERE (taken_at IS NULL OR taken_at < $2) AND tries < $3 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
		RETURNING id, report, staff, form, language, tries, taken_at`, now, now.Add(-patience), tries)
	if err != nil {
		return f, false, fmt.Errorf("take a file: %w", err)
	}
	f, err = pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (f File, err error) {
		return f, row.Scan(&f.ID, &f.Report, &f.Staff, &f.Form, &f.Language, &f.tries, &f.taken)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return f, false, nil
	}
	if err != nil {
		return f, false, fmt.Errorf("take a file: %w", err)
	}
	return f, true, nil
}

// Settle takes the order off; ok is false when somebody else has taken it over meanwhile. The caller stores what is sent in the same
// transaction.
func (f File) Settle(ctx context.Context, tx postgres.Querier) (ok bool, err error) {
	tag, err := tx.Exec(ctx, `DELETE FROM report_files WHERE id = $1 AND taken_at = $2`, f.ID, f.taken)
	if err != nil {
		return false, fmt.Errorf("settle a file: %w", err)
	}
	return tag.RowsAffected() > 0, nil
}

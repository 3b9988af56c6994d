package report

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
)

// A Stream is one kind of rows that a scope has, as a CSV file: UTF-8 with a mark that spreadsheets want, one line a row after the head.
// No row bears a name, a telephone number, a chat or an hour. It goes from the database to the file row by row, however many there are.
type Stream struct {
	Name  string // the file's, without .csv
	head  string
	words int // the column of what somebody wrote; -1: none
	sql   string

	Everywhere bool  // kept without where they came from: of the whole country alone, for who may read all
	lists      Lists // nil maps where a stream has no use for them
}

// Lists are by what rows about people are told, instead of by their town and trade.
type Lists struct {
	Regions  map[string]string // of places
	Branches map[string]string // of trades, and of branches themselves
}

// Streams are all of them: recommendations as the staff's inbox has them but for the name, who registered by stop, region and branch alone,
// ratings, and questions that had no answer. Registrations are in no order that tells when they were made; those that retention has deleted
// are in reports as numbers, not here.
func Streams(lists Lists) []Stream {
	return []Stream{{
		Name: "recommendations", words: 5, head: "reference,day,language,theme,kind,words,region,branch,state,chamber,stop",
		sql: `SELECT reference, to_char(created_at AT TIME ZONE $5, 'YYYY-MM-DD'), language, theme, kind, words, region, branch, state, chamber, coalesce(stop_id, '')
			FROM inbox WHERE ` + said + ` ORDER BY created_at, id`,
	}, {
		Name: "registrations", words: -1, lists: lists, head: "stop,region,branch,state,came",
		sql: `SELECT r.stop_id, coalesce(p.region, ''), coalesce(b.branch, ''), r.state, CASE WHEN r.state = 'attended' THEN coalesce(r.came_as, 'confirmed') ELSE '' END
			FROM registrations r JOIN stops s ON s.id = r.stop_id AND s.state <> 'draft'
			LEFT JOIN unnest($6::text[], $7::text[]) p(place, region) ON p.place = r.place LEFT JOIN unnest($8::text[], $9::text[]) b(trade, branch) ON b.trade = r.trade
			WHERE ` + ofStops + ` ORDER BY s.starts_at, 1, 2, 3, 4, 5`,
	}, {
		Name: "ratings", words: 4, head: "stop,day,language,score,words",
		sql: `SELECT r.stop_id, to_char(r.created_at AT TIME ZONE $5, 'YYYY-MM-DD'), r.language, r.score::text, r.words
			FROM ratings r JOIN stops s ON s.id = r.stop_id WHERE ` + ofStops + ` ORDER BY s.starts_at, 1, 2, 4, 5, 3`,
	}, {
		Name: "questions", words: 2, head: "day,language,words,decision", Everywhere: true,
		sql: `SELECT to_char(day, 'YYYY-MM-DD'), language, words, CASE WHEN thumb < 0 THEN 'no help' ELSE decision END FROM asked
			WHERE $1 = '' AND $2 = '' AND day >= ($3::timestamptz AT TIME ZONE $5)::date AND day < ($4::timestamptz AT TIME ZONE $5)::date
				AND words <> '' AND (decision IN ('unknown', 'none') OR thumb < 0) ORDER BY 1, 2, 3, 4`,
	}}
}

// ofStops is the condition on stops s.
const ofStops = `$5::text <> '' AND ($2 = '' OR s.region = $2) AND CASE WHEN $1 <> '' THEN s.id = $1 ELSE s.starts_at >= $3 AND s.starts_at < $4 END`

// ErrNotTheirs says that a scope isn't the reader's to know.
var ErrNotTheirs = errors.New("this is another region's")

// Write writes the stream of a scope and tells how many rows there were. Flat in memory: pgx reads a row at a time from the connection.
func (f Stream) Write(ctx context.Context, q postgres.Querier, r Reader, s Scope, w io.Writer) (rows int, err error) {
	s, ok := r.narrow(s)
	if !ok {
		return 0, ErrNotTheirs
	}
	out := bufio.NewWriterSize(w, 1<<16)
	if _, err := out.WriteString("\ufeff" + f.head + "\n"); err != nil {
		return 0, fmt.Errorf("write %s: %w", f.Name, err)
	}
	if f.Everywhere && !r.All {
		return 0, out.Flush()
	}
	args := []any{s.Stop, s.Region, s.From, s.To, locale.Zone().String()}
	if strings.Contains(f.sql, "$6") {
		places, regions := unzip(f.lists.Regions)
		trades, branches := unzip(f.lists.Branches)
		args = append(args, places, regions, trades, branches)
	}
	found, err := q.Query(ctx, f.sql, args...)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", f.Name, err)
	}
	columns := strings.Count(f.head, ",") + 1
	line, into := make([]string, columns), make([]any, columns)
	for i := range line {
		into[i] = &line[i]
	}
	c := csv.NewWriter(out)
	if _, err := pgx.ForEachRow(found, into, func() error {
		rows++
		for i, cell := range line {
			if i == f.words {
				cell = withoutContacts(cell)
			}
			line[i] = harmless(cell)
		}
		return c.Write(line)
	}); err != nil {
		return 0, fmt.Errorf("write %s: %w", f.Name, err)
	}
	c.Flush()
	if err := errors.Join(c.Error(), out.Flush()); err != nil {
		return 0, fmt.Errorf("write %s: %w", f.Name, err)
	}
	return rows, nil
}

// Voices writes the recommendations of a scope.
func Voices(ctx context.Context, q postgres.Querier, r Reader, s Scope, w io.Writer) (rows int, err error) {
	return Streams(Lists{})[0].Write(ctx, q, r, s, w)
}

func unzip(m map[string]string) (keys, values []string) {
	keys, values = []string{}, []string{}
	for k, v := range m {
		keys, values = append(keys, k), append(values, v)
	}
	return keys, values
}

// harmless keeps a spreadsheet from taking a cell for a formula: CSV has no other way to say that something is a text.
func harmless(cell string) string {
	if cell == "" {
		return cell
	}
	switch cell[0] {
	case '=', '+', '-', '@', '\t', '\r', '\n':
		return "'" + cell
	}
	for _, wide := range []string{"＝", "＋", "－", "＠"} { // some spreadsheets read these alike
		if strings.HasPrefix(cell, wide) {
			return "'" + cell
		}
	}
	return cell
}

// withoutContacts takes out what its author can be reached by. Most words have nothing of the kind: a look tells.
func withoutContacts(words string) string {
	digits := 0
	for _, r := range words {
		if r == '@' || r == '/' || r == '.' || digits >= 8 {
			return answers.WithoutContacts(words)
		}
		if unicode.IsDigit(r) {
			digits++
		}
	}
	if digits >= 8 {
		return answers.WithoutContacts(words)
	}
	return words
}

// FileName is what a stream's file, or a report's, is called: of which scope it is.
func FileName(s Scope, ending string) string {
	what := "maroc"
	switch {
	case s.Stop != "":
		what = s.Stop
	case s.Region != "":
		what = "region-" + s.Region
	}
	if s.Stop == "" {
		last := s.To.In(locale.Zone()).AddDate(0, 0, -1)
		what += "_" + s.From.In(locale.Zone()).Format(time.DateOnly) + "_" + last.Format(time.DateOnly)
	}
	return "qafila-" + what + ending
}

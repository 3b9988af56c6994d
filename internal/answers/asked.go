package answers

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
)

// An Asked is what became of one question. It says nothing of who asked.
type Asked struct {
	Language locale.Language
	Words    string // "" when a person came by buttons
	Decision string
	Entry    string // what was answered, picked or judged
	Score    float64
	Thumb    int // 1, -1, or 0
}

// What became of a question, beside the Decisions of the index.
const (
	Refused = "refuse" // said kindly not to be the bot's business
	Picked  = "picked" // one of the candidates was what was meant
	None    = "none"   // none of them was
	Judged  = "judged" // a thumb
)

// longestKept is how much of a question is kept, in characters: a story's beginning.
const longestKept = 200

// Note keeps what became of a question. The day is Casablanca's; no hour, and nothing that leads from one row to another, is kept.
func Note(ctx context.Context, q postgres.Querier, a Asked, now time.Time) error {
	if _, err := q.Exec(ctx, `INSERT INTO asked (day, language, words, decision, entry, score, thumb) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		now.In(locale.Zone()).Format(time.DateOnly), a.Language, Anonymous(a.Words), a.Decision, a.Entry, a.Score, a.Thumb); err != nil {
		return fmt.Errorf("note a question: %w", err)
	}
	return nil
}

var (
	// telephones are eight digits or more, however grouped; years and prices have fewer.
	telephones = regexp.MustCompile(`\+?\p{Nd}(?:[ .\-/()\x{00A0}]{0,2}\p{Nd}){7,}`)
	addresses  = regexp.MustCompile(`\S+@\S+|(?i:https?://|www\.|t\.me/)\S+`)
	handles    = regexp.MustCompile(`@\w+`)
)

// Anonymous takes out of a question what could say who asked it, as far as its shape tells: numbers of telephones, e-mail and web addresses,
// usernames. Who writes the number of an identity card tells of themselves: nothing is left of that. It keeps the beginning of what is
// long. A name it can't know.
func Anonymous(words string) string {
	s, identity := locale.MaskIdentity(locale.Clean(words))
	if identity || strings.Contains(s, masked) {
		return ""
	}
	s = WithoutContacts(s)
	if r := []rune(s); len(r) > longestKept {
		s = strings.TrimSpace(string(r[:longestKept])) + "…"
	}
	return s
}

// WithoutContacts takes numbers of telephones, e-mail and web addresses and usernames out of what somebody wrote.
func WithoutContacts(s string) string {
	s = telephones.ReplaceAllString(s, "☎")
	s = addresses.ReplaceAllString(s, "🔗")
	return handles.ReplaceAllString(s, "🔗")
}

// masked is what MaskIdentity leaves of the digits of an identity card's number, when a turn begins.
const masked = "••••"

// An Open is a question that has no answer yet, or whose answer didn't help.
type Open struct {
	Words string
	Times int
	Entry string // the answer that didn't help; "" when there was none
}

// mostOpen is how many of the newest are looked at.
const mostOpen = 500

// Unanswered lists the newest questions that were not answered or whose answer got a thumb down, the same words once, but for those that staff
// dealt with.
func Unanswered(ctx context.Context, q postgres.Querier) ([]Open, error) {
	rows, err := q.Query(ctx, `WITH newest AS (SELECT words, entry, thumb FROM asked
			WHERE NOT settled AND words <> '' AND (decision IN ('unknown', 'none') OR thumb < 0) ORDER BY day DESC LIMIT $1)
		SELECT words, count(*)::int, coalesce(max(entry) FILTER (WHERE thumb < 0), '') FROM newest n
		WHERE NOT EXISTS (SELECT FROM asked s WHERE s.words = n.words AND s.settled) GROUP BY words ORDER BY 2 DESC, 1`, mostOpen)
	if err != nil {
		return nil, fmt.Errorf("list the unanswered questions: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Open])
	if err != nil {
		return nil, fmt.Errorf("list the unanswered questions: %w", err)
	}
	return list, nil
}

// Settle puts questions aside for good: staff taught what they mean, or they are nobody's business.
func Settle(ctx context.Context, q postgres.Querier, words []string) error {
	if _, err := q.Exec(ctx, `UPDATE asked SET settled = true WHERE words = ANY($1) AND NOT settled AND (decision IN ('unknown', 'none') OR thumb < 0)`, words); err != nil {
		return fmt.Errorf("settle unanswered questions: %w", err)
	}
	return nil
}

// A Group is questions that ask for the same, the most frequent first.
type Group struct {
	Questions []Open
	Times     int
}

// Words are the group's questions.
func (g Group) Words() []string {
	list := make([]string, len(g.Questions))
	for i, q := range g.Questions {
		list[i] = q.Words
	}
	return list
}

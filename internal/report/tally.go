package report

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
)

// A tally is what the tables hold of a scope, as it is: tell decides what of it a report may say.
type tally struct {
	scope  Scope
	now    time.Time
	before time.Time

	stops     []*stopTally
	came      map[string][]count // of those who came, by part of presence
	awaited   map[string][]count // of those who have a place at a stop ahead
	themes    []themeTally
	response  responseTally
	questions []Question
	gathered  []Gathered
}

type stopTally struct {
	Stop
	begun, over bool
	attended    int
	expected    int // have, or had, a place and didn't come, or not yet
	asked       int
	scores      [5]int
}

type themeTally struct {
	id          string
	names       map[string]string
	now, before int
}

// responseTally is of recommendations and of questions, one beside the other.
type responseTally struct {
	received, answered, late [2]int
	median, slowest          [2]time.Duration // of the recommendations alone; of both
}

// stopArgs are the arguments of inScope: a stop or some days, and always the region that the reader may know.
func (t *tally) stopArgs() []any {
	return []any{t.scope.Stop, t.scope.Region, t.scope.From, t.scope.To}
}

// readStops finds the stops, without drafts. A stop of another region than the scope's isn't there.
func (t *tally) readStops(ctx context.Context, q postgres.Querier) error {
	rows, err := q.Query(ctx, `SELECT id, place, venue_fr, venue_ar, starts_at, ends_at, state = 'cancelled', sample FROM stops
		WHERE state <> 'draft' AND ($2 = '' OR region = $2) AND CASE WHEN $1 <> '' THEN id = $1 ELSE starts_at >= $3 AND starts_at < $4 END
		ORDER BY starts_at, id`, t.stopArgs()...)
	if err != nil {
		return fmt.Errorf("read the stops of a report: %w", err)
	}
	t.stops, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (*stopTally, error) {
		s, fr, ar, ends := &stopTally{}, "", "", time.Time{}
		err := row.Scan(&s.ID, &s.Place, &fr, &ar, &s.Starts, &ends, &s.Cancelled, &s.Sample)
		s.Starts, s.Venue = s.Starts.UTC(), map[string]string{string(locale.French): fr, string(locale.Arabic): ar}
		s.begun, s.over = !s.Starts.After(t.now), !ends.After(t.now)
		return s, err
	})
	if err != nil {
		return fmt.Errorf("read the stops of a report: %w", err)
	}
	return nil
}

// held are the ids of stops that take or took place, and the stops by id.
func (t *tally) held() (ids []string, byID map[string]*stopTally) {
	byID = map[string]*stopTally{}
	for _, s := range t.stops {
		if !s.Cancelled {
			ids = append(ids, s.ID)
			byID[s.ID] = s
		}
	}
	return ids, byID
}

// presenceParts are what presence tells of a registration; the first is the registration itself.
var presenceParts = [...]string{"", "trade", "place", "card", "rna", "way"}

// readPresence counts registrations, those that are there and those of which only turnout knows. Of who had a place at a stop that is over
// and didn't come only how many is counted. Each part is a query of its own, in which Postgres goes through that branch of the view alone:
// twice as quick as all at once.
func (t *tally) readPresence(ctx context.Context, q postgres.Querier) error {
	ids, byID := t.held()
	t.came, t.awaited = map[string][]count{}, map[string][]count{}
	for _, part := range presenceParts {
		stop := `''`
		if part == "" {
			stop = `c.stop_id`
		}
		rows, err := q.Query(ctx, `SELECT `+stop+`, c.state = 'attended', what, sum(n)::int FROM (
				SELECT stop_id, state, what, count(*) AS n FROM presence WHERE part = '`+part+`' AND stop_id = ANY($1) GROUP BY 1, 2, 3
				UNION ALL SELECT stop_id, state, what, n FROM turnout WHERE part = '`+part+`' AND stop_id = ANY($1)) c
			JOIN stops s ON s.id = c.stop_id WHERE '`+part+`' = '' OR c.state = 'attended' OR s.ends_at > $2 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`, ids, t.now)
		if err != nil {
			return fmt.Errorf("count who came: %w", err)
		}
		var id, what string
		var attended bool
		var n int
		_, err = pgx.ForEachRow(rows, []any{&id, &attended, &what, &n}, func() error {
			switch {
			case part == "" && attended:
				byID[id].attended = n
			case part == "":
				byID[id].expected = n
			case attended:
				t.came[part] = append(t.came[part], count{what, n})
			default:
				t.awaited[part] = append(t.awaited[part], count{what, n})
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("count who came: %w", err)
		}
	}
	return nil
}

// rateRule is the rule of reminders/ by which people are asked how it was: notices says whom it has asked.
const rateRule = "rate"

// readRatings counts scores, and who was asked for one. A notice's key is rule:stop:day:chat.
func (t *tally) readRatings(ctx context.Context, q postgres.Querier) error {
	ids, byID := t.held()
	rows, err := q.Query(ctx, `SELECT stop_id, score, count(*)::int FROM ratings WHERE stop_id = ANY($1) GROUP BY 1, 2
		UNION ALL SELECT split_part(key, ':', 2), 0, count(*)::int FROM notices WHERE key LIKE $2 || ':%' AND split_part(key, ':', 2) = ANY($1) GROUP BY 1`, ids, rateRule)
	if err != nil {
		return fmt.Errorf("count ratings: %w", err)
	}
	var stop string
	var score, n int
	_, err = pgx.ForEachRow(rows, []any{&stop, &score, &n}, func() error {
		if score == 0 {
			byID[stop].asked = n
		} else {
			byID[stop].scores[score-1] = n
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("count ratings: %w", err)
	}
	return nil
}

// said is the condition on recommendations and on the view inbox: what lies with the region's chamber, as an agent's inbox holds it; after
// the stop, or within the days, which begin at $3. $1 to $4 are stopArgs.
const said = `($2 = '' OR chamber = $2) AND CASE WHEN $1 <> '' THEN stop_id = $1 ELSE created_at >= $3 AND created_at < $4 END`

// readThemes weighs the themes, now and in as many days before.
func (t *tally) readThemes(ctx context.Context, q postgres.Querier) error {
	args := t.stopArgs()
	if t.scope.Stop == "" {
		args[2] = t.before
	}
	rows, err := q.Query(ctx, `SELECT s.theme, coalesce(t.names, '{}'), s.now, s.before FROM (
			SELECT theme, count(*) FILTER (WHERE $1 <> '' OR created_at >= $5)::int AS now, count(*) FILTER (WHERE $1 = '' AND created_at < $5)::int AS before
			FROM recommendations WHERE `+said+` GROUP BY theme) s
		LEFT JOIN themes t ON t.id = s.theme ORDER BY s.now DESC, s.theme`, append(args, t.scope.From)...)
	if err != nil {
		return fmt.Errorf("weigh the themes: %w", err)
	}
	t.themes, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (th themeTally, err error) {
		return th, row.Scan(&th.id, &th.names, &th.now, &th.before)
	})
	if err != nil {
		return fmt.Errorf("weigh the themes: %w", err)
	}
	return nil
}

// readResponse follows what came in to its first answer: recommendations and, of a scope of days, questions to the chamber.
func (t *tally) readResponse(ctx context.Context, q postgres.Querier) error {
	rows, err := q.Query(ctx, `WITH came AS (
			SELECT 0 AS kind, state IN ('answered', 'closed') AS answered, a.at - created_at AS after, since, chamber
			FROM recommendations r LEFT JOIN (SELECT recommendation, min(at) AS at FROM moves WHERE what IN ('answered', 'closed') GROUP BY 1) a ON a.recommendation = r.id
			WHERE `+said+`
			UNION ALL
			SELECT 1, replied_at IS NOT NULL OR state = 'closed', coalesce(replied_at, CASE WHEN state = 'closed' THEN updated_at END) - created_at, since, chamber
			FROM threads WHERE recommendation IS NULL AND $1 = '' AND ($2 = '' OR chamber = $2) AND created_at >= $3 AND created_at < $4
		), judged AS (SELECT kind, answered, after, NOT answered AND since < $5::timestamptz - make_interval(days => c.days) AS late
			FROM came LEFT JOIN chambers c ON c.region = came.chamber)
		SELECT up, count(*) FILTER (WHERE kind = up)::int, count(*) FILTER (WHERE kind = up AND answered)::int, count(*) FILTER (WHERE kind = up AND late)::int,
			coalesce(extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY after) FILTER (WHERE answered)), 0)::float8,
			coalesce(extract(epoch FROM percentile_cont(0.9) WITHIN GROUP (ORDER BY after) FILTER (WHERE answered)), 0)::float8
		FROM judged JOIN (VALUES (0), (1)) v(up) ON kind <= up GROUP BY up`, append(t.stopArgs(), t.now)...)
	if err != nil {
		return fmt.Errorf("follow what came in: %w", err)
	}
	r := &t.response
	var up, received, answered, late int
	var median, slowest float64
	_, err = pgx.ForEachRow(rows, []any{&up, &received, &answered, &late, &median, &slowest}, func() error {
		r.received[up], r.answered[up], r.late[up] = received, answered, late
		r.median[up], r.slowest[up] = minutes(median), minutes(slowest)
		return nil
	})
	if err != nil {
		return fmt.Errorf("follow what came in: %w", err)
	}
	return nil
}

// minutes rounds up: an answer within seconds took a minute.
func minutes(seconds float64) time.Duration {
	return (time.Duration(seconds*float64(time.Second)) + time.Minute - 1).Truncate(time.Minute)
}

// mostAsked is how many questions, each in its own words, are looked at for what they have in common.
const mostAsked = 500

// readQuestions lists what had no answer, the most asked first; for the whole country alone.
func (t *tally) readQuestions(ctx context.Context, q postgres.Querier) error {
	if t.scope.Stop != "" || t.scope.Region != "" {
		return nil
	}
	day := func(at time.Time) string { return at.In(locale.Zone()).Format(time.DateOnly) }
	rows, err := q.Query(ctx, `SELECT language, words, count(*)::int FROM asked
		WHERE day >= $1::date AND day < $2::date AND NOT settled AND words <> '' AND (decision IN ('unknown', 'none') OR thumb < 0)
		GROUP BY 1, 2 ORDER BY 3 DESC, 2, 1 LIMIT $3`, day(t.scope.From), day(t.scope.To), mostAsked)
	if err != nil {
		return fmt.Errorf("list what had no answer: %w", err)
	}
	t.questions, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (a Question, err error) {
		return a, row.Scan(&a.Language, &a.Words, &a.Times.N)
	})
	if err != nil {
		return fmt.Errorf("list what had no answer: %w", err)
	}
	return nil
}

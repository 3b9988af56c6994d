package answers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
)

// A Proposal is what somebody at a chamber would have an entry say. It changes nothing until an organiser takes it over.
type Proposal struct {
	ID       int64
	Entry    string
	Language locale.Language
	Body     string
	Region   string // whose chamber says so; "": the organisers
}

// Propose keeps a proposal; the same words twice are one.
func Propose(ctx context.Context, q postgres.Querier, p Proposal, by int64, now time.Time) error {
	if _, err := q.Exec(ctx, `INSERT INTO answer_proposals (entry, language, body, region, staff, made_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		p.Entry, p.Language, p.Body, p.Region, by, now); err != nil {
		return fmt.Errorf("propose an answer: %w", err)
	}
	return nil
}

// Proposals gives the proposal at that place, the oldest first, and how many there are; ok is false when none stands there.
func Proposals(ctx context.Context, q postgres.Querier, at int) (p Proposal, total int, ok bool, err error) {
	if err = q.QueryRow(ctx, `SELECT count(*)::int FROM answer_proposals`).Scan(&total); err != nil {
		return p, 0, false, fmt.Errorf("count proposed answers: %w", err)
	}
	p, ok, err = proposal(ctx, q, `SELECT id, entry, language, body, region FROM answer_proposals ORDER BY id OFFSET $1 LIMIT 1`, max(at, 0))
	return p, total, ok, err
}

// TakeProposal takes a proposal away, and gives it; ok is false when somebody else did so before.
func TakeProposal(ctx context.Context, q postgres.Querier, id int64) (p Proposal, ok bool, err error) {
	return proposal(ctx, q, `DELETE FROM answer_proposals WHERE id = $1 RETURNING id, entry, language, body, region`, id)
}

func proposal(ctx context.Context, q postgres.Querier, sql string, arg any) (p Proposal, ok bool, err error) {
	err = q.QueryRow(ctx, sql, arg).Scan(&p.ID, &p.Entry, &p.Language, &p.Body, &p.Region)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, false, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("read a proposed answer: %w", err)
	}
	return p, true, nil
}

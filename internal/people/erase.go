package people

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/postgres"
)

// Erase takes everything about a chat out of every table: the chat itself, the profile, consents, registrations (of others that it
// registered too), wishes to be told, notices, recommendations, ratings, what it wrote with chambers, their files, a place in the staff, now or before, answers that they
// recorded, what waits to be sent, and updates kept because they failed. Places
// that come free move the waiting lists up: it returns whom to tell. tx must be a transaction.
func Erase(ctx context.Context, tx postgres.Querier, chat int64, now time.Time) ([]caravan.Promotion, error) {
	if err := forgetShown(ctx, tx, chat); err != nil {
		return nil, err
	}
	up, err := caravan.Forget(ctx, tx, chat, now)
	if err != nil {
		return nil, fmt.Errorf("erase a chat: %w", err)
	}
	if err := feedback.Forget(ctx, tx, chat); err != nil {
		return nil, fmt.Errorf("erase a chat: %w", err)
	}
	var b pgx.Batch
	for _, sql := range []string{
		`DELETE FROM people WHERE chat_id = $1`,
		`DELETE FROM consents WHERE chat_id = $1`,
		`DELETE FROM notices WHERE chat_id = $1`,
		`DELETE FROM deliveries WHERE chat_id = $1`,
		// An update that couldn't be decoded isn't known to be a chat's, but names it in what is kept of it.
		`DELETE FROM failed_updates WHERE chat_id = $1 OR chat_id IS NULL AND raw ~ ('(^|[^0-9])' || $1::bigint || '([^0-9]|$)')`,
		// A broadcast that goes out counts them no longer.
		`WITH gone AS (DELETE FROM recipients WHERE chat_id = $1 RETURNING broadcast, state)
		UPDATE broadcasts SET total = total - 1 WHERE id IN (SELECT broadcast FROM gone WHERE state IN (0, 1))`,
		`UPDATE broadcasts SET chat_id = 0, panel = 0 WHERE chat_id = $1`,
		// Who recorded answers takes their voice with them; every instance looks at the answers again.
		`WITH gone AS (DELETE FROM answer_voices WHERE staff IN (SELECT id FROM staff_ever WHERE chat_id = $1) RETURNING entry)
		UPDATE house SET value = (value::bigint + 1)::text WHERE key = 'answers' AND EXISTS (SELECT FROM gone)`,
		`DELETE FROM staff WHERE chat_id = $1`,
		`DELETE FROM former_staff WHERE chat_id = $1`, // behind the staff: somebody may just be dismissing them
		`DELETE FROM chats WHERE chat_id = $1`,
	} {
		b.Queue(sql, chat)
	}
	if err := tx.SendBatch(ctx, &b).Close(); err != nil {
		return nil, fmt.Errorf("erase a chat: %w", err)
	}
	return up, nil
}

// forgetShown ends the conversations in which the staff have open what the chat said, or who it registered: their states hold the words and the
// name that were shown. It comes before those rows go, by whose references and keys it finds them; who is interrupted is at the menu. The
// count of questions stays: no button of an old one may fit a new one.
func forgetShown(ctx context.Context, tx postgres.Querier, chat int64) error {
	if _, err := tx.Exec(ctx, `WITH own AS MATERIALIZED (
			SELECT reference FROM recommendations WHERE chat_id = $1 UNION ALL SELECT reference FROM threads WHERE chat_id = $1
			UNION ALL SELECT reference FROM registrations WHERE chat_id = $1 UNION ALL SELECT key::text FROM ratings WHERE chat_id = $1
		)
		UPDATE chats c SET state = coalesce('{"v":1,' || substring(c.state FROM '"screen":\d+') || '}', ''), unfinished = '', unfinished_at = NULL FROM staff s
		WHERE c.chat_id = s.chat_id AND c.chat_id <> $1 AND EXISTS (SELECT FROM own WHERE strpos(c.state, own.reference) > 0)`, chat); err != nil {
		return fmt.Errorf("forget what the staff were shown of a chat: %w", err)
	}
	return nil
}

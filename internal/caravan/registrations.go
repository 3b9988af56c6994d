package caravan

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

const registrationColumns = `r.id, r.reference, r.chat_id, r.self, r.name, r.name_key, r.trade, r.place, r.phone, r.card, r.rna, r.topics, r.state,
	r.created_at, r.attended_at, ` + stopColumns

const fromRegistrations = ` FROM registrations r JOIN stops s ON s.id = r.stop_id JOIN seats p ON p.stop_id = s.id `

func (r *Registration) scan() []any {
	return append([]any{&r.ID, &r.Reference, &r.Chat, &r.Self, &r.Name, &r.NameKey, &r.Trade, &r.Place, &r.Phone, &r.Card, &r.RNA, &r.Topics,
		&r.State, &r.Created, &r.Came}, r.Stop.scan()...)
}

// Find gives a chat's registration by its reference; ok is false when the chat has none of that reference.
func Find(ctx context.Context, q postgres.Querier, chat int64, reference string) (r Registration, ok bool, err error) {
	err = q.QueryRow(ctx, `SELECT `+registrationColumns+fromRegistrations+`WHERE r.reference = $1 AND r.chat_id = $2`, reference, chat).Scan(r.scan()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return Registration{}, false, nil
	}
	if err != nil {
		return Registration{}, false, fmt.Errorf("find registration %s: %w", reference, err)
	}
	return r, true, nil
}

// OfChat gives a chat's registrations, those at stops ahead first, the soonest stop first; cancelled ones last.
func OfChat(ctx context.Context, q postgres.Querier, chat int64, now time.Time) ([]Registration, error) {
	rows, err := q.Query(ctx, `SELECT `+registrationColumns+fromRegistrations+`WHERE r.chat_id = $1
		ORDER BY r.state = 'cancelled', s.ends_at <= $2, s.starts_at, r.id`, chat, now)
	if err != nil {
		return nil, fmt.Errorf("list a chat's registrations: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Registration, error) {
		var r Registration
		err := row.Scan(r.scan()...)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("list a chat's registrations: %w", err)
	}
	return list, nil
}

// Own tells how a chat stands with a stop: how many active registrations it made there, and its own person's reference and state,
// which are "" when they aren't registered themselves.
func Own(ctx context.Context, q postgres.Querier, chat int64, stop string) (reference, state string, count int, err error) {
	err = q.QueryRow(ctx, `SELECT coalesce(max(reference) FILTER (WHERE self), ''), coalesce(max(state) FILTER (WHERE self), ''), count(*)
		FROM registrations WHERE chat_id = $1 AND stop_id = $2 AND state <> 'cancelled'`, chat, stop).Scan(&reference, &state, &count)
	if err != nil {
		return "", "", 0, fmt.Errorf("count a chat's registrations at stop %q: %w", stop, err)
	}
	return reference, state, count, nil
}

// WasThere tells whether a chat was at a stop: somebody that it registered was checked in, or, where nobody was, had a place. there is
// false as long as the stop hasn't begun.
func WasThere(ctx context.Context, q postgres.Querier, chat int64, stop string, now time.Time) (s Stop, there bool, err error) {
	s, ok, err := ByID(ctx, q, stop)
	if err != nil || !ok || s.Starts.After(now) || s.State != Published {
		return s, false, err
	}
	if err := q.QueryRow(ctx, `SELECT EXISTS (SELECT FROM registrations WHERE stop_id = $1 AND chat_id = $2 AND state <> 'cancelled' AND state = CASE
		WHEN EXISTS (SELECT FROM registrations WHERE stop_id = $1 AND state = 'attended') THEN 'attended' ELSE 'confirmed' END)`, stop, chat).Scan(&there); err != nil {
		return s, false, fmt.Errorf("look who was at stop %q: %w", stop, err)
	}
	return s, there, nil
}

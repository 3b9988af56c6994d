package people

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// A Role is what somebody is to the caravan; "" is everybody else.
type Role string

// The roles.
const (
	Admin     Role = "admin"     // may do everything, and make admins
	Organiser Role = "organiser" // runs stops, writes to people, holds the door
	Agent     Role = "agent"     // answers for the chamber of one region, and sees that region only
)

// Roles lists them, the widest first.
func Roles() []Role { return []Role{Admin, Organiser, Agent} }

// Invites tells whether who has this role may invite somebody into another, or take it from them.
func (r Role) Invites(other Role) bool {
	switch r {
	case Admin:
		return other == Admin || other == Organiser || other == Agent
	case Organiser:
		return other == Organiser || other == Agent
	case Agent:
		return other == Agent
	}
	return false
}

// A Member is one of the staff.
type Member struct {
	ID     int64 // stands for them in the audit log
	Chat   int64
	Role   Role
	Region string // an agent's; "" for the others
	Name   string // first name
	Joined time.Time
}

// InvitationLife is how long an invitation can be taken up.
const InvitationLife = 48 * time.Hour

// codeBytes are drawn for an invitation's code: 24 characters of a link, which nobody guesses.
const codeBytes = 18

// Invite makes a one-time code into a role. by is the member who invites; nil from the command line, which may invite anybody. region is
// an agent's chamber and "" for the other roles. An agent can only invite into their own region.
func Invite(ctx context.Context, q postgres.Querier, by *Member, role Role, region string, now time.Time, random io.Reader) (code string, err error) {
	if by != nil && (!by.Role.Invites(role) || by.Role == Agent && region != by.Region) {
		return "", fmt.Errorf("invite a member: %s can't invite %s", by.Role, role)
	}
	var raw [codeBytes]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("draw an invitation: %w", err)
	}
	code = base64.RawURLEncoding.EncodeToString(raw[:])
	_, err = q.Exec(ctx, `INSERT INTO invitations (code_hash, role, region, invited_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		hashed(code), role, region, by.number(), now, now.Add(InvitationLife))
	if err != nil {
		return "", fmt.Errorf("keep an invitation: %w", err)
	}
	return code, nil
}

func hashed(code string) []byte {
	sum := sha256.Sum256([]byte(code))
	return sum[:]
}

// number is who stands in the audit log; nil for the command line.
func (m *Member) number() *int64 {
	if m == nil {
		return nil
	}
	return &m.ID
}

// Join takes an invitation up. ok is false when the code is none, was used or is too old. Who is staff already gets the new role.
func Join(ctx context.Context, q postgres.Querier, chat int64, name, code string, now time.Time) (m Member, ok bool, err error) {
	m = Member{Chat: chat, Name: name, Joined: now}
	err = q.QueryRow(ctx, `WITH taken AS (
			UPDATE invitations SET used_at = $4 WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $4 RETURNING role, region, invited_by
		)
		INSERT INTO staff (chat_id, role, region, name, invited_by, joined_at) SELECT $2, role, region, $3, invited_by, $4 FROM taken
		ON CONFLICT (chat_id) DO UPDATE SET role = excluded.role, region = excluded.region, name = excluded.name, invited_by = excluded.invited_by
		RETURNING id, role, region`, hashed(code), chat, name, now).Scan(&m.ID, &m.Role, &m.Region)
	if errors.Is(err, pgx.ErrNoRows) {
		return Member{}, false, nil
	}
	if err != nil {
		return Member{}, false, fmt.Errorf("take up an invitation: %w", err)
	}
	return m, true, nil
}

const memberColumns = `id, chat_id, role, region, name, joined_at`

// Staff lists the staff by role, the longest there first.
func Staff(ctx context.Context, q postgres.Querier) ([]Member, error) {
	rows, err := q.Query(ctx, `SELECT `+memberColumns+` FROM staff ORDER BY array_position(ARRAY['admin', 'organiser', 'agent'], role), id`)
	if err != nil {
		return nil, fmt.Errorf("list the staff: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Member])
	if err != nil {
		return nil, fmt.Errorf("list the staff: %w", err)
	}
	return list, nil
}

// Dismiss takes somebody's role away. ok is false when they had none, or when by may not: nobody dismisses a wider role than their own, an
// agent only agents of their region, and the last admin stays. by is nil on the command line. What they recorded and replied stays, and remains
// theirs to erase.
func Dismiss(ctx context.Context, q postgres.Querier, by *Member, id int64, now time.Time) (gone Member, ok bool, err error) {
	roles, region := Roles(), ""
	if by != nil {
		roles = nil
		for _, r := range Roles() {
			if by.Role.Invites(r) {
				roles = append(roles, r)
			}
		}
		region = by.Region
	}
	rows, err := q.Query(ctx, `WITH gone AS (
			DELETE FROM staff s WHERE id = $1 AND role = ANY($2) AND $3 IN ('', region)
				AND (role <> 'admin' OR $4 OR EXISTS (SELECT FROM staff o WHERE o.role = 'admin' AND o.id <> s.id)) RETURNING `+memberColumns+`
		), former AS (
			INSERT INTO former_staff (staff, chat_id, gone_at) SELECT id, chat_id, $5 FROM gone
		)
		SELECT `+memberColumns+` FROM gone`, id, roles, region, by == nil, now)
	if err != nil {
		return Member{}, false, fmt.Errorf("dismiss a member: %w", err)
	}
	gone, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Member])
	if errors.Is(err, pgx.ErrNoRows) {
		return Member{}, false, nil
	}
	if err != nil {
		return Member{}, false, fmt.Errorf("dismiss a member: %w", err)
	}
	return gone, true, nil
}

// Note writes what a member did into the audit log, which only grows. act is an action's name, about holds references and ids and never a
// person's name or words. by is nil on the command line.
func Note(ctx context.Context, q postgres.Querier, by *Member, act, about, outcome string, now time.Time) error {
	role := "command line"
	if by != nil {
		role = string(by.Role)
	}
	if _, err := q.Exec(ctx, `INSERT INTO audit (at, staff, role, act, about, outcome) VALUES ($1, $2, $3, $4, $5, $6)`,
		now, by.number(), role, act, about, outcome); err != nil {
		return fmt.Errorf("note %s in the audit log: %w", act, err)
	}
	return nil
}

// InvitationLink is where an invitation is taken up. Telegram: 64 characters behind start=.
func InvitationLink(username, code string) string {
	return "https://t.me/" + username + "?start=" + InvitationPayload(code)
}

// InvitationPayload is what such a link starts the bot with.
func InvitationPayload(code string) string { return "staff_" + code }

// Language is the one that a chat chose; "" when it hasn't, or is unknown.
func Language(ctx context.Context, q postgres.Querier, chat int64) (string, error) {
	var language string
	err := q.QueryRow(ctx, `SELECT language FROM chats WHERE chat_id = $1`, chat).Scan(&language)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("look up a chat's language: %w", err)
	}
	return language, nil
}

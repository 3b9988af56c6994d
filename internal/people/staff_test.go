package people

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// joined makes somebody a member.
func joined(t testing.TB, pool *pgxpool.Pool, chat int64, role Role, region string) Member {
	t.Helper()
	code, err := Invite(t.Context(), pool, nil, role, region, now, rand.Reader)
	must(t, err)
	m, ok, err := Join(t.Context(), pool, chat, "Karim", code, now)
	if err != nil || !ok {
		t.Fatalf("an invitation can't be taken up: %v, %v", ok, err)
	}
	return m
}

func TestAnInvitationWorksOnceAndNotForLong(t *testing.T) {
	t.Parallel()
	pool := house(t)
	code, err := Invite(t.Context(), pool, nil, Agent, "03", now, rand.Reader)
	must(t, err)
	if n := len("staff_" + code); n > 64 {
		t.Errorf("the link carries %d characters, Telegram takes 64", n)
	}
	for _, c := range []struct {
		code string
		at   time.Time
		ok   bool
	}{
		{code + "x", now, false},
		{"", now, false},
		{code, now.Add(InvitationLife), false},
		{code, now.Add(InvitationLife - time.Second), true},
		{code, now.Add(time.Minute), false},
	} {
		m, ok, err := Join(t.Context(), pool, 1, "Karim", c.code, c.at)
		if err != nil || ok != c.ok {
			t.Errorf("%q at %v: %v, %v", c.code, c.at, ok, err)
		}
		if ok && (m.Role != Agent || m.Region != "03" || m.ID == 0) {
			t.Errorf("%+v", m)
		}
	}
	if n := count(t, pool, `SELECT count(*) FROM invitations WHERE encode(code_hash, 'escape') LIKE '%' || $1 || '%'`, code); n != 0 {
		t.Error("the code itself is kept")
	}
}

func TestNobodyInvitesIntoAWiderRoleThanTheirOwn(t *testing.T) {
	t.Parallel()
	pool := house(t)
	for _, c := range []struct {
		by     Role
		as     Role
		region string
		ok     bool
	}{
		{Admin, Admin, "", true}, {Admin, Organiser, "", true}, {Admin, Agent, "09", true},
		{Organiser, Admin, "", false}, {Organiser, Organiser, "", true}, {Organiser, Agent, "09", true},
		{Agent, Organiser, "", false}, {Agent, Agent, "09", false}, {Agent, Agent, "03", true},
		{"", Agent, "03", false},
	} {
		by := Member{ID: 1, Role: c.by}
		if c.by == Agent {
			by.Region = "03"
		}
		if _, err := Invite(t.Context(), pool, &by, c.as, c.region, now, rand.Reader); (err == nil) != c.ok {
			t.Errorf("%s invites %s of %q: %v", c.by, c.as, c.region, err)
		}
	}
}

func TestDismissing(t *testing.T) {
	t.Parallel()
	pool := house(t)
	admin, organiser := joined(t, pool, 1, Admin, ""), joined(t, pool, 2, Organiser, "")
	fes, agadir := joined(t, pool, 3, Agent, "03"), joined(t, pool, 4, Agent, "09")
	for _, c := range []struct {
		what string
		by   *Member
		whom int64
		ok   bool
	}{
		{"an organiser an admin", &organiser, admin.ID, false},
		{"an agent one of another region", &fes, agadir.ID, false},
		{"an agent an organiser", &fes, organiser.ID, false},
		{"the last admin", &admin, admin.ID, false},
		{"an organiser an agent", &organiser, agadir.ID, true},
		{"somebody who is gone", &organiser, agadir.ID, false},
		{"the command line the last admin", nil, admin.ID, true},
	} {
		if _, ok, err := Dismiss(t.Context(), pool, c.by, c.whom, now); err != nil || ok != c.ok {
			t.Errorf("%s: %v, %v", c.what, ok, err)
		}
	}
	list, err := Staff(t.Context(), pool)
	if err != nil || len(list) != 2 || list[0].ID != organiser.ID || list[1].ID != fes.ID {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestWhoIsDismissedLeavesWhatTheySaidUntilTheyEraseIt(t *testing.T) {
	t.Parallel()
	pool := house(t)
	exec(t, pool, `INSERT INTO house (key, value) VALUES ('answers', '9')`)
	exec(t, pool, `INSERT INTO threads (reference, chat_id, chamber, language, state, since, created_at, updated_at) VALUES ('t', 9, '03', 'fr', 'waiting', $1, $1, $1)`, now)
	speaks := func(m Member) {
		exec(t, pool, `INSERT INTO answer_voices (entry, language, file, staff) VALUES ('card.what', $1, 'AwAC', $2)`, fmt.Sprint(m.ID), m.ID)
		exec(t, pool, `INSERT INTO thread_messages (thread, staff, kind, words, file, seconds, at) SELECT id, $1, 'voice', 'as said', 'BwAC', 6, $2 FROM threads`, m.ID, now)
	}
	said := func(m Member) int {
		return count(t, pool, `SELECT (SELECT count(*) FROM answer_voices WHERE staff = $1) + (SELECT count(*) FROM thread_messages WHERE staff = $1 AND file <> '')
			+ (SELECT count(*) FROM media f JOIN thread_messages m ON m.id = f.message WHERE m.staff = $1)`, m.ID)
	}
	// given one who is dismissed, comes back and is dismissed again; and another, who is dismissed, and one who stays
	var theirs []Member
	for _, region := range []string{"03", "09"} {
		m := joined(t, pool, 2, Agent, region)
		speaks(m)
		if _, ok, err := Dismiss(t.Context(), pool, nil, m.ID, now); !ok || err != nil {
			t.Fatal(ok, err)
		}
		theirs = append(theirs, m)
	}
	other, stays := joined(t, pool, 3, Agent, "03"), joined(t, pool, 4, Organiser, "")
	speaks(other)
	speaks(stays)
	if _, ok, err := Dismiss(t.Context(), pool, &stays, other.ID, now); !ok || err != nil {
		t.Fatal(ok, err)
	}
	for _, m := range append(theirs, other, stays) {
		if n := said(m); n != 3 {
			t.Errorf("%d of 3 are left of number %d", n, m.ID)
		}
	}
	exec(t, pool, `UPDATE media SET state = 'kept', store = 'folder', key = md5(message::text), sha256 = sha256('x')`)

	// when the first erases their data
	must(t, pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error { _, err := Erase(t.Context(), tx, 2, now); return err }))

	// then it goes from both of their times, and nobody else's does
	for _, m := range theirs {
		if n := said(m); n != 0 {
			t.Errorf("%d are left of number %d", n, m.ID)
		}
	}
	if said(other) != 3 || said(stays) != 3 || count(t, pool, `SELECT count(*) FROM former_staff`) != 1 {
		t.Errorf("of others are left %d and %d", said(other), said(stays))
	}
	if n := count(t, pool, `SELECT count(*) FROM doomed JOIN thread_messages m ON key = md5(m.id::text) WHERE staff = $1 OR staff = $2`, theirs[0].ID, theirs[1].ID); n != 2 {
		t.Errorf("%d of 2 files are doomed", n)
	}
	if n := count(t, pool, `SELECT count(*) FROM thread_messages WHERE words = 'as said'`); n != 4 {
		t.Errorf("%d of 4 replies keep their words", n)
	}
	if n := count(t, pool, `SELECT value::int FROM house WHERE key = 'answers'`); n != 10 {
		t.Error("nobody hears that voices went")
	}
}

func TestTheAuditLogOnlyGrows(t *testing.T) {
	t.Parallel()
	pool := house(t)
	m := joined(t, pool, 1, Organiser, "")
	must(t, Note(t.Context(), pool, &m, "stop.publish", "stop=fes", "done", time.Now()))
	must(t, Note(t.Context(), pool, nil, "staff.invite", "as=admin", "made", time.Now()))
	for _, sql := range []string{`UPDATE audit SET act = 'nothing'`, `DELETE FROM audit`, `TRUNCATE audit`} {
		if _, err := pool.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "only grows") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if n := count(t, pool, `SELECT count(*) FROM audit WHERE staff = $1 AND role = 'organiser' OR staff IS NULL AND role = 'command line'`, m.ID); n != 2 {
		t.Errorf("%d of 2 notes", n)
	}
	// when it is older than it must be kept, it goes
	exec(t, pool, `INSERT INTO audit (at, role, act) VALUES ($1, 'admin', 'old')`, time.Now().Add(-731*day))
	if got := purge(t, pool, time.Now()); got["audit"] != 1 {
		t.Errorf("%v", got)
	}
}

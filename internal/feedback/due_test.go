package feedback

import (
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/postgres"
)

// member makes one of the staff. Chats of staff are above 1000.
func member(t testing.TB, pool *pgxpool.Pool, role, region string) int64 {
	t.Helper()
	var id int64
	if err := pool.QueryRow(t.Context(), `INSERT INTO staff (chat_id, role, region, name) SELECT 1000 + count(*), $1, $2, 'Karim' || count(*) FROM staff RETURNING id`, role, region).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

func exec(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func in(region string) Recommendation {
	r := said(1, "Un lieu pour vendre")
	r.Region, r.Place = region, ""
	return r
}

// ask begins a thread of chat 2.
func ask(t testing.TB, pool *pgxpool.Pool, region string, at time.Time) string {
	t.Helper()
	ref, slow, err := Ask(t.Context(), pool, Question{Chat: 2, Chamber: region, Name: "Hassan", Language: "fr", Message: Message{Kind: Text, Words: "Où ?"}}, at, rand.Reader)
	if err != nil || slow {
		t.Fatal(slow, err)
	}
	return ref
}

func tellStaff(t testing.TB, pool *pgxpool.Pool) (refs []string) {
	t.Helper()
	list, err := TellStaff(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		refs = append(refs, f.Reference)
	}
	return refs
}

func TestWhatIsNewIsToldOnceAndToSomebody(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	member(t, pool, "agent", "03")
	fes := send(t, pool, in("03"), now, rand.Reader)
	agadir := send(t, pool, in("09"), now, rand.Reader)
	nowhere := send(t, pool, in(""), now, rand.Reader)
	question := ask(t, pool, "03", now)
	if got := tellStaff(t, pool); !slices.Equal(got, []string{fes, question}) {
		t.Errorf("%v, want %s and %s", got, fes, question)
	}
	if got := tellStaff(t, pool); got != nil {
		t.Errorf("told again: %v", got)
	}
	// what waited for somebody is told when there is somebody
	member(t, pool, "organiser", "")
	member(t, pool, "agent", "09")
	if got := tellStaff(t, pool); !slices.Equal(got, []string{agadir, nowhere}) {
		t.Errorf("%v, want %s and %s", got, agadir, nowhere)
	}
}

func overdue(t testing.TB, pool *pgxpool.Pool, at time.Time) []Late {
	t.Helper()
	list, err := Overdue(t.Context(), pool, at)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestWhatIsUnansweredComesBackAndThenGoesToTheOrganisers(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	agent := member(t, pool, "agent", "03")
	member(t, pool, "organiser", "")
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	waits := send(t, pool, in("03"), now, rand.Reader)
	ask(t, pool, "03", now)
	done := send(t, pool, in("03"), now, rand.Reader)
	step := Step{Scope{Chamber: "03"}, agent, now}
	if ok, err := step.Close(t.Context(), pool, done, "done"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if got := overdue(t, pool, day(300)); got != nil {
		t.Errorf("the chamber set no days: %+v", got)
	}
	if ok, err := SetChamber(t.Context(), pool, Scope{Chamber: "03"}, "03", "days", "7", now); !ok || err != nil {
		t.Fatal(ok, err)
	}
	for _, c := range []struct {
		at   time.Time
		want []Late
	}{
		{day(7), nil},
		{day(7).Add(time.Minute), []Late{{Chamber: "03", Days: 7, Count: 2}}},
		{day(8), nil},
		{day(14).Add(time.Minute), nil},
		{day(14).Add(2 * time.Minute), []Late{{Chamber: "03", Days: 7, Count: 2, Up: true}}},
		{day(40), nil},
	} {
		if got := overdue(t, pool, c.at); !slices.Equal(got, c.want) {
			t.Errorf("at %v: %+v, want %+v", c.at, got, c.want)
		}
	}
	for who, s := range map[string]Scope{"the agent": {Chamber: "03"}, "an organiser": {Organisers: true}} {
		if i, ok, err := Open(t.Context(), pool, s, waits); !ok || err != nil || !i.Escalated {
			t.Errorf("%s sees it: %v, %+v, %v", who, ok, i, err)
		}
	}
}

func TestAChamberWithNobodyHasItGoToTheOrganisersAtOnce(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	ref := send(t, pool, in("10"), now, rand.Reader)
	if got := overdue(t, pool, now); got != nil {
		t.Errorf("told to nobody: %+v", got)
	}
	member(t, pool, "organiser", "")
	if got := overdue(t, pool, now); !slices.Equal(got, []Late{{Chamber: "10", Count: 1, Up: true, Unstaffed: true}}) {
		t.Errorf("%+v", got)
	}
	if _, ok, _ := Open(t.Context(), pool, Scope{Organisers: true}, ref); !ok {
		t.Error("the organisers don't see it")
	}
	// and so does what an agent leaves behind
	agent := member(t, pool, "agent", "04")
	send(t, pool, in("04"), now, rand.Reader)
	if got := overdue(t, pool, now); got != nil {
		t.Errorf("%+v", got)
	}
	exec(t, pool, `UPDATE staff SET region = '05' WHERE id = $1`, agent)
	if got := overdue(t, pool, now); !slices.Equal(got, []Late{{Chamber: "04", Count: 1, Up: true, Unstaffed: true}}) {
		t.Errorf("%+v", got)
	}
}

// Whose only agent has blocked the bot is a chamber without anybody, until they are back.
func TestAnAgentWhoCannotBeReachedAnswersForNobody(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	agent := member(t, pool, "agent", "03")
	exec(t, pool, `INSERT INTO chats (chat_id, language, unreachable_at) SELECT chat_id, 'fr', now() FROM staff`)
	ref := send(t, pool, in("03"), now, rand.Reader)
	if got := tellStaff(t, pool); got != nil {
		t.Errorf("told to nobody: %v", got)
	}
	if c, _, err := ChamberOf(t.Context(), pool, "03"); c.Agents != 0 || err != nil {
		t.Errorf("%+v, %v", c, err)
	}
	member(t, pool, "organiser", "")
	if got := overdue(t, pool, now); !slices.Equal(got, []Late{{Chamber: "03", Count: 1, Up: true, Unstaffed: true}}) {
		t.Errorf("%+v", got)
	}
	exec(t, pool, `UPDATE chats SET unreachable_at = NULL`)
	if got := tellStaff(t, pool); !slices.Equal(got, []string{ref}) {
		t.Errorf("who is back hears of %v", got)
	}
	if got := overdue(t, pool, now.AddDate(1, 0, 0)); got != nil {
		t.Errorf("it goes up again: %+v", got)
	}
	if c, _, err := ChamberOf(t.Context(), pool, "03"); c.Agents != 1 || err != nil {
		t.Errorf("agent %d: %+v, %v", agent, c, err)
	}
}

func TestWhatTheOrganisersHadComesBackWhenTheArtisanWritesAgain(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	agent := member(t, pool, "agent", "03")
	member(t, pool, "organiser", "")
	exec(t, pool, `UPDATE chambers SET days = 7`)
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	ref := ask(t, pool, "03", now)
	reminded, up := []Late{{Chamber: "03", Days: 7, Count: 1}}, []Late{{Chamber: "03", Days: 7, Count: 1, Up: true}}
	for _, c := range []struct {
		at   int
		want []Late
	}{{8, reminded}, {16, up}, {30, nil}} {
		if got := overdue(t, pool, day(c.at)); !slices.Equal(got, c.want) {
			t.Fatalf("on day %d: %+v", c.at, got)
		}
	}
	if said, err := (Step{Scope{Chamber: "03"}, agent, day(31)}).Reply(t.Context(), pool, ref, Message{Kind: Text, Words: "Ici"}, 0); said != Kept || err != nil {
		t.Fatal(said, err)
	}
	if got := overdue(t, pool, day(50)); got != nil {
		t.Errorf("answered, and overdue: %+v", got)
	}
	if said, err := Say(t.Context(), pool, 2, ref, Message{Kind: Text, Words: "Où, ici ?"}, day(60)); said != Kept || err != nil {
		t.Fatal(said, err)
	}
	for _, c := range []struct {
		at   int
		want []Late
	}{{66, nil}, {68, []Late{{Chamber: "03", Days: 7, Count: 1, Holder: agent}}}, {69, nil}, {76, up}, {77, nil}, {300, nil}} {
		if got := overdue(t, pool, day(c.at)); !slices.Equal(got, c.want) {
			t.Errorf("on day %d: %+v, want %+v", c.at, got, c.want)
		}
	}
}

func TestAuthorsHearOfChangesAndOfAnswers(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	step := Step{Scope{Chamber: "03"}, member(t, pool, "agent", "03"), now}
	exec(t, pool, `INSERT INTO chats (chat_id, language) VALUES (1, 'ary')`)
	ref := send(t, pool, in("03"), now, rand.Reader)
	changes := func(want ...string) {
		t.Helper()
		list, err := TellChanges(t.Context(), pool)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range list {
			if c.Chat != 1 || c.Language != "ary" || c.Reference != ref {
				t.Errorf("%+v", c)
			}
			got = append(got, c.State+" "+c.Chamber+" "+c.Words)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	changes()
	if err := step.Read(t.Context(), pool, ref); err != nil {
		t.Fatal(err)
	}
	changes("read 03 ")
	changes()
	if said, err := step.Answer(t.Context(), pool, ref, Message{Kind: Voice, File: "v"}, 0, rand.Reader); said != Kept || err != nil {
		t.Fatal(said, err)
	}
	changes() // the answer itself tells
	replies, err := TellReplies(t.Context(), pool)
	if err != nil || len(replies) != 1 || replies[0].Chat != 1 || replies[0].Kind != Voice || replies[0].File != "v" || replies[0].Chamber != "03" {
		t.Errorf("%+v, %v", replies, err)
	}
	if replies, err = TellReplies(t.Context(), pool); len(replies) != 0 || err != nil {
		t.Errorf("told again: %+v, %v", replies, err)
	}
	if ok, err := step.Forward(t.Context(), pool, ref, "", "pour vous"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if ok, err := (Step{Scope{Organisers: true}, 1, now}).Close(t.Context(), pool, ref, "noted"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	changes("closed  noted") // the last of several
}

func TestReadersAreTheStaffWithWhatTheyTakeCareOf(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	agent := member(t, pool, "agent", "03")
	member(t, pool, "admin", "")
	gone := member(t, pool, "agent", "03")
	exec(t, pool, `INSERT INTO chats (chat_id, language, unreachable_at) SELECT chat_id, 'fr', now() FROM staff WHERE id = $1`, gone)
	if err := CareFor(t.Context(), pool, agent, "theme", []string{"card", "rna"}); err != nil {
		t.Fatal(err)
	}
	if err := CareFor(t.Context(), pool, agent, "theme", []string{"card"}); err != nil {
		t.Fatal(err)
	}
	if err := CareFor(t.Context(), pool, agent, "branch", []string{"bois"}); err != nil {
		t.Fatal(err)
	}
	list, err := Readers(t.Context(), pool)
	if err != nil || len(list) != 2 || !slices.Equal(list[0].Themes, []string{"card"}) || !slices.Equal(list[0].Branches, []string{"bois"}) || !list[0].Agent || list[1].Agent {
		t.Errorf("%+v, %v", list, err)
	}
	if themes, branches, err := Cares(t.Context(), pool, agent); err != nil || len(themes) != 1 || len(branches) != 1 {
		t.Errorf("%v, %v, %v", themes, branches, err)
	}
}

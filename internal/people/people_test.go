package people

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/postgres"
)

var now = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func house(t testing.TB) *pgxpool.Pool {
	t.Helper()
	pool := postgres.ForTest(t)
	stop := caravan.Stop{ID: "fes", Place: "fes", Region: "03", VenueFR: "Complexe", VenueAR: "المجمع", Lat: 34, Lon: -5, Capacity: 1, State: caravan.Published,
		Starts: now.Add(7 * day), Ends: now.Add(7*day + 3*time.Hour)}
	if _, err := caravan.Save(t.Context(), pool, []caravan.Stop{stop}, now); err != nil {
		t.Fatal(err)
	}
	return pool
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func exec(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	_, err := pool.Exec(context.Background(), sql, args...)
	must(t, err)
}

func count(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) int {
	t.Helper()
	var n int
	must(t, pool.QueryRow(context.Background(), sql, args...).Scan(&n))
	return n
}

func TestAProfileIsKeptAndCorrected(t *testing.T) {
	t.Parallel()
	pool := house(t)
	if _, known, err := Load(t.Context(), pool, 1); known || err != nil {
		t.Fatalf("a profile from nowhere: %v", err)
	}
	want := Profile{Name: "Fatima", Trade: "T01", Place: "fes", Phone: "+212600000000", Card: "no", RNA: "yes", Topics: []string{"card"}}
	must(t, Save(t.Context(), pool, 1, Profile{Name: "F"}, now))
	must(t, Save(t.Context(), pool, 1, want, now))
	must(t, Correct(t.Context(), pool, 1, Phone, "", "", now))
	want.Phone = ""
	got, known, err := Load(t.Context(), pool, 1)
	if err != nil || !known || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%+v, %v, %v", got, known, err)
	}
	must(t, Correct(t.Context(), pool, 2, Place, "agadir", "", now)) // before there is a profile
	if got, _, _ := Load(t.Context(), pool, 2); got.Place != "agadir" {
		t.Errorf("%+v", got)
	}
	if err := Correct(t.Context(), pool, 1, Field("chat_id"), "2", "", now); err == nil {
		t.Error("a field that is none was corrected")
	}
}

func TestACorrectionReachesTheRegistrationsAheadOfThePersonThemselves(t *testing.T) {
	t.Parallel()
	pool := house(t)
	register(t, pool, 1, "Fatma", true)
	register(t, pool, 1, "Khadija", false)
	must(t, Correct(t.Context(), pool, 1, Name, "Fatima", "fatima", now))
	must(t, Correct(t.Context(), pool, 1, Phone, "+212611111111", "", now))
	must(t, Correct(t.Context(), pool, 1, Card, "yes", "", now))
	must(t, Correct(t.Context(), pool, 1, RNA, "unsure", "", now))
	must(t, CorrectTopics(t.Context(), pool, 1, []string{"card", "social"}, now))
	if p, _, err := Load(t.Context(), pool, 1); err != nil || p.Card != "yes" || p.RNA != "unsure" || fmt.Sprint(p.Topics) != "[card social]" {
		t.Errorf("the profile is %+v, %v", p, err)
	}
	if n := count(t, pool, `SELECT count(*) FROM registrations WHERE self AND card = 'yes' AND rna = 'unsure' AND topics = '{card,social}'`); n != 1 {
		t.Error("the person's own registration has the card, the register or the topics as they were")
	}
	if n := count(t, pool, `SELECT count(*) FROM registrations WHERE name = 'Fatima' AND name_key = 'fatima' AND phone = '+212611111111' AND self`); n != 1 {
		t.Error("the person's own registration is not corrected")
	}
	if n := count(t, pool, `SELECT count(*) FROM registrations WHERE name = 'Khadija' AND phone = '' AND card = '' AND topics = '{}'`); n != 1 {
		t.Error("somebody else's registration was changed")
	}
	// a name that somebody else of the same chat has there stays out of the registrations, and breaks nothing
	must(t, Correct(t.Context(), pool, 1, Name, "Khadija", "khadija", now))
}

func TestConsentIsTheLastWordOnTheWordsAsTheyAreNow(t *testing.T) {
	t.Parallel()
	pool := house(t)
	is := func(want bool) {
		t.Helper()
		if got, err := Agreed(t.Context(), pool, 1, Data); err != nil || got != want {
			t.Errorf("agreed: %v, %v; want %v", got, err, want)
		}
	}
	is(false)
	must(t, Agree(t.Context(), pool, 1, Data, true, now))
	is(true)
	must(t, Agree(t.Context(), pool, 1, Reminders, false, now)) // another purpose
	must(t, Agree(t.Context(), pool, 2, Data, false, now))      // another chat
	is(true)
	must(t, Agree(t.Context(), pool, 1, Data, true, now))
	if n := count(t, pool, `SELECT count(*) FROM consents WHERE chat_id = 1 AND purpose = 'data'`); n != 1 {
		t.Errorf("the same yes is noted %d times", n)
	}
	must(t, Agree(t.Context(), pool, 1, Data, false, now))
	is(false)
	must(t, Agree(t.Context(), pool, 1, Data, true, now))
	is(true)
	exec(t, pool, `UPDATE consents SET version = 'data-2020-01'`)
	is(false)
	if err := Agree(t.Context(), pool, 1, Purpose("all"), true, now); err == nil {
		t.Error("agreed to a purpose that is none")
	}
	if _, err := Agreed(t.Context(), pool, 1, Purpose("all")); err == nil {
		t.Error("looked up a purpose that is none")
	}
}

func TestStoppingMessagesDropsWhatWaitsAndLastsUntilThePersonUndoesIt(t *testing.T) {
	t.Parallel()
	pool := house(t)
	exec(t, pool, `INSERT INTO deliveries (chat_id, lane, owner, message) VALUES (1, 'bulk', 1, '{}'), (1, 'reply', 1, '{}'), (2, 'bulk', 1, '{}')`)
	must(t, Messages(t.Context(), pool, 1, false, now))
	must(t, Messages(t.Context(), pool, 1, false, now.Add(time.Hour)))
	if n := count(t, pool, `SELECT count(*) FROM deliveries`); n != 2 {
		t.Errorf("%d deliveries wait; the reply and the other chat's must", n)
	}
	if n := count(t, pool, `SELECT count(*) FROM chats WHERE chat_id = 1 AND stopped_at = $1`, now); n != 1 {
		t.Error("not stopped since the first word")
	}
	must(t, Messages(t.Context(), pool, 1, true, now))
	if n := count(t, pool, `SELECT count(*) FROM chats WHERE chat_id = 1 AND stopped_at IS NULL`); n != 1 {
		t.Error("still stopped")
	}
}

func TestTheOverviewTellsWhatThereIs(t *testing.T) {
	t.Parallel()
	pool := house(t)
	o, err := Look(t.Context(), pool, 1)
	if err != nil || o.Known || !o.Messages {
		t.Errorf("of nobody: %+v, %v", o, err)
	}
	exec(t, pool, `INSERT INTO chats (chat_id, language, stopped_at) VALUES (1, 'ary', now())`)
	register(t, pool, 1, "Fatima", true)
	must(t, Save(t.Context(), pool, 1, Profile{Name: "Fatima"}, now))
	if o, err = Look(t.Context(), pool, 1); err != nil || !o.Known || o.Messages || o.Language != "ary" || o.Registrations != 1 || o.Profile.Name != "Fatima" {
		t.Errorf("%+v, %v", o, err)
	}
}

func register(t testing.TB, pool *pgxpool.Pool, chat int64, name string, self bool) caravan.Registered {
	t.Helper()
	var got caravan.Registered
	must(t, pgx.BeginFunc(context.Background(), pool, func(tx pgx.Tx) (err error) {
		got, err = caravan.Register(context.Background(), tx, caravan.Registration{Stop: caravan.Stop{ID: "fes"}, Chat: chat, Self: self, Name: name,
			NameKey: strings.ToLower(name), Trade: "T01", Place: "fes"}, now, rand.Reader)
		return err
	}))
	return got
}

// fill puts a row with the marker in every column that takes text, and the chat's id, into every table that can hold something of a chat.
func fill(t testing.TB, pool *pgxpool.Pool, chat int64, mark string) {
	t.Helper()
	exec(t, pool, `INSERT INTO chats (chat_id, language, state) VALUES ($1, 'fr', $2)`, chat, mark)
	exec(t, pool, `INSERT INTO failed_updates (update_id, chat_id, raw, reason) VALUES ($1::bigint * 10, $1, $2, $2)`, chat, mark)
	exec(t, pool, `INSERT INTO failed_updates (update_id, raw, reason) VALUES ($1::bigint * 10 + 1, '{"chat":{"id":' || $1::bigint || '},"text":"' || $2::text || '"}', 'unreadable')`, chat, mark)
	exec(t, pool, `INSERT INTO deliveries (chat_id, owner, message) VALUES ($1, 1, '{"t":"' || $2::text || '"}')`, chat, mark)
	exec(t, pool, `INSERT INTO deliveries (chat_id, owner, message, failed_at, error) VALUES ($1, 1, '', now(), $2)`, chat, mark)
	exec(t, pool, `INSERT INTO notices (key, chat_id) VALUES ('eve:fes:' || $1::bigint || $2::text, $1)`, chat, mark)
	must(t, Save(t.Context(), pool, chat, Profile{mark, mark, mark, mark, mark, mark, []string{mark}}, now))
	must(t, Agree(t.Context(), pool, chat, Data, true, now))
	exec(t, pool, `UPDATE consents SET version = version || $2 WHERE chat_id = $1`, chat, mark)
	for i, state := range []string{"confirmed", "waitlisted", "cancelled", "attended"} {
		exec(t, pool, `INSERT INTO registrations (reference, stop_id, chat_id, self, name, name_key, trade, place, phone, card, rna, topics, state)
			VALUES ($2 || $3::text, 'fes', $1, false, $2, $2 || $3::text, $2, $2, $2, $2, $2, ARRAY[$2], $4)`, chat, mark, fmt.Sprint(i), state)
	}
	exec(t, pool, `INSERT INTO staff (chat_id, role, name) VALUES ($1, 'organiser', $2)`, chat, mark)
	exec(t, pool, `INSERT INTO answer_voices (entry, language, file, staff) SELECT $2::text, 'fr', $2, id FROM staff WHERE chat_id = $1`, chat, mark)
	exec(t, pool, `WITH f AS (INSERT INTO former_staff (staff, chat_id, gone_at) VALUES (-$1::bigint, $1, $3) RETURNING staff)
		INSERT INTO answer_voices (entry, language, file, staff) SELECT $2::text, 'ar', $2, staff FROM f`, chat, mark, now)
	exec(t, pool, `WITH b AS (INSERT INTO broadcasts (author, chat_id, language, total, state, begins_at, finished_at, prepared_at) VALUES (1, $1, 'fr', 1, 'done', $3, $3, $3) RETURNING id)
		INSERT INTO recipients (broadcast, chat_id, state, reason) SELECT id, $1, 0, $2 FROM b`, chat, mark, now)
	exec(t, pool, `INSERT INTO ratings (stop_id, chat_id, score, words, file, language) VALUES ('fes', $1, 4, $2, $2, $2)`, chat, mark)
	_, err := caravan.WatchAll(t.Context(), pool, chat, mark, now)
	must(t, err)
	_, err = caravan.WatchStop(t.Context(), pool, chat, "fes", now)
	must(t, err)
	for i, kind := range []string{feedback.Text, feedback.Voice, feedback.Photo} {
		exec(t, pool, `INSERT INTO recommendations (reference, chat_id, named, name, theme, kind, words, file, region, place, trade, language, branch, chamber)
			VALUES ($2 || 'r' || $3::text, $1, true, $2, $2, $4, $2, $2, $2, $2, $2, $2, $2, $2)`, chat, mark, fmt.Sprint(i), kind)
	}
	exec(t, pool, `WITH g AS (INSERT INTO groups (theme, typical, edition) SELECT 'card', min(id), '1' FROM recommendations WHERE chat_id = $1 RETURNING id)
		UPDATE recommendations SET grouped = true, group_id = g.id FROM g WHERE chat_id = $1`, chat)
	exec(t, pool, `INSERT INTO group_terms (recommendation, group_id, theme, term, weight, total) SELECT typical, g.id, $2, $2, 100, 100 FROM groups g JOIN recommendations r ON r.id = typical
		WHERE chat_id = $1`, chat, mark)
	exec(t, pool, `INSERT INTO moves (recommendation, at, what, chamber, words) SELECT id, $2, 'closed', $3, $3 FROM recommendations WHERE chat_id = $1 LIMIT 1`, chat, now, mark)
	exec(t, pool, `WITH t AS (INSERT INTO threads (reference, chat_id, recommendation, named, name, chamber, branch, language, state, since, created_at, updated_at)
			SELECT $3::text || 't', $1, min(id), true, $3, $3, $3, $3, 'waiting', $2::timestamptz, $2::timestamptz, $2::timestamptz FROM recommendations WHERE chat_id = $1 RETURNING id)
		INSERT INTO thread_messages (thread, kind, words, file, at) SELECT id, 'voice', $3, $3, $2 FROM t`, chat, now, mark)
	exec(t, pool, `INSERT INTO moves (thread, at, what, chamber, words) SELECT id, $2, 'assigned', $3, $3 FROM threads WHERE chat_id = $1`, chat, now, mark)
	exec(t, pool, `UPDATE media SET state = 'kept', store = 'folder', key = md5(random()::text), type = $1, size = 9, sha256 = sha256('x') WHERE file = $1`, mark)
}

// traces finds every column of every table where a value holds one of the words.
func traces(t testing.TB, pool *pgxpool.Pool, words ...string) []string {
	t.Helper()
	rows, err := pool.Query(context.Background(), `SELECT table_name, column_name FROM information_schema.columns c JOIN information_schema.tables USING (table_schema, table_name)
		WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1, 2`)
	must(t, err)
	type column struct{ Table, Column string }
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	must(t, err)
	var found []string
	for _, c := range columns {
		name := pgx.Identifier{c.Column}.Sanitize()
		for _, w := range words {
			if count(t, pool, `SELECT count(*) FROM `+pgx.Identifier{c.Table}.Sanitize()+` WHERE `+name+`::text LIKE '%' || $1 || '%'`, w) > 0 {
				found = append(found, c.Table+"."+c.Column)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// aboutNobody are the tables that hold nothing of any chat. A new table belongs here, or into fill.
var aboutNobody = []string{"goose_db_version", "updates", "instances", "stops", "seats", "stop_changes", "house", "invitations", "audit",
	"broadcast_words", "pace", "rounds", "answer_overrides", "answer_sources", "answer_ways", "answer_proposals", "asked", "chambers", "cares", "themes", "doomed", "groups", "splits",
	"turnout", "reports", "report_files",
	"river_client", "river_client_queue", "river_job", "river_leader", "river_migration", "river_notification", "river_queue"}

func TestErasingLeavesNoTraceInAnyTable(t *testing.T) {
	t.Parallel()
	const chat, mark = 771234567890, "Zzmarker"
	pool := house(t)
	fill(t, pool, chat, mark)

	// given a trace in every table that isn't known to be about nobody: a table that was forgotten here fails
	before := traces(t, pool, mark, fmt.Sprint(chat))
	rows, err := pool.Query(t.Context(), `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`)
	must(t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	for _, table := range tables {
		has := slices.ContainsFunc(before, func(c string) bool { return strings.HasPrefix(c, table+".") })
		if !has && !slices.Contains(aboutNobody, table) {
			t.Errorf("table %s: this test must fill it with something of a chat, or name it among those about nobody", table)
		}
		if has && slices.Contains(aboutNobody, table) {
			t.Errorf("table %s is said to be about nobody and holds a trace", table)
		}
	}

	// and a neighbour, whose id holds the same digits
	fill(t, pool, chat*10+1, "Neighbour")
	neighbour := traces(t, pool, "Neighbour", fmt.Sprint(chat*10+1))

	// when the chat is erased
	must(t, pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error { _, err := Erase(t.Context(), tx, chat, now); return err }))

	// then nothing is left of it, and everything of the neighbour
	exec(t, pool, `CREATE TABLE nobody AS SELECT 1 AS x`) // the scan itself sees new tables
	for _, where := range traces(t, pool, mark) {
		t.Errorf("a trace is left in %s", where)
	}
	for _, where := range traces(t, pool, fmt.Sprint(chat)) {
		if left := count(t, pool, `SELECT count(*) FROM `+strings.Split(where, ".")[0]+` WHERE `+strings.Split(where, ".")[1]+`::text ~ ('(^|[^0-9])' || $1 || '([^0-9]|$)')`, fmt.Sprint(chat)); left > 0 {
			t.Errorf("the chat's id is left in %s", where)
		}
	}
	if after := traces(t, pool, "Neighbour", fmt.Sprint(chat*10+1)); !slices.Equal(after, neighbour) {
		t.Errorf("the neighbour lost something: %v, had %v", after, neighbour)
	}
	must(t, pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error { _, err := Erase(t.Context(), tx, chat, now); return err })) // again: nothing happens
}

// What is kept of a person's files goes with them: it is doomed in the same transaction, by names that tell nothing.
func TestErasingDoomsTheFiles(t *testing.T) {
	t.Parallel()
	pool := house(t)
	fill(t, pool, 5, "Gone")
	fill(t, pool, 6, "Neighbour")
	theirs := count(t, pool, `SELECT count(*) FROM media WHERE file = 'Gone'`)
	exec(t, pool, `CREATE TABLE before AS SELECT key FROM media WHERE file = 'Gone'`)
	must(t, pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error { _, err := Erase(t.Context(), tx, 5, now); return err }))
	if n := count(t, pool, `SELECT count(*) FROM doomed JOIN before USING (key) WHERE store = 'folder' AND due_at <= $1`, now); n != theirs || theirs != 4 {
		t.Errorf("%d of %d files are doomed", n, theirs)
	}
	if n := count(t, pool, `SELECT count(*) FROM media m LEFT JOIN doomed d USING (key) WHERE m.file = 'Neighbour' AND m.state = 'kept' AND d.key IS NULL`); n != 4 {
		t.Errorf("the neighbour has %d files left", n)
	}
}

func TestWhoAnsweredByVoiceTakesItWithThem(t *testing.T) {
	t.Parallel()
	pool := house(t)
	fill(t, pool, 5, "Agent")
	fill(t, pool, 6, "Artisan")
	exec(t, pool, `INSERT INTO thread_messages (thread, staff, kind, words, file, seconds, at)
		SELECT t.id, s.id, 'voice', 'by the chamber', 'spoken', 4, $1 FROM threads t, staff s WHERE t.chat_id = 6 AND s.chat_id = 5`, now)
	exec(t, pool, `UPDATE media SET state = 'kept', store = 'folder', key = md5('spoken'), sha256 = sha256('x') WHERE file = 'spoken'`)
	must(t, pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error { _, err := Erase(t.Context(), tx, 5, now); return err }))
	if len(traces(t, pool, "spoken")) > 0 || count(t, pool, `SELECT count(*) FROM doomed WHERE key = md5('spoken')`) != 1 {
		t.Error("the voice stays")
	}
	if n := count(t, pool, `SELECT count(*) FROM thread_messages WHERE words = 'by the chamber' OR file = 'Artisan'`); n != 2 {
		t.Error("the artisan lost the answer's words, or their own voice")
	}
}

func TestErasingFreesThePlaceForWhoWaits(t *testing.T) {
	t.Parallel()
	pool := house(t)
	register(t, pool, 1, "Fatima", true)
	waiting := register(t, pool, 2, "Khadija", true)
	var up []caravan.Promotion
	must(t, pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) (err error) { up, err = Erase(t.Context(), tx, 1, now); return err }))
	if len(up) != 1 || up[0].Chat != 2 || up[0].Reference != waiting.Reference {
		t.Errorf("%+v", up)
	}
}

func TestAnErasureThatFailsErasesNothing(t *testing.T) {
	t.Parallel()
	pool := house(t)
	fill(t, pool, 5, "Whole")
	before := traces(t, pool, "Whole")
	undo := errors.New("undo")
	if err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		if _, err := Erase(t.Context(), tx, 5, now); err != nil {
			return err
		}
		return undo
	}); !errors.Is(err, undo) {
		t.Fatal(err)
	}
	if after := traces(t, pool, "Whole"); !slices.Equal(before, after) {
		t.Errorf("%v, had %v", after, before)
	}
}

func TestTheExportShowsAllThereIs(t *testing.T) {
	t.Parallel()
	const chat, mark = 771234567890, "Zzmarker"
	pool := house(t)
	fill(t, pool, chat, mark)
	fill(t, pool, 5, "Neighbour")
	all, err := Export(t.Context(), pool, chat, now)
	must(t, err)
	raw, err := json.Marshal(all)
	must(t, err)
	// 4 registrations with 8 values each, 3 recommendations with 10, what became of one and of a thread with 3, a thread with 8, the type of 4 files and what 3 of
	// them are of, the profile's 7, three of a rating, two of a failed update, and one each of the chat's state, a consent, a wish, a notice, a delivery, a place in the staff and a
	// broadcast; two recorded answers, one of them from an earlier place in the staff, have two
	if n := strings.Count(string(raw), mark); n != 4*8+3*10+2*3+8+4+3+7+3+2+7+2*2 {
		t.Errorf("the marker stands there %d times: %s", n, raw)
	}
	if !strings.Contains(string(raw), `"formerly_staff":[{"until":"2026-11-24`) {
		t.Error("that they were of the staff isn't in it")
	}
	if strings.Contains(string(raw), "Neighbour") {
		t.Error("somebody else's data are in it")
	}
	empty, err := Export(t.Context(), pool, 6, now)
	must(t, err)
	if raw, err = json.Marshal(empty); err != nil || !strings.Contains(string(raw), `"registrations":[]`) {
		t.Errorf("of nobody: %s, %v", raw, err)
	}
}

package people

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/caravan"
)

func purge(t *testing.T, pool *pgxpool.Pool, at time.Time) Purged {
	t.Helper()
	got, err := Purge(t.Context(), pool, Usual(), at)
	must(t, err)
	return got
}

func TestEachThingIsKeptAsLongAsItMayAndNoLonger(t *testing.T) {
	t.Parallel()
	pool := house(t)
	fill(t, pool, 5, "Old")
	exec(t, pool, `INSERT INTO updates (update_id, handled_at) VALUES (1, $1)`, now)
	for _, sql := range []string{`UPDATE failed_updates SET failed_at = $1`, `UPDATE deliveries SET failed_at = $1 WHERE failed_at IS NOT NULL`,
		`UPDATE recommendations SET created_at = $1`, `UPDATE chats SET seen_at = $1`, `UPDATE notices SET sent_at = $1`} {
		exec(t, pool, sql, now)
	}
	stopEnds := now.Add(7*day + 3*time.Hour)
	counts := map[string]string{
		"updates":         `SELECT count(*) FROM updates`,
		"failed_updates":  `SELECT count(*) FROM failed_updates`,
		"deliveries":      `SELECT count(*) FROM deliveries WHERE failed_at IS NOT NULL`,
		"registrations":   `SELECT count(*) FROM registrations`,
		"watches":         `SELECT count(*) FROM watches WHERE stop_id IS NOT NULL`,
		"people":          `SELECT count(*) FROM people`,
		"recommendations": `SELECT count(*) FROM recommendations WHERE chat_id IS NOT NULL OR named OR name <> '' OR file <> '' OR place <> '' OR trade <> ''`,
		"threads":         `SELECT count(*) FROM thread_messages`,
		"moves":           `SELECT count(*) FROM moves WHERE words <> '' AND thread IS NULL`, // a question's go with it
		"conversations":   `SELECT count(*) FROM chats WHERE state <> ''`,
		"ratings":         `SELECT count(*) FROM ratings WHERE chat_id IS NOT NULL OR file <> ''`,
		"notices":         `SELECT count(*) FROM notices`,
	}
	for _, c := range []struct {
		due  time.Time
		many map[string]int
	}{
		{now.Add(72 * time.Hour), map[string]int{"updates": 1}},
		{now.Add(30 * day), map[string]int{"failed_updates": 2, "deliveries": 1}},
		{now.Add(90 * day), map[string]int{"conversations": 1}},
		{stopEnds.Add(90 * day), map[string]int{"registrations": 4, "watches": 1, "people": 1, "ratings": 1}},
		{now.Add(365 * day), map[string]int{"recommendations": 3, "threads": 1, "moves": 1}},
		{now.Add(396 * day), map[string]int{"notices": 1}},
	} {
		purge(t, pool, c.due)
		for what, want := range c.many {
			if n := count(t, pool, counts[what]); n != want {
				t.Errorf("%s: %d when they are just as old as they may be, want %d", what, n, want)
			}
		}
		got := purge(t, pool, c.due.Add(time.Second))
		for what, want := range c.many {
			if n := count(t, pool, counts[what]); n != 0 || got[what] != int64(want) {
				t.Errorf("%s: %d left a second later, purged %v", what, n, got)
			}
		}
	}
	if n := count(t, pool, `SELECT count(*) FROM recommendations WHERE words = 'Old' AND region = 'Old' AND branch = 'Old'`); n != 3 {
		t.Errorf("%d recommendations keep their words without their author", n)
	}
	if n := count(t, pool, `SELECT count(*) FROM ratings WHERE words = 'Old' AND score = 4`); n != 1 {
		t.Errorf("%d ratings keep their score and words without their author", n)
	}
	if n := count(t, pool, `SELECT count(*) FROM chats WHERE language = 'fr'`); n != 1 {
		t.Error("an idle chat lost its language")
	}
}

func TestFilesGoWhenTheirAuthorsAreDetached(t *testing.T) {
	t.Parallel()
	pool := house(t)
	fill(t, pool, 5, "Old")
	exec(t, pool, `UPDATE recommendations SET created_at = $1`, now)
	exec(t, pool, `CREATE TABLE before AS SELECT *, CASE WHEN rating IS NOT NULL THEN 'rating' ELSE 'said' END AS of FROM media`)
	doomed := func(of string) int {
		return count(t, pool, `SELECT count(*) FROM doomed JOIN before USING (store, key) WHERE of = $1`, of)
	}
	stopEnds := now.Add(7*day + 3*time.Hour)
	for _, c := range []struct {
		of   string
		due  time.Time
		many int
	}{{"rating", stopEnds.Add(90 * day), 1}, {"said", now.Add(365 * day), 3}} {
		if purge(t, pool, c.due); doomed(c.of) != 0 {
			t.Errorf("%s: gone on the last day", c.of)
		}
		if purge(t, pool, c.due.Add(time.Second)); doomed(c.of) != c.many {
			t.Errorf("%s: %d are doomed a second later", c.of, doomed(c.of))
		}
	}
	if n := count(t, pool, `SELECT count(*) FROM media`); n != 0 {
		t.Errorf("%d files are left", n)
	}
}

func TestWhatWasAskedIsKeptForAYear(t *testing.T) {
	t.Parallel()
	pool := house(t)
	exec(t, pool, `INSERT INTO asked (day, language, words, decision) VALUES ($1, 'fr', 'carte', 'answer')`, now)
	if purge(t, pool, now.Add(365*day)); count(t, pool, `SELECT count(*) FROM asked`) != 1 {
		t.Error("gone on the last day")
	}
	if got := purge(t, pool, now.Add(366*day)); got["asked"] != 1 || count(t, pool, `SELECT count(*) FROM asked`) != 0 {
		t.Errorf("kept for longer than a year: %v", got)
	}
}

func TestWhoRecordedAnAnswerTakesTheirVoiceWithThem(t *testing.T) {
	t.Parallel()
	pool := house(t)
	fill(t, pool, 5, "Voice")
	exec(t, pool, `INSERT INTO house (key, value) VALUES ('answers', '9')`)
	must(t, pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error { _, err := Erase(t.Context(), tx, 5, now); return err }))
	if count(t, pool, `SELECT count(*) FROM answer_voices`) != 0 || count(t, pool, `SELECT value::int FROM house WHERE key = 'answers'`) != 10 {
		t.Error("the voice stays, or nobody hears that it went")
	}
}

func TestWhoseVoiceItIsIsKnownAsLongAsThereIsOne(t *testing.T) {
	t.Parallel()
	pool := house(t)
	exec(t, pool, `INSERT INTO former_staff (staff, chat_id, gone_at) VALUES (1, 11, $1), (2, 12, $1), (3, 13, $1)`, now)
	exec(t, pool, `INSERT INTO answer_voices (entry, language, file, staff) VALUES ('card.what', 'fr', 'AwAC', 1)`)
	exec(t, pool, `WITH t AS (INSERT INTO threads (reference, chat_id, chamber, language, state, since, created_at, updated_at) VALUES ('t', 9, '03', 'fr', 'answered', $1, $1, $1) RETURNING id)
		INSERT INTO thread_messages (thread, staff, kind, words, file, at) SELECT id, s, 'voice', 'as said', CASE s WHEN 2 THEN 'BwAC' ELSE '' END, $1 FROM t, unnest(ARRAY[2, 3]) s`, now)
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{now.Add(30 * day), "1 2 3"},
		{now.Add(30*day + time.Second), "1 2"}, // the third only wrote
		{now.Add(365 * day), "1 2"},
		{now.Add(365*day + time.Second), "1"}, // the thread has gone, with its voice
		{now.Add(3650 * day), "1"},
	} {
		purge(t, pool, c.at)
		var left string
		must(t, pool.QueryRow(t.Context(), `SELECT string_agg(staff::text, ' ' ORDER BY staff) FROM former_staff`).Scan(&left))
		if left != c.want {
			t.Errorf("after %v: %q, want %q", c.at.Sub(now), left, c.want)
		}
	}
	exec(t, pool, `DELETE FROM answer_voices`)
	if got := purge(t, pool, now.Add(3650*day)); got["former_staff"] != 1 {
		t.Errorf("the recording is gone: %v", got)
	}
}

func TestWhatWaitsToBeSentIsNotPurged(t *testing.T) {
	t.Parallel()
	pool := house(t)
	exec(t, pool, `INSERT INTO deliveries (chat_id, owner, message, created_at) VALUES (1, 1, '{}', $1)`, now)
	purge(t, pool, now.Add(1000*day))
	if n := count(t, pool, `SELECT count(*) FROM deliveries`); n != 1 {
		t.Error("a delivery that waits was taken away")
	}
}

func TestConsentsStayWhileThereIsSomethingThatTheyAreAbout(t *testing.T) {
	t.Parallel()
	pool := house(t)
	must(t, Agree(t.Context(), pool, 1, Data, true, now))
	must(t, Agree(t.Context(), pool, 2, Data, true, now))
	exec(t, pool, `INSERT INTO watches (chat_id) VALUES (1)`)
	purge(t, pool, now.Add(397*day))
	if n := count(t, pool, `SELECT count(*) FROM consents WHERE chat_id = 1`); n != 1 {
		t.Error("a consent that something rests on is gone")
	}
	if n := count(t, pool, `SELECT count(*) FROM consents WHERE chat_id = 2`); n != 0 {
		t.Error("a consent that nothing rests on is kept")
	}
}

func TestAPurgeGoesOnUntilNothingIsLeft(t *testing.T) {
	t.Parallel()
	pool := house(t)
	exec(t, pool, `INSERT INTO updates (update_id, handled_at) SELECT n, $1 FROM generate_series(1, $2::int) n`, now, 2*purgeBatch+7)
	if got := purge(t, pool, now.Add(100*time.Hour)); got["updates"] != 2*purgeBatch+7 {
		t.Errorf("%v", got)
	}
}

func TestZeroKeepsForEver(t *testing.T) {
	t.Parallel()
	pool := house(t)
	fill(t, pool, 5, "Old")
	before := traces(t, pool, "Old")
	_, err := Purge(t.Context(), pool, Retention{}, now.Add(10000*day))
	must(t, err)
	if after := traces(t, pool, "Old"); len(after) != len(before) {
		t.Errorf("%v, had %v", after, before)
	}
}

func TestAWalkInIsKeptAsLongAsAnyRegistration(t *testing.T) {
	t.Parallel()
	pool := house(t)
	exec(t, pool, `INSERT INTO registrations (reference, stop_id, chat_id, self, name, name_key, trade, place, state, attended_at, came_as)
		VALUES ('4F7-K2M', 'fes', 0, false, 'Karim', 'karim 4F7-K2M', 'bois', '', 'attended', $1, 'walk-in')`, now)
	ends := now.Add(7*day + 3*time.Hour)
	purge(t, pool, ends.Add(90*day))
	if n := count(t, pool, `SELECT count(*) FROM registrations`); n != 1 {
		t.Errorf("%d are left when they are just as old as they may be", n)
	}
	purge(t, pool, ends.Add(90*day+time.Second))
	if n := count(t, pool, `SELECT count(*) FROM registrations`); n != 0 {
		t.Errorf("%d are left a second later", n)
	}
}

func TestWhatReportsCountStaysWhenRegistrationsGo(t *testing.T) {
	t.Parallel()
	pool := house(t)
	must(t, func() error {
		later := caravan.Stop{ID: "later", Place: "rabat", Region: "04", VenueFR: "Salle", VenueAR: "قاعة", Lat: 34, Lon: -6.8, State: caravan.Published,
			Starts: now.Add(60 * day), Ends: now.Add(60*day + 3*time.Hour)}
		_, err := caravan.Save(t.Context(), pool, []caravan.Stop{later}, now)
		return err
	}())
	put := func(stop string, chat int, name, trade, state string) {
		exec(t, pool, `INSERT INTO registrations (reference, stop_id, chat_id, self, name, name_key, trade, place, card, state, came_as)
			VALUES ($1::text || $2::bigint || $3::text, $1, $2::bigint, false, $3, $3, $4, 'fes', 'yes', $5::text, CASE WHEN $2::bigint = 0 THEN 'walk-in' WHEN $5::text = 'attended' THEN 'confirmed' END)`,
			stop, chat, name, trade, state)
	}
	put("fes", 1, "Fatima", "T01", "attended")
	put("fes", 2, "Hassan", "other:tire-bouchons", "attended")
	put("fes", 3, "Zineb", "T01", "confirmed")
	put("fes", 4, "Ali", "T01", "cancelled")
	put("fes", 0, "", "bois", "attended")
	put("later", 1, "Fatima", "T01", "confirmed") // registered while the first one is still known
	put("later", 5, "Omar", "T02", "confirmed")

	ends := now.Add(7*day + 3*time.Hour)
	purge(t, pool, ends.Add(90*day+time.Second))
	purge(t, pool, ends.Add(90*day+time.Hour)) // again: nothing is counted twice
	for what, want := range map[string]int{"attended  ": 3, "attended trade T01": 1, "attended trade ": 1, "attended trade bois": 1, "confirmed  ": 1, "attended way first": 2,
		"attended way walk-in": 1, "attended place fes": 3, "attended card yes": 3} {
		if n := count(t, pool, `SELECT coalesce(sum(n), 0)::int FROM turnout WHERE stop_id = 'fes' AND state || ' ' || part || ' ' || what = $1`, what); n != want {
			t.Errorf("%q: %d, want %d", what, n, want)
		}
	}
	if n := count(t, pool, `SELECT count(*) FROM turnout WHERE state = 'cancelled' OR what ~ 'tire'`); n != 0 {
		t.Error("what isn't counted, or somebody's words, are kept")
	}
	exec(t, pool, `UPDATE registrations SET state = 'attended' WHERE stop_id = 'later'`)
	if n := count(t, pool, `SELECT count(*) FROM presence WHERE part = 'way' AND what = 'first'`); n != 1 {
		t.Errorf("%d came to the later stop for the first time: who came to one that is no longer known is remembered", n)
	}
}

func TestReportsAreKeptForTwoYears(t *testing.T) {
	t.Parallel()
	pool := house(t)
	exec(t, pool, `INSERT INTO reports (from_at, to_at, created_at) VALUES ($1, $1::timestamptz + interval '1 day', $1)`, now)
	if purge(t, pool, now.Add(730*day)); count(t, pool, `SELECT count(*) FROM reports`) != 1 {
		t.Error("gone on the last day")
	}
	if got := purge(t, pool, now.Add(730*day+time.Second)); got["reports"] != 1 || count(t, pool, `SELECT count(*) FROM reports`) != 0 {
		t.Errorf("kept for longer: %v", got)
	}
}

package outreach

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/locale"
)

// mailer is a house whose Outreach can broadcast.
func mailer(t testing.TB) (*Outreach, *pgxpool.Pool) {
	t.Helper()
	o, pool := house(t)
	o.Directory, o.Languages, o.BulkRate = towns(), []locale.Language{locale.French, locale.Arabic, locale.Darija}, 25
	return o, pool
}

// ready is a broadcast in French, with Arabic standing in by it and nothing in Darija, prepared.
func ready(t testing.TB, o *Outreach, g Segment, now time.Time) int64 {
	t.Helper()
	id, err := NewDraft(t.Context(), o.Pool, 1, 1, "fr", now)
	if err != nil {
		t.Fatal(err)
	}
	for language, w := range map[string]Words{"fr": {Kind: "text", Text: "Foire <de> Fès"}, "ar": {Instead: "fr"}, "ary": {Instead: Silence}} {
		if ok, err := Compose(t.Context(), o.Pool, id, language, w); err != nil || !ok {
			t.Fatalf("compose: %v, %v", ok, err)
		}
	}
	if err := Aim(t.Context(), o.Pool, id, g, []string{"/next"}); err != nil {
		t.Fatal(err)
	}
	if ok, err := Start(t.Context(), o.Pool, id, 0, now, now); err != nil || !ok {
		t.Fatalf("start: %v, %v", ok, err)
	}
	if _, err := o.Prepare(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	return id
}

// crowd puts chats 1001 to 1000+n in, in French.
func crowd(t testing.TB, pool *pgxpool.Pool, n int) {
	t.Helper()
	exec(t, pool, `INSERT INTO chats (chat_id, language, seen_at) SELECT 1000 + n, 'fr', $2 FROM generate_series(1, $1::int) n`, n, at(1, 9, 0))
}

func counts(t testing.TB, pool *pgxpool.Pool, id int64) Broadcast {
	t.Helper()
	b, _, ok, err := Find(t.Context(), pool, id)
	if err != nil || !ok {
		t.Fatalf("find broadcast %d: %v, %v", id, ok, err)
	}
	return b
}

func chatsOf(list []conversation.Mailing) []int64 {
	var chats []int64
	for _, m := range list {
		chats = append(chats, m.Chat)
	}
	return chats
}

func fates(list []conversation.Mailing, what conversation.FateKind) []conversation.Fate {
	var out []conversation.Fate
	for _, m := range list {
		out = append(out, conversation.Fate{Broadcast: m.Broadcast, Chat: m.Chat, What: what, Reason: "because"})
	}
	return out
}

func TestASegmentIsNarrowed(t *testing.T) {
	t.Parallel()
	o, pool := mailer(t)
	past, unheld := stop("past"), stop("unheld")
	past.Starts, past.Ends = at(1, 8, 30), at(1, 9, 30)
	unheld.Starts, unheld.Ends = past.Starts, past.Ends
	publish(t, pool, at(1, 8, 0), stop("fair"), past, unheld)
	people := []struct {
		chat                    int64
		place, trade, card, rna string
		seen                    time.Time
	}{
		{11, "fes", "T01", "yes", "yes", at(1, 9, 0)},
		{12, "meknes", "T22", "no", "unsure", at(1, 9, 0)},
		{13, "agadir", "T39", "unsure", "no", at(1, 9, 0).AddDate(0, 0, -40)},
	}
	for _, p := range people {
		exec(t, pool, `INSERT INTO chats (chat_id, language, seen_at) VALUES ($1, 'ar', $2)`, p.chat, p.seen)
		exec(t, pool, `INSERT INTO people (chat_id, place, trade, card, rna) VALUES ($1, $2, $3, $4, $5)`, p.chat, p.place, p.trade, p.card, p.rna)
	}
	for id, states := range map[string][]string{"fair": {"attended", "confirmed", "cancelled"}, "past": {"attended", "confirmed", "cancelled"}, "unheld": {"confirmed", "confirmed", "cancelled"}} {
		for i, state := range states {
			exec(t, pool, `INSERT INTO registrations (reference, stop_id, chat_id, self, name, name_key, trade, place, state) VALUES ($1, $2, $3, true, 'x', $1, '', '', $4)`,
				fmt.Sprint(id, i), id, 11+i, state)
		}
	}
	old := ready(t, o, Segment{Language: "ar"}, at(1, 10, 0))
	ended := ready(t, o, Segment{Language: "ar"}, at(1, 10, 0))
	for _, id := range []int64{old, ended} { // of the first, one still waits: they get it yet
		exec(t, pool, `UPDATE recipients SET state = CASE chat_id WHEN 11 THEN 2 WHEN 12 THEN 0 ELSE 4 END WHERE broadcast = $1`, id)
	}
	if ok, err := Cancel(t.Context(), pool, ended, at(1, 10, 30)); err != nil || !ok {
		t.Fatal(ok, err)
	}
	for _, c := range []struct {
		what string
		g    Segment
		want []int64
	}{
		{"everybody: who hasn't stopped, can be reached and has a language", Segment{}, []int64{1, 2, 11, 12, 13}},
		{"a region", Segment{Regions: []string{"03"}}, []int64{11, 12}},
		{"two regions", Segment{Regions: []string{"03", "09"}}, []int64{11, 12, 13}},
		{"near a town", Segment{Near: "fes", Within: 20}, []int64{11}},
		{"a little less near", Segment{Near: "fes", Within: 100}, []int64{11, 12}},
		{"a region and near a town in another", Segment{Regions: []string{"09"}, Near: "fes", Within: 100}, nil},
		{"a family of trades", Segment{Family: directory.Art}, []int64{11, 12}},
		{"a trade", Segment{Trade: "T22"}, []int64{12}},
		{"who has the card", Segment{Card: "yes"}, []int64{11}},
		{"who hasn't the card, or doesn't know", Segment{Card: "no"}, []int64{12, 13}},
		{"who isn't in the register, or doesn't know", Segment{RNA: "no"}, []int64{12, 13}},
		{"who was registered at a stop", Segment{Stop: "fair", Was: WasRegistered}, []int64{11, 12}},
		{"who came", Segment{Stop: "fair", Was: WasAttended}, []int64{11}},
		{"who didn't come, before it is over", Segment{Stop: "fair", Was: WasMissed}, nil},
		{"who didn't come", Segment{Stop: "past", Was: WasMissed}, []int64{12}},
		{"who didn't come where nobody held the door", Segment{Stop: "unheld", Was: WasMissed}, nil},
		{"a language", Segment{Language: "ary"}, []int64{2}},
		{"who wrote lately", Segment{Seen: 30, Language: "ar"}, []int64{11, 12}},
		{"whom a broadcast did not reach", Segment{Missed: old}, []int64{13}},
		{"whom one that was ended halfway did not reach", Segment{Missed: ended}, []int64{12, 13}},
	} {
		again, err := readSegment(c.g.String())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.g, again); diff != "" {
			t.Errorf("%s: it changes when it is kept: %s", c.what, diff)
		}
		rows, err := pool.Query(t.Context(), `SELECT c.chat_id`+members+` ORDER BY 1`, again.arguments(o.Directory, at(1, 11, 0))...)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				t.Fatal(err)
			}
			got = append(got, id)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
		n := 0
		byLanguage, err := again.Count(t.Context(), pool, o.Directory, at(1, 11, 0))
		if err != nil {
			t.Fatal(err)
		}
		for _, count := range byLanguage {
			n += count
		}
		if n != len(c.want) {
			t.Errorf("%s: counted %d, want %d", c.what, n, len(c.want))
		}
	}
}

func TestARowForEachRecipientIsThereBeforeTheFirstIsGivenOut(t *testing.T) {
	t.Parallel()
	o, pool := mailer(t)
	id := ready(t, o, Segment{}, at(1, 11, 0))
	b := counts(t, pool, id)
	if b.State != Sending || b.Total != 1 || b.Left() != 1 { // 1 reads French; 2 reads Darija, which gets nothing; 3 has no language yet
		t.Errorf("%+v", b)
	}
	if n, err := o.Prepare(t.Context(), at(1, 11, 1)); n != 0 || err != nil {
		t.Errorf("prepared again: %d, %v", n, err)
	}
	// not before its hour
	later, err := NewDraft(t.Context(), pool, 1, 1, "fr", at(1, 11, 0))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), pool, later, 0, at(2, 11, 0), at(1, 11, 0)); err != nil {
		t.Fatal(err)
	}
	for _, now := range []time.Time{at(2, 10, 59), at(2, 11, 0)} {
		if _, err := o.Prepare(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		if got := counts(t, pool, later).State; (got == Sending) != now.Equal(at(2, 11, 0)) {
			t.Errorf("at %v it is %s", now, got)
		}
	}
}

func TestTwoInstancesShareABroadcast(t *testing.T) {
	t.Parallel()
	o, pool := mailer(t)
	crowd(t, pool, 50)
	exec(t, pool, `INSERT INTO instances (id) VALUES (71), (72)`)
	id := ready(t, o, Segment{}, at(1, 11, 0))
	now := func() time.Time { return at(1, 11, 5) }
	lanes := []*Lane{NewLane(o, 71, now), NewLane(o, 72, now)}
	seen := map[int64]int{}
	for i := 0; ; i++ {
		list, err := lanes[i%2].Take(t.Context(), 7)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			break
		}
		for _, m := range list {
			seen[m.Chat]++
			if !strings.Contains(m.Message.Text, "Foire &lt;de&gt; Fès") {
				t.Errorf("chat %d is told %q", m.Chat, m.Message.Text)
			}
		}
		if err := lanes[i%2].Settle(t.Context(), fates(list, conversation.Arrived)); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 51 {
		t.Errorf("%d people were given out, want 51", len(seen))
	}
	for chat, n := range seen {
		if n != 1 {
			t.Errorf("chat %d was given out %d times", chat, n)
		}
	}
	if b := counts(t, pool, id); b.Sent != 51 || b.Left() != 0 {
		t.Errorf("%+v", b.Counts)
	}
}

func TestWhatALostInstanceHadUnderWayIsGivenOutAgainAndUnsure(t *testing.T) {
	t.Parallel()
	o, pool := mailer(t)
	crowd(t, pool, 10)
	exec(t, pool, `INSERT INTO instances (id) VALUES (72)`) // 71 never shows a sign of life
	id := ready(t, o, Segment{}, at(1, 11, 0))
	now := at(1, 11, 5)
	clock := func() time.Time { return now }
	lost, err := NewLane(o, 71, clock).Take(t.Context(), 4)
	if err != nil || len(lost) != 4 {
		t.Fatalf("%d, %v", len(lost), err)
	}
	// one of the four arrived and was settled before the instance was lost
	if err := NewLane(o, 71, clock).Settle(t.Context(), fates(lost[:1], conversation.Arrived)); err != nil {
		t.Fatal(err)
	}
	lane := NewLane(o, 72, clock)
	var all []int64
	for range 20 {
		list, err := lane.Take(t.Context(), 3)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, chatsOf(list)...)
		if err := lane.Settle(t.Context(), fates(list, conversation.Arrived)); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Second)
	}
	if len(all) != 10 {
		t.Errorf("%d of 10 were given out: %v", len(all), all)
	}
	if b := counts(t, pool, id); b.Sent != 8 || b.Unsure != 3 || b.Left() != 0 {
		t.Errorf("%+v", b.Counts)
	}
	// a late word of the lost instance changes nothing
	if err := NewLane(o, 71, clock).Settle(t.Context(), fates(lost, conversation.Failed)); err != nil {
		t.Fatal(err)
	}
	if b := counts(t, pool, id); b.Sent != 8 || b.Unsure != 3 || b.Failed != 0 {
		t.Errorf("%+v", b.Counts)
	}
}

func TestWhatBecomesOfMailings(t *testing.T) {
	t.Parallel()
	o, pool := mailer(t)
	crowd(t, pool, 6)
	exec(t, pool, `INSERT INTO instances (id) VALUES (71)`)
	id := ready(t, o, Segment{}, at(1, 11, 0))
	lane := NewLane(o, 71, func() time.Time { return at(1, 11, 5) })
	exec(t, pool, `UPDATE chats SET stopped_at = now() WHERE chat_id = 1`)
	exec(t, pool, `UPDATE chats SET unreachable_at = now() WHERE chat_id = 1001`)
	list, err := lane.Take(t.Context(), 10)
	if err != nil || !slices.Equal(chatsOf(list), []int64{1002, 1003, 1004, 1005, 1006}) {
		t.Fatalf("who stopped and who can't be reached is given out too: %v, %v", chatsOf(list), err)
	}
	for i, what := range []conversation.FateKind{conversation.Arrived, conversation.Unreachable, conversation.Failed, conversation.NotYet, conversation.Doubtful} {
		if err := lane.Settle(t.Context(), fates(list[i:i+1], what)); err != nil {
			t.Fatal(err)
		}
	}
	if b := counts(t, pool, id); b.Counts != (Counts{Total: 7, Sent: 1, Unreachable: 2, Stopped: 1, Failed: 1}) {
		t.Errorf("%+v", b.Counts)
	}
	var gone bool
	if err := pool.QueryRow(t.Context(), `SELECT unreachable_at IS NOT NULL FROM chats WHERE chat_id = 1003`).Scan(&gone); err != nil || !gone {
		t.Errorf("who blocked the bot counts as reachable: %v", err)
	}
	// what was not sent, and what is in doubt, comes again; the latter is unsure in the end
	list, err = lane.Take(t.Context(), 10)
	if err != nil || !slices.Equal(chatsOf(list), []int64{1005, 1006}) {
		t.Fatalf("%v, %v", chatsOf(list), err)
	}
	if err := lane.Settle(t.Context(), fates(list, conversation.Arrived)); err != nil {
		t.Fatal(err)
	}
	if b := counts(t, pool, id); b.Sent != 2 || b.Unsure != 1 || b.Left() != 0 {
		t.Errorf("%+v", b.Counts)
	}
}

func TestABroadcastIsPausedAndCancelled(t *testing.T) {
	t.Parallel()
	o, pool := mailer(t)
	crowd(t, pool, 6)
	exec(t, pool, `INSERT INTO instances (id) VALUES (71)`)
	id := ready(t, o, Segment{}, at(1, 11, 0))
	lane := NewLane(o, 71, func() time.Time { return at(1, 11, 5) })
	gives := func(want int) {
		t.Helper()
		list, err := lane.Take(t.Context(), 2)
		if err != nil || len(list) != want {
			t.Errorf("gives out %d, %v; want %d", len(list), err, want)
		}
	}
	gives(2)
	for _, step := range []struct {
		do   func() (bool, error)
		ok   bool
		want int
	}{
		{func() (bool, error) { return Hold(t.Context(), pool, id, at(1, 11, 6)) }, true, 0},
		{func() (bool, error) { return Hold(t.Context(), pool, id, at(1, 11, 6)) }, false, 0},
		{func() (bool, error) { return Go(t.Context(), pool, id, at(1, 11, 7)) }, true, 2},
		{func() (bool, error) { return Cancel(t.Context(), pool, id, at(1, 11, 8)) }, true, 0},
		{func() (bool, error) { return Go(t.Context(), pool, id, at(1, 11, 9)) }, false, 0},
		{func() (bool, error) { return Start(t.Context(), pool, id, 0, at(1, 12, 0), at(1, 11, 9)) }, false, 0},
	} {
		if ok, err := step.do(); err != nil || ok != step.ok {
			t.Errorf("%v, %v; want %v", ok, err, step.ok)
		}
		gives(step.want)
	}
}

func TestNothingIsGivenOutInQuietHours(t *testing.T) {
	t.Parallel()
	o, pool := mailer(t)
	exec(t, pool, `INSERT INTO instances (id) VALUES (71)`)
	ready(t, o, Segment{}, at(1, 20, 0))
	for _, c := range []struct {
		now  time.Time
		want int
	}{{at(1, 21, 0), 0}, {at(2, 7, 59), 0}, {at(2, 8, 0), 1}} {
		list, err := NewLane(o, 71, func() time.Time { return c.now }).Take(t.Context(), 5)
		if err != nil || len(list) != c.want {
			t.Errorf("at %v: %d, %v", c.now, len(list), err)
		}
	}
}

func TestABroadcastPausesWhenItsStopIsMoved(t *testing.T) {
	t.Parallel()
	o, pool := mailer(t)
	o.Texts = nil
	publish(t, pool, at(1, 8, 0), stop("fair"), stop("other"))
	id, err := NewDraft(t.Context(), pool, 1, 1, "fr", at(1, 9, 0))
	if err != nil {
		t.Fatal(err)
	}
	if err := Aim(t.Context(), pool, id, Segment{}, []string{"start:stop_fair"}); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), pool, id, 0, at(5, 9, 0), at(1, 9, 0)); err != nil {
		t.Fatal(err)
	}
	moved := stop("other")
	moved.Starts, moved.Ends = at(11, 9, 30), at(11, 12, 0)
	publish(t, pool, at(1, 9, 30), moved)
	pauses := func(want string) {
		t.Helper()
		tx, err := pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := o.doubt(t.Context(), tx, at(1, 10, 0)); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if b := counts(t, pool, id); b.State != want {
			t.Errorf("it is %s, want %s", b.State, want)
		}
	}
	pauses(Scheduled)
	moved = stop("fair")
	moved.Starts, moved.Ends = at(12, 9, 30), at(12, 12, 0)
	publish(t, pool, at(1, 9, 40), moved)
	pauses(Paused)
	// whoever lets it go on has looked at it again
	if _, err := Go(t.Context(), pool, id, at(1, 10, 30)); err != nil {
		t.Fatal(err)
	}
	pauses(Scheduled)
}

func TestWordsOverTheLimitAreNotKept(t *testing.T) {
	t.Parallel()
	o, pool := mailer(t)
	id, err := NewDraft(t.Context(), pool, 1, 1, "fr", at(1, 9, 0))
	if err != nil {
		t.Fatal(err)
	}
	_ = o
	for _, c := range []struct {
		w  Words
		ok bool
	}{
		{Words{Kind: "text", Text: strings.Repeat("é", 4096)}, true},
		{Words{Kind: "text", Text: strings.Repeat("é", 4097)}, false},
		{Words{Kind: "text", Text: strings.Repeat("😀", 2049)}, false}, // two UTF-16 units each
		{Words{Kind: "photo", File: "f", Text: strings.Repeat("é", 1024)}, true},
		{Words{Kind: "photo", File: "f", Text: strings.Repeat("é", 1025)}, false},
	} {
		if _, err := Compose(t.Context(), pool, id, "fr", c.w); (err == nil) != c.ok {
			t.Errorf("%s of %d characters: %v", c.w.Kind, len([]rune(c.w.Text)), err)
		}
	}
}

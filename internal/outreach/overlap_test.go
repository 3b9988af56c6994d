package outreach

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/conversation"
)

// planned is a broadcast that begins at a time, to French only.
func planned(t testing.TB, pool *pgxpool.Pool, g Segment, begins time.Time) int64 {
	t.Helper()
	id, err := NewDraft(t.Context(), pool, 1, 1, "fr", at(1, 9, 0))
	if err != nil {
		t.Fatal(err)
	}
	for language, w := range map[string]Words{"fr": {Kind: "text", Text: "Foire"}, "ar": {Instead: Silence}, "ary": {Instead: Silence}} {
		if ok, err := Compose(t.Context(), pool, id, language, w); err != nil || !ok {
			t.Fatalf("compose: %v, %v", ok, err)
		}
	}
	if err := Aim(t.Context(), pool, id, g, nil); err != nil {
		t.Fatal(err)
	}
	if ok, err := Start(t.Context(), pool, id, 0, begins, at(1, 9, 0)); err != nil || !ok {
		t.Fatalf("start: %v, %v", ok, err)
	}
	return id
}

// Chats 1 (fr), 2 (ary) and 1001 to 1005 (fr) can be written to.
func TestWhoIsWrittenToTwiceInAnHourIsCounted(t *testing.T) {
	sending := func(t *testing.T, o *Outreach, state string, sent int) {
		t.Helper()
		exec(t, o.Pool, `INSERT INTO instances (id) VALUES (71)`)
		id := ready(t, o, Segment{}, at(1, 11, 0))
		lane := NewLane(o, 71, func() time.Time { return at(1, 11, 5) })
		list, err := lane.Take(t.Context(), sent)
		if err != nil {
			t.Fatal(err)
		}
		if err := lane.Settle(t.Context(), fates(list, conversation.Arrived)); err != nil {
			t.Fatal(err)
		}
		exec(t, o.Pool, `UPDATE broadcasts SET state = $2, finished_at = CASE WHEN $2 IN ('done', 'cancelled') THEN $3::timestamptz END WHERE id = $1`, id, state, at(1, 11, 10))
	}
	for what, c := range map[string]struct {
		before func(t *testing.T, o *Outreach)
		draft  Segment
		says   map[string]Words
		at     time.Time
		want   int
	}{
		"nothing else is there":            {func(*testing.T, *Outreach) {}, Segment{}, nil, at(1, 11, 30), 0},
		"one has just ended":               {func(t *testing.T, o *Outreach) { sending(t, o, Done, 6) }, Segment{}, nil, at(1, 12, 9), 6},
		"one ended an hour ago":            {func(t *testing.T, o *Outreach) { sending(t, o, Done, 6) }, Segment{}, nil, at(1, 12, 11), 0},
		"one was cancelled halfway":        {func(t *testing.T, o *Outreach) { sending(t, o, Cancelled, 2) }, Segment{}, nil, at(1, 11, 30), 2},
		"one goes out":                     {func(t *testing.T, o *Outreach) { sending(t, o, Sending, 2) }, Segment{}, nil, at(1, 11, 30), 6},
		"one goes out, the draft tomorrow": {func(t *testing.T, o *Outreach) { sending(t, o, Sending, 2) }, Segment{}, nil, at(2, 11, 30), 0},
		"one is paused":                    {func(t *testing.T, o *Outreach) { sending(t, o, Paused, 2) }, Segment{}, nil, at(2, 11, 30), 6},
		"one is to go in the same hour":    {func(t *testing.T, o *Outreach) { planned(t, o.Pool, Segment{}, at(2, 10, 0)) }, Segment{}, nil, at(2, 10, 30), 6},
		"one is to go two hours later":     {func(t *testing.T, o *Outreach) { planned(t, o.Pool, Segment{}, at(2, 12, 31)) }, Segment{}, nil, at(2, 10, 30), 0},
		"it goes to others":                {func(t *testing.T, o *Outreach) { planned(t, o.Pool, Segment{Language: "ar"}, at(2, 10, 0)) }, Segment{}, nil, at(2, 10, 30), 0},
		"two are to go, each person counts": {func(t *testing.T, o *Outreach) {
			planned(t, o.Pool, Segment{}, at(2, 10, 0))
			planned(t, o.Pool, Segment{}, at(2, 11, 0))
		}, Segment{}, nil, at(2, 10, 30), 6},
		"the draft is to a part of them": {func(t *testing.T, o *Outreach) { planned(t, o.Pool, Segment{}, at(2, 10, 0)) }, Segment{Language: "ary"}, nil, at(2, 10, 30), 0},
		"the draft says nothing to them": {func(t *testing.T, o *Outreach) { planned(t, o.Pool, Segment{}, at(2, 10, 0)) }, Segment{}, map[string]Words{"fr": {Instead: Silence}}, at(2, 10, 30), 0},
		"one is paused before it is prepared": {func(t *testing.T, o *Outreach) {
			if _, err := Hold(t.Context(), o.Pool, planned(t, o.Pool, Segment{}, at(2, 10, 0)), at(1, 10, 0)); err != nil {
				t.Fatal(err)
			}
		}, Segment{}, nil, at(2, 10, 30), 6},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			o, pool := mailer(t)
			crowd(t, pool, 5)
			c.before(t, o)
			if n, err := o.overlap(t.Context(), pool, Broadcast{Segment: c.draft}, c.says, c.at, at(1, 11, 20)); err != nil || n != c.want {
				t.Errorf("%d, %v; want %d", n, err, c.want)
			}
		})
	}
}

package telegram

import (
	"log/slog"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/postgres"
)

// What has arrived is settled in a turn's own transaction, or stays to be settled when that does not take effect. What could not be made never
// goes along, and what another instance has by now is known to be lost.
func TestWhatHasArrivedGoesAlongWithATurn(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	o := newOutbox(pool, 1, slog.New(slog.DiscardHandler))
	stored := func(owner int64) (id int64) {
		t.Helper()
		if err := pool.QueryRow(t.Context(), `INSERT INTO deliveries (chat_id, owner, message) VALUES (7, $1, '{}') RETURNING id`, owner).Scan(&id); err != nil {
			t.Fatal(err)
		}
		return id
	}
	arrived, theirs, failed := stored(1), stored(2), stored(1)
	there := func() (ids []int64) {
		t.Helper()
		rows, _ := pool.Query(t.Context(), `SELECT id FROM deliveries WHERE failed_at IS NULL ORDER BY id`)
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	for _, d := range []settled{{id: arrived, chat: 7}, {id: theirs, chat: 7}, {id: failed, chat: 7, reason: "refused"}} {
		o.add(t.Context(), d)
	}

	var done []settled
	turn := func(end string) {
		t.Helper()
		var b pgx.Batch
		b.Queue("begin")
		settle := o.along(&b, func(batch []settled) { done = append(done, batch...) })
		b.Queue(end)
		if err := pool.SendBatch(t.Context(), &b).Close(); err != nil {
			t.Fatal(err)
		}
		settle(end == "commit")
	}
	turn("rollback")
	if len(done) != 0 || len(there()) != 3 {
		t.Fatalf("a transaction that did not take effect settled %v; %v are stored", done, there())
	}
	for _, d := range o.rest() { // run would settle them by themselves now
		o.add(t.Context(), d)
	}
	turn("commit")
	if got := there(); !slices.Equal(got, []int64{theirs, failed}) {
		t.Errorf("stored are %v, not what is another's and what could not be made", got)
	}
	slices.SortFunc(done, func(a, b settled) int { return int(a.id - b.id) })
	if want := []settled{{id: arrived, chat: 7}, {id: theirs, chat: 7, lost: true}}; !slices.Equal(done, want) {
		t.Errorf("settled were %+v, not %+v", done, want)
	}
	if left := o.rest(); len(left) != 1 || left[0].id != failed {
		t.Errorf("left to be settled by itself: %+v", left)
	}
}

package main

import (
	"testing"
	"time"
)

// A killed instance leaves durable work that looks as if it ran: River doesn't wake the dead for an hour.
func TestWhatAKilledInstanceWasDoingHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	r := start(t, false)
	done := func(after int) bool {
		return r.count(t, `SELECT count(*) FROM river_job WHERE kind = 'broadcast' AND state = 'completed' AND id > $1`, after) > 0
	}
	wait := func(after int) {
		t.Helper()
		for deadline := time.Now().Add(time.Minute); !done(after); time.Sleep(50 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("nobody looks any more for broadcasts that are to go out")
			}
		}
	}
	wait(0)
	r.stop(t)
	dead := r.count(t, `UPDATE river_job SET state = 'running', finalized_at = NULL, attempted_at = now()
		WHERE id = (SELECT max(id) FROM river_job WHERE kind = 'broadcast' AND state = 'completed') RETURNING id`)
	r.run(t)
	wait(dead)
}

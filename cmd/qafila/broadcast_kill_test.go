package main

import (
	"flag"
	"fmt"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/qafila/qafila/bench/harness"
	"github.com/qafila/qafila/internal/postgres"
)

// The full form: go test ./cmd/qafila -run KilledDuringABroadcast -people 50000 -kills 20
var (
	recipients = flag.Int("people", 4000, "recipients of the broadcast during which the program is killed")
	kills      = flag.Int("kills", 4, "how often it is killed")
)

// TestKilledDuringABroadcast kills the program again and again while a broadcast goes out: nobody is missed, and who got it twice is among
// those marked as unsure.
func TestKilledDuringABroadcast(t *testing.T) {
	const first = 9_000_000_000
	n := *recipients
	binary := filepath.Join(t.TempDir(), "qafila")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build it: %v\n%s", err, out)
	}
	pool := postgres.ForTest(t)
	do := func(sql string, args ...any) {
		t.Helper()
		if _, err := pool.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	do(`INSERT INTO chats (chat_id, language) SELECT $1::bigint + n, 'fr' FROM generate_series(0, $2::int - 1) n`, int64(first), n)
	do(`INSERT INTO broadcasts (author, chat_id, language, state, begins_at) VALUES (1, 1, 'fr', 'scheduled', now())`)
	do(`INSERT INTO broadcast_words (broadcast, language, kind, words, instead) SELECT id, l, CASE l WHEN 'fr' THEN 'text' ELSE '' END,
		CASE l WHEN 'fr' THEN 'Bonjour' ELSE '' END, CASE l WHEN 'fr' THEN '' ELSE 'fr' END FROM broadcasts, unnest(ARRAY['fr', 'ar', 'ary']) l`)
	far, err := harness.New(harness.Questions())
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	far.Readers(first, n)
	env := map[string]string{"TELEGRAM_TOKEN": harness.Token, "TELEGRAM_API_URL": far.URL(), "QAFILA_LISTEN": "127.0.0.1:0", "QAFILA_QUIET": "none",
		"DATABASE_URL": pool.Config().ConnString(), "QAFILA_BULK_RATE": fmt.Sprint(n / 4), "QAFILA_LOG": "error"}
	read := func(atLeast int) {
		t.Helper()
		for deadline := time.Now().Add(2 * time.Minute); far.Read() < atLeast; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d of %d messages came", far.Read(), atLeast)
			}
		}
	}
	for i := range *kills {
		p := launch(t, binary, env, "serve")
		read((i + 1) * n / (*kills + 2)) // somewhere in the middle of it
		p.signal(syscall.SIGKILL)
		<-p.ended
	}
	launch(t, binary, env, "serve")
	var state string
	for deadline := time.Now().Add(2 * time.Minute); state != "done"; time.Sleep(20 * time.Millisecond) {
		if err := pool.QueryRow(t.Context(), `SELECT state FROM broadcasts`).Scan(&state); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(deadline) {
			t.Fatalf("the broadcast is %s in the end", state)
		}
	}
	unsure := map[int64]bool{}
	rows, err := pool.Query(t.Context(), `SELECT chat_id FROM recipients WHERE state = 3`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		unsure[id] = true
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	missed, twice := 0, 0
	for i, times := range far.Times() {
		switch {
		case times == 0:
			missed++
		case times > 1:
			twice++
			if !unsure[first+int64(i)] {
				t.Errorf("somebody got it %d times and is not marked as unsure", times)
			}
		}
	}
	t.Logf("%d people, %d kills: %d missed, %d got it twice, %d unsure", n, *kills, missed, twice, len(unsure))
	if missed > 0 {
		t.Errorf("%d people were missed", missed)
	}
	if len(unsure) > *kills*200 { // what was taken at once, and not all the rest
		t.Errorf("%d are unsure after %d kills", len(unsure), *kills)
	}
	var sent, sure int
	if err := pool.QueryRow(t.Context(), `SELECT sent, unsure FROM broadcasts`).Scan(&sent, &sure); err != nil || sent+sure != n || sure != len(unsure) {
		t.Errorf("it counts %d sent and %d unsure of %d, %v", sent, sure, n, err)
	}
}

package media

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/postgres"
)

var now = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

// opus is the beginning of a voice message as Telegram's apps record it.
var opus = append([]byte("OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x01\x02\x03\x04\x00\x00\x00\x00\x05\x06\x07\x08\x01\x13OpusHead"), make([]byte, 100)...)

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

func count(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) (n int) {
	t.Helper()
	must(t, pool.QueryRow(context.Background(), sql, args...).Scan(&n))
	return n
}

// A messenger is the far side.
type messenger struct {
	mu    sync.Mutex
	files map[string][]byte
	fails map[string]error
	asked map[string]int
	meets func(file string) // runs while a file is on its way
}

func (m *messenger) Fetch(_ context.Context, file string, _ int) ([]byte, error) {
	m.mu.Lock()
	m.asked[file]++
	err, meets := m.fails[file], m.meets
	data, ok := m.files[file]
	m.mu.Unlock()
	if meets != nil {
		meets(file)
	}
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, ErrMissing
	}
	return data, nil
}

// A shelf is a store in memory.
type shelf struct {
	name  string
	mu    sync.Mutex
	has   map[string][]byte
	fails error
}

func (s *shelf) Name() string { return s.name }

func (s *shelf) Put(_ context.Context, key string, data []byte, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fails == nil {
		s.has[key] = data
	}
	return s.fails
}

func (s *shelf) Get(_ context.Context, key string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if data, ok := s.has[key]; ok || s.fails != nil {
		return data, s.fails
	}
	return nil, ErrNotKept
}

func (s *shelf) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fails == nil {
		delete(s.has, key)
	}
	return s.fails
}

func (s *shelf) keys() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.has))
}

func rig(t testing.TB) (*Keeper, *messenger, *shelf) {
	t.Helper()
	m := &messenger{files: map[string][]byte{}, fails: map[string]error{}, asked: map[string]int{}}
	s := &shelf{name: "shelf", has: map[string][]byte{}}
	return &Keeper{Pool: postgres.ForTest(t), Source: m, Stores: []Store{s}, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)}, m, s
}

// says puts a recommendation with a voice there.
func says(t testing.TB, pool *pgxpool.Pool, chat int64, file string) {
	t.Helper()
	exec(t, pool, `INSERT INTO recommendations (reference, chat_id, theme, kind, file, language) VALUES ($1, $2, 'card', 'voice', $1, 'fr')`, file, chat)
}

func TestAFileIsFetchedOnceAndKept(t *testing.T) {
	t.Parallel()
	k, m, s := rig(t)
	m.files["v1"] = opus
	says(t, k.Pool, 7, "v1")
	for range 3 {
		must(t, k.Fetch(t.Context(), now))
		now := now.Add(24 * time.Hour)
		must(t, k.Fetch(t.Context(), now))
	}
	if m.asked["v1"] != 1 || len(s.has) != 1 {
		t.Fatalf("asked for %d times, kept %q", m.asked["v1"], s.keys())
	}
	sum := sha256.Sum256(opus)
	if n := count(t, k.Pool, `SELECT count(*) FROM media WHERE state = 'kept' AND key = $1 AND store = 'shelf' AND type = 'audio/ogg' AND size = $2 AND sha256 = $3`,
		s.keys()[0], len(opus), sum[:]); n != 1 || !bytes.Equal(s.has[s.keys()[0]], opus) {
		t.Error("the row doesn't say what is kept")
	}
}

// Who reads the rows, or the store, doesn't learn whose a file is, named or not.
func TestNeitherRowNorNameLeadsToAChat(t *testing.T) {
	t.Parallel()
	k, m, s := rig(t)
	const chat = 770077007700
	m.files["v1"] = opus
	says(t, k.Pool, chat, "v1")
	must(t, k.Fetch(t.Context(), now))
	if n := count(t, k.Pool, `SELECT count(*) FROM media WHERE media::text LIKE '%' || $1 || '%'`, fmt.Sprint(chat)); n != 0 {
		t.Error("the row names the chat")
	}
	if n := count(t, k.Pool, `SELECT count(*) FROM information_schema.columns WHERE table_name IN ('media', 'doomed') AND column_name ~ 'chat|name|staff|person|phone'`); n != 0 {
		t.Errorf("%d columns are about somebody", n)
	}
	other, m2, s2 := rig(t)
	m2.files["v1"] = opus
	says(t, other.Pool, chat, "v1")
	must(t, other.Fetch(t.Context(), now))
	if s.keys()[0] == s2.keys()[0] {
		t.Error("a key can be worked out")
	}
}

func TestManyInstancesFetchEachFileOnce(t *testing.T) {
	t.Parallel()
	k, m, s := rig(t)
	for n := range 60 {
		file := fmt.Sprint("v", n)
		m.files[file] = opus
		says(t, k.Pool, 7, file)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			other := *k
			if err := other.Fetch(t.Context(), now); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for file, n := range m.asked {
		if n != 1 {
			t.Errorf("%s was asked for %d times", file, n)
		}
	}
	if len(s.has) != 60 || count(t, k.Pool, `SELECT count(*) FROM media WHERE state = 'kept'`) != 60 {
		t.Errorf("%d are kept", len(s.has))
	}
}

func TestEveryRowThatHasAFileWantsItAndNoOther(t *testing.T) {
	t.Parallel()
	k, _, _ := rig(t)
	exec(t, k.Pool, `INSERT INTO stops (id, place, region, venue_fr, venue_ar, lat, lon, starts_at, ends_at) VALUES ('fes', 'fes', '03', 'x', 'x', 34, -5, now(), now() + interval '1 hour')`)
	says(t, k.Pool, 1, "said")
	exec(t, k.Pool, `INSERT INTO recommendations (reference, chat_id, theme, kind, words, language) VALUES ('words', 1, 'card', 'text', 'x', 'fr')`)
	exec(t, k.Pool, `INSERT INTO ratings (stop_id, chat_id, score, language) VALUES ('fes', 1, 4, 'fr')`)
	exec(t, k.Pool, `INSERT INTO threads (id, reference, chat_id, chamber, language, state, since, created_at, updated_at) OVERRIDING SYSTEM VALUE VALUES (1, 't', 1, '03', 'fr', 'waiting', now(), now(), now())`)
	exec(t, k.Pool, `INSERT INTO thread_messages (thread, kind, file, at) VALUES (1, 'photo', 'asked', now())`)
	exec(t, k.Pool, `INSERT INTO thread_messages (thread, kind, words, at) VALUES (1, 'text', 'x', now())`)
	exec(t, k.Pool, `UPDATE ratings SET file = 'rated'`) // the voice comes after the score
	wants := func(want ...string) {
		t.Helper()
		var got []string
		must(t, k.Pool.QueryRow(t.Context(), `SELECT coalesce(array_agg(kind || ' ' || file ORDER BY file), '{}') FROM media WHERE state = 'wanted'`).Scan(&got))
		if !slices.Equal(got, want) {
			t.Errorf("%q are wanted, not %q", got, want)
		}
	}
	wants("photo asked", "voice rated", "voice said")
	exec(t, k.Pool, `UPDATE ratings SET file = 'again'`)
	exec(t, k.Pool, `UPDATE recommendations SET words = 'x', file = file`)
	wants("voice again", "photo asked", "voice said")
	exec(t, k.Pool, `UPDATE ratings SET file = ''`)
	exec(t, k.Pool, `DELETE FROM threads`)
	wants("voice said")
}

func TestWhatIsErasedOrDetachedLosesItsBytes(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"erased":   `DELETE FROM recommendations WHERE chat_id = 7`,
		"detached": `UPDATE recommendations SET file = '', chat_id = NULL WHERE chat_id = 7`,
		"replaced": `UPDATE recommendations SET file = 'v3' WHERE chat_id = 7`,
	} {
		t.Run(name, func(t *testing.T) {
			k, m, s := rig(t)
			m.files["v1"], m.files["v2"] = opus, opus
			says(t, k.Pool, 7, "v1")
			must(t, k.Fetch(t.Context(), now))
			goes := s.keys()
			says(t, k.Pool, 8, "v2")
			must(t, k.Fetch(t.Context(), now))

			exec(t, k.Pool, sql)
			s.fails = errors.New("the store is away")
			if _, err := k.Empty(t.Context(), now); err == nil {
				t.Error("nobody hears that the store is away")
			}
			s.fails = nil
			if n, err := k.Empty(t.Context(), now); n != 1 || err != nil || len(s.has) != 1 || s.has[goes[0]] != nil {
				t.Errorf("%d went, %q are left: %v", n, s.keys(), err)
			}
			if count(t, k.Pool, `SELECT count(*) FROM doomed`) != 0 {
				t.Error("what is gone is looked for for ever")
			}
		})
	}
}

func TestAnErasureThatIsUndoneTakesNothing(t *testing.T) {
	t.Parallel()
	k, m, s := rig(t)
	m.files["v1"] = opus
	says(t, k.Pool, 7, "v1")
	must(t, k.Fetch(t.Context(), now))
	tx, err := k.Pool.Begin(t.Context())
	must(t, err)
	_, err = tx.Exec(t.Context(), `DELETE FROM recommendations`)
	must(t, err)
	must(t, tx.Rollback(t.Context()))
	if n, err := k.Empty(t.Context(), now); n != 0 || err != nil || len(s.has) != 1 {
		t.Errorf("%d went: %v", n, err)
	}
}

func TestWhoIsErasedWhileTheirFileIsOnItsWayLeavesNothing(t *testing.T) {
	t.Parallel()
	k, m, s := rig(t)
	m.files["v1"] = opus
	says(t, k.Pool, 7, "v1")
	m.meets = func(string) {
		exec(t, k.Pool, `DELETE FROM recommendations`)
		if _, err := k.Empty(t.Context(), now); err != nil { // too early: the bytes come only now
			t.Error(err)
		}
	}
	must(t, k.Fetch(t.Context(), now))
	if len(s.has) != 0 {
		t.Errorf("%q is left", s.keys())
	}
}

func TestWhoeverIsKilledBetweenBytesAndRowLeavesNothing(t *testing.T) {
	t.Parallel()
	k, m, s := rig(t)
	m.files["v1"] = opus
	says(t, k.Pool, 7, "v1")
	// given a program that was killed when the bytes were there and the row not yet written
	w, ok, err := k.claim(t.Context(), now)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	must(t, s.Put(t.Context(), w.key, opus, "audio/ogg"))
	exec(t, k.Pool, `DELETE FROM recommendations`)
	// when its person is erased, then the bytes go, and again when it may have been slow rather than dead
	if _, err := k.Empty(t.Context(), now); err != nil || len(s.has) != 0 {
		t.Errorf("%q is left: %v", s.keys(), err)
	}
	must(t, s.Put(t.Context(), w.key, opus, "audio/ogg"))
	if _, err := k.Empty(t.Context(), now.Add(lease)); err != nil || len(s.has) != 0 || count(t, k.Pool, `SELECT count(*) FROM doomed`) != 0 {
		t.Errorf("%q is left: %v", s.keys(), err)
	}
}

func TestAKilledAttemptIsMadeAgainUnderAnotherName(t *testing.T) {
	t.Parallel()
	k, m, s := rig(t)
	m.files["v1"] = opus
	says(t, k.Pool, 7, "v1")
	w, _, err := k.claim(t.Context(), now)
	must(t, err)
	must(t, s.Put(t.Context(), w.key, opus, "audio/ogg"))
	must(t, k.Fetch(t.Context(), now.Add(lease-time.Second)))
	if m.asked["v1"] != 0 {
		t.Error("a file that somebody has is fetched a second time")
	}
	must(t, k.Fetch(t.Context(), now.Add(lease)))
	if _, err := k.Empty(t.Context(), now.Add(lease)); err != nil || len(s.has) != 1 || s.has[w.key] != nil {
		t.Errorf("%q is kept: %v", s.keys(), err)
	}
	// and the one that was only slow changes nothing any more
	must(t, k.keep(t.Context(), w, "audio/ogg", opus))
	must(t, k.later(t.Context(), w, now))
	must(t, k.refuse(t.Context(), w, Gone, ""))
	if n := count(t, k.Pool, `SELECT count(*) FROM media WHERE state = 'kept' AND attempts = 2 AND key = $1`, s.keys()[0]); n != 1 {
		t.Error("the row is another one's")
	}
}

func TestWhileTheMessengerOrTheStoreIsAwayNothingIsLost(t *testing.T) {
	t.Parallel()
	for name, breaks := range map[string]func(m *messenger, s *shelf, err error){
		"messenger": func(m *messenger, _ *shelf, err error) { m.fails["v1"] = err },
		"store":     func(_ *messenger, s *shelf, err error) { s.fails = err },
	} {
		t.Run(name, func(t *testing.T) {
			k, m, s := rig(t)
			m.files["v1"] = opus
			says(t, k.Pool, 7, "v1")
			breaks(m, s, errors.New("no way there"))
			at := now
			for n := 1; n <= 12; n++ {
				if err := k.Fetch(t.Context(), at); err == nil {
					t.Error("nobody hears of it")
				}
				must(t, k.Fetch(t.Context(), at.Add(pause(n)-time.Second)))
				if m.asked["v1"] != n {
					t.Fatalf("asked for %d times, not %d", m.asked["v1"], n)
				}
				at = at.Add(pause(n))
			}
			if wait := at.Sub(now); wait < 4*time.Hour {
				t.Errorf("twelve attempts within %v", wait)
			}
			breaks(m, s, nil)
			must(t, k.Fetch(t.Context(), at))
			if len(s.has) != 1 {
				t.Error("the file is lost")
			}
		})
	}
}

func TestABusyMessengerIsLeftAlone(t *testing.T) {
	t.Parallel()
	k, m, s := rig(t)
	m.files["v2"] = opus
	m.fails["v1"] = &Busy{For: time.Minute}
	says(t, k.Pool, 7, "v1")
	says(t, k.Pool, 7, "v2")
	if err := k.Fetch(t.Context(), now); err == nil {
		t.Error("nobody hears of it")
	}
	must(t, k.Fetch(t.Context(), now.Add(59*time.Second)))
	if m.asked["v1"]+m.asked["v2"] != 1 {
		t.Errorf("asked for %v within the minute", m.asked)
	}
	delete(m.fails, "v1")
	m.files["v1"] = opus
	must(t, k.Fetch(t.Context(), now.Add(lease)))
	if len(s.has) != 2 {
		t.Errorf("%q are kept", s.keys())
	}
}

func TestWhatIsRefusedIsKeptNowhereAndSaysWhy(t *testing.T) {
	t.Parallel()
	for reason, c := range map[string]struct {
		data []byte
		err  error
	}{
		WrongType: {data: []byte("%PDF-1.7 I am a voice, believe me")},
		TooBig:    {err: ErrTooBig},
		Gone:      {err: ErrMissing},
	} {
		t.Run(reason, func(t *testing.T) {
			k, m, s := rig(t)
			m.files["v1"], m.fails["v1"] = c.data, c.err
			m.files["v2"] = opus
			says(t, k.Pool, 7, "v1")
			says(t, k.Pool, 7, "v2")
			must(t, k.Fetch(t.Context(), now))
			if len(s.has) != 1 {
				t.Error("a file that can't be had holds up the next one")
			}
			for n := range 40 {
				must(t, k.Fetch(t.Context(), now.Add(time.Duration(n)*time.Hour)))
			}
			want := map[string]int{WrongType: 1, TooBig: 1, Gone: tries}[reason]
			if m.asked["v1"] != want || len(s.has) != 1 {
				t.Errorf("asked for %d times, %q are kept", m.asked["v1"], s.keys())
			}
			if n := count(t, k.Pool, `SELECT count(*) FROM media WHERE file = 'v1' AND state = 'refused' AND reason = $1 AND key IS NULL`, reason); n != 1 {
				t.Error("the row doesn't say why")
			}
		})
	}
}

func TestASourceThatGivesTooMuchIsNotBelieved(t *testing.T) {
	t.Parallel()
	k, m, s := rig(t)
	m.files["v1"] = append(slices.Clone(opus), make([]byte, Most)...)
	says(t, k.Pool, 7, "v1")
	must(t, k.Fetch(t.Context(), now))
	if len(s.has) != 0 || count(t, k.Pool, `SELECT count(*) FROM media WHERE reason = 'size'`) != 1 {
		t.Error("it is kept")
	}
}

// A folder is on its own machine: who has another one doesn't say that it is empty.
func TestAStoreLetsGoOfItsOwnAlone(t *testing.T) {
	t.Parallel()
	k, m, s := rig(t)
	m.files["v1"] = opus
	says(t, k.Pool, 7, "v1")
	must(t, k.Fetch(t.Context(), now))
	exec(t, k.Pool, `DELETE FROM recommendations`)
	other := *k
	other.Stores = []Store{&shelf{name: "elsewhere", has: map[string][]byte{}}}
	if n, err := other.Empty(t.Context(), now); n != 0 || err != nil || len(s.has) != 1 {
		t.Errorf("%d, %v", n, err)
	}
	// and a store that takes nothing new any more still lets go
	k.Stores = []Store{&shelf{name: "new", has: map[string][]byte{}}, s}
	if n, err := k.Empty(t.Context(), now); n != 1 || err != nil || len(s.has) != 0 {
		t.Errorf("%d, %v", n, err)
	}
}

func TestMoreThanFitAtOnceAllGo(t *testing.T) {
	t.Parallel()
	k, _, s := rig(t)
	for n := range 2*doomedAtOnce + 5 {
		key := fmt.Sprintf("%032x", n)
		s.has[key] = opus
		exec(t, k.Pool, `INSERT INTO doomed (store, key, due_at) VALUES ('shelf', $1, $2)`, key, now.Add(time.Duration(n%2)*time.Minute))
	}
	if n, err := k.Empty(t.Context(), now); n != 2*doomedAtOnce+5 || err != nil || len(s.has) != 0 {
		t.Errorf("%d, %v", n, err)
	}
}

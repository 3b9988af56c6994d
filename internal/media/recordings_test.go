package media

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"
)

// spoken are answers that are recorded: ids with the messenger, by name.
type spoken struct {
	mu  sync.Mutex
	all map[string]string
}

func (s *spoken) Recordings(context.Context) (map[string]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.all), nil
}

func (s *spoken) Renew(_ context.Context, name, file string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[name] = file
	return nil
}

// aRecording is one that the messenger has.
func aRecording(t testing.TB) (*Keeper, *messenger, *shelf, *spoken) {
	t.Helper()
	k, m, s := rig(t)
	r := &spoken{all: map[string]string{aKey: "a1"}}
	k.Recordings, m.files["a1"] = r, opus
	return k, m, s, r
}

func TestARecordingIsFetchedOnceAndItsCopyStaysAsLongAsItDoes(t *testing.T) {
	t.Parallel()
	k, m, s, r := aRecording(t)
	for n := range 5 {
		at := now.Add(time.Duration(n) * 24 * time.Hour)
		must(t, k.FetchRecordings(t.Context(), at))
		if _, err := k.Empty(t.Context(), at); err != nil {
			t.Fatal(err)
		}
	}
	if data, kind, err := k.Copy(t.Context(), Ref{Recording: aKey}); err != nil || kind != "audio/ogg" || !bytes.Equal(data, opus) || m.asked["a1"] != 1 {
		t.Errorf("%d bytes of %q after %d fetches: %v", len(data), kind, m.asked["a1"], err)
	}
	// when another is recorded in its place, then that one's copy is there and this one's goes
	r.all, m.files["a2"] = map[string]string{anotherKey: "a2"}, opus
	must(t, k.FetchRecordings(t.Context(), now))
	if gone, err := k.Empty(t.Context(), now); gone != 1 || err != nil || len(s.has) != 1 || s.has[anotherKey] == nil {
		t.Errorf("%d went, %q are kept: %v", gone, s.keys(), err)
	}
	// when the last one is taken away, then nothing is left of it
	r.all = nil
	if gone, err := k.Empty(t.Context(), now); gone != 1 || err != nil || len(s.has) != 0 || count(t, k.Pool, `SELECT count(*) FROM doomed`) != 0 {
		t.Errorf("%d went, %q are kept: %v", gone, s.keys(), err)
	}
}

func TestWhoeverIsKilledBehindARecordingsBytesLeavesNothingForLong(t *testing.T) {
	t.Parallel()
	for name, gone := range map[string]bool{"it is still recorded": false, "it was taken away": true} {
		t.Run(name, func(t *testing.T) {
			k, m, s, r := aRecording(t)
			if key, ok, err := k.claimRecording(t.Context(), []string{aKey}, now); err != nil || !ok || key != aKey {
				t.Fatal(key, ok, err)
			}
			must(t, s.Put(t.Context(), aKey, opus, "audio/ogg"))
			if _, _, err := k.Copy(t.Context(), Ref{Recording: aKey}); !errors.Is(err, ErrNotKept) {
				t.Errorf("what may be half there is played: %v", err)
			}
			if gone {
				r.all = nil
			}
			must(t, k.FetchRecordings(t.Context(), now.Add(lease-time.Second)))
			if _, err := k.Empty(t.Context(), now.Add(lease)); err != nil || len(s.has) != 0 || m.asked["a1"] != 0 {
				t.Errorf("%q is left, asked for %d times: %v", s.keys(), m.asked["a1"], err)
			}
			must(t, k.FetchRecordings(t.Context(), now.Add(lease)))
			if want := len(r.all); len(s.has) != want || m.asked["a1"] != want {
				t.Errorf("%q are kept, asked for %d times", s.keys(), m.asked["a1"])
			}
		})
	}
}

func TestARecordingThatIsTakenAwayWhileItIsOnItsWayLeavesNothing(t *testing.T) {
	t.Parallel()
	k, m, s, r := aRecording(t)
	m.meets = func(string) {
		r.all = nil
		if _, err := k.Empty(t.Context(), now); err != nil { // too early: the bytes come only now
			t.Error(err)
		}
	}
	must(t, k.FetchRecordings(t.Context(), now))
	if _, err := k.Empty(t.Context(), now); err != nil || len(s.has) != 0 || count(t, k.Pool, `SELECT count(*) FROM doomed`) != 0 {
		t.Errorf("%q is left: %v", s.keys(), err)
	}
}

func TestARecordingThatCameTooLateIsNotKept(t *testing.T) {
	t.Parallel()
	k, m, s, _ := aRecording(t)
	m.meets = func(string) {
		if _, err := k.Empty(t.Context(), now.Add(lease)); err != nil { // it took longer than its lease: another program may have it
			t.Error(err)
		}
	}
	must(t, k.takeOne(t, now))
	if len(s.has) != 0 {
		t.Errorf("%q is left, and no row knows of it", s.keys())
	}
}

// takeOne claims the recording and takes it.
func (k *Keeper) takeOne(t *testing.T, at time.Time) error {
	t.Helper()
	name, _, err := k.claimRecording(t.Context(), []string{aKey}, at)
	must(t, err)
	return k.takeRecording(t.Context(), name, map[string]string{aKey: "a1"}, at)
}

func TestARecordingIsTriedAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		breaks func(m *messenger, s *shelf, err error)
		err    error
		after  time.Duration
		quiet  bool // nobody need hear of it
	}{
		"the messenger is away": {func(m *messenger, _ *shelf, err error) { m.fails["a1"] = err }, errors.New("no way there"), lease, false},
		"the messenger is busy": {func(m *messenger, _ *shelf, err error) { m.fails["a1"] = err }, &Busy{For: 10 * time.Minute}, 10 * time.Minute, false},
		"it has no such file":   {func(m *messenger, _ *shelf, err error) { m.fails["a1"] = err }, ErrMissing, askAgain, true},
		"the file is too big":   {func(m *messenger, _ *shelf, err error) { m.fails["a1"] = err }, ErrTooBig, askAgain, true},
		"the file is no voice": {func(m *messenger, _ *shelf, err error) {
			m.files["a1"] = opus
			if err != nil {
				m.files["a1"] = []byte("%PDF-1.7 I am a voice")
			}
		}, errors.New("a lie"), askAgain, true},
		"the store is away": {func(_ *messenger, s *shelf, err error) { s.fails = err }, errors.New("no way there"), lease, false},
	} {
		t.Run(name, func(t *testing.T) {
			k, m, s, _ := aRecording(t)
			c.breaks(m, s, c.err)
			if err := k.FetchRecordings(t.Context(), now); (err == nil) != c.quiet {
				t.Errorf("it says %v", err)
			}
			look := func(at time.Time) {
				t.Helper()
				if _, err := k.Empty(t.Context(), at); err != nil {
					t.Error(err)
				}
				must(t, k.FetchRecordings(t.Context(), at))
			}
			c.breaks(m, s, nil)
			if look(now.Add(c.after - time.Second)); m.asked["a1"] != 1 || len(s.has) != 0 {
				t.Errorf("asked for %d times, %q are kept", m.asked["a1"], s.keys())
			}
			if look(now.Add(c.after)); m.asked["a1"] != 2 || len(s.has) != 1 {
				t.Errorf("asked for %d times, %q are kept", m.asked["a1"], s.keys())
			}
		})
	}
}

// Each machine's folder has its copy; who shares a store fetches it once.
func TestEachStoreHasItsCopy(t *testing.T) {
	t.Parallel()
	k, m, _, _ := aRecording(t)
	elsewhere := &shelf{name: "elsewhere", has: map[string][]byte{}}
	other, third := *k, *k
	other.Stores = []Store{elsewhere}
	var all sync.WaitGroup
	for _, k := range []*Keeper{k, &other, &third} {
		all.Go(func() {
			if err := k.FetchRecordings(t.Context(), now); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if m.asked["a1"] != 2 {
		t.Errorf("asked for %d times by three programs with two stores", m.asked["a1"])
	}
	for _, k := range []*Keeper{k, &other, &third} {
		if _, _, err := k.Copy(t.Context(), Ref{Recording: aKey}); err != nil {
			t.Error(err)
		}
	}
	// and a store that takes nothing new any more still lets go
	k.Stores = []Store{&shelf{name: "new", has: map[string][]byte{}}, elsewhere}
	k.Recordings = &spoken{}
	if gone, err := k.Empty(t.Context(), now); gone != 1 || err != nil || len(elsewhere.has) != 0 {
		t.Errorf("%d went: %v", gone, err)
	}
}

func TestARecordingsCopyIsAVoiceOrNothing(t *testing.T) {
	t.Parallel()
	k, _, s, _ := aRecording(t)
	must(t, k.FetchRecordings(t.Context(), now))
	s.has[aKey] = []byte("not what was looked at")
	if data, _, err := k.Copy(t.Context(), Ref{Recording: aKey}); err == nil || data != nil || !strings.Contains(err.Error(), aKey) {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if _, _, err := k.Copy(t.Context(), Ref{Recording: anotherKey}); !errors.Is(err, ErrNotKept) {
		t.Errorf("one that there never was: %v", err)
	}
}

func TestTheIdOfACopyIsKeptWhereTheOldOneStands(t *testing.T) {
	t.Parallel()
	k, m, s, _ := aRecording(t)
	m.files["v1"] = opus
	says(t, k.Pool, 7, "v1")
	must(t, k.Fetch(t.Context(), now))
	must(t, k.FetchRecordings(t.Context(), now))
	var number int64
	must(t, k.Pool.QueryRow(t.Context(), `SELECT id FROM media`).Scan(&number))
	for r, before := range map[Ref]string{{Number: number}: "v1", {Recording: aKey}: "a1"} {
		if file, err := k.Known(t.Context(), r); err != nil || file != before {
			t.Errorf("%s: %q, %v", r, file, err)
		}
		must(t, k.Renew(t.Context(), r, before+" anew"))
		if file, err := k.Known(t.Context(), r); err != nil || file != before+" anew" {
			t.Errorf("%s: %q, %v", r, file, err)
		}
		if _, _, err := k.Copy(t.Context(), r); err != nil {
			t.Errorf("%s: its copy is lost: %v", r, err)
		}
	}
	later := now.Add(24 * time.Hour)
	must(t, errors.Join(k.Fetch(t.Context(), later), k.FetchRecordings(t.Context(), later)))
	if gone, err := k.Empty(t.Context(), later); gone != 0 || err != nil || len(s.has) != 2 || m.asked["v1"]+m.asked["a1"] != 2 {
		t.Errorf("%d went, %q are kept, asked for %v: %v", gone, s.keys(), m.asked, err)
	}
	// what has gone meanwhile has no id
	exec(t, k.Pool, `DELETE FROM recommendations`)
	must(t, k.Renew(t.Context(), Ref{Number: number}, "late"))
	if file, err := k.Known(t.Context(), Ref{Number: number}); err != nil || file != "" {
		t.Errorf("%q, %v", file, err)
	}
}

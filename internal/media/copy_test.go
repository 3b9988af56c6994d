package media

import (
	"bytes"
	"errors"
	"testing"
)

func TestACopyIsWhatWasKeptOrNothing(t *testing.T) {
	k, m, s := rig(t)
	m.files["v1"] = opus
	says(t, k.Pool, 7, "v1")
	number := func() (id int64) {
		must(t, k.Pool.QueryRow(t.Context(), `SELECT id FROM media`).Scan(&id))
		return id
	}
	copied := func() (string, error) {
		data, kind, err := k.Copy(t.Context(), Ref{Number: number()})
		if err == nil && !bytes.Equal(data, opus) {
			t.Errorf("%d bytes", len(data))
		}
		return kind, err
	}
	if _, err := copied(); !errors.Is(err, ErrNotKept) {
		t.Errorf("it isn't fetched yet: %v", err)
	}
	must(t, k.Fetch(t.Context(), now))
	if kind, err := copied(); err != nil || kind != "audio/ogg" {
		t.Errorf("%q, %v", kind, err)
	}
	key := s.keys()[0]
	for name, broken := range map[string]struct {
		stores []Store
		breaks func()
		none   bool
	}{
		"in another machine's folder": {[]Store{&shelf{name: "elsewhere"}}, func() {}, true},
		"not there":                   {k.Stores, func() { delete(s.has, key) }, true},
		"other bytes":                 {k.Stores, func() { s.has[key] = []byte("not what was looked at") }, true},
		"a store that is away":        {k.Stores, func() { s.fails = errors.New("away") }, false},
	} {
		s.has[key], s.fails = opus, nil
		broken.breaks()
		k := *k
		k.Stores = broken.stores
		if data, _, err := k.Copy(t.Context(), Ref{Number: number()}); err == nil || data != nil || errors.Is(err, ErrNotKept) != broken.none {
			t.Errorf("%s: %d bytes, %v", name, len(data), err)
		}
	}
	if _, _, err := k.Copy(t.Context(), Ref{Number: number() + 1}); !errors.Is(err, ErrNotKept) {
		t.Errorf("a file that there never was: %v", err)
	}
}

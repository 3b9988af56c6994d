package answers_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
)

func TestARecordingKeepsItsNameWhenTelegramGivesItAnotherId(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	c := answers.NewCurrent(shipped(t), lexicon(t))
	voices := answers.Voices{On: pool}
	all := func() map[string]string {
		t.Helper()
		all, err := voices.Recordings(t.Context())
		must(t, err)
		return all
	}
	if n := len(all()); n != 0 {
		t.Fatalf("%d before anybody recorded one", n)
	}
	// given two recordings
	must(t, answers.SetVoice(t.Context(), pool, "card.what", locale.Darija, "AwAC", 7, now))
	must(t, answers.SetVoice(t.Context(), pool, "card.what", locale.French, "AwAD", 7, now))
	refreshed(t, c, pool, 0)
	e, _ := c.Get("card.what")
	darija, french := e.Voice(locale.Darija), e.Voice(locale.French)
	if want := map[string]string{darija.Name: "AwAC", french.Name: "AwAD"}; len(want) != 2 || !maps.Equal(all(), want) {
		t.Fatalf("%v, not %v", all(), want)
	}

	// when Telegram knows one by another id, then everybody takes that over, and it is the same recording still
	must(t, voices.Renew(t.Context(), darija.Name, "BwAC"))
	refreshed(t, c, pool, 0)
	if e, _ = c.Get("card.what"); e.Voice(locale.Darija) != (answers.Recording{File: "BwAC", Name: darija.Name}) || e.Voice(locale.French) != french {
		t.Errorf("%+v", e)
	}

	// when it is recorded anew, then it is another recording, of which the old one's new id is none
	must(t, answers.SetVoice(t.Context(), pool, "card.what", locale.Darija, "CwAC", 7, now.Add(time.Microsecond)))
	must(t, voices.Renew(t.Context(), darija.Name, "late"))
	if files := slices.Sorted(maps.Values(all())); !slices.Equal(files, []string{"AwAD", "CwAC"}) || all()[darija.Name] != "" {
		t.Errorf("%v", all())
	}

	// and its name is the same whatever the clock of who asks
	conn, err := pool.Acquire(t.Context())
	must(t, err)
	defer conn.Release()
	_, err = conn.Exec(t.Context(), `SET TimeZone = 'Asia/Tokyo'`)
	must(t, err)
	elsewhere, err := answers.Voices{On: conn}.Recordings(t.Context())
	if must(t, err); !maps.Equal(elsewhere, all()) {
		t.Errorf("%v elsewhere, %v here", elsewhere, all())
	}
	_, err = conn.Exec(t.Context(), `RESET TimeZone`)
	must(t, err)
}

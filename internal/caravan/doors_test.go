package caravan

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestTodaysDoorsComeFirst(t *testing.T) {
	t.Parallel()
	at := func(id string, days int) Stop {
		s := stop(id, 0)
		s.Starts, s.Ends = now.AddDate(0, 0, days).Add(2*time.Hour), now.AddDate(0, 0, days).Add(5*time.Hour)
		return s
	}
	draft := at("draft", 0)
	draft.State = Draft
	pool := saved(t, at("yesterday", -1), at("long-ago", -9), at("tomorrow", 1), at("today", 0), draft)
	doors, err := Doors(t.Context(), pool, now.Add(10*time.Hour)) // in the evening it is still today's
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range doors {
		got = append(got, fmt.Sprint(d.ID, " ", d.Today))
	}
	if want := "today true, tomorrow false, yesterday false"; strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
}

func TestAGuestIsFoundByPartsOfTheName(t *testing.T) {
	t.Parallel()
	pool := saved(t, stop("fes", 0), stop("agadir", 0))
	for i, n := range []string{"Fatima El Idrissi", "Fatima Zahra", "Hassan Idrissi"} {
		register(t, pool, person("fes", int64(i+1), n, false))
	}
	register(t, pool, person("agadir", 9, "Fatima Ailleurs", true))
	for words, want := range map[string]string{"fatima": "Fatima El Idrissi, Fatima Zahra", "idris fat": "Fatima El Idrissi", "nobody": "", "": ""} {
		list, err := Named(t.Context(), pool, "fes", strings.Fields(words))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, g := range list {
			names = append(names, g.Name)
		}
		if strings.Join(names, ", ") != want {
			t.Errorf("%q finds %q, want %s", words, names, want)
		}
	}
}

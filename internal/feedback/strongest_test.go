package feedback

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/postgres"
)

func TestTheStrongestGroupsAreThoseOfMostAuthors(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	exec(t, pool, `INSERT INTO people (chat_id, name) VALUES (3, 'Fatima')`)
	for chat := int64(1); chat <= 3; chat++ {
		voice(t, pool, chat, "03", fmt.Sprint("wool dear ", strings.Repeat("wool ", int(chat))))
	}
	for range 3 { // one person, three times
		voice(t, pool, 9, "03", "clay bad")
	}
	voice(t, pool, 10, "09", "glue gone")
	far := voice(t, pool, 11, "03", "glue gone")
	send(t, pool, Recommendation{Chat: 12, Theme: "materials", Kind: Photo, File: "f", Words: "wool dear", Region: "03", Language: "ar"}, now, rand.Reader)
	group(t, pool, plainly)
	over := Span{From: now.Add(-time.Hour), To: now.Add(time.Hour)}
	list, err := Strongest(t.Context(), pool, over, 5, 3)
	if err != nil || len(list) != 2 || list[0].Size != 4 || list[0].Theme != "materials" || list[0].Confirmed || len(list[0].Members) != 3 || list[1].Size != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	if m := list[0].Members; m[0].Words != "wool dear wool " || m[2].Name != "Fatima" || m[2].Language != "fr" {
		t.Errorf("%+v", m)
	}
	over.Chamber = "09"
	if list, err = Strongest(t.Context(), pool, over, 5, 3); err != nil || len(list) != 0 {
		t.Errorf("of one alone: %+v, %v", list, err)
	}
	over.Chamber, over.To = "", now
	if list, err = Strongest(t.Context(), pool, over, 5, 3); err != nil || len(list) != 0 {
		t.Errorf("before they came: %+v, %v", list, err)
	}
	exec(t, pool, `UPDATE recommendations SET chat_id = NULL WHERE reference <> $1`, far)
	over.To = now.Add(time.Hour)
	if list, err = Strongest(t.Context(), pool, over, 5, 3); err != nil || len(list) != 1 || list[0].Size != 2 {
		t.Errorf("detached ones count as one: %+v, %v", list, err)
	}
}

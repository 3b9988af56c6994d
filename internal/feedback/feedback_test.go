package feedback

import (
	"bytes"
	"crypto/rand"
	"io"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/postgres"
)

var now = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

func said(chat int64, words string) Recommendation {
	return Recommendation{Chat: chat, Name: "Fatima", Theme: "card", Kind: Text, Words: words, Region: "03", Place: "fes", Trade: "T01", Language: "fr"}
}

func send(t *testing.T, pool *pgxpool.Pool, r Recommendation, at time.Time, random io.Reader) string {
	t.Helper()
	ref, slow, err := Recommend(t.Context(), pool, r, at, random)
	if err != nil || slow || ref == "" {
		t.Fatalf("%q, %v, %v", ref, slow, err)
	}
	return ref
}

func TestARecommendationIsAnonymousUnlessTheAuthorSaysOtherwise(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	ref := send(t, pool, said(1, "Plus de formation"), now, rand.Reader)
	r, ok, err := Find(t.Context(), pool, 1, ref)
	if err != nil || !ok || r.Named || r.Name != "" || r.Words != "Plus de formation" || r.State != "received" || r.Region != "03" {
		t.Errorf("%+v, %v, %v", r, ok, err)
	}
	named := said(1, "Des locaux")
	named.Named = true
	if r, _, _ = Find(t.Context(), pool, 1, send(t, pool, named, now, rand.Reader)); !r.Named || r.Name != "Fatima" {
		t.Errorf("%+v", r)
	}
}

func TestEverybodyFindsTheirOwnAndNobodyElses(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	first := send(t, pool, said(1, "un"), now, rand.Reader)
	second := send(t, pool, said(1, "deux"), now, rand.Reader)
	send(t, pool, said(2, "trois"), now, rand.Reader)
	mine, err := Mine(t.Context(), pool, 1)
	if err != nil || len(mine) != 2 || mine[0].Reference != second || mine[1].Reference != first {
		t.Errorf("%+v, %v", mine, err)
	}
	if _, ok, err := Find(t.Context(), pool, 2, first); ok || err != nil {
		t.Errorf("somebody else's: %v, %v", ok, err)
	}
}

func TestTooManyInAMinuteAreNotKept(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	for range perMinute {
		send(t, pool, said(1, "encore"), now, rand.Reader)
	}
	if ref, slow, err := Recommend(t.Context(), pool, said(1, "encore"), now.Add(30*time.Second), rand.Reader); err != nil || !slow || ref != "" {
		t.Errorf("%q, %v, %v", ref, slow, err)
	}
	send(t, pool, said(2, "moi"), now, rand.Reader)
	send(t, pool, said(1, "plus tard"), now.Add(61*time.Second), rand.Reader)
}

func TestATakenReferenceIsDrawnAgain(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	same := make([]byte, 24)
	first := send(t, pool, said(1, "un"), now, bytes.NewReader(same))
	if second := send(t, pool, said(1, "deux"), now, io.MultiReader(bytes.NewReader(same), rand.Reader)); second == first {
		t.Error("two recommendations have one reference")
	}
}

func TestAThemeThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	r := said(1, "un")
	r.Theme = "politics"
	if _, _, err := Recommend(t.Context(), pool, r, now, rand.Reader); err == nil {
		t.Error("it was kept")
	}
}

func TestForgettingDeletesThemAll(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	send(t, pool, said(1, "un"), now, rand.Reader)
	send(t, pool, said(2, "deux"), now, rand.Reader)
	if err := Forget(t.Context(), pool, 1); err != nil {
		t.Fatal(err)
	}
	for chat, want := range map[int64]int{1: 0, 2: 1} {
		if mine, err := Mine(t.Context(), pool, chat); err != nil || len(mine) != want {
			t.Errorf("chat %d: %d, %v", chat, len(mine), err)
		}
	}
}

package feedback

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/postgres"
)

func TestAThreadGoesBothWaysUntilOneSideClosesIt(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	agent := member(t, pool, "agent", "03")
	ref := ask(t, pool, "03", now)
	step := Step{Scope{Chamber: "03"}, agent, now}
	if said, err := step.Reply(t.Context(), pool, ref, Message{Kind: Voice, File: "v", Seconds: 3}, 0); said != Kept || err != nil {
		t.Fatal(said, err)
	}
	if said, err := Say(t.Context(), pool, 2, ref, Message{Kind: Text, Words: "Merci"}, now); said != Kept || err != nil {
		t.Fatal(said, err)
	}
	for what, read := range map[string]func() (Thread, bool, error){
		"the artisan": func() (Thread, bool, error) { return OwnThread(t.Context(), pool, 2, ref) },
		"the agent":   func() (Thread, bool, error) { return OpenThread(t.Context(), pool, step.Scope, ref) },
	} {
		th, ok, err := read()
		if err != nil || !ok || th.State != "waiting" || len(th.Messages) != 3 || th.Messages[0].Words != "Où ?" || th.Messages[1].File != "v" || th.Messages[2].Words != "Merci" {
			t.Errorf("%s reads %+v, %v", what, th, err)
		}
		if by := th.Messages[1].By; (by == "") != (what == "the artisan") {
			t.Errorf("%s reads that %q answered", what, by)
		}
		if th.Name != "" || th.Named {
			t.Errorf("%s reads a name: %+v", what, th)
		}
	}
	if said, err := Say(t.Context(), pool, 3, ref, Message{Kind: Text, Words: "Moi aussi"}, now); said != Nowhere || err != nil {
		t.Errorf("somebody else wrote in it: %v, %v", said, err)
	}
	if _, ok, err := OwnThread(t.Context(), pool, 3, ref); ok || err != nil {
		t.Errorf("somebody else reads it: %v", err)
	}
	if ok, err := Leave(t.Context(), pool, 3, ref, now); ok || err != nil {
		t.Errorf("somebody else closed it: %v", err)
	}
	if ok, err := step.Finish(t.Context(), pool, ref, "done"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if said, err := Say(t.Context(), pool, 2, ref, Message{Kind: Text, Words: "Et…"}, now); said != Over || err != nil {
		t.Errorf("closed, and written to: %v, %v", said, err)
	}
	if said, err := step.Reply(t.Context(), pool, ref, Message{Kind: Text, Words: "Et…"}, 9999); said != Over || err != nil {
		t.Errorf("closed, and answered: %v, %v", said, err)
	}
	if ok, err := Leave(t.Context(), pool, 2, ask(t, pool, "03", now), now); !ok || err != nil {
		t.Errorf("the artisan can't close theirs: %v, %v", ok, err)
	}
}

func TestNobodyAnswersTwiceWithoutKnowing(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	first := Step{Scope{Chamber: "03"}, member(t, pool, "agent", "03"), now}
	second := Step{Scope{Chamber: "03"}, member(t, pool, "agent", "03"), now}
	for what, answer := range map[string]func(Step, string, int64) (Said, error){
		"a recommendation": func(p Step, words string, seen int64) (Said, error) {
			list := all(t, pool, p.Scope, Filter{})
			if list == nil {
				list = all(t, pool, p.Scope, Filter{State: "answered"})
			}
			return p.Answer(t.Context(), pool, list[0], Message{Kind: Text, Words: words}, seen, rand.Reader)
		},
		"a question": func(p Step, words string, seen int64) (Said, error) {
			return p.Reply(t.Context(), pool, threadOf(t, pool), Message{Kind: Text, Words: words}, seen)
		},
	} {
		if what == "a question" {
			ask(t, pool, "03", now)
		} else {
			send(t, pool, in("03"), now, rand.Reader)
		}
		for _, c := range []struct {
			by   Step
			seen int64
			want Said
		}{{first, 0, Kept}, {second, 0, Crossed}, {first, 0, Kept}, {second, 1 << 40, Kept}, {first, 0, Crossed}} {
			if said, err := answer(c.by, "Bientôt", c.seen); said != c.want || err != nil {
				t.Errorf("%s: member %d who saw %d: %v, want %v, %v", what, c.by.Staff, c.seen, said, c.want, err)
			}
		}
	}
	n := 0
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM thread_messages WHERE words = 'Bientôt'`).Scan(&n); err != nil || n != 6 {
		t.Errorf("%d answers are kept, want 6; %v", n, err)
	}
}

func threadOf(t *testing.T, pool postgres.Querier) (ref string) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), `SELECT reference FROM threads WHERE recommendation IS NULL ORDER BY id DESC LIMIT 1`).Scan(&ref); err != nil {
		t.Fatal(err)
	}
	return ref
}

func TestWhoIsDetachedIsAnsweredNoMore(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	ref := send(t, pool, in("03"), now, rand.Reader)
	exec(t, pool, `UPDATE recommendations SET chat_id = NULL`)
	step := Step{Scope{Chamber: "03"}, 1, now}
	if said, err := step.Answer(t.Context(), pool, ref, Message{Kind: Text, Words: "Merci"}, 0, rand.Reader); said != Nowhere || err != nil {
		t.Errorf("%v, %v", said, err)
	}
}

func TestAThreadFollowsItsRecommendation(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	step := Step{Scope{Chamber: "03"}, member(t, pool, "agent", "03"), now}
	ref := send(t, pool, in("03"), now, rand.Reader)
	if said, err := step.Answer(t.Context(), pool, ref, Message{Kind: Text, Words: "Merci"}, 0, rand.Reader); said != Kept || err != nil {
		t.Fatal(said, err)
	}
	mine, err := Threads(t.Context(), pool, 1)
	if err != nil || len(mine) != 1 || mine[0].Recommendation != ref {
		t.Fatalf("%+v, %v", mine, err)
	}
	if ok, err := step.Pass(t.Context(), pool, mine[0].Reference, "09"); ok || err != nil {
		t.Errorf("a thread went without its recommendation: %v", err)
	}
	if ok, err := step.Forward(t.Context(), pool, ref, "09", ""); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if _, ok, _ := OpenThread(t.Context(), pool, step.Scope, mine[0].Reference); ok {
		t.Error("the thread stayed behind")
	}
	far := Step{Scope{Chamber: "09"}, 1, now}
	if _, ok, _ := OpenThread(t.Context(), pool, far.Scope, mine[0].Reference); !ok {
		t.Error("the thread did not arrive")
	}
	if ok, err := far.Close(t.Context(), pool, ref, "noted"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if th, _, _ := OwnThread(t.Context(), pool, 1, mine[0].Reference); th.State != "closed" {
		t.Errorf("%+v", th)
	}
}

func TestTooManyMessagesInAMinuteAreNotKept(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	ref := ask(t, pool, "03", now)
	for n := 1; n < messagesPerMinute; n++ {
		if said, err := Say(t.Context(), pool, 2, ref, Message{Kind: Text, Words: "et"}, now); said != Kept || err != nil {
			t.Fatal(n, said, err)
		}
	}
	if said, err := Say(t.Context(), pool, 2, ref, Message{Kind: Text, Words: "et"}, now.Add(time.Second)); said != Slow || err != nil {
		t.Errorf("%v, %v", said, err)
	}
	if _, slow, err := Ask(t.Context(), pool, Question{Chat: 2, Chamber: "03", Message: Message{Kind: Text, Words: "et"}}, now, rand.Reader); !slow || err != nil {
		t.Errorf("%v, %v", slow, err)
	}
	if said, err := Say(t.Context(), pool, 2, ref, Message{Kind: Text, Words: "et"}, now.Add(2*time.Minute)); said != Kept || err != nil {
		t.Errorf("%v, %v", said, err)
	}
}

func TestAQuestionToNoChamberIsNotKept(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	if _, _, err := Ask(t.Context(), pool, Question{Chat: 2, Chamber: "13", Message: Message{Kind: Text, Words: "et"}}, now, rand.Reader); err == nil {
		t.Error("it was kept")
	}
}

func TestAChamberSaysHowItIsReached(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	for _, c := range []struct {
		s            Scope
		region, what string
		value        string
		ok           bool
	}{
		{Scope{Chamber: "03"}, "03", "phone", "+212535000000", true},
		{Scope{Chamber: "03"}, "09", "phone", "+212535000000", false},
		{Scope{}, "03", "hours", "9-15", false},
		{Scope{}, "", "hours", "9-15", false},
		{Scope{Organisers: true}, "03", "address", "Fès", true},
		{Scope{All: true}, "03", "days", "7", true},
		{Scope{All: true}, "13", "days", "7", false},
	} {
		if ok, err := SetChamber(t.Context(), pool, c.s, c.region, c.what, c.value, now); ok != c.ok || err != nil {
			t.Errorf("%+v: %v, %v", c, ok, err)
		}
	}
	c, ok, err := ChamberOf(t.Context(), pool, "03")
	if want := (Chamber{Region: "03", Phone: "+212535000000", Address: "Fès", Days: 7}); err != nil || !ok || c != want || !c.Known() {
		t.Errorf("%+v, %v", c, err)
	}
	if c, ok, _ = ChamberOf(t.Context(), pool, "09"); !ok || c.Known() {
		t.Errorf("something is known of a chamber that nobody described: %+v", c)
	}
	for _, days := range []string{"0", "-1", "91", "many", ""} {
		if _, err := SetChamber(t.Context(), pool, Scope{All: true}, "03", "days", days, now); err != nil {
			t.Error(err)
		}
		if c, _, _ := ChamberOf(t.Context(), pool, "03"); c.Days != 0 {
			t.Errorf("%q days are %d", days, c.Days)
		}
	}
	if _, err := SetChamber(t.Context(), pool, Scope{All: true}, "03", "region = '', phone", "x", now); err == nil {
		t.Error("a field that is none was set")
	}
}

func TestThemesAreChangedWithoutARelease(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	shipped := "card rna governance bodies income training health marketing finance materials premises digital other"
	ids := func() string {
		list, err := Themes(t.Context(), pool)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, th := range list {
			if th.Shown {
				ids = append(ids, th.ID)
			}
		}
		return strings.Join(ids, " ")
	}
	if ids() != shipped {
		t.Errorf("%s", ids())
	}
	id, err := AddTheme(t.Context(), pool, map[string]string{"fr": "🌿 Teintures"})
	if err != nil || ids() != strings.Replace(shipped, "other", id+" other", 1) {
		t.Errorf("%q: %s, %v", id, ids(), err)
	}
	if ok, err := NameTheme(t.Context(), pool, id, "ar", "🌿 الصباغة"); !ok || err != nil {
		t.Error(ok, err)
	}
	r := in("03")
	r.Theme = id
	send(t, pool, r, now, rand.Reader)
	if ok, err := OfferTheme(t.Context(), pool, id, false); !ok || err != nil || ids() != shipped {
		t.Errorf("%v, %s, %v", ok, ids(), err)
	}
	if got := all(t, pool, Scope{Chamber: "03"}, Filter{Theme: id}); len(got) != 1 {
		t.Error("what was said under it is gone")
	}
	for _, id := range strings.Fields(shipped) {
		ok, err := OfferTheme(t.Context(), pool, id, false)
		if err != nil || ok != (id != "other") {
			t.Errorf("%s: %v, %v", id, ok, err)
		}
	}
	if ok, _ := NameTheme(t.Context(), pool, "politics", "fr", "x"); ok {
		t.Error("a theme that is none was named")
	}
	if list, _ := Themes(t.Context(), pool); !slices.ContainsFunc(list, func(th Theme) bool { return th.Names["ar"] == "🌿 الصباغة" }) {
		t.Errorf("%+v", list)
	}
}

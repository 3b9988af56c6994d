package answers_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refreshed(t testing.TB, c *answers.Current, pool *pgxpool.Pool, left int) {
	t.Helper()
	names, err := c.Refresh(t.Context(), pool)
	must(t, err)
	if len(names) != left {
		t.Errorf("left out: %q, want %d", names, left)
	}
}

func TestWhatStaffChangeIsAnsweredWithoutARelease(t *testing.T) {
	t.Parallel()
	pool, shipped := postgres.ForTest(t), shipped(t)
	c := answers.NewCurrent(shipped, lexicon(t))
	const id, by = "card.price", 7
	before, _ := c.Get(id)

	// given words, a source that confirms it, a voice and a new way of asking
	must(t, answers.SetText(t.Context(), pool, id, locale.French, answers.Text{Title: "Combien coûte-t-elle ?"}, by, now))
	must(t, answers.SetText(t.Context(), pool, id, locale.French, answers.Text{Body: "Rien."}, by, now))
	checked := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	must(t, answers.SetSource(t.Context(), pool, id, answers.Source{Source: "la Fédération", Checked: checked, Confirmed: true}, by, now))
	must(t, answers.SetVoice(t.Context(), pool, id, locale.Darija, "AwAC", by, now))
	must(t, answers.AddWays(t.Context(), pool, id, []string{"zorglub", "zorglub", "طاقطاق"}, by, now))
	if e, _ := c.Get(id); e.Body(locale.French) != before.Body(locale.French) {
		t.Error("it changed before it was looked at")
	}
	fresh, err := c.Fresh(t.Context(), pool)
	must(t, err)
	if e, _ := fresh.Get(id); e.Body(locale.French) != "Rien." {
		t.Error("who changes it doesn't see it at once")
	}

	// when it is taken over
	refreshed(t, c, pool, 0)

	// then it is what is answered, what nobody changed is as it was, and the new way is understood
	e, _ := c.Get(id)
	if e.Title(locale.French) != "Combien coûte-t-elle ?" || e.Body(locale.French) != "Rien." || e.Body(locale.Arabic) != before.Body(locale.Arabic) ||
		e.Source != "la Fédération" || !e.Checked.Equal(checked) || e.Class != answers.Fact || e.Voice(locale.Darija).File != "AwAC" || e.Voice(locale.French).File != "" {
		t.Errorf("%+v", e)
	}
	if !slices.ContainsFunc(c.InTopic("card"), func(e answers.Entry) bool { return e.ID == id && e.Body(locale.French) == "Rien." }) {
		t.Error("the topic has the old words")
	}
	for _, words := range []string{"Zorglub", "طاقطاق", "combien coûte t elle"} {
		if r := c.Ask(words); r.Decision != answers.Answer || r.ID != id {
			t.Errorf("%s: %+v", words, r)
		}
	}
	if s, _ := c.Shipped(id); s.Class != answers.Unconfirmed || slices.Contains(s.Asked(), "zorglub") {
		t.Error("what ships was changed")
	}

	// and when all is taken back
	must(t, answers.Restore(t.Context(), pool, id))
	must(t, answers.SetVoice(t.Context(), pool, id, locale.Darija, "", by, now))
	refreshed(t, c, pool, 0)
	if e, _ := c.Get(id); e.Body(locale.French) != before.Body(locale.French) || e.Class != answers.Unconfirmed || e.Voice(locale.Darija).File != "" || e.Source != before.Source {
		t.Errorf("restored: %+v", e)
	}
}

func TestNothingIsReadWhenNothingChanged(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	c := answers.NewCurrent(shipped(t), lexicon(t))
	must(t, answers.AddWays(t.Context(), pool, "card.what", []string{"zorglub"}, 1, now))
	refreshed(t, c, pool, 0)
	_, err := pool.Exec(t.Context(), `DROP TABLE answer_ways`) // reading it again would fail
	must(t, err)
	refreshed(t, c, pool, 0)
	if id, ok := c.Find("zorglub"); !ok || id != "card.what" {
		t.Errorf("what was known is lost: %q", id)
	}
}

func TestAChangeThatNoLongerFitsIsLeftOutAndNamed(t *testing.T) {
	t.Parallel()
	a := shipped(t)
	with, left := a.With(answers.Overrides{
		Texts:   map[string]map[locale.Language]answers.Text{"card.gone": {locale.French: {Body: "x"}}},
		Sources: map[string]answers.Source{"card.gone": {Source: "x"}},
		Voices:  map[string]map[locale.Language]answers.Recording{"card.gone": {locale.French: {File: "x"}}},
		Ways:    []answers.Way{{Words: "carte pro", Entry: "rna.what"}, {Words: "zorglub", Entry: "card.gone"}, {Words: "zorglub", Entry: "card.what"}},
	})
	if len(left) != 5 {
		t.Errorf("%q", left)
	}
	if strings.Contains(strings.Join(left, " "), "carte pro") {
		t.Error("people's words are in what is logged")
	}
	if id, _ := with.Find("carte pro"); id != "card.what" {
		t.Errorf("carte pro means %s now", id)
	}
	if id, _ := with.Find("zorglub"); id != "card.what" {
		t.Errorf("zorglub means %q", id)
	}
	if _, ok := a.Find("zorglub"); ok {
		t.Error("the knowledge that was given changed")
	}
}

func TestWhatStaffWriteMustFitTheScreen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		got, want answers.Fit
	}{
		{answers.FitTitle("Le prix"), answers.Fits}, {answers.FitTitle(strings.Repeat("ق", 40)), answers.Fits}, {answers.FitTitle(strings.Repeat("ق", 41)), answers.TooLong},
		{answers.FitTitle("a\nb"), answers.TooTall}, {answers.FitTitle("  "), answers.Empty},
		{answers.FitBody("a\nb\nc"), answers.Fits}, {answers.FitBody("a\nb\nc\nd"), answers.TooTall}, {answers.FitBody(strings.Repeat("x", 321)), answers.TooLong},
		{answers.FitSource("https://rna.gov.ma/faq/"), answers.Fits}, {answers.FitSource("le SEAESS, par lettre"), answers.Fits}, {answers.FitSource("https://"), answers.NoSource},
		{answers.FitSource(strings.Repeat("x", 61)), answers.TooLong}, {answers.FitSource("https://a.ma/" + strings.Repeat("x", 300)), answers.TooLong},
		{answers.FitWay("prix carte"), answers.Fits}, {answers.FitWay("??"), answers.Empty}, {answers.FitWay(strings.Repeat("x", 121)), answers.TooLong},
	} {
		if c.got != c.want {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
}

func TestAnAnswerIsOldWhenItsSourceIs(t *testing.T) {
	t.Parallel()
	e, _ := shipped(t).Get("card.what")
	if e.Aged(e.Checked.Add(answers.Old)) || !e.Aged(e.Checked.Add(answers.Old+time.Second)) {
		t.Error("old too early or too late")
	}
	if e, _ = shipped(t).Get("next_stop.when"); e.Aged(now.AddDate(10, 0, 0)) {
		t.Error("what states nothing can't be old")
	}
}

func TestWhatIsAskedIsKeptAboutNobody(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	note := func(a answers.Asked) { t.Helper(); must(t, answers.Note(context.Background(), pool, a, now)) }
	note(answers.Asked{Language: locale.French, Words: "appelez-moi au 06 61 23 45 67, +212661234567, moi@example.ma ou @fatima https://x.ma/y", Decision: "unknown"})
	var words, day string
	must(t, pool.QueryRow(t.Context(), `SELECT words, day::text FROM asked`).Scan(&words, &day))
	if words != "appelez-moi au ☎, ☎, 🔗 ou 🔗 🔗" || day != "2026-11-24" {
		t.Errorf("%q on %s", words, day)
	}
	rows, err := pool.Query(t.Context(), `SELECT column_name::text FROM information_schema.columns WHERE table_name = 'asked' ORDER BY 1`)
	must(t, err)
	var name string
	var columns []string
	for rows.Next() {
		must(t, rows.Scan(&name))
		columns = append(columns, name)
	}
	if want := []string{"day", "decision", "entry", "language", "score", "settled", "thumb", "words"}; !slices.Equal(columns, want) {
		t.Errorf("asked has %v; each column must say nothing about who asked", columns)
	}
	if got := answers.Anonymous(strings.Repeat("صانع ", 1000)); len([]rune(got)) > 201 {
		t.Errorf("%d characters of a story are kept", len([]rune(got)))
	}
	for _, s := range []string{"je suis Fatima, CIN AB123456", "je suis Fatima, CIN ••••••••"} {
		if got := answers.Anonymous(s); got != "" {
			t.Errorf("%q is kept of who gave the number of an identity card", got)
		}
	}
	for _, s := range []string{"depuis 2019", "1500 dh", "loi 50-17", "T02"} {
		if answers.Anonymous(s) != s {
			t.Errorf("%q became %q", s, answers.Anonymous(s))
		}
	}
}

func TestUnansweredQuestionsComeUntilStaffDealtWithThem(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	for _, a := range []answers.Asked{
		{Words: "quand ouvre le bureau", Decision: "unknown"}, {Words: "quand ouvre le bureau", Decision: answers.None}, {Words: "merci", Decision: "answer", Entry: "meta.thanks"},
		{Words: "météo", Decision: answers.Refused, Entry: "oos"}, {Words: "prix carte", Decision: "answer", Entry: "card.price"},
		{Words: "prix carte", Decision: answers.Judged, Entry: "card.price", Thumb: -1}, {Words: "amo", Decision: answers.Judged, Entry: "amo.how", Thumb: 1},
		{Words: "", Decision: answers.Judged, Entry: "card.what", Thumb: -1}, {Words: "ça", Decision: answers.Picked, Entry: "card.what"},
	} {
		a.Language = locale.French
		must(t, answers.Note(t.Context(), pool, a, now))
	}
	list := func() []answers.Open {
		t.Helper()
		open, err := answers.Unanswered(t.Context(), pool)
		must(t, err)
		return open
	}
	if got := list(); !slices.Equal(got, []answers.Open{{"quand ouvre le bureau", 2, ""}, {"prix carte", 1, "card.price"}}) {
		t.Errorf("%+v", got)
	}
	must(t, answers.Settle(t.Context(), pool, []string{"quand ouvre le bureau"}))
	must(t, answers.Note(t.Context(), pool, answers.Asked{Language: locale.French, Words: "quand ouvre le bureau", Decision: "unknown"}, now)) // asked again
	if got := list(); len(got) != 1 || got[0].Words != "prix carte" {
		t.Errorf("%+v", got)
	}
}

func TestQuestionsThatAskForTheSameAreGroupedInEveryScript(t *testing.T) {
	t.Parallel()
	c := answers.NewCurrent(shipped(t), lexicon(t))
	groups := c.Grouped([]answers.Open{{"combien coûte le stand", 1, ""}, {"combien coute un stand svp", 2, ""}, {"bghit lkhaymat dyal sahra", 1, ""},
		{"ch7al taman stand", 1, ""}, {"zrabi zrabi", 3, ""}, {"??", 1, ""}, {"!!", 1, ""}})
	var got []string
	for _, g := range groups {
		got = append(got, strings.Join(g.Words(), "|"))
	}
	want := []string{"combien coûte le stand|combien coute un stand svp|ch7al taman stand", "zrabi zrabi", "bghit lkhaymat dyal sahra", "??", "!!"}
	if !slices.Equal(got, want) || groups[0].Times != 4 {
		t.Errorf("%q", got)
	}
}

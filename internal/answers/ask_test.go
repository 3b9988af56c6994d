package answers_test

import (
	"bytes"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/knowledge"
)

func lexicon(t testing.TB) *answers.Lexicon {
	t.Helper()
	lx, problems := answers.ReadLexicon(knowledge.Files, directory.Default())
	if lx == nil {
		t.Fatal(problems)
	}
	return lx
}

var built = sync.OnceValue(func() *answers.Index {
	a, _ := answers.Load(knowledge.Files, nil)
	lx, _ := answers.ReadLexicon(knowledge.Files, directory.Default())
	if a == nil || lx == nil {
		return nil
	}
	return answers.NewIndex(a, lx)
})

// index is built once: it never changes.
func index(t testing.TB) *answers.Index {
	t.Helper()
	ix := built()
	if ix == nil {
		t.Fatal("the knowledge that ships doesn't load")
	}
	return ix
}

// labelled reads a set of testdata.
func labelled(t testing.TB, set string, script answers.Script) []answers.Labelled {
	t.Helper()
	b, err := os.ReadFile("testdata/" + set + "/" + string(script) + ".tsv")
	if err != nil {
		t.Fatal(err)
	}
	list, err := answers.ReadLabelled(bytes.NewReader(b), script)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// devset is the development set: questions by somebody who hadn't seen the knowledge.
func devset(t testing.TB) (odd, even []answers.Labelled) {
	t.Helper()
	for _, script := range answers.Scripts() {
		for _, q := range labelled(t, "dev", script) {
			if q.Line%2 == 1 {
				odd = append(odd, q)
			} else {
				even = append(even, q)
			}
		}
	}
	return odd, even
}

// atLeast holds figures against bounds, in parts of a thousand.
func atLeast(t *testing.T, what string, all map[answers.Script]answers.Figures, first, three, wrong, outside int) {
	t.Helper()
	for _, script := range answers.Scripts() {
		f := all[script]
		t.Logf("%s, %s: first %d, in three %d, answered %d, sure and wrong %d of %d; outside answered %d of %d",
			what, script, f.First, f.Three, f.Answered, f.Wrong, f.Asked, f.OutsideAnswered, f.Outside)
		if f.Asked < 400 || f.Outside < 40 {
			t.Errorf("%s, %s: only %d questions, %d outside", what, script, f.Asked, f.Outside)
		}
		if f.First*1000 < first*f.Asked || f.Three*1000 < three*f.Asked || f.Wrong*1000 > wrong*f.Asked || f.OutsideAnswered*1000 > outside*f.Outside {
			t.Errorf("%s, %s: worse than %d, %d, %d, %d in a thousand", what, script, first, three, wrong, outside)
		}
	}
}

func TestQuestionsThatNobodyLookedAtAreUnderstood(t *testing.T) {
	_, even := devset(t)
	atLeast(t, "even lines", index(t).Measure(shipped(t).Unasked(even)), 905, 970, 30, 50)
}

func TestPlainQuestionsOfOtherPeopleAreUnderstood(t *testing.T) {
	var list []answers.Labelled
	for _, script := range answers.Scripts() {
		list = append(list, labelled(t, "fresh", script)...)
	}
	for script, f := range index(t).Measure(shipped(t).Unasked(list)) {
		t.Logf("%s: %+v", script, f)
		if f.Asked < 90 || f.Outside < 12 || f.First*100 < 94*f.Asked || f.Three*100 < 98*f.Asked || f.Wrong*100 > 3*f.Asked || f.OutsideAnswered > 0 {
			t.Errorf("%s: %+v", script, f)
		}
	}
}

func TestQuestionsWhoseWordsWereLearntAreUnderstood(t *testing.T) {
	odd, _ := devset(t)
	atLeast(t, "odd lines", index(t).Measure(shipped(t).Unasked(odd)), 930, 975, 30, 40)
}

func TestWaysOfAskingExplainEachOther(t *testing.T) {
	if testing.Short() {
		t.Skip("teaches three indexes")
	}
	atLeast(t, "three folds", answers.CrossValidate(shipped(t), lexicon(t), 3), 880, 965, 45, 110)
}

func TestNoQuestionOfTheDevelopmentSetIsAWayOfAsking(t *testing.T) {
	ways := map[string]string{}
	for _, e := range everyEntry(shipped(t)) {
		for _, way := range e.Asked() {
			ways[locale.Fold(way)] = e.ID
		}
	}
	odd, even := devset(t)
	for _, q := range slices.Concat(odd, even) {
		key := locale.Fold(q.Text)
		if strings.Count(key, " ") < 2 {
			continue // everybody says "merci" and "prix carte"; Unasked leaves them out
		}
		if id, ok := ways[key]; ok {
			t.Errorf("%s.tsv:%d: %q is a way of asking %s: the set would measure nothing", q.Script, q.Line, q.Text, id)
		}
	}
}

func TestSpellingsOfAWordMeetInEveryScript(t *testing.T) {
	ix := index(t)
	for _, same := range [][]string{
		{"next_stop.about", "l9afila", "lqafila", "LKAFILA", "لقافلة", "القافلة", "la caravane", "caravane"},
		{"card.price", "prix de la carte pro", "pri carte pro", "taman lbita9a", "taman lbitaqa", "ثمن البطاقة", "تمن البطاقه", "ch7al lbita9a lmihaniya", "بشحال لاكارط"},
		{"rna.how", "comment s'inscrire au registre", "koman minscrir o registre", "kifach ntsejel f sijil", "kifash ntsjel f ssijil", "كيفاش نتسجل فالسجل"},
		{"amo.how", "comment avoir l'amo", "kifach nakhod lamo", "كيفاش ناخد لامو"},
		{"card.renew", "la carte est bonne pour combien de temps", "ch7al katqdi lcarte", "شحال كتقضي البطاقة"},
		{"next_stop.when", "la caravane c'est pour bientôt", "wach 9erbat l9afila", "واش قربات القافلة"},
		{"train.courses", "apprendre la vente en ligne", "bghit nt3elem nbi3 f internet", "بغيت نتعلم نبيع فالانترنت"},
		{"amo.tadamon", "carte ramed", "lcarte ramed", "كارط راميد"},
		{"next_stop.reminder_stop", "arrêtez les messages", "7bso lmessages", "حبسو الميساجات"},
	} {
		for _, text := range same[1:] {
			if r := ix.Ask(text); r.ID != same[0] {
				t.Errorf("%q is understood as %s (%.2f), want %s", text, r.ID, r.Score, same[0])
			}
		}
	}
}

func TestHardCases(t *testing.T) {
	ix := index(t)
	const answer, choose, unknown = answers.Answer, answers.Choose, answers.Unknown
	story := strings.Repeat("ana sani3 men fes khdam f zellij hadi 3echrin 3am w 3endi wlad w dar b3ida 3la lmdina ", 50)
	for text, want := range map[string]struct {
		decision answers.Decision
		ids      []string // any of
	}{
		// towns, and words that are towns as well
		"safi": {choose, []string{"next_stop.by_city", "meta.thanks"}}, "Safi !": {choose, []string{"next_stop.by_city", "meta.thanks"}},
		"casa ?": {answer, []string{"next_stop.by_city"}}, "fès": {answer, []string{"next_stop.by_city"}}, "marakech": {answer, []string{"next_stop.by_city"}},
		"jdida": {answer, []string{"next_stop.by_city"}}, "الجديدة": {answer, []string{"next_stop.by_city"}}, "sale": {answer, []string{"next_stop.by_city"}},
		"tata": {answer, []string{"next_stop.by_city"}}, "العيون": {answer, []string{"next_stop.by_city"}}, "الداخلة": {answer, []string{"next_stop.by_city"}},
		"البطاقة الجديدة": {answer, []string{"card.what"}}, "l9afila f tata fo9ach": {choose, []string{"next_stop.by_city", "next_stop.when"}},
		// one word
		"carte": {answer, []string{"card.what"}}, "prix": {choose, nil}, "registre": {answer, []string{"rna.what"}},
		// the other card, the other gold
		"la carte nationale": {unknown, []string{"oos"}}, "carte nationale perdue": {unknown, []string{"oos"}}, "لاكارط ناسيونال تلفات": {unknown, []string{"oos"}},
		"la carte pro": {answer, []string{"card.what"}}, "carte pro perdue": {answer, []string{"card.lost"}},
		"taman dheb": {unknown, []string{"oos"}}, "ثمن الذهب اليوم": {unknown, []string{"oos"}}, "prix de l'or": {unknown, []string{"oos"}},
		// not the bot's business
		"nta 7mar": {unknown, []string{"oos"}}, "espèce d'idiot": {unknown, []string{"oos"}}, "الله ينعل": {unknown, []string{"oos"}},
		"what is the weather today my friend": {unknown, []string{"oos"}}, "hola amigo, necesito ayuda": {unknown, nil},
		// no words
		"bidi": {unknown, nil}, "": {unknown, []string{"oos"}}, "   ": {unknown, []string{"oos"}}, "???": {unknown, []string{"oos"}}, "🐪": {unknown, []string{"oos"}}, "😂😂😂": {unknown, []string{"oos"}},
		"👍": {answer, []string{"meta.thanks"}}, "👋": {answer, []string{"meta.greeting"}},
		"0661234567": {unknown, []string{"oos"}}, "+212 6 61 23 45 67": {unknown, []string{"oos"}}, "AB123456": {unknown, []string{"oos"}}, "k 45678": {unknown, []string{"oos"}},
		// courtesies
		"salam": {answer, []string{"meta.greeting"}}, "merciiiiii": {answer, []string{"meta.thanks"}}, "شكراااا": {answer, []string{"meta.thanks"}},
		// how a wish to know is put changes nothing of what is asked
		"je voudrais savoir le prix de la carte": {answer, []string{"card.price"}}, "je veux savoir la date de la caravane": {answer, []string{"next_stop.when"}},
		"bghit n3ref taman lcarte": {answer, []string{"card.price"}}, "أريد أن أعرف ثمن البطاقة": {answer, []string{"card.price"}},
		// a long story asks nothing surely
		story: {choose, nil}, story[:4096]: {choose, nil},
	} {
		r := ix.Ask(text)
		if r.Decision != want.decision && !(want.decision == choose && r.Decision == unknown && want.ids == nil) || want.ids != nil && !slices.Contains(want.ids, r.ID) {
			t.Errorf("%.60q: %s %s (%.2f), want %s %v", text, r.Decision, r.ID, r.Score, want.decision, want.ids)
		}
	}
}

func TestThreeQuestionsAtOnceGiveAChoiceAmongThem(t *testing.T) {
	r := index(t).Ask("Bonjour, c'est combien la carte pro ? Le registre est obligatoire ? Et comment s'inscrire à la caravane ?")
	var ids []string
	for _, c := range r.Candidates {
		ids = append(ids, c.ID)
	}
	slices.Sort(ids)
	if r.Decision != answers.Choose || !slices.Equal(ids, []string{"card.price", "reg.how", "rna.mandatory"}) {
		t.Errorf("%s among %v", r.Decision, ids)
	}
	if r := index(t).Ask("Bonjour ! Prix de la carte pro ? Merci !"); r.Decision != answers.Answer || r.ID != "card.price" {
		t.Errorf("one question among courtesies: %+v", r)
	}
}

func TestTheSameKnowledgeGivesTheSameIndex(t *testing.T) {
	again := answers.NewIndex(shipped(t), lexicon(t))
	_, even := devset(t)
	for _, q := range even[:200] {
		if diff := cmp.Diff(index(t).Ask(q.Text), again.Ask(q.Text)); diff != "" {
			t.Fatalf("%q: %s", q.Text, diff)
		}
	}
}

func TestTheIndexTakesLittleMemory(t *testing.T) {
	a, lx := shipped(t), lexicon(t)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	ix := answers.NewIndex(a, lx)
	runtime.GC()
	runtime.ReadMemStats(&after)
	size := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("%.1f MiB", float64(size)/(1<<20))
	if size > 24<<20 {
		t.Errorf("the index takes %d bytes; 32 MiB are the most that the house may spend, the lexicon included", size)
	}
	runtime.KeepAlive(ix)
}

func TestEveryResultIsWhole(t *testing.T) {
	a := shipped(t)
	odd, _ := devset(t)
	for _, q := range odd {
		whole(t, a, q.Text, index(t).Ask(q.Text))
	}
}

func whole(t *testing.T, a *answers.Answers, text string, r answers.Result) {
	t.Helper()
	if _, ok := a.Get(r.ID); !ok {
		t.Errorf("%q is understood as %q, which doesn't exist", text, r.ID)
	}
	if r.Decision == answers.Answer && r.ID == answers.OutOfScope || r.Score < 0 || r.Score > 1.001 || len(r.Candidates) > 3 {
		t.Errorf("%q: %+v", text, r)
	}
	for i, c := range r.Candidates {
		if _, ok := a.Get(c.ID); !ok || i == 0 && c.ID != r.ID || slices.ContainsFunc(r.Candidates[:i], func(o answers.Candidate) bool { return o.ID == c.ID }) {
			t.Errorf("%q: %+v", text, r)
		}
	}
}

func FuzzAsk(f *testing.F) {
	a, _ := answers.Load(knowledge.Files, nil)
	for _, s := range []string{"la carte pro ?", "بشحال لاكارط ؟", "l9afila", "👍🏽", "\xff\x00", "'''", strings.Repeat("ا ", 3000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { whole(t, a, text, index(t).Ask(text)) })
}

func BenchmarkAsk(b *testing.B) {
	ix := index(b)
	odd, even := devset(b)
	all := slices.Concat(odd, even)
	var took []time.Duration
	for b.Loop() {
		from := time.Now()
		ix.Ask(all[len(took)%len(all)].Text)
		took = append(took, time.Since(from))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs-p99")
}

func BenchmarkAskAStory(b *testing.B) {
	ix := index(b)
	story := strings.Repeat("ana sani3 men fes khdam f zellij hadi 3echrin 3am ", 90)[:4096]
	for b.Loop() {
		ix.Ask(story)
	}
}

func BenchmarkNewIndex(b *testing.B) {
	a, _ := answers.Load(knowledge.Files, nil)
	lx := lexicon(b)
	for b.Loop() {
		answers.NewIndex(a, lx)
	}
}

package conversation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/qafila/qafila/flows"
	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
)

// editor is the same room to somebody of the staff who corrects answers.
func (r *room) editor() *room {
	as := r.as(9, r.turn.Language)
	as.turn.Member = &people.Member{ID: 4, Chat: 9, Role: people.Organiser}
	return as
}

// count gives the number that a query gives in the turn's transaction.
func (r *room) count(sql string, args ...any) (n int) {
	r.Helper()
	if err := r.turn.Tx.QueryRow(r.Context(), sql, args...).Scan(&n); err != nil {
		r.Fatal(err)
	}
	return n
}

// refresh takes over what staff changed in the turn's transaction.
func (r *room) refresh() {
	r.Helper()
	if left, err := r.house.Answers.Refresh(r.Context(), r.turn.Tx); err != nil || len(left) > 0 {
		r.Fatal(left, err)
	}
}

func TestAnswersAreShown(t *testing.T) {
	r, _ := furnished(t)
	outcomes := map[answers.Class]string{answers.Unconfirmed: "unconfirmed", answers.Live: "opens", answers.Action: "opens"}
	for _, lang := range locale.Languages() {
		in := r.as(1, lang)
		for _, topic := range in.keys("answer_topics", nil, "") {
			for _, id := range in.keys("answers", Args{"topic": topic}, "") {
				e, _ := r.house.Answers.Get(id)
				want := "known"
				if o := outcomes[e.Class]; o != "" {
					want = o
				}
				if set := in.do(want, "answers.show", Args{"id": id}); set["body"] == "" || set["title"] == "" || set["opens"] != e.Opens || set["voice"] != false {
					t.Error(id, set)
				}
			}
		}
	}
	r.do("gone", "answers.show", Args{"id": "card"})
	if set := r.do("found", "answers.topic", Args{"words": "Réforme"}); set["topic"] != "reforms" {
		t.Errorf("a word of a topic's name leads to %v", set)
	}
	r.do("none", "answers.topic", Args{"words": "quel temps fait-il"})
	if p, err := r.offer.Lists["answer_topics"].Page(t.Context(), r.turn, nil, flow.Query{Search: "chhal taman dyal lbita9a", Limit: 8}); err != nil || !p.Sure || p.Items[0].Key != "card.price" {
		t.Errorf("%+v, %v", p, err)
	}
	if p, err := r.offer.Lists["answer_topics"].Page(t.Context(), r.turn, nil, flow.Query{Search: "zzz qqq", Limit: 8}); err != nil || p.Sure {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestTheAnswerScreenHasEveryDoorOfTheKnowledge(t *testing.T) {
	r, _ := furnished(t)
	screen, err := flows.Files.ReadFile("ask.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range r.house.Answers.Entries() {
		if e.Opens != "" && e.Opens != "/menu" && !strings.Contains(string(screen), fmt.Sprintf(`"opens == '%s'"`, e.Opens)) {
			t.Errorf("%s opens %s, and flows/ask.yaml has no button for it", e.ID, e.Opens)
		}
	}
}

func TestATypedQuestionIsAnsweredOfferedOrSaidNotToBeKnown(t *testing.T) {
	r, _ := furnished(t)
	for words, id := range map[string]string{"la carte coute combien svp": "card.price", "ch7al taman lcarte": "card.price", "شحال كتسوى لاكارط": "card.price", "كم ثمن البطاقة المهنية": "card.price",
		"Salé ?": "next_stop.by_city"} {
		if set := r.do("answer", "answers.ask", Args{"words": words}); set["id"] != id {
			t.Errorf("%s: %v", words, set)
		}
	}
	if set := r.do("choose", "answers.ask", Args{"words": "safi"}); !slices.Equal(set["candidates"].([]string), []string{"next_stop.by_city", "meta.thanks"}) {
		t.Error(set)
	}
	for words, why := range map[string]string{"zzz qqq": "", "😀😀": "letters", "0612345678": "letters", "••123456": "letters", "ⴰⵣⵓⵍ ⴼⵍⵍⴰⵡⵏ": "language", "привет": "language"} {
		if set := r.do("unknown", "answers.ask", Args{"words": words}); set["why"] != why || set["id"] != "" || len(set["candidates"].([]string)) > 0 {
			t.Errorf("%s: %v", words, set)
		}
	}
	for _, words := range []string{"quel temps fait il demain", "hmar", "résultat du match"} {
		if set := r.do("refuse", "answers.ask", Args{"words": words}); set["id"] != answers.OutOfScope {
			t.Errorf("%s: %v", words, set)
		}
	}
	if set := r.do("choose", "answers.ask", Args{"words": strings.Repeat("je travaille la laine depuis longtemps et je voudrais savoir pour ma carte ", 60)}); len(set["candidates"].([]string)) == 0 {
		t.Errorf("a story of 4,000 characters: %v", set)
	}
	if n := r.count(`SELECT count(*) FROM asked WHERE words = 'zzz qqq' AND decision = 'unknown' AND entry = '' AND language = 'fr' AND day = '2026-11-24'`); n != 1 {
		t.Error("what isn't known is not kept")
	}
	if n := r.count(`SELECT count(*) FROM asked WHERE words LIKE '%0612%' OR length(words) > 201`); n != 0 {
		t.Error("a telephone number, or a whole story, is kept")
	}
}

func TestThumbsAndPicksAreKept(t *testing.T) {
	r, _ := furnished(t)
	r.do("ok", "answers.judge", Args{"words": "carte", "id": "card.what", "good": true})
	r.do("ok", "answers.judge", Args{"words": "carte", "id": "card.what", "good": false})
	r.do("ok", "answers.pick", Args{"words": "safi", "id": "next_stop.by_city"})
	r.do("ok", "answers.pick", Args{"words": "safi", "id": ""})
	if n := r.count(`SELECT count(DISTINCT (decision, entry, thumb)) FROM asked WHERE (decision, entry, thumb) IN
		(('judged', 'card.what', 1), ('judged', 'card.what', -1), ('picked', 'next_stop.by_city', 0), ('none', '', 0))`); n != 4 {
		t.Errorf("%d of 4", n)
	}
}

func TestAHouseThatCollectsNothingKeepsNoQuestion(t *testing.T) {
	r, _ := furnished(t)
	r.house.Declaration = ""
	r.do("answer", "answers.ask", Args{"words": "carte"})
	r.do("ok", "answers.judge", Args{"words": "carte", "id": "card.what", "good": true})
	if n := r.count(`SELECT count(*) FROM asked`); n != 0 {
		t.Errorf("%d are kept", n)
	}
}

func TestStaffCorrectAnAnswer(t *testing.T) {
	r, _ := furnished(t)
	s := r.editor()
	const id = "card.price"
	in := func(more Args) Args { more["id"] = id; return more }
	if set := s.do("found", "answers.entry", Args{"id": id, "language": "ary"}); set["language_name"] != "الدارجة" || set["changed"] != false || set["provable"] != false || set["site"] != "" {
		t.Error(set)
	}
	s.do("none", "answers.renew", in(Args{}))
	s.do("missing", "answers.confirm", in(Args{}))
	s.do("long", "answers.set_body", in(Args{"language": "fr", "words": strings.Repeat("x", 321)}))
	s.do("tall", "answers.set_body", in(Args{"language": "fr", "words": "a // b // c // d"}))
	s.do("long", "answers.set_title", in(Args{"language": "fr", "words": strings.Repeat("x", 41)}))
	s.do("wrong", "answers.set_source", in(Args{"source": "https://"}))
	s.do("ok", "answers.set_title", in(Args{"language": "fr", "words": "Le prix"}))
	s.do("ok", "answers.set_body", in(Args{"language": "fr", "words": "Elle est gratuite. // Voir https://rna.gov.ma"}))
	s.do("ok", "answers.set_source", in(Args{"source": "le SEAESS, par lettre"}))
	if set := s.do("missing", "answers.confirm", in(Args{})); set["languages"] != "العربية, الدارجة" {
		t.Error(set)
	}
	for _, lang := range []string{"ar", "ary"} {
		s.do("ok", "answers.set_body", in(Args{"language": lang, "words": "مجانية"}))
	}
	s.do("ok", "answers.confirm", in(Args{}))
	set := s.do("found", "answers.entry", in(Args{"language": "fr"}))
	if set["title"] != "Le prix" || set["body"] != "Elle est gratuite.\nVoir https://rna.gov.ma" || set["site"] != "le SEAESS, par lettre" || set["source"] != "" ||
		set["checked"] != "24 novembre 2026" || set["changed"] != true || set["provable"] != false {
		t.Error(set)
	}
	s.do("ok", "answers.renew", in(Args{})) // it stays confirmed
	s.do("ok", "answers.record", in(Args{"language": "fr", "file": "AwAC", "seconds": 20}))
	s.do("long", "answers.record", in(Args{"language": "fr", "file": "AwAC", "seconds": 121}))
	s.do("gone", "answers.set_body", Args{"id": "card.gone", "language": "fr", "words": "x"})

	// then artisans see it
	r.refresh()
	if set := r.do("known", "answers.show", Args{"id": id}); set["body"] != "Elle est gratuite.\nVoir https://rna.gov.ma" || set["voice"] != true || set["site"] != "le SEAESS, par lettre" {
		t.Error(set)
	}
	if a := r.attach("answer_voice", id); a.Kind != "voice" || a.File != "AwAC" || len(a.Recording) != 32 || a.Else == "" {
		t.Errorf("%+v", a)
	}
	s.do("ok", "answers.restore", in(Args{}))
	s.do("ok", "answers.record", in(Args{"language": "fr", "file": "", "seconds": 0}))
	r.refresh()
	if set := r.do("unconfirmed", "answers.show", Args{"id": id}); set["voice"] != false {
		t.Error(set)
	}
}

func TestStaffTeachAWayOfAsking(t *testing.T) {
	r, _ := furnished(t)
	s := r.editor()
	if set := s.do("taken", "answers.teach", Args{"id": "rna.what", "words": "carte pro"}); set["other"] != "C'est quoi, la carte pro\u202f?" {
		t.Error(set)
	}
	s.do("empty", "answers.teach", Args{"id": "rna.what", "words": "?!"})
	s.do("long", "answers.teach", Args{"id": "rna.what", "words": strings.Repeat("x", 121)})
	s.do("ok", "answers.teach", Args{"id": "rna.what", "words": "zorglub"})
	s.do("taken", "answers.teach", Args{"id": "card.what", "words": "Zorglub"}) // before anybody else knows of it
	r.refresh()
	if set := r.do("answer", "answers.ask", Args{"words": "zorglub"}); set["id"] != "rna.what" {
		t.Error(set)
	}
}

func TestAnswersThatAreOldStandFirstForStaff(t *testing.T) {
	r, _ := furnished(t)
	s := r.editor()
	page := func() []flow.Item {
		p, err := s.offer.Lists["answers_by_age"].Page(t.Context(), s.turn, nil, flow.Query{Limit: 3})
		if err != nil {
			t.Fatal(err)
		}
		return p.Items
	}
	if strings.HasPrefix(page()[0].Label, "⏳") {
		t.Errorf("%+v are old already", page())
	}
	s.turn.Now = tuesday.AddDate(0, 0, 179) // a day after the sources were checked, and 180 more
	s.do("ok", "answers.renew", Args{"id": "card.what"})
	s.turn.Now = tuesday.AddDate(0, 0, 180)
	r.refresh()
	if set := s.do("found", "answers.entry", Args{"id": "card.who", "language": "fr"}); set["old"] != true || set["days"] != 181 {
		t.Error(set)
	}
	if set := s.do("found", "answers.entry", Args{"id": "card.what", "language": "fr"}); set["old"] != false {
		t.Error(set)
	}
	if items := page(); !strings.HasPrefix(items[0].Label, "⏳") || slices.ContainsFunc(items, func(it flow.Item) bool { return it.Key == "card.what" }) {
		t.Errorf("%+v", items)
	}
}

func TestUnansweredQuestionsAreTaughtInOnePress(t *testing.T) {
	r, _ := furnished(t)
	s := r.editor()
	s.do("none", "unanswered.group", Args{"at": 0})
	for _, words := range []string{"zorglub blik", "zorglub blik !", "zorglob blek"} {
		r.do("unknown", "answers.ask", Args{"words": words})
	}
	r.do("ok", "answers.judge", Args{"words": "taman stand", "id": "card.what", "good": false})
	set := s.do("found", "unanswered.group", Args{"at": 0})
	if set["count"] != 3 || set["left"] != 1 || len(set["asked"].([]string)) != 3 || !strings.Contains(set["examples"].(string), "«\u00a0zorglub blik\u00a0»") || set["wrong"] != "" {
		t.Error(set)
	}
	other := s.do("found", "unanswered.group", Args{"at": 1})
	if other["wrong"] != "C'est quoi, la carte pro\u202f?" || other["suggested"].([]string)[0] != "fair.cost" {
		t.Error(other)
	}
	s.do("gone", "unanswered.teach", Args{"id": "card.gone", "asked": set["asked"]})
	if got := s.do("ok", "unanswered.teach", Args{"id": "export.help", "asked": set["asked"]}); got["count"] != 3 {
		t.Error(got)
	}
	s.do("ok", "unanswered.drop", Args{"asked": other["asked"]})
	s.do("none", "unanswered.group", Args{"at": 0})
	r.refresh()
	if set := r.do("answer", "answers.ask", Args{"words": "zorglub blik"}); set["id"] != "export.help" {
		t.Error(set)
	}
	s.do("taken", "unanswered.teach", Args{"id": "card.what", "asked": []string{"zorglub blik", strings.Repeat("x", 130)}})
}

func TestTheStepsSayWhatIsKnownAndNothingElse(t *testing.T) {
	r, _ := furnished(t)
	for _, registered := range []string{"yes", "no", "unsure"} {
		for _, diploma := range []string{"yes", "no", ""} {
			for _, years := range []string{"few", "some", "many", ""} {
				for _, lang := range locale.Languages() {
					s := r.as(1, lang).do("ok", "ready.steps", Args{"trade": "T02", "registered": registered, "diploma": diploma, "years": years, "region": "fes"})["summary"].(string)
					region, _ := r.house.Directory.Region("03")
					if strings.Contains(s, "⟦") || !strings.Contains(s, region.Name(lang)) || !strings.Contains(s, "rna.gov.ma") {
						t.Errorf("%s %s %s %s:\n%s", lang, registered, diploma, years, s)
					}
					for _, n := range regexp.MustCompile(`\d+`).FindAllString(s, -1) { // 23 and 2026: the day on which it was checked
						if !slices.Contains([]string{"1", "2", "3", "10", "23", "2026"}, n) {
							t.Errorf("%s: nobody said %s:\n%s", lang, n, s)
						}
					}
				}
			}
		}
	}
	steps := func(registered, diploma, years string) string {
		return r.do("ok", "ready.steps", Args{"trade": "other:forgeron de l'air", "registered": registered, "diploma": diploma, "years": years, "region": "03"})["summary"].(string)
	}
	for _, c := range []struct {
		said, has, hasNot string
	}{
		{steps("yes", "", ""), "c'est fait", "Papiers connus"},
		{steps("no", "no", "few"), "Pas encore mon cas", "Papiers connus"},
		{steps("no", "yes", "few"), "copie du diplôme", "maâlem"},
		{steps("no", "no", "some"), "attestation d'exercice", "diplôme."},
		{steps("no", "no", "many"), "Pour maâlem\u00a0: attestation", "Pas encore"},
		{steps("unsure", "no", "some"), "À demander d'abord", "c'est fait"},
		{steps("no", "no", "some"), "forgeron de l'air", "obligatoire"},
	} {
		if !strings.Contains(c.said, c.has) || strings.Contains(c.said, c.hasNot) {
			t.Errorf("%q, not %q, in:\n%s", c.has, c.hasNot, c.said)
		}
	}
}

func TestAQuestionInTheMiddleOfSomethingIsKeptAndANameIsNot(t *testing.T) {
	r, _ := furnished(t)
	if _, ok, err := r.house.Aside(r.Context(), r.turn, "c'est combien la carte pro ?", true); !ok || err != nil {
		t.Fatal(ok, err)
	}
	for _, name := range []string{"Fatima El Idrissi", "El Fin Aïcha", "محمد من الناس", "potier ou zelligeur", "Carte Mohamed"} {
		if _, ok, err := r.house.Aside(r.Context(), r.turn, name, true); ok || err != nil {
			t.Fatal(name, ok, err)
		}
	}
	if _, ok, err := r.house.Told(r.Context(), r.turn, "rna.how"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if n := r.count(`SELECT count(*) FROM asked WHERE (decision, entry, words) IN (('answer', 'card.price', 'c''est combien la carte pro ?'), ('picked', 'rna.how', ''))`); n != 2 {
		t.Errorf("%d of 2", n)
	}
	if n := r.count(`SELECT count(*) FROM asked`); n != 2 {
		t.Errorf("%d are kept, one may be a name", n)
	}
}

// Where anything may be an answer, what asks is known by its words, wherever they stand and without its sign.
func TestAQuestionWithoutItsSignIsNoName(t *testing.T) {
	r, _ := furnished(t)
	for words, id := range map[string]string{
		"la carte pro coute combien": "card.price", "je voudrais savoir le prix de la carte": "card.price", "est ce que la carte est gratuite": "card.price",
		"cest quoi le rna": "rna.what", "taman dyal lbita9a ch7al": "card.price", "bghit n3ref kifach ntsejel f rna": "rna.how", "البطاقة المهنية بشحال": "card.price",
		"بغيت نعرف كيفاش نتسجل فالسجل": "rna.how", "أريد أن أعرف ثمن البطاقة": "card.price",
	} {
		a, ok, err := r.house.Aside(r.Context(), r.turn, words, true)
		if err != nil || !ok || a.Lines[0].Params["title"] != r.house.Answers.Title(r.turn.Language, id) {
			t.Errorf("%q: %v %v %+v", words, ok, err, a)
		}
	}
}

func TestAProposalIsTakenOnceAndBearsTheChambersName(t *testing.T) {
	r, _ := furnished(t)
	agent := r.as(8, r.turn.Language)
	agent.turn.Member = &people.Member{ID: 3, Chat: 8, Role: people.Agent, Region: "03"}
	for words, outcome := range map[string]string{" ": "empty", strings.Repeat("x", answers.LongestBody+1): "long", "a // b // c // d": "tall", "Une ligne. // Deux.": "ok"} {
		agent.do(outcome, "proposals.make", Args{"id": "card.price", "language": "fr", "words": words})
	}
	agent.do("gone", "proposals.make", Args{"id": "card.none", "language": "fr", "words": "Oui."})
	s := r.editor()
	set := s.do("found", "proposals.next", Args{"at": 0})
	if set["body"] != "Une ligne.\nDeux." || set["left"] != 0 {
		t.Error(set)
	}
	s.do("ok", "proposals.accept", Args{"proposal": set["proposal"]})
	s.do("gone", "proposals.accept", Args{"proposal": set["proposal"]})
	s.do("gone", "proposals.accept", Args{"proposal": "x"})
	s.do("none", "proposals.next", Args{"at": 0})
	r.refresh()
	e, _ := r.house.Answers.Get("card.price")
	if e.Body(locale.French) != "Une ligne.\nDeux." || e.Class != answers.Unconfirmed || !strings.Contains(e.Source, "Fès-Meknès") {
		t.Errorf("%q %s %q", e.Body(locale.French), e.Class, e.Source)
	}
}

package answers_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/knowledge"
)

// shipped is the real knowledge, which every test here is about.
func shipped(t *testing.T) *answers.Answers {
	t.Helper()
	a, problems := answers.Load(knowledge.Files, locale.Languages())
	for _, p := range problems {
		t.Error(p)
	}
	if t.Failed() {
		t.FailNow()
	}
	return a
}

func everyEntry(a *answers.Answers) []answers.Entry { return a.Entries() }

func TestShippedKnowledgeHasEveryIdInTheClassThatTheFactsAllow(t *testing.T) {
	a := shipped(t)
	want := map[string]string{
		"card":         "card.what card.who card.how card.docs? card.price? card.delay? card.pickup card.status? card.lost? card.renew? card.error? card.old? card.qr card.benefits",
		"rna":          "rna.what rna.mandatory? rna.how rna.docs? rna.cost? rna.portal rna.experience rna.nia rna.update? rna.refused? rna.help",
		"law":          "law.what law.text law.mycraft law.maalem law.company",
		"social":       "amo.how amo.price amo.family amo.refund? amo.debt? amo.tadamon? amo.retirement amo.where_pay",
		"marketing":    "mda.what mda.programmes fair.how? fair.cost? fair.sna? label.how? prize.how? export.help ecommerce.help",
		"reforms":      "reform.digital reform.bodies reform.support",
		"finance":      "fin.loan fin.aid? fin.tpe fin.rawmaterial?",
		"training":     "train.apprentice train.host train.courses? train.vae",
		"chambers":     "chamber.which chamber.contact? chamber.hours? chamber.role",
		"cooperatives": "coop.create coop.register coop.support?",
		"caravan":      "next_stop.about next_stop.content",
	}
	var topics []string
	for _, topic := range a.Topics() {
		topics = append(topics, topic.ID)
		var got []string
		for _, e := range a.InTopic(topic.ID) {
			id := e.ID
			if e.Class == answers.Unconfirmed {
				id += "?"
			}
			got = append(got, id)
			if again, ok := a.Get(e.ID); !ok || again.Topic != topic.ID {
				t.Errorf("Get(%s) = %v in %q", e.ID, ok, again.Topic)
			}
		}
		if !slices.Equal(got, strings.Fields(want[topic.ID])) {
			t.Errorf("topic %s has\n%s, want\n%s", topic.ID, strings.Join(got, " "), want[topic.ID])
		}
	}
	if want := strings.Fields("card rna law social marketing reforms finance training chambers cooperatives caravan"); !slices.Equal(topics, want) {
		t.Errorf("topics %v, want %v", topics, want)
	}
}

// What isn't in the guided tree, and is only found by asking.
func TestShippedKnowledgeHasEveryIdOfTheHiddenTopics(t *testing.T) {
	a := shipped(t)
	got, shown := map[answers.Class][]string{}, map[string]bool{}
	for _, topic := range a.Topics() {
		shown[topic.ID] = true
	}
	for _, e := range everyEntry(a) {
		if !shown[e.Topic] {
			got[e.Class] = append(got[e.Class], e.ID)
		}
	}
	for class, want := range map[answers.Class]string{
		answers.Live: "next_stop.by_city next_stop.hours next_stop.list next_stop.missed next_stop.nearest next_stop.reminder next_stop.reminder_stop next_stop.transport next_stop.venue next_stop.when",
		answers.Action: "complaint.delay complaint.service feedback.event human.agent meta.greeting meta.help meta.language meta.thanks privacy.access privacy.delete privacy.why " +
			"reco.send reco.status reg.cancel reg.change reg.group reg.how reg.status",
		answers.Unconfirmed: "reg.bring reg.eligible reg.free reg.walkin", // no official rule was found
		answers.Refuse:      "oos",
		answers.Fact:        "",
	} {
		slices.Sort(got[class])
		if strings.Join(got[class], " ") != want {
			t.Errorf("%s: %v, want %s", class, got[class], want)
		}
	}
}

func TestShippedFactsWereCheckedOnTheDayOfTheirSource(t *testing.T) {
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, e := range everyEntry(shipped(t)) {
		if e.Source != "" && !e.Checked.Equal(day) {
			t.Errorf("%s was checked on %s", e.ID, e.Checked)
		}
	}
}

// digits are the groups of digits of a text; a thousand is one group however it is parted (1,000 and 1000).
func digits(s string) []string {
	thousands := regexp.MustCompile(`\b(\d{1,3})[,.\x{00A0}\x{202F} ](\d{3})\b`)
	return regexp.MustCompile(`\d+`).FindAllString(thousands.ReplaceAllString(s, "$1$2"), -1)
}

func TestNoNumberAndNoSourceIsInvented(t *testing.T) {
	facts, err := os.ReadFile("../../../shared/domain/FACTS.md")
	if err != nil {
		t.Skip("FACTS.md isn't beside this checkout")
	}
	known := digits(string(facts))
	site := regexp.MustCompile(`^https?://(?:www\.)?([^/]+)\.[a-z]+/`) // without .ma or .com: FACTS.md shortens some addresses
	for _, e := range everyEntry(shipped(t)) {
		for _, lang := range locale.Languages() {
			body := regexp.MustCompile(`(?m)^[1-3]\. `).ReplaceAllString(e.Body(lang), "") // numbers of steps
			for _, n := range digits(body + " " + e.Title(lang) + " " + e.Who(lang)) {
				if !slices.Contains(known, n) {
					t.Errorf("%s says %s in %s, which no fact has", e.ID, n, lang)
				}
			}
		}
		if e.Source == "" {
			continue
		}
		if h := site.FindStringSubmatch(e.Source); h == nil || !strings.Contains(string(facts), h[1]) {
			t.Errorf("%s has a source that no fact has: %s", e.ID, e.Source)
		}
	}
}

func TestShippedTextsSayTheSameNumbersInEveryLanguage(t *testing.T) {
	month := map[string]string{"décembre": "دجنبر", "juillet": "يوليوز", "septembre": "شتنبر", "février": "فبراير", "avril": "أبريل"}
	for _, e := range everyEntry(shipped(t)) {
		french := digits(e.Body(locale.French))
		slices.Sort(french)
		for _, lang := range []locale.Language{locale.Arabic, locale.Darija} {
			got := digits(e.Body(lang))
			slices.Sort(got)
			// "9e édition" is الدورة التاسعة: a number in French, a word in Arabic.
			want := slices.DeleteFunc(slices.Clone(french), func(n string) bool { return e.ID == "prize.how" && n == "9" })
			if !slices.Equal(got, want) {
				t.Errorf("%s has the numbers %v in French and %v in %s", e.ID, want, got, lang)
			}
			for fr, ar := range month {
				if strings.Contains(e.Body(locale.French), fr) != strings.Contains(e.Body(lang), ar) {
					t.Errorf("%s has the month %s in one of French and %s only", e.ID, fr, lang)
				}
			}
		}
	}
}

func TestUnconfirmedEntriesSayThatTheyAreInEveryLanguage(t *testing.T) {
	says := map[locale.Language]string{locale.French: "confirmé", locale.Arabic: "مؤكد", locale.Darija: "تأكد"}
	for _, e := range everyEntry(shipped(t)) {
		for lang, word := range says {
			if e.Class == answers.Unconfirmed && (!strings.Contains(e.Body(lang), word) || e.Who(lang) == "") {
				t.Errorf("%s in %s doesn't say that it isn't confirmed, or who knows:\n%s", e.ID, lang, e.Body(lang))
			}
		}
	}
}

func TestTrapsOfTheFactsAreKept(t *testing.T) {
	a := shipped(t)
	never := map[string]string{
		"card.price": `\d`, "card.delay": `\d`, "card.docs": `\d`, "card.renew": `\d`, "card.lost": `\d`, "rna.cost": `\d`,
		"fair.sna":        `\d`,                     // sources disagree about the ninth, the next isn't known
		"rna.mandatory":   `(?i)\boui\b|\bnon\b`,    // neither yes nor no
		"chamber.contact": `\d|@`,                   // nothing from memory
		"fin.loan":        `%`, "fin.tpe": `\d ?DH`, // no rate, no price
	}
	for id, pattern := range never {
		e, _ := a.Get(id)
		for _, lang := range locale.Languages() {
			if hit := regexp.MustCompile(pattern).FindString(e.Body(lang) + e.Who(lang)); hit != "" {
				t.Errorf("%s must not say %q (%s)", id, hit, lang)
			}
		}
	}
	price, _ := a.Get("amo.price")
	for _, lang := range locale.Languages() {
		for _, part := range []string{"135", "2021", "CNSS"} {
			if !strings.Contains(price.Body(lang), part) {
				t.Errorf("amo.price in %s must say %s: the amount is of its day, and follows the minimum wage", lang, part)
			}
		}
	}
}

func TestShippedWordsAreMoroccanAndReadable(t *testing.T) {
	foreign := regexp.MustCompile(`ديسمبر|سبتمبر|نوفمبر|أغسطس|يوليو([^ز]|$)|[٠-٩۰-۹]|[\x{064B}-\x{0652}]|ـ`)
	joined := regexp.MustCompile(`\d+-\d+`)
	latinFirst := regexp.MustCompile(`(?m)^[^\p{Arabic}A-Za-z]*[A-Za-z]`)
	for _, e := range everyEntry(shipped(t)) {
		for _, lang := range []locale.Language{locale.Arabic, locale.Darija} {
			for _, text := range []string{e.Title(lang), e.Body(lang), e.Who(lang)} {
				if hit := foreign.FindString(text); hit != "" {
					t.Errorf("%s in %s has %q, which Moroccans don't write so", e.ID, lang, hit)
				}
				if hit := joined.FindString(text); hit != "" {
					t.Errorf("%s in %s has %q, whose numbers change places from the right: write 50.17", e.ID, lang, hit)
				}
				if latinFirst.MatchString(text) {
					t.Errorf("%s in %s has a line that begins in Latin letters and would run from left to right: %s", e.ID, lang, text)
				}
			}
		}
		if e.Body(locale.Arabic) == e.Body(locale.Darija) {
			t.Errorf("%s says the same in Arabic and in Darija", e.ID)
		}
	}
}

func TestShippedEntriesAreAskedInEveryScript(t *testing.T) {
	for _, e := range everyEntry(shipped(t)) {
		for _, script := range answers.Scripts() {
			if n := len(e.Ways(script)); n < 8 {
				t.Errorf("%s has %d ways of being asked in %s; 8 are the least", e.ID, n, script)
			}
		}
	}
}

func TestEveryWayAndTitleFindsItsEntry(t *testing.T) {
	a := shipped(t)
	for _, e := range everyEntry(a) {
		ways := e.Asked()
		for _, lang := range locale.Languages() {
			ways = append(ways, e.Title(lang))
		}
		for _, way := range ways {
			if id, ok := a.Find(way); !ok || id != e.ID {
				t.Errorf("%q finds %q, want %s", way, id, e.ID)
			}
		}
	}
}

func TestFindForgivesSpellingArticlesAndCourtesies(t *testing.T) {
	a := shipped(t)
	for asked, want := range map[string]string{
		"CARTE PRO":                   "card.what",
		"la carte pro svp":            "card.what",
		"Bonjour, prix de la carte ?": "card.price",
		"lbita9a":                     "card.what",
		"el bita9a":                   "card.what",
		"بطاقة":                       "card.what",
		"البطاقه المهنيه":             "card.what",
		"لبطاقة المهنية عافاك":        "card.what",
		"ثَمَنُ البِطاقَة":            "card.price",
		"ثمن ديال البطاقة":            "card.price",
		"maalem":                      "law.maalem",
		"L’ANCIENNE CARTE":            "card.old",
		"loi 50 17":                   "law.what",
		"قافلة":                       "next_stop.about",
	} {
		if id, ok := a.Find(asked); !ok || id != want {
			t.Errorf("%q finds %q, want %s", asked, id, want)
		}
	}
}

func TestFindDoesNotGuess(t *testing.T) {
	a := shipped(t)
	for _, asked := range []string{"", "   ", "?", "👍", "la", "svp", "météo de demain à Fès", "prix de l'or",
		"je veux savoir beaucoup de choses sur la carte pro", strings.Repeat("carte pro ", 500)} {
		if id, ok := a.Find(asked); ok {
			t.Errorf("%.40q finds %s", asked, id)
		}
	}
}

func TestEveryTopicFileIsNamedForItsTopic(t *testing.T) {
	for _, e := range everyEntry(shipped(t)) {
		if strings.TrimSuffix(filepath.Base(e.File), ".yaml") != e.Topic || e.Line < 1 {
			t.Errorf("%s of topic %s is at %s:%d", e.ID, e.Topic, e.File, e.Line)
		}
	}
}

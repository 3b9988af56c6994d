package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/locales"
)

// spoken are the words that ship, without a house around them.
type spoken struct {
	*locale.Texts
	lists *directory.Directory
}

func speak(t testing.TB) spoken {
	t.Helper()
	texts, err := locale.Load(locales.Files, nil)
	if err != nil {
		t.Fatal(err)
	}
	return spoken{texts, directory.Default()}
}

func (w spoken) Place(lang locale.Language, slug string) string {
	p, _ := w.lists.Place(slug)
	return p.Name(lang)
}

func (w spoken) Region(lang locale.Language, code string) string {
	r, _ := w.lists.Region(code)
	return r.Name(lang)
}

func (w spoken) Trade(lang locale.Language, id string) string {
	tr, _ := w.lists.Trade(id)
	return tr.Name(lang)
}

func (w spoken) Branch(lang locale.Language, id string) string {
	for _, b := range w.lists.Branches() {
		if b.ID == id {
			return b.Name(lang)
		}
	}
	return id
}

func (w spoken) Theme(lang locale.Language, id string, names map[string]string) string {
	if n := names[string(lang)]; n != "" {
		return n
	}
	return w.Text(lang, "theme."+id, nil)
}

func day0(month time.Month, d int) time.Time {
	return time.Date(2027, month, d, 0, 0, 0, 0, locale.Zone())
}

func exact(n int) Number { return Number{N: n} }

const least = 5

var hidden = Number{Under: least}

// rich is a month of a region, with all that a report can hold.
func rich(w spoken) Report {
	r := Report{
		Scope: Scope{Region: "03", From: day0(1, 1), To: day0(2, 1)}, Least: least, Before: day0(1, 1).AddDate(0, 0, -31),
		Stops: []Stop{
			{ID: "fes", Place: "fes", Venue: map[string]string{"fr": "Complexe intégré de l'artisanat, route de Sidi Harazem (entrée B)", "ar": "مجمع الصناعة التقليدية"},
				Starts: day0(1, 14).Add(10 * time.Hour), Registered: exact(212), Attended: exact(147), Mean: 4.3, Rated: exact(96)},
			{ID: "meknes", Place: "meknes", Venue: map[string]string{"fr": "Dar Sanaa"}, Starts: day0(1, 21).Add(10 * time.Hour), Registered: exact(1180),
				Attended: exact(640), Mean: 3.9, Rated: exact(310), Sample: true},
			{ID: "taza", Place: "taza", Starts: day0(1, 28).Add(9 * time.Hour), Registered: hidden, Attended: hidden, Rated: hidden},
			{ID: "sefrou", Place: "sefrou", Starts: day0(1, 29).Add(9 * time.Hour), Registered: exact(31), Cancelled: true},
		},
		Came: Came{Registered: exact(1395), Attended: exact(789), Missed: exact(520), WalkIns: exact(64), First: exact(702),
			Card: map[string]Number{"yes": exact(120), "no": exact(540), "unsure": exact(129)},
			RNA:  map[string]Number{"yes": exact(388), "no": exact(401), "unsure": hidden}},
		Satisfaction: Satisfaction{Asked: exact(787), Answered: exact(406), Scores: [5]Number{exact(9), exact(21), exact(60), exact(122), exact(194)}, Mean: 4.16, Spread: 1.04},
		Voices:       exact(412),
		Groups: []Group{
			{Theme: "marketing", Size: exact(41), Quotes: []Quote{
				{"ary", "بغينا شي بلاصة فين نبيعو فالمدينة القديمة، الصيف كامل وحنا كنتسناو"},
				{"fr", "Un stand à prix réduit dans les foires, au moins pour les coopératives de femmes."},
				{"ary", "khassna site dial l bi3, machi ghir facebook"}}},
			{Theme: "materials", Size: exact(28), Quotes: []Quote{{"ar", "ثمن الجلد تضاعف منذ سنتين (من 40 إلى 80 درهما)"}, {"zgh", "ⵜⴰⵡⵓⵔⵉ ⵏ ⵓⵣⵟⵟⴰ"}}},
			{Theme: "health", Size: exact(12), Quotes: []Quote{{"fr", strings.Repeat("La cotisation est trop élevée quand on ne travaille que six mois sur douze. ", 8)}}},
		},
		Unanswered: []Question{
			{"ary", "واش البطاقة كتصلح برا المغرب؟", exact(23)}, {"fr", "Combien coûte un stand à la Semaine nationale ?", exact(17)},
			{"ary", "wach nqder nbddel l7irfa f la carte", exact(9)}, {"ar", "=1+1", hidden},
		},
		Response: Response{Received: exact(430), Answered: exact(301), Open: exact(118), Late: exact(37), Median: 53 * time.Hour, Slowest: 9 * 24 * time.Hour},
	}
	weights := []int{96, 74, 61, 50, 38, 31, 22, 14, 11, 8, 7}
	befores := []int{61, 80, 61, 22, 40, 12, 30, 0, 11, 6}
	for i, id := range []string{"marketing", "card", "materials", "health", "finance", "training", "income", "rna", "premises", "digital", "governance"} {
		th := Theme{Count: Count{id, exact(weights[i])}, Share: float64(weights[i]) / 412, Before: hidden}
		if i < len(befores) {
			th.Before = exact(befores[i])
		}
		r.Themes = append(r.Themes, th)
	}
	r.Themes = append(r.Themes, Theme{Count: Count{"own_1", hidden}, Names: map[string]string{"fr": "🚚 Transport des marchandises entre les villes", "ar": "🚚 نقل السلع بين المدن", "ary": "🚚 نقل السلعة"}})
	for i, b := range w.lists.Branches() {
		r.Came.Branches = append(r.Came.Branches, Count{b.ID, exact(220 - 15*i)})
	}
	for i, tr := range w.lists.Trades()[:24] {
		r.Came.Trades = append(r.Came.Trades, Count{tr.ID, exact(110 - 4*i)})
	}
	for i, p := range w.lists.PlacesIn("03") {
		r.Came.Places = append(r.Came.Places, Count{p.Slug, exact(300 / (i + 1))})
	}
	r.Came.Places = append(r.Came.Places, Count{"", exact(11)})
	return r
}

// bare is a report of days on which nothing was.
func bare() Report {
	return Report{Scope: Scope{From: day0(1, 1), To: day0(1, 8)}, Least: least}
}

// scant is a stop of which next to nothing may be told.
func scant() Report {
	s := Stop{ID: "assilah", Place: "asilah", Starts: day0(3, 4).Add(9 * time.Hour), Registered: exact(6), Attended: hidden, Rated: hidden, Sample: true}
	return Report{Scope: Scope{Stop: s.ID, Region: "01", From: day0(3, 4), To: day0(3, 8)}, Least: least, Stops: []Stop{s},
		Came:         Came{Registered: exact(6), Attended: hidden, Missed: hidden, WalkIns: exact(0), First: hidden, Trades: []Count{{"", exact(6)}}},
		Satisfaction: Satisfaction{Asked: hidden, Answered: hidden, Scores: [5]Number{hidden, hidden, hidden, hidden, hidden}},
		Voices:       hidden, Themes: []Theme{{Count: Count{"card", hidden}}}, Response: Response{Received: hidden, Answered: exact(0), Open: hidden}}
}

// huge is a year of the country with the longest names.
func huge(w spoken) Report {
	r := rich(w)
	r.Scope = Scope{From: day0(1, 1), To: day0(1, 1).AddDate(1, 0, 0)}
	r.Stops, r.Groups, r.Unanswered = nil, nil, nil
	for i, p := range w.lists.Places()[:60] {
		r.Stops = append(r.Stops, Stop{ID: p.Slug, Place: p.Slug, Starts: day0(1, 4).AddDate(0, 0, 5*i).Add(10 * time.Hour), Registered: exact(1000 + 37*i), Attended: exact(700 + 11*i),
			Mean: 3 + float64(i%20)/10, Rated: exact(100 + i), Venue: map[string]string{"fr": strings.Repeat("Centre de qualification professionnelle des métiers ", 1+i%4),
				"ar": strings.Repeat("مركز التأهيل المهني في حرف الصناعة التقليدية ", 1+i%4)}})
	}
	for i := range 14 {
		r.Themes = append(r.Themes, Theme{Count: Count{fmt.Sprint("own_", i+2), exact(123456 - i)}, Share: 0.01, Before: exact(99), Names: map[string]string{
			"fr": strings.Repeat("Rapatriement-des-marchandises ", 2), "ar": strings.Repeat("استرجاع البضائع والسلع ", 2)}})
		r.Groups = append(r.Groups, Group{Theme: "card", Size: exact(1234), Quotes: []Quote{
			{"ar", strings.Repeat("نريد بطاقة مهنية تصلح في كل مكان ", 40)}, {"fr", strings.Repeat("x", 600)}, {"ary", "😀😀😀"}}})
		r.Unanswered = append(r.Unanswered, Question{"fr", strings.Repeat("Pourquoi la carte ", 1+10*(i%3)), exact(1234567)})
	}
	r.Came.Registered, r.Came.Attended = exact(1234567), exact(987654)
	return r
}

var samples = []string{"rich", "bare", "scant", "huge"}

func sample(w spoken, name string) Report {
	switch name {
	case "rich":
		return rich(w)
	case "bare":
		return bare()
	case "scant":
		return scant()
	}
	return huge(w)
}

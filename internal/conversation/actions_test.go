package conversation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"rsc.io/qr"

	"github.com/qafila/qafila/internal/answers"
	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/knowledge"
	"github.com/qafila/qafila/locales"
)

// tuesday is when these turns happen.
var tuesday = time.Date(2026, 11, 24, 9, 0, 0, 0, locale.Zone())

// room runs what is offered, and holds each action, list and maker to its signature.
type room struct {
	*testing.T
	house *House
	offer Offer
	turn  *Turn
}

// furniture is what ships and never changes, the same in every room.
type furniture struct {
	texts     *locale.Texts
	directory *directory.Directory
	known     *answers.Answers
	lexicon   *answers.Lexicon
}

// shipped is read once: that takes longer than most tests.
var shipped = sync.OnceValues(func() (f furniture, err error) {
	f.directory = directory.Default()
	f.texts, err = locale.Load(locales.Files, nil)
	known, wrong := answers.Load(knowledge.Files, nil)
	lexicon, unread := answers.ReadLexicon(knowledge.Files, f.directory)
	f.known, f.lexicon = known, lexicon
	for _, p := range slices.Concat(wrong, unread) {
		err = errors.Join(err, errors.New(p.String()))
	}
	return f, err
})

// furnished is a room with the samples published, in which chat 1 speaks French. Its test runs beside others.
func furnished(t *testing.T) (*room, *pgxpool.Pool) {
	t.Helper()
	t.Parallel()
	pool := postgres.ForTest(t)
	if err := caravan.PublishSamples(t.Context(), pool, tuesday); err != nil {
		t.Fatal(err)
	}
	f, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	h := &House{Texts: f.texts, Directory: f.directory, Answers: answers.NewCurrent(f.known, f.lexicon), Languages: locale.Languages(),
		Username: func() string { return "QafilaBot" }, TicketKey: func() string { return "a key" },
		Controller: "SEAESS", Declaration: "D-1"}
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
	return &room{T: t, house: h, offer: Offered(h), turn: &Turn{Tx: tx, Chat: 1, Language: locale.French, Now: tuesday, texts: f.texts}}, pool
}

// as gives the same room to another chat, in another language.
func (r *room) as(chat int64, lang locale.Language) *room {
	turn := *r.turn
	turn.Chat, turn.Language, turn.notes = chat, lang, nil
	return &room{r.T, r.house, r.offer, &turn}
}

func (r *room) do(want, name string, args Args) map[string]flow.Value {
	r.Helper()
	a, ok := r.offer.Actions[name]
	if !ok {
		r.Fatalf("nobody offers %s", name)
	}
	r.typed(name+" is given", args, a.Args)
	o, err := a.Do(r.Context(), r.turn, args)
	if err != nil {
		r.Fatalf("%s: %v", name, err)
	}
	if o.Name != want || !slices.Contains(a.Outcomes, o.Name) {
		r.Errorf("%s came to %q, want %q of %v", name, o.Name, want, a.Outcomes)
	}
	r.typed(name+" sets", o.Set, a.Sets)
	for k, v := range o.Set {
		longest := a.Longest[k]
		if longest == 0 {
			longest = 64
		}
		if s, ok := v.(string); ok && len([]rune(s)) > longest {
			r.Errorf("%s sets %s to %d characters, and promises %d at most", name, k, len([]rune(s)), longest)
		}
	}
	return o.Set
}

func (r *room) typed(what string, values map[string]flow.Value, promised map[string]string) {
	r.Helper()
	for k, v := range values {
		if kind := map[string]string{"string": text, "int": number, "bool": flag, "[]string": texts}[fmt.Sprintf("%T", v)]; promised[k] != kind {
			r.Errorf("%s %s, a %T; the signature says %q", what, k, v, promised[k])
		}
	}
}

// keys are a list's, each found again as an item with the same label.
func (r *room) keys(name string, args Args, search string) []string {
	r.Helper()
	l := r.offer.Lists[name]
	p, err := l.Page(r.Context(), r.turn, args, flow.Query{Search: search, Limit: 200})
	if err != nil || p.Total != len(p.Items) {
		r.Fatalf("%s: %d of %d, %v", name, len(p.Items), p.Total, err)
	}
	keys := []string{}
	for _, it := range p.Items {
		found, ok, err := l.Item(r.Context(), r.turn, args, it.Key)
		if err != nil || !ok || found != it || it.Label == "" || !fit.MatchString(it.Key) || strings.Contains(it.Label, "⟦") {
			r.Errorf("%s: item %+v is found again as %+v, %v, %v", name, it, found, ok, err)
		}
		keys = append(keys, it.Key)
	}
	if _, ok, err := l.Item(r.Context(), r.turn, args, "no-such-key"); ok || err != nil {
		r.Errorf("%s has what it hasn't: %v, %v", name, ok, err)
	}
	if second, err := l.Page(r.Context(), r.turn, args, flow.Query{Search: search, Offset: 1, Limit: 1}); err != nil || second.Total != p.Total ||
		p.Total > 1 && (len(second.Items) != 1 || second.Items[0] != p.Items[1]) {
		r.Errorf("%s: the second item by itself: %+v, %v", name, second, err)
	}
	return keys
}

var fit = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,40}$`)

func (r *room) attach(kind string, from flow.Value) Attachment {
	r.Helper()
	a, err := r.offer.Attachments[kind].Make(r.Context(), r.turn, from)
	if err != nil {
		r.Fatalf("attach %s: %v", kind, err)
	}
	return a
}

var form = Args{"stop": "demo-agadir", "self": true, "name": "Fatima El Idrissi", "trade": "T01", "place": "fes", "phone": "+212612345678", "card": "no",
	"rna": "yes", "topics": []string{"card"}}

func formOf(name string, self bool) Args {
	a := Args{}
	for k, v := range form {
		a[k] = v
	}
	a["name"], a["self"] = name, self
	return a
}

func TestStopsAreFoundByNextNearestTownAndRegion(t *testing.T) {
	r, _ := furnished(t)
	r.do("some", "stops.any", nil)
	if set := r.do("found", "stops.next", nil); set["stop"] != "demo-fes" {
		t.Error(set)
	}
	if set := r.do("found", "stops.near", Args{"lat": "33.89", "lon": "-5.55"}); set["stop"] != "demo-fes" || set["distance"] != "53 km" {
		t.Error(set)
	}
	r.do("outside", "stops.near", Args{"lat": "48.85", "lon": "2.35"})
	r.do("outside", "stops.near", Args{"lat": "NaN", "lon": "ici"})
	if set := r.do("here", "stops.at", Args{"place": "agadir"}); set["stop"] != "demo-agadir" {
		t.Error(set)
	}
	if set := r.do("nearest", "stops.at", Args{"place": "meknes"}); set["stop"] != "demo-fes" || set["town"] != "Meknès" || set["distance"] == "" {
		t.Error(set)
	}
	if set := r.do("found", "stops.region", Args{"region": "09"}); set["stop"] != "demo-agadir" {
		t.Error(set)
	}
	if set := r.do("elsewhere", "stops.region", Args{"region": "12"}); set["stop"] != "demo-fes" {
		t.Error(set)
	}
	if set := r.do("found", "place.find", Args{"words": "l9nitra"}); set["place"] != "kenitra" {
		t.Error(set)
	}
	r.do("none", "place.find", Args{"words": "Paris"})
	if set := r.do("found", "region.find", Args{"words": "souss massa"}); set["region"] != "09" {
		t.Error(set)
	}
	r.do("none", "region.find", Args{"words": "Paris"})
}

func TestWithoutAStopEveryWayToOneSaysSo(t *testing.T) {
	r, _ := furnished(t)
	if _, err := r.turn.Tx.Exec(t.Context(), `UPDATE stops SET state = 'draft'`); err != nil {
		t.Fatal(err)
	}
	r.do("none", "stops.any", nil)
	r.do("none", "stops.next", nil)
	r.do("none", "stops.near", Args{"lat": "33.89", "lon": "-5.55"})
	r.do("none", "stops.at", Args{"place": "meknes"})
	r.do("none", "stops.region", Args{"region": "09"})
	r.do("gone", "stops.card", Args{"stop": "demo-fes"})
	if k := r.keys("stops", nil, ""); len(k) != 0 {
		t.Error(k)
	}
}

func TestAStopsCardTellsAllAboutIt(t *testing.T) {
	r, _ := furnished(t)
	set := r.do("ahead", "stops.card", Args{"stop": "demo-fes"})
	for k, want := range map[string]flow.Value{"town": "Fès", "when": "mardi 1 décembre 2026", "sample": true, "full": false, "has_programme": true,
		"has_partners": true, "places": "120 places libres", "hours": "de 10\u00a0h à 13\u00a0h", "partners": "Al Barid Bank, OMPIC, MCMA"} {
		if fmt.Sprint(set[k]) != fmt.Sprint(want) && !(k == "when" && strings.HasPrefix(set[k].(string), "mardi 1")) {
			t.Errorf("%s is %q, want %q", k, set[k], want)
		}
	}
	arabic := r.as(1, locale.Arabic).do("ahead", "stops.card", Args{"stop": "demo-fes"})
	if arabic["town"] != "فاس" || !strings.Contains(arabic["venue"].(string), "مجمع") {
		t.Error(arabic)
	}
	r.do("gone", "stops.card", Args{"stop": "nowhere"})
	r.turn.Now = tuesday.AddDate(0, 0, 8)
	r.do("past", "stops.card", Args{"stop": "demo-fes"})
	r.do("past", "stops.remind", Args{"stop": "demo-fes"})
}

func TestWishesAreNotedOnce(t *testing.T) {
	r, _ := furnished(t)
	r.do("on", "stops.watch", Args{"region": ""})
	r.do("already", "stops.watch", Args{"region": ""})
	r.do("on", "stops.remind", Args{"stop": "demo-fes"})
	r.do("already", "stops.remind", Args{"stop": "demo-fes"})
	r.do("past", "stops.remind", Args{"stop": "nowhere"})
	r.do("ok", "people.agree", Args{"purpose": "reminders", "yes": false})
	r.do("on", "stops.watch", Args{"region": ""})
}

func TestARegistrationIsMadeKeptShownAndCancelled(t *testing.T) {
	r, _ := furnished(t)
	r.do("none", "registration.mine", Args{"stop": "demo-agadir"})
	r.do("new", "registration.profile", nil)
	made := r.do("confirmed", "registration.create", form)
	ref := made["reference"].(string)
	for _, want := range []string{"Fatima El Idrissi", "Agadir", ref, "Exemple"} {
		if !strings.Contains(made["summary"].(string), want) {
			t.Errorf("the summary lacks %q: %s", want, made["summary"])
		}
	}
	if strings.ContainsAny(made["summary"].(string), "<>&⟦") {
		t.Errorf("the summary isn't plain: %s", made["summary"])
	}
	if again := r.do("already", "registration.create", form); again["reference"] != ref {
		t.Error(again)
	}
	if set := r.do("confirmed", "registration.mine", Args{"stop": "demo-agadir"}); set["reference"] != ref || set["count"] != 1 {
		t.Error(set)
	}
	if set := r.do("known", "registration.profile", nil); set["name"] != "Fatima El Idrissi" || set["town"] != "Fès" || set["phone"] != "+212612345678" {
		t.Error(set)
	}
	for _, typed := range []string{ref, strings.ToLower(strings.ReplaceAll(ref, "-", ""))} {
		set := r.do("found", "registration.load", Args{"reference": typed})
		if set["reference"] != ref || set["state"] != "confirmed" || set["town"] != "Agadir" || set["sample"] != true || set["past"] != false || set["self"] != true {
			t.Error(set)
		}
	}
	r.as(2, locale.French).do("gone", "registration.load", Args{"reference": ref})
	r.as(2, locale.French).do("gone", "registration.cancel", Args{"reference": ref})
	if k := r.keys("registrations", nil, ""); len(k) != 1 || k[0] != ref {
		t.Error(k)
	}
	r.do("cancelled", "registration.cancel", Args{"reference": ref})
	r.do("gone", "registration.cancel", Args{"reference": ref})
	r.do("gone", "registration.cancel", Args{"reference": "no"})
	if set := r.do("found", "registration.load", Args{"reference": ref}); set["state"] != "cancelled" {
		t.Error(set)
	}
}

func TestTheFourthAtThreePlacesWaitsAndIsToldWhenOneIsFree(t *testing.T) {
	r, _ := furnished(t)
	first := r.do("confirmed", "registration.create", form)["reference"]
	for _, name := range []string{"Khadija", "Hassan"} {
		r.do("confirmed", "registration.create", formOf(name, false))
	}
	if _, err := r.turn.Tx.Exec(t.Context(), `INSERT INTO chats (chat_id, language) VALUES (2, 'ar')`); err != nil {
		t.Fatal(err)
	}
	other := r.as(2, locale.Arabic)
	if set := other.do("waitlisted", "registration.create", formOf("عمر", true)); set["position"] != 1 || !strings.Contains(set["summary"].(string), "عمر") {
		t.Error(set)
	}
	if set := r.do("ahead", "stops.card", Args{"stop": "demo-agadir"}); set["full"] != true || set["places"] != "" {
		t.Error(set)
	}
	r.do("cancelled", "registration.cancel", Args{"reference": first})
	if len(r.turn.notes) != 1 || r.turn.notes[0].chat != 2 || r.turn.notes[0].language != locale.Arabic || r.turn.notes[0].note.Params["name"] != "عمر" ||
		r.turn.notes[0].note.Params["town"] != "أكادير" {
		t.Errorf("%+v", r.turn.notes)
	}
}

func TestNobodyIsRegisteredWhereItIsTooLateOrGone(t *testing.T) {
	r, _ := furnished(t)
	gone := formOf("Fatima", true)
	gone["stop"] = "nowhere"
	r.do("gone", "registration.create", gone)
	r.turn.Now = tuesday.AddDate(0, 0, 22)
	r.do("past", "registration.create", form)
}

func TestConsentIsNeededGivenOrClosed(t *testing.T) {
	r, _ := furnished(t)
	if set := r.do("needed", "people.consent", Args{"purpose": "data"}); set["controller"] != "SEAESS" || set["declaration"] != "D-1" || set["days"] != 90 {
		t.Error(set)
	}
	r.do("ok", "people.agree", Args{"purpose": "data", "yes": true})
	r.do("given", "people.consent", Args{"purpose": "data"})
	r.house.Declaration = ""
	r.do("closed", "people.consent", Args{"purpose": "data"})
	r.do("gone", "registration.create", form) // a form left open since
}

func TestDataAreSeenCorrectedAndErased(t *testing.T) {
	r, _ := furnished(t)
	if set := r.do("none", "people.data", nil); set["messages_on"] != true || set["language_name"] != "Français" || set["name"] != "" || set["town"] != "" {
		t.Error(set)
	}
	r.do("confirmed", "registration.create", form)
	r.do("ok", "people.save", Args{"field": "name", "value": "Fatima Idrissi"})
	r.do("ok", "people.save", Args{"field": "trade", "value": "other:sculpteur de sel"})
	r.do("ok", "people.messages", Args{"on": false})
	set := r.do("some", "people.data", nil)
	if set["name"] != "Fatima Idrissi" || set["trade_name"] != "sculpteur de sel" || set["registrations"] != 1 || set["messages_on"] != false {
		t.Error(set)
	}
	file := r.attach("export", "")
	var all map[string]any
	if err := json.Unmarshal(file.Data, &all); err != nil || file.Kind != "document" || file.MIME != "application/json" || !bytes.Contains(file.Data, []byte("Fatima Idrissi")) {
		t.Errorf("%v %s", err, file.Data)
	}
	o, err := r.offer.Actions["people.erase"].Do(t.Context(), r.turn, nil)
	if err != nil || !o.Forget || o.Name != "ok" {
		t.Errorf("%+v, %v", o, err)
	}
	r.do("none", "people.data", nil)
}

func TestARecommendationIsSentAndFoundAgain(t *testing.T) {
	r, _ := furnished(t)
	send := Args{"theme": "training", "kind": "text", "words": strings.Repeat("mot ", 300), "file": "", "seconds": 0, "named": false}
	ref := r.do("ok", "recommend.send", send)["reference"]
	if set := r.do("found", "recommend.load", Args{"reference": ref}); !strings.HasPrefix(set["words"].(string), "mot mot") || set["theme_name"] == "" {
		t.Error(set)
	}
	voice := Args{"theme": "card", "kind": "voice", "words": "", "file": "AwAC", "seconds": 12, "named": true}
	ref = r.do("ok", "recommend.send", voice)["reference"]
	if set := r.do("found", "recommend.load", Args{"reference": ref}); !strings.Contains(set["words"].(string), "🎤") {
		t.Error(set)
	}
	r.do("ok", "recommend.send", voice)
	r.do("slow", "recommend.send", voice)
	r.do("gone", "recommend.load", Args{"reference": "22222A"})
	r.as(2, locale.French).do("gone", "recommend.load", Args{"reference": ref})
	if k := r.keys("recommendations", nil, ""); len(k) != 3 {
		t.Error(k)
	}
}

func TestListsToPickFrom(t *testing.T) {
	r, _ := furnished(t)
	for name, want := range map[string]int{"languages": 3, "regions": 12, "places": 93, "branches": len(r.house.Directory.Branches()), "trades": 64,
		"topics": len(r.house.Answers.Topics()), "themes": 13, "stops": 3} {
		if k := r.keys(name, nil, ""); len(k) != want {
			t.Errorf("%s: %d, want %d", name, len(k), want)
		}
	}
	for _, c := range []struct {
		list   string
		args   Args
		search string
		want   string
	}{
		{"regions", nil, "fas", "fes"}, {"regions", nil, "Souss-Massa", "09"}, {"branches", nil, "zellige", "T02"}, {"trades", Args{"branch": "x"}, "zellige", "T02"},
		{"places_in", Args{"region": "09"}, "قنيطرة", "kenitra"}, {"places_in", Args{"region": "09"}, "", "agadir"}, {"stops", Args{"region": "09"}, "", "demo-agadir"},
		{"programme", Args{"stop": "demo-fes"}, "", "law.what"},
	} {
		if k := r.keys(c.list, c.args, c.search); len(k) == 0 || k[0] != c.want {
			t.Errorf("%s %v, search %q: %v, want %s first", c.list, c.args, c.search, k, c.want)
		}
	}
	if k := r.keys("programme", Args{"stop": "demo-azilal"}, ""); len(k) != 0 {
		t.Error(k)
	}
	r.do("ok", "language.set", Args{"language": "ary"})
	o, err := r.offer.Actions["language.set"].Do(t.Context(), r.turn, Args{"language": "xx"})
	if err != nil || o.Language != "fr" {
		t.Errorf("a language that isn't offered: %+v, %v", o, err)
	}
	if set := r.do("ok", "topics.words", Args{"topics": []string{r.house.Answers.Topics()[0].ID, "gone"}}); set["topics_names"] != r.house.Answers.Topics()[0].Name(locale.French) {
		t.Error(set)
	}
	if set := r.as(1, locale.Arabic).do("ok", "place.words", Args{"place": "fes"}); set["town"] != "فاس" {
		t.Error(set)
	}
}

func TestTicketsPinsAndCalendars(t *testing.T) {
	r, _ := furnished(t)
	ticket := r.attach("ticket", "4F7-K2M")
	img, err := png.Decode(bytes.NewReader(ticket.Data))
	if err != nil || ticket.Kind != "photo" || img.Bounds().Dx() != img.Bounds().Dy() || img.Bounds().Dx() < 200 {
		t.Errorf("%v, %v", img.Bounds(), err)
	}
	if c, err := qr.Encode(r.house.TicketLink("4F7-K2M"), qr.M); err != nil || c.Size > 37 { // version 5: still read off a small screen
		t.Errorf("%d modules, %v", c.Size, err)
	}
	if other := r.attach("ticket", "4F7-K2N"); bytes.Equal(other.Data, ticket.Data) {
		t.Error("two references have one code")
	}
	usual, err := qr.Encode(r.house.TicketLink("4F7-K2M"), qr.M) // the library's own way, which works the layout out each time
	if err != nil || !bytes.Equal(usual.PNG(), ticket.Data) {
		t.Errorf("the code isn't the library's: %v", err)
	}
	pin := r.attach("pin", "demo-azilal")
	if pin.Kind != "venue" || pin.Lat != 31.9615 || pin.Lon != -6.5709 || pin.Address != "Azilal" || pin.Title == "" {
		t.Errorf("%+v", pin)
	}
	cal := r.attach("calendar", "demo-fes")
	for _, want := range []string{"BEGIN:VEVENT", "Exemple", "start=stop_demo-fes"} {
		if !strings.Contains(strings.NewReplacer("\r\n ", "").Replace(string(cal.Data)), want) {
			t.Errorf("the calendar file lacks %q:\n%s", want, cal.Data)
		}
	}
}

func BenchmarkTicket(b *testing.B) {
	draw := newTickets()
	for b.Loop() {
		if _, err := draw.png("https://t.me/QafilaBot?start=in_4F7K2M_QwErTyUiOp"); err != nil {
			b.Fatal(err)
		}
	}
}

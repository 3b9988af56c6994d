package conversation

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/paper"
	"github.com/qafila/qafila/internal/people"
)

// making is a stop in the making, in Fès in a fortnight, with some answers changed.
func making(changes ...Args) Args {
	a := Args{"stop": "", "place": "fes", "venue_fr": "Complexe d'artisanat", "venue_ar": "مجمع الصناعة التقليدية", "lat": "", "lon": "", "day": "2026-12-08",
		"hours": "10:00-13:00", "programme": []string{"card.how", "no.such"}, "partners": []string{"OMPIC"}, "capacity": 120}
	for _, c := range changes {
		maps.Copy(a, c)
	}
	return a
}

// keeping is what plan.keep is given.
func keeping(version string, changes ...Args) Args {
	return making(append(changes, Args{"version": version})...)
}

func TestAStopIsMadeAsADraftAndComesBackAsItWasAnswered(t *testing.T) {
	r, _ := furnished(t)
	r.turn.Member = &people.Member{Role: people.Organiser}
	id := r.do("kept", "plan.keep", keeping(""))["stop"]
	if id != "fes-2026-12-08" {
		t.Errorf("its id is %v", id)
	}
	got := r.do("found", "plan.load", Args{"stop": id})
	want := making(Args{"stop": id, "programme": []string{"card.how"}})
	for k, v := range want {
		if fmt.Sprint(got[k]) != fmt.Sprint(v) {
			t.Errorf("%s was answered %v, and is %v", k, v, got[k])
		}
	}
	if got["state"] != caravan.Draft || got["ever"] != false || got["past"] != false || got["printable"] != true {
		t.Errorf("%v", got)
	}
	if s, ok, err := caravan.ByID(t.Context(), r.turn.Tx, "fes-2026-12-08"); err != nil || !ok || s.Region != "03" || s.Sample || s.Lat == 0 {
		t.Errorf("%+v, %v", s, err)
	}
	if second := r.do("kept", "plan.keep", keeping(""))["stop"]; second != "fes-2026-12-08-2" {
		t.Errorf("a second one on that day is %v", second)
	}
	if set := r.do("fine", "plan.check", making(Args{"day": "2026-12-08"})); set["twin"] != true {
		t.Error("two stops in one town on one day are not warned of")
	}
}

func TestAnOwnPinIsKeptAndDoubtedFarFromTheTown(t *testing.T) {
	r, _ := furnished(t)
	at := func(lat, lon string) Args { return Args{"place": "fes", "lat": lat, "lon": lon} }
	r.do("near", "plan.pin", at("34.05", "-4.99"))
	r.do("outside", "plan.pin", at("48.85", "2.35"))
	r.do("outside", "plan.pin", at("NaN", "1"))
	if set := r.do("far", "plan.pin", at("34.02", "-6.83")); set["distance"] != "169 km" || set["town"] != "Fès" {
		t.Errorf("%v", set)
	}
	r.turn.Member = &people.Member{Role: people.Organiser}
	id := r.do("kept", "plan.keep", keeping("", Args{"lat": "34.05000", "lon": "-4.99000"}))["stop"]
	if set := r.do("found", "plan.load", Args{"stop": id}); set["lat"] != "34.05" || set["lon"] != "-4.99" || !strings.Contains(set["pin_words"].(string), "km") {
		t.Errorf("%v, %v, %v", set["lat"], set["lon"], set["pin_words"])
	}
	r.do("gone", "plan.keep", keeping("", Args{"lat": "48.85", "lon": "2.35"}))
}

func TestWhatIsTooLateIsRefused(t *testing.T) {
	r, _ := furnished(t)
	r.do("ahead", "plan.day", Args{"day": "2026-11-24"}) // today
	r.do("past", "plan.day", Args{"day": "2026-11-23"})
	r.do("past", "plan.day", Args{"day": "soon"})
	hours := func(day, hours string) Args { return Args{"stop": "", "day": day, "hours": hours} }
	r.do("fine", "plan.hours", hours("2026-11-24", "09:01-13:00"))
	r.do("past", "plan.hours", hours("2026-11-24", "09:00-13:00"))
	r.do("backwards", "plan.hours", hours("2026-12-08", "13:00-10:00"))
	r.do("backwards", "plan.hours", hours("2026-12-08", "13:00-13:00"))
	r.do("past", "plan.check", making(Args{"day": "2026-11-23"}))
	r.do("past", "plan.keep", keeping("", Args{"day": "2026-11-23"}))
	r.do("gone", "plan.check", making(Args{"stop": "nowhere"}))

	// One that has begun can be mended, as long as it stays where it began.
	id := r.do("kept", "plan.keep", keeping(""))["stop"]
	r.do("done", "plan.publish", Args{"stop": id})
	r.turn.Now = time.Date(2026, 12, 8, 11, 0, 0, 0, locale.Zone())
	version := r.do("found", "plan.load", Args{"stop": id})["version"].(string)
	r.do("fine", "plan.check", making(Args{"stop": id, "hours": "10:00-14:00"}))
	r.do("past", "plan.check", making(Args{"stop": id, "hours": "09:00-14:00"}))
	r.do("kept", "plan.keep", keeping(version, Args{"stop": id, "hours": "10:00-14:00"}))
	r.turn.Now = time.Date(2026, 12, 8, 14, 0, 0, 0, locale.Zone())
	if set := r.do("found", "plan.load", Args{"stop": id}); set["past"] != true {
		t.Error("it is over")
	}
	r.do("past", "plan.cancel", Args{"stop": id})
}

func TestAStopIsPublishedCancelledPublishedAgainAndNeverADraftAgain(t *testing.T) {
	r, _ := furnished(t)
	id := r.do("kept", "plan.keep", keeping(""))["stop"]
	stop := Args{"stop": id}
	state := func(want string) {
		t.Helper()
		if got := r.do("found", "plan.load", stop)["state"]; got != want {
			t.Errorf("it is %v, want %s", got, want)
		}
	}
	r.do("done", "plan.cancel", stop)
	r.do("done", "plan.withdraw", stop)
	state(caravan.Draft)
	r.do("done", "plan.publish", stop)
	r.do("done", "plan.publish", stop) // twice
	state(caravan.Published)
	r.do("gone", "plan.withdraw", stop)
	r.do("done", "plan.cancel", stop)
	r.do("gone", "plan.withdraw", stop)
	state(caravan.Cancelled)
	r.do("done", "plan.publish", stop)
	state(caravan.Published)
	for _, action := range []string{"plan.load", "plan.publish", "plan.cancel", "plan.withdraw"} {
		r.do("gone", action, Args{"stop": "nowhere"})
	}
	r.turn.Now = time.Date(2026, 12, 8, 10, 30, 0, 0, locale.Zone()) // it has begun
	r.do("done", "plan.cancel", stop)
	r.do("past", "plan.publish", stop)
}

func TestTwoWhoChangeOneStopDoNotUndoEachOther(t *testing.T) {
	r, _ := furnished(t)
	id := r.do("kept", "plan.keep", keeping(""))["stop"]
	version := r.do("found", "plan.load", Args{"stop": id})["version"].(string)
	r.turn.Now = r.turn.Now.Add(time.Minute)
	r.do("kept", "plan.keep", keeping(version, Args{"stop": id, "capacity": 50}))
	r.do("changed", "plan.keep", keeping(version, Args{"stop": id, "capacity": 60}))
	if set := r.do("found", "plan.load", Args{"stop": id}); set["capacity"] != 50 || set["capacity_words"] != "50" {
		t.Errorf("%v places", set["capacity"])
	}
}

func TestOneKnowsWhoIsConcernedBeforeAChangeIsKept(t *testing.T) {
	r, _ := furnished(t)
	for i := range int64(3) {
		r.as(10+i, locale.French).do("confirmed", "registration.create", formOf(fmt.Sprint("Artisan ", i), true).with("stop", "demo-agadir"))
	}
	r.as(20, locale.French).do("on", "stops.remind", Args{"stop": "demo-agadir"})
	load := r.do("found", "plan.load", Args{"stop": "demo-agadir"})
	if load["confirmed"] != 3 || load["waiting"] != 0 || load["told"] != 4 || load["sample"] != true {
		t.Errorf("%v", load)
	}
	as := making()
	for k := range as {
		as[k] = load[k]
	}
	check := func(change Args, moved, below bool) {
		t.Helper()
		a := maps.Clone(as)
		maps.Copy(a, change)
		if set := r.do("fine", "plan.check", a); set["moved"] != moved || set["below"] != below || set["told"] != 4 || set["twin"] != false {
			t.Errorf("%v: %v", change, set)
		}
	}
	check(Args{}, false, false)
	check(Args{"capacity": 2}, false, true)
	check(Args{"capacity": 0, "partners": []string{"OMPIC"}}, false, false)
	check(Args{"hours": "10:00-12:00"}, true, false)
	check(Args{"place": "taroudant"}, true, false)
}

func TestDaysAndHoursAreTypedOrPressed(t *testing.T) {
	r, _ := furnished(t)
	if got := r.keys("days", nil, ""); len(got) != comingDays || got[0] != "2026-11-25" {
		t.Errorf("%d days from %s", len(got), got[0])
	}
	if got := r.keys("days", nil, "jeudi prochain"); !slices.Equal(got, []string{"2026-11-26", "2026-12-03"}) {
		t.Errorf("next Thursday is %v", got)
	}
	if got := r.as(1, locale.Arabic).keys("days", nil, "١٤/٠١/٢٠٢٧"); !slices.Equal(got, []string{"2027-01-14"}) {
		t.Errorf("%v", got)
	}
	if got := r.keys("days", nil, "bientôt"); len(got) != 0 {
		t.Errorf("%v", got)
	}
	if got := r.keys("hours", nil, "10h"); !slices.Equal(got, []string{"10:00-13:00", "10:00-12:00", "10:00-14:00", "10:00-11:00"}) {
		t.Errorf("%v", got)
	}
	if got := r.keys("hours", nil, "23h30"); len(got) != 0 {
		t.Errorf("a stop until tomorrow: %v", got)
	}
	if got := r.keys("hours", nil, "de 9h30 à midi"); !slices.Equal(got, []string{"09:30-12:00"}) {
		t.Errorf("%v", got)
	}
	if got := r.keys("points", nil, ""); len(got) < 30 {
		t.Errorf("%d points: all answers are", len(got))
	}
	for _, list := range []string{"days", "hours"} {
		if _, ok, err := r.offer.Lists[list].Item(t.Context(), r.turn, nil, "10:00-25:00"); ok || err != nil {
			t.Errorf("%s knows a key that is none: %v", list, err)
		}
	}
	plans := r.keys("plans", Args{"over": false}, "")
	if !slices.Equal(plans, []string{"demo-fes", "demo-azilal", "demo-agadir"}) || len(r.keys("plans", Args{"over": true}, "")) != 0 {
		t.Errorf("%v", plans)
	}
}

func TestPartnersAreParted(t *testing.T) {
	for words, want := range map[string]string{
		"Al Barid Bank, OMPIC": "Al Barid Bank|OMPIC", "البريد بنك، OMPIC ؛ MCMA": "البريد بنك|OMPIC|MCMA", "OMPIC,,OMPIC, ": "OMPIC", "MCMA / CTM": "MCMA|CTM",
		", ,": "!", strings.Repeat("x", 61): "!", strings.Repeat("a,b,c,d,", 1) + "e,f,g,h,i,j,k": "!",
	} {
		got, ok := partners(words)
		if said := strings.Join(got, "|"); ok && said != want || !ok && want != "!" {
			t.Errorf("%q is %q, %v; want %q", words, said, ok, want)
		}
	}
}

func TestThePosterIsAPDFThatSaysSoWhenTheStopIsASample(t *testing.T) {
	r, _ := furnished(t)
	a := r.attach("poster", "demo-fes")
	if a.Kind != "document" || a.Name != "affiche-demo-fes.pdf" || a.MIME != "application/pdf" || !bytes.HasPrefix(a.Data, []byte("%PDF-")) || len(a.Data) > 100_000 {
		t.Errorf("%s %s %s, %d bytes", a.Kind, a.Name, a.MIME, len(a.Data))
	}
	s, _, err := caravan.ByID(t.Context(), r.turn.Tx, "demo-fes")
	if err != nil {
		t.Fatal(err)
	}
	s.Sample = false
	var press paper.Press
	real, err := r.house.Poster(&press, s, "QafilaBot", tuesday)
	if err != nil || len(real) >= len(a.Data) {
		t.Errorf("the sample's poster has %d bytes, the real one's %d: %v", len(a.Data), len(real), err)
	}
	if _, err := r.house.Poster(&press, s, "", tuesday); err == nil {
		t.Error("a poster leads to no bot")
	}
}

// with is the arguments and one more.
func (a Args) with(name string, v flow.Value) Args {
	b := maps.Clone(a)
	b[name] = v
	return b
}

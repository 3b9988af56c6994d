package caravan

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/locale"
)

var known = Known{Directory: directory.Default(), Answer: func(id string) bool { return id == "card.how" || id == "law.what" }}

const header = "id,town,venue_fr,venue_ar,date,start,end,lat,lon,capacity,programme,partners,state\n"

func TestASheetIsRead(t *testing.T) {
	sheet := header + `fes,Fès,"Complexe, salle 2",المجمع,2026-12-10,09:30,12:30,34.05,-5.01,120,card.how|law.what,Al Barid Bank|OMPIC,published` + "\n" +
		"agadir,agadir,Chambre,الغرفة,2027-02-20,9:00,13:00,,,,,,draft\n,,,,,,,,,,,,\n"
	want := []Stop{{ID: "fes", Place: "fes", Region: "03", VenueFR: "Complexe, salle 2", VenueAR: "المجمع", Lat: 34.05, Lon: -5.01, Capacity: 120,
		Starts: time.Date(2026, 12, 10, 9, 30, 0, 0, time.UTC), Ends: time.Date(2026, 12, 10, 12, 30, 0, 0, time.UTC),
		Programme: []string{"card.how", "law.what"}, Partners: []string{"Al Barid Bank", "OMPIC"}, State: Published},
		// During Ramadan (from 8 February 2027 or so) Casablanca is at UTC.
		{ID: "agadir", Place: "agadir", Region: "09", VenueFR: "Chambre", VenueAR: "الغرفة", Lat: 30.4202, Lon: -9.5982,
			Starts: time.Date(2027, 2, 20, 9, 0, 0, 0, locale.Zone()), Ends: time.Date(2027, 2, 20, 13, 0, 0, 0, locale.Zone()),
			Programme: []string{}, Partners: []string{}, State: Draft}}
	same := cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })
	for what, in := range map[string]string{
		"as it is":                sheet,
		"with a byte order mark":  "\uFEFF" + sheet,
		"with Windows' line ends": strings.ReplaceAll(sheet, "\n", "\r\n"),
	} {
		got, problems := ReadSheet(strings.NewReader(in), known)
		if len(problems) > 0 {
			t.Errorf("%s: %v", what, problems)
			continue
		}
		if d := cmp.Diff(want, got, same); d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}
}

func TestASemicolonSheetMayHaveDecimalCommas(t *testing.T) {
	in := strings.ReplaceAll(header, ",", ";") + "fes;Fès;Complexe, salle 2;المجمع;2026-12-10;09:30;12:30;34,05;-5,01;120;;;published\n"
	got, problems := ReadSheet(strings.NewReader(in), known)
	if len(problems) > 0 || len(got) != 1 || got[0].Lat != 34.05 || got[0].Lon != -5.01 || got[0].VenueFR != "Complexe, salle 2" {
		t.Errorf("%+v %v", got, problems)
	}
}

func TestWhatIsWrongInASheetIsNamedByLineWithWhatIsExpected(t *testing.T) {
	good := "fes,Fès,Complexe,المجمع,2026-12-10,09:30,12:30,34.05,-5.01,120,card.how,OMPIC,published\n"
	for _, c := range []struct{ what, in, want string }{
		{"nothing", "", "line 1: the file is empty; the first line must be id,town"},
		{"not UTF-8", header + "fes,F\xe8s", "line 1: the file isn't UTF-8"},
		{"a missing column", strings.Replace(header, ",town", "", 1), "line 1, town: this column is missing"},
		{"an unknown column", strings.Replace(header, "lat", "latitude", 1), "line 1, latitude: no such column"},
		{"a column twice", strings.Replace(header, "lat", "lon", 1), "line 1, lon: this column stands there twice"},
		{"too few cells", header + good + "agadir,Agadir\n", "line 3: 2 cells, but the header has 13"},
		{"broken quotes", header + good + `x,"y"z,` + "\n", "line 3: the quotes don't match"},
		{"a bad id", header + strings.Replace(good, "fes", "Fès 2026", 1), `line 2, id: "Fès 2026"; expected 1 to 40 small letters`},
		{"an id twice", header + good + "\n" + good, `line 4, id: "fes" stands on line 2 already`},
		{"an unknown town", header + strings.Replace(good, "Fès", "Paris", 1), `line 2, town: "Paris"`},
		{"no venue", header + strings.Replace(good, "المجمع", "", 1), "line 2, venue_ar: 0 characters; expected the venue's name"},
		{"a bad date", header + strings.Replace(good, "2026-12-10", "10/12/2026", 1), `line 2, date: "10/12/2026"; expected a date like 2026-12-10`},
		{"a day that isn't", header + strings.Replace(good, "2026-12-10", "2026-02-30", 1), `line 2, date: "2026-02-30"`},
		{"a bad time", header + strings.Replace(good, "09:30", "9h30", 1), `line 2, start: "9h30"; expected a time like 09:30`},
		{"an end before the start", header + strings.Replace(good, "12:30", "08:30", 1), `line 2, end: "08:30" isn't after the start`},
		{"half a position", header + strings.Replace(good, "34.05", "", 1), `line 2, lat: ""; expected degrees within Morocco`},
		{"a position elsewhere", header + strings.Replace(good, "34.05", "48.85", 1), `line 2, lat: "48.85"; expected degrees within Morocco`},
		{"no number", header + strings.Replace(good, "34.05", "NaN", 1), `line 2, lat: "NaN"`},
		{"a bad capacity", header + strings.Replace(good, ",120,", ",many,", 1), `line 2, capacity: "many"; expected a number from 1`},
		{"no capacity at all", header + strings.Replace(good, ",120,", ",0,", 1), `line 2, capacity: "0"`},
		{"an unknown answer", header + strings.Replace(good, "card.how", "card.hwo", 1), `line 2, programme: no answer has the id "card.hwo"`},
		{"a bad state", header + strings.Replace(good, "published", "ready", 1), `line 2, state: "ready"; expected draft, published or cancelled`},
	} {
		stops, problems := ReadSheet(strings.NewReader(c.in), known)
		if len(stops) != 0 || len(problems) != 1 || !strings.HasPrefix(problems[0].String(), c.want) {
			t.Errorf("%s: %d stops and %q; want one problem: %s", c.what, len(stops), problems, c.want)
		}
	}
}

func TestEveryWrongRowIsNamedAtOnce(t *testing.T) {
	_, problems := ReadSheet(strings.NewReader(header+"fes,Fès,a,b,x,09:30,12:30,,,,,,published\nB,Fès,a,b,2026-12-10,09:30,12:30,,,,,,ready\n"), known)
	if len(problems) != 3 || problems[0].Line != 2 || problems[1].Line != 3 || problems[2].Line != 3 {
		t.Errorf("%q", problems)
	}
}

package directory

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qafila/qafila/internal/locale"
)

func TestTheListsThatShip(t *testing.T) {
	d := Default()
	if len(d.Regions()) != 12 || len(d.Places()) != 93 || len(d.Trades()) != 64 || len(d.Branches()) != 14 {
		t.Fatalf("%d regions, %d places, %d trades, %d branches", len(d.Regions()), len(d.Places()), len(d.Trades()), len(d.Branches()))
	}
	ascii := regexp.MustCompile(`^[a-z0-9-]+$`)
	arabic := regexp.MustCompile(`\p{Arabic}`)
	for _, p := range d.Places() {
		if !ascii.MatchString(p.Slug) || len("stop_"+p.Slug) > 64 {
			t.Errorf("slug %q of %q", p.Slug, p.Name(locale.French))
		}
		if got, ok := d.Place(p.Slug); !ok || got != p {
			t.Errorf("Place(%q) = %v", p.Slug, got)
		}
		if !arabic.MatchString(p.Name(locale.Arabic)) || p.Name(locale.Darija) != p.Name(locale.Arabic) || strings.Contains(p.Name(locale.French), "(") {
			t.Errorf("names of %s: %q, %q", p.Slug, p.Name(locale.French), p.Name(locale.Arabic))
		}
		if r, ok := d.Region(p.Region); !ok || !arabic.MatchString(r.Name(locale.Arabic)) {
			t.Errorf("region of %s: %v", p.Slug, r)
		}
	}
	for _, tr := range d.Trades() {
		if got, ok := d.Trade(tr.ID); !ok || got != tr {
			t.Errorf("Trade(%q) = %v", tr.ID, got)
		}
		if !arabic.MatchString(tr.Name(locale.Darija)) || !arabic.MatchString(tr.BranchName(locale.Arabic)) || tr.BranchName(locale.French) == "" {
			t.Errorf("names of %s", tr.ID)
		}
	}
	inRegions, inBranches := 0, 0
	for _, r := range d.Regions() {
		inRegions += len(d.PlacesIn(r.Code))
	}
	for _, b := range d.Branches() {
		if len(d.TradesIn(b.ID)) == 0 || !ascii.MatchString(b.ID) {
			t.Errorf("branch %q", b.ID)
		}
		inBranches += len(d.TradesIn(b.ID))
	}
	if inRegions != 93 || inBranches != 64 {
		t.Errorf("%d places in regions, %d trades in branches", inRegions, inBranches)
	}
}

func TestNamesOfAFewPlaces(t *testing.T) {
	d := Default()
	for slug, want := range map[string]string{"fes": "Fès", "ksar-el-kebir": "Ksar El Kébir", "mdiq": "M'diq", "laayoune": "Laâyoune", "es-semara": "Es-Semara",
		"kelaat-mgouna": "Kelâat M'Gouna", "temara": "Témara"} {
		p, ok := d.Place(slug)
		if !ok || p.Name(locale.French) != want {
			t.Errorf("%s: %q, %v", slug, p.Name(locale.French), ok)
		}
	}
	p, _ := d.Place("tahannaout")
	if p.Label(locale.French) != "Tahannaout (Al Haouz)" || p.Label(locale.Arabic) != "تحناوت" {
		t.Errorf("label %q", p.Label(locale.French))
	}
	if _, ok := d.Place("paris"); ok {
		t.Error("Paris is a place")
	}
}

func TestWhoeverAsksCannotChangeTheLists(t *testing.T) {
	d := Default()
	d.Places()[0].Slug = "changed"
	d.PlacesIn("03")[0].Slug = "changed"
	if _, ok := d.Place("changed"); ok || d.Places()[0].Slug == "changed" {
		t.Error("the list was changed from outside")
	}
}

func TestLoadNamesTheFaultyLine(t *testing.T) {
	shipped := func(name string) string {
		data, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for name, c := range map[string]struct{ file, from, to, want string }{
		"header":        {"places.tsv", "region_code\t", "code\t", "places.tsv:1"},
		"column":        {"places.tsv", "\t35.7673", "", "places.tsv:2"},
		"in the sea":    {"places.tsv", "35.7673", "45.7673", "places.tsv:2"},
		"place twice":   {"places.tsv", "M'diq", "Tanger", "places.tsv:3"},
		"no branch":     {"trades.tsv", "art\tBois", "art\tBoiss", "trades.tsv:7"},
		"no family":     {"trades.tsv", "art\tBois", "arts\tBois", "trades.tsv:7"},
		"trade twice":   {"trades.tsv", "T02", "T01", "trades.tsv:3"},
		"branch header": {"branches.tsv", "id", "ids", "branches.tsv:1"},
	} {
		t.Run(name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for _, f := range []string{"places.tsv", "trades.tsv", "branches.tsv"} {
				text := shipped(f)
				if f == c.file {
					text = strings.Replace(text, c.from, c.to, 1)
				}
				fsys[f] = &fstest.MapFile{Data: []byte(text)}
			}
			if _, err := Load(fsys); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

// The lists are copies; where the originals stand beside the checkout, they must be the same.
func TestTheListsAreThoseOfTheDomain(t *testing.T) {
	for _, name := range []string{"places.tsv", "trades.tsv"} {
		original, err := os.ReadFile("../../../shared/domain/" + name)
		if err != nil {
			t.Skip("the originals are not here")
		}
		if ours, _ := files.ReadFile(name); string(ours) != string(original) {
			t.Errorf("%s differs from the domain's", name)
		}
	}
}

func TestInMorocco(t *testing.T) {
	for _, p := range Default().Places() {
		if !InMorocco(p.Lat, p.Lon) {
			t.Errorf("%s is outside", p.Slug)
		}
	}
	for name, at := range map[string][2]float64{
		"Madrid": {40.42, -3.70}, "Paris": {48.86, 2.35}, "Algiers": {36.75, 3.06}, "Oran": {35.70, -0.63}, "Tlemcen": {34.88, -1.32},
		"Béchar": {31.62, -2.22}, "Tindouf": {27.67, -8.13}, "Las Palmas": {28.12, -15.43}, "Puerto del Rosario": {28.50, -13.86},
		"Arrecife": {28.96, -13.55}, "Gibraltar": {36.14, -5.35}, "Tarifa": {36.01, -5.61}, "Málaga": {36.72, -4.42}, "Nouadhibou": {20.93, -17.03},
		"Nouakchott": {18.08, -15.98}, "Bir Moghrein": {25.23, -11.58}, "Zouérat": {22.73, -12.47}, "null island": {0, 0}, "swapped": {-7.6, 33.6}, "Funchal": {32.65, -16.91},
	} {
		if InMorocco(at[0], at[1]) {
			t.Errorf("%s is inside", name)
		}
	}
	for name, at := range map[string][2]float64{
		"Ceuta": {35.89, -5.32}, "Melilla": {35.29, -2.94}, "Saïdia": {35.09, -2.24}, "Merzouga": {31.10, -4.01}, "M'hamid": {29.83, -5.72},
		"Guerguerat": {21.43, -16.96}, "Lagouira": {20.83, -17.09}, "Toubkal": {31.06, -7.92}, "Zag": {28.02, -9.33}, "Tifariti": {26.16, -10.57},
	} {
		if !InMorocco(at[0], at[1]) {
			t.Errorf("%s is outside", name)
		}
	}
}

func TestNearest(t *testing.T) {
	d := Default()
	for _, p := range d.Places() {
		if got, km := d.Nearest(p.Lat, p.Lon); got != p || km > 0.001 {
			t.Errorf("nearest to %s is %s, %v km", p.Slug, got.Slug, km)
		}
	}
	if p, km := d.Nearest(31.10, -4.01); p.Slug != "rissani" || km < 25 || km > 40 { // Merzouga
		t.Errorf("nearest to Merzouga: %s, %v km", p.Slug, km)
	}
	// One degree along a meridian is 111.2 km; half the globe 20,015 km.
	if km := Distance(33, -5, 34, -5); km < 111.1 || km > 111.3 {
		t.Errorf("one degree: %v km", km)
	}
	if km := Distance(0, 0, 0, 180); km < 20015 || km > 20016 {
		t.Errorf("half the globe: %v km", km)
	}
}

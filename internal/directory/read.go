package directory

import (
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"github.com/qafila/qafila/internal/locale"
)

// rows reads a tab-separated file with a header of the given columns.
func rows(fsys fs.FS, name string, columns string) ([][]string, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("read the directory: %w", err)
	}
	want := strings.Fields(columns)
	var found [][]string
	for i, line := range strings.Split(strings.TrimRight(string(data), "\n"), "\n") {
		cells := strings.Split(strings.TrimSuffix(line, "\r"), "\t")
		if i == 0 {
			if strings.Join(cells, " ") != columns {
				return nil, fmt.Errorf("%s:1: the columns are %q, want %q", name, strings.Join(cells, " "), columns)
			}
			continue
		}
		if len(cells) != len(want) {
			return nil, fmt.Errorf("%s:%d: %d columns, want %d", name, i+1, len(cells), len(want))
		}
		found = append(found, cells)
	}
	return found, nil
}

// bracket parts "Témara (Skhirate-Témara)".
var bracket = regexp.MustCompile(`^(.*?)\s*\((.*)\)$`)

func (d *Directory) readPlaces(fsys fs.FS) error {
	list, err := rows(fsys, "places.tsv", "region_code region_fr region_ar city_fr city_ar lat lon aliases")
	if err != nil {
		return err
	}
	for i, r := range list {
		p := Place{Region: r[0], french: r[3], arabic: r[4]}
		if m := bracket.FindStringSubmatch(r[3]); m != nil {
			p.french, p.province = m[1], m[2]
		}
		p.Slug = slug(p.french)
		var latErr, lonErr error
		p.Lat, latErr = strconv.ParseFloat(r[5], 64)
		p.Lon, lonErr = strconv.ParseFloat(r[6], 64)
		if latErr != nil || lonErr != nil || !InMorocco(p.Lat, p.Lon) {
			return fmt.Errorf("places.tsv:%d: %s, %s is not a point in Morocco", i+2, r[5], r[6])
		}
		if _, twice := d.placeAt[p.Slug]; twice {
			return fmt.Errorf("places.tsv:%d: the place %q is listed twice", i+2, p.Slug)
		}
		if _, known := d.regionAt[p.Region]; !known {
			d.regionAt[p.Region] = len(d.regions)
			d.addRegion(Region{Code: r[0], french: r[1], arabic: r[2]})
		}
		d.placeAt[p.Slug] = len(d.places)
		// The province by itself names the place only where an alias says so: Figuig and Boulemane are places of their own.
		for _, name := range append([]string{p.french, p.arabic, r[3]}, strings.Split(r[7], "|")...) {
			d.findPlace.add(len(d.places), name)
		}
		d.places = append(d.places, p)
	}
	d.findPlace.ready()
	d.findRegion.ready()
	return nil
}

// regionNames are names of a region beside its parts: what people say.
var regionNames = map[string]string{
	"01": "tanger tetouan|nord|chamal|الشمال|جهة طنجة|جهة الشمال|tta",
	"02": "oriental|orientale|charq|cher9|الجهة الشرقية|جهة الشرق|الشرقية",
	"03": "fes meknes|fas meknas|جهة فاس",
	"04": "rabat sale|rabat kenitra|rsk|جهة الرباط",
	"05": "beni mellal|tadla azilal|جهة بني ملال",
	"06": "casa settat|grand casablanca|جهة الدار البيضاء|جهة كازا",
	"07": "marrakech safi|tensift|جهة مراكش",
	"08": "draa tafilalet|draa|tafilalet|tafilalt|درعة|تافيلالت|جهة درعة",
	"09": "souss massa|sous massa|souss|sous|sus|سوس|جهة سوس",
	"10": "guelmim oued noun|oued noun|wad noun|واد نون|وادي نون|جهة كلميم",
	"11": "laayoune sakia|sakia el hamra|saguia el hamra|الساقية الحمراء|جهة العيون",
	"12": "dakhla oued eddahab|oued ed dahab|وادي الذهب|واد الذهب|جهة الداخلة",
}

func (d *Directory) addRegion(r Region) {
	for _, name := range append([]string{r.french, r.arabic, r.Code, strings.TrimPrefix(r.Code, "0")}, strings.Split(regionNames[r.Code], "|")...) {
		d.findRegion.add(len(d.regions), name)
	}
	d.regions = append(d.regions, r)
}

func (d *Directory) readTrades(fsys fs.FS) error {
	list, err := rows(fsys, "branches.tsv", "id branch_fr name_fr name_ar")
	if err != nil {
		return err
	}
	byName := map[string]Branch{}
	for _, r := range list {
		b := Branch{ID: r[0], french: r[2], arabic: r[3]} // r[1] is what trades.tsv calls it, too long for half a phone's width
		d.branches = append(d.branches, b)
		byName[r[1]] = b
	}
	list, err = rows(fsys, "trades.tsv", "id family branch_fr name_fr name_ar aliases")
	if err != nil {
		return err
	}
	for i, r := range list {
		b, ok := byName[r[2]]
		if !ok {
			return fmt.Errorf("trades.tsv:%d: the branch %q is not in branches.tsv", i+2, r[2])
		}
		if r[1] != Art && r[1] != Utility && r[1] != Service {
			return fmt.Errorf("trades.tsv:%d: the family %q is none of %s, %s, %s", i+2, r[1], Art, Utility, Service)
		}
		if _, twice := d.tradeAt[r[0]]; twice {
			return fmt.Errorf("trades.tsv:%d: the trade %q is listed twice", i+2, r[0])
		}
		d.tradeAt[r[0]] = len(d.trades)
		names := append([]string{r[3], r[4], r[0]}, strings.Split(r[5], "|")...)
		names = append(append(names, alternatives(r[3])...), alternatives(r[4])...)
		for _, name := range names {
			d.findTrade.add(len(d.trades), name)
		}
		d.trades = append(d.trades, Trade{ID: r[0], Family: r[1], Branch: b.ID, branch: b, french: r[3], arabic: r[4]})
	}
	d.findTrade.ready()
	return nil
}

// alternatives parts "Réparateur électroménager / froid" and "Peintre sur bois (zouaq)": each half, and the name without its brackets.
// What stands in brackets is often a material and names nothing by itself.
func alternatives(name string) []string {
	if m := bracket.FindStringSubmatch(name); m != nil {
		name = m[1]
	}
	var names []string
	for _, half := range strings.Split(name, "/") {
		names = append(names, strings.TrimSpace(half))
	}
	return names
}

func slug(name string) string { return strings.ReplaceAll(locale.Fold(name), " ", "-") }

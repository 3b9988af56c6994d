// Package directory owns the reference lists: Morocco's 12 regions, 93 places and 64 trades, and how people write them.
//
// It promises that a list is the same for everybody and never changes while the program runs, and that a lookup of what a person typed
// only suggests: it says how sure it is, and never invents. It knows no stop, no chamber and no person. The trades are a working list of
// the house, not the 172 activities of decree 2.21.991.
//
// Coordinates of the places come from GeoNames (https://www.geonames.org), under the Creative Commons Attribution licence (CC BY).
package directory

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"

	"github.com/qafila/qafila/internal/locale"
)

//go:embed places.tsv trades.tsv branches.tsv
var files embed.FS

// Region is one of the twelve regions, under its official code "01" to "12".
type Region struct {
	Code   string
	french string
	arabic string
}

// Name is the region's name; Darija writes it as Arabic does.
func (r Region) Name(lang locale.Language) string { return in(lang, r.french, r.arabic) }

// Place is a town: a seat of a prefecture or province, or a town of craft.
type Place struct {
	Slug     string // small ASCII letters and dashes ("fes", "ksar-el-kebir"); stable, fit for a Telegram deep link
	Region   string // the region's code
	Lat, Lon float64
	french   string
	arabic   string
	province string // what the list gives in brackets: the province, where its name isn't the town's
}

// Name is the town's name; Darija writes it as Arabic does.
func (p Place) Name(lang locale.Language) string { return in(lang, p.french, p.arabic) }

// Label is Name with the province behind it where people know that name better: "Tahannaout (Al Haouz)". In French only; the list has no
// Arabic for it.
func (p Place) Label(lang locale.Language) string {
	if lang.RTL() || p.province == "" {
		return p.Name(lang)
	}
	return p.french + " (" + p.province + ")"
}

// The families of trades, as law 50-17's list distinguishes them: artistic production, utility production, services.
const (
	Art     = "art"
	Utility = "utilitaire"
	Service = "service"
)

// Branch groups trades: wood, metal, building… A branch may hold trades of two families.
type Branch struct {
	ID     string // small ASCII letters and dashes
	french string
	arabic string
}

// Name is the branch's name; Darija writes it as Arabic does.
func (b Branch) Name(lang locale.Language) string { return in(lang, b.french, b.arabic) }

// Trade is one craft.
type Trade struct {
	ID     string // "T01"; stable
	Family string // Art, Utility or Service
	Branch string // the branch's id
	branch Branch
	french string
	arabic string
}

// Name is the trade's name; Darija writes it as Arabic does.
func (t Trade) Name(lang locale.Language) string { return in(lang, t.french, t.arabic) }

// BranchName is the name of the trade's branch.
func (t Trade) BranchName(lang locale.Language) string { return t.branch.Name(lang) }

func in(lang locale.Language, french, arabic string) string {
	if lang.RTL() {
		return arabic
	}
	return french
}

// Directory holds the lists and their indexes. It is never changed, so it is safe for concurrent use.
type Directory struct {
	regions  []Region
	places   []Place
	branches []Branch
	trades   []Trade

	regionAt map[string]int
	placeAt  map[string]int
	tradeAt  map[string]int

	findPlace  *finder
	findTrade  *finder
	findRegion *finder
}

// Default reads the lists that ship with the program. It takes some milliseconds: call it once and pass the result on.
func Default() *Directory {
	d, err := Load(files)
	if err != nil { // a test reads them
		panic(fmt.Sprintf("read the directory that ships: %v", err))
	}
	return d
}

// Load reads places.tsv, trades.tsv and branches.tsv: a header line, tab-separated columns, aliases parted by |.
func Load(fsys fs.FS) (*Directory, error) {
	d := &Directory{regionAt: map[string]int{}, placeAt: map[string]int{}, tradeAt: map[string]int{},
		findPlace: newFinder(placeWords), findTrade: newFinder(tradeWords), findRegion: newFinder(regionWords)}
	if err := d.readPlaces(fsys); err != nil {
		return nil, err
	}
	if err := d.readTrades(fsys); err != nil {
		return nil, err
	}
	return d, nil
}

// Regions returns the regions by code.
func (d *Directory) Regions() []Region { return slices.Clone(d.regions) }

// Region returns the region of a code.
func (d *Directory) Region(code string) (Region, bool) { return at(d.regions, d.regionAt, code) }

// Places returns the places region by region, in the list's order: seats first.
func (d *Directory) Places() []Place { return slices.Clone(d.places) }

// Place returns the place of a slug.
func (d *Directory) Place(slug string) (Place, bool) { return at(d.places, d.placeAt, slug) }

// PlacesIn returns the places of a region, in the list's order.
func (d *Directory) PlacesIn(region string) []Place {
	return slices.DeleteFunc(d.Places(), func(p Place) bool { return p.Region != region })
}

// Branches returns the branches, in the list's order.
func (d *Directory) Branches() []Branch { return slices.Clone(d.branches) }

// Trades returns the trades by id.
func (d *Directory) Trades() []Trade { return slices.Clone(d.trades) }

// Trade returns the trade of an id.
func (d *Directory) Trade(id string) (Trade, bool) { return at(d.trades, d.tradeAt, id) }

// TradesIn returns the trades of a branch's id, by id.
func (d *Directory) TradesIn(branch string) []Trade {
	return slices.DeleteFunc(d.Trades(), func(t Trade) bool { return t.Branch != branch })
}

func at[T any](list []T, index map[string]int, key string) (T, bool) {
	i, ok := index[key]
	if !ok {
		var none T
		return none, false
	}
	return list[i], true
}

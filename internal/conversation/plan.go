package conversation

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/directory"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// A stop in the making is a flow's variables: the day as 2027-01-14, the hours as 10:00-13:00, the pin as degrees or, when it is the
// town's own, "".

const untilMark = "-" // between from when and until when

func dayKey(t time.Time) string { return t.In(locale.Zone()).Format(time.DateOnly) }

func readDayKey(key string) (time.Time, bool) {
	t, err := time.ParseInLocation(time.DateOnly, key, locale.Zone())
	return t, err == nil
}

func hoursKey(from, to locale.Clock) string { return from.String() + untilMark + to.String() }

func readHoursKey(key string) (from, to locale.Clock, ok bool) {
	a, b, ok := strings.Cut(key, untilMark)
	first, err1 := time.Parse("15:04", a)
	last, err2 := time.Parse("15:04", b)
	if !ok || err1 != nil || err2 != nil {
		return 0, 0, false
	}
	return locale.Clock(first.Hour()*60 + first.Minute()), locale.Clock(last.Hour()*60 + last.Minute()), true
}

// planArgs are a stop in the making.
func planArgs() map[string]string {
	return with(all(text, "stop", "place", "venue_fr", "venue_ar", "lat", "lon", "day", "hours"), all(texts, "programme", "partners"), all(number, "capacity"))
}

// planned puts what was answered into a stop, old as it was before. ok is false when something is missing or can't be.
func (h *House) planned(args Args, old caravan.Stop) (s caravan.Stop, ok bool) {
	s = old
	place, known := h.Directory.Place(args.Text("place"))
	day, okDay := readDayKey(args.Text("day"))
	from, to, okHours := readHoursKey(args.Text("hours"))
	lat, lon, okPin := pin(args, place)
	s.Place, s.Region, s.Lat, s.Lon = place.Slug, place.Region, lat, lon
	s.VenueFR, s.VenueAR = args.Text("venue_fr"), args.Text("venue_ar")
	s.Starts, s.Ends = from.At(day), to.At(day)
	s.Capacity, s.Partners, s.Programme = max(0, args.Number("capacity")), args.Texts("partners"), nil
	for _, id := range args.Texts("programme") {
		if _, there := h.Answers.Get(id); there {
			s.Programme = append(s.Programme, id)
		}
	}
	return s, known && okDay && okHours && okPin && s.VenueFR != "" && s.VenueAR != "" && s.Ends.After(s.Starts)
}

// late tells whether it is too late for a stop: a new or moved one must be ahead, one that has begun may still be mended.
func late(s, old caravan.Stop, now time.Time) bool {
	if old.ID != "" && s.Starts.Equal(old.Starts) {
		return !s.Ends.After(now)
	}
	return !s.Starts.After(now)
}

// pin is the position that was answered, or the town's own.
func pin(args Args, place directory.Place) (lat, lon float64, ok bool) {
	if args.Text("lat") == "" && args.Text("lon") == "" {
		return place.Lat, place.Lon, true
	}
	lat, errLat := strconv.ParseFloat(args.Text("lat"), 64)
	lon, errLon := strconv.ParseFloat(args.Text("lon"), 64)
	return lat, lon, errLat == nil && errLon == nil && directory.InMorocco(lat, lon)
}

// plan is a stop as the flow's variables that planned reads.
func (h *House) plan(s caravan.Stop) map[string]flow.Value {
	set := map[string]flow.Value{"stop": s.ID, "place": s.Place, "venue_fr": s.VenueFR, "venue_ar": s.VenueAR, "lat": "", "lon": "", "day": dayKey(s.Starts),
		"hours": hoursKey(locale.ClockOf(s.Starts), locale.ClockOf(s.Ends)), "programme": s.Programme, "partners": s.Partners, "capacity": s.Capacity}
	if p, _ := h.Directory.Place(s.Place); p.Lat != s.Lat || p.Lon != s.Lon {
		set["lat"], set["lon"] = strconv.FormatFloat(s.Lat, 'f', -1, 64), strconv.FormatFloat(s.Lon, 'f', -1, 64)
	}
	return set
}

// planWords are a stop in words for who plans it, both names of the venue among them.
func (h *House) planWords(t *Turn, s caravan.Stop) map[string]flow.Value {
	set := map[string]flow.Value{"town": h.placeWords(t.Language, s.Place), "day_words": locale.Date(t.Language, s.Starts),
		"hours_words": locale.Hours(t.Language, s.Starts, s.Ends), "capacity_words": t.Say("plan.unlimited", nil), "points": len(s.Programme),
		"pin_words": t.Say("plan.pin_town", nil), "partners_words": t.Say("plan.none", nil), "sample": s.Sample}
	if s.Capacity > 0 {
		set["capacity_words"] = strconv.Itoa(s.Capacity)
	}
	if p, _ := h.Directory.Place(s.Place); p.Lat != s.Lat || p.Lon != s.Lon {
		km := directory.Distance(p.Lat, p.Lon, s.Lat, s.Lon)
		set["pin_words"] = t.Say("plan.pin_own", map[string]any{"distance": locale.Distance(t.Language, km)})
	}
	if len(s.Partners) > 0 {
		set["partners_words"] = strings.Join(s.Partners, separator(t.Language))
	}
	return set
}

// How partners may be written: as in a sheet of stops, parted by commas and what else people put between names.
const (
	longestPartner = 60
	mostPartners   = 10
)

// partners parts typed names. ok is false when there are too many, or one is too long to be a name.
func partners(words string) (names []string, ok bool) {
	for name := range strings.FieldsFuncSeq(words, func(r rune) bool { return strings.ContainsRune(",،;؛|/\n", r) }) {
		name = strings.TrimSpace(name)
		if len([]rune(name)) > longestPartner {
			return nil, false
		}
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, len(names) > 0 && len(names) <= mostPartners
}

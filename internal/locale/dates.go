package locale

import (
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"sync"
	"time"
)

// words are the few that dates, hours and distances need. They stand here and not in locales/ because the functions below take no Texts.
type words struct {
	today, tomorrow, afterTomorrow string // %s is the date
	from                           string // from %s to %s
	at                             string // at %s
	km, underKm                    string // %d kilometres; less than one
}

// Month names and weekdays: Unicode CLDR, locales fr and ar-MA (Morocco's own names of the Gregorian months: دجنبر, not ديسمبر).
// golang.org/x/text carries no date formats.
var (
	frenchWeekdays = [7]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}
	frenchMonths   = [12]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}
	arabicWeekdays = [7]string{"الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"}
	moroccanMonths = [12]string{"يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"}

	frenchWords = words{today: "aujourd'hui, %s", tomorrow: "demain, %s", afterTomorrow: "après-demain, %s",
		from: "de %s à %s", at: "à %s", km: "%d km", underKm: "moins d'1 km"}
	arabicWords = words{today: "اليوم، %s", tomorrow: "غدا، %s", afterTomorrow: "بعد غد، %s",
		from: "من %s إلى %s", at: "على الساعة %s", km: "%d كلم", underKm: "أقل من 1 كلم"}
	darijaWords = words{today: "اليوم، %s", tomorrow: "غدا، %s", afterTomorrow: "بعد غدا، %s",
		from: "من %s حتى %s", at: "مع %s", km: "%d كلم", underKm: "قل من 1 كلم"}
)

// casablanca are the zone's rules, of tzdata 2026f (public domain): Morocco keeps to UTC since 20 September 2026, also in Ramadan. They travel
// in the binary and come before the machine's own and Go's, which still said UTC+1 then. docs/operating.md tells how to renew them.
//
//go:embed casablanca.tzif
var casablanca []byte

var zone = sync.OnceValue(func() *time.Location {
	l, err := time.LoadLocationFromTZData("Africa/Casablanca", casablanca)
	if err != nil { // impossible: the zone is embedded
		panic(fmt.Sprintf("load the zone of Casablanca: %v", err))
	}
	return l
})

// Zone is Africa/Casablanca: UTC since 20 September 2026; before, UTC+1, and UTC during Ramadan.
func Zone() *time.Location { return zone() }

// Date is the day in full with its weekday, in Casablanca: "jeudi 10 décembre 2026", "الخميس 10 دجنبر 2026". Digits are Western, as
// Morocco writes them.
func Date(lang Language, t time.Time) string {
	t = t.In(Zone())
	p := of(lang)
	day := strconv.Itoa(t.Day())
	if p == profiles[French] && t.Day() == 1 {
		day = "1er"
	}
	return p.weekdays[t.Weekday()] + " " + day + " " + p.months[t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// Day is Date with "today", "tomorrow" or "the day after tomorrow" before it where that is so, by the calendar of Casablanca.
func Day(lang Language, t, now time.Time) string {
	date := Date(lang, t)
	w := of(lang).words
	switch daysBetween(now, t) {
	case 0:
		return fmt.Sprintf(w.today, date)
	case 1:
		return fmt.Sprintf(w.tomorrow, date)
	case 2:
		return fmt.Sprintf(w.afterTomorrow, date)
	}
	return date
}

// daysBetween counts midnights of Casablanca. It counts in UTC because a day there has 23 or 25 hours around Ramadan.
func daysBetween(from, to time.Time) int {
	midnight := func(t time.Time) time.Time {
		y, m, d := t.In(Zone()).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(to).Sub(midnight(from)).Hours() / 24)
}

// Hours is a span within a day, in Casablanca: "de 9 h à 12 h 30", "من 9:00 إلى 12:30". With a zero end it is the beginning alone:
// "à 9 h".
func Hours(lang Language, from, to time.Time) string {
	w := of(lang).words
	if to.IsZero() {
		return fmt.Sprintf(w.at, clock(lang, from))
	}
	return fmt.Sprintf(w.from, clock(lang, from), clock(lang, to))
}

func clock(lang Language, t time.Time) string {
	t = t.In(Zone())
	if lang.RTL() {
		return fmt.Sprintf("%d:%02d", t.Hour(), t.Minute())
	}
	if t.Minute() == 0 {
		return fmt.Sprintf("%d\u00a0h", t.Hour()) // the number stays with its h at the end of a line
	}
	return fmt.Sprintf("%d\u00a0h\u00a0%02d", t.Hour(), t.Minute())
}

// Distance is a distance in whole kilometres: "12 km", "12 كلم"; under one kilometre it says only that.
func Distance(lang Language, km float64) string {
	w := of(lang).words
	if km < 1 || math.IsNaN(km) {
		return w.underKm
	}
	return fmt.Sprintf(w.km, int(math.Round(km)))
}

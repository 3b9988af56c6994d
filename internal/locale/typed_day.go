package locale

import (
	"strconv"
	"strings"
	"sync"
	"time"
)

// The words of typed days, folded; of a line the first is the usual one. Darija in Latin letters is among them.
var (
	dayWords = map[int]string{ // days from today
		-2: "avant hier, avanthier, اول امس, اول البارح, wl lbare7, wel lbare7",
		-1: "hier, امس, البارح, لبارح, البارحه, lbare7, lbar7, lbareh, bare7",
		0:  "aujourd hui, aujourdhui, اليوم, ليوم, lyoum, lyom, lyouma, lioum",
		1:  "demain, غدا, غد, ghda, ghedda, ghdda, gheda",
		2:  "apres demain, بعد غد, بعد غدا, من بعد غدا, b3d ghda, b3d ghedda, mn b3d ghda",
	}
	weekdayWords = [7]string{ // Sunday first, as time.Weekday
		"dimanche, dim, الاحد, احد, الحد, حد, l7ed, lhed, l7dd, lhad",
		"lundi, lun, الاثنين, اثنين, الاتنين, التنين, تنين, tnin, ltnin, letnin",
		"mardi, mar, الثلاثاء, ثلاثاء, الثلاثا, التلاتا, التلات, تلات, tlat, tlata, ltlat",
		"mercredi, mer, الاربعاء, اربعاء, الاربعا, الاربع, لاربع, larb3, larb3a, lerb3",
		"jeudi, jeu, الخميس, خميس, lkhmis, khmis, lkhemis",
		"vendredi, ven, الجمعه, جمعه, jem3a, jm3a, ljem3a, jjem3a",
		"samedi, sam, السبت, سبت, sebt, ssebt, sbt",
	}
	monthWords = [12]string{ // Morocco's own names, those of the East, French and what is heard
		"janvier, janv, jan, يناير, yanayer, yanayr",
		"fevrier, fevr, fev, فبراير, fbrayer, fibrayer",
		"mars, مارس",
		"avril, avr, ابريل, abril",
		"mai, ماي, مايو, may, mayo",
		"juin, يونيو, يونيه, younyo, yunyu",
		"juillet, juil, يوليوز, يوليو, يوليه, youlyouz, yulyuz",
		"aout, غشت, اغسطس, ghoucht, ghocht",
		"septembre, sept, sep, شتنبر, سبتمبر, chtanbir, choutanbir",
		"octobre, oct, اكتوبر, oktobr, oktober",
		"novembre, nov, نونبر, نوفمبر, nouanbir, nwanbir, noufanbir",
		"decembre, dec, دجنبر, ديسمبر, doujanbir, djanbir",
	}
	// besideDay are words that say nothing about the day.
	besideDay = "le, la, du, de, ce, au, a, jour, journee, pour, date, يوم, نهار, ف, في, هاد, هذا, nhar, had, f, ان, شاء, الله, inchallah, incha, allah"
	// comingWords make of a weekday this week's or the next's: people don't agree which.
	comingWords = "prochain, prochaine, المقبل, القادم, الجاي, الجايه, jay, ljay, lmajy"
	inWords     = "dans, بعد, من بعد, mn b3d, b3d"
	daysWords   = "jour, jours, يوم, ايام, nhar, yam, iyam"
)

type typedWords struct {
	days                            map[string]int // from today
	weekdays                        map[string]time.Weekday
	months                          map[string]time.Month
	beside, coming, in, daysCounted map[string]bool
}

var typed = sync.OnceValue(func() typedWords {
	w := typedWords{map[string]int{}, map[string]time.Weekday{}, map[string]time.Month{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	each := func(list string, do func(string)) {
		for word := range strings.SplitSeq(list, ", ") {
			do(Fold(word))
		}
	}
	for n, list := range dayWords {
		each(list, func(s string) { w.days[s] = n })
	}
	for i, list := range weekdayWords {
		each(list, func(s string) { w.weekdays[s] = time.Weekday(i) })
	}
	for i, list := range monthWords {
		each(list, func(s string) { w.months[s] = time.Month(i + 1) })
	}
	for list, into := range map[string]map[string]bool{besideDay: w.beside, comingWords: w.coming, inWords: w.in, daysWords: w.daysCounted} {
		each(list, func(s string) { into[s] = true })
	}
	return w
})

// ReadDay reads a day as people type it: "14/01/2027", "2027-01-14", "jeudi 14 janvier", "le 14", "demain", "jeudi prochain", "dans 3 jours",
// "الخميس 14 يناير", "١٤/٠١/٢٠٢٧", "غدا", "tnin". It gives the midnights of Casablanca that it may mean, the likeliest first; nothing when it
// is no day. sure is false where a person should be asked: "jeudi prochain" is two Thursdays to people, a weekday may not be that of its
// date, and a day without its year that has just passed may mean it. A day with its year may lie in the past.
func ReadDay(words string, now time.Time) (days []time.Time, sure bool) {
	w := typed()
	now = now.In(Zone())
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, Zone())
	said := strings.Fields(Fold(words))
	for len(said) > 0 && w.beside[said[0]] {
		said = said[1:]
	}
	if n, ok := inDays(w, said); ok {
		return []time.Time{today.AddDate(0, 0, n)}, true
	}
	for len(said) > 0 && w.beside[said[len(said)-1]] {
		said = said[:len(said)-1]
	}
	if n, ok := w.days[strings.Join(said, " ")]; ok {
		return []time.Time{today.AddDate(0, 0, n)}, true
	}
	var date typedDate
	for _, s := range said {
		if !date.take(w, s) {
			return nil, false
		}
	}
	return date.days(today)
}

// inDays reads "dans 3 jours", "من بعد 3 ايام".
func inDays(w typedWords, said []string) (int, bool) {
	if len(said) < 3 || !w.daysCounted[said[len(said)-1]] || !w.in[strings.Join(said[:len(said)-2], " ")] {
		return 0, false
	}
	n, ok := Number(said[len(said)-2])
	return n, ok && n <= 366
}

// typedDate is what was said of a date.
type typedDate struct {
	numbers []string
	month   time.Month // by its name; 0: not named
	monthAt int        // how many numbers stood before its name
	weekday *time.Weekday
	coming  bool
}

// take takes a folded word; false is one that belongs to no date.
func (d *typedDate) take(w typedWords, s string) bool {
	if s == "1er" {
		s = "1"
	}
	wd, isWeekday := w.weekdays[s]
	month, isMonth := w.months[s]
	switch {
	case s[0] >= '0' && s[0] <= '9':
		if len(s) > 4 || strings.Trim(s, "0123456789") != "" || len(d.numbers) == 3 {
			return false
		}
		d.numbers = append(d.numbers, s)
	case isMonth && d.month == 0:
		d.month, d.monthAt = month, len(d.numbers)
	case isWeekday && d.weekday == nil:
		d.weekday = &wd
	case w.coming[s]:
		d.coming = true
	default:
		return w.beside[s]
	}
	return true
}

// days works out which days are meant.
func (d *typedDate) days(today time.Time) (days []time.Time, sure bool) {
	if len(d.numbers) == 0 {
		if d.weekday == nil || d.month != 0 {
			return nil, false
		}
		ahead := (int(*d.weekday) - int(today.Weekday()) + 7) % 7
		first := today.AddDate(0, 0, ahead)
		if d.coming && ahead == 0 {
			return []time.Time{first.AddDate(0, 0, 7)}, true
		}
		if d.coming || ahead == 0 {
			return []time.Time{first, first.AddDate(0, 0, 7)}, false
		}
		return []time.Time{first}, true
	}
	day, month, year, ok := d.parts()
	if !ok {
		return nil, false
	}
	found, sure := complete(day, month, year, today)
	if found.IsZero() {
		return nil, false
	}
	return []time.Time{found}, sure && (d.weekday == nil || found.Weekday() == *d.weekday)
}

// parts gives day, month and year; a month or year of 0 wasn't said.
func (d *typedDate) parts() (day, month, year int, ok bool) {
	n := make([]int, len(d.numbers))
	for i, s := range d.numbers {
		n[i], _ = strconv.Atoi(s)
	}
	long := func(i int) bool { return len(d.numbers[i]) == 4 }
	switch {
	case d.month != 0 && len(n) == 1 && !long(0): // 14 janvier
		return n[0], int(d.month), 0, true
	case d.month != 0 && len(n) == 2 && d.monthAt < 2 && !long(0): // 14 janvier 2027
		return n[0], int(d.month), century(n[1]), true
	case d.month != 0 && len(n) == 2 && long(0) && !long(1): // 2027 janvier 14
		return n[1], int(d.month), n[0], true
	case d.month != 0:
		return 0, 0, 0, false
	case len(n) == 3 && long(0): // 2027-01-14
		return n[2], n[1], n[0], !long(1) && !long(2)
	case len(n) == 3: // 14/01/2027, 14/1/27
		return n[0], n[1], century(n[2]), !long(1)
	case len(n) == 2: // 14/01
		return n[0], n[1], 0, !long(0) && !long(1)
	}
	return n[0], 0, 0, !long(0) // 14
}

func century(year int) int {
	if year < 100 {
		return 2000 + year
	}
	return year
}

// longAhead is how far ahead a day without its year is taken without asking, in days: one that is further away may be a day that has just passed.
const longAhead = 300

// complete finds the day; without a month or a year it is the next such day. Zero: there is none.
func complete(day, month, year int, today time.Time) (found time.Time, sure bool) {
	at := func(y, m int) (time.Time, bool) {
		t := time.Date(y, time.Month(m), day, 0, 0, 0, 0, Zone())
		return t, m >= 1 && m <= 12 && t.Day() == day && day >= 1
	}
	switch {
	case year != 0:
		t, ok := at(year, month)
		if !ok || year < today.Year()-10 || year > today.Year()+10 {
			return time.Time{}, false
		}
		return t, true
	case month != 0:
		for y := today.Year(); y <= today.Year()+8; y++ { // 29 February comes every fourth year, but for 2100
			if t, ok := at(y, month); ok && !t.Before(today) {
				return t, t.Before(today.AddDate(0, 0, longAhead))
			}
		}
		return time.Time{}, false
	}
	for m := int(today.Month()); m <= int(today.Month())+2; m++ {
		y, month := today.Year()+(m-1)/12, (m-1)%12+1
		if t, ok := at(y, month); ok && !t.Before(today) {
			return t, true
		}
	}
	return time.Time{}, false
}

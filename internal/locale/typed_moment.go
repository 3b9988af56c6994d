package locale

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

// The words of typed moments, folded.
const (
	besideHour  = "a, vers, du, le, de, الساعه, علي, مع, ف, في, m3a, 3la, f, fi"
	noonWords   = "midi, الزوال, منتصف النهار"
	earlyWords  = "matin, صباحا, الصباح, صباح, فالصباح, sbah, fsbah, ssbah"
	lateWords   = "soir, مساء, المساء, العشيه, عشيه, فالعشيه, ليلا, الليل, فالليل, l3chiya, 3chiya, fl3chiya, lil, flil"
	halfWords   = "et demie, et demi, ونص, و نص, ونصف, و نصف, والنصف, و النصف, w ness, wness, w nss"
	quarterWord = "et quart, وربع, و ربع, والربع, و الربع, w rba3, w rb3"
)

// oneClock is a time of day by itself: 10, 10h, 10 h 30, 10:30, 10.30. marked ones can't be taken for a day.
var (
	oneClock     = regexp.MustCompile(`^(\d{1,2}) ?(?:(h|:|\.|heures?) ?(\d\d)?)?$`)
	noonOfTheDay = regexp.MustCompile(`(?:l['’])?apr[eè]s[ -]midi|بعد الزوال`)
	letterDigit  = regexp.MustCompile(`(\p{Arabic})(\d)`) // ف10
	digitLetter  = regexp.MustCompile(`(\d)(\p{Arabic})`)
)

type momentWords struct {
	beside, noon, early, late map[string]bool
	half, quarter             []string // with a space before them
}

var momentsTyped = sync.OnceValue(func() momentWords {
	set := func(list string) map[string]bool {
		m := map[string]bool{}
		for w := range strings.SplitSeq(list, ", ") {
			m[w] = true
		}
		return m
	}
	ends := func(list string) (out []string) {
		for w := range strings.SplitSeq(list, ", ") {
			out = append(out, " "+w)
		}
		return out
	}
	return momentWords{set(besideHour), set(noonWords), set(earlyWords), set(lateWords), ends(halfWords), ends(quarterWord)}
})

// ReadMoment reads a day with a time of day as people type them: "14/01 10:00", "demain 10h", "lundi à 9h30", "10h demain matin", "غدا 10",
// "الخميس مع العشرة ونص", "٢٨/١١ ١٠:٣٠". A time alone is the next such one. A day without its year that has just passed is that one: the
// caller says so. ok is false when it is no moment, or its day isn't sure but for which of two weeks: then it is the first that is ahead.
func ReadMoment(words string, now time.Time) (at time.Time, ok bool) {
	said, late := momentParts(words)
	for i := 1; i < len(said); i++ {
		if clock, _, ok := readClock(said[i:], late); ok {
			if at, ok := onDay(said[:i], clock, now); ok {
				return at, true
			}
		}
	}
	for i := 1; i <= len(said); i++ {
		clock, marked, ok := readClock(said[:i], late)
		if !ok || !marked {
			continue
		}
		if i == len(said) {
			if at = clock.At(now); !at.After(now) {
				at = clock.At(now.In(Zone()).AddDate(0, 0, 1))
			}
			return at, true
		}
		if at, ok := onDay(said[i:], clock, now); ok {
			return at, true
		}
	}
	return time.Time{}, false
}

// momentParts are the words with Western digits, without those that say which half of the day is meant; late is the second.
func momentParts(words string) (said []string, late bool) {
	w := momentsTyped()
	plain := strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Nd, r):
			return digit(r)
		case r == ',' || r == '،':
			return ' '
		}
		return unicode.ToLower(r)
	}, Clean(words))
	plain = digitLetter.ReplaceAllString(letterDigit.ReplaceAllString(plain, "$1 $2"), "$1 $2")
	if noonOfTheDay.MatchString(plain) {
		plain, late = noonOfTheDay.ReplaceAllString(plain, ""), true
	}
	for _, s := range strings.Fields(plain) {
		switch folded := Fold(s); {
		case w.late[folded]:
			late = true
		case !w.early[folded]:
			said = append(said, s)
		}
	}
	return said, late
}

// readClock reads words that are one time of day and nothing else. marked is one that can't be a day: with an h, minutes, or in words.
func readClock(said []string, late bool) (c Clock, marked, ok bool) {
	w := momentsTyped()
	beside := func(s string) bool { return w.beside[Fold(s)] }
	for len(said) > 0 && beside(said[0]) {
		said, marked = said[1:], marked || Fold(said[0]) == "الساعه"
	}
	for len(said) > 1 && beside(said[len(said)-1]) {
		said = said[:len(said)-1] // "10h du", which a half of the day stood behind
	}
	whole, minutes := strings.Join(said, " "), 0
	for part, list := range map[int][]string{30: w.half, 15: w.quarter} {
		for _, end := range list {
			if rest, cut := strings.CutSuffix(whole, end); cut {
				whole, minutes, marked = rest, part, true
			}
		}
	}
	var hour int
	switch m := oneClock.FindStringSubmatch(whole); {
	case m != nil:
		hour, _ = strconv.Atoi(m[1])
		marked = marked || m[2] != ""
		if m[3] != "" {
			minutes, _ = strconv.Atoi(m[3])
		}
	case w.noon[Fold(whole)]:
		hour, marked = 12, true
	default:
		folded := Fold(whole)
		if bare, cut := strings.CutPrefix(folded, "ال"); cut {
			folded = bare
		}
		if hour, ok = Number(folded); !ok || hour > 12 || hour == 0 {
			return 0, false, false
		}
		marked = true
	}
	if late && hour < 12 {
		hour += 12
	}
	return Clock(hour*60 + minutes), marked, hour < 24 && minutes < 60
}

// onDay is a time on a typed day.
func onDay(said []string, clock Clock, now time.Time) (at time.Time, ok bool) {
	days, sure := ReadDay(strings.Join(said, " "), now)
	switch {
	case len(days) == 0:
		return time.Time{}, false
	case sure:
		return clock.At(days[0]), true
	case len(days) == 1 && days[0].After(now.AddDate(0, 0, longAhead-1)):
		return clock.At(days[0].AddDate(-1, 0, 0)), true // it has just passed
	case len(days) == 1:
		return time.Time{}, false // its weekday is another
	}
	if at = clock.At(days[0]); !at.After(now) {
		at = clock.At(days[1])
	}
	return at, true
}

package locale

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// A Clock is a time of day, in minutes after midnight.
type Clock int

// At is that time on a day of Casablanca.
func (c Clock) At(day time.Time) time.Time {
	day = day.In(Zone())
	return time.Date(day.Year(), day.Month(), day.Day(), int(c)/60, int(c)%60, 0, 0, Zone())
}

// String is the clock as forms write it, 09:30.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// ClockOf is the time of day of t in Casablanca.
func ClockOf(t time.Time) Clock {
	t = t.In(Zone())
	return Clock(t.Hour()*60 + t.Minute())
}

// typedClock is 10, 10h, 10 h 30, 10:30, 10.30, 10 heures. Digits are Western here already.
var typedClock = regexp.MustCompile(`(\d+)(?:\s*(?:heures?|h|:|\.)\s*(\d+)?)?`)

// next begins what makes of the number before it an hour of its own: the 13 of "10h 13h".
var next = regexp.MustCompile(`^\s*[h:]`)

// afternoon are words that make of an hour up to 7 one after noon.
var afternoon = regexp.MustCompile(`apr[eè]s[ -]midi|بعد الزوال|العشي[ةه]|l?3chiya`)

// ReadHours reads hours as people type them: "10h", "10:00", "10h30-13h", "de 9h à 12h30", "من 9 إلى 12", "١٠:٣٠", "10h à midi". It gives one
// time of day, or two: from when until when, as they were said, the second perhaps before the first. Nothing when it isn't one or two
// times of a day.
func ReadHours(words string) []Clock {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Nd, r) {
			return digit(r)
		}
		return unicode.ToLower(r)
	}, Clean(words))
	late := afternoon.MatchString(plain)
	plain = strings.ReplaceAll(afternoon.ReplaceAllString(plain, ""), "midi", "12h")
	var said []Clock
	for {
		m := typedClock.FindStringSubmatchIndex(plain)
		if m == nil {
			break
		}
		hours, minutes, end := plain[m[2]:m[3]], "00", m[1]
		if m[4] >= 0 {
			if minutes = plain[m[4]:m[5]]; next.MatchString(plain[end:]) {
				minutes, end = "00", m[4]
			}
		}
		plain = plain[end:]
		hour, errHour := strconv.Atoi(hours)
		minute, errMinute := strconv.Atoi(minutes)
		if errHour != nil || errMinute != nil || hour > 23 || minute > 59 || len(hours) > 2 || len(minutes) != 2 || len(said) == 2 {
			return nil
		}
		if late && hour <= 7 {
			hour += 12
		}
		said = append(said, Clock(hour*60+minute))
	}
	return said
}

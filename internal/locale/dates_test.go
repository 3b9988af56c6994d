package locale

import (
	"testing"
	"time"
)

func at(value string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", value, Zone())
	if err != nil {
		panic(err)
	}
	return t
}

func TestDate(t *testing.T) {
	for _, c := range []struct {
		lang Language
		when time.Time
		want string
	}{
		{French, at("2026-12-10 09:00"), "jeudi 10 décembre 2026"},
		{French, at("2026-12-01 09:00"), "mardi 1er décembre 2026"},
		{Arabic, at("2026-12-10 09:00"), "الخميس 10 دجنبر 2026"},
		{Darija, at("2026-12-10 09:00"), "الخميس 10 دجنبر 2026"},
		{Arabic, at("2026-12-01 09:00"), "الثلاثاء 1 دجنبر 2026"},
		{Darija, at("2026-07-05 09:00"), "الأحد 5 يوليوز 2026"},
		{French, time.Date(2025, 12, 9, 23, 30, 0, 0, time.UTC), "mercredi 10 décembre 2025"}, // already the 10th in Casablanca
		{"zgh", at("2026-08-20 09:00"), "jeudi 20 août 2026"},
	} {
		if got := Date(c.lang, c.when); got != c.want {
			t.Errorf("%s: %q, want %q", c.lang, got, c.want)
		}
	}
}

func TestDay(t *testing.T) {
	stop := at("2026-12-10 09:00")
	for _, c := range []struct {
		lang Language
		now  string
		want string
	}{
		{French, "2026-12-10 23:59", "aujourd'hui, jeudi 10 décembre 2026"},
		{French, "2026-12-09 00:01", "demain, jeudi 10 décembre 2026"},
		{French, "2026-12-08 23:59", "après-demain, jeudi 10 décembre 2026"},
		{French, "2026-12-07 23:59", "jeudi 10 décembre 2026"},
		{French, "2026-12-11 00:00", "jeudi 10 décembre 2026"},
		{Arabic, "2026-12-09 12:00", "غدا، الخميس 10 دجنبر 2026"},
		{Arabic, "2026-12-08 12:00", "بعد غد، الخميس 10 دجنبر 2026"},
		{Darija, "2026-12-10 07:00", "اليوم، الخميس 10 دجنبر 2026"},
	} {
		if got := Day(c.lang, stop, at(c.now)); got != c.want {
			t.Errorf("%s at %s: %q, want %q", c.lang, c.now, got, c.want)
		}
	}
}

// Morocco goes back to UTC for Ramadan: in 2026 on Sunday 15 February at 3:00, and forward again on 22 March (tzdata).
func TestDaysAreCountedByMidnightsAroundRamadan(t *testing.T) {
	before, after := at("2026-02-14 23:30"), at("2026-02-16 00:30")
	_, offsetBefore := before.Zone()
	_, offsetAfter := after.Zone()
	if offsetBefore != 3600 || offsetAfter != 0 {
		t.Fatalf("offsets %d, %d: the zone's rules are not those of Morocco", offsetBefore, offsetAfter)
	}
	if n := daysBetween(before, after); n != 2 {
		t.Errorf("%d days, want 2", n)
	}
	if got := Hours(French, time.Date(2026, 2, 16, 9, 30, 0, 0, time.UTC), time.Time{}); got != "à 9\u00a0h\u00a030" {
		t.Errorf("Ramadan hour: %q", got)
	}
}

// Morocco keeps to UTC since 20 September 2026 (tzdata 2026c), Ramadan 2027 included.
func TestTheZoneIsTheLatest(t *testing.T) {
	for _, when := range []string{"2026-09-21 12:00", "2026-12-10 12:00", "2027-02-20 12:00", "2027-07-01 12:00"} {
		if _, offset := at(when).Zone(); offset != 0 {
			t.Errorf("%s is %d seconds from UTC", when, offset)
		}
	}
	if _, offset := at("2026-09-19 12:00").Zone(); offset != 3600 {
		t.Errorf("before, it was %d seconds from UTC", offset)
	}
}

func TestHours(t *testing.T) {
	from, to := at("2026-12-10 09:00"), at("2026-12-10 12:30")
	for lang, want := range map[Language][2]string{
		French: {"de 9\u00a0h à 12\u00a0h\u00a030", "à 9\u00a0h"},
		Arabic: {"من 9:00 إلى 12:30", "على الساعة 9:00"},
		Darija: {"من 9:00 حتى 12:30", "مع 9:00"},
	} {
		if got := [2]string{Hours(lang, from, to), Hours(lang, from, time.Time{})}; got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		lang Language
		km   float64
		want string
	}{
		{French, 12.4, "12 km"}, {French, 0.4, "moins d'1 km"}, {French, 1, "1 km"}, {Arabic, 12, "12 كلم"}, {Darija, 0.2, "قل من 1 كلم"},
		{Arabic, 1187.6, "1188 كلم"},
	} {
		if got := Distance(c.lang, c.km); got != c.want {
			t.Errorf("%s %v: %q, want %q", c.lang, c.km, got, c.want)
		}
	}
}

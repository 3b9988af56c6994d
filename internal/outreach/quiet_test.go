package outreach

import (
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/locale"
)

func quiet(t testing.TB, s string) Quiet {
	t.Helper()
	q, err := ParseQuiet(s)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// In 2026 Ramadan's hour goes back on Sunday 15 February at 3:00, and forward again on Sunday 22 March at 2:00 (IANA zone data).
func TestQuietHoursGoByTheClocksOfCasablanca(t *testing.T) {
	const form = "2006-01-02 15:04 -07"
	usual := UsualQuiet
	for _, c := range []struct{ quiet, at, ends string }{
		{usual, "2026-12-10 20:59 +00", ""}, {usual, "2026-12-10 21:00 +00", "2026-12-11 08:00 +00"}, {usual, "2026-12-11 00:00 +00", "2026-12-11 08:00 +00"},
		{usual, "2026-12-11 07:59 +00", "2026-12-11 08:00 +00"}, {usual, "2026-12-11 08:00 +00", ""}, {usual, "2026-12-11 11:59 +00", ""},
		{usual, "2026-12-11 12:00 +00", "2026-12-11 14:30 +00"}, {usual, "2026-12-11 14:29 +00", "2026-12-11 14:30 +00"}, {usual, "2026-12-11 14:30 +00", ""},
		{usual, "2026-12-10 12:30 +00", ""}, // a Thursday
		// in Ramadan, and through the nights of both changes
		{usual, "2026-02-20 11:59 +00", ""}, {usual, "2026-02-20 12:00 +00", "2026-02-20 14:30 +00"}, {usual, "2026-02-20 20:59 +00", ""},
		{usual, "2026-02-14 21:00 +01", "2026-02-15 08:00 +00"}, {usual, "2026-02-15 07:59 +00", "2026-02-15 08:00 +00"},
		{usual, "2026-03-21 20:59 +00", ""}, {usual, "2026-03-21 21:00 +00", "2026-03-22 08:00 +01"}, {usual, "2026-03-22 08:00 +01", ""},
		// ends in the hour that comes twice: at its second coming; in the one that never comes: at the change
		{"22:00-02:30", "2026-02-15 02:29 +01", "2026-02-15 02:30 +00"}, {"22:00-02:30", "2026-02-15 02:45 +01", "2026-02-15 02:30 +00"},
		{"22:00-02:30", "2026-02-15 02:30 +00", ""}, {"22:00-02:30", "2026-03-22 01:59 +00", "2026-03-22 03:00 +01"}, {"22:00-02:30", "2026-03-22 03:00 +01", ""},
		{"02:30-05:00", "2026-02-15 02:29 +01", ""}, {"02:30-05:00", "2026-02-15 02:30 +01", "2026-02-15 05:00 +00"},
		{"02:30-05:00", "2026-03-22 03:00 +01", "2026-03-22 05:00 +01"},
		// one span runs into the next, over days too
		{"sat sun 00:00-24:00, 21:00-08:00", "2026-12-11 22:00 +00", "2026-12-14 08:00 +00"}, {"12:00-14:00, 13:00-16:00", "2026-12-10 12:30 +00", "2026-12-10 16:00 +00"},
		{"fri 23:00-01:00", "2026-12-12 00:59 +00", "2026-12-12 01:00 +00"}, {"fri 23:00-01:00", "2026-12-11 00:30 +00", ""},
		{"none", "2026-12-11 03:00 +00", ""},
	} {
		at, err := time.Parse(form, c.at)
		if err != nil {
			t.Fatal(err)
		}
		q := quiet(t, c.quiet)
		if got := q.At(at); got != (c.ends != "") {
			t.Errorf("%s: at %s quiet is %v", c.quiet, c.at, got)
		}
		want := c.ends
		if want == "" {
			want = c.at
		}
		if got := q.Ends(at).In(locale.Zone()).Format(form); got != want {
			t.Errorf("%s: at %s it ends %s, want %s", c.quiet, c.at, got, want)
		}
	}
}

func TestWrongQuietHoursSayWhatIsWrong(t *testing.T) {
	for s, want := range map[string]string{
		"": "no quiet time", "21-8": "no quiet time", "21:00-25:00": "an hour that there isn't", "21:60-22:00": "an hour that there isn't",
		"friday 12:00-14:30": "no day of the week", "21:00-08:00,": "no quiet time", "08:00-08:00": "ends when it begins",
		"00:00-24:00": "leave no time", "08:00-21:00, 20:00-09:00": "leave no time",
	} {
		if _, err := ParseQuiet(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", s, err, want)
		}
	}
}

package locale

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// friday is a Friday, 27 November 2026, at half past five in Casablanca.
var friday = time.Date(2026, 11, 27, 17, 30, 0, 0, Zone())

func TestDaysAreReadAsPeopleTypeThem(t *testing.T) {
	for typed, want := range map[string]string{
		"14/01/2027": "2027-01-14", "14-1-27": "2027-01-14", "14.01.2027": "2027-01-14", "2027-01-14": "2027-01-14", "٢٠٢٧/٠١/١٤": "2027-01-14",
		"١٤/٠١/٢٠٢٧": "2027-01-14", "14/01": "2027-01-14", "14 01": "2027-01-14", "14 janvier 2027": "2027-01-14", "le 14 janvier": "2027-01-14",
		"Jeudi 14 janvier": "2027-01-14", "jeudi 14 janv. 2027": "2027-01-14", "14 يناير 2027": "2027-01-14", "الخميس 14 يناير 2027": "2027-01-14",
		"يوم الخميس ١٤ يناير": "2027-01-14", "1er février": "2027-02-01", "1 fevrier 27": "2027-02-01", "16 غشت": "2027-08-16", "16 أغسطس 2027": "2027-08-16",
		"le 5 déc": "2026-12-05", "5 دجنبر": "2026-12-05", "5 ديسمبر": "2026-12-05", "29 février": "2028-02-29 ?", "29/02/2028": "2028-02-29",
		"aujourd'hui": "2026-11-27", "اليوم": "2026-11-27", "lyoum": "2026-11-27", "27/11": "2026-11-27",
		"demain": "2026-11-28", "Demain inchallah": "2026-11-28", "غدا": "2026-11-28", "غداً إن شاء الله": "2026-11-28", "ghedda": "2026-11-28",
		"après-demain": "2026-11-29", "بعد غد": "2026-11-29", "من بعد غدا": "2026-11-29",
		"dans 3 jours": "2026-11-30", "بعد 3 أيام": "2026-11-30", "من بعد تلات أيام": "2026-11-30", "dans dix jours": "2026-12-07",
		"jeudi": "2026-12-03", "ce jeudi": "2026-12-03", "الخميس": "2026-12-03", "nhar lkhmis": "2026-12-03", "tnin": "2026-11-30", "الحد": "2026-11-29",
		"le 30": "2026-11-30", "14": "2026-12-14", "31": "2026-12-31", "jeudi 14": "2026-12-14 ?",
		"jeudi prochain": "2026-12-03 2026-12-10 ?", "الخميس المقبل": "2026-12-03 2026-12-10 ?", "الخميس الجاي": "2026-12-03 2026-12-10 ?",
		"vendredi": "2026-11-27 2026-12-04 ?", "vendredi prochain": "2026-12-04",
		"20/11":               "2027-11-20 ?", // has just passed: next year's is asked about
		"20/11/2026":          "2026-11-20",   // a past day is the caller's to judge
		"mercredi 14 janvier": "2027-01-14 ?", // it is a Thursday
		"30/02/2027":          "", "14/13/2027": "", "01/14/2027": "", "0/1": "", "32": "", "2027": "", "janvier": "", "jeudi janvier": "", "prochain": "",
		"": "", "Fès": "", "10h": "", "14/01/2099": "", "14/01/27/5": "", "12345": "", "14 janvier février": "", "dans jours": "", "🤷": "",
	} {
		days, sure := ReadDay(typed, friday)
		var got []string
		for _, d := range days {
			if h, m, s := d.Clock(); h+m+s != 0 || d.Location() != Zone() {
				t.Errorf("%q is %v, not a midnight of Casablanca", typed, d)
			}
			got = append(got, d.Format(time.DateOnly))
		}
		if len(days) > 0 && !sure {
			got = append(got, "?")
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q is %q, want %q", typed, strings.Join(got, " "), want)
		}
	}
}

func TestADayIsReadAsTheHouseWritesIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(2026, 11, 27+rapid.IntRange(0, 900).Draw(t, "days"), 0, 0, 0, 0, Zone())
		lang := rapid.SampledFrom(Languages()).Draw(t, "lang")
		written := Date(lang, day)
		if rapid.Bool().Draw(t, "short") && day.Before(friday.AddDate(0, 0, longAhead-1)) {
			written = strings.TrimSpace(strings.TrimSuffix(written, fmt.Sprint(day.Year())))
		}
		if days, sure := ReadDay(written, friday); len(days) != 1 || !days[0].Equal(day) || !sure {
			t.Fatalf("%q is read as %v, %v", written, days, sure)
		}
		from := Clock(rapid.IntRange(0, 1439).Draw(t, "from"))
		to := Clock(rapid.IntRange(0, 1439).Draw(t, "to"))
		if got := ReadHours(Hours(lang, from.At(day), to.At(day))); len(got) != 2 || got[0] != from || got[1] != to {
			t.Fatalf("%q is read as %v", Hours(lang, from.At(day), to.At(day)), got)
		}
	})
}

func TestAnyWordsAreReadWithoutHarm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9jeudi/ h:.\-غدابعيوم]{0,20}`)).Draw(t, "words")
		days, _ := ReadDay(words, friday)
		for _, d := range days {
			if d.Year() < 2016 || d.Year() > 2036 {
				t.Fatalf("%q is %v", words, d)
			}
		}
		for _, c := range ReadHours(words) {
			if c < 0 || c > 1439 {
				t.Fatalf("%q is %d minutes after midnight", words, c)
			}
		}
	})
}

func TestHoursAreReadAsPeopleTypeThem(t *testing.T) {
	for typed, want := range map[string]string{
		"10h": "[10:00]", "10": "[10:00]", "10:00": "[10:00]", "10h30": "[10:30]", "10 h 30": "[10:30]", "10.30": "[10:30]", "à 9 heures": "[09:00]", "١٠:٣٠": "[10:30]",
		"10h30-13h": "[10:30 13:00]", "de 9h à 12h30": "[09:00 12:30]", "9-12": "[09:00 12:00]", "10h 13h": "[10:00 13:00]", "10H00 / 13H00": "[10:00 13:00]",
		"من 9 إلى 12": "[09:00 12:00]", "من ٩ حتى ١٢:٣٠": "[09:00 12:30]", "10h à midi": "[10:00 12:00]", "10:00–13:00": "[10:00 13:00]",
		"13h-10h": "[13:00 10:00]", "de 2h à 5h de l'après-midi": "[14:00 17:00]", "من 3 إلى 6 بعد الزوال": "[15:00 18:00]", "0h": "[00:00]",
		"25h": "[]", "10h75": "[]", "10h5": "[]", "10h 12h 14h": "[]", "1030": "[]", "": "[]", "demain": "[]", "14/01/2027": "[]", "-3": "[03:00]",
	} {
		if got := fmt.Sprint(ReadHours(typed)); got != want {
			t.Errorf("%q is %s, want %s", typed, got, want)
		}
	}
	if got := ClockOf(friday); got != 17*60+30 || got.String() != "17:30" || !got.At(friday).Equal(friday) {
		t.Errorf("%v", got)
	}
}

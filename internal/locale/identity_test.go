package locale

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestMaskIdentityHidesNationalNumbers(t *testing.T) {
	for typed, want := range map[string]string{
		"AB123456":                  "••••••••",
		"ab 123456":                 "•• ••••••",
		"K-45678":                   "•-•••••",
		"k.45678":                   "•.•••••",
		"B 123456":                  "• ••••••",
		"ma carte est la BE876543.": "ma carte est la ••••••••.",
		"رقم البطاقة AB١٢٣٤٥٦":      "رقم البطاقة ••••••••",
		"لاكارط ديالي هيAB123456شكرا": "لاكارط ديالي هي••••••••شكرا",
		"Ahmed AB123456 0612345678":   "Ahmed •••••••• 0612345678",
		"CIN: D1234567, Fès":          "CIN: ••••••••, Fès",
		"AB123456 et CD654321":        "•••••••• et ••••••••",
		"A\u200FB12\u200B3456":        "•\u200F•••\u200B••••",
		"ＡＢ１２３４５６":                    "••••••••",
		"l'AB123456":                  "l'••••••••",
		"BK4567":                      "••••••",
	} {
		if got, found := MaskIdentity(typed); got != want || !found {
			t.Errorf("MaskIdentity(%q) = %q, %v; want %q", typed, got, found, want)
		}
	}
}

func TestMaskIdentityLeavesOtherNumbers(t *testing.T) {
	for _, typed := range []string{
		"", "Fès", "0612345678", "06 12 34 56 78", "+212 6 12 34 56 78", "tel 0612345678", "T 0612 34 56 78", "gsm:0612345678",
		"2026", "en 2026", "f 2026", "f2026", "f 10/12/2026", "10 décembre 2026", "du 2025", "D-2026",
		"1500 DH", "DH 1500", "dh 15000", "MAD 1500", "b 1500 dh", "b 15000 dh", "de 2000 dh", "la 150000 dh", "b 120000درهم", "à 15000 dh", "a 1500.50",
		"CE 12345", "N 12345", "n° 123456", "No 4567", "RC 12345", "IF 1234567", "BP 1234", "CP 10000", "RN 1234", "KM 12345",
		"T02", "T123", "loi 50-17", "loi 50.17", "n° 2.21.437", "1-20-68", "12345-A-6789", "ABC12345", "AB123", "AB12345678", "A1B2C3456",
		"l9nitra", "m7emmdia", "3ndi 2000", "j'ai 15000", "né 12345", "NIA 123456", "340000 artisans", "1 000 000",
	} {
		if got, found := MaskIdentity(typed); found || got != typed {
			t.Errorf("MaskIdentity(%q) = %q", typed, got)
		}
	}
}

func checkMask(t interface{ Fatalf(string, ...any) }, s string) {
	masked, found := MaskIdentity(s)
	if !found && masked != s {
		t.Fatalf("changed %q to %q, found nothing", s, masked)
	}
	if found && utf8.RuneCountInString(masked) != utf8.RuneCountInString(s) {
		t.Fatalf("%q became %q: another length", s, masked)
	}
	if again, found := MaskIdentity(masked); found {
		t.Fatalf("MaskIdentity is not stable: %q, %q, %q", s, masked, again)
	}
}

// Whatever stands around a number that is glued together, it is found: nothing in front or behind may hide it.
func TestMaskIdentityFindsANumberAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`[A-Z]{2}[0-9]{5,6}`).Draw(t, "number")
		if otherNumbers[strings.ToLower(number[:2])] {
			t.Skip("another kind of number")
		}
		before := rapid.SampledFrom([]string{"", " ", ", ", "\n", "(", "ديالي ", "ديالي", "Fès ", "2026 ", ": ", "؟", "d'", "0612345678 ", "50-"})
		after := rapid.SampledFrom([]string{"", " ", ", ", "\n", ")", " شكرا", "شكرا", " merci", " 2026", "؟", ".", " 0612345678", " dh"})
		s := before.Draw(t, "before") + number + after.Draw(t, "after")
		masked, found := MaskIdentity(s)
		if !found || strings.Contains(masked, number) {
			t.Fatalf("%q is not masked: %q", s, masked)
		}
		checkMask(t, s)
	})
}

func FuzzMaskIdentity(f *testing.F) {
	for _, s := range []string{"AB123456", "k 45678", "DH 1500", "A\u200FB123456", "ＡＢ１２３４", "AB123456AB123456", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkMask(t, s) })
}

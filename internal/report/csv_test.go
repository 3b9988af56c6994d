package report

import (
	"encoding/csv"
	"strings"
	"testing"
)

func TestACellIsNoFormula(t *testing.T) {
	pool := house(t)
	for chat, words := range map[int]string{2001: `=HYPERLINK("http://x","y")`, 2002: "+1", 2003: "-1+1", 2004: "@ SUM(A1)", 2005: "\t=1", 2006: "＝1+1", 2007: "a \"b\", c\nd"} {
		run(t, pool, `UPDATE recommendations SET words = $2 WHERE chat_id = $1`, chat, words)
	}
	run(t, pool, `UPDATE recommendations SET words = 'appelez le 06 12 34 56 78, ou moi@example.ma' WHERE chat_id = 2008`)
	run(t, pool, `UPDATE recommendations SET named = true, name = 'Zzname', place = 'Zzplace', trade = 'Zztrade'`)
	var b strings.Builder
	rows, err := Voices(t.Context(), pool, Reader{All: true}, days(30, ""), &b)
	if err != nil || rows != 28 {
		t.Fatal(rows, err)
	}
	text, marked := strings.CutPrefix(b.String(), "\ufeff")
	if !marked {
		t.Error("no mark that it is UTF-8")
	}
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(lines) != 29 {
		t.Fatal(len(lines), err)
	}
	found := map[string]bool{}
	for _, l := range lines[1:] {
		for _, cell := range l {
			if strings.IndexAny(cell, "=+-@\t\r\n") == 0 || strings.HasPrefix(cell, "＝") {
				t.Errorf("a spreadsheet would work out %q", cell)
			}
		}
		found[l[5]] = true
	}
	for _, want := range []string{`'=HYPERLINK("🔗`, "'+1", "'-1+1", "'@ SUM(A1)", "'＝1+1", "a \"b\", c\nd", "appelez le ☎, ou 🔗"} {
		any := false
		for w := range found {
			any = any || strings.HasPrefix(w, want)
		}
		if !any {
			t.Errorf("no %q among %v", want, found)
		}
	}
	if strings.Contains(text, "Zz") {
		t.Error("it tells who")
	}
}

func TestRegistrationsAreToldByRegionAndBranchAlone(t *testing.T) {
	pool := house(t)
	run(t, pool, `UPDATE registrations SET phone = '+212600000000', name = 'Zzname'`)
	var all strings.Builder
	lists := Lists{Regions: map[string]string{"fes": "03", "sefrou": "03"}, Branches: map[string]string{"T01": "bois"}}
	total := 0
	for _, f := range Streams(lists) {
		rows, err := f.Write(t.Context(), pool, Reader{All: true}, days(30, ""), &all)
		if err != nil {
			t.Fatal(err)
		}
		total += rows
	}
	if !strings.Contains(all.String(), "fes,03,bois,attended,confirmed\n") || total != 63+20+28+7 {
		t.Errorf("%d rows: %s", total, all.String())
	}
	for _, secret := range []string{"Zzname", "+212", "dinandier", "T01", "taza"} {
		if strings.Contains(all.String(), secret) {
			t.Errorf("%s is told", secret)
		}
	}
}

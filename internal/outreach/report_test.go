package outreach

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/reminders"
)

func TestTheReportsCalendarIsReadAsAWhole(t *testing.T) {
	c, wrong := LoadReports(reminders.Files)
	if len(wrong) > 0 || c.week == nil || c.stop == nil {
		t.Fatal(wrong)
	}
	sunday := time.Date(2026, 11, 22, 12, 0, 0, 0, locale.Zone())
	if at := c.week.next(sunday); !at.Equal(time.Date(2026, 11, 23, 8, 0, 0, 0, locale.Zone())) {
		t.Errorf("the week's report comes at %s", at)
	}
	if at := c.stop.at(sunday, sunday.Add(3*time.Hour)); !at.Equal(time.Date(2026, 11, 23, 18, 0, 0, 0, locale.Zone())) {
		t.Errorf("a stop's report comes at %s", at)
	}
	for text, says := range map[string]string{
		"- report: year\n  cron: \"0 8 * * mon\"\n":                      "year",
		"- report: week\n  cron: \"0 8 * *\"\n":                          "can't be read",
		"- report: week\n  when: 1 day after, 18:00\n":                   "week",
		"- report: stop\n  when: whenever\n":                             "whenever",
		"- report: stop\n  until: start\n":                               "can't be read",
		"- report: stop\n  when: start\n- report: stop\n  when: start\n": "twice",
	} {
		_, wrong := LoadReports(fstest.MapFS{"reports.yaml": {Data: []byte(text)}})
		if len(wrong) != 1 || !strings.Contains(wrong[0].What, says) || wrong[0].File != ReportsFile {
			t.Errorf("%q: %v", text, wrong)
		}
	}
	if _, wrong := LoadReports(fstest.MapFS{}); len(wrong) != 1 {
		t.Errorf("without a file: %v", wrong)
	}
}

func TestALargeTableIsZippedAndATooLargeOneRefused(t *testing.T) {
	line := []byte(strings.Repeat("une ligne de plus, ", 50) + "\n")
	p := &parcel{name: "x.csv"}
	for range 3 {
		if _, err := p.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	if data, zipped, err := p.finish(); zipped || err != nil || len(data) != 3*len(line) {
		t.Errorf("%d bytes, zipped %v, %v", len(data), zipped, err)
	}
	p, n := &parcel{name: "x.csv"}, 0
	for ; n < largestPlain+largestPlain/2; n += len(line) {
		if _, err := p.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	data, zipped, err := p.finish()
	if !zipped || err != nil {
		t.Fatal(zipped, err)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("x.csv")
	if err != nil {
		t.Fatal(err)
	}
	if all, err := io.ReadAll(f); err != nil || len(all) != n || !bytes.HasPrefix(all, line) {
		t.Errorf("%d of %d bytes are in it, %v", len(all), n, err)
	}
	p = &parcel{name: "x.csv"}
	noise := make([]byte, 1<<20)
	for i, x := 0, uint32(1); i < len(noise); i++ { // nothing that could be packed closer
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	for range 60 {
		if _, err = p.Write(noise); err != nil {
			break
		}
	}
	if err == nil {
		_, _, err = p.finish()
	}
	if !errors.Is(err, errTooLarge) {
		t.Errorf("60 MB of noise: %v", err)
	}
}

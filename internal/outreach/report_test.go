package outreach

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qafila/qafila/internal/conversation"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/report"
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

// reporting is a house whose staff get reports: an organiser (chat 1), an agent of Fès (2) and one of Agadir (3), and one who can't be reached (5).
func reporting(t testing.TB) (*Outreach, *pgxpool.Pool, func(now func() time.Time) []string) {
	t.Helper()
	o, pool := house(t)
	texts := shippedTexts(t)
	o.Texts, o.ReportWords, o.Sender = texts, conversation.ReportWords{House: &conversation.House{Texts: texts, Directory: towns()}}, 9
	o.Calendar, _ = LoadReports(reminders.Files)
	exec(t, pool, `INSERT INTO staff (id, chat_id, role, region, joined_at) OVERRIDING SYSTEM VALUE VALUES (1, 1, 'organiser', '', $1), (2, 2, 'agent', '03', $1), (3, 3, 'agent', '09', $1),
		(5, 5, 'agent', '03', $1)`, at(8, 8, 0))
	publish(t, pool, at(1, 8, 0), stop("fes"))
	exec(t, pool, `INSERT INTO registrations (reference, stop_id, chat_id, self, name, name_key, trade, place, state)
		SELECT 'R' || n, 'fes', n, true, 'n', 'n', 'T01', 'fes', 'attended' FROM generate_series(101, 112) n`)
	return o, pool, func(now func() time.Time) (said []string) {
		t.Helper()
		var mu sync.Mutex
		err := o.Reports(t.Context(), now, func(ds []conversation.Delivery) {
			mu.Lock()
			defer mu.Unlock()
			for _, d := range ds {
				what := strings.Split(d.Message.Text, "\n")[0]
				if d.Message.Attach != nil {
					what = d.Message.Attach.Kind + " " + d.Message.Attach.Name
				}
				if d.Message.Replace != 0 {
					what = fmt.Sprint("in place of ", d.Message.Replace, ": ", what)
				}
				said = append(said, fmt.Sprint(d.Chat, ": ", what))
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(said)
		return said
	}
}

func still(at time.Time) func() time.Time { return func() time.Time { return at } }

func TestTheCalendarsReportsReachWhomTheyAreForOnceAndNotAtNight(t *testing.T) {
	t.Parallel()
	_, pool, look := reporting(t)
	const fes = "photo qafila-fes.png"
	for _, c := range []struct {
		name string
		now  time.Time
		want []string
	}{
		{"before it is time", at(11, 17, 59), nil},
		{"the evening after the stop", at(11, 18, 0), []string{"1: " + fes, "2: " + fes}},
		{"again", at(11, 18, 1), nil},
		{"away on Monday, back on Tuesday night", at(15, 23, 0), nil},
		{"the next morning", at(16, 8, 0), []string{"1: photo qafila-maroc_2026-12-07_2026-12-13.png", "2: photo qafila-region-03_2026-12-07_2026-12-13.png", "3: 📊 " + nothingHappened}},
		{"later", at(16, 9, 0), nil},
	} {
		got := look(still(c.now))
		for i, g := range got {
			if strings.HasPrefix(g, "3: ") {
				got[i] = "3: 📊 " + nothingHappened // its own line says where and when
			}
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
	exec(t, pool, `DELETE FROM reports`) // away for two Mondays
	if got := look(still(at(22, 9, 0))); len(got) != 2+3+3 {
		t.Errorf("after two weeks away %q", got)
	}
}

const nothingHappened = "(nothing)"

func TestWhoAsksSeesHowFarAReportIsAndGetsItWhereverItIsTheirs(t *testing.T) {
	t.Parallel()
	o, pool, look := reporting(t)
	o.Calendar = ReportCalendar{}
	now := at(11, 23, 0) // who asks gets it at night too
	days := report.Scope{From: at(1, 0, 0), To: at(12, 0, 0)}
	order := func(staff int64, r report.Reader, panel int64) {
		t.Helper()
		if ok, err := report.Order(t.Context(), pool, r, days, staff, "fr", panel, now); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	clock := now
	slowly := func() time.Time { clock = clock.Add(900 * time.Millisecond); return clock }
	order(1, report.Reader{All: true}, 77)
	got := look(slowly)
	edits := 0
	for _, g := range got {
		if strings.HasPrefix(g, "1: in place of 77: fr reports.progress") {
			edits++
		}
	}
	if edits < 2 || edits > 4 || !slices.Contains(got, "1: in place of 77: fr reports.ready") || !slices.Contains(got, "1: photo qafila-maroc_2026-12-01_2026-12-11.png") || len(got) != edits+2 {
		t.Errorf("said %q", got)
	}

	// an agent who goes to another region meanwhile gets neither the report nor a file of it
	order(2, report.Reader{Region: "03"}, 0)
	if ok, err := report.OrderFile(t.Context(), pool, report.Reader{Region: "03"}, 1, report.Workbook, 2, "fr", now); ok || err != nil {
		t.Errorf("an agent gets files of the country's report: %v, %v", ok, err)
	}
	exec(t, pool, `UPDATE staff SET region = '04' WHERE id = 2`)
	if got := look(still(now)); len(got) != 0 {
		t.Errorf("said %q", got)
	}
	exec(t, pool, `UPDATE staff SET region = '03' WHERE id = 2`)
	if ok, err := report.OrderFile(t.Context(), pool, report.Reader{Region: "03"}, 2, report.Workbook, 2, "fr", now); !ok || err != nil {
		t.Fatal(ok, err)
	}
	exec(t, pool, `UPDATE staff SET region = '04' WHERE id = 2`)
	if got := look(still(now)); len(got) != 0 {
		t.Errorf("said %q", got)
	}
	// all forms, to who has it
	for _, form := range []string{report.PDFFrench, report.PDFArabic, report.Workbook, report.Table} {
		if ok, err := report.OrderFile(t.Context(), pool, report.Reader{All: true}, 2, form, 1, "ar", now); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	const name = "1: document qafila-region-03_2026-12-01_2026-12-11"
	if d := cmp.Diff([]string{name + "-ar.pdf", name + "-fr.pdf", name + ".csv", name + ".xlsx"}, look(still(now))); d != "" {
		t.Error(d)
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

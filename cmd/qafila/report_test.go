package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/postgres"
)

func TestTheTerminalWritesAReportsFilesAndNotesIt(t *testing.T) {
	pool := postgres.ForTest(t)
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	stop := caravan.Stop{ID: "fes", Place: "fes", Region: "03", VenueFR: "Salle", VenueAR: "قاعة", Lat: 34, Lon: -5, State: caravan.Published,
		Starts: now.AddDate(0, 0, -2), Ends: now.AddDate(0, 0, -2).Add(3 * time.Hour)}
	if _, err := caravan.Save(t.Context(), pool, []caravan.Stop{stop}, now); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `INSERT INTO registrations (reference, stop_id, chat_id, self, name, name_key, trade, place, state)
		SELECT 'R' || n, 'fes', n, true, 'Zzname', 'k' || n, 'T01', 'fes', 'attended' FROM generate_series(1, 12) n`); err != nil {
		t.Fatal(err)
	}
	write := func(c reportCommand) map[string]string {
		t.Helper()
		c.common = common{DatabaseURL: pool.Config().ConnString(), Languages: "fr,ar,ary", LogLevel: "error"}
		c.Out, c.Least = filepath.Join(t.TempDir(), "out"), 5
		var progress bytes.Buffer
		if err := c.at(t.Context(), now, &progress); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(progress.String(), "100 %") {
			t.Errorf("it shows %q", progress.String())
		}
		files := map[string]string{}
		names, err := filepath.Glob(filepath.Join(c.Out, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			b, err := os.ReadFile(n)
			if err != nil {
				t.Fatal(err)
			}
			files[filepath.Base(n)] = string(b)
		}
		return files
	}
	every := reportCommand{From: "2026-11-01", To: "2026-11-30", Format: []string{"pdf", "xlsx", "csv", "png"}, Lang: []string{"fr", "ar"}}
	files := write(every)
	for name, begins := range map[string]string{"-fr.pdf": "%PDF", "-ar.pdf": "%PDF", "-fr.xlsx": "PK", "-ar.xlsx": "PK", "-fr.png": "\x89PNG", "-recommendations.csv": "\ufeffreference",
		"-registrations.csv": "\ufeffstop,", "-ratings.csv": "\ufeffstop,", "-questions.csv": "\ufeffday,"} {
		if got := files["qafila-maroc_2026-11-01_2026-11-30"+name]; !strings.HasPrefix(got, begins) {
			t.Errorf("%s begins with %.10q", name, got)
		}
	}
	if rows := files["qafila-maroc_2026-11-01_2026-11-30-registrations.csv"]; strings.Count(rows, "fes,03,") != 12 || strings.Contains(rows, "Zzname") {
		t.Errorf("registrations: %s", rows)
	}
	// the same once more is the same
	for name, second := range write(every) {
		if files[name] != second {
			t.Errorf("%s is another one", name)
		}
	}
	if one := write(reportCommand{Stop: "fes", Format: []string{"csv"}}); len(one) != 3 || one["qafila-fes-registrations.csv"] == "" {
		t.Errorf("of one stop: %v", one)
	}
	var noted int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM audit WHERE act = 'report.file' AND staff IS NULL AND about LIKE '%from=2026-11-01%'`).Scan(&noted); err != nil || noted != 2 {
		t.Errorf("%d are in the audit log, %v", noted, err)
	}
	for _, c := range []struct {
		in   reportCommand
		says string
	}{
		{reportCommand{From: "2026-11-01"}, "--to"},
		{reportCommand{From: "1/11/2026", To: "2026-11-30"}, "--from"},
		{reportCommand{From: "2026-11-30", To: "2026-11-01"}, "--to"},
		{reportCommand{From: "2026-11-01", To: "2026-11-30", Region: "Atlantis"}, "--region"},
		{reportCommand{Stop: "fes", Region: "03"}, "--stop"},
	} {
		c.in.Least = 5
		if _, err := c.in.scope(); err == nil || !strings.HasPrefix(err.Error(), c.says) {
			t.Errorf("%+v: %v", c.in, err)
		}
	}
	few := reportCommand{From: "2026-11-01", To: "2026-11-30", Least: 2}
	if err := few.at(t.Context(), now, new(bytes.Buffer)); err == nil || !strings.HasPrefix(err.Error(), "--least") {
		t.Errorf("a least that hides nobody: %v", err)
	}
}

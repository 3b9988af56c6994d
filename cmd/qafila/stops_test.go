package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/caravan"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/internal/simulator"
)

func TestAPosterIsWrittenFromTheCommandLine(t *testing.T) {
	t.Parallel()
	pool := postgres.ForTest(t)
	if err := caravan.PublishSamples(t.Context(), pool, time.Now()); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "affiche.pdf")
	c := stopsPoster{common: common{DatabaseURL: pool.Config().ConnString(), LogLevel: "error"}, ID: "demo-fes", Out: file}
	if err := c.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "never run") {
		t.Errorf("a poster that leads to no bot: %v", err)
	}
	if err := people.KeepUsername(t.Context(), pool, "QafilaBot"); err != nil {
		t.Fatal(err)
	}
	if err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if made, err := os.ReadFile(file); err != nil || !bytes.HasPrefix(made, []byte("%PDF-")) {
		t.Errorf("%d bytes, %v", len(made), err)
	}
	c.ID = "nowhere"
	if err := c.Run(t.Context()); err == nil || !strings.Contains(err.Error(), `no stop "nowhere"`) {
		t.Error(err)
	}
}

// Whatever way a stop is changed: an import moves it as an organiser does.
func TestAnImportThatMovesAStopTellsWhoWantsToGo(t *testing.T) {
	t.Parallel()
	c := newClock()
	c.set(c.day(1, 10, 0))
	r := start(t, false, by(c))
	date := func(days int) string { return c.day(days, 0, 0).Format(time.DateOnly) }
	r.importStops(t, c.now(), "fes-1,Fès,Chambre,الغرفة,"+date(10)+",10:00,13:00,,published")
	p := meet(t, r.sim, locale.Darija, simulator.Profile{FirstName: "Fatima"})
	p.Start("stop_fes-1")
	p.hears("next_stop.card")
	p.press("next_stop.remind")
	p.hears("next_stop.reminded")
	r.importStops(t, c.now(), "fes-1,Fès,Chambre,الغرفة,"+date(11)+",10:00,13:00,,published")
	m := p.hears("notice.moved")
	if want := locale.Date(locale.Darija, c.day(11, 0, 0)); !strings.Contains(m.Text, want) {
		t.Errorf("%q doesn't say %s", m.Text, want)
	}
	r.importStops(t, c.now(), "fes-1,Fès,Chambre,الغرفة,"+date(11)+",10:00,13:00,50,published") // nothing that matters to who goes
	r.silent(t)
	p.hearsNothing()
	p.pressOn(m, "door.stop")
	p.hears("next_stop.card")

	file := filepath.Join(t.TempDir(), "stops.csv")
	sheet := "id,town,venue_fr,venue_ar,date,start,end,state\nfes-1,Fès,Chambre,الغرفة," + date(11) + ",10:00,13:00,draft\n"
	if err := os.WriteFile(file, []byte(sheet), 0o600); err != nil {
		t.Fatal(err)
	}
	back := stopsImport{common: common{DatabaseURL: r.pool.Config().ConnString(), LogLevel: "error"}, File: file}
	if err := back.at(t.Context(), c.now()); !errors.Is(err, caravan.ErrPublished) {
		t.Errorf("a stop that people know of is a draft again: %v", err)
	}
}

package simulator

import (
	"net/http"
	"time"

	"golang.org/x/text/language"
)

// Cast is somebody who is there from the start: the page shows their phone first, under what they are.
// Where their LanguageCode is "", their app speaks the language of the first browser that shows it.
type Cast struct {
	Profile
	Labels map[string]string // what they are, in each of the page's languages: fr, ar, en
}

func (s *Server) gather(cast []Cast) {
	for _, c := range cast {
		s.person(c.Profile).labels = c.Labels
	}
}

// settleLanguages gives the browser's language to those of the cast who have none yet. The caller holds s.mu.
func (s *Server) settleLanguages(r *http.Request) {
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		return // the page falls back on one of its own
	}
	base, _ := tags[0].Base()
	for _, p := range s.people {
		if p.labels != nil && p.profile.LanguageCode == "" {
			p.profile.LanguageCode = base.String()
		}
	}
}

// tellElsewhere tells the other phones' pages that one of the cast got a message: on a small screen only one phone is in sight. The
// caller holds s.mu.
func (s *Server) tellElsewhere(to *chat) {
	if to.person == nil || to.person.labels == nil {
		return
	}
	for _, p := range s.people {
		if p.chat != to {
			p.chat.show("elsewhere", map[string]int64{"person": to.info.ID})
		}
	}
}

// phoneLater moves the simulated time on, and tells every page.
func (s *Server) phoneLater(w http.ResponseWriter, r *http.Request) {
	if s.nextDay == nil {
		http.NotFound(w, r)
		return
	}
	now, err := s.nextDay(r.Context())
	if err != nil {
		writeJSON(w, http.StatusInternalServerError, map[string]string{"error": err.Error()})
		return
	}
	s.mu.Lock()
	for _, p := range s.people {
		p.chat.show("clock", map[string]int64{"now": unix(now)})
	}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]any{"ok": true, "now": unix(now)})
}

// zoneSteps are from when on a zone is how many seconds ahead of UTC, around that time; none for no zone. The page gets them rather than
// the zone's name: a browser's own rules may be newer or older than this program's, and the bot speaks of hours by these.
func zoneSteps(zone *time.Location, around time.Time) [][2]int64 {
	steps := [][2]int64{}
	if zone == nil {
		return steps
	}
	for t := around.AddDate(-1, 0, 0).In(zone); t.Before(around.AddDate(3, 0, 0)); {
		_, ahead := t.Zone()
		steps = append(steps, [2]int64{t.Unix(), int64(ahead)})
		_, end := t.ZoneBounds()
		if end.IsZero() {
			break
		}
		t = end.In(zone)
	}
	return steps
}

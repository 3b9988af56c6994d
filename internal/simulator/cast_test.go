package simulator

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var testCast = []Cast{
	{Profile{ID: 11, FirstName: "Amina"}, map[string]string{"fr": "Artisane", "ar": "صانعة", "en": "Artisan"}},
	{Profile{ID: 12, FirstName: "Khadija", LanguageCode: "fr"}, map[string]string{"fr": "Organisatrice", "ar": "منظِّمة", "en": "Organiser"}},
}

// events gives a phone's page events one by one, name and data.
func (tg *telegram) events(id string) (next func() (name, data string)) {
	tg.t.Helper()
	req, err := http.NewRequestWithContext(tg.t.Context(), http.MethodGet, tg.url+"/phone/"+id+"/events", nil)
	if err != nil {
		tg.t.Fatal(err)
	}
	resp, err := tg.http.Do(req)
	if err != nil {
		tg.t.Fatal(err)
	}
	tg.t.Cleanup(func() { _ = resp.Body.Close() })
	lines := bufio.NewScanner(resp.Body)
	return func() (name, data string) {
		tg.t.Helper()
		for lines.Scan() && lines.Text() != "" {
			if v, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				name = v
			}
			if v, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				data = v
			}
		}
		return name, data
	}
}

func TestTheCastIsThereFromTheStart(t *testing.T) {
	tg := start(t, Options{Cast: testCast})
	people := func(accept string) []phoneProfile {
		t.Helper()
		req, err := http.NewRequest(http.MethodGet, tg.url+"/phone/people", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Language", accept)
		resp, err := tg.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		var list []phoneProfile
		if err := readJSON(&http.Request{Body: resp.Body}, &list); err != nil {
			t.Fatal(err)
		}
		return list
	}
	want := []phoneProfile{
		{ID: 11, FirstName: "Amina", LanguageCode: "ar", Phone: "+212600000011", Labels: testCast[0].Labels},
		{ID: 12, FirstName: "Khadija", LanguageCode: "fr", Phone: "+212600000012", Labels: testCast[1].Labels},
	}
	for _, accept := range []string{"ar-MA,fr;q=0.8", "en-GB"} { // the first browser decides
		if diff := cmp.Diff(want, people(accept)); diff != "" {
			t.Errorf("after %s: %s", accept, diff)
		}
	}
	other := tg.Person(Profile{FirstName: "Zineb"})
	if list := people("en"); len(list) != 3 || list[2].ID != other.ID() || list[2].Labels != nil || list[2].LanguageCode != "" {
		t.Errorf("with somebody else: %+v", list)
	}
}

func TestTheOthersHearThatOneOfTheCastGotAMessage(t *testing.T) {
	tg := start(t, Options{Cast: testCast})
	other := tg.Person(Profile{})
	for _, p := range []*Person{tg.Person(testCast[1].Profile), other} {
		p.Start("")
	}
	amina := tg.events("11")
	if name, _ := amina(); name != "chat" {
		t.Fatalf("first came %s", name)
	}
	tg.must("sendMessage", map[string]any{"chat_id": other.ID(), "text": "not of the cast"})
	tg.must("sendMessage", map[string]any{"chat_id": 12, "text": "salam"})
	if name, data := amina(); name != "elsewhere" || data != `{"person":12}` {
		t.Errorf("heard %s %s", name, data)
	}
}

func TestTheNextDayComesToEveryPhone(t *testing.T) {
	c := newClock()
	tg := start(t, Options{Cast: testCast, Now: c.now, NextDay: func(context.Context) (time.Time, error) {
		c.move(24 * time.Hour)
		return c.now(), nil
	}})
	khadija := tg.Person(testCast[1].Profile)
	khadija.Start("")
	tg.must("sendMessage", map[string]any{"chat_id": 12, "text": "?", "reply_markup": inline([]map[string]any{button("Oui", "yes")})})
	if err := khadija.Press("Oui"); err != nil {
		t.Fatal(err)
	}
	phones := []func() (string, string){tg.events("11"), tg.events("12")}
	for _, next := range phones {
		if name, data := next(); name != "chat" || !strings.Contains(data, `"now":1773050400`) {
			t.Fatalf("first came %s %s", name, data)
		}
	}
	if problem := tg.act("/phone/later", ""); problem != "" {
		t.Fatal(problem)
	}
	for _, next := range phones {
		if name, data := next(); name != "clock" || data != `{"now":1773136800}` {
			t.Errorf("then came %s %s", name, data)
		}
	}
	// A day that was skipped makes nothing older than it is.
	us := tg.updates(nil)
	if len(us) != 2 || us[1].CallbackQuery == nil {
		t.Fatalf("waiting updates: %+v", us)
	}
	tg.must("answerCallbackQuery", map[string]any{"callback_query_id": us[1].CallbackQuery.ID})
	m := tg.must("sendMessage", map[string]any{"chat_id": 12, "text": "le lendemain"})
	if m.Date != 1773136800 {
		t.Errorf("dated %d", m.Date)
	}
}

func TestADayThatCantComeIsTold(t *testing.T) {
	tg := start(t, Options{NextDay: func(context.Context) (time.Time, error) { return time.Time{}, errors.New("no calendar") }})
	if problem := tg.act("/phone/later", ""); problem != "no calendar" {
		t.Errorf("told %q", problem)
	}
	without := start(t, Options{})
	resp, err := without.http.Post(without.url+"/phone/later", "application/json", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("without a next day: %d", resp.StatusCode)
	}
	var info struct {
		NextDay bool `json:"next_day"`
	}
	if without.page(http.MethodGet, "/phone/info", "", nil, &info); info.NextDay {
		t.Error("the page is told that there is a next day")
	}
}

func TestThePhonesZoneIsTheProgramsOwn(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) int64 {
		when, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return when.Unix()
	}
	around := time.Date(2024, 1, 15, 12, 0, 0, 0, time.UTC)
	want := [][2]int64{
		{at("2023-01-15T12:00:00Z"), 3600},
		{at("2023-03-26T01:00:00Z"), 7200}, {at("2023-10-29T01:00:00Z"), 3600},
		{at("2024-03-31T01:00:00Z"), 7200}, {at("2024-10-27T01:00:00Z"), 3600},
		{at("2025-03-30T01:00:00Z"), 7200}, {at("2025-10-26T01:00:00Z"), 3600},
		{at("2026-03-29T01:00:00Z"), 7200}, {at("2026-10-25T01:00:00Z"), 3600},
	}
	if diff := cmp.Diff(want, zoneSteps(paris, around)); diff != "" {
		t.Error(diff)
	}
	if got := zoneSteps(time.UTC, around); len(got) != 1 || got[0][1] != 0 {
		t.Errorf("UTC: %v", got)
	}
}

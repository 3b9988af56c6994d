package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/postgres"
)

// The demonstration as a newcomer sees it: who is there, and what the next days bring.

// demonstrate runs a bot as the demonstration does.
func demonstrate(t *testing.T) (*rig, *demonstration) {
	t.Helper()
	show := &demonstration{ctx: t.Context()}
	r := start(t, true, func(s *setup) { s.now, s.played = show.now, show.telegram() })
	show.service = r.service
	if err := enter(t.Context(), r.pool, r.sim, show.now()); err != nil {
		t.Fatal(err)
	}
	r.quiet(t)
	return r, show
}

func TestTheDemonstrationsStaffAreStaffFromTheStart(t *testing.T) {
	r, _ := demonstrate(t)
	staff, err := people.Staff(t.Context(), r.pool)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range staff {
		got = append(got, fmt.Sprintf("%s %s %s", m.Name, m.Role, m.Region))
	}
	if who := strings.Join(got, ", "); who != "Khadija organiser , Youssef agent 03" {
		t.Errorf("the staff are %s", who)
	}
	for _, p := range performers() {
		buttons := strings.Join(r.sim.Person(p.Profile).Buttons(), ", ")
		if has := p.chosen != "" && strings.Contains(buttons, r.service.house.texts.Text(p.chosen, "menu.staff", nil)); has != (p.role != "") {
			t.Errorf("%s sees %s", p.FirstName, buttons)
		}
	}
}

func TestTheDemonstrationBeginsAfreshAndWholeWithAWeekBehindIt(t *testing.T) {
	db := &postgres.Database{Pool: postgres.ForTest(t)}
	week, err := readWeek()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // it is the same however often it is begun
		if err := beginAfresh(t.Context(), db, time.Now()); err != nil {
			t.Fatal(err)
		}
		var said, themes, chambers, came, rated, questions int
		if err := db.Pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM recommendations), (SELECT count(*) FROM themes), (SELECT count(*) FROM chambers),
			(SELECT count(*) FROM registrations WHERE state = 'attended'), (SELECT count(*) FROM ratings), (SELECT count(*) FROM asked)`).Scan(
			&said, &themes, &chambers, &came, &rated, &questions); err != nil {
			t.Fatal(err)
		}
		if said != len(week) || themes == 0 || chambers != 12 || came != sampleCame || rated != len(sampleScores) || questions == 0 {
			t.Errorf("%d of %d voices, %d themes, %d chambers, %d came, %d ratings, %d questions", said, len(week), themes, chambers, came, rated, questions)
		}
		if _, err := db.Pool.Exec(t.Context(), `DELETE FROM themes`); err != nil {
			t.Fatal(err)
		}
	}
	var remarks, unmarked int
	if err := db.Pool.QueryRow(t.Context(), `SELECT count(*), count(*) FILTER (WHERE words NOT LIKE '%)') FROM ratings WHERE words <> ''`).Scan(&remarks, &unmarked); err != nil {
		t.Fatal(err)
	}
	if remarks != len(sampleRemarks) || unmarked != 0 {
		t.Errorf("%d of %d said a word of the stop, %d don't say that they are invented", remarks, len(sampleRemarks), unmarked)
	}
	for _, v := range week {
		if !strings.HasSuffix(v.words, ")") {
			t.Errorf("%q doesn't say that it is invented", v.words)
		}
	}
	if n, err := feedback.Count(t.Context(), db.Pool, feedback.Scope{Chamber: "03"}, feedback.Filter{}); err != nil || n < 20 {
		t.Errorf("the chamber of Fès has %d, %v", n, err)
	}
}

func TestTheNextDayIsOneOnWhichTheBotWrites(t *testing.T) {
	r, show := demonstrate(t)
	began := show.now().In(locale.Zone())
	first := time.Date(began.Year(), began.Month(), began.Day(), 0, 0, 0, 0, locale.Zone())
	for i := range 8 {
		want := first.AddDate(0, 0, i+1).Add(10*time.Hour + 30*time.Minute)
		if i+1 == 6 { // the eve of the first sample
			want = first.AddDate(0, 0, i+1).Add(18*time.Hour + 30*time.Minute)
		}
		got, err := show.nextDay(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !got.Equal(want) {
			t.Errorf("day %d is %s, want %s", i+1, got, want)
		}
		if off := show.now().Sub(want); off < 0 || off > time.Minute {
			t.Errorf("the clock is %s off", off)
		}
	}
	// With no stop ahead it goes on all the same.
	r.do(t, `DELETE FROM stops`)
	if got, err := show.nextDay(t.Context()); err != nil || got.Hour() != 10 {
		t.Errorf("without a stop: %s, %v", got, err)
	}
}

func TestANewcomerSeesTheReminderOfAStop(t *testing.T) {
	for lang, c := range map[locale.Language]struct {
		width, height int64
		town          string
	}{locale.French: {1280, 900, "Fès"}, locale.Arabic: {390, 844, "فاس"}} {
		t.Run(string(lang), func(t *testing.T) {
			r, _ := demonstrate(t)
			p := r.open(t, lang, "/", c.width, c.height)
			if got := p.evaluate(`document.documentElement.lang`); got != string(lang) {
				t.Errorf("the artisan's page speaks %s", got)
			}
			amina := meet(t, r.sim, lang, performers()[0].Profile)
			amina.register("demo-fes", "Amina Tazi", "confirmed")
			amina.press("register.remind")
			amina.hears("next_stop.reminded")

			// Six days on is the eve. The button is pressed as soon as it can be.
			next := `[...document.querySelectorAll('[data-testid="next-day"]')].find((b) => b.offsetParent && !b.disabled)`
			newest := ""
			for day := 1; day <= 6; day++ {
				p.until("the button", next)
				r.silent(t)
				newest = p.evaluate(`[...document.querySelectorAll('[data-testid="message"]')].at(-1).dataset.id`)
				p.evaluate(`(() => { ` + next + `.click(); return ''; })()`)
			}
			p.until("the reminder", fmt.Sprintf(`[...document.querySelectorAll('[data-from="bot"]')].some((m) => Number(m.dataset.id) > %s && m.textContent.includes(%q))`, newest, c.town))
			p.until("the bot's own hour on the page", `[...document.querySelectorAll('.stage-time')].some((t) => t.offsetParent && /18:3\d$/.test(t.textContent))`)
			p.looksRight("the reminder")

			if lang == locale.French {
				p.until("the organiser's menu beside", fmt.Sprintf(`document.querySelector('[data-testid="beside"] iframe').contentDocument.querySelector('#messages')?.textContent.includes(%q)`, p.say("menu.staff")))
			} else {
				p.do("go to the organiser", chromedp.Click(chromedp.CSS(`#stage [data-id="7100000002"]`)))
				p.do("open the staff's menu", chromedp.Click(chromedp.CSS(fmt.Sprintf(`[data-testid="inline-button"][data-text*=%q]`, r.service.house.texts.Text(locale.French, "menu.staff", nil)))))
				p.until("the menu", fmt.Sprintf(`document.querySelector('#messages').textContent.includes(%q)`, r.service.house.texts.Text(locale.French, "staff.team", nil)))
			}
		})
	}
}

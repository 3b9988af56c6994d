package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
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

package simulator

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A cast of three in a browser, with a clock that the page moves on: the ninth of March, two in the afternoon in their zone.
func stageInBrowser(t *testing.T, language string, width, height int64) (*telegram, *browser) {
	t.Helper()
	c := newClock()
	dubai, err := time.LoadLocation("Asia/Dubai")
	if err != nil {
		t.Fatal(err)
	}
	tg := start(t, Options{
		Cast: []Cast{
			{Profile{ID: 11, FirstName: "Amina", LanguageCode: language}, map[string]string{"fr": "Artisane", "ar": "صانعة تقليدية", "en": "Artisan"}},
			{Profile{ID: 12, FirstName: "Khadija", LanguageCode: "fr"}, map[string]string{"fr": "Organisatrice", "ar": "منظِّمة", "en": "Organiser"}},
			{Profile{ID: 13, FirstName: "Youssef", LanguageCode: "ar"}, map[string]string{"fr": "Chambre de Fès", "ar": "غرفة فاس", "en": "Chamber of Fès"}},
		},
		Now: c.now, Zone: dubai,
		NextDay: func(context.Context) (time.Time, error) {
			c.move(24 * time.Hour)
			return c.now(), nil
		},
	})
	for id := range int64(3) {
		tg.Person(Profile{ID: 11 + id}).Start("")
	}
	return tg, openPhone(t, tg, "/", width, height)
}

// until waits for an expression to hold.
func (ph *browser) until(what, expression string) {
	ph.t.Helper()
	deadline := time.Now().Add(browserWait)
	for ph.ask("String(Boolean("+expression+"))") != "true" {
		if time.Now().After(deadline) {
			ph.t.Fatalf("not seen: %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestASmallPageHasOnePhoneAndTheOthersAboveIt(t *testing.T) {
	for language, want := range map[string]struct{ label, before, after, month, direction string }{
		"fr": {"Organisatrice", "9", "10", "mar", "ltr"},
		"ar": {"منظِّمة", "9", "10", "مارس", "rtl"},
	} {
		t.Run(language, func(t *testing.T) {
			tg, ph := stageInBrowser(t, language, 390, 844)
			chip := func(id int) chromedp.CSS {
				return chromedp.CSS(fmt.Sprintf(`#stage [data-testid="cast"][data-id="%d"]`, id))
			}
			if got := ph.see(chip(12)); got != "KKhadija"+want.label {
				t.Errorf("the organiser's switch reads %q", got)
			}
			if got := ph.ask(`getComputedStyle(document.getElementById('stage')).direction`); got != want.direction {
				t.Errorf("the strip stands %s", got)
			}
			if got := ph.ask(`String([...document.querySelectorAll('#stage button')].filter((b) => b.getBoundingClientRect().height >= 36).length)`); got != "4" {
				t.Errorf("%s of 4 buttons are large enough for a thumb", got)
			}
			if got := ph.ask(`String(document.querySelectorAll('iframe').length)`); got != "0" {
				t.Errorf("%s phones more", got)
			}

			// Another phone, and what comes to the first one meanwhile.
			ph.click(chip(12))
			ph.until("the organiser's phone", `location.search === '?person=12' && document.querySelector('#stage [aria-current]').dataset.id === '12'`)
			ph.do("wait for her chat", chromedp.WaitReady(chromedp.CSS(`#chat[data-ready]`)))
			tg.must("sendMessage", map[string]any{"chat_id": 11, "text": "pour Amina"})
			if got := ph.see(chip(11) + " .badge"); got != "1" {
				t.Errorf("Amina's badge says %q", got)
			}
			// Back with the keyboard alone.
			ph.do("focus the strip", chromedp.Focus(chip(12)))
			ph.do("left", chromedp.KeyEvent("\u0302")) // the organiser's own page is in French
			ph.do("enter", chromedp.KeyEvent("\r"))
			ph.until("Amina's phone again", `location.search === '?person=11' && [...document.querySelectorAll('[data-testid="text"]')].some((m) => m.textContent === 'pour Amina')`)
			ph.do("wait for the badge to go", chromedp.WaitNotPresent(chip(11)+" .badge"))

			// The next day.
			when := func() string { return ph.see(`#stage .stage-time`) }
			if got := when(); !strings.Contains(got, want.before+" "+want.month) || !strings.Contains(got, "14:0") {
				t.Errorf("it is %q", got)
			}
			ph.click(`#stage [data-testid="next-day"]`)
			ph.until("the next day", fmt.Sprintf(`document.querySelector('#stage .stage-time').textContent.includes('%s %s')`, want.after, want.month))
			ph.until("its separator at the end of the chat", fmt.Sprintf(`document.querySelector('#messages').lastElementChild.matches('.day') && document.querySelector('#messages').lastElementChild.textContent.includes('%s %s')`, want.after, want.month))
			tg.must("sendMessage", map[string]any{"chat_id": 11, "text": "le lendemain"})
			ph.until("a message below its day", `document.querySelector('#messages').lastElementChild.textContent.includes('le lendemain') && document.querySelector('#messages').lastElementChild.previousElementSibling.matches('.day')`)
			if got := ph.ask(`String(document.documentElement.scrollWidth)`); got != "390" {
				t.Errorf("the page is %s wide on a phone of 390", got)
			}
		})
	}
}

func TestAWidePageHasPhonesSideBySide(t *testing.T) {
	tg, ph := stageInBrowser(t, "fr", 1280, 900)
	beside := func(id int) string {
		return fmt.Sprintf(`document.querySelector('[data-testid="beside"][data-person="%d"] iframe')?.contentDocument`, id)
	}
	ph.until("the organiser's phone beside", beside(12)+`?.querySelector('#chat[data-ready]')`)
	if got := ph.ask(`document.querySelectorAll('iframe').length + document.activeElement.id`); got != "1composer" {
		t.Errorf("phones beside, and who has the focus: %s", got)
	}
	if got := ph.ask(`document.querySelector('iframe').title + [...document.querySelectorAll('.caption')].map((c) => c.textContent).join()`); got != "Khadija · OrganisatriceAmina · Artisane,Khadija · Organisatrice" {
		t.Errorf("they are called %q", got)
	}

	// Both are alive at once.
	tg.must("sendMessage", map[string]any{"chat_id": 12, "text": "?", "reply_markup": inline([]map[string]any{button("Publier", "publish")})})
	ph.until("her message", beside(12)+`.querySelector('[data-testid="inline-button"]')`)
	waiting := tg.updates(nil)
	offset := waiting[len(waiting)-1].ID + 1
	ph.ask(`String(` + beside(12) + `.querySelector('[data-testid="inline-button"]').click())`)
	us := tg.updates(map[string]any{"offset": offset, "timeout": 10})
	if len(us) != 1 || us[0].CallbackQuery == nil || us[0].CallbackQuery.From.ID != 12 {
		t.Fatalf("her press brought %+v", us)
	}
	tg.must("sendMessage", map[string]any{"chat_id": 11, "text": "une étape près de chez vous"})
	ph.until("what it brings Amina", `document.querySelector('#messages').textContent.includes('une étape près de chez vous')`)

	// The next day, by the keyboard alone; the focus stays, for the day after.
	ph.do("focus the button", chromedp.Focus(chromedp.CSS(`#side-clock [data-testid="next-day"]`)))
	for _, day := range []string{"mardi 10 mars 2026 · 14:0", "mercredi 11 mars 2026 · 14:0"} {
		ph.do("press Enter", chromedp.KeyEvent("\r"))
		ph.until(day, fmt.Sprintf(`document.querySelector('#side-clock .stage-time').textContent.startsWith(%q) && !document.querySelector('#side-clock button').disabled && document.activeElement.dataset.testid === 'next-day'`, day))
	}
	ph.until("the day on her phone too", beside(12)+`.querySelector('#messages').lastElementChild.textContent === 'mercredi 11 mars 2026'`)

	// As many phones as there is room for; the one in hand changes places with the other.
	ph.do("a wider window", chromedp.EmulateViewport(1700, 900))
	ph.until("a third phone", beside(13)+`?.querySelector('#chat[data-ready]')`)
	ph.click(`#side-people [data-id="12"]`)
	ph.until("the artisan's phone beside", beside(11)+`?.querySelector('#chat[data-ready]') && !document.querySelector('[data-person="12"]') && location.search === '?person=12'`)
	ph.do("a narrow window", chromedp.EmulateViewport(1000, 900))
	ph.until("one phone alone", `!document.querySelector('iframe')`)
	if got := ph.ask(`String(document.documentElement.scrollWidth)`); got != "1000" {
		t.Errorf("the page is %s wide in a window of 1000", got)
	}
	ph.mu.Lock()
	defer ph.mu.Unlock()
	for _, address := range ph.asked {
		if !strings.HasPrefix(address, tg.url+"/") && !strings.HasPrefix(address, "data:") && !strings.HasPrefix(address, "blob:") {
			t.Errorf("the page loaded %s", address)
		}
	}
}

package main

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/simulator"
)

// The demonstration's page in headless Chromium, with the whole bot behind it, used as an artisan uses it.

const browserWait = 20 * time.Second // for one step; a slow machine must not fail the test

// A phone is a person's page, open in a browser.
type phone struct {
	t    *testing.T
	rig  *rig
	ctx  context.Context
	lang locale.Language
}

// openPhone opens a new person's page in a window of that size.
func openPhone(t *testing.T, lang locale.Language, width, height int64) *phone {
	t.Helper()
	r := start(t, true)
	person := r.sim.Person(simulator.Profile{FirstName: "Fatima", LanguageCode: string(lang), Phone: "+212661000001"})
	return r.open(t, lang, "/?person="+strconv.FormatInt(person.ID(), 10), width, height)
}

// open opens the page at a path, in a browser that speaks that language.
func (r *rig) open(t *testing.T, lang locale.Language, path string, width, height int64) *phone {
	t.Helper()
	if testing.Short() {
		t.Skip("browser tests are left out of -short")
	}
	programs := []string{"chromium", "chromium-browser", "google-chrome"}
	i := slices.IndexFunc(programs, func(name string) bool { _, err := exec.LookPath(name); return err == nil })
	if i < 0 {
		t.Skip("no chromium on PATH: the page is not tested in a browser (Debian: apt-get install chromium)")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(programs[i]), chromedp.NoSandbox, chromedp.DisableGPU)
	options = append(options, chromedp.Flag("lang", string(lang)), chromedp.Flag("accept-lang", string(lang)))
	// A sheet that still rises is not under the finger by the time of the press.
	for _, flag := range []string{"force-prefers-reduced-motion", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync"} {
		options = append(options, chromedp.Flag(flag, true))
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // a browser that is gone already is as good
		cancel()
		stop()
	})
	p := &phone{t: t, rig: r, ctx: ctx, lang: lang}
	if err := chromedp.Do(ctx); err != nil { // the first run ties the browser to its context
		t.Fatalf("start the browser: %v", err)
	}
	p.do("open the page", chromedp.EmulateViewport(width, height), chromedp.Navigate(r.address+path),
		chromedp.WaitReady(chromedp.CSS(`#chat[data-ready]`)))
	return p
}

func (p *phone) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, browserWait)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v; the bot's last words: %s", what, err, p.evaluate(`[...document.querySelectorAll('[data-from="bot"]')].at(-1)?.textContent ?? ''`))
	}
}

// evaluate evaluates an expression whose value is a text.
func (p *phone) evaluate(expression string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, browserWait)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// say is a text in the person's language.
func (p *phone) say(id string) string { return p.rig.service.house.texts.Text(p.lang, id, nil) }

func testID(id string) chromedp.CSS { return chromedp.CSS(fmt.Sprintf("[data-testid=%q]", id)) }

// newest is a button of the newest question: inline ones of the last message that stands there, or those under the chat.
func newest(label string) chromedp.CSS {
	return chromedp.CSS(fmt.Sprintf(`[data-from="bot"]:last-of-type [data-testid="inline-button"][data-text*=%[1]q], [data-testid="reply-button"][data-text*=%[1]q]`, label))
}

// choose clicks a button of the newest question.
func (p *phone) choose(label string) {
	p.t.Helper()
	p.do("choose "+label, chromedp.WaitVisible(newest(label)), chromedp.Click(newest(label)))
}

// until waits for an expression to hold.
func (p *phone) until(what, expression string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, browserWait)
	defer cancel()
	for p.evaluate("String(Boolean("+expression+"))") != "true" {
		select {
		case <-ctx.Done():
			p.t.Fatalf("not seen: %s", what)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// asked waits for a question whose words stand in the locales.
func (p *phone) asked(id string) {
	p.t.Helper()
	words := p.say(id)
	p.until(words, fmt.Sprintf(`[...document.querySelectorAll('[data-from="bot"]')].at(-1)?.querySelector('[data-testid="text"]')?.textContent.includes(%q)`, words))
}

// write types a text and sends it.
func (p *phone) write(text string) {
	p.t.Helper()
	p.do("write "+text, chromedp.SendKeys(testID("composer"), text+"\r"))
}

// looksRight holds the screen against what a reader of a right-to-left language needs on a narrow phone.
func (p *phone) looksRight(where string) {
	p.t.Helper()
	if wrong := p.evaluate(`(() => {
		const wrong = [];
		if (document.documentElement.scrollWidth > innerWidth) wrong.push('the page is ' + document.documentElement.scrollWidth + ' wide');
		for (const part of document.querySelectorAll('[data-testid="message"]')) {
			const box = part.getBoundingClientRect();
			if (box.left < -1 || box.right > innerWidth + 1) wrong.push('out of sight: ' + part.textContent);
		}
		for (const line of document.querySelectorAll('[data-testid="text"] p'))
			if (/^[\P{L}]*\p{Script=Arabic}/u.test(line.textContent) && getComputedStyle(line).direction !== 'rtl') wrong.push('left to right: ' + line.textContent);
		for (const label of document.querySelectorAll('[data-testid="inline-button"] span, [data-testid="reply-button"] span'))
			if (label.scrollWidth > label.clientWidth + 1 && getComputedStyle(label).overflow !== 'visible') wrong.push('cut off: ' + label.textContent);
		return wrong.join('; ');
	})()`); wrong != "" {
		p.t.Errorf("%s: %s", where, wrong)
	}
}

func TestAnArtisanRegistersInArabicOnANarrowPhone(t *testing.T) {
	p := openPhone(t, locale.Arabic, 390, 844)
	step := func(where string) {
		t.Helper()
		p.looksRight(where)
	}
	p.do("start", chromedp.Click(testID("start")))
	p.choose("العربية")
	p.asked("menu.ask")
	step("the menu")

	// To the next stop, and a place there for oneself.
	p.choose(p.say("menu.next_stop"))
	p.choose(p.say("next_stop.by_next"))
	step("the stop")
	p.choose(p.say("next_stop.register"))
	p.asked("register.whose")
	p.choose(p.say("register.self"))
	step("the consent")
	p.choose(p.say("consent.yes"))
	p.asked("registration_form.name")
	p.write("فاطمة الإدريسي")
	p.asked("pick_trade.branch")
	step("the branches")
	p.choose("الخشب")
	p.asked("pick_trade.trade")
	step("the trades")
	p.choose(p.say("nav.back"))
	p.asked("pick_trade.branch")
	p.write("خزاف")
	p.asked("pick_town.region")
	step("the regions")
	p.choose("فاس")
	p.asked("pick_town.town")
	step("the towns")
	p.choose("فاس")
	p.asked("registration_form.phone")
	step("the phone number")
	p.choose(p.say("registration_form.phone_share"))
	p.do("confirm", chromedp.Click(testID("confirm")))
	p.asked("registration_form.card")
	p.choose(p.say("registration_form.have"))
	p.asked("registration_form.rna")
	p.choose(p.say("registration_form.unsure"))
	p.asked("registration_form.topics")
	step("the topics")
	p.do("tick a topic", chromedp.Click(chromedp.CSS(`[data-from="bot"]:last-of-type [data-testid="inline-button"]`)),
		chromedp.WaitVisible(newest("✅")))
	p.choose(p.say("registration_form.topics_done"))
	p.do("wait for the recap", chromedp.WaitVisible(newest(p.say("registration_form.ok"))))
	step("the recap")
	p.choose(p.say("registration_form.ok"))
	p.asked("register.after")
	step("the ticket")

	p.until("a code large enough to be read", `[...document.querySelectorAll('[data-testid="photo"] img')].some((i) => {
		const box = i.getBoundingClientRect();
		return i.complete && i.naturalWidth >= 200 && box.width >= 200 && box.right <= innerWidth && box.left >= 0 && i.checkVisibility();
	})`)
	var name, place string
	if err := p.rig.pool.QueryRow(t.Context(), `SELECT name, place FROM registrations`).Scan(&name, &place); err != nil || name != "فاطمة الإدريسي" || place != "fes" {
		t.Errorf("registered is %q of %q, %v", name, place, err)
	}
}

func TestTheFirstScreensWorkInFrenchWithTheKeyboardAlone(t *testing.T) {
	p := openPhone(t, locale.French, 1280, 900)
	key := func(keys string) {
		t.Helper()
		p.do("press a key", chromedp.KeyEvent(keys))
	}
	const enter, down, tab = "\r", "\u0301", "\t"
	// reach goes to a button of the newest question with Tab and the arrows, and presses it.
	reach := func(label string) {
		t.Helper()
		p.do("wait for "+label, chromedp.WaitVisible(newest(label)))
		for range 40 {
			at := p.evaluate(`(() => { const e = document.activeElement; const last = [...document.querySelectorAll('[data-from="bot"]')].at(-1);
				return (last?.contains(e) ? 'newest ' : '') + (e?.dataset?.text ?? ''); })()`)
			switch {
			case at == "newest "+label:
				key(enter)
				return
			case len(at) > len("newest ") && at[:len("newest ")] == "newest ":
				key(down)
			default:
				key(tab)
			}
		}
		t.Fatalf("no key leads to %q", label)
	}
	key(enter) // the focus is on START
	reach("Français")
	p.asked("menu.ask")
	reach(p.say("menu.next_stop"))
	p.asked("next_stop.how")
	reach(p.say("next_stop.by_all"))
	p.asked("next_stop.all")
	reach(p.say("nav.back"))
	p.asked("next_stop.how")
	reach(p.say("nav.menu"))
	p.asked("menu.ask")
}

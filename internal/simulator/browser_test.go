package simulator

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// The page in headless Chromium, used as a person uses it; the bot's side is called by hand.

const browserWait = 15 * time.Second // for one step; a slow machine must not fail the test

// browser is a person's page, open in a browser.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu    sync.Mutex
	asked []string // every address that the page loaded something from
}

// openPhone opens the page at path in a window of that size.
func openPhone(t *testing.T, tg *telegram, path string, width, height int64) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("browser tests are left out of -short")
	}
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		t.Skip("no chromium on PATH: the page is not tested in a browser (Debian: apt-get install chromium)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU)
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
	ph := &browser{t: t, ctx: ctx}
	ph.do("start the browser")
	if err := chromedp.Listen(ctx, func(event any) {
		if sent, ok := event.(*network.EventRequestWillBeSent); ok {
			ph.mu.Lock()
			defer ph.mu.Unlock()
			ph.asked = append(ph.asked, sent.Request.URL)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	ph.do("open "+path, chromedp.EmulateViewport(width, height), chromedp.Navigate(tg.url+path), chromedp.WaitReady(chromedp.CSS(`#chat[data-ready]`)))
	return ph
}

func (ph *browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	ph.t.Helper()
	ctx := ph.ctx
	if len(steps) > 0 { // the first run ties the browser to its context
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, browserWait)
		defer cancel()
	}
	if err := chromedp.Do(ctx, steps...); err != nil {
		ph.t.Fatalf("%s: %v", what, err)
	}
}

func hook(id string) chromedp.CSS { return chromedp.CSS(fmt.Sprintf("[data-testid=%q]", id)) }

func (ph *browser) click(selector chromedp.CSS) {
	ph.t.Helper()
	ph.do("click "+string(selector), chromedp.Click(selector))
}

func (ph *browser) write(selector chromedp.CSS, text string) {
	ph.t.Helper()
	ph.do("write into "+string(selector), chromedp.SendKeys(selector, text))
}

// see waits for an element and gives its text.
func (ph *browser) see(selector chromedp.CSS) string {
	ph.t.Helper()
	ph.do("wait for "+string(selector), chromedp.WaitVisible(selector))
	return ph.ask(fmt.Sprintf("document.querySelector(%q).textContent", selector))
}

// ask evaluates an expression whose value is a text.
func (ph *browser) ask(expression string) string {
	ph.t.Helper()
	ctx, cancel := context.WithTimeout(ph.ctx, browserWait)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		ph.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// arrived is the next update, which a person's act on the page must bring.
func arrived(t *testing.T, tg *telegram, offset *int64) testUpdate {
	t.Helper()
	us := tg.updates(map[string]any{"offset": *offset, "limit": 1, "timeout": 10})
	if len(us) != 1 {
		t.Fatal("nothing reached the bot")
	}
	*offset = us[0].ID + 1
	return us[0]
}

func TestAPersonTalksThroughThePage(t *testing.T) {
	tg := start(t, Options{Towns: []Town{{Name: "Marrakech", Lat: 31.6295, Lon: -7.9811}, {Name: "Fès", Lat: 34.0331, Lon: -5.0003}}})
	amina := tg.Person(Profile{FirstName: "Amina", LanguageCode: "fr", Phone: "+212600000001"})
	chat := map[string]any{"chat_id": amina.ID()}
	say := func(method string, more map[string]any) message {
		t.Helper()
		params := map[string]any{}
		for _, m := range []map[string]any{chat, more} {
			for k, v := range m {
				params[k] = v
			}
		}
		return tg.must(method, params)
	}
	var offset int64
	ph := openPhone(t, tg, fmt.Sprintf("/?person=%d&start=stop_7", amina.ID()), 390, 844)

	// START sends the deep link's payload.
	ph.click(hook("start"))
	if u := arrived(t, tg, &offset); u.Message == nil || u.Message.Text != "/start stop_7" {
		t.Fatalf("START brought %+v", u)
	}

	// An Arabic message stands right to left, its mark is drawn, and data is never markup.
	say("sendMessage", map[string]any{
		"parse_mode": "HTML", "text": "👋🏽 مرحبا <b>بك</b>\n&lt;img src=x onerror=alert(1)&gt;",
		"reply_markup": inline([]map[string]any{button("نعم", "yes"), button("لا", "no")}),
	})
	if got := ph.see(`[data-from="bot"] [data-testid="text"] b`); got != "بك" {
		t.Errorf("in bold: %q", got)
	}
	if got := ph.ask(`[...document.querySelectorAll('[data-from="bot"] [data-testid="text"] p')].map((p) => getComputedStyle(p).direction).join()`); got != "rtl,ltr" {
		t.Errorf("directions of the two paragraphs = %s", got)
	}
	if got := ph.ask(`String(document.querySelectorAll('#messages img').length)`); got != "0" {
		t.Error("a text became an element")
	}
	left := ph.ask(`(() => { const [a, b] = document.querySelectorAll('[data-testid="inline-button"]'); return String(a.getBoundingClientRect().left < b.getBoundingClientRect().left); })()`)
	if left != "true" {
		t.Error("the keyboard is mirrored")
	}

	// A press reaches the bot, and its answer is shown.
	ph.click(hook("inline-button"))
	u := arrived(t, tg, &offset)
	if u.CallbackQuery == nil || u.CallbackQuery.Data != "yes" {
		t.Fatalf("the press brought %+v", u)
	}
	tg.must("answerCallbackQuery", map[string]any{"callback_query_id": u.CallbackQuery.ID, "text": "Bien reçu"})
	if got := ph.see(hook("toast")); got != "Bien reçu" {
		t.Errorf("toast = %q", got)
	}

	// The bot's keyboard asks for the position and the number.
	keyboard := func(button map[string]any) map[string]any {
		return map[string]any{"text": "?", "reply_markup": map[string]any{"keyboard": [][]map[string]any{{button}}, "resize_keyboard": true}}
	}
	say("sendMessage", keyboard(map[string]any{"text": "Ma position", "request_location": true}))
	ph.click(`[data-testid="reply-button"][data-text="Ma position"]`)
	ph.write(hook("town-filter"), "fes")
	ph.click(hook("town"))
	if u := arrived(t, tg, &offset); u.Message == nil || u.Message.Location == nil || u.Message.Location.Latitude != 34.0331 {
		t.Fatalf("the town brought %+v", u)
	}
	say("sendMessage", keyboard(map[string]any{"text": "Mon numéro", "request_contact": true}))
	ph.click(`[data-testid="reply-button"][data-text="Mon numéro"]`)
	ph.click(hook("confirm"))
	if u := arrived(t, tg, &offset); u.Message == nil || u.Message.Contact == nil || u.Message.Contact.UserID != amina.ID() {
		t.Fatalf("the number brought %+v", u)
	}

	// A keyboard for one use hides after it, and the toggle brings it back.
	say("sendMessage", map[string]any{"text": "?", "reply_markup": map[string]any{"keyboard": [][]string{{"Passer"}}, "one_time_keyboard": true}})
	skip := chromedp.CSS(`[data-testid="reply-button"][data-text="Passer"]`)
	ph.click(skip)
	if u := arrived(t, tg, &offset); u.Message == nil || u.Message.Text != "Passer" {
		t.Fatalf("the button brought %+v", u)
	}
	ph.do("wait for the keyboard to hide", chromedp.WaitNotVisible(skip))
	ph.click(hook("keyboard-toggle"))
	ph.do("wait for the keyboard to come back", chromedp.WaitVisible(skip))
	say("sendMessage", map[string]any{"text": "?", "reply_markup": map[string]any{"remove_keyboard": true}})

	// Typed text; a photo with what is typed as its caption.
	ph.write(hook("composer"), "Bonjour 👋\r")
	if u := arrived(t, tg, &offset); u.Message == nil || u.Message.Text != "Bonjour 👋" {
		t.Fatalf("the text brought %+v", u)
	}
	ph.write(hook("composer"), "Mon tapis")
	ph.click(hook("attach"))
	ph.do("choose a photo", chromedp.SetUploadFiles(hook("attach-photo"), []string{samplePhoto(t)}))
	if u := arrived(t, tg, &offset); u.Message == nil || len(u.Message.Photo) == 0 || u.Message.Caption != "Mon tapis" {
		t.Fatalf("the photo brought %+v", u)
	}

	// A voice message and a document are chosen as the photo is; a sticker is a tap.
	ph.click(hook("attach"))
	ph.do("choose a voice", chromedp.SetUploadFiles(hook("attach-voice"), []string{sampleVoice(t)}))
	if u := arrived(t, tg, &offset); u.Message == nil || u.Message.Voice == nil || u.Message.Voice.Duration == nil || *u.Message.Voice.Duration != 2 {
		t.Fatalf("the voice brought %+v", u.Message)
	}
	ph.see(hook("voice"))
	ph.click(hook("attach"))
	ph.do("choose a document", chromedp.SetUploadFiles(hook("attach-document"), []string{samplePhoto(t)}))
	if u := arrived(t, tg, &offset); u.Message == nil || u.Message.Document == nil || u.Message.Document.FileName != "tapis.png" {
		t.Fatalf("the document brought %+v", u.Message)
	}
	ph.click(hook("attach"))
	ph.click(hook("attach-sticker"))
	if u := arrived(t, tg, &offset); u.Message == nil || u.Message.Sticker == nil {
		t.Fatalf("the sticker brought %+v", u.Message)
	}

	// What the bot changes, changes; what it takes away, goes.
	m := say("sendMessage", map[string]any{"text": "un"})
	say("editMessageText", map[string]any{"message_id": m.MessageID, "text": "deux"})
	if got := ph.see(chromedp.CSS(fmt.Sprintf(`[data-id="%d"][data-edited] [data-testid="text"]`, m.MessageID))); got != "deux" {
		t.Errorf("edited text = %q", got)
	}
	say("deleteMessage", map[string]any{"message_id": m.MessageID})
	ph.do("wait for the message to go", chromedp.WaitNotPresent(chromedp.CSS(fmt.Sprintf(`[data-id="%d"]`, m.MessageID))))

	// A venue is a card with a drawn map.
	say("sendVenue", map[string]any{"latitude": 31.6, "longitude": -8.0, "title": "Complexe d’artisanat", "address": "Marrakech"})
	if got := ph.see(`[data-testid="venue"] b`); got != "Complexe d’artisanat" {
		t.Errorf("venue = %q", got)
	}

	if got := ph.ask(`String(document.documentElement.scrollWidth)`); got != "390" {
		t.Errorf("the page is %s wide on a phone of 390", got)
	}
	ph.mu.Lock()
	defer ph.mu.Unlock()
	if len(ph.asked) == 0 {
		t.Error("no request was seen")
	}
	for _, address := range ph.asked {
		if !strings.HasPrefix(address, tg.url+"/") && !strings.HasPrefix(address, "data:") && !strings.HasPrefix(address, "blob:") {
			t.Errorf("the page loaded %s", address)
		}
	}
}

func TestThePageWorksWithTheKeyboardAlone(t *testing.T) {
	tg := start(t, Options{})
	amina := tg.Person(Profile{FirstName: "Amina", LanguageCode: "ar"})
	var offset int64
	ph := openPhone(t, tg, fmt.Sprintf("/?person=%d", amina.ID()), 1280, 900)
	key := func(keys string) {
		t.Helper()
		ph.do("press a key", chromedp.KeyEvent(keys))
	}

	key("\r") // the focus is on START
	if u := arrived(t, tg, &offset); u.Message == nil || u.Message.Text != "/start" {
		t.Fatalf("START brought %+v", u)
	}
	ph.do("wait for the composer", chromedp.WaitVisible(hook("composer")))
	ph.do("wait for the focus", chromedp.WaitVisible(chromedp.CSS("#composer:focus")))
	for _, letter := range "salam" {
		key(string(letter))
	}
	key("\r")
	if u := arrived(t, tg, &offset); u.Message == nil || u.Message.Text != "salam" {
		t.Fatalf("Enter brought %+v", u)
	}

	tg.must("sendMessage", map[string]any{"chat_id": amina.ID(), "text": "?", "reply_markup": inline(
		[]map[string]any{button("1", "one"), button("2", "two")}, []map[string]any{button("3", "three")})})
	ph.see(hook("inline-button"))
	ph.do("focus the first button", chromedp.Focus(hook("inline-button")))
	key("\u0303") // right
	key("\u0301") // down
	key("\r")
	if u := arrived(t, tg, &offset); u.CallbackQuery == nil || u.CallbackQuery.Data != "three" {
		t.Fatalf("the arrows brought %+v", u)
	}

	ph.do("focus the paperclip", chromedp.Focus(hook("attach")))
	key("\r")
	ph.see(hook("attach-sheet"))
	key("\x1b")
	ph.do("wait for the sheet to close", chromedp.WaitNotPresent(hook("attach-sheet")))
	if got := ph.ask("document.activeElement.dataset.testid"); got != "attach" {
		t.Errorf("after Escape the focus is on %q", got)
	}
}

func TestTwoPeopleAreTwoPhones(t *testing.T) {
	tg := start(t, Options{})
	amina := tg.Person(Profile{FirstName: "Amina", LanguageCode: "fr"})
	amina.Send("moi d’abord")
	ph := openPhone(t, tg, fmt.Sprintf("/?person=%d", amina.ID()), 390, 844)
	if got := ph.see(`[data-from="me"] [data-testid="text"]`); got != "moi d’abord" {
		t.Errorf("what was there before the page = %q", got)
	}

	ph.click(hook("people"))
	ph.click(hook("person-new"))
	ph.write(hook("person-name"), "<i>Zineb</i>")
	ph.click(hook("person-create"))
	ph.do("wait for the other phone", chromedp.WaitVisible(hook("start")), chromedp.WaitNotPresent(hook("message")))
	var people []map[string]any
	tg.page("GET", "/phone/people", "", nil, &people)
	if name, _ := json.Marshal(people[len(people)-1]["first_name"]); len(people) != 2 || !bytes.Contains(name, []byte("Zineb")) {
		t.Errorf("people = %v", people)
	}

	// Blocking is in the menu, and undone at the bottom with a /start, as in Telegram.
	ph.click(hook("start"))
	ph.see(hook("composer"))
	ph.click(hook("people"))
	ph.click(hook("block"))
	ph.click(hook("restart"))
	ph.see(hook("composer"))
	ph.do("wait for the second /start", chromedp.WaitVisible(chromedp.CSS(`[data-testid="message"] ~ [data-testid="message"]`)))
}

func samplePhoto(t *testing.T) string {
	t.Helper()
	var content bytes.Buffer
	if err := png.Encode(&content, image.NewGray(image.Rect(0, 0, 200, 100))); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "tapis.png")
	if err := os.WriteFile(name, content.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// sampleVoice is two seconds of silence, which a browser can measure.
func sampleVoice(t *testing.T) string {
	t.Helper()
	const rate = 8000
	sound := make([]byte, 2*rate)
	head := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(36+len(sound)))
	head = append(head, "WAVEfmt "...)
	head = binary.LittleEndian.AppendUint32(head, 16)
	for _, v := range []uint16{1, 1} { // PCM, one channel
		head = binary.LittleEndian.AppendUint16(head, v)
	}
	head = binary.LittleEndian.AppendUint32(head, rate)
	head = binary.LittleEndian.AppendUint32(head, rate)
	for _, v := range []uint16{1, 8} { // a byte a sample
		head = binary.LittleEndian.AppendUint16(head, v)
	}
	head = binary.LittleEndian.AppendUint32(append(head, "data"...), uint32(len(sound)))
	name := filepath.Join(t.TempDir(), "voix.wav")
	for i := range sound {
		sound[i] = 128
	}
	if err := os.WriteFile(name, append(head, sound...), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

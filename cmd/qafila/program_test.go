package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/postgres"
	"github.com/qafila/qafila/internal/simulator"
)

// The program itself, as an operator runs it.
func TestTheProgram(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "qafila")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build it: %v\n%s", err, out)
	}
	for name, test := range map[string]func(*testing.T, string){
		"serves by polling":                 servesByPolling,
		"serves by webhook":                 servesByWebhook,
		"runs a demonstration":              runsADemonstration,
		"checks and draws its flows":        checksAndDraws,
		"names the mistakes in a flow":      namesMistakes,
		"tells its version and its command": tellsOfItself,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, binary)
		})
	}
}

// A process is the program running.
type process struct {
	t        *testing.T
	cmd      *exec.Cmd
	out, err spool
	ended    chan struct{}
	fate     error // once ended
}

// A spool keeps what a program writes, and can be read meanwhile.
type spool struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *spool) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *spool) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// launch runs the program until the test ends, with those settings and none of whoever runs the tests.
func launch(t *testing.T, binary string, env map[string]string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(binary, args...), ended: make(chan struct{})}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "QAFILA_") && !strings.HasPrefix(v, "TELEGRAM_") && !strings.HasPrefix(v, "DATABASE_URL=") {
			p.cmd.Env = append(p.cmd.Env, v)
		}
	}
	for name, value := range env {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	p.cmd.Dir = t.TempDir()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.fate = p.cmd.Wait(); close(p.ended) }()
	t.Cleanup(func() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		select {
		case <-p.ended:
		case <-time.After(20 * time.Second):
			_ = p.cmd.Process.Kill()
			<-p.ended
		}
		if t.Failed() {
			t.Logf("qafila %s wrote\n%s\n%s", strings.Join(args, " "), p.out.String(), p.err.String())
		}
	})
	return p
}

// writes waits until the program has written that, and gives the first group.
func (p *process) writes(where *spool, what string) string {
	p.t.Helper()
	want := regexp.MustCompile(what)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(2 * time.Millisecond) {
		if m := want.FindStringSubmatch(where.String()); m != nil {
			return m[len(m)-1]
		}
		select {
		case <-p.ended:
			if m := want.FindStringSubmatch(where.String()); m != nil {
				return m[len(m)-1]
			}
			p.t.Fatalf("the program ended (%v) and never wrote %s", p.fate, what)
		default:
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("the program does not write %s", what)
		}
	}
}

// ends waits for the program's end and gives its exit code.
func (p *process) ends(within time.Duration) int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(within):
		p.t.Fatalf("the program does not end within %s", within)
	}
	var exit *exec.ExitError
	switch {
	case p.fate == nil:
		return 0
	case errors.As(p.fate, &exit):
		return exit.ExitCode()
	}
	p.t.Fatal(p.fate)
	return 0
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// get gives what an address answers.
func (p *process) get(address string) (status int, body string) {
	p.t.Helper()
	client := http.Client{Timeout: 20 * time.Second}
	resp, err := client.Get(address)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// serving waits until `qafila serve` is ready, and gives its address.
func (p *process) serving() string {
	p.t.Helper()
	address := "http://" + p.writes(&p.err, `msg=listening address=(\S+)`)
	if status, body := p.get(address + "/healthz"); status != http.StatusOK {
		p.t.Fatalf("/healthz answers %d %s", status, body)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		status, body := p.get(address + "/readyz")
		if status == http.StatusOK {
			return address
		}
		if status != http.StatusServiceUnavailable || time.Now().After(deadline) {
			p.t.Fatalf("/readyz answers %d %s", status, body)
		}
	}
}

// telegramFor is a simulated one for a program.
func telegramFor(t *testing.T) (*simulator.Server, string) {
	t.Helper()
	sim := simulator.New(simulator.Options{})
	far := httptest.NewServer(againstBotAPI(t, sim))
	t.Cleanup(func() { sim.Close(); far.CloseClientConnections(); far.Close() })
	return sim, far.URL
}

// confirmed waits until the bot has confirmed all updates.
func confirmed(t *testing.T, sim *simulator.Server) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); sim.Pending() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d updates are never confirmed", sim.Pending())
		}
	}
}

// serve is what an operator sets. The log is at its most talkative.
func serve(sim *simulator.Server, api string) map[string]string {
	return map[string]string{"TELEGRAM_TOKEN": sim.Token(), "TELEGRAM_API_URL": api, "QAFILA_LISTEN": "127.0.0.1:0", "QAFILA_LOG": "debug",
		"QAFILA_CONTROLLER": "Chambre d'essai", "QAFILA_CNDP": "D-1/2026"}
}

// someone has a name, a number and words that stand nowhere else, to look for them in logs.
var someone = simulator.Profile{ID: 77_112_233, FirstName: "Khadouj", LastName: "Zeroualiya", LanguageCode: "fr", Phone: "+212661234987"}

// discreet fails when a log tells of somebody, or the token.
func discreet(t *testing.T, sim *simulator.Server, programs ...*process) {
	t.Helper()
	for _, p := range programs {
		said := p.err.String() + p.out.String()
		if said == "" {
			t.Error("a program logged nothing: the test proves nothing")
		}
		for _, secret := range []string{"Khadouj", "Zeroualiya", "61234987", "77112233", "graveuse", "marteaux", sim.Token(), strings.SplitN(sim.Token(), ":", 2)[1]} {
			if strings.Contains(strings.ToLower(said), strings.ToLower(secret)) {
				t.Errorf("the log tells %q:\n%s", secret, said)
			}
		}
	}
}

const sheet = "id,town,venue_fr,venue_ar,date,start,end,capacity,state\n"

func servesByPolling(t *testing.T, binary string) {
	sim, api := telegramFor(t)
	env := serve(sim, api)
	env["QAFILA_DATA"] = postgres.ForTestFolder(t)

	// The operator publishes a stop, in the database that doesn't exist yet.
	file := filepath.Join(t.TempDir(), "stops.csv")
	if err := os.WriteFile(file, []byte(sheet+"fes-1,Fès,Complexe,المجمع,"+time.Now().AddDate(0, 0, 30).Format(time.DateOnly)+",10:00,13:00,50,published\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	publish := launch(t, binary, env, "stops", "import", file)
	if code := publish.ends(time.Minute); code != 0 || !strings.Contains(publish.out.String(), "1 new") {
		t.Fatalf("stops import ends with %d", code)
	}

	bot := launch(t, binary, env, "serve")
	bot.serving()
	p := meet(t, sim, locale.French, someone)
	p.agree("fes-1")
	p.Send("Khadouj Zeroualiya")
	p.hears("pick_trade.branch")

	// A command works beside it; a second service on the same folder says whose it is, and touches nothing.
	beside := launch(t, binary, env, "stops", "list")
	if code := beside.ends(time.Minute); code != 0 || !strings.Contains(beside.out.String(), "fes-1") {
		t.Errorf("stops list beside a running service ends with %d: %s", code, beside.out.String())
	}
	second := launch(t, binary, env, "serve")
	if code := second.ends(time.Minute); code == 0 {
		t.Error("two services have the same data folder")
	}
	if said := second.err.String(); !strings.Contains(said, env["QAFILA_DATA"]) || !strings.Contains(said, fmt.Sprint(bot.cmd.Process.Pid)) || !strings.Contains(said, "QAFILA_DATA") {
		t.Errorf("the second program says %q", said)
	}

	// Killed, it goes on where it was: with what was said before, and with what was said meanwhile.
	confirmed(t, sim)
	bot.signal(syscall.SIGKILL)
	bot.ends(10 * time.Second)
	p.heard()
	p.Send("graveuse de marteaux")
	again := launch(t, binary, env, "serve")
	address := again.serving()
	p.waits("what it makes of the trade", func(said string) bool { return p.has(said, "pick_trade.wrong") || p.has(said, "pick_town.region") })
	p.Send("potier")
	p.waits("the town's question", func(said string) bool { return p.has(said, "pick_town.region") || p.has(said, "pick_town.wrong") })
	p.Send("fes")
	p.hears("registration_form.phone")
	p.ShareContact()
	p.hears("registration_form.card")
	p.press("registration_form.have")
	p.hears("registration_form.rna")
	p.press("registration_form.have")
	p.hears("registration_form.topics")
	p.press("registration_form.topics_done")
	p.hears("registration_form.recap")
	p.press("registration_form.ok")
	if m := p.hears("registration_form.confirmed"); !strings.Contains(visible(m.Caption+m.Text), "Khadouj Zeroualiya") {
		t.Errorf("the name that was said before is lost: %q", m.Caption+m.Text)
	}
	p.hears("register.after")
	status, page := again.get(address + "/metrics")
	if m := regexp.MustCompile(`(?m)^qafila_updates_total\{result="handled"\} ([1-9][0-9]*)$`).FindString(page); status != http.StatusOK || m == "" {
		t.Errorf("/metrics answers %d without the updates that were handled", status)
	}

	// Asked to stop, it stops, and leaves nothing behind.
	p.Send("/menu")
	p.hears("menu.ask")
	confirmed(t, sim)
	again.signal(syscall.SIGTERM)
	if code := again.ends(10 * time.Second); code != 0 {
		t.Errorf("it ends with %d", code)
	}
	if n := sim.Pending(); n != 0 {
		t.Errorf("%d updates are pending", n)
	}
	p.hearsNothing()
	list := launch(t, binary, env, "stops", "list")
	if code := list.ends(time.Minute); code != 0 || !regexp.MustCompile(`fes-1 .* 50 +1 +published`).MatchString(list.out.String()) {
		t.Errorf("stops list ends with %d", code)
	}
	discreet(t, sim, bot, again, second, list, publish)
}

// A reverse proxy stands before the program, as one does that gives it its certificate.
func servesByWebhook(t *testing.T, binary string) {
	sim, api := telegramFor(t)
	pool := postgres.ForTest(t)
	var behind atomic.Pointer[url.URL]
	behind.Store(&url.URL{Scheme: "http", Host: "127.0.0.1:1"}) // nobody
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(behind.Load()) },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	})
	t.Cleanup(proxy.Close)
	env := serve(sim, api)
	env["DATABASE_URL"], env["QAFILA_PUBLIC_URL"], env["TELEGRAM_WEBHOOK_SECRET"] = pool.Config().ConnString(), proxy.URL+"/", "only-telegram-knows"
	begin := func() *process {
		bot := launch(t, binary, env, "serve")
		address, err := url.Parse("http://" + bot.writes(&bot.err, `msg=listening address=(\S+)`))
		if err != nil {
			t.Fatal(err)
		}
		behind.Store(address)
		bot.serving()
		return bot
	}
	bot := begin()
	p := meet(t, sim, locale.French, someone)
	p.Send("/recommend")
	p.hears("recommend.theme")
	p.press("theme.marketing")
	p.hears("consent.ask")
	p.press("consent.yes")
	p.hears("recommend.words")

	// Only who knows the secret is let in.
	for secret, want := range map[string]int{"": 401, "guessed": 401, "only-telegram-knows": 400} {
		req, err := http.NewRequest(http.MethodPost, proxy.URL+"/telegram/webhook", strings.NewReader("junk"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("junk with the secret %q is answered %d, not %d", secret, resp.StatusCode, want)
		}
	}

	confirmed(t, sim)
	bot.signal(syscall.SIGKILL)
	bot.ends(10 * time.Second)
	p.heard()
	p.Send("des marteaux introuvables") // while nobody is there
	again := begin()
	p.hears("recommend.how")
	p.press("recommend.anonymous")
	p.hears("recommend.sent")
	if sim.Calls("getUpdates") != 0 {
		t.Error("by webhook, it polls")
	}
	confirmed(t, sim)
	again.signal(syscall.SIGTERM)
	if code := again.ends(10 * time.Second); code != 0 {
		t.Errorf("it ends with %d", code)
	}
	var waiting, kept int
	if err := pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM deliveries), (SELECT count(*) FROM recommendations WHERE words = 'des marteaux introuvables')`).
		Scan(&waiting, &kept); err != nil || waiting != 0 || kept != 1 {
		t.Errorf("%d deliveries wait, %d recommendations are kept: %v", waiting, kept, err)
	}
	discreet(t, sim, bot, again)
	for _, b := range []*process{bot, again} {
		if strings.Contains(b.err.String(), env["TELEGRAM_WEBHOOK_SECRET"]) {
			t.Error("the log tells the webhook's secret")
		}
	}
}

func runsADemonstration(t *testing.T, binary string) {
	demo := launch(t, binary, map[string]string{"QAFILA_DATA": postgres.ForTestFolder(t), "QAFILA_LISTEN": "127.0.0.1:0"}, "demo")
	page := demo.writes(&demo.out, `Open\s+(http://\S+)`)
	if status, body := demo.get(page); status != http.StatusOK || !strings.Contains(body, "<html") {
		t.Errorf("the page answers %d %.100q", status, body)
	}
	post := func(path, body string) map[string]any {
		t.Helper()
		resp, err := http.Post(page+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		var answer map[string]any
		if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s answers %d %v: %v", path, resp.StatusCode, answer, err)
		}
		return answer
	}
	id := fmt.Sprintf("%.0f", post("/phone/people", `{"first_name":"Fatima","language_code":"fr"}`)["id"])
	// The phone sees what the bot says, as it comes.
	seen, err := http.Get(page + "/phone/" + id + "/events")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = seen.Body.Close() })
	post("/phone/"+id+"/text", `{"text":"/start"}`)
	var text strings.Builder
	buffer := make([]byte, 4096)
	for !strings.Contains(text.String(), locale.Darija.Name()) {
		n, err := seen.Body.Read(buffer)
		text.Write(buffer[:n])
		if err != nil {
			t.Fatalf("the phone sees %q: %v", text.String(), err)
		}
	}
	demo.signal(syscall.SIGINT)
	if code := demo.ends(15 * time.Second); code != 0 {
		t.Errorf("it ends with %d", code)
	}
	if said := demo.err.String(); said != "" {
		t.Errorf("it complains: %s", said)
	}
}

func checksAndDraws(t *testing.T, binary string) {
	check := launch(t, binary, nil, "flows", "check")
	if code := check.ends(time.Minute); code != 0 {
		t.Errorf("flows check ends with %d", code)
	}
	folder := filepath.Join(t.TempDir(), "pictures")
	draw := launch(t, binary, nil, "flows", "draw", "--out", folder)
	if code := draw.ends(time.Minute); code != 0 {
		t.Errorf("flows draw ends with %d", code)
	}
	drawn(t, folder)
}

func namesMistakes(t *testing.T, binary string) {
	folder, _ := inFlows(t, "space.yaml", "steps:", "steps:")
	if code := launch(t, binary, nil, "flows", "check", folder).ends(time.Minute); code != 0 {
		t.Errorf("a folder without mistakes: flows check ends with %d", code)
	}
	for name, m := range mistakes {
		folder, line := inFlows(t, "space.yaml", m.old, m.changed)
		check := launch(t, binary, nil, "flows", "check", folder)
		if code := check.ends(time.Minute); code == 0 {
			t.Errorf("%s: flows check ends with 0", name)
		}
		// YAML that is broken may be noticed a line later, and a step's fault at its line or its key's.
		at := regexp.MustCompile(`space\.yaml:(\d+)`).FindStringSubmatch(check.out.String() + check.err.String())
		if at == nil {
			t.Errorf("%s: the file and the line are not named:\n%s%s", name, check.out.String(), check.err.String())
			continue
		}
		if n := cmp.Or(map[string]int{fmt.Sprint(line): 1, fmt.Sprint(line + 1): 1}[at[1]], 0); n == 0 {
			t.Errorf("%s: line %s is named, it is in line %d:\n%s", name, at[1], line, check.out.String())
		}
	}
}

func tellsOfItself(t *testing.T, binary string) {
	version := launch(t, binary, nil, "version")
	if code := version.ends(time.Minute); code != 0 || !strings.Contains(version.out.String(), "qafila") {
		t.Errorf("version ends with %d", code)
	}
	wrong := launch(t, binary, nil, "serv")
	if code := wrong.ends(time.Minute); code == 0 || !strings.Contains(wrong.err.String(), "serve") {
		t.Errorf("a command that isn't: it ends with %d and says %q", code, wrong.err.String())
	}
}

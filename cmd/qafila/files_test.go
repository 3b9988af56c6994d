package main

import (
	"bytes"
	"image"
	"image/jpeg"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/simulator"
)

// aVoice is a voice message as Telegram's apps record it, in which those words can be found again.
func aVoice(words string) []byte {
	return []byte("OggS\x00\x02" + string(make([]byte, 20)) + "\x01\x13OpusHead" + string(make([]byte, 40)) + words)
}

// aPicture is a small one, behind which those words can be found again.
func aPicture(words string) []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil) // to memory
	return append(b.Bytes(), words...)
}

// below finds the files below a folder in which those words stand, and how many files there are.
func below(t *testing.T, folder, words string) (with []string, all int) {
	t.Helper()
	if err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(words)) {
			with = append(with, path)
		}
		all++
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return with, all
}

// recommends sends a recommendation without a name, by what say sends; who does has agreed already.
func (p *talker) recommends(say func()) {
	p.t.Helper()
	p.Send("/recommend")
	p.hears("recommend.theme")
	p.press("theme.card")
	p.hears("recommend.words")
	say()
	p.hears("recommend.how")
	p.press("recommend.anonymous")
	p.hears("recommend.sent")
}

// artisan meets one who has agreed to the handling of their data, and lives where the agent's chamber is.
func (r *rig) artisan(t *testing.T, name string) *talker {
	t.Helper()
	p := meet(t, r.sim, locale.French, simulator.Profile{FirstName: name})
	r.agreed(t, p.ID())
	r.do(t, `INSERT INTO people (chat_id, name, place) VALUES ($1, $2, 'sefrou')`, p.ID(), name)
	return p
}

// agent meets one of the chamber of Fès-Meknès.
func (r *rig) agent(t *testing.T) *talker {
	t.Helper()
	p := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Youssef"})
	r.do(t, `INSERT INTO staff (chat_id, role, region, name) VALUES ($1, 'agent', '03', 'Youssef')`, p.ID())
	return p
}

// fetched lets the bot fetch what is wanted, until nothing is.
func (r *rig) fetched(t *testing.T) {
	t.Helper()
	r.quiet(t)
	for deadline := time.Now().Add(20 * time.Second); r.count(t, `SELECT count(*) FROM media WHERE state = 'wanted'`) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("files are wanted for ever")
		}
		r.service.fetchFiles(t.Context())
	}
}

func TestErasingLeavesNoByteOfAnyFile(t *testing.T) {
	t.Parallel()
	r := start(t, false)
	data := r.setup.settings.Data
	goes, stays := r.artisan(t, "Khadouj"), r.artisan(t, "Hassan")
	for _, p := range []*talker{goes, stays} {
		words := "spoken by " + p.Profile().FirstName
		p.recommends(func() { p.SendVoice(aVoice(words), 4) })
		p.recommends(func() { p.SendPhoto(aPicture(words), "") })
		p.Send("/chamber")
		p.hears("chamber_ask.words")
		p.SendVoice(aVoice(words), 4)
		p.hears("chamber_ask.how")
		p.press("recommend.anonymous")
		p.hears("chamber_ask.sent")
	}
	r.fetched(t)
	for _, words := range []string{"spoken by Khadouj", "spoken by Hassan"} {
		if with, _ := below(t, data, words); len(with) != 3 {
			t.Fatalf("%q is kept as %q", words, with)
		}
	}
	var files []string
	if err := r.pool.QueryRow(t.Context(), `SELECT array_agg(file) FROM media`).Scan(&files); err != nil || len(files) != 6 {
		t.Fatal(files, err)
	}
	_, before := below(t, data, "")

	goes.erases()
	r.quiet(t)
	r.service.emptyFiles(t.Context())
	if with, all := below(t, data, "spoken by Khadouj"); len(with) != 0 || all != before-3 {
		t.Errorf("%d files, still there: %q", all, with)
	}
	if with, _ := below(t, data, "spoken by Hassan"); len(with) != 3 {
		t.Errorf("somebody else's are kept as %q", with)
	}
	if n := r.count(t, `SELECT count(*) FROM doomed`); n != 0 {
		t.Errorf("%d are still to go", n)
	}
}

// The program is killed as soon as the erasure is in the database: the next start takes the bytes away.
func TestAKillBehindAnErasureLeavesNoBytes(t *testing.T) {
	t.Parallel()
	r := start(t, false)
	p := r.artisan(t, "Khadouj")
	p.recommends(func() { p.SendVoice(aVoice("spoken by Khadouj"), 4) })
	r.fetched(t)
	r.stop(t)
	if err := pgx.BeginFunc(t.Context(), r.pool, func(tx pgx.Tx) error { _, err := people.Erase(t.Context(), tx, p.ID(), time.Now()); return err }); err != nil {
		t.Fatal(err)
	}
	if with, _ := below(t, r.setup.settings.Data, "spoken by Khadouj"); len(with) != 1 {
		t.Fatalf("the test proves nothing: %q", with)
	}
	r.run(t)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		with, _ := below(t, r.setup.settings.Data, "spoken by Khadouj")
		if len(with) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("still there: %q", with)
		}
	}
}

func TestAVoiceThatIsNoneIsKeptNowhereAndTheChamberIsTold(t *testing.T) {
	t.Parallel()
	r := start(t, false)
	artisan, agent := r.artisan(t, "Khadouj"), r.agent(t)
	artisan.recommends(func() { artisan.SendVoice([]byte("%PDF-1.7 believe me"), 4) })
	artisan.Send("/chamber")
	artisan.hears("chamber_ask.words")
	artisan.SendVoice([]byte("%PDF-1.7 believe me"), 4)
	artisan.hears("chamber_ask.how")
	artisan.press("recommend.anonymous")
	artisan.hears("chamber_ask.sent")
	r.fetched(t)
	if with, _ := below(t, r.setup.settings.Data, "believe me"); len(with) != 0 {
		t.Errorf("it is kept as %q", with)
	}
	if n := r.count(t, `SELECT count(*) FROM media WHERE state = 'refused' AND reason = 'type' AND type = 'application/pdf'`); n != 2 {
		t.Errorf("%d rows say why", n)
	}
	agent.Send("/inbox")
	agent.hears("inbox.home")
	agent.press("inbox.first")
	agent.hears("inbox.card", "thread.file_type")
	agent.Send("/inbox")
	agent.hears("inbox.home")
	agent.press("inbox.questions")
	agent.hears("inbox.list")
	agent.Send("1")
	agent.hears("thread.file_type")
	for _, m := range agent.Chat() {
		if m.Voice != nil || m.Document != nil {
			t.Errorf("the agent gets the file: %+v", m)
		}
	}
}

func TestAFileThatIsTooBigStaysWithTelegramAndPlaysThere(t *testing.T) {
	t.Parallel()
	r := start(t, false)
	artisan, agent := r.artisan(t, "Khadouj"), r.agent(t)
	artisan.recommends(func() { artisan.SendVoice(append(aVoice("an hour long"), make([]byte, 20<<20)...), 3600) })
	r.fetched(t)
	if with, _ := below(t, r.setup.settings.Data, "an hour long"); len(with) != 0 || r.count(t, `SELECT count(*) FROM media WHERE reason = 'size'`) != 1 {
		t.Errorf("it is kept as %q", with)
	}
	agent.Send("/inbox")
	agent.hears("inbox.home")
	agent.press("inbox.first")
	if card := agent.hears("inbox.card"); strings.Contains(card.Text, agent.words("thread.file_type")) {
		t.Errorf("the card says %q", card.Text)
	}
	heard := false
	for _, m := range agent.Chat() {
		heard = heard || m.FromBot && m.Voice != nil
	}
	if !heard {
		t.Error("the agent can't hear it")
	}
}

// After the bot got another token Telegram knows none of its file ids: what was kept plays all the same, and what wasn't is said to be lost.
func TestWhatTelegramNoLongerKnowsPlaysFromTheHousesCopy(t *testing.T) {
	t.Parallel()
	r := start(t, false)
	artisan, agent := r.artisan(t, "Khadouj"), r.agent(t)
	artisan.recommends(func() { artisan.SendVoice(aVoice("spoken by Khadouj"), 4) })
	artisan.recommends(func() { artisan.SendPhoto(aPicture("seen by Khadouj"), "Le métier") })
	artisan.Send("/chamber")
	artisan.hears("chamber_ask.words")
	artisan.SendVoice(aVoice("asked by Khadouj"), 4)
	artisan.hears("chamber_ask.how")
	artisan.press("recommend.anonymous")
	artisan.hears("chamber_ask.sent")
	r.fetched(t)
	r.forgets(t, "of another token")
	agent.Send("/inbox")
	agent.hears("inbox.home")
	agent.press("inbox.first")
	agent.hears("inbox.card")
	agent.press("inbox.next")
	agent.hears("inbox.card")
	agent.Send("/inbox")
	agent.hears("inbox.home")
	agent.press("inbox.questions")
	agent.hears("inbox.list")
	agent.Send("1")
	agent.hears("inbox_thread.show")
	r.quiet(t)
	for _, words := range []string{"spoken by Khadouj", "seen by Khadouj", "asked by Khadouj"} {
		if n := agent.played(words); n != 1 {
			t.Errorf("%q comes %d times", words, n)
		}
	}

	if err := os.RemoveAll(filesFolder(r.setup.settings.Data)); err != nil {
		t.Fatal(err)
	}
	r.forgets(t, "of a third token")
	agent.Send("/inbox")
	agent.hears("inbox.home")
	agent.press("inbox.first")
	agent.hears("thread.file_gone")
	agent.hears("inbox.card")
	r.quiet(t)
	if n := r.count(t, `SELECT count(*) FROM deliveries`); n != 0 {
		t.Errorf("%d messages are stuck or were dropped", n)
	}
}

func TestWhileTelegramGivesNoFilesTheyAreWanted(t *testing.T) {
	t.Parallel()
	clock := newClock()
	r := start(t, false, by(clock))
	p := r.artisan(t, "Khadouj")
	for what, failure := range map[string]*simulator.Failure{"an outage": {Status: http.StatusBadGateway, Body: "<html>Bad Gateway</html>"}, "a cut line": {Reset: true},
		"too much at once": {Status: http.StatusTooManyRequests, Body: `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}`}} {
		r.sim.FailWith(func(method string, _ int64) *simulator.Failure {
			if method == "getFile" {
				return failure
			}
			return nil
		})
		words := "spoken in " + what
		p.recommends(func() { p.SendVoice(aVoice(words), 4) })
		r.quiet(t)
		r.service.fetchFiles(t.Context())
		if n := r.count(t, `SELECT count(*) FROM media WHERE state = 'wanted'`); n != 1 {
			t.Errorf("%s: %d are wanted", what, n)
		}
		r.sim.FailWith(nil)
		clock.set(clock.now().Add(10 * time.Minute))
		r.fetched(t)
		if with, _ := below(t, r.setup.settings.Data, words); len(with) != 1 {
			t.Errorf("%s: kept as %q", what, with)
		}
	}
}

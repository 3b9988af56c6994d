package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/simulator"
)

// counting counts the files that the bot uploads.
func counting(uploads *atomic.Int64) option {
	return func(s *setup) {
		telegram := s.telegram
		s.telegram = func(t testing.TB, far http.Handler) http.Handler {
			far = telegram(t, far)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					return // the bot went away
				}
				if bytes.Contains(body, []byte(`; filename="`)) {
					uploads.Add(1)
				}
				r.Body = io.NopCloser(bytes.NewReader(body))
				far.ServeHTTP(w, r)
			})
		}
	}
}

// forgets has Telegram know none of its file ids any more, as after the bot got another token.
func (r *rig) forgets(t *testing.T, token string) {
	t.Helper()
	for _, table := range []string{"recommendations", "thread_messages"} {
		r.do(t, `ALTER TABLE `+table+` DISABLE TRIGGER `+table+`_file_changed`)
		r.do(t, `UPDATE `+table+` SET file = $1 WHERE file <> ''`, token)
		r.do(t, `ALTER TABLE `+table+` ENABLE TRIGGER `+table+`_file_changed`)
	}
	r.do(t, `UPDATE media SET file = $1`, token)
	r.do(t, `UPDATE answer_voices SET file = $1`, token)
	r.do(t, `UPDATE house SET value = (value::bigint + 1)::text WHERE key = 'answers'`)
	r.service.refreshAnswers(t.Context())
}

// played counts how often a file with those words came to a person.
func (p *talker) played(words string) (n int) {
	for _, m := range p.Chat() {
		for _, f := range []*simulator.File{m.Voice, m.Photo} {
			if f != nil && m.FromBot && strings.Contains(string(f.Data()), words) {
				n++
			}
		}
	}
	return n
}

// records has an organiser speak the answer of that title.
func (p *talker) records(title string, voice []byte) {
	p.t.Helper()
	p.Send("/answers")
	p.hears("answers_edit.find")
	p.Send(title)
	p.hears("answers_edit.show")
	p.press("answers_edit.voice")
	p.hears("answers_edit.record")
	p.SendVoice(voice, 6)
	p.hears("answers_edit.kept")
}

func (r *rig) organiser(t *testing.T) *talker {
	t.Helper()
	p := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Salma"})
	r.do(t, `INSERT INTO staff (chat_id, role, name) VALUES ($1, 'organiser', 'Salma')`, p.ID())
	return p
}

func TestACopyIsUploadedOnceAndThenPlaysByItsNewId(t *testing.T) {
	t.Parallel()
	var uploads atomic.Int64
	r := start(t, false, counting(&uploads))
	artisan, agent := r.artisan(t, "Khadouj"), r.agent(t)
	artisan.recommends(func() { artisan.SendVoice(aVoice("spoken by Khadouj"), 4) })
	artisan.recommends(func() { artisan.SendPhoto(aPicture("seen by Khadouj"), "Le métier") })
	r.fetched(t)
	looks := func(times int) {
		t.Helper()
		for range times {
			agent.Send("/inbox")
			agent.hears("inbox.home")
			agent.press("inbox.first")
			agent.hears("inbox.card")
			agent.press("inbox.next")
			agent.hears("inbox.card")
			r.quiet(t)
		}
	}
	looks(1)
	if n := uploads.Load(); n != 0 {
		t.Fatalf("%d uploads while Telegram knows its ids", n)
	}
	for n, token := range []string{"of another token", "of a third token"} {
		r.forgets(t, token)
		looks(3)
		if got, want := uploads.Load(), int64(2*(n+1)); got != want {
			t.Errorf("%d uploads of two files after %d tokens", got, n+1)
		}
	}
	for _, words := range []string{"spoken by Khadouj", "seen by Khadouj"} {
		if n := agent.played(words); n != 7 {
			t.Errorf("%q came %d times, not 7", words, n)
		}
	}
	if n := r.count(t, `SELECT count(*) FROM media WHERE state = 'kept' AND attempts = 1`); n != 2 {
		t.Errorf("%d files are kept as they were fetched", n)
	}
}

// A store that doesn't work for a while has lost nothing, and the chat doesn't say so.
func TestWhileACopyCannotBeReadTheChatSaysLater(t *testing.T) {
	t.Parallel()
	r := start(t, false)
	artisan, agent := r.artisan(t, "Khadouj"), r.agent(t)
	artisan.recommends(func() { artisan.SendVoice(aVoice("spoken by Khadouj"), 4) })
	r.fetched(t)
	r.forgets(t, "of another token")
	with, _ := below(t, r.setup.settings.Data, "spoken by Khadouj")
	if len(with) != 1 {
		t.Fatalf("it is kept as %q", with)
	}
	looks := func(says ...string) {
		t.Helper()
		agent.Send("/inbox")
		agent.hears("inbox.home")
		agent.press("inbox.first")
		for _, id := range append(says, "inbox.card") {
			agent.hears(id)
		}
		r.quiet(t)
	}
	// when there is something in the file's place that can't be read
	if err := errors.Join(os.Rename(with[0], with[0]+".away"), os.Mkdir(with[0], 0o700)); err != nil {
		t.Fatal(err)
	}
	looks("thread.file_later")
	// and when it is there again
	if err := errors.Join(os.Remove(with[0]), os.Rename(with[0]+".away", with[0])); err != nil {
		t.Fatal(err)
	}
	looks()
	if n := agent.played("spoken by Khadouj"); n != 1 {
		t.Errorf("it comes %d times", n)
	}
}

func TestARecordedAnswerPlaysWhenTelegramHasForgottenIt(t *testing.T) {
	t.Parallel()
	const title = "Comment avoir la carte ?"
	var uploads atomic.Int64
	r := start(t, false, counting(&uploads))
	organiser, artisan := r.organiser(t), meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Khadouj"})
	organiser.records(title, aVoice("spoken by Salma"))
	r.quiet(t)
	r.service.refreshAnswers(t.Context())
	r.service.fetchRecordings(t.Context())
	r.kept(t, "spoken by Salma", 1)
	asks := func(hears ...string) {
		t.Helper()
		artisan.Send(title)
		for _, id := range hears {
			artisan.hears(id)
		}
		r.quiet(t)
	}
	asks("ask.answer")
	r.forgets(t, "of another token")
	for range 3 {
		asks("ask.answer")
	}
	if n := artisan.played("spoken by Salma"); n != 4 || uploads.Load() != 1 {
		t.Errorf("it came %d times, with %d uploads", n, uploads.Load())
	}
	if n := r.count(t, `SELECT count(*) FROM answer_voices WHERE file = 'of another token'`); n != 0 {
		t.Error("the new id isn't where the old one stood")
	}

	// Where there is no copy either, the words come all the same.
	if err := os.RemoveAll(filesFolder(r.setup.settings.Data)); err != nil {
		t.Fatal(err)
	}
	r.forgets(t, "of a third token")
	asks("answer.voice_gone", "ask.answer")
	if n := r.count(t, `SELECT count(*) FROM deliveries`); n != 0 {
		t.Errorf("%d messages are stuck or were dropped", n)
	}
}

// Who recorded answers and leaves takes every byte of their voice along; so does a new recording with the one before it.
func TestARecordedAnswersCopyGoesWithIt(t *testing.T) {
	t.Parallel()
	r := start(t, false)
	organiser, other := r.organiser(t), r.organiser(t)
	organiser.records("Comment avoir la carte ?", aVoice("first words"))
	organiser.records("Qui a droit à la carte ?", aVoice("other words"))
	other.records("C'est quoi, la carte pro ?", aVoice("of somebody else"))
	r.quiet(t)
	r.service.fetchRecordings(t.Context())
	r.kept(t, "first words", 1)
	r.kept(t, "other words", 1)
	organiser.records("Comment avoir la carte ?", aVoice("better words"))
	r.quiet(t)
	r.service.fetchRecordings(t.Context())
	r.kept(t, "better words", 1)
	r.service.emptyFiles(t.Context())
	r.kept(t, "first words", 0)

	r.stop(t) // it is killed as soon as the erasure is in the database
	if err := pgx.BeginFunc(t.Context(), r.pool, func(tx pgx.Tx) error {
		_, err := people.Erase(t.Context(), tx, organiser.ID(), time.Now())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	r.kept(t, "better words", 1)
	r.run(t)
	for _, words := range []string{"better words", "other words"} {
		r.kept(t, words, 0)
	}
	r.kept(t, "of somebody else", 1)
	r.service.emptyFiles(t.Context())
	if n := r.count(t, `SELECT count(*) FROM doomed`); n != 1 {
		t.Errorf("%d rows stand for one copy", n)
	}
}

// What the staff said stays with the house when they are dismissed, and plays; it is still theirs to erase, every byte of it.
func TestWhoIsDismissedIsHeardUntilTheyErase(t *testing.T) {
	t.Parallel()
	const title = "Comment avoir la carte ?"
	r := start(t, false)
	organiser, agent, artisan, asker := r.organiser(t), r.agent(t), r.artisan(t, "Khadouj"), r.artisan(t, "Hassan")
	organiser.records(title, aVoice("spoken by Salma"))
	artisan.recommends(func() { artisan.Send("Une carte plus vite") })
	agent.Send("/inbox")
	agent.hears("inbox.home")
	agent.press("inbox.first")
	agent.hears("inbox.card")
	agent.press("inbox.answer")
	agent.hears("inbox_answer.words")
	agent.SendVoice(aVoice("spoken by Youssef"), 4)
	agent.hears("inbox_answer.sent")
	note := artisan.hears("thread.note_reply")
	r.fetched(t)
	r.service.fetchRecordings(t.Context())
	r.kept(t, "spoken by Salma", 1)
	r.kept(t, "spoken by Youssef", 1)

	members, err := people.Staff(t.Context(), r.pool)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range members {
		if _, ok, err := people.Dismiss(t.Context(), r.pool, nil, m.ID, time.Now()); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	listens := func() (salma, youssef int) {
		t.Helper()
		salma, youssef = asker.played("spoken by Salma"), artisan.played("spoken by Youssef")
		r.service.refreshAnswers(t.Context())
		asker.Send(title)
		asker.hears("ask.answer")
		artisan.pressOn(note, "thread.note_answer")
		artisan.hears("thread.show")
		r.quiet(t)
		return asker.played("spoken by Salma") - salma, artisan.played("spoken by Youssef") - youssef
	}
	if salma, youssef := listens(); salma != 1 || youssef != 1 {
		t.Errorf("they are heard %d and %d times", salma, youssef)
	}
	r.service.emptyFiles(t.Context())
	r.kept(t, "spoken by Salma", 1)
	r.kept(t, "spoken by Youssef", 1)

	for _, p := range []*talker{organiser, agent} {
		p.Send("/delete")
		p.hears("erase.sure_little")
		p.press("erase.yes")
		p.hears("erase.done")
	}
	r.quiet(t)
	if salma, youssef := listens(); salma != 0 || youssef != 0 {
		t.Errorf("they erased it, and are heard %d and %d times", salma, youssef)
	}
	r.service.emptyFiles(t.Context())
	r.kept(t, "spoken by Salma", 0)
	r.kept(t, "spoken by Youssef", 0)
}

// kept waits until so many files below the data folder have those words.
func (r *rig) kept(t *testing.T, words string, want int) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		with, _ := below(t, r.setup.settings.Data, words)
		if len(with) == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%q is in %q, not in %d files", words, with, want)
		}
	}
}

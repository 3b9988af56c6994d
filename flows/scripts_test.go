package flows_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every conversation of scripts/ goes as it is written there (scripts/README.md says how), with the real rooms and a real database.
func TestConversationsGoAsTheirScriptsSay(t *testing.T) {
	files, err := filepath.Glob("scripts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts (%v)", err)
	}
	h := furnish(t)
	withStops, without := h.open(t, true), h.open(t, false)
	var updates int64
	for i, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			written, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			p := &phone{bot: withStops, chat: int64(i + 1), updates: &updates}
			if strings.Contains(string(written), "\nstops: none\n") {
				p.bot = without
			}
			act := act{phone: p}
			for n, line := range strings.Split(string(written), "\n") {
				if !act.play(t, strings.TrimSpace(line)) {
					t.Fatalf("%s:%d: %s\n%s", file, n+1, line, act.complaint)
				}
			}
			if len(p.unread) > 0 {
				t.Fatalf("%s: at the end the bot also said %q", file, p.unread[0].text)
			}
		})
	}
}

// An act is a script being played.
type act struct {
	phone     *phone
	heard     shown // the message that the last bot line was about
	complaint string
}

var bracketed = regexp.MustCompile(`\[([^\]]+)\]`)

// play takes one line; false leaves a complaint.
func (a *act) play(t *testing.T, line string) bool {
	t.Helper()
	p := a.phone
	who, what, _ := strings.Cut(line, ": ")
	switch who {
	case "", "about", "stops":
	case "language":
		p.hint = what
		p.types(t, "/start")
		p.press(t, map[string]string{"fr": "Français", "ar": "العربية", "ary": "الدارجة"}[what])
		p.unread = nil
	case "artisan":
		if len(p.unread) > 0 {
			a.complaint = "before that the bot also said: " + p.unread[0].text
			return false
		}
		switch {
		case strings.HasPrefix(what, "["):
			p.press(t, strings.Trim(what, "[]"))
		case strings.HasPrefix(what, "("):
			p.sends(t, strings.Trim(what, "()"))
		default:
			p.types(t, what)
		}
	case "bot":
		if !a.next() {
			return false
		}
		if a.complaint = "the bot said: " + a.heard.text; !like(what, a.heard.text) {
			return false
		}
	case "attachment":
		if a.complaint = "nothing of the kind came"; a.heard.attach == what {
			break
		}
		if len(p.unread) == 0 || p.unread[0].attach != what {
			return false
		}
		if a.heard = p.unread[0]; a.heard.text == "" { // else its words are the next bot line's
			p.unread = p.unread[1:]
		}
	case "buttons":
		for _, m := range bracketed.FindAllStringSubmatch(what, -1) {
			if a.complaint = "there is no button " + m[0]; !a.offers(m[1]) {
				return false
			}
		}
	default:
		if !strings.HasPrefix(line, "#") {
			a.complaint = "nobody can read this line"
			return false
		}
	}
	return true
}

// next takes the next thing that the bot said.
func (a *act) next() bool {
	if len(a.phone.unread) == 0 {
		a.complaint = "the bot said nothing more"
		return false
	}
	a.heard, a.phone.unread = a.phone.unread[0], a.phone.unread[1:]
	return true
}

func (a *act) offers(label string) bool {
	for _, row := range a.heard.rows {
		for _, b := range row {
			if like(label, b.Text) {
				return true
			}
		}
	}
	for _, row := range a.phone.keyboard {
		for _, words := range row {
			if like(label, words) {
				return true
			}
		}
	}
	return false
}

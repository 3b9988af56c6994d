package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/simulator"
)

// TestScripts plays every conversation of flows/scripts against the whole bot: simulated Telegram, HTTP, Postgres. flows/scripts/README.md
// tells how they are written.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("../../flows/scripts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			play(t, filepath.Base(f), string(text))
		})
	}
}

// group is the id of a group chat; Telegram's are negative.
const group = -100

// A player follows one script.
type player struct {
	t    *testing.T
	rig  *rig
	file string
	line int

	*actor    // who spoke last: the bot's lines are about what they hear
	actors    map[string]*actor
	language  string
	clock     *clock
	panels    bool   // the bot edits messages of its own accord: edits that no line is about are passed over
	calendar  bool   // the staff get the calendar's reports: they have been there long enough
	overheard string // what the bot said in a group
}

// An actor is one of those who talk to the bot in a script.
type actor struct {
	name   string
	person *simulator.Person
	last   simulator.Event // the bot's last message that a line was about

	pressed struct { // last
		message int
		data    string
	}
}

// parts are who can be in a script, and the role that they have from the beginning.
var parts = map[string]people.Member{
	"artisan":        {Name: "Fatima"},
	"second artisan": {Name: "Hassan"},
	"third artisan":  {Name: "Zineb"},
	"admin":          {Name: "Karim", Role: people.Admin},
	"organiser":      {Name: "Salma", Role: people.Organiser},
	"agent":          {Name: "Youssef", Role: people.Agent, Region: "03"},
	"second agent":   {Name: "Amina", Role: people.Agent, Region: "03"},
	"far agent":      {Name: "Nadia", Role: people.Agent, Region: "09"},
}

func play(t *testing.T, file, text string) {
	t.Helper()
	p := &player{t: t, file: file, actors: map[string]*actor{}, clock: newClock()}
	header := map[string]string{}
	lines := strings.Split(text, "\n")
	body := 0
	for i, l := range lines {
		key, value, ok := strings.Cut(l, ":")
		if strings.TrimSpace(l) == "" || strings.HasPrefix(l, "#") {
			continue
		}
		if key = strings.TrimSpace(key); !ok || key == "bot" || key == "later" || parts[strings.TrimPrefix(key, "registered ")].Name != "" {
			body = i
			break
		}
		header[key] = uncomment(value)
	}
	p.language, p.panels, p.calendar = header["language"], header["panels"] == "yes", header["calendar"] == "yes"
	p.rig = start(t, header["stops"] == "sample", by(p.clock))
	for i, l := range lines[body:] {
		p.line = body + i + 1
		key, value, ok := strings.Cut(l, ":")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		other, to := strings.CutPrefix(key, "bot to ")
		switch {
		case strings.TrimSpace(l) == "" || strings.HasPrefix(l, "#"):
		case !ok:
			p.fail("this line is not written as a script's lines are: %s", l)
		case parts[key].Name != "":
			p.settle()
			p.actor = p.who(key)
			p.act(value)
		case key == "bot":
			p.expect(value)
		case to && p.actors[other] != nil:
			p.actor = p.actors[other]
			p.expect(value)
		case strings.HasPrefix(key, "registered "):
			p.settle()
			p.register(strings.TrimPrefix(key, "registered "), value)
		case key == "later":
			p.settle()
			p.later(value)
		case key == "buttons":
			p.buttons(value)
		case key == "no buttons":
			p.noButtons(value)
		case key == "attachment":
			p.attachment(value)
		default:
			p.fail("no line begins with %q", key)
		}
	}
	p.settle()
}

// who gives the actor of that name, with the role and, but for an artisan of a script without a language, the language chosen.
func (p *player) who(name string) *actor {
	p.t.Helper()
	if a := p.actors[name]; a != nil {
		return a
	}
	a := &actor{name: name}
	p.actors[name] = a
	part := parts[name]
	a.person = p.rig.sim.Person(simulator.Profile{FirstName: part.Name, LanguageCode: "fr", Phone: fmt.Sprintf("+2126610000%02d", len(p.actors))})
	if part.Role != "" {
		joined := p.clock.now()
		if !p.calendar {
			joined = p.clock.day(365, 0, 0)
		}
		p.rig.do(p.t, `INSERT INTO staff (chat_id, role, region, name, joined_at) VALUES ($1, $2, $3, $4, $5)`, a.person.ID(), part.Role, part.Region, part.Name, joined)
	}
	if p.language != "" {
		p.actor = a
		a.person.Start("")
		p.expect("…")
		p.press(map[string]string{"fr": "Français", "ar": "العربية", "ary": "الدارجة"}[p.language])
		p.rig.quiet(p.t)
		p.drain()
	}
	return a
}

var laterForm = regexp.MustCompile(`^(\d+) days?(?:,? (\d+):(\d\d))?$`)

// later moves the clock: so many days on from the script's first day, at a time of day.
func (p *player) later(when string) {
	p.t.Helper()
	m := laterForm.FindStringSubmatch(when)
	if m == nil {
		p.fail("a time is written as: later: 6 days, 18:00")
	}
	days, _ := strconv.Atoi(m[1])
	hour, _ := strconv.Atoi(m[2])
	minute, _ := strconv.Atoi(m[3])
	p.clock.set(p.clock.day(days, hour, minute))
}

func uncomment(s string) string {
	s, _, _ = strings.Cut(s, "#")
	return strings.TrimSpace(s)
}

func (p *player) fail(format string, args ...any) {
	p.t.Helper()
	p.t.Fatalf("%s:%d: %s", p.file, p.line, fmt.Sprintf(format, args...))
}

// settle waits until the bot has nothing more to say, and complains of what no line was about.
func (p *player) settle() {
	p.t.Helper()
	p.rig.quiet(p.t)
	p.rig.service.refreshAnswers(p.t.Context()) // what staff changed is known from now on
	if p.rig.count(p.t, `SELECT count(*) FROM recommendations WHERE NOT grouped`) > 0 {
		p.rig.service.group(p.t.Context()) // and what says the same as what was just said
	}
	now := p.actor
	for _, a := range p.actors {
		p.actor = a
		for _, e := range p.drain() {
			if !p.panels || e.Kind != "edit" {
				p.fail("the bot also said to the %s %q", a.name, plain(e))
			}
		}
	}
	p.actor = now
}

func (p *player) drain() []simulator.Event {
	var out []simulator.Event
	for {
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		e, err := p.person.Next(ctx)
		cancel()
		if err != nil {
			return out
		}
		if e.Kind == "message" || e.Kind == "edit" {
			out = append(out, e)
		}
	}
}

var parenthesis = regexp.MustCompile(`^\((deep link|[a-z]+)\s*(.*)\)$`)

func (p *player) act(what string) {
	p.t.Helper()
	if strings.HasPrefix(what, "[") && strings.HasSuffix(what, "]") {
		p.press(what[1 : len(what)-1])
		return
	}
	m := parenthesis.FindStringSubmatch(what)
	if m == nil {
		p.person.Send(what)
		return
	}
	switch m[1] {
	case "contact":
		if m[2] != "" { // of another
			p.person.ShareContactOf("+212661999999", "Someone else", 42)
			return
		}
		p.person.ShareContact()
	case "text": // longer than an app would send: it would cut it
		n, err := strconv.Atoi(m[2])
		if err != nil {
			p.fail("a text has a length: %s", what)
		}
		p.rig.sim.Inject(json.RawMessage(fmt.Sprintf(`{"message":{"message_id":%d,"date":%d,"chat":{"id":%d,"type":"private"},
			"from":{"id":%[3]d,"is_bot":false,"first_name":"Fatima","language_code":"fr"},"text":%q}}`,
			1_000_000+p.line, time.Now().Unix(), p.person.ID(), strings.Repeat("long ", n/5))))
	case "same":
		if err := p.person.PressOn(p.pressed.message, p.pressed.data); err != nil {
			p.fail("%v", err)
		}
	case "edit":
		for _, m := range p.person.Chat() {
			if !m.FromBot {
				p.person.Edit(m.ID, "something else")
				return
			}
		}
	case "in":
		p.rig.sim.GroupMessage(group, p.person, "/start@"+p.rig.sim.Username())
		p.rig.quiet(p.t)
		for _, sent := range p.rig.sim.Sent() {
			if sent.Chat == group {
				p.overheard = visible(sent.Text)
			}
		}
	case "location":
		lat, lon, _ := strings.Cut(m[2], ",")
		y, err1 := strconv.ParseFloat(strings.TrimSpace(lat), 64)
		x, err2 := strconv.ParseFloat(strings.TrimSpace(lon), 64)
		if err1 != nil || err2 != nil {
			p.fail("a location is two numbers: %s", what)
		}
		p.person.ShareLocation(y, x)
	case "photo":
		caption := m[2]
		if n, err := strconv.Atoi(caption); err == nil { // of so many characters
			caption = strings.Repeat("long ", n/5)
		}
		p.person.SendPhoto([]byte("\xff\xd8\xff\xe0 a picture"), caption)
	case "document": // of so many megabytes: only its size is told
		n, err := strconv.Atoi(m[2])
		if err != nil {
			p.fail("a document has a size in megabytes: %s", what)
		}
		p.rig.sim.Inject(json.RawMessage(fmt.Sprintf(`{"message":{"message_id":%d,"date":%d,"chat":{"id":%d,"type":"private"},
			"from":{"id":%[3]d,"is_bot":false,"first_name":"Fatima","language_code":"fr"},"document":{"file_id":"d","file_unique_id":"d","file_name":"a.pdf","file_size":%d}}}`,
			1_000_000+p.line, time.Now().Unix(), p.person.ID(), n<<20)))
	case "voice":
		n, err := strconv.Atoi(m[2])
		if err != nil {
			p.fail("a voice message lasts some seconds: %s", what)
		}
		p.person.SendVoice(aVoice("a voice"), n)
	case "video":
		n, err := strconv.Atoi(m[2])
		if err != nil {
			p.fail("a video has some megabytes: %s", what)
		}
		p.person.SendVideo(make([]byte, n<<20), 60, "")
	case "sticker":
		p.person.SendSticker()
	case "deep link":
		p.person.Start(m[2])
	case "link": // that somebody was given by the bot
		p.person.Start(p.linkOf(strings.TrimPrefix(m[2], "of ")))
	case "ticket": // of somebody, in front of this person's camera
		p.person.Start(p.ticketOf(m[2]))
	case "old": // from before tickets were sealed
		p.person.Start(p.ticketOf(strings.TrimPrefix(m[2], "ticket "))[:len("in_4F7K2M")])
	case "forged":
		p.person.Start(p.ticketOf(strings.TrimPrefix(m[2], "ticket "))[:len("in_4F7K2M")] + "_AAAAAAAAAA")
	case "reference": // typed, as people do: without the dash
		p.person.Send(strings.ToLower(p.ticketOf(m[2])[len("in_"):len("in_4F7K2M")]))
	default:
		p.fail("nobody can send %s", what)
	}
}

var linkForm = regexp.MustCompile(`https://t\.me/\w+\?start=([\w-]+)`)

// linkOf finds the payload of the last link that the bot gave somebody.
func (p *player) linkOf(name string) string {
	p.t.Helper()
	a := p.actors[name]
	if a == nil {
		p.fail("nobody is %q", name)
	}
	for _, m := range slices.Backward(a.person.Chat()) {
		if found := linkForm.FindStringSubmatch(m.Text + " " + m.Caption); found != nil && m.FromBot {
			return found[1]
		}
	}
	p.fail("the bot gave the %s no link", name)
	return ""
}

func (p *player) press(label string) {
	p.t.Helper()
	want := pattern(label)
	for _, b := range p.person.Buttons() {
		if !want.MatchString(visible(b)) {
			continue
		}
		p.remember(want)
		if err := p.person.Press(b); err != nil {
			p.fail("%v", err)
		}
		return
	}
	// A button of an older message: people scroll up.
	if !p.remember(want) {
		p.fail("there is no button %q among %q", label, p.person.Buttons())
	}
	if err := p.person.PressOn(p.pressed.message, p.pressed.data); err != nil {
		p.fail("%v", err)
	}
}

// remember finds the newest inline button that looks like that.
func (p *player) remember(want *regexp.Regexp) bool {
	for _, m := range slices.Backward(p.person.Chat()) {
		for _, row := range m.Inline {
			for _, b := range row {
				if want.MatchString(visible(b.Text)) {
					p.pressed.message, p.pressed.data = m.ID, b.Data
					return true
				}
			}
		}
	}
	return false
}

// expect takes the bot's next message.
func (p *player) expect(words string) {
	p.t.Helper()
	if p.overheard != "" {
		if !pattern(words).MatchString(p.overheard) {
			p.fail("the bot said in the group %q, not %q", p.overheard, words)
		}
		p.overheard = ""
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for {
		e, err := p.person.Next(ctx)
		if err != nil {
			p.fail("the bot says nothing, not %q", words)
		}
		if e.Kind != "message" && e.Kind != "edit" {
			continue
		}
		if e.Message.Venue != nil && e.Message.Text == "" {
			p.last = e // a pin has no words; attachment: looks at it
			continue
		}
		p.last = e
		if got := plain(e); !pattern(words).MatchString(got) {
			if p.panels && e.Kind == "edit" {
				continue
			}
			p.fail("the bot said\n  %q\nnot\n  %q", got, words)
		}
		return
	}
}

var buttonForm = regexp.MustCompile(`\[([^\]]*)\]`)

// offered are the buttons under the message that the last line was about, which need not be the newest any more; else, those that can be
// pressed now.
func (p *player) offered() (labels []string) {
	for _, row := range p.last.Message.Inline {
		for _, b := range row {
			labels = append(labels, b.Text)
		}
	}
	if len(labels) == 0 {
		return p.person.Buttons()
	}
	return labels
}

// buttons complains of those of a list that are not offered; noButtons, of those that are.
func (p *player) buttons(list string)   { p.t.Helper(); p.match(list, true) }
func (p *player) noButtons(list string) { p.t.Helper(); p.match(list, false) }

func (p *player) match(list string, want bool) {
	p.t.Helper()
	have := p.offered()
	for _, label := range buttonForm.FindAllStringSubmatch(list, -1) {
		found := slices.ContainsFunc(have, func(b string) bool { return pattern(label[1]).MatchString(visible(b)) })
		switch {
		case !found && want:
			p.fail("there is no button %q among %q", label[1], have)
		case found && !want:
			p.fail("there is a button %q among %q", label[1], have)
		}
	}
}

func (p *player) attachment(kind string) {
	p.t.Helper()
	has := func(m simulator.Message) bool {
		switch kind {
		case "photo":
			return m.Photo != nil && m.Photo.Size > 0
		case "document":
			return m.Document != nil && m.Document.Size > 0
		case "venue":
			return m.Venue != nil
		case "voice":
			return m.Voice != nil
		}
		p.fail("an attachment is a photo, a document, a venue or a voice, not %q", kind)
		return false
	}
	if has(p.last.Message) {
		return
	}
	// It came before the words that the last line was about, or comes now.
	chat := p.person.Chat()
	for i := len(chat) - 1; i >= 0 && i >= len(chat)-4; i-- {
		if chat[i].FromBot && chat[i].ID <= p.last.Message.ID && has(chat[i]) {
			return
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for {
		e, err := p.person.Next(ctx)
		if err != nil {
			p.fail("no %s came", kind)
		}
		if e.Kind == "message" {
			p.last = e
			if !has(e.Message) {
				p.fail("not a %s but %q came", kind, plain(e))
			}
			return
		}
	}
}

// visible leaves out marks that nobody sees and writes line breaks as spaces.
func visible(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\u200e' || r == '\u200f' || (r >= '\u2066' && r <= '\u2069') {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

func plain(e simulator.Event) string {
	if e.Message.Text != "" {
		return visible(e.Message.Text)
	}
	return visible(e.Message.Caption)
}

// pattern matches words in which … stands for any.
func pattern(words string) *regexp.Regexp {
	parts := strings.Split(visible(words), "…")
	for i, s := range parts {
		parts[i] = regexp.QuoteMeta(strings.TrimSpace(s))
	}
	return regexp.MustCompile(`^` + strings.Join(parts, `\s*.*\s*`) + `$`)
}

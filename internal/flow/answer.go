package flow

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// given is what a person answered, in parts.
type given struct {
	kind           string // text, number, phone, contact, location, voice, photo, video, document or choice
	text           string
	number         int
	phone          string
	lat, lon       string
	file           string
	seconds        int
	size           int
	choice, label  string
	picked, labels []string // of a list of which several can be picked
}

// part gives one part; "" is the main one of the kind.
func (g *given) part(name string) Value {
	if name == "" {
		switch g.kind {
		case "contact":
			name = "phone"
		case "location":
			name = "lat"
		case "voice", "photo", "video", "document":
			name = "file"
		default:
			name = g.kind
		}
	}
	switch name {
	case "text":
		return g.text
	case "number":
		return g.number
	case "phone":
		return g.phone
	case "lat":
		return g.lat
	case "lon":
		return g.lon
	case "file":
		return g.file
	case "seconds":
		return g.seconds
	case "size":
		return g.size
	case "kind":
		return g.kind
	case "choice":
		if g.picked != nil {
			return g.picked
		}
		return g.choice
	case "label":
		if g.picked != nil {
			return g.labels
		}
		return g.label
	}
	return nil
}

// taken saves an answer and goes on. key is the button that brought it; "" when it was typed or sent.
func (r *run) taken(st *step, to *target, key string, g given) error {
	fr := r.top()
	for _, sv := range st.save {
		v := g.part(sv.part)
		if s, ok := v.(string); ok && sv.typ != "text" {
			v = convert(s, sv.typ)
		}
		fr.set(sv.into, v)
	}
	return r.goOn(st, to, key)
}

// goOn leaves the open question for a target.
func (r *run) goOn(st *step, to *target, key string) error {
	s := &r.state
	if r.in.Kind == Press {
		s.pressed = pressed{s.screen, key}
	}
	switch to.kind {
	case toStay:
		return r.run(st)
	case toBack:
		return r.goBack()
	}
	r.top().answered = true
	r.close()
	r.remember(st)
	return r.run(r.follow(to))
}

// remember lets *back* find this question again.
func (r *run) remember(st *step) {
	s := &r.state
	if len(s.trail) >= maxTrail {
		s.trail = slices.Delete(s.trail, 0, 1)
	}
	s.trail = append(s.trail, mark{len(s.frames) - 1, st.name})
}

// goBack asks the question before the open one; before the first there is the menu.
func (r *run) goBack() error {
	if len(r.state.trail) > 0 {
		if st := r.before(); st != nil {
			return r.run(st)
		}
	}
	r.leave()
	return r.home()
}

// pick takes a button of the open question.
func (r *run) pick(st *step, key string) error {
	q := st.question
	s := &r.state
	if key == "" {
		return r.stale()
	}
	switch key {
	case keyBack:
		s.pressed = pressed{s.screen, key}
		return r.goBack()
	case keyMenu:
		s.pressed = pressed{s.screen, key}
		r.leave()
		return r.home()
	case keyRetry:
		s.pressed = pressed{s.screen, key}
		return r.run(st)
	case keyDone:
		if q.list != nil && q.list.many {
			return r.finished(st)
		}
		return r.stale()
	}
	if key[0] == keyAside {
		a, ok, err := r.host.Told(key[1:])
		switch {
		case err != nil:
			return err
		case !ok:
			return r.stale()
		}
		s.pressed = pressed{s.screen, key}
		return r.between(st, a)
	}
	if key[0] == keyTurn {
		return r.turnTo(st, key[1:])
	}
	if q.list != nil && q.list.many && (key[0] == keyPick || key[0] == keyLeave) {
		return r.toggle(st, key[0] == keyPick, key[1:])
	}
	for _, c := range q.fixed {
		if c.key.text != key || c.door != nil {
			continue
		}
		ok, err := r.holds(c.cond)
		if err != nil {
			return err
		}
		if !ok {
			return r.stale()
		}
		return r.fixed(st, c)
	}
	if q.list == nil || q.list.many {
		return r.stale()
	}
	it, ok, err := r.item(q.list, key)
	switch {
	case err != nil:
		return err
	case !ok:
		return r.stale()
	}
	return r.chosen(st, it)
}

// fixed takes a choice of the flow itself.
func (r *run) fixed(st *step, c *choice) error {
	to := &c.to
	if to.kind == toNothing {
		to = &st.next
	}
	fr := r.top()
	if !st.question.mixed || c.to.kind == toNothing {
		g := given{kind: "choice", choice: c.key.text}
		for _, sv := range st.save {
			if sv.part == "label" {
				g.label = r.book.texts.Text(r.language(), c.text.text)
			}
			v := g.part(sv.part)
			if s, ok := v.(string); ok && sv.typ != "text" {
				v = convert(s, sv.typ)
			}
			fr.set(sv.into, v)
		}
	}
	if err := r.set(c.set); err != nil {
		return err
	}
	return r.goOn(st, to, c.key.text)
}

// answer takes what was typed or sent at the open question.
func (r *run) answer() error {
	st := r.question()
	q := st.question
	switch r.in.Kind {
	case Text:
		return r.words(st)
	case Contact:
		if !q.accepts[answerContact] && !q.accepts[answerPhone] {
			break
		}
		if !r.in.Own {
			return r.wrong(st, "wrong.contact")
		}
		phone, ok := r.book.u.Phone(r.in.Phone)
		if !ok {
			return r.wrong(st, "wrong.phone")
		}
		return r.taken(st, &st.next, "", given{kind: "contact", phone: phone})
	case Location:
		if !q.accepts[answerLocation] {
			break
		}
		lat, lon := r.in.Lat, r.in.Lon
		if !(math.Abs(lat) <= 90 && math.Abs(lon) <= 180) { // NaN fails too
			return r.wrong(st, "wrong.location")
		}
		return r.taken(st, &st.next, "", given{kind: "location", lat: degrees(lat), lon: degrees(lon)})
	case Voice:
		if q.accepts[answerVoice] {
			return r.taken(st, &st.next, "", given{kind: "voice", file: r.in.File, seconds: r.in.Seconds, text: r.in.Text})
		}
		if r.book.voice != nil && (st.flow == r.book.typed || st.flow == r.book.voice) && len(r.state.frames) == 1 { // where questions are asked, a voice is one; the newest is meant
			return r.idle()
		}
	case Photo:
		if q.accepts[answerPhoto] {
			return r.taken(st, &st.next, "", given{kind: "photo", file: r.in.File, text: r.in.Text})
		}
	case Video:
		if q.accepts[answerVideo] {
			return r.taken(st, &st.next, "", given{kind: "video", file: r.in.File, seconds: r.in.Seconds, size: r.in.Size, text: r.in.Text})
		}
	case Document:
		if q.accepts[answerDocument] {
			return r.taken(st, &st.next, "", given{kind: "document", file: r.in.File, size: r.in.Size, text: r.in.Text})
		}
	}
	return r.wrong(st, "wrong.kind")
}

// degrees writes a coordinate to about a metre.
func degrees(f float64) string { return strconv.FormatFloat(f, 'f', 5, 64) }

// words takes typed words: a label, a keyword, a choice's number, what the question asks for, a search; in this order.
func (r *run) words(st *step) error {
	q := st.question
	u := &r.book.u
	text := strings.TrimSpace(r.in.Text)
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	folded := u.Fold(text)
	if folded != "" {
		if found, err := r.visible(st, folded, 0); found || err != nil {
			return err
		}
	}
	if k, ok := r.book.keywords[folded]; ok && (k <= keywordCancel || k == keywordRetry && r.state.wrong >= 3) {
		return r.keyword(k)
	}
	n, isNumber := u.Number(text)
	if isNumber && n > 0 && !q.accepts[answerNumber] {
		if found, err := r.visible(st, "", n); found || err != nil {
			return err
		}
	}
	if isNumber && q.accepts[answerNumber] && n >= q.minNum && n <= q.maxNum {
		return r.taken(st, &st.next, "", given{kind: "number", number: n})
	}
	if q.accepts[answerPhone] {
		if phone, ok := u.Phone(text); ok {
			return r.taken(st, &st.next, "", given{kind: "phone", phone: phone})
		}
	}
	fits := q.accepts[answerText] && letters(text) >= q.minText && utf8.RuneCountInString(text) <= q.maxText
	searched := q.list != nil && q.list.search && text != ""
	if fits || searched {
		if done, err := r.aside(st, text, true); done || err != nil {
			return err
		}
	}
	if searched {
		if done, err := r.search(st, text); done || err != nil {
			return err
		}
	}
	if fits {
		return r.taken(st, &st.next, "", given{kind: "text", text: text})
	}
	if done, err := r.aside(st, text, false); done || err != nil {
		return err
	}
	return r.wrong(st, q.wrongWords(text))
}

// aside answers words that are a question of their own, and asks the open question again: nothing of it is lost, and it was no wrong
// answer. At the menu there is nothing to come back to, and flows for some roles are work.
func (r *run) aside(st *step, words string, fits bool) (done bool, err error) {
	if !st.question.asides || len(st.flow.roles) > 0 || r.onMenu() || r.newcomer() {
		return false, nil
	}
	a, ok, err := r.host.Aside(words, fits)
	if err != nil || !ok {
		return false, err
	}
	return true, r.between(st, a)
}

// shortly is how many items of a list stand below an aside.
const shortly = 6

// between shows an aside, and the open question again: of a long list only the beginning, as the whole of it would push the answer off a
// small screen. The button for more shows the rest.
func (r *run) between(st *step, a Aside) error {
	r.lead = append(r.lead, a.Lines...)
	r.offered = a.Choices
	l := st.question.list
	if l == nil || l.many || l.page <= shortly {
		return r.show(st, nil)
	}
	p, err := r.items(l)
	if err != nil {
		return err
	}
	p.Items = p.Items[:min(len(p.Items), shortly)]
	return r.show(st, p)
}

// letters counts what can be read aloud: no emoji, no signs.
func letters(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			n++
		}
	}
	return n
}

// wrongWords tells what is wrong with words that fit nothing.
func (q *question) wrongWords(text string) string {
	switch {
	case q.accepts[answerText] && letters(text) < q.minText:
		return "wrong.text_short"
	case q.accepts[answerText]:
		return "wrong.text_long"
	case q.accepts[answerNumber]:
		return "wrong.number"
	case q.accepts[answerPhone]:
		return "wrong.phone"
	case q.list != nil || len(q.fixed) > 0:
		return "wrong.choice"
	case q.accepts[answerLocation]:
		return "wrong.location"
	case q.accepts[answerContact]:
		return "wrong.contact"
	}
	return "wrong.kind"
}

type keyword uint8

const (
	keywordBack keyword = iota
	keywordMenu
	keywordCancel
	keywordRetry // only after a third wrong answer
	keywordMore  // only at a list that can be turned
	keywordLess
)

func (r *run) keyword(k keyword) error {
	switch k {
	case keywordBack:
		return r.goBack()
	case keywordCancel:
		return r.cancel()
	case keywordRetry:
		return r.run(r.question())
	}
	r.leave()
	return r.home()
}

package flows

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

type row struct{ id, name, ar, alias, extra string }

func tsv(f string) (rs [][]string) {
	b, _ := os.ReadFile("../../shared/domain/" + f)
	for i, l := range strings.Split(string(b), "\n") {
		if i == 0 || l == "" {
			continue
		}
		rs = append(rs, strings.Split(l, "\t"))
	}
	return
}

type reg struct {
	ref, stop, name, state, trade string
	self                          bool
}
type rec struct{ ref, words, theme string }
type fake struct {
	texts   *locale.Texts
	lang    string
	stops   []string
	consent map[string]bool
	prof    map[string]string
	regs    []*reg
	recs    []rec
	quiet   bool
}

var towns = map[string][3]string{"demo-fes": {"Fès", "فاس", "03"}, "demo-azilal": {"Azilal", "أزيلال", "05"}, "demo-agadir": {"Agadir", "أكادير", "09"}}

func (f *fake) town(id string) string {
	if f.lang == "fr" {
		return towns[id][0]
	}
	return towns[id][1]
}
func s(v any) string { x, _ := v.(string); return x }

func (f *fake) Do(a string, args map[string]flow.Value) (flow.Outcome, error) {
	set := map[string]flow.Value{}
	out := func(n string) (flow.Outcome, error) { return flow.Outcome{Name: n, Set: set}, nil }
	some := func(n string) (flow.Outcome, error) {
		if len(f.stops) == 0 {
			return out("none")
		}
		return out(n)
	}
	switch a {
	case "language.set":
		f.lang = s(args["language"])
		return flow.Outcome{Name: "ok", Language: f.lang}, nil
	case "stops.any":
		return some("some")
	case "stops.next":
		if len(f.stops) > 0 {
			set["stop"] = "demo-fes"
		}
		return some("found")
	case "stops.near":
		if s(args["lat"]) > "40" {
			return out("outside")
		}
		set["stop"], set["distance"] = "demo-fes", "3 km"
		return some("found")
	case "stops.at":
		set["town"], set["distance"], set["stop"] = s(args["place"]), "80 km", "demo-azilal"
		if s(args["place"]) == "azilal" {
			return some("here")
		}
		return some("nearest")
	case "stops.region":
		set["stop"] = "demo-fes"
		return some("found")
	case "stops.card":
		id := s(args["stop"])
		if len(f.stops) == 0 || towns[id][0] == "" {
			return out("gone")
		}
		set["town"], set["when"], set["day"], set["hours"], set["venue"] = f.town(id), "jeudi", "jeudi", "de 10:00 à 13:00", "Complexe"
		set["sample"], set["places"], set["full"], set["has_programme"], set["has_partners"], set["partners"] = true, "", false, id == "demo-fes", id == "demo-fes", "OMPIC"
		return out("ahead")
	case "stops.watch", "stops.remind":
		return out("on")
	case "registration.profile":
		for k, v := range f.prof {
			set[k] = v
		}
		if f.prof["trade"] == "" {
			return out("new")
		}
		return out("known")
	case "registration.mine":
		for _, r := range f.regs {
			if r.stop == s(args["stop"]) && r.self && r.state != "cancelled" {
				set["reference"] = r.ref
				return out(r.state)
			}
		}
		return out("none")
	case "registration.create":
		n, taken := s(args["name"]), 0
		for _, r := range f.regs {
			if r.name == n && r.stop == s(args["stop"]) {
				set["reference"] = r.ref
				return out("already")
			}
			taken++
		}
		r := &reg{ref: fmt.Sprintf("AAA-%03d", taken), stop: s(args["stop"]), name: n, state: "confirmed", self: args["self"] == true}
		if r.stop == "demo-agadir" && taken >= 3 {
			r.state = "waitlisted"
		}
		f.regs = append(f.regs, r)
		set["reference"], set["position"], set["summary"] = r.ref, 1, "Caravane "+n+" ref"
		if r.self {
			f.prof["name"], f.prof["trade"], f.prof["place"] = n, s(args["trade"]), s(args["place"])
		}
		return out(r.state)
	case "registration.load":
		for _, r := range f.regs {
			if r.ref == s(args["reference"]) {
				set["stop"], set["name"], set["town"], set["when"], set["hours"], set["venue"], set["state"], set["state_words"], set["sample"], set["summary"] = r.stop, r.name, f.town(r.stop), "jeudi", "10", "x", r.state, r.state, true, "Caravane "+r.name+" ref"
				return out("found")
			}
		}
		return out("gone")
	case "registration.cancel":
		for _, r := range f.regs {
			if r.ref == s(args["reference"]) {
				r.state = "cancelled"
			}
		}
		return out("cancelled")
	case "people.consent":
		set["controller"], set["declaration"], set["days"] = "Ctl", "D-1", 90
		if f.consent[s(args["purpose"])] {
			return out("given")
		}
		return out("needed")
	case "people.agree":
		f.consent[s(args["purpose"])] = args["yes"] == true
		return out("ok")
	case "people.data":
		set["name"], set["registrations"], set["recommendations"], set["language_name"], set["messages_on"] = f.prof["name"], len(f.regs), len(f.recs), "L", !f.quiet
		if len(f.prof)+len(f.regs)+len(f.recs) == 0 {
			return out("none")
		}
		return out("some")
	case "people.save":
		f.prof[s(args["field"])] = s(args["value"])
		return out("ok")
	case "people.messages":
		f.quiet = args["on"] != true
		return out("ok")
	case "people.erase":
		return flow.Outcome{Name: "ok", Forget: true}, nil
	case "trade.words":
		set["trade_name"] = s(args["trade"])
		return out("ok")
	case "place.words":
		set["town"] = s(args["place"])
		return out("ok")
	case "place.find":
		p, _ := f.List("regions", nil, flow.Query{Search: s(args["words"])})
		if len(p.Items) == 0 {
			return out("none")
		}
		set["place"] = p.Items[0].Key
		return out("found")
	case "answers.show":
		if !strings.Contains(s(args["id"]), ".") {
			return out("gone")
		}
		set["title"], set["body"], set["source"], set["checked"], set["who"] = "T", "B", "S", "C", "W"
		return out("known")
	case "answers.find":
		if strings.ContainsAny(s(args["words"]), "zق") && !strings.Contains(s(args["words"]), "البطاقة") {
			return out("none")
		}
		set["id"] = "card.what"
		return out("found")
	case "recommend.send":
		f.recs = append(f.recs, rec{"REC-1", s(args["words"]), s(args["theme"])})
		set["reference"] = "REC-1"
		return out("ok")
	case "recommend.load":
		set["theme_name"], set["words"] = "t", "w"
		return out("found")
	}
	return flow.Outcome{}, fmt.Errorf("no %s", a)
}

func (f *fake) all(name string, args map[string]flow.Value, search string) (items []flow.Item) {
	k := func(s string) string { return locale.DarijaKey(s) }
	switch name {
	case "languages":
		return []flow.Item{{Key: "ar", Label: "العربية"}, {Key: "ary", Label: "الدارجة"}, {Key: "fr", Label: "Français"}}
	case "branches":
		if search != "" {
			for _, r := range tsv("trades.tsv") {
				for _, al := range append(strings.Split(r[5], "|"), r[3], r[4]) {
					if locale.Fold(al) == locale.Fold(search) {
						items = append(items, flow.Item{Key: r[0], Label: r[3]})
						break
					}
				}
			}
			return
		}
		return []flow.Item{{Key: "b1", Label: "Bois"}, {Key: "b2", Label: "Cuir"}}
	case "regions":
		if search != "" {
			for _, r := range tsv("places.tsv") {
				if k(r[3]) == k(search) || k(r[4]) == k(search) {
					items = append(items, flow.Item{Key: strings.ToLower(strings.ReplaceAll(r[3], " ", "-")), Label: r[3]})
				}
			}
			return
		}
		return []flow.Item{{Key: "01", Label: "Tanger"}, {Key: "03", Label: "Fès-Meknès"}}
	case "places_in":
		return []flow.Item{{Key: "fes", Label: "Fès"}}
	case "trades":
		return []flow.Item{{Key: "T01", Label: "Potier"}}
	case "topics", "answer_topics":
		return []flow.Item{{Key: "card", Label: "Carte"}, {Key: "rna", Label: "RNA"}}
	case "answers":
		return []flow.Item{{Key: "card.what", Label: "Quoi"}}
	case "programme":
		return []flow.Item{{Key: "card.what", Label: "Quoi"}}
	case "stops":
		for _, id := range f.stops {
			items = append(items, flow.Item{Key: id, Label: f.town(id) + " · jeudi"})
		}
		return
	case "registrations":
		for _, r := range f.regs {
			items = append(items, flow.Item{Key: r.ref, Label: r.name + " · " + r.stop})
		}
		return
	case "recommendations":
		for _, r := range f.recs {
			items = append(items, flow.Item{Key: r.ref, Label: r.ref})
		}
		return
	case "themes":
		for _, t := range strings.Fields("card rna governance bodies income training health marketing finance materials premises digital other") {
			items = append(items, flow.Item{Key: t, Label: f.texts.Text(locale.Language(f.lang), "theme."+t, nil)})
		}
		return
	}
	return nil
}
func (f *fake) List(name string, args map[string]flow.Value, q flow.Query) (flow.Page, error) {
	a := f.all(name, args, q.Search)
	p := flow.Page{Total: len(a), Sure: len(a) == 1}
	if name == "answer_topics" && q.Search != "" {
		return flow.Page{Items: []flow.Item{{Key: "card.what", Label: "Quoi"}}, Total: 1, Sure: true}, nil
	}
	if q.Limit == 0 {
		q.Limit = 100
	}
	for i := q.Offset; i < len(a) && i < q.Offset+q.Limit; i++ {
		p.Items = append(p.Items, a[i])
	}
	return p, nil
}
func (f *fake) Item(name string, args map[string]flow.Value, key string) (flow.Item, bool, error) {
	for _, i := range f.all(name, args, "") {
		if i.Key == key {
			return i, true, nil
		}
	}
	return flow.Item{Key: key, Label: key}, true, nil
}

type shown struct {
	text   string
	m      flow.Message
	labels map[string]flow.Choice
	attach []string
}

func runScript(t *testing.T, book *flow.Book, texts *locale.Texts, file string) {
	b, _ := os.ReadFile(file)
	f := &fake{texts: texts, stops: []string{"demo-fes", "demo-azilal", "demo-agadir"}, consent: map[string]bool{}, prof: map[string]string{}}
	st := flow.State{}
	var chat []*shown
	var pending []*shown
	kb := false
	tags := regexp.MustCompile(`</?[bi]>`)
	feed := func(line int, in flow.Input) {
		turn, err := book.Advance(&st, in, f)
		if err != nil {
			t.Fatalf("%s:%d: %v", file, line, err)
		}
		raw := st.Append(nil)
		if st, err = flow.Read(raw); err != nil {
			t.Fatal(err)
		}
		if turn.Language != "" {
			st.Language = turn.Language
		}
		if turn.Forget { st.Language = "" }
		l := locale.Language(f.lang)
		if f.lang == "" {
			l = "fr"
		}
		word := func(id string, p map[string]flow.Value) string {
			m := map[string]any{}
			for k, v := range p {
				m[k] = v
			}
			return texts.Text(l, id, m)
		}
		for _, m := range turn.Messages {
			sh := &shown{m: m, labels: map[string]flow.Choice{}}
			for _, ld := range m.Lead {
				sh.text += word(ld.Text, ld.Params) + "\n"
			}
			if m.Text != "" {
				sh.text += word(m.Text, m.Params)
			}
			if strings.Contains(sh.text, "⟦") || strings.Contains(sh.text,"<no value>") {
				t.Errorf("%s:%d: %s", file, line, sh.text)
			}
			if !strings.Contains(sh.text, "<b><b>Ali") {
				sh.text = tags.ReplaceAllString(sh.text, "")
			}
			sh.text = strings.Join(strings.Fields(sh.text), " ")
			for _, r := range m.Choices {
				for _, c := range r {
					lb := c.Label
					if lb == "" {
						lb = word(c.Text, nil)
					}
					sh.labels[lb] = c
				}
			}
			for _, a := range m.Attach {
				sh.attach = append(sh.attach, map[string]string{"ticket": "photo", "pin": "venue", "calendar": "document", "export": "document"}[a.Kind])
			}
			if m.Request.Kind != flow.Text {
				kb = true
			} else if kb {
				kb = false
				if len(m.Choices) > 0 {
					d := &shown{text: word("keyboard.done", nil)}
					chat, pending = append(chat, d), append(pending, d)
				}
			}
			chat, pending = append(chat, sh), append(pending, sh)
		}
	}
	match := func(pat, s string) bool {
		parts := strings.Split(pat, "…")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(strings.TrimSpace(parts[i]))
		}
		return regexp.MustCompile(`^\s*` + strings.Join(parts, `\s*.*?\s*`) + `\s*$`).MatchString(s)
	}
	press := func(line int, label string) {
		for i := len(chat) - 1; i >= 0; i-- {
			for lb, c := range chat[i].labels {
				if match(label, lb) {
					in := flow.Input{Kind: flow.Press, Screen: chat[i].m.Screen, Key: c.Key}
					if c.Door != "" {
						in = flow.Input{Kind: flow.Door, Text: c.Door}
					}
					if i == len(chat)-1 && !chat[i].m.Keep {
						chat[i].labels = nil
					}
					feed(line, in)
					return
				}
			}
		}
		t.Fatalf("%s:%d: no button %s", file, line, label)
	}
	var last *shown
	started := false
	for n, l := range strings.Split(string(b), "\n") {
		n++
		k, rest, _ := strings.Cut(l, ": ")
		switch {
		case l == "" || l[0] == '#' || k == "about":
		case k == "stops":
			if rest == "none" {
				f.stops = nil
			}
		case k == "language":
			feed(n, flow.Input{Kind: flow.Door, Text: "/start"})
			feed(n, flow.Input{Kind: flow.Press, Screen: 1, Key: rest})
			pending = nil
			started = true
		case k == "artisan":
			_ = started
			if len(pending) > 0 {
				t.Errorf("%s:%d: said also %q", file, n, pending[0].text)
			}
			pending = nil
			switch {
			case rest[0] == '[':
				press(n, strings.Trim(rest, "[]"))
			case strings.HasPrefix(rest, "(contact"):
				feed(n, flow.Input{Kind: flow.Contact, Phone: "+212612345678", Own: true})
			case strings.HasPrefix(rest, "(loc"):
				var a, o float64
				fmt.Sscanf(rest, "(location %f, %f)", &a, &o)
				feed(n, flow.Input{Kind: flow.Location, Lat: a, Lon: o})
			case strings.HasPrefix(rest, "(photo"):
				feed(n, flow.Input{Kind: flow.Photo, File: "f"})
			case strings.HasPrefix(rest, "(voice"):
				feed(n, flow.Input{Kind: flow.Voice, File: "f", Seconds: 4})
			case strings.HasPrefix(rest, "(sticker"):
				feed(n, flow.Input{Kind: flow.Other})
			case strings.HasPrefix(rest, "(deep"):
				feed(n, flow.Input{Kind: flow.Door, Text: "start:" + strings.TrimSuffix(strings.TrimPrefix(rest, "(deep link "), ")")})
			case rest[0] == '/':
				feed(n, flow.Input{Kind: flow.Door, Text: rest})
			default:
				feed(n, flow.Input{Kind: flow.Text, Text: locale.Clean(rest)})
			}
		case k == "bot":
			if len(pending) == 0 {
				t.Errorf("%s:%d: nothing more said, want %q", file, n, rest)
				return
			}
			last = pending[0]
			pending = pending[1:]
			if last.m.Text == "" && len(last.attach) > 0 {
				if len(pending) > 0 {
					last, pending = pending[0], pending[1:]
				}
			}
			if !match(rest, last.text) {
				t.Errorf("%s:%d:\nwant %q\ngot  %q", file, n, rest, last.text)
				return
			}
		case k == "attachment":
			if len(pending) > 0 && len(pending[0].attach) > 0 {
				last = pending[0]
				if last.m.Text == "" {
					pending = pending[1:]
				}
			}
			if len(last.attach) == 0 || last.attach[0] != rest {
				t.Errorf("%s:%d: no %s", file, n, rest)
			}
		case k == "buttons":
			for _, m := range regexp.MustCompile(`\[([^\]]+)\]`).FindAllStringSubmatch(rest, -1) {
				ok := false
				for lb := range last.labels {
					ok = ok || match(m[1], lb)
				}
				if !ok {
					t.Errorf("%s:%d: no button %s among %v", file, n, m[1], last.labels)
				}
			}
		default:
			t.Errorf("%s:%d: ? %s", file, n, l)
		}
	}
}

func TestScripts(t *testing.T) {
	book, texts := load(t)
	files, _ := filepath.Glob("scripts/*.txt")
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) { runScript(t, book, texts, f) })
	}
}

func phone(s string) (string, bool) {
	n, err := phonenumbers.Parse(s, "MA")
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return "", false
	}
	return phonenumbers.Format(n, phonenumbers.E164), true
}

package flow_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/qafila/qafila/internal/flow"
)

// A plant is one mistake put into conversations that are sound.
type plant struct {
	name string
	file string // flows/*.yaml or words.tsv
	old  string
	new  string
	all  bool   // new is the whole file
	also *plant // another change
}

var plants = []plant{
	{"an unknown step", "topics.yaml", "on: {found: show, none: none}", "on: {found: shwo, none: none}", false, nil},
	{"an unreachable step", "register.yaml", "  full:\n", "  lost:\n    say: register.full\n    next: menu\n  full:\n", false, nil},
	{"a loop without a question", "topics.yaml", "    say: topics.none\n    lead: true\n", "    say: topics.none\n    lead: true\n    next: find\n", false, nil},
	{"a loop by way of an empty list", "topics.yaml", "  empty:\n    say: topics.none\n    next: menu", "  empty:\n    say: topics.none\n    next: which", false, nil},
	{"a loop through a called flow that asks nothing", "topics.yaml", "    say: topics.none\n    lead: true\n", "    call: place\n    next: find\n", false,
		&plant{file: "place.yaml", old: "  where:\n", new: "  before:\n    branch:\n      - {if: hint == '', to: give_up}\n      - {to: where}\n  where:\n"}},
	{"the last step leads nowhere", "data.yaml", "    say: data.erased\n    next: menu\n", "    say: data.erased\n", false, nil},
	{"an outcome that nothing is said for", "register.yaml", "on: {confirmed: seats, full: full}", "on: {confirmed: seats}", false, nil},
	{"a question that nobody can answer", "data.yaml", "    choose:\n      - {key: erase, text: data.erase, to: erase}\n", "", false, nil},
	{"choices that may all be missing", "data.yaml", "    ask: data.ask\n    choose:\n      - {key: erase, text: data.erase, to: erase}\n", "    ask: data.ask\n    nav: none\n    choose:\n      - {key: erase, text: data.erase, to: erase, if: parked}\n", false, nil},
	{"a question without a way out", "data.yaml", "    choose:\n      - {key: erase, text: data.erase, to: erase}\n", "    nav: none\n    choose:\n      - {key: erase, text: data.erase, to: stay}\n      - {key: again, text: data.again, to: sure}\n", false, nil},
	{"a bad expression", "register.yaml", "{seats: 20 - party}", "{seats: 20 -}", false, nil},
	{"words compared with a text that isn't named", "topics.yaml", "means(words, 'topics.greeting')", "means(words, words)", false, nil},
	{"words compared with a text that there isn't", "topics.yaml", "means(words, 'topics.greeting')", "means(words, 'topics.greetings')", false, nil},
	{"a condition that is no condition", "register.yaml", "if: party > 19", "if: party + 19", false, nil},
	{"an expression that reads the clock", "register.yaml", "{seats: 20 - party}", "{seats: now().Year()}", false, nil},
	{"an unknown variable in an expression", "place.yaml", "'near ' + lat", "'near ' + lta", false, nil},
	{"an unknown variable to save in", "register.yaml", "    save: party\n", "    save: partie\n", false, nil},
	{"an unknown variable to set", "place.yaml", "set: {place: words}", "set: {palce: words}", false, nil},
	{"an unknown variable to attach", "register.yaml", "{ticket: reference}", "{ticket: refrence}", false, nil},
	{"an unknown variable to count", "register.yaml", "count: seats", "count: seat", false, nil},
	{"a text that needs an unknown variable", "words.tsv", "register.full\tC'est complet.\tاكتمل العدد.", "register.full\tC'est complet, {{.nom}}.\tاكتمل العدد {{.nom}}.", false, nil},
	{"a text for a variable of the wrong type", "register.yaml", "    save: party\n", "    save: name\n", false, nil},
	{"a value of the wrong type set", "register.yaml", "{seats: 20 - party}", "{seats: 20 / party}", false, nil},
	{"an argument of the wrong type", "register.yaml", "party: party, topics", "party: name, topics", false, nil},
	{"an attachment of the wrong type", "register.yaml", "{ticket: reference}", "{ticket: party}", false, nil},
	{"an unknown action", "data.yaml", "do: data.erase", "do: data.erased", false, nil},
	{"an unknown list", "register.yaml", "from: trades", "from: trade", false, nil},
	{"an unknown attachment", "register.yaml", "{ticket: reference}", "{tiket: reference}", false, nil},
	{"an unknown argument", "topics.yaml", "with: {words: words}", "with: {word: words}", false, nil},
	{"a flow for a role that nobody has", "desk.yaml", "for: [clerk]", "for: [clerk, clark]", false, nil},
	{"what is for a role, in a flow for everybody", "data.yaml", "do: data.erase", "do: desk.open", false, nil},
	{"what is for one role, in a flow for two", "desk.yaml", "for: [clerk]", "for: [clerk, guard]", false, nil},
	{"a flow for a role, called from one for everybody", "topics.yaml", "    say: topics.none\n    lead: true\n", "    call: desk\n    next: which\n", false, nil},
	{"a menu that is not for everybody", "menu.yaml", "about: menu.about", "about: menu.about\nfor: [clerk]", false, nil},
	{"two flows for one role behind one trigger", "data.yaml", "triggers: [/data]", "for: [clerk]\ntriggers: [/data]", false, nil},
	{"an unknown outcome", "topics.yaml", "{found: show, none: none}", "{found: show, none: none, some: show}", false, nil},
	{"an unknown flow to call", "register.yaml", "call: place", "call: plase", false, nil},
	{"an argument that the called flow doesn't take", "register.yaml", "{hint: \"trade", "{hin: \"trade", false, nil},
	{"a variable that the called flow doesn't have", "register.yaml", "save: {place: place}", "save: {place: town}", false, nil},
	{"a flow that calls itself", "topics.yaml", "  empty:\n    say: topics.none\n", "  empty:\n    call: topics\n", false, nil},
	{"a part that the answer doesn't have", "place.yaml", "{lat: lat, lon: lon,", "{latitude: lat, lon: lon,", false, nil},
	{"an answer that is kept nowhere", "register.yaml", "    save: party\n", "", false, nil},
	{"a key that its variable can't be", "register.yaml", "key: \"yes\"", "key: oui", false, nil},
	{"a text missing in one language", "words.tsv", "register.name\tVotre nom ?\tاسمك؟", "register.name\tVotre nom ?", false, nil},
	{"a text missing in all", "register.yaml", "ask: register.name\n", "ask: register.nam\n", false, nil},
	{"one of the engine's texts missing", "words.tsv", "nav.more\tSuite\tالمزيد\n", "nav.more\tSuite\n", false, nil},
	{"a text that Go uses missing", "words.tsv", "register.full\t", "register.full2\t", false, nil},
	{"a parameter missing in one language", "words.tsv", "بين {{.min}} و{{.max}}.", "بين {{.min}} و20.", false, nil},
	{"a plural form missing", "words.tsv", "few=سجلت يا {{.name}}، بقي {{.count}}.|", "", false, nil},
	{"a plural text without a number", "register.yaml", "    count: seats\n", "", false, nil},
	{"a number for a text without plural forms", "register.yaml", "    say: register.closed\n", "    say: register.closed\n    count: party\n", false, nil},
	{"a parameter of a button", "words.tsv", "register.send\tEnvoyer\tإرسال", "register.send\tEnvoyer {{.name}}\tإرسال {{.name}}", false, nil},
	{"a parameter that the engine doesn't give", "words.tsv", "wrong.number\tUn nombre, s'il vous plaît.\tرقم من فضلك.", "wrong.number\tUn nombre, {{.name}}.\tرقم {{.name}}.", false, nil},
	{"a message over the limit", "words.tsv", "Que voulez-vous faire ?", strings.Repeat("a", 4100), false, nil},
	{"a message over the limit at its longest", "register.yaml", "answer: {text: {min: 2, max: 30}}", "answer: {text: {min: 2, max: 4096}}", false, nil},
	{"a caption over the limit", "words.tsv", "one=Inscrit, {{.name}} : encore {{.count}} place.|other=Inscrit,", "one=Inscrit, {{.name}} : encore {{.count}} place.|other=" + strings.Repeat("é", 1000) + ",", false, nil},
	{"a button over the limit", "words.tsv", "data.erase\tEffacer", "data.erase\t" + strings.Repeat("Effacer", 10), false, nil},
	{"more lines than a person reads", "words.tsv", "C'est effacé.", `C'est.\n\nTout.\nTout.\nTout.`, false, nil},
	{"a line that is a paragraph", "words.tsv", "C'est effacé.", "C'est" + strings.Repeat(" effacé", 20), false, nil},
	{"two choices that read the same", "words.tsv", "register.send\tEnvoyer\t", "register.send\tchanger  le nom !\t", false, nil},
	{"a choice that reads like a button of the engine", "words.tsv", "register.send\tEnvoyer\t", "register.send\tmenu\t", false, nil},
	{"a keyword that means two things", "words.tsv", "keyword.menu\tmenu", "keyword.menu\tretour|menu", false, nil},
	{"a key twice", "register.yaml", "{key: name, text", "{key: send, text", false, nil},
	{"a key too long", "register.yaml", "{key: name, text", "{key: " + strings.Repeat("k", 41) + ", text", false, nil},
	{"a key that a button can't carry", "register.yaml", "{key: name, text", "{key: \"<\", text", false, nil},
	{"a door too long", "topics.yaml", "start:reg_{{.topic}}", "start:reg_aaaaaaaaaaaaaaaa{{.topic}}", false, nil},
	{"a door to nowhere", "menu.yaml", "{text: menu.register, start: /register}\n      - {text: menu.topics, start: /topics}\n  waiting", "{text: menu.register, start: /registre}\n      - {text: menu.topics, start: /topics}\n  waiting", false, nil},
	{"a trigger of two flows", "data.yaml", "triggers: [/data]", "triggers: [/data, /topics]", false, nil},
	{"words for two flows", "data.yaml", "triggers: [/data]\n", "triggers: [/data, typed]\nwith: {words: text}\n", false, nil},
	{"a link for two flows", "topics.yaml", "triggers: [/topics, typed]", "triggers: [/topics, typed, \"start:reg_*\"]", false, nil},
	{"words for a flow that can't take them", "data.yaml", "triggers: [/data]", "triggers: [/data, \"start:data_*\"]", false, nil},
	{"no trigger", "data.yaml", "triggers: [/data]", "triggers: [data]", false, nil},
	{"a trigger that works everywhere", "data.yaml", "triggers: [/data]", "triggers: [/data, /cancel]", false, nil},
	{"an unknown field of a flow", "data.yaml", "triggers:", "trigger:", false, nil},
	{"an unknown field of a step", "data.yaml", "    next: menu", "    nxt: menu", false, nil},
	{"an unknown field of a choice", "data.yaml", "to: erase}", "too: erase}", false, nil},
	{"an unknown field of a list", "topics.yaml", "{from: topics, empty: empty}", "{from: topics, empty: empty, pages: 3}", false, nil},
	{"an unknown kind of answer", "register.yaml", "answer: {number: {min: 1, max: 20}}", "answer: {numbr: {min: 1, max: 20}}", false, nil},
	{"an unknown limit of an answer", "register.yaml", "number: {min: 1, max: 20}", "number: {min: 1, most: 20}", false, nil},
	{"limits the wrong way round", "register.yaml", "number: {min: 1, max: 20}", "number: {min: 20, max: 1}", false, nil},
	{"a word of the language as a step", "data.yaml", "  erase:\n", "  stay:\n", false, nil},
	{"a step that does two things", "data.yaml", "    do: data.erase\n", "    do: data.erase\n    say: data.erased\n", false, nil},
	{"a step that does nothing", "data.yaml", "    do: data.erase\n", "    next: erased\n", false, nil},
	{"a type that there isn't", "register.yaml", "party: number", "party: integer", false, nil},
	{"a variable named like the engine's", "place.yaml", "{hint: text}", "{hint: text, lang: text}", false, nil},
	{"a variable twice", "register.yaml", "with: {stop: text}", "with: {stop: text, name: text}", false, nil},
	{"no YAML", "data.yaml", "steps:", "steps: [a", false, nil},
	{"a flow in another's file", "data.yaml", "flow: data", "flow: date", false, nil},
	{"a branch without an else", "topics.yaml", "      - {if: \"words == '' || means(words, 'topics.greeting')\", to: which}\n      - {to: find}\n", "      - {if: \"words == '' || means(words, 'topics.greeting')\", to: which}\n      - {if: \"words != ''\", to: find}\n", false, nil},
	{"an arm below the else", "topics.yaml", "      - {if: \"words == '' || means(words, 'topics.greeting')\", to: which}\n      - {to: find}\n", "      - {to: which}\n      - {to: find}\n", false, nil},
	{"one text for two wrong answers", "register.yaml", "wrong: [register.party_wrong, register.party_wrong_again]", "wrong: [register.party_wrong]", false, nil},
	{"an example that is shown and isn't there", "register.yaml", "    example: register.name_example\n", "", false, nil},
	{"a flow to go on with that isn't named", "register.yaml", "about: register.about\n", "", false, nil},
	{"a menu that asks nothing", "menu.yaml", "      - {if: parked, to: waiting}\n      - {to: ask}\n", "      - {if: parked, to: waiting}\n      - {if: lang == 'fr', to: ask}\n      - {to: menu}\n", false, nil},
	{"a text that nothing uses", "words.tsv", "data.ask\t", "data.asked\tX\tY\ndata.ask\t", false, nil},
}

func load(t *testing.T, p plant) []string {
	t.Helper()
	words := wordsFile
	files := fstest.MapFS{}
	names, _ := fs.Glob(flowFiles, "testdata/flows/*.yaml")
	changes := []plant{p}
	if p.also != nil {
		changes = append(changes, *p.also)
	}
	change := func(file, s string) string {
		for _, c := range changes {
			switch {
			case c.file != file:
			case c.all:
				s = c.new
			case !strings.Contains(s, c.old):
				t.Fatalf("there is no %q in %s", c.old, file)
			default:
				s = strings.Replace(s, c.old, c.new, 1)
			}
		}
		return s
	}
	for _, n := range names {
		b, err := flowFiles.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		files[path.Base(n)] = &fstest.MapFile{Data: []byte(change(path.Base(n), string(b)))}
	}
	words = change("words.tsv", words)
	o := options
	o.Used = []string{"register.full", "elsewhere.*", "aside.*"}
	b, problems := flow.Load(files, readTexts(words), offered, understand, o)
	var got []string
	errors := 0
	for _, pr := range problems {
		got = append(got, pr.String())
		if !pr.Warning {
			errors++
		}
	}
	if (b == nil) != (errors > 0) {
		t.Errorf("%d errors, and the book is there: %v", errors, b != nil)
	}
	return got
}

// TestCheckFindsEachMistake plants each mistake into sound conversations and compares all that the check then says,
// hints included, with testdata/check.txt.
func TestCheckFindsEachMistake(t *testing.T) {
	const file = "testdata/check.txt"
	var got strings.Builder
	for _, p := range plants {
		problems := load(t, p)
		if len(problems) == 0 {
			t.Errorf("the check does not see %s", p.name)
		}
		fmt.Fprintf(&got, "%s\n", p.name)
		for _, pr := range problems {
			fmt.Fprintf(&got, "    %s\n", pr)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("the check says otherwise (-want +got; -update keeps it):\n%s", diff)
	}
}

func TestCheckIsContentWithWhatIsSound(t *testing.T) {
	if got := load(t, plant{file: "data.yaml"}); got != nil {
		t.Errorf("sound conversations have problems:\n%s", strings.Join(got, "\n"))
	}
}

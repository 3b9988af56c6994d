package outreach

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/qafila/qafila/internal/locale"
)

func TestAMistakeInTheRulesIsFoundWithItsLine(t *testing.T) {
	texts, err := locale.Load(fstest.MapFS{
		"reminder.fr.yaml":  {Data: []byte("reminder.x: x\nreminder.day: \"{{.day}}\"\nreminder.who: \"{{.name}}\"\nreminder.fr: x\nreminder.many: {one: a, other: b}\n")},
		"reminder.ar.yaml":  {Data: []byte("reminder.x: x\nreminder.day: \"{{.day}}\"\nreminder.who: \"{{.name}}\"\nreminder.many: {zero: a, one: a, two: a, few: a, many: a, other: b}\n")},
		"reminder.ary.yaml": {Data: []byte("reminder.x: x\nreminder.day: \"{{.day}}\"\nreminder.who: \"{{.name}}\"\nreminder.many: {zero: a, one: a, two: a, few: a, many: a, other: b}\n")},
	}, locale.Languages())
	if err != nil {
		t.Fatal(err)
	}
	const eve = "to: expected\n  when: 1 day before, 18:00\n  until: start\n"
	const month = "to: watching\n  until: 2 hours after\n  text: reminder.x\n"
	for _, c := range []struct {
		rule string // what stands after "- rule: a\n  ", from line 3 on
		line int
		want string // "": nothing is wrong
	}{
		{eve + "  text: reminder.day\n  doors: [stop, rate]", 0, ""},
		{month + "  cron: \"0 10 1-7 * *\"\n  weekday: mon", 0, ""},
		{month + "  cron: \"0 10 * * mon\"\n  days: 1-7\n  doors: [stops]", 0, ""},
		{"to: unfinished form\n  when: 24 hours after\n  until: 72 hours after\n  text: reminder.x", 0, ""},
		{eve + "  text: reminder.none", 6, "no text `reminder.none` in fr"},
		{eve + "  text: reminder.fr", 6, "no text `reminder.fr` in ar"},
		{eve + "  text: reminder.who", 6, "needs {{.name}}"},
		{eve + "  text: reminder.many", 6, "plural forms"},
		{month[:len(month)-2] + "day\n  cron: \"0 10 * * mon\"", 5, "needs {{.day}}"},
		{eve, 2, "no text ``"},
		{eve + "  text: reminder.x\n  door: [stop]", 7, "unknown field"},
		{eve + "  text: reminder.x\n  doors: [stop, car]", 7, "no door `car`"},
		{eve + "  text: reminder.x\n  doors: [stops]", 7, "the door `stops` needs"},
		{month + "  cron: \"0 10 * * mon\"\n  doors: [stop]", 7, "the door `stop` needs"},
		{eve + "  text: reminder.x\n  late: never", 7, "`late: never`"},
		{eve + "  text: reminder.x\n  cron: \"0 10 * * mon\"", 7, "not by a cron line"},
		{"to: everybody\n  when: start\n  until: start\n  text: reminder.x", 3, "to nobody"},
		{"to: unfinished\n  when: 1 hour after\n  until: 2 hours after\n  text: reminder.x", 3, "`to: unfinished`"},
		{"to: unfinished menu\n  when: 1 hour after\n  until: 2 hours after\n  text: reminder.x", 3, "no flow `menu`"},
		{"to: expected\n  when: the day before\n  until: start\n  text: reminder.x", 4, "`when: the day before` is no time"},
		{"to: expected\n  when: 2 hours before, 10:00\n  until: start\n  text: reminder.x", 4, "is no time"},
		{"to: expected\n  when: 1 day before, 25:00\n  until: start\n  text: reminder.x", 4, "is no time"},
		{"to: expected\n  when: 1 day before, 18:00\n  text: reminder.x", 2, "`until: ` is no time"},
		{"to: expected\n  when: 1 day before, 18:00\n  until: 1 day after, 18:00\n  text: reminder.x", 5, "on the wrong side"},
		{"to: came\n  when: 1 day before, 18:00\n  until: start\n  text: reminder.x", 5, "on the wrong side"},
		{"to: expected\n  when: 1 day before, 18:00\n  until: 2 days before, 18:00\n  text: reminder.x", 5, "no longer when its time comes"},
		{"to: expected\n  when: 1 day before, 21:00\n  until: 1 day before, 23:00\n  text: reminder.x", 5, "never sent"},
		{"to: unregistered\n  when: 30 days after, 10:00\n  until: 33 days after\n  text: reminder.x", 5, "no time of day"},
		{month + "  cron: \"0 10 30 2 *\"", 6, "never comes"},
		{month + "  cron: \"0 10 * * mon\"\n  days: 31-31\n  weekday: tue", 6, "never comes"},
		{month + "  cron: \"* 10 * * mon\"", 6, "several times a day"},
		{month + "  cron: \"0 3 * * mon\"", 4, "never sent"},
		{month + "  cron: every monday", 6, "can't be read"},
		{month + "  cron: \"@every 5m\"", 6, "no line of five parts"},
		{month + "  cron: \"TZ=UTC 0 10 * * mon\"", 6, "no line of five parts"},
		{month + "  cron: \"0 10 * * mon\"\n  weekday: lundi", 7, "no day of the week"},
		{month + "  cron: \"0 10 * * mon\"\n  days: first", 7, "are no days"},
		{month + "  when: start\n  cron: \"0 10 * * mon\"", 6, "not by `when`"},
	} {
		_, wrong := LoadRules(fstest.MapFS{"rules.yaml": {Data: []byte("# rules\n- rule: a\n  " + c.rule + "\n")}},
			Known{Texts: texts, Quiet: quiet(t, UsualQuiet), Resumable: func(name string) bool { return name == "form" }})
		if c.want == "" {
			for _, p := range wrong {
				t.Errorf("%s\n%s", c.rule, p)
			}
			continue
		}
		if len(wrong) == 0 || wrong[0].Line != c.line || !strings.Contains(wrong[0].What, c.want) {
			t.Errorf("%s\n%v; want line %d: %s", c.rule, wrong, c.line, c.want)
		}
	}
	_, wrong := LoadRules(fstest.MapFS{"rules.yaml": {Data: []byte("- rule: a\n  " + eve + "  text: reminder.x\n- rule: a\n  " + eve + "  text: reminder.x\n")}},
		Known{Texts: texts, Resumable: func(string) bool { return true }})
	if len(wrong) != 1 || wrong[0].Line != 6 || !strings.Contains(wrong[0].What, "two rules a") {
		t.Errorf("two rules of one name: %v", wrong)
	}
}

// In 2026 Ramadan's hour goes back on 15 February and forward again on 22 March (IANA zone data).
func TestARulesTimesGoByTheClocksOfCasablanca(t *testing.T) {
	const form = "2006-01-02 15:04 -07"
	rules := map[string]Rule{}
	for _, r := range shipped(t) {
		rules[r.name] = r
	}
	for _, c := range []struct{ rule, starts, due string }{
		{"eve", "2026-02-15 10:00 +00", "2026-02-14 18:00 +01"}, {"soon", "2026-02-15 10:00 +00", "2026-02-15 08:00 +00"},
		{"week", "2026-02-18 10:00 +00", "2026-02-11 10:00 +01"}, {"eve", "2026-03-22 10:00 +01", "2026-03-21 18:00 +00"},
		{"rate", "2026-03-21 10:00 +00", "2026-03-22 10:00 +01"},
	} {
		starts, err := time.Parse(form, c.starts)
		if err != nil {
			t.Fatal(err)
		}
		if got := rules[c.rule].when.at(starts, starts.Add(3*time.Hour)).In(locale.Zone()).Format(form); got != c.due {
			t.Errorf("%s of %s is due %s, want %s", c.rule, c.starts, got, c.due)
		}
	}
	month := rules["month"].line
	for _, want := range []string{"2026-12-07 10:00 +00", "2027-01-04 10:00 +00", "2027-02-01 10:00 +00", "2027-03-01 10:00 +00", "2027-04-05 10:00 +00"} {
		at, err := time.Parse(form, want)
		if err != nil {
			t.Fatal(err)
		}
		if got := month.next(at.AddDate(0, 0, -20)).In(locale.Zone()).Format(form); got != want {
			t.Errorf("after twenty days before %s comes %s", want, got)
		}
		if got := month.last(at.Add(-time.Hour), at); !got.Equal(at) {
			t.Errorf("at %s the last is %s", want, got)
		}
	}
}

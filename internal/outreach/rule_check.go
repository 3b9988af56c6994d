package outreach

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// doors are the buttons that a rule can have below its words, in a rule's own names. Those with ID need a stop.
var doors = map[string][]flow.Choice{
	"stop":      {{Text: "door.stop", Door: "start:stop_" + stopID}},
	"register":  {{Text: "door.register", Door: "start:reg_" + stopID}},
	"rate":      {rating("1"), rating("2"), rating("3"), rating("4"), rating("5")},
	"tickets":   {{Text: "door.tickets", Door: "/tickets"}},
	"recommend": {{Text: "door.recommend", Door: "/recommend"}},
	"resume":    {{Text: "door.resume", Door: "/register"}},
	"next":      {{Text: "door.next", Door: "/next"}},
	"rna":       {{Text: "door.rna_done", Door: "start:rna_done"}, {Text: "door.rna_how", Door: "start:rna_how"}},
	"stops":     nil, // one for each stop
}

// stopID stands for a stop's id in a door.
const stopID = "\x00"

func rating(score string) flow.Choice {
	return flow.Choice{Text: "door.rate_" + score, Door: "start:rate_" + stopID + "_" + score}
}

// given are the parameters that a rule's text can use: those of conversation.House.StopWords.
var given = []string{"day", "hours", "town", "venue", "when"}

var ruleName = regexp.MustCompile(`^[a-z][a-z_]{0,19}$`)

// rule makes a rule of what is written; ok is false when it can't stand.
func (l *ruleLoader) rule(w written) (Rule, bool) {
	before := len(l.problems)
	r := Rule{name: w.Name.text, text: w.Text.text, late: true}
	line := cmp.Or(w.Name.line, w.To.line, w.Text.line)
	if !ruleName.MatchString(r.name) {
		l.problem(line, "small letters, such as week", "%q is no name of a rule", r.name)
	}
	to, which, _ := strings.Cut(w.To.text, " ")
	switch r.to, r.flow = audience(to), which; {
	case !slices.Contains([]audience{expected, came, unfinished, unregistered, watching}, r.to):
		l.problem(cmp.Or(w.To.line, line), "expected, came, unfinished <flow>, unregistered or watching", "rule %s is to nobody: `to: %s`", r.name, w.To.text)
	case (r.to == unfinished) != (r.flow != ""):
		l.problem(w.To.line, "unfinished registration_form", "rule %s: `to: %s`", r.name, w.To.text)
	case r.to == unfinished && !l.Resumable(r.flow):
		l.problem(w.To.line, "one with `resume`", "rule %s: there is no flow `%s` that can be taken up again", r.name, r.flow)
	}
	if w.Late.text != "" {
		if r.late = w.Late.text != "no"; w.Late.text != "yes" && w.Late.text != "no" || r.to != expected {
			l.problem(w.Late.line, "yes or no, for who is expected at a stop", "rule %s: `late: %s`", r.name, w.Late.text)
		}
	}
	l.times(&r, w, line)
	l.words(r, w, line)
	l.buttons(&r, w)
	return r, len(l.problems) == before
}

// times reads when a rule is due and until when, and whether that can ever be.
func (l *ruleLoader) times(r *Rule, w written, line int) {
	ok := true
	if r.to == watching {
		if w.When.text != "" {
			l.problem(w.When.line, "cron", "rule %s goes by a cron line, not by `when`", r.name)
			ok = false
		}
		var fine bool
		r.line, fine = l.schedule(w)
		r.when = moment{minute: -1}
		ok = ok && fine
	} else {
		for _, f := range []located{w.Cron, w.Weekday, w.Days} {
			if f.text != "" {
				l.problem(f.line, "when", "rule %s goes by `when`, not by a cron line: that is for who is `watching`", r.name)
				ok = false
			}
		}
		var fine bool
		r.when, fine = l.moment(located{w.When.text, cmp.Or(w.When.line, line)}, "when")
		ok = ok && fine
	}
	until, fine := l.moment(located{w.Until.text, cmp.Or(w.Until.line, line)}, "until")
	if r.until = until; !ok || !fine {
		return
	}
	if r.when.before != (r.to == expected) || r.until.before != (r.to == expected) {
		l.problem(w.Until.line, "before a stop for who is expected, after it for who came, and after for all others",
			"rule %s: its times are on the wrong side", r.name)
		return
	}
	if !r.to.stop() && (r.when.minute >= 0 || r.until.minute >= 0) {
		l.problem(w.Until.line, "24 hours after", "rule %s counts from a moment: its times have no time of day", r.name)
		return
	}
	l.ever(*r, w, line)
}

// ever tells whether there is a time at which a rule can be sent: on some day of some week, and not only in the quiet hours.
func (l *ruleLoader) ever(r Rule, w written, line int) {
	noon := time.Date(2026, 1, 5, 10, 0, 0, 0, locale.Zone()) // any Monday
	var anchors []time.Time
	if r.to == watching {
		for t := r.line.next(noon); !t.IsZero() && len(anchors) < 12; t = r.line.next(t) {
			if n := len(anchors); n > 0 && t.Sub(anchors[n-1]) < 20*time.Hour {
				l.problem(w.Cron.line, "one hour, one minute: 0 10 * * mon", "`cron: %s` writes to people several times a day", w.Cron.text)
				return
			}
			anchors = append(anchors, t)
		}
		if len(anchors) == 0 {
			l.problem(w.Cron.line, "mind `weekday` and `days` too", "`cron: %s` never comes", w.Cron.text)
			return
		}
	} else {
		for day := range 7 {
			anchors = append(anchors, noon.AddDate(0, 0, day))
		}
	}
	awake := false
	for _, a := range anchors {
		due, until := r.when.at(a, a.Add(3*time.Hour)), r.until.at(a, a.Add(3*time.Hour))
		if !until.After(due) {
			l.problem(cmp.Or(w.Until.line, line), "", "rule %s makes sense no longer when its time comes", r.name)
			return
		}
		awake = awake || l.Quiet.Ends(due).Before(until)
	}
	if !awake {
		l.problem(cmp.Or(w.Until.line, line), "another hour, or a later `until`", "rule %s is never sent: all its time is in the quiet hours", r.name)
	}
}

// words looks whether the text is there in every language and needs nothing that a rule doesn't have.
func (l *ruleLoader) words(r Rule, w written, line int) {
	for _, lang := range l.Texts.Offered() {
		if !l.Texts.Has(lang, r.text) {
			l.problem(cmp.Or(w.Text.line, line), "locales/reminder."+string(lang)+".yaml", "rule %s: there is no text `%s` in %s", r.name, r.text, lang)
			continue
		}
		if l.Texts.Forms(lang, r.text) != nil {
			l.problem(w.Text.line, "", "rule %s: the text `%s` has plural forms, and a rule has no number", r.name, r.text)
		}
		for _, p := range l.Texts.Params(lang, r.text) {
			if !r.to.stop() || !slices.Contains(given, p) {
				l.problem(w.Text.line, "rules about a stop have "+strings.Join(given, ", "), "rule %s: the text `%s` needs {{.%s}} in %s", r.name, r.text, p, lang)
			}
		}
	}
}

// buttons reads the doors, and looks whether a rule has the stop that they need.
func (l *ruleLoader) buttons(r *Rule, w written) {
	for _, d := range w.Doors {
		r.doors = append(r.doors, d.text)
		list, known := doors[d.text]
		about := slices.ContainsFunc(list, func(c flow.Choice) bool { return strings.Contains(c.Door, stopID) })
		switch {
		case !known:
			l.problem(d.line, strings.Join(slices.Sorted(maps.Keys(doors)), ", "), "rule %s: there is no door `%s`", r.name, d.text)
		case about && !r.to.stop(), d.text == "stops" && r.to != watching:
			l.problem(d.line, "", "rule %s: the door `%s` needs what a rule `to: %s` doesn't have", r.name, d.text, r.to)
		}
	}
}

package outreach

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/robfig/cron/v3"

	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/locale"
)

// RulesFile is the name under which problems of the rules are told.
const RulesFile = "reminders/rules.yaml"

// Known is what rules are checked against.
type Known struct {
	Texts     *locale.Texts
	Quiet     Quiet
	Resumable func(flow string) bool // whether there is a flow of that name that can be taken up again
}

// LoadRules reads rules.yaml and checks it as a whole. Rules is nil when there is a problem; problems are sorted by line.
func LoadRules(fsys fs.FS, k Known) ([]Rule, []flow.Problem) {
	l := &ruleLoader{Known: k, file: RulesFile}
	b, err := fs.ReadFile(fsys, "rules.yaml")
	if err != nil {
		l.problem(1, "", "can't be read: %v", err)
		return nil, l.problems
	}
	var rules []Rule
	first := map[string]int{}
	for _, w := range readRules[written](l, b, "a rule may have rule, to, when, until, late, cron, weekday, days, text, doors") {
		r, ok := l.rule(w)
		if before, taken := first[r.name]; taken && r.name != "" {
			l.problem(w.Name.line, "", "there are two rules %s; the other is on line %d", r.name, before)
		}
		first[r.name] = w.Name.line
		if ok {
			rules = append(rules, r)
		}
	}
	if len(l.problems) > 0 {
		slices.SortStableFunc(l.problems, func(a, b flow.Problem) int { return cmp.Compare(a.Line, b.Line) })
		return nil, l.problems
	}
	return rules, nil
}

type ruleLoader struct {
	Known
	file     string
	problems []flow.Problem
}

func (l *ruleLoader) problem(line int, hint, what string, args ...any) {
	l.problems = append(l.problems, flow.Problem{File: l.file, Line: max(line, 1), What: fmt.Sprintf(what, args...), Hint: hint})
}

// written is a rule as it stands in the file.
type written struct {
	Name    located   `yaml:"rule"`
	To      located   `yaml:"to"`
	When    located   `yaml:"when"`
	Until   located   `yaml:"until"`
	Late    located   `yaml:"late"`
	Cron    located   `yaml:"cron"`
	Weekday located   `yaml:"weekday"`
	Days    located   `yaml:"days"`
	Text    located   `yaml:"text"`
	Doors   []located `yaml:"doors"`
}

// located is a plain value as it is written, and its line.
type located struct {
	text string
	line int
}

// UnmarshalYAML takes any plain value.
func (l *located) UnmarshalYAML(n ast.Node) error {
	t := n.GetToken()
	if t == nil || t.Position == nil {
		return errors.New("a value is missing")
	}
	switch n := n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode:
		return &yaml.UnexpectedNodeTypeError{Actual: n.Type(), Expected: ast.StringType, Token: t}
	case *ast.NullNode:
	case *ast.StringNode:
		l.text = strings.TrimSpace(n.Value)
	default:
		l.text = strings.TrimSpace(t.Value)
	}
	l.line = t.Position.Line
	return nil
}

// readRules decodes a file strictly: what it doesn't know is a problem at its line.
func readRules[T any](l *ruleLoader, b []byte, fields string) []T {
	var list []T
	err := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict()).Decode(&list)
	if err == nil || errors.Is(err, io.EOF) {
		return list
	}
	line, what := 1, err.Error()
	var placed yaml.Error
	if errors.As(err, &placed) {
		what = placed.GetMessage()
		if t := placed.GetToken(); t != nil && t.Position != nil {
			line = t.Position.Line
		}
	}
	hint := "mind the indentation, and quote words with : or # in them"
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		hint = fields
	}
	l.problem(line, hint, "can't be read: %s", what)
	return nil
}

var momentForm = regexp.MustCompile(`^(\d{1,4}) (minute|hour|day)s? (before|after)(?:, (\d\d?):(\d\d))?$`)

// moment reads a time that hangs on another.
func (l *ruleLoader) moment(w located, what string) (moment, bool) {
	if w.text == "start" {
		return moment{before: true, minute: -1}, true
	}
	m := momentForm.FindStringSubmatch(w.text)
	if m == nil {
		l.problem(w.line, "7 days before, 10:00 · 2 hours before · 24 hours after · start", "`%s: %s` is no time", what, w.text)
		return moment{}, false
	}
	n, _ := strconv.Atoi(m[1])
	at := moment{before: m[3] == "before", minute: -1}
	unit := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[m[2]]
	if m[4] == "" {
		at.span = time.Duration(n) * unit
		return at, true
	}
	var ok bool
	if at.minute, ok = minuteOf(m[4], m[5]); !ok || m[2] != "day" {
		l.problem(w.line, "only days have a time of day: 1 day before, 18:00", "`%s: %s` is no time", what, w.text)
		return moment{}, false
	}
	at.days = n
	return at, true
}

var daysForm = regexp.MustCompile(`^(\d\d?)(?:-(\d\d?))?$`)

// schedule reads a cron line with what narrows it.
func (l *ruleLoader) schedule(w written) (schedule, bool) {
	s := schedule{weekdays: [7]bool{true, true, true, true, true, true, true}, from: 1, to: 31}
	const hint = `minute hour day month weekday: "0 10 * * mon"`
	if strings.Contains(w.Cron.text, "=") || strings.HasPrefix(w.Cron.text, "@every") {
		l.problem(w.Cron.line, hint, "`cron: %s` is no line of five parts; its hours are Casablanca's", w.Cron.text)
		return s, false
	}
	var err error
	if s.cron, err = cron.ParseStandard(w.Cron.text); err != nil {
		l.problem(w.Cron.line, hint, "`cron: %s` can't be read: %v", w.Cron.text, err)
		return s, false
	}
	if line, ok := s.cron.(*cron.SpecSchedule); ok { // by our own rules of the zone: CRON_TZ would take the machine's
		line.Location = locale.Zone()
	}
	if w.Weekday.text != "" {
		s.weekdays = [7]bool{}
		for name := range strings.FieldsSeq(w.Weekday.text) {
			day, ok := weekdays[name]
			if !ok {
				l.problem(w.Weekday.line, "mon, tue, wed, thu, fri, sat, sun", "`weekday: %s` is no day of the week", w.Weekday.text)
				return s, false
			}
			s.weekdays[day] = true
		}
	}
	if w.Days.text != "" {
		m := daysForm.FindStringSubmatch(w.Days.text)
		if m == nil {
			l.problem(w.Days.line, "days of the month: 1-7", "`days: %s` are no days", w.Days.text)
			return s, false
		}
		s.from, _ = strconv.Atoi(m[1])
		s.to, _ = strconv.Atoi(cmp.Or(m[2], m[1]))
	}
	return s, true
}

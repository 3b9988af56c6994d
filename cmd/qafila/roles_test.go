package main

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/qafila/qafila/flows"
	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
	"github.com/qafila/qafila/internal/simulator"
)

// closed is a flow that is for some roles, as it is written.
type closed struct {
	Flow     string
	For      []string
	Triggers []string
	Steps    map[string]struct{ Ask string }
}

// closedFlows are all that are for some roles. A new one is among them by itself.
func closedFlows(t *testing.T) []closed {
	t.Helper()
	files, err := fs.Glob(flows.Files, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var list []closed
	for _, name := range files {
		b, err := flows.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var f closed
		if err := yaml.Unmarshal(b, &f); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(f.For) > 0 {
			list = append(list, f)
		}
	}
	if len(list) < 20 {
		t.Fatalf("only %d flows are for the staff", len(list))
	}
	return list
}

// outsiders are an artisan and one of each role.
func outsiders(t *testing.T, r *rig) map[string]*talker {
	t.Helper()
	all := map[string]*talker{}
	for _, role := range append([]people.Role{""}, people.Roles()...) {
		p := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Omar " + string(role)})
		if role != "" {
			region := ""
			if role == people.Agent {
				region = "03"
			}
			r.do(t, `INSERT INTO staff (chat_id, role, region, name) VALUES ($1, $2, $3, 'Omar')`, p.ID(), role, region)
		}
		all[string(role)] = p
	}
	return all
}

// in tells whether somebody's conversation is in a flow, on top or below.
func (r *rig) in(t *testing.T, p *talker, flow string) bool {
	t.Helper()
	return r.count(t, `SELECT count(*) FROM chats WHERE chat_id = $1 AND state LIKE '%"flow":"' || $2 || '"%'`, p.ID(), flow) > 0
}

// Neither a command, nor a link, nor forged callback data opens a flow to who isn't of its roles: to them there is no such thing.
func TestNobodyWithoutTheRoleOpensAStaffFlow(t *testing.T) {
	t.Parallel()
	r := start(t, true)
	r.do(t, `INSERT INTO broadcasts (author, chat_id, language, state, begins_at) VALUES (1, 1, 'fr', 'scheduled', now() + interval '1 day')`)
	id := r.count(t, `SELECT max(id) FROM broadcasts`)
	opened := 0
	for role, p := range outsiders(t, r) {
		p.Send("/menu")
		own := p.hears("menu.ask")
		for _, f := range closedFlows(t) {
			allowed := slices.Contains(f.For, role)
			for _, trigger := range f.Triggers {
				r.quiet(t)
				p.heard()
				payload, link := strings.CutPrefix(strings.TrimSuffix(trigger, "*"), "start:")
				switch {
				case allowed && link:
				case allowed:
					p.Send(fmt.Sprint(trigger, " ", id))
					r.quiet(t)
					if r.in(t, p, f.Flow) {
						opened++
					}
					p.Send("/menu")
					p.hears("menu.ask")
				case link:
					p.Start(payload + "4F7K2M")
				default:
					p.Send(fmt.Sprint(trigger, " ", id))
					p.hears("unexpected.command")
					p.Send(trigger)
					p.hears("unexpected.command")
				}
				if allowed {
					continue
				}
				for _, data := range []string{trigger, ">" + trigger, fmt.Sprint(">", trigger, " ", id), fmt.Sprint(trigger, " ", id), ">" + strings.TrimSuffix(trigger, "*") + "4F7K2M"} {
					if err := p.PressOn(own.ID, data); err != nil {
						t.Fatal(err)
					}
					r.quiet(t)
				}
				if r.in(t, p, f.Flow) {
					t.Errorf("%s opens %s to the role %q", trigger, f.Flow, role)
				}
			}
		}
		r.sound(t, p)
	}
	if opened < 25 { // what they may open opens: else nothing was shown above
		t.Errorf("only %d flows opened to who may", opened)
	}
	if n := r.count(t, `SELECT count(*) FROM broadcasts WHERE state = 'cancelled'`); n != 0 {
		t.Error("somebody cancelled the broadcast")
	}
	if n := r.count(t, `SELECT count(*) FROM audit a JOIN staff s ON s.id = a.staff WHERE s.role = 'agent' AND (a.act LIKE 'broadcast.%' OR a.act LIKE 'plan.%' OR a.act LIKE 'door.%')`); n != 0 {
		t.Errorf("%d acts of an agent's that are not for agents", n)
	}
}

// Whoever is in the middle of any question of a flow when the role goes is out at the next touch, whether they type or press.
func TestWhoLosesTheRoleIsOutOfEveryStaffQuestion(t *testing.T) {
	t.Parallel()
	r := start(t, true)
	p := meet(t, r.sim, locale.French, simulator.Profile{FirstName: "Omar"})
	p.Send("/menu")
	own := p.hears("menu.ask")
	questions := 0
	for _, f := range closedFlows(t) {
		for name, step := range f.Steps {
			if step.Ask == "" {
				continue
			}
			for _, touch := range []func(){
				func() { p.Send("1") },
				func() {
					if err := p.PressOn(own.ID, "77:"+name); err != nil {
						t.Fatal(err)
					}
				},
			} {
				questions++
				r.do(t, `UPDATE chats SET state = $2 WHERE chat_id = $1`, p.ID(),
					fmt.Sprintf(`{"v":1,"lang":"fr","screen":77,"open":true,"frames":[{"flow":%q,"step":%q,"vars":{}}]}`, f.Flow, name))
				p.heard()
				touch()
				p.hears("role.gone", "menu.ask")
				if r.in(t, p, f.Flow) {
					t.Errorf("%s: %s is still open", f.Flow, name)
				}
			}
		}
	}
	if questions < 100 {
		t.Errorf("only %d questions were looked at", questions)
	}
	if n := r.count(t, `SELECT count(*) FROM audit`); n != 0 {
		t.Errorf("%d acts are noted", n)
	}
}

package conversation

import (
	"context"
	"crypto/rand"
	"strconv"

	"github.com/qafila/qafila/internal/feedback"
	"github.com/qafila/qafila/internal/flow"
	"github.com/qafila/qafila/internal/people"
)

// Who may use what is for staff.
var (
	everyStaff = []string{string(people.Admin), string(people.Organiser), string(people.Agent)}
	organisers = []string{string(people.Admin), string(people.Organiser)}
)

func (h *House) staffActions() []Action {
	return []Action{{
		Signature: flow.Signature{Name: "staff.join", About: "takes up an invitation into the staff", Args: all(text, "code"), Outcomes: []string{"joined", "none"},
			Sets: all(text, "role_name", "region_name"), Longest: map[string]int{"region_name": 40}},
		Do: h.staffJoin,
	}, {
		Signature: flow.Signature{Name: "staff.invite", About: "a one-time link into the staff", Args: all(text, "as", "region"), For: everyStaff,
			Outcomes: []string{"made", "refused"}, Sets: with(all(text, "link", "role_name"), all(number, "hours")), Longest: map[string]int{"link": 90}},
		Ledger: []string{"as", "region"},
		Do:     h.staffInvite,
	}, {
		Signature: flow.Signature{Name: "staff.member", About: "one of the staff", Args: all(text, "member"), For: everyStaff, Outcomes: []string{"found", "gone"},
			Sets: with(all(text, "name", "role_name", "region_name"), all(flag, "removable")), Longest: map[string]int{"name": 80, "region_name": 40}},
		Ledger: []string{"member"},
		Do:     h.staffMember,
	}, {
		Signature: flow.Signature{Name: "staff.dismiss", About: "takes a role away", Args: all(text, "member"), For: everyStaff, Outcomes: []string{"done", "refused"}},
		Ledger:    []string{"member"},
		Do:        h.staffDismiss,
	}, {
		Signature: flow.Signature{Name: "staff.me", About: "what the person may do, in words", For: everyStaff, Outcomes: []string{"ok"},
			Sets: all(text, "role_name", "region_name"), Longest: map[string]int{"region_name": 40}},
		Do: func(_ context.Context, t *Turn, _ Args) (flow.Outcome, error) {
			return outcome("ok", h.post(t, *t.Member))
		},
	}}
}

// post is a member's role and region in words.
func (h *House) post(t *Turn, m people.Member) map[string]flow.Value {
	region, _ := h.Directory.Region(m.Region)
	return map[string]flow.Value{"role_name": t.Say("role."+string(m.Role), nil), "region_name": region.Name(t.Language)}
}

func (h *House) staffJoin(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	m, ok, err := people.Join(ctx, t.Tx, t.Chat, t.Name, args.Text("code"), t.Now)
	if err != nil {
		return flow.Outcome{}, err
	}
	if !ok {
		return outcome("none", nil)
	}
	if err := feedback.GiveBack(ctx, t.Tx, m.ID); err != nil {
		return flow.Outcome{}, err
	}
	if err := people.Note(ctx, t.Tx, &m, "staff.join", "region="+m.Region, "joined", t.Now); err != nil {
		return flow.Outcome{}, err
	}
	t.Member = &m
	role := t.Role()
	return flow.Outcome{Name: "joined", Set: h.post(t, m), Role: &role}, nil
}

func (h *House) staffInvite(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	role, region := people.Role(args.Text("as")), ""
	if role == people.Agent {
		region = args.Text("region")
		if t.Member.Role == people.Agent {
			region = t.Member.Region
		}
		if _, ok := h.Directory.Region(region); !ok {
			return outcome("refused", nil)
		}
	}
	if !t.Member.Role.Invites(role) || h.username() == "" {
		return outcome("refused", nil)
	}
	code, err := people.Invite(ctx, t.Tx, t.Member, role, region, t.Now, rand.Reader)
	if err != nil {
		return flow.Outcome{}, err
	}
	return outcome("made", map[string]flow.Value{"link": people.InvitationLink(h.username(), code), "role_name": t.Say("role."+string(role), nil),
		"hours": int(people.InvitationLife.Hours())})
}

func (h *House) staffMember(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	list, err := h.team(ctx, t)
	if err != nil {
		return flow.Outcome{}, err
	}
	for _, m := range list {
		if memberKey(m) == args.Text("member") {
			set := h.post(t, m)
			set["name"], set["removable"] = m.Name, m.ID != t.Member.ID && t.Member.Role.Invites(m.Role)
			return outcome("found", set)
		}
	}
	return outcome("gone", nil)
}

func (h *House) staffDismiss(ctx context.Context, t *Turn, args Args) (flow.Outcome, error) {
	id, err := strconv.ParseInt(args.Text("member"), 10, 64)
	if err != nil || id == t.Member.ID {
		return outcome("refused", nil)
	}
	gone, ok, err := people.Dismiss(ctx, t.Tx, t.Member, id, t.Now)
	if err != nil {
		return flow.Outcome{}, err
	}
	if !ok {
		return outcome("refused", nil)
	}
	language, err := people.Language(ctx, t.Tx, gone.Chat)
	if err != nil {
		return flow.Outcome{}, err
	}
	t.ShowCommands(gone.Chat, speak(h.Languages, language, ""), "")
	return outcome("done", nil)
}

// team is whom a member may see: an agent sees the agents of their own region.
func (h *House) team(ctx context.Context, t *Turn) ([]people.Member, error) {
	list, err := people.Staff(ctx, t.Tx)
	if err != nil || t.Member.Role != people.Agent {
		return list, err
	}
	var own []people.Member
	for _, m := range list {
		if m.Role == people.Agent && m.Region == t.Member.Region {
			own = append(own, m)
		}
	}
	return own, nil
}

func memberKey(m people.Member) string { return strconv.FormatInt(m.ID, 10) }

func (h *House) staffLists() []List {
	return []List{
		Whole(flow.Signature{Name: "staff", About: "the staff; keys are their numbers", For: everyStaff},
			func(ctx context.Context, t *Turn, _ Args) ([]flow.Item, error) {
				list, err := h.team(ctx, t)
				if err != nil {
					return nil, err
				}
				items := make([]flow.Item, len(list))
				for i, m := range list {
					post := h.post(t, m)
					items[i] = flow.Item{Key: memberKey(m), Label: beside(t.Language, m.Name, post["role_name"].(string), post["region_name"].(string))}
				}
				return items, nil
			}),
		Whole(flow.Signature{Name: "roles", About: "the roles that a member may invite into", For: everyStaff},
			func(_ context.Context, t *Turn, _ Args) ([]flow.Item, error) {
				var items []flow.Item
				for _, r := range people.Roles() {
					if t.Member.Role.Invites(r) {
						items = append(items, flow.Item{Key: string(r), Label: t.Say("role."+string(r), nil)})
					}
				}
				return items, nil
			}),
	}
}

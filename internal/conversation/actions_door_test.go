package conversation

import (
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/people"
)

// organiser is the same room for an organiser, in the chat 100.
func (r *room) organiser(at time.Time) *room {
	r.Helper()
	o := r.as(100, locale.French)
	o.turn.Now = at
	o.turn.Member = &people.Member{Chat: 100, Role: people.Organiser}
	if err := r.turn.Tx.QueryRow(r.Context(), `INSERT INTO staff (chat_id, role, name) VALUES (100, 'organiser', 'Salma') RETURNING id`).Scan(&o.turn.Member.ID); err != nil {
		r.Fatal(err)
	}
	return o
}

func TestWhatIsForTheDoorIsForOrganisers(t *testing.T) {
	r, _ := furnished(t)
	for _, s := range r.offer.Signatures().Actions {
		if strings.HasPrefix(s.Name, "door.") && strings.Join(s.For, " ") != "admin organiser" {
			t.Errorf("%s is for %v", s.Name, s.For)
		}
	}
	for _, s := range r.offer.Signatures().Lists {
		if (s.Name == "doors" || s.Name == "guests") && strings.Join(s.For, " ") != "admin organiser" {
			t.Errorf("%s is for %v", s.Name, s.For)
		}
	}
	for name, a := range r.offer.Actions {
		for _, arg := range a.Ledger {
			if strings.HasPrefix(name, "door.") && arg != "reference" && arg != "stop" {
				t.Errorf("%s writes %s into the audit log", name, arg)
			}
		}
	}
}

func TestTheDoorThatIsHeldIsTodaysOnlyOneOrTheOneThatWasPicked(t *testing.T) {
	r, _ := furnished(t)
	o := r.organiser(tuesday)
	o.do("none", "door.open", nil)
	if k := o.keys("doors", nil, ""); strings.Join(k, " ") != "demo-fes demo-azilal demo-agadir" {
		t.Error(k)
	}
	o.turn.Now = tuesday.AddDate(0, 0, 14)
	if set := o.do("open", "door.open", nil); set["stop"] != "demo-azilal" {
		t.Error(set)
	}
	o.do("ok", "door.hold", Args{"stop": "demo-agadir"})
	if set := o.do("open", "door.open", nil); set["stop"] != "demo-agadir" {
		t.Error(set)
	}
	if _, err := o.turn.Tx.Exec(t.Context(), `UPDATE stops SET starts_at = $1, ends_at = $2 WHERE id <> 'demo-fes'`,
		tuesday.AddDate(0, 0, 14), tuesday.AddDate(0, 0, 14).Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := o.turn.Tx.Exec(t.Context(), `UPDATE staff SET door = NULL`); err != nil {
		t.Fatal(err)
	}
	o.do("several", "door.open", nil)
	o.do("off", "door.status", Args{"stop": "nowhere"})
	if set := o.do("open", "door.status", Args{"stop": "demo-azilal"}); set["crowd"] != "Présents\u00a0: 0" || set["sample"] != true {
		t.Error(set)
	}
}

func TestTheDoorTellsWhoItIsHowManyAreInAndWhatCameOfIt(t *testing.T) {
	r, _ := furnished(t)
	refs := map[string]string{}
	for _, n := range []string{"Fatima El Idrissi", "Khadija", "Hassan", "Zineb"} { // three places, one waits
		o, err := r.house.registrationCreate(t.Context(), r.turn, formOf(n, n == "Fatima El Idrissi"))
		if err != nil {
			t.Fatal(err)
		}
		refs[n] = o.Set["reference"].(string)
	}
	day := time.Date(2026, 12, 15, 10, 5, 0, 0, locale.Zone())
	o := r.organiser(day)
	at := func(n string) Args { return Args{"reference": refs[n], "stop": "demo-agadir"} }

	_, payload, _ := strings.Cut(r.house.TicketLink(refs["Fatima El Idrissi"]), "start=in_")
	if set := o.do("sealed", "door.read", Args{"ticket": payload}); set["reference"] != refs["Fatima El Idrissi"] {
		t.Error(set)
	}
	o.do("unsealed", "door.read", Args{"ticket": payload[:6]})
	o.do("forged", "door.read", Args{"ticket": payload + "x"})

	if set := o.do("due", "door.look", at("Fatima El Idrissi")); set["state_words"] != "place réservée" || set["at"] != "" {
		t.Error(set)
	}
	set := o.do("in", "door.enter", at("Fatima El Idrissi"))
	for k, want := range map[string]any{"name": "Fatima El Idrissi", "crowd": "Présents\u00a0: 1 sur 3", "party_words": "👥 Groupe\u00a0: 1 sur 4", "rest": 3, "expected": 2,
		"at": "à 10\u00a0h\u00a005"} {
		if set[k] != want {
			t.Errorf("%s is %v, want %v", k, set[k], want)
		}
	}
	o.do("already", "door.enter", at("Fatima El Idrissi"))
	if set := o.do("wait", "door.enter", at("Zineb")); set["from"] != "à 10\u00a0h\u00a030" || set["expected"] != 2 {
		t.Error(set)
	}
	o.do("in", "door.enter_anyway", at("Zineb"))
	o.do("done", "door.take_back", at("Zineb"))
	o.do("unknown", "door.take_back", at("Zineb"))
	if set := o.do("some", "door.party", at("Fatima El Idrissi")); set["let_in"] != 2 || set["left_out"] != 1 {
		t.Error(set)
	}
	o.do("full", "door.enter", at("Zineb"))
	if set := o.do("elsewhere", "door.look", Args{"reference": refs["Zineb"], "stop": "demo-fes"}); set["own_town"] != "Agadir" || set["own_sample"] != true {
		t.Error(set)
	}
	o.do("unknown", "door.look", Args{"reference": "222-22A", "stop": "demo-agadir"})

	if k := o.keys("guests", Args{"words": "fatima idrissi", "stop": "demo-agadir"}, ""); len(k) != 1 || k[0] != refs["Fatima El Idrissi"] {
		t.Error(k)
	}
	o.do("names", "door.find", Args{"words": "a", "stop": "demo-agadir"})
	o.do("none", "door.find", Args{"words": "HASSAR", "stop": "demo-agadir"}) // reads like a reference
	if set := o.do("reference", "door.find", Args{"words": "HASSAN", "stop": "demo-agadir"}); set["reference"] != refs["Hassan"] {
		t.Error(set)
	}
	if set := o.do("reference", "door.find", Args{"words": strings.ToLower(strings.ReplaceAll(refs["Zineb"], "-", "")), "stop": "demo-agadir"}); set["reference"] != refs["Zineb"] {
		t.Error(set)
	}
}

func TestAWalkInsNameIsOnlyKeptWhereSomebodyIsResponsible(t *testing.T) {
	r, _ := furnished(t)
	o := r.organiser(time.Date(2026, 12, 1, 10, 0, 0, 0, locale.Zone()))
	walk := Args{"stop": "demo-fes", "trade": "bois", "name": "Karim Bennani"}
	if set := o.do("in", "door.walk_in", walk); set["name"] != "Karim Bennani" || set["trade_name"] != "Bois" || set["party_words"] != "" {
		t.Error(set)
	}
	o.house.Declaration = ""
	if set := o.do("in", "door.walk_in_anyway", walk); set["name"] != "Sans inscription" {
		t.Error(set)
	}
	var kept int
	if err := o.turn.Tx.QueryRow(t.Context(), `SELECT count(*) FROM registrations WHERE name <> ''`).Scan(&kept); err != nil || kept != 1 {
		t.Errorf("%d names are kept: %v", kept, err)
	}
	o.do("off", "door.walk_in", Args{"stop": "nowhere", "trade": "bois", "name": ""})
}

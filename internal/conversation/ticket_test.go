package conversation

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/reference"
)

func sealing(key string) *House {
	return &House{Username: func() string { return "QafilaBot" }, TicketKey: func() string { return key }}
}

func TestATicketIsOnlyGoodAsItWasMade(t *testing.T) {
	h := sealing("a key")
	link := h.TicketLink("4F7-K2M")
	if !regexp.MustCompile(`^https://t\.me/QafilaBot\?start=in_4F7K2M_[A-Za-z]{10}$`).MatchString(link) {
		t.Fatal(link)
	}
	payload := strings.TrimPrefix(link, "https://t.me/QafilaBot?start=in_")
	seal := payload[7:]
	for what, c := range map[string]struct {
		payload, ref string
		is           worth
	}{
		"as it was made":                 {payload, "4F7-K2M", sealed},
		"the reference in small letters": {"4f7k2m_" + seal, "4F7-K2M", sealed},
		"the reference alone":            {"4F7K2M", "4F7-K2M", unsealed},
		"another's seal":                 {"4F7K2N_" + seal, "", forged},
		"a letter less":                  {payload[:len(payload)-1], "", forged},
		"a letter more":                  {payload + "a", "", forged},
		"the seal in capitals":           {"4F7K2M_" + strings.ToUpper(seal), "", forged},
		"an empty seal":                  {"4F7K2M_", "", forged},
		"no reference":                   {"staff_x", "", forged},
		"nothing":                        {"", "", forged},
		"another deployment's":           {"4F7K2M_" + sealing("another key").seal("4F7-K2M"), "", forged},
	} {
		if ref, is := h.readTicket(c.payload); ref != c.ref || is != c.is {
			t.Errorf("%s: %q, %s; want %q, %s", what, ref, is, c.ref, c.is)
		}
	}
}

func TestWithoutAKeyNothingIsSealedAndNoSealIsGood(t *testing.T) {
	h := sealing("")
	if link := h.TicketLink("4F7-K2M"); link != "https://t.me/QafilaBot?start=in_4F7K2M" {
		t.Error(link)
	}
	for _, payload := range []string{"4F7K2M_", "4F7K2M_" + sealing("a key").seal("4F7-K2M")} {
		if _, is := h.readTicket(payload); is != forged {
			t.Errorf("%s is %s", payload, is)
		}
	}
}

func TestATicketIsNeverTakenForAnIdentityNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ref, err := reference.New(bytes.NewReader(append(rapid.SliceOfN(rapid.Byte(), 24, 24).Draw(t, "random"), make([]byte, 240)...)))
		if err != nil {
			t.Fatal(err)
		}
		_, payload, _ := strings.Cut(sealing(rapid.StringN(1, 20, -1).Draw(t, "key")).TicketLink(ref), "start=")
		if masked, found := locale.MaskIdentity(payload); found {
			t.Fatalf("%q is masked to %q", payload, masked)
		}
	})
}

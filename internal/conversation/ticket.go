package conversation

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"github.com/qafila/qafila/internal/reference"
)

// sealLength is how many letters seal a ticket: 52¹⁰, or 57 bits. Nobody guesses one by pointing a phone at a door.
const sealLength = 10

const sealLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// TicketLink is what a ticket's code says: a link that opens the registration in the bot, in_<reference>_<seal>. A reference can be read
// off a screen or guessed; the seal can only be made by who has the house's key, so that a link that bears it comes from a ticket of ours.
// While the bot doesn't know its own name it is the bare reference, while it doesn't know its key there is no seal: at the door both count
// as a reference that somebody typed.
func (h *House) TicketLink(ref string) string {
	if h.username() == "" {
		return reference.Compact(ref)
	}
	link := "https://t.me/" + h.username() + "?start=in_" + reference.Compact(ref)
	if seal := h.seal(ref); seal != "" {
		link += "_" + seal
	}
	return link
}

// seal is letters only: with digits it could look like an identity number, which are masked in whatever comes in.
func (h *House) seal(ref string) string {
	if h.TicketKey == nil || h.TicketKey() == "" {
		return ""
	}
	mac := hmac.New(sha256.New, []byte(h.TicketKey()))
	_, _ = mac.Write([]byte("ticket " + reference.Compact(ref))) // never fails (hash.Hash)
	n := binary.BigEndian.Uint64(mac.Sum(nil))
	var out [sealLength]byte
	for i := range out {
		out[i] = sealLetters[n%uint64(len(sealLetters))]
		n /= uint64(len(sealLetters))
	}
	return string(out[:])
}

// A worth is what a ticket's word is good for.
type worth string

const (
	sealed   worth = "sealed"   // it is a ticket of ours
	unsealed worth = "unsealed" // a reference, which anybody may have written: a ticket from before there were seals
	forged   worth = "forged"   // a wrong seal, or no reference at all: made by somebody else, or by another deployment
)

// readTicket reads what stands behind in_ in a ticket's link.
func (h *House) readTicket(payload string) (ref string, is worth) {
	written, seal, bears := strings.Cut(payload, "_")
	ref, ok := reference.Read(written)
	switch {
	case !ok:
		return "", forged
	case !bears:
		return ref, unsealed
	}
	if want := h.seal(ref); want == "" || !hmac.Equal([]byte(want), []byte(seal)) {
		return "", forged
	}
	return ref, sealed
}

// Package reference makes the short codes by which people name a registration or a recommendation: "4F7-K2M". They are easy to say,
// type and copy, and never look like a national identity number, so that masking those never touches a reference. It does not
// promise that a code is new: the table that keeps it does.
package reference

import (
	"fmt"
	"io"
	"strings"
)

// Digits first, then letters: without 0 O, 1 I L, and U, which are misread or make words.
const (
	digits   = "23456789"
	letters  = "ABCDEFGHJKMNPQRSTVWXYZ"
	alphabet = digits + letters
	length   = 6
)

// New draws a reference from random. The last character is a letter: what ends in a letter is no identity number (letters, then
// digits). There are 5 × 10⁸ of them.
func New(random io.Reader) (string, error) {
	var raw [length * 4]byte // enough that drawing twice is rare: 6 of 8 draws are used
	var out [length]byte
	for n := 0; n < length; {
		if _, err := io.ReadFull(random, raw[:]); err != nil {
			return "", fmt.Errorf("draw a reference: %w", err)
		}
		for _, b := range raw {
			from := alphabet
			if n == length-1 {
				from = letters
			}
			if int(b) >= 256/len(from)*len(from) { // keeps every character equally likely
				continue
			}
			out[n] = from[int(b)%len(from)]
			if n++; n == length {
				break
			}
		}
	}
	return string(out[:3]) + "-" + string(out[3:]), nil
}

// Compact is a reference without its dash, as links carry it.
func Compact(reference string) string { return strings.ReplaceAll(reference, "-", "") }

// Read takes a reference as a person or a link gives it: any case, with the dash, without, or with a space for it.
func Read(s string) (string, bool) {
	s = strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(strings.TrimSpace(s)))
	if len(s) != length || !strings.Contains(letters, s[length-1:]) {
		return "", false
	}
	for _, r := range s {
		if !strings.ContainsRune(alphabet, r) {
			return "", false
		}
	}
	return s[:3] + "-" + s[3:], true
}

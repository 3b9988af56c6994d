package reference

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/qafila/qafila/internal/locale"
)

func TestAReferenceIsNeverTakenForAnIdentityNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), 24, 24).Draw(t, "random")
		ref, err := New(bytes.NewReader(append(raw, make([]byte, 240)...)))
		if err != nil {
			t.Fatal(err)
		}
		for _, shown := range []string{ref, Compact(ref), "in_" + Compact(ref), strings.ToLower(Compact(ref)), "Référence " + ref + " 2026"} {
			if masked, found := locale.MaskIdentity(shown); found {
				t.Fatalf("%q is masked to %q", shown, masked)
			}
		}
		for _, typed := range []string{ref, Compact(ref), strings.ToLower(ref), " " + strings.Replace(ref, "-", " ", 1)} {
			if got, ok := Read(typed); !ok || got != ref {
				t.Fatalf("Read(%q) = %q, %v; want %q", typed, got, ok, ref)
			}
		}
	})
}

func TestWhatIsNoReferenceIsNotRead(t *testing.T) {
	for _, s := range []string{"", "4F7-K2", "4F7-K2MM", "4F7-K20", "AB2-345", "OIL-UUU", "محطة", "4F7-K2é"} {
		if got, ok := Read(s); ok {
			t.Errorf("Read(%q) = %q", s, got)
		}
	}
}

func TestReferencesDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 2000 {
		ref, err := New(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		seen[ref] = true
	}
	if len(seen) < 1995 {
		t.Errorf("2000 draws gave %d references", len(seen))
	}
}

func TestNoRandomnessIsAnError(t *testing.T) {
	if ref, err := New(strings.NewReader("short")); err == nil {
		t.Errorf("got %q without randomness", ref)
	}
}

package report

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/paper"
)

// written is a report in all its forms.
func written(t testing.TB, r Report, w Words, lang locale.Language) map[string][]byte {
	t.Helper()
	var press paper.Press
	pages, err := PDF(&press, r, w, lang)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := Picture(&press, r, w, lang)
	if err != nil {
		t.Fatal(err)
	}
	var sheets bytes.Buffer
	if err := Sheets(&sheets, r, w, lang); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"PDF": pages, "picture": picture, "sheets": sheets.Bytes(), "lines": []byte(strings.Join(Lines(r, w, lang), "\n"))}
}

func sums(t testing.TB) string {
	w := speak(t)
	var b strings.Builder
	for _, name := range []string{"rich", "scant"} {
		for _, lang := range []locale.Language{locale.French, locale.Arabic} {
			forms := written(t, sample(w, name), w, lang)
			for _, form := range []string{"PDF", "picture", "sheets", "lines"} {
				fmt.Fprintf(&b, "%s %s %s %x\n", name, lang, form, sha256.Sum256(forms[form]))
			}
		}
	}
	return b.String()
}

const another = "QAFILA_TEST_ANOTHER_PROGRAM"

// TestTheSameReportIsTheSameBytes writes it here, and later in another program.
func TestTheSameReportIsTheSameBytes(t *testing.T) {
	t.Parallel()
	if file := os.Getenv(another); file != "" {
		if err := os.WriteFile(file, []byte(sums(t)), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	here := sums(t)
	time.Sleep(1100 * time.Millisecond) // moments are written in seconds
	file := t.TempDir() + "/sums"
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTheSameReportIsTheSameBytes$")
	c.Env = append(os.Environ(), another+"="+file, "TZ=America/Lima")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	there, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if here != string(there) {
		t.Errorf("here:\n%sthere:\n%s", here, there)
	}
}

// TestHiddenNumbersLeaveNoTrace puts numbers behind those that may not be told: everything is written as if there were none.
func TestHiddenNumbersLeaveNoTrace(t *testing.T) {
	t.Parallel()
	w := speak(t)
	for _, name := range samples[:3] {
		for _, lang := range []locale.Language{locale.French, locale.Darija} {
			want, leaky := written(t, sample(w, name), w, lang), sample(w, name)
			betray(reflect.ValueOf(&leaky).Elem())
			for form, got := range written(t, leaky, w, lang) {
				if !bytes.Equal(got, want[form]) {
					t.Errorf("%s in %s: the %s tell a number that is hidden", name, lang, form)
				}
			}
		}
	}
}

func betray(v reflect.Value) {
	if n, ok := v.Addr().Interface().(*Number); ok {
		if n.Under > 0 {
			n.N = 98765
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			betray(v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			betray(v.Index(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			if n, ok := v.MapIndex(k).Interface().(Number); ok && n.Under > 0 {
				n.N = 98765
				v.SetMapIndex(k, reflect.ValueOf(n))
			}
		}
	}
}

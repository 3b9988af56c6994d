package locale

import "testing"

func TestDistanceOfWords(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"fes", "fes", 0}, {"fes", "fas", 1}, {"azilal", "azillal", 1}, {"azilal", "zailal", 1}, {"", "ab", 2}, {"kenitra", "khenifra", 2}, {"casa", "rabat", 3}} {
		if got := Slips([]rune(c.a), []rune(c.b), 2); got != c.want {
			t.Errorf("%s, %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

package report

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/qafila/qafila/internal/locale"
	"github.com/qafila/qafila/internal/paper"
)

func TestZZ(t *testing.T) {
	w := speak(t)
	var press paper.Press
	for _, name := range samples {
		for _, lang := range locale.Languages() {
			r := sample(w, name)
			start := time.Now()
			made, err := PDF(&press, r, w, lang)
			if err != nil {
				t.Fatal(err)
			}
			took := time.Since(start)
			os.WriteFile(fmt.Sprintf("/tmp/dp/%s-%s.pdf", name, lang), made, 0o644)
			start = time.Now()
			pic, err := Picture(&press, r, w, lang)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Println(name, lang, took, len(made), time.Since(start), len(pic))
			os.WriteFile(fmt.Sprintf("/tmp/dp/%s-%s-pic.png", name, lang), pic, 0o644)
			var b bytes.Buffer
			if err := Sheets(&b, r, w, lang); err != nil {
				t.Fatal(err)
			}
			os.WriteFile(fmt.Sprintf("/tmp/dp/%s-%s.xlsx", name, lang), b.Bytes(), 0o644)
			for _, l := range Lines(r, w, lang) {
				fmt.Println("  ", l)
			}
		}
	}
}

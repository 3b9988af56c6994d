package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/qafila/qafila/internal/locale"
)

// TestEveryQuestionOfAnArtisanKeepsItsContract reads the flows as they are written: where an artisan types, there is an example, and a second
// wrong answer is told in other words than the first, in each language.
func TestEveryQuestionOfAnArtisanKeepsItsContract(t *testing.T) {
	t.Parallel()
	texts, err := textsIn(locale.Languages())
	if err != nil {
		t.Fatal(err)
	}
	differ := func(where, first, second string) {
		t.Helper()
		for _, lang := range locale.Languages() {
			if a, b := texts.Text(lang, first, nil), texts.Text(lang, second, nil); a == "" || a == b {
				t.Errorf("%s: %s and %s both say %q in %s", where, first, second, a, lang)
			}
		}
	}
	for _, kind := range []string{"text_short", "text_long", "number", "phone", "contact", "choice", "location", "kind"} {
		differ("the standard words", "wrong."+kind, "wrong."+kind+"_again")
	}
	files, err := filepath.Glob("../../flows/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	typed := 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var f struct {
			For   any
			Steps map[string]struct {
				Ask     string
				Example string
				Wrong   []string
				Choose  any
				Answer  map[string]any
			}
		}
		if err := yaml.Unmarshal(raw, &f); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for name, st := range f.Steps {
			where := filepath.Base(file) + ", " + name
			if len(st.Wrong) == 2 {
				differ(where, st.Wrong[0], st.Wrong[1])
			}
			list, _ := st.Choose.(map[string]any)
			types := list["search"] == true
			for _, kind := range []string{"text", "number", "phone"} {
				types = types || st.Answer[kind] != nil
			}
			if f.For != nil || st.Ask == "" || !types {
				continue
			}
			typed++
			if st.Example == "" {
				t.Errorf("%s: something is typed, and there is no example", where)
			}
		}
	}
	if typed < 20 {
		t.Errorf("%d questions were found to which an artisan types", typed)
	}
}

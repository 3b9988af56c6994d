package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// inFlows copies the folder of flows, one file of it changed, and gives the copy's path and the line of the change.
func inFlows(t *testing.T, file, old, changed string) (folder string, line int) {
	t.Helper()
	folder = t.TempDir()
	files, err := filepath.Glob("../../flows/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("the flows are %q: %v", files, err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(f) == file {
			before, after, found := strings.Cut(string(text), old)
			if !found {
				t.Fatalf("%s does not hold %q", file, old)
			}
			line = strings.Count(before, "\n") + 1
			text = []byte(before + changed + after)
		}
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(f)), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder, line
}

// mistakes are what somebody who edits flows/space.yaml gets wrong.
var mistakes = map[string]struct{ old, changed string }{
	"unknown door":     {"start: /tickets}", "start: /tickettts}"},
	"missing text":     {"ask: space.ask", "ask: space.no_such_text"},
	"unknown key":      {"choose:", "chose:"},
	"no YAML":          {"steps:", "steps: ["},
	"unknown step":     {"ask: space.ask", "ask: space.ask\n    next: nowhere"},
	"unknown variable": {"start: /help}", "start: /help, if: unheard_of}"},
}

func drawn(t *testing.T, folder string) {
	t.Helper()
	flows, err := filepath.Glob("../../flows/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	pictures, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	name := func(path string) string {
		return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	for _, f := range flows {
		i := slices.IndexFunc(pictures, func(p string) bool { return name(p) == name(f) })
		if i < 0 {
			t.Errorf("the flow %s has no picture among %q", name(f), pictures)
			continue
		}
		text, err := os.ReadFile(pictures[i])
		if err != nil {
			t.Fatal(err)
		}
		if s := string(text); !strings.Contains(s, "<svg") && !strings.Contains(s, "digraph") {
			t.Errorf("%s is no picture: %.80q", pictures[i], s)
		}
	}
	if len(pictures) != len(flows) {
		t.Errorf("%d pictures of %d flows", len(pictures), len(flows))
	}
}

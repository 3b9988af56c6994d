package postgres

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// install makes a folder with programs that say they are of a version.
func install(t *testing.T, version string) string {
	t.Helper()
	folder := ForTestFolder(t)
	for _, name := range []string{"initdb", "postgres"} {
		script := "#!/bin/sh\necho \"" + name + " (PostgreSQL) " + version + "\"\n"
		if err := os.WriteFile(filepath.Join(folder, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestFindPrograms(t *testing.T) {
	t.Parallel()
	empty, thirteen, sixteen, eighteen := t.TempDir(), install(t, "13.4"), install(t, "16.2 (Debian 16.2-1)"), install(t, "18beta1")
	for name, c := range map[string]struct {
		places []string
		major  int
		want   string
	}{
		"the first place that has them":       {[]string{empty, sixteen, eighteen}, 0, sixteen},
		"too old a version is passed by":      {[]string{thirteen, eighteen}, 0, eighteen},
		"the version that made the data":      {[]string{sixteen, eighteen}, 18, eighteen},
		"a place that is gone is no obstacle": {[]string{filepath.Join(empty, "gone"), sixteen}, 0, sixteen},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := findPrograms(t.Context(), defaultAccount(), c.places, c.major)
			if err != nil || found.folder != c.want {
				t.Errorf("found %q (%v), wanted %q", found.folder, err, c.want)
			}
		})
	}
}

func TestWithoutProgramsOneLineSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		places []string
		major  int
		words  []string
	}{
		"none at all":       {[]string{t.TempDir()}, 0, []string{"not found"}},
		"none new enough":   {[]string{install(t, "9.6")}, 0, []string{"not found", "older than 15"}},
		"not the data's":    {[]string{install(t, "16.2")}, 15, []string{"made by PostgreSQL 15", "is version 16"}},
		"nothing searched":  {nil, 0, []string{"not found"}},
		"out of root's way": {[]string{hidden(t)}, 0, []string{"not found"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := findPrograms(t.Context(), defaultAccount(), c.places, c.major)
			if err == nil {
				t.Fatal("no error")
			}
			for _, words := range append(c.words, "apt-get install postgresql", "DATABASE_URL") {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("%q does not say %q", err, words)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %q", err)
			}
		})
	}
}

// hidden has programs that nobody may run.
func hidden(t *testing.T) string {
	t.Helper()
	folder := install(t, "16.2")
	for _, name := range []string{"initdb", "postgres"} {
		if err := os.Chmod(filepath.Join(folder, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestUsualPlacesBeginWithThePath(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	t.Setenv("PATH", strings.Join([]string{first, "relative", second}, string(os.PathListSeparator)))
	places := usualPlaces(t.Context())
	if len(places) < 2 || places[0] != first || places[1] != second {
		t.Errorf("places: %q", places)
	}
}

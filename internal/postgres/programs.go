package postgres

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// oldest is the oldest major version that has what we use: UNIQUE NULLS NOT DISTINCT, in the migrations.
const oldest = 15

// programs are one installed PostgreSQL's server programs.
type programs struct {
	folder string
	major  int
}

func (p programs) path(name string) string { return filepath.Join(p.folder, name) }

var (
	versionLine = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)
	firstNumber = regexp.MustCompile(`\d+`)
)

// findPrograms takes the first of places that has both programs, runnable by who, in version major (0: any we can use).
func findPrograms(ctx context.Context, who account, places []string, major int) (programs, error) {
	var others []string
	for _, folder := range places {
		if !executable(filepath.Join(folder, "initdb")) || !executable(filepath.Join(folder, "postgres")) {
			continue
		}
		out, err := who.command(ctx, "/", filepath.Join(folder, "postgres"), "--version").Output()
		if ctx.Err() != nil {
			return programs{}, ctx.Err()
		}
		if err != nil {
			others = append(others, fmt.Sprintf("%s cannot be run by %s (%v)", folder, who.name, err))
			continue
		}
		version := 0
		if found := versionLine.FindSubmatch(out); found != nil {
			version, _ = strconv.Atoi(string(found[1]))
		}
		switch {
		case version < oldest:
			others = append(others, fmt.Sprintf("%s is older than %d", folder, oldest))
		case major != 0 && version != major:
			others = append(others, fmt.Sprintf("%s is version %d", folder, version))
		default:
			return programs{folder, version}, nil
		}
	}
	what := "PostgreSQL's server programs (initdb, postgres) were not found"
	if major != 0 {
		what = fmt.Sprintf("the data folder was made by PostgreSQL %d, whose server programs were not found", major)
	}
	if len(others) > 0 {
		what += " (" + strings.Join(others, "; ") + ")"
	}
	return programs{}, fmt.Errorf("%s: install them (Debian, Ubuntu: apt-get install postgresql) or set DATABASE_URL", what)
}

// usualPlaces are the PATH, then where distributions and installers put server programs, the newest version first.
func usualPlaces(ctx context.Context) []string {
	places := filepath.SplitList(os.Getenv("PATH"))
	if config, err := exec.LookPath("pg_config"); err == nil {
		if out, err := exec.CommandContext(ctx, config, "--bindir").Output(); err == nil {
			places = append(places, strings.TrimSpace(string(out)))
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
		"/usr/pgsql-*/bin",                                   // Red Hat, the project's own packages
		"/usr/libexec/postgresql*",                           // Alpine
		"/usr/lib/postgresql*/bin",                           // SUSE
		"/usr/local/pgsql/bin",                               // from source
		"/opt/homebrew/opt/postgresql*/bin",                  // macOS
		"/usr/local/opt/postgresql*/bin",                     // macOS on Intel
		"/Applications/Postgres.app/Contents/Versions/*/bin", // macOS
	} {
		found, _ := filepath.Glob(pattern) // the patterns are well-formed
		slices.SortStableFunc(found, func(a, b string) int { return cmp.Compare(number(b), number(a)) })
		places = append(places, found...)
	}
	return slices.DeleteFunc(places, func(place string) bool { return !filepath.IsAbs(place) })
}

func number(path string) int {
	n, _ := strconv.Atoi(firstNumber.FindString(path)) // no number: last
	return n
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/qafila/qafila/flows"
	"github.com/qafila/qafila/internal/flow"
)

// everything is the settings under which the flows are checked: all languages, as shipped.
var everything = settings{common: common{Languages: "fr,ar,ary"}}

type flowsCheck struct {
	Folder string `arg:"" optional:"" type:"existingdir" help:"Folder of flows; without it the ones built into the program."`
}

// Run prints the problems and fails when one is more than a warning.
func (c flowsCheck) Run() error {
	var files fs.FS = flows.Files
	prefix := "flows"
	if c.Folder != "" {
		files, prefix = os.DirFS(c.Folder), c.Folder
	}
	_, problems, err := furnishFrom(everything, files)
	if err != nil {
		return err
	}
	wrong := 0
	for _, p := range problems {
		if filepath.Ext(p.File) == ".yaml" && !strings.Contains(p.File, "/") && strings.Count(p.File, ".") == 1 {
			p.File = filepath.Join(prefix, p.File)
		}
		fmt.Println(p)
		if !p.Warning {
			wrong++
		}
	}
	if wrong > 0 {
		return fmt.Errorf("%d problems in the conversations", wrong)
	}
	fmt.Printf("the conversations are sound (%d warnings)\n", len(problems))
	return nil
}

type flowsDraw struct {
	Out string `default:"drawings" help:"Folder to write to."`
}

// Run writes a picture of each flow.
func (c flowsDraw) Run(ctx context.Context) error {
	h, err := furnish(everything)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	dot, missing := exec.LookPath("dot")
	for _, name := range h.book.Names() {
		source := h.book.Draw(name)
		file := filepath.Join(c.Out, name+".dot")
		data := []byte(source)
		if missing == nil {
			file = filepath.Join(c.Out, name+".svg")
			cmd := exec.CommandContext(ctx, dot, "-Tsvg")
			cmd.Stdin = strings.NewReader(source)
			var said bytes.Buffer
			cmd.Stderr = &said
			if data, err = cmd.Output(); err != nil {
				return fmt.Errorf("draw %s: %w: %s", name, err, said.String())
			}
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return fmt.Errorf("write a drawing: %w", err)
		}
		fmt.Println(file)
	}
	if errors.Is(missing, exec.ErrNotFound) {
		fmt.Println("Graphviz' dot is not on PATH: these are its sources (Debian: apt install graphviz)")
	}
	return nil
}

type flowsActions struct{}

// Run prints what flows can use.
func (flowsActions) Run() error {
	h, _, err := furnishFrom(everything, flows.Files)
	if err != nil {
		return err
	}
	s := h.offer.Signatures()
	list := func(title string, offered []flow.Signature) {
		fmt.Println(title)
		slices.SortFunc(offered, func(a, b flow.Signature) int { return strings.Compare(a.Name, b.Name) })
		for _, g := range offered {
			fmt.Printf("  %s(%s)", g.Name, typed(g.Args))
			if len(g.Outcomes) > 0 {
				fmt.Printf(" → %s", strings.Join(g.Outcomes, ", "))
			}
			if len(g.Sets) > 0 {
				fmt.Printf("; sets %s", typed(g.Sets))
			}
			fmt.Printf("\n      %s\n", g.About)
		}
	}
	list("Actions", s.Actions)
	list("Lists", s.Lists)
	list("Attachments", s.Attachments)
	return nil
}

func typed(m map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, k+": "+m[k])
	}
	return strings.Join(parts, ", ")
}

package locale

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"
)

// text is one form of one message, cut at its parameters when it is read, so that filling it in is copying strings.
type text struct {
	source string
	parts  []string // len(params)+1 of them, nil when the text has actions other than {{.name}}
	params []string // in order of appearance, repeats included
	// actions holds what a text with other actions uses ({{if .x}}…); go-i18n executes such a text.
	actions []string
}

var (
	plainParam = regexp.MustCompile(`\{\{\s*\.([a-z][a-z0-9_]*)\s*\}\}`)
	paramName  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// newText cuts a source into parts, or checks that it is a template.
func newText(source string) (*text, error) {
	t := &text{source: source}
	at := 0
	for _, m := range plainParam.FindAllStringSubmatchIndex(source, -1) {
		t.parts = append(t.parts, source[at:m[0]])
		t.params = append(t.params, source[m[2]:m[3]])
		at = m[1]
	}
	t.parts = append(t.parts, source[at:])
	for _, p := range t.parts {
		if strings.Contains(p, "{{") || strings.Contains(p, "}}") {
			return t, t.asTemplate()
		}
	}
	return t, nil
}

// asTemplate checks a text that needs text/template and collects its parameters.
func (t *text) asTemplate() error {
	t.parts, t.params = nil, nil
	trees, err := parse.Parse("text", t.source, "{{", "}}", builtins)
	if err != nil {
		_, reason, _ := strings.Cut(err.Error(), "template: text:")
		if reason == "" {
			reason = err.Error()
		}
		return fmt.Errorf("the text is not a template: %s; a parameter is written {{.name}}", reason)
	}
	fields := map[string]bool{}
	for _, tree := range trees {
		collect(tree.Root, fields)
	}
	for f := range fields {
		if !paramName.MatchString(f) {
			return fmt.Errorf("parameter %q is not written in small letters, digits and _", f)
		}
		t.actions = append(t.actions, f)
	}
	slices.Sort(t.actions)
	return nil
}

// builtins are text/template's functions that make sense in a text; parse only needs their names.
var builtins = map[string]any{"and": true, "or": true, "not": true, "eq": true, "ne": true, "lt": true, "le": true, "gt": true, "ge": true,
	"len": true, "index": true, "print": true, "printf": true}

// collect gathers the fields of the dot that a template reads.
func collect(n parse.Node, fields map[string]bool) {
	branch := func(b *parse.BranchNode) {
		collect(b.Pipe, fields)
		collect(b.List, fields)
		if b.ElseList != nil {
			collect(b.ElseList, fields)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, c := range n.Nodes {
			collect(c, fields)
		}
	case *parse.ActionNode:
		collect(n.Pipe, fields)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			collect(c, fields)
		}
	case *parse.CommandNode:
		for _, c := range n.Args {
			collect(c, fields)
		}
	case *parse.FieldNode:
		fields[n.Ident[0]] = true
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	}
}

// fill writes the text with its parameters; one that isn't given shows as ⟦name⟧.
func (t *text) fill(params map[string]any) string {
	if len(t.params) == 0 {
		return t.source
	}
	if len(t.params) == 1 {
		return t.parts[0] + value(params, t.params[0]) + t.parts[1]
	}
	var buf [8]string
	values := buf[:0]
	size := 0
	for i, p := range t.params {
		v := value(params, p)
		values = append(values, v)
		size += len(t.parts[i]) + len(v)
	}
	var b strings.Builder
	b.Grow(size + len(t.parts[len(t.parts)-1]))
	for i, v := range values {
		b.WriteString(t.parts[i])
		b.WriteString(v)
	}
	b.WriteString(t.parts[len(t.parts)-1])
	return b.String()
}

func value(params map[string]any, name string) string {
	v, ok := params[name]
	if !ok {
		return "⟦" + name + "⟧"
	}
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case nil:
		return ""
	}
	return fmt.Sprint(v)
}

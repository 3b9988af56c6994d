package flow

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// A page reads one YAML file strictly: what it doesn't know is a problem at its line.
type page struct {
	*loader
	file string
}

// A field is one entry of a mapping.
type field struct {
	key  string
	line int
	node ast.Node
}

func (p *page) problem(line int, hint, what string, args ...any) {
	p.add(Problem{File: p.file, Line: line, What: fmt.Sprintf(what, args...), Hint: hint})
}

// document gives the one mapping that a file holds.
func (p *page) document(b []byte) []field {
	f, err := parser.ParseBytes(b, 0)
	if err != nil {
		line, what := 1, err.Error()
		var se *yaml.SyntaxError
		if errors.As(err, &se) {
			what = se.Message
			if se.Token != nil && se.Token.Position != nil {
				line = se.Token.Position.Line
			}
		}
		p.problem(line, "mind the indentation, and quote words with : or # in them", "this is no YAML: %s", what)
		return nil
	}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		p.problem(1, "a file is one flow, without ---", "a file holds one flow")
		return nil
	}
	return p.fields(f.Docs[0].Body)
}

func line(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 1
	}
	return n.GetToken().Position.Line
}

// fields gives the entries of a mapping in the order they are written.
func (p *page) fields(n ast.Node) []field {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		p.problem(line(n), "", "`name: value` pairs belong here")
		return nil
	}
	fs := make([]field, 0, len(m.Values))
	for _, v := range m.Values {
		key, ok := p.scalar(v.Key)
		if !ok {
			p.problem(line(v.Key), "", "this can't be a name")
			continue
		}
		fs = append(fs, field{key, line(v.Key), v.Value})
	}
	return fs
}

func (p *page) items(n ast.Node) []ast.Node {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		p.problem(line(n), "write [a, b], or one line each with - before it", "a list belongs here")
		return nil
	}
	return s.Values
}

// scalar is what a plain value reads like, whatever YAML takes it for.
func (p *page) scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value), true
	case *ast.IntegerNode:
		return n.GetToken().Value, true
	case *ast.FloatNode:
		return n.GetToken().Value, true
	case *ast.BoolNode:
		return strconv.FormatBool(n.Value), true
	}
	return "", false
}

func (p *page) word(f field) word {
	s, ok := p.scalar(f.node)
	if !ok || s == "" {
		p.problem(f.line, "", "`%s` needs one word", f.key)
	}
	return word{s, f.line}
}

func (p *page) number(f field, least int) int {
	s, ok := p.scalar(f.node)
	n, err := strconv.Atoi(s)
	if !ok || err != nil || n < least {
		p.problem(f.line, "", "`%s` needs a number of at least %d", f.key, least)
		return least
	}
	return n
}

func (p *page) truth(f field) bool {
	b, ok := f.node.(*ast.BoolNode)
	if !ok {
		p.problem(f.line, "", "`%s` needs true or false", f.key)
		return false
	}
	return b.Value
}

func (p *page) unknown(f field, where string, known ...string) {
	hint := "it may have " + strings.Join(known, ", ")
	if near := nearest(f.key, known); near != "" {
		hint = "did you mean `" + near + "`?"
	}
	p.problem(f.line, hint, "%s has no `%s`", where, f.key)
}

// nearest is the known word that a mistyped one most likely means; "" when none is close.
func nearest(s string, known []string) string {
	best, least := "", len(s)/3+2
	for _, k := range known {
		if d := distance(s, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// didYouMean is a hint, or "".
func didYouMean(s string, known []string) string {
	if near := nearest(s, known); near != "" {
		return "did you mean `" + near + "`?"
	}
	return ""
}

// distance is Levenshtein's, in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

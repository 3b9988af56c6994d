package answers

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/qafila/qafila/internal/locale"
)

// A page is one file as written.
type page struct {
	Topic   located `yaml:"topic"`
	Order   located `yaml:"order"`
	Hidden  located `yaml:"hidden"`
	Name    texts   `yaml:"name"`
	Entries []entry `yaml:"entries"`

	file string
}

type entry struct {
	ID      located `yaml:"id"`
	Class   located `yaml:"class"`
	Title   texts   `yaml:"title"`
	Body    texts   `yaml:"body"`
	Who     texts   `yaml:"who"`
	Source  located `yaml:"source"`
	Checked located `yaml:"checked"`
	Opens   located `yaml:"opens"`
	Ways    ways    `yaml:"ways"`
}

// ways are how people ask, a list a script.
type ways struct {
	French []located `yaml:"fr"`
	Arabic []located `yaml:"ar"`
	Latin  []located `yaml:"latin"`
}

func (w ways) in(s Script) []located {
	switch s {
	case French:
		return w.French
	case Arabic:
		return w.Arabic
	}
	return w.Latin
}

// texts is one text in several languages, each with its place.
type texts map[locale.Language]located

// shown are the texts as people are to see them.
func (t texts) shown() words {
	w := make(words, len(t))
	for lang, s := range t {
		w[lang] = locale.Typeset(lang, s.text)
	}
	return w
}

// located is a plain value and the line that it stands on.
type located struct {
	text   string
	line   int
	number int // the value, when it is a whole number
}

// UnmarshalYAML takes any plain value as it is written, so that a date or a number is text like the rest.
func (l *located) UnmarshalYAML(n ast.Node) error {
	t := n.GetToken()
	if t == nil || t.Position == nil {
		return errors.New("a value is missing")
	}
	l.line = t.Position.Line
	switch n := n.(type) {
	case *ast.StringNode:
		l.text = strings.TrimSpace(n.Value)
	case *ast.LiteralNode: // | and >: the mark has the line
		l.text = strings.TrimSpace(n.Value.Value)
	case *ast.NullNode:
		l.text = ""
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode:
		return &yaml.UnexpectedNodeTypeError{Actual: n.Type(), Expected: ast.StringType, Token: t}
	default:
		l.text = strings.TrimSpace(t.Value)
		l.number, _ = strconv.Atoi(l.text)
	}
	return nil
}

// read decodes one file strictly: what it doesn't know is a problem at its line.
func (l *loader) read(file string, b []byte) (page, bool) {
	p := page{file: file}
	d := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict())
	err := d.Decode(&p)
	if err == nil {
		var more page
		if err := d.Decode(&more); !errors.Is(err, io.EOF) {
			l.problem(file, 1, "without ---", "a file holds one topic")
			return p, false
		}
		return p, true
	}
	if errors.Is(err, io.EOF) {
		l.problem(file, 1, "topic, order, name, entries", "the file is empty")
		return p, false
	}
	line, what := 1, err.Error()
	var placed yaml.Error
	if errors.As(err, &placed) {
		what = placed.GetMessage()
		if t := placed.GetToken(); t != nil && t.Position != nil {
			line = t.Position.Line
		}
	}
	hint := "mind the indentation, and quote words with : or # in them"
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		hint = "an entry may have id, class, title, body, who, source, checked, opens, and ways in fr, ar, latin"
	}
	l.problem(file, line, hint, "can't be read: %s", what)
	return p, false
}

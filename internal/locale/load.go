package locale

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/feature/plural"
)

// Load reads every <anything>.<language>.yaml at the root of fsys: a flat map of dotted ids, each to a text, or to its plural forms:
//
//	register.welcome: Bonjour {{.name}}
//	register.seats:
//	  one: Il reste {{.count}} place
//	  other: Il reste {{.count}} places
//
// All that can't be read comes back as one error, a line a fault, each with its file and line: an unknown language, broken YAML or
// template, an id written twice, a plural form that the language doesn't have, no form "other". What is only missing in a translation is
// no error; Problems tells it.
func Load(fsys fs.FS, offered []Language) (*Texts, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list message files: %w", err)
	}
	if len(names) == 0 {
		return nil, errors.New("no message files (*.yaml) here")
	}
	t := &Texts{offered: slices.Clone(offered), messages: map[Language]map[string]*message{}, localizers: map[Language]*i18n.Localizer{}}
	for _, l := range order {
		t.messages[l] = map[string]*message{}
	}
	var faults []error
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read messages: %w", err)
		}
		faults = append(faults, t.read(name, data)...)
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("messages:\n%w", errors.Join(faults...))
	}
	return t, t.handOver()
}

// handOver gives the messages to go-i18n, one bundle a language, so that nothing of one language is matched by another's tag.
func (t *Texts) handOver() error {
	for lang, messages := range t.messages {
		bundle := i18n.NewBundle(of(lang).tag)
		for id, m := range messages {
			source := func(f plural.Form) string {
				if m.forms[f] == nil {
					return ""
				}
				return m.forms[f].source
			}
			err := bundle.AddMessages(of(lang).tag, &i18n.Message{ID: id, Zero: source(plural.Zero), One: source(plural.One), Two: source(plural.Two),
				Few: source(plural.Few), Many: source(plural.Many), Other: source(plural.Other)})
			if err != nil {
				return fmt.Errorf("%s:%d: message %q: %w", m.file, m.line, id, err)
			}
		}
		t.localizers[lang] = i18n.NewLocalizer(bundle, of(lang).tag.String())
	}
	return nil
}

// languageOf reads the language from a file's name: register.ary.yaml.
func languageOf(name string) (Language, error) {
	base := strings.TrimSuffix(path.Base(name), ".yaml")
	i := strings.LastIndexByte(base, '.')
	l := Language(base[i+1:])
	if _, ok := profiles[l]; i <= 0 || !ok {
		return "", fmt.Errorf("%s: the name has no language; write <name>.<language>.yaml with one of %s", name, known())
	}
	return l, nil
}

// read takes one file's messages in and returns its faults.
func (t *Texts) read(name string, data []byte) []error {
	lang, err := languageOf(name)
	if err != nil {
		return []error{err}
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		var syntax yaml.Error
		if errors.As(err, &syntax) && syntax.GetToken() != nil {
			return []error{fmt.Errorf("%s:%d: %s", name, syntax.GetToken().Position.Line, syntax.GetMessage())}
		}
		return []error{fmt.Errorf("%s: %w", name, err)}
	}
	var faults []error
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		entries, ok := mapping(doc.Body)
		if !ok {
			if doc.Body.Type() != ast.CommentType && doc.Body.Type() != ast.NullType {
				faults = append(faults, fmt.Errorf("%s:%d: not a map of ids to texts", name, doc.Body.GetToken().Position.Line))
			}
			continue
		}
		for _, e := range entries {
			id, line := e.Key.GetToken().Value, e.Key.GetToken().Position.Line
			m, err := newMessage(lang, e.Value)
			if err != nil {
				faults = append(faults, fmt.Errorf("%s:%d: %q: %w", name, line, id, err))
				continue
			}
			m.file, m.line = name, line
			if first := t.messages[lang][id]; first != nil {
				faults = append(faults, fmt.Errorf("%s:%d: %q stands already at %s:%d", name, line, id, first.file, first.line))
				continue
			}
			t.messages[lang][id] = m
		}
	}
	return faults
}

func newMessage(lang Language, node ast.Node) (*message, error) {
	m := &message{}
	forms, ok := mapping(node)
	if !ok {
		f, err := scalar(lang, node)
		m.forms[plural.Other] = f
		return m, err
	}
	m.plural = true
	for _, e := range forms {
		name := e.Key.GetToken().Value
		form, ok := formNamed(name)
		if !ok {
			return nil, fmt.Errorf("%q is not a plural form (zero, one, two, few, many, other); ids are flat: write the whole id on one line, and quote a text that begins with {{", name)
		}
		if !slices.Contains(RequiredForms(lang), name) {
			return nil, fmt.Errorf("%s has no plural form %q, only %s", lang, name, strings.Join(RequiredForms(lang), ", "))
		}
		f, err := scalar(lang, e.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		m.forms[form] = f
	}
	if m.forms[plural.Other] == nil {
		return nil, errors.New(`the plural form "other" is missing`)
	}
	return m, nil
}

// mapping returns a map's entries; the parser knows two nodes for it.
func mapping(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// scalar reads a text as it is written, whatever type YAML would give it ("yes", 10). White space around it, such as a block's last line
// break, is nobody's intention.
func scalar(lang Language, n ast.Node) (*text, error) {
	var source string
	switch n := n.(type) {
	case *ast.StringNode:
		source = n.Value
	case *ast.LiteralNode:
		source = n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		source = n.GetToken().Value
	case *ast.NullNode:
		source = ""
	default:
		return nil, errors.New("a text is expected; quote it when it begins with {{, [, * or &")
	}
	source = strings.TrimSpace(source)
	if source == "" {
		return nil, errors.New("the text is empty")
	}
	return newText(Typeset(lang, source))
}

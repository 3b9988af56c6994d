package flow

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
)

// An expression is compiled once. The two commonest shapes, a plain value and a variable, need no machine.
type expression struct {
	source   string
	line     int
	typ      string // text, number, bool, list; "" when it can't be told
	constant bool
	literal  Value
	variable string // not empty: just this variable
	program  *vm.Program
	names    []string // the variables it reads
	texts    []string // ids that it compares words with
}

func zero(typ string) Value {
	switch typ {
	case "number":
		return 0
	case "bool":
		return false
	case "list":
		return []string(nil)
	}
	return ""
}

// environment is what the expressions of a flow can read, by type.
func environment(f *flow) map[string]any {
	env := map[string]any{"lang": "", "role": "", "parked": false, "parked_about": ""}
	for _, v := range f.vars {
		env[v.name] = zero(v.typ)
	}
	return env
}

// compile makes an expression ready; the problem, if any, is in words.
func (x *expression) compile(env map[string]any, means expr.Option) (what, hint string) {
	if x.constant {
		return "", ""
	}
	if n, err := strconv.Atoi(x.source); err == nil {
		x.constant, x.literal, x.typ = true, n, "number"
		return "", ""
	}
	if v, ok := env[x.source]; ok {
		x.variable, x.typ = x.source, typeOf(reflect.TypeOf(v))
		return "", ""
	}
	// now() would read a clock.
	program, err := expr.Compile(x.source, expr.Env(env), means, expr.DisableBuiltin("now"))
	if err != nil {
		return x.wrong(err, env)
	}
	node := program.Node()
	if s, ok := node.(*ast.StringNode); ok {
		x.constant, x.literal, x.typ = true, s.Value, "text"
		return "", ""
	}
	x.program, x.typ = program, typeOf(node.Type())
	found := reading{names: map[string]bool{}}
	ast.Walk(&node, &found)
	for n := range found.names {
		if _, ok := env[n]; ok {
			x.names = append(x.names, n)
		}
	}
	x.texts = found.texts
	if found.bad {
		return fmt.Sprintf("`%s` compares with a text that isn't named", x.source), "means(words, 'text.id')"
	}
	return "", ""
}

// wrong says what the compiler of expressions says, in words of flows.
func (x *expression) wrong(err error, env map[string]any) (what, hint string) {
	what = err.Error()
	var fe *file.Error
	if errors.As(err, &fe) {
		what = fe.Message
	}
	if name, ok := strings.CutPrefix(what, "unknown name "); ok {
		hint = didYouMean(name, keys(env))
		if hint == "" {
			hint = "add it to `vars`; a text stands in quotes inside: \"'" + name + "'\""
		}
		return fmt.Sprintf("`%s` reads an unknown variable `%s`", x.source, name), hint
	}
	return fmt.Sprintf("`%s` is no expression: %s", x.source, what), "a text stands in quotes inside: \"'words'\""
}

// A reading finds what an expression reads: variables, and the texts that means() compares with.
type reading struct {
	names map[string]bool
	texts []string
	bad   bool
}

func (n *reading) Visit(node *ast.Node) {
	switch e := (*node).(type) {
	case *ast.IdentifierNode:
		n.names[e.Value] = true
	case *ast.CallNode:
		if f, ok := e.Callee.(*ast.IdentifierNode); !ok || f.Value != "means" || len(e.Arguments) != 2 {
			return
		}
		if id, ok := e.Arguments[1].(*ast.StringNode); ok {
			n.texts = append(n.texts, id.Value)
		} else {
			n.bad = true
		}
	}
}

// means lets expressions ask whether words are one of a text's synonyms, in any language.
func (b *Book) means() expr.Option {
	return expr.Function("means", func(args ...any) (any, error) {
		words, _ := args[0].(string)
		id, _ := args[1].(string)
		return b.synonyms[id][b.u.Fold(words)], nil
	}, new(func(string, string) bool))
}

func typeOf(t reflect.Type) string {
	if t == nil {
		return ""
	}
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Int:
		return "number"
	case reflect.Bool:
		return "bool"
	case reflect.Slice:
		if e := t.Elem().Kind(); e == reflect.String || e == reflect.Interface {
			return "list"
		}
		return "list of something else"
	case reflect.Interface:
		return ""
	case reflect.Float64:
		return "fraction"
	}
	return t.String()
}

// eval tells an expression's value for the frame on top.
func (r *run) eval(x *expression) (Value, error) {
	switch {
	case x.constant:
		return x.literal, nil
	case x.variable != "":
		return r.read(x.variable), nil
	}
	m := r.book.machines.Get().(*machine)
	defer r.book.machines.Put(m)
	clear(m.env)
	for _, n := range x.names {
		m.env[n] = r.read(n)
	}
	v, err := m.vm.Run(x.program, m.env)
	if err != nil {
		return nil, fmt.Errorf("flow %s: `%s`: %w", r.top().flow, x.source, err)
	}
	return plain(v), nil
}

// holds tells whether a condition is met; no condition always is.
func (r *run) holds(x *expression) (bool, error) {
	if x == nil {
		return true, nil
	}
	v, err := r.eval(x)
	b, _ := v.(bool)
	return b, err
}

// plain brings what an expression gave to one of the four types.
func plain(v any) Value {
	switch v := v.(type) {
	case string, int, bool, []string:
		return v
	case []any:
		all := make([]string, 0, len(v))
		for _, e := range v {
			all = append(all, fmt.Sprint(e))
		}
		return all
	case nil:
		return nil
	}
	return fmt.Sprint(v)
}

// arguments evaluates the arguments of an action, a list or a call.
func (r *run) arguments(args []argument) (map[string]Value, error) {
	if len(args) == 0 {
		return nil, nil
	}
	m := make(map[string]Value, len(args))
	for _, a := range args {
		v, err := r.eval(a.expr)
		if err != nil {
			return nil, err
		}
		m[a.name.text] = v
	}
	return m, nil
}

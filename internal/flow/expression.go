package flow

import (
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
	env := map[string]any{"lang": "", "parked": false, "parked_about": ""}
	for _, v := range f.vars {
		env[v.name] = zero(v.typ)
	}
	return env
}

// compile makes an expression ready; the problem, if any, is in words.
func (x *expression) compile(env map[string]any) (what, hint string) {
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
	program, err := expr.Compile(x.source, expr.Env(env), expr.DisableBuiltin("now"))
	if err != nil {
		what := err.Error()
		if fe, ok := err.(*file.Error); ok {
			what = fe.Message
		}
		if rest, ok := strings.CutPrefix(what, "unknown name "); ok {
			var known []string
			for k := range env {
				known = append(known, k)
			}
			hint := didYouMean(rest, known)
			if hint == "" {
				hint = "add it to `vars`; a text stands in quotes inside: \"'" + rest + "'\""
			}
			return fmt.Sprintf("`%s` reads an unknown variable `%s`", x.source, rest), hint
		}
		return fmt.Sprintf("`%s` is no expression: %s", x.source, what), "a text stands in quotes inside: \"'words'\""
	}
	node := program.Node()
	if s, ok := node.(*ast.StringNode); ok {
		x.constant, x.literal, x.typ = true, s.Value, "text"
		return "", ""
	}
	x.program, x.typ = program, typeOf(node.Type())
	names := names{}
	ast.Walk(&node, names)
	for n := range names {
		if _, ok := env[n]; ok {
			x.names = append(x.names, n)
		}
	}
	return "", ""
}

type names map[string]bool

func (n names) Visit(node *ast.Node) {
	if id, ok := (*node).(*ast.IdentifierNode); ok {
		n[id.Value] = true
	}
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

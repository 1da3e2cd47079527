package spec

import (
	"fmt"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
)

// Expression is compiled CEL. Its source is part of the document.
type Expression struct {
	Source  string
	Line    int
	program cel.Program
	names   [][]string // every chain of members the source names, from the variable on
	texts   []string   // every text that it compares with
}

// references holds what known() looks into.
const references = "known_references"

// environment declares what expressions see; specs/README.md documents it.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	open := cel.MapType(cel.StringType, cel.DynType)
	return cel.NewEnv(
		cel.Variable("request", open),
		cel.Variable("answer", open),
		cel.Variable("credentials", cel.MapType(cel.StringType, cel.StringType)),
		cel.Variable("merchant", cel.MapType(cel.StringType, cel.BoolType)),
		cel.Variable("signature", cel.StringType),
		cel.Variable("authentication", cel.StringType),
		cel.Variable("violation", open),
		cel.Variable("self", cel.DynType),
		cel.Variable(references, cel.ListType(cel.StringType)),
		cel.Macros(cel.GlobalMacro("known", 1, func(factory cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
			return factory.NewCall(operators.In, args[0], factory.NewIdent(references)), nil
		})),
	)
})

func compile(source string) (*Expression, error) {
	env, err := environment()
	if err != nil {
		return nil, err
	}
	checked, issues := env.Compile(source)
	if issues.Err() != nil {
		first := issues.Errors()[0]
		return nil, fmt.Errorf("CEL: %s (column %d of the expression)", first.Message, first.Location.Column()+1)
	}
	if checked.OutputType() != cel.BoolType && checked.OutputType() != cel.DynType {
		return nil, fmt.Errorf("CEL: the expression gives %s, not true or false", checked.OutputType())
	}
	program, err := env.Program(checked, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, fmt.Errorf("CEL: %w", err)
	}
	e := &Expression{Source: source, program: program}
	w := &walker{scope: map[string][]string{}}
	w.visit(checked.NativeRep().Expr())
	e.names, e.texts = w.names, w.texts
	return e, nil
}

// holds evaluates the expression; see View.Holds.
func (e *Expression) holds(with *variables) (holds, applies bool) {
	value, _, err := e.program.Eval(with)
	if err != nil {
		return false, false
	}
	b, ok := value.Value().(bool)
	return b, ok
}

// Names tells whether the source mentions a variable, such as "violation".
func (e *Expression) Names(variable string) bool {
	for _, chain := range e.names {
		if chain[0] == variable {
			return true
		}
	}
	return false
}

// Texts lists the texts that an expression compares with, in the order in which
// it does.
func (e *Expression) Texts() []string { return e.texts }

// walker collects the chains of members an expression names, and its texts. The
// variable of a comprehension stands for the items of what it ranges over.
type walker struct {
	scope map[string][]string
	names [][]string
	texts []string
}

func (w *walker) visit(e ast.Expr) {
	if chain := w.chain(e); chain != nil {
		w.names = append(w.names, chain)
		return
	}
	switch e.Kind() {
	case ast.LiteralKind:
		if text, ok := e.AsLiteral().Value().(string); ok {
			w.texts = append(w.texts, text)
		}
	case ast.SelectKind:
		w.visit(e.AsSelect().Operand())
	case ast.CallKind:
		if e.AsCall().IsMemberFunction() {
			w.visit(e.AsCall().Target())
		}
		for _, arg := range e.AsCall().Args() {
			w.visit(arg)
		}
	case ast.ListKind:
		for _, item := range e.AsList().Elements() {
			w.visit(item)
		}
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			w.visit(entry.AsMapEntry().Value())
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		w.visit(c.IterRange())
		inner := &walker{scope: map[string][]string{}}
		for name, chain := range w.scope {
			inner.scope[name] = chain
		}
		inner.scope[c.IterVar()] = nil
		if over := w.chain(c.IterRange()); over != nil {
			inner.scope[c.IterVar()] = append(append([]string{}, over...), "*")
		}
		inner.scope[c.AccuVar()] = nil
		for _, part := range []ast.Expr{c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()} {
			inner.visit(part)
		}
		w.names, w.texts = append(w.names, inner.names...), append(w.texts, inner.texts...)
	}
}

// chain gives the members from a variable on, nil if the expression is none.
func (w *walker) chain(e ast.Expr) []string {
	switch e.Kind() {
	case ast.IdentKind:
		if chain, local := w.scope[e.AsIdent()]; local {
			return chain
		}
		return []string{e.AsIdent()}
	case ast.SelectKind:
		if above := w.chain(e.AsSelect().Operand()); above != nil {
			return append(append([]string{}, above...), e.AsSelect().FieldName())
		}
	case ast.CallKind:
		call := e.AsCall()
		if call.FunctionName() != operators.Index || len(call.Args()) != 2 {
			return nil
		}
		above := w.chain(call.Args()[0])
		if above == nil || call.Args()[1].Kind() != ast.LiteralKind {
			return nil
		}
		if name, ok := call.Args()[1].AsLiteral().Value().(string); ok {
			return append(append([]string{}, above...), name)
		}
		return append(append([]string{}, above...), "*")
	}
	return nil
}

func (e *Expression) String() string { return strings.Join(strings.Fields(e.Source), " ") }

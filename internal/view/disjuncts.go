package view

import (
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
)

// Term is one condition of several that are joined with && in an expression.
type Term struct {
	Text string // the source, in one spelling
	// Of a comparison of a variable with a string: the variable with its members, the
	// string, and whether they must be equal.
	Chain []string
	Value string
	Equal bool
}

// Comparison is a comparison of a variable with a string, anywhere in an expression.
type Comparison struct {
	Chain []string
	Value string
}

// Terms returns the alternatives that are joined with ||, each as the terms that are
// joined with && in it. The term true is left out. An expression that does not compile
// has none.
func (e *Expression) Terms() [][]Term {
	if e.Compile() != nil {
		return nil
	}
	parsed, ok := e.parse()
	if !ok {
		return nil
	}
	root := parsed.NativeRep().Expr()
	var all [][]Term
	for _, alternative := range joined(root, operators.LogicalOr) {
		terms := []Term{}
		for _, one := range joined(alternative, operators.LogicalAnd) {
			if t := newTerm(parsed, one); t.Text != "true" {
				terms = append(terms, t)
			}
		}
		all = append(all, terms)
	}
	return all
}

// Comparisons returns the comparisons of a variable with strings, by ==, != or in, in the
// order of the source.
func (e *Expression) Comparisons() []Comparison {
	if e.Compile() != nil {
		return nil
	}
	parsed, ok := e.parse()
	if !ok {
		return nil
	}
	var all []Comparison
	ast.PostOrderVisit(parsed.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		chain, values, _ := compared(e)
		for _, value := range values {
			all = append(all, Comparison{chain, value})
		}
	}))
	return all
}

func (e *Expression) parse() (*cel.Ast, bool) {
	env, err := environment()
	if err != nil {
		return nil, false
	}
	parsed, issues := env.Parse(e.Source)
	return parsed, issues.Err() == nil
}

// joined returns the parts that an operator joins at the top of an expression.
func joined(e ast.Expr, operator string) []ast.Expr {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != operator {
		return []ast.Expr{e}
	}
	var all []ast.Expr
	for _, arg := range e.AsCall().Args() {
		all = append(all, joined(arg, operator)...)
	}
	return all
}

func newTerm(parsed *cel.Ast, e ast.Expr) Term {
	text, err := cel.ExprToString(e, parsed.NativeRep().SourceInfo())
	if err != nil { // a comprehension that CEL cannot write again equals no other
		return Term{Text: "?"}
	}
	t := Term{Text: strings.Join(strings.Fields(text), " ")}
	if chain, values, equal := compared(e); len(values) == 1 {
		t.Chain, t.Value, t.Equal = chain, values[0], equal
	}
	return t
}

// compared returns the variable and the strings of a comparison; no strings: it is none.
func compared(e ast.Expr) (chain, values []string, equal bool) {
	if e.Kind() != ast.CallKind || len(e.AsCall().Args()) != 2 {
		return nil, nil, false
	}
	name, left, right := e.AsCall().FunctionName(), e.AsCall().Args()[0], e.AsCall().Args()[1]
	if !slices.Contains([]string{operators.Equals, operators.NotEquals, operators.In}, name) {
		return nil, nil, false
	}
	if left.Kind() == ast.LiteralKind && name != operators.In {
		left, right = right, left
	}
	list := []ast.Expr{right}
	if name == operators.In {
		if right.Kind() != ast.ListKind {
			return nil, nil, false
		}
		list = right.AsList().Elements()
	}
	for _, one := range list {
		if one.Kind() == ast.LiteralKind {
			if text, ok := one.AsLiteral().Value().(string); ok {
				values = append(values, text)
			}
		}
	}
	if chain = selected(left); chain == nil || len(values) < len(list) {
		return nil, nil, false
	}
	return chain, values, name != operators.NotEquals
}

// Excludes reports whether no request can satisfy both terms: one is the negation of the
// other, or they compare one variable with two strings.
func (t Term) Excludes(other Term) bool {
	if t.Text == "!"+other.Text || other.Text == "!"+t.Text || t.Text == "!("+other.Text+")" || other.Text == "!("+t.Text+")" {
		return true
	}
	if len(t.Chain) == 0 || !slices.Equal(t.Chain, other.Chain) {
		return false
	}
	if t.Equal && other.Equal {
		return t.Value != other.Value
	}
	return t.Equal != other.Equal && t.Value == other.Value
}

// Implies reports whether a request that satisfies t surely satisfies other.
func (t Term) Implies(other Term) bool {
	switch {
	case t.Text == other.Text && t.Text != "?":
		return true
	case len(t.Chain) == 0 || !t.Equal || other.Equal || len(other.Chain) == 0:
		return false
	case slices.Equal(t.Chain, other.Chain):
		return t.Value != other.Value
	}
	// Each of these is empty unless there is a violation, and then the keyword is not.
	return t.Chain[0] == "violation" && t.Value != "" && slices.Equal(other.Chain, []string{"violation", "keyword"}) && other.Value == ""
}

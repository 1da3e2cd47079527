package view

import (
	"slices"
	"strings"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
)

// needs are the members without which an expression cannot be true. CEL returns an
// error for an absent member, and && and || ignore an error only if the other operand
// decides. So an expression is not true if a member is absent that every path to true
// reads. It need not be evaluated.
type needs struct {
	violation bool
	members   []*fetch // in bodies
}

// NeedsViolation reports whether the expression is true only for a violation.
func (e *Expression) NeedsViolation() bool { return e.Compile() == nil && e.needs.violation }

// True reports whether an expression applies and holds, as Holds does, or HoldsFor if b
// is not nil. It does not evaluate expressions that cannot be true without an absent
// member.
func (x *View) True(e *Expression, b *RequestViolation) bool {
	if !x.possible(e, b) {
		return false
	}
	holds, applies := x.holds(e, nil, b)
	return applies && holds
}

// possible reports whether everything is present that the expression needs to be true.
func (x *View) possible(e *Expression, b *RequestViolation) bool {
	if e.needs.violation && b == nil {
		return false
	}
	for _, needed := range e.needs.members {
		if !x.memo.hasMember(needed) {
			return false
		}
	}
	return true
}

// hasMember reports whether a member is present in its body. A member that the check
// does not observe counts as present.
func (m *memo) hasMember(f *fetch) bool {
	known := f.member(m.variables.of)
	if known == nil || known.at == nil {
		return true
	}
	b := m.body(known.response)
	return b.scan().parsed && b.state.Spans[known.at.span].Here()
}

func newNeeds(e ast.Expr) (n needs) {
	yes, _ := requiredNames(e)
	for _, name := range yes {
		switch chain := strings.Split(name, "."); {
		case chain[0] == "violation":
			n.violation = true
		case len(chain) > 2 && (chain[0] == "request" || chain[0] == "response") && chain[1] == "body" && !slices.ContainsFunc(chain, notPlainName):
			n.members = append(n.members, &fetch{name: name})
		}
	}
	return n
}

func notPlainName(name string) bool { return !plainName.MatchString(name) }

// requiredNames returns the names that an expression always reads before it is true,
// and those before it is false. For other values both are the same.
func requiredNames(e ast.Expr) (yes, no []string) {
	if isTest(e) {
		return nil, nil
	}
	if chain := selected(e); chain != nil {
		all := []string{strings.Join(chain, ".")}
		return all, all
	}
	switch e.Kind() { // other kinds need nothing
	case ast.SelectKind:
		return twice(alwaysRead(e.AsSelect().Operand()))
	case ast.ComprehensionKind:
		return twice(alwaysRead(e.AsComprehension().IterRange()))
	case ast.CallKind:
		return requiredByCall(e.AsCall())
	}
	return nil, nil
}

// isTest reports whether an expression tests for presence.
func isTest(e ast.Expr) bool {
	for ; e.Kind() == ast.SelectKind; e = e.AsSelect().Operand() {
		if e.AsSelect().IsTestOnly() {
			return true
		}
	}
	return e.Kind() == ast.IdentKind && strings.HasPrefix(e.AsIdent(), present)
}

func requiredByCall(call ast.CallExpr) (yes, no []string) {
	args := call.Args()
	switch call.FunctionName() {
	case operators.LogicalNot:
		yes, no = requiredNames(args[0])
		return no, yes
	case operators.LogicalAnd:
		yes, no = requiredNames(args[0])
		yes2, no2 := requiredNames(args[1])
		return slices.Concat(yes, yes2), intersect(no, no2)
	case operators.LogicalOr:
		yes, no = requiredNames(args[0])
		yes2, no2 := requiredNames(args[1])
		return intersect(yes, yes2), slices.Concat(no, no2)
	case operators.Conditional, operators.NotStrictlyFalse:
		return nil, nil
	}
	var all []string
	if call.IsMemberFunction() {
		all = alwaysRead(call.Target())
	}
	for _, arg := range args {
		all = append(all, alwaysRead(arg)...)
	}
	return twice(all)
}

// alwaysRead returns the names that an expression reads before it has any value.
func alwaysRead(e ast.Expr) []string { return intersect(requiredNames(e)) }

func twice(all []string) (yes, no []string) { return all, all }

// intersect returns the names in both lists.
func intersect(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(name string) bool { return !slices.Contains(b, name) })
}

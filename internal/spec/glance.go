package spec

import (
	"net/http"
	"slices"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"

	"assay/internal/sift"
)

// Glance evaluates the expression over what was read, as Holds does over what
// was decoded. It is not sure where CEL itself has to be asked.
func (e *Expression) Glance(g *Glimpse) (holds, applies, sure bool) {
	if e.glance == nil {
		return false, false, false
	}
	switch e.glance(g) {
	case yes:
		return true, true, true
	case no:
		return false, true, true
	case fails:
		return false, false, true
	}
	return false, false, false
}

// truth is what an expression comes to.
type truth uint8

const (
	unsure truth = iota // CEL has to be asked
	yes
	no
	fails // CEL would fail, as where a member is absent
)

// verdict and term are compiled parts of an expression.
type (
	verdict func(*Glimpse) truth
	term    func(*Glimpse) operand
)

// glancer compiles what can be said without CEL. The rest is nil.
func glancer(e ast.Expr) verdict {
	switch e.Kind() { //nolint:exhaustive // others are no truth, or are left to CEL
	case ast.SelectKind:
		if e.AsSelect().IsTestOnly() {
			return presence(append(chainOf(e.AsSelect().Operand()), e.AsSelect().FieldName()))
		}
		return truly(e)
	case ast.IdentKind:
		return truly(e)
	case ast.CallKind:
		return call(e)
	}
	return nil
}

// truly takes a member for the truth that it is.
func truly(e ast.Expr) verdict {
	value := termOf(e)
	if value == nil {
		return nil
	}
	return func(g *Glimpse) truth {
		switch v := value(g); {
		case v.kind == absent:
			return fails
		case v.kind == truthValue && v.whole == 1:
			return yes
		case v.kind == truthValue:
			return no
		}
		return unsure
	}
}

func call(e ast.Expr) verdict {
	c := e.AsCall()
	args := c.Args()
	switch c.FunctionName() {
	case operators.LogicalAnd, operators.LogicalOr:
		return decided(glancer(args[0]), glancer(args[1]), c.FunctionName() == operators.LogicalOr)
	case operators.LogicalNot:
		return not(glancer(args[0]))
	case operators.Equals:
		return equal(args[0], args[1])
	case operators.NotEquals:
		return not(equal(args[0], args[1]))
	case operators.In:
		return among(args[0], args[1])
	case "matches":
		if c.IsMemberFunction() && len(args) == 1 {
			return matching(c.Target(), args[0])
		}
	}
	return nil
}

// decided joins two truths. One that decides does so whatever the other is, even
// where that fails.
func decided(a, b verdict, or bool) verdict {
	if a == nil && b == nil {
		return nil
	}
	decides, other := no, yes
	if or {
		decides, other = yes, no
	}
	ask := func(v verdict, g *Glimpse) truth {
		if v == nil {
			return unsure
		}
		return v(g)
	}
	return func(g *Glimpse) truth {
		first := ask(a, g)
		if first == decides {
			return decides
		}
		second := ask(b, g)
		switch {
		case second == decides:
			return decides
		case first == unsure || second == unsure:
			return unsure
		case first == fails || second == fails:
			return fails
		}
		return other
	}
}

func not(v verdict) verdict {
	if v == nil {
		return nil
	}
	return func(g *Glimpse) truth {
		switch t := v(g); t {
		case yes:
			return no
		case no:
			return yes
		default:
			return t
		}
	}
}

// equal compares two members, or a member with a constant, or asks for the type
// of one.
func equal(left, right ast.Expr) verdict {
	for _, pair := range [][2]ast.Expr{{left, right}, {right, left}} {
		if c := pair[0]; c.Kind() == ast.CallKind && c.AsCall().FunctionName() == "type" && pair[1].Kind() == ast.IdentKind && pair[1].AsIdent() == "map" {
			return isMap(termOf(c.AsCall().Args()[0]))
		}
	}
	a, b := termOf(left), termOf(right)
	if a == nil || b == nil {
		return nil
	}
	if right.Kind() == ast.LiteralKind {
		constant := b(nil)
		return func(g *Glimpse) truth { return same(a(g), constant) }
	}
	return func(g *Glimpse) truth { return same(a(g), b(g)) }
}

func isMap(value term) verdict {
	if value == nil {
		return nil
	}
	return func(g *Glimpse) truth {
		switch value(g).kind { //nolint:exhaustive // the rest is of another type
		case absent:
			return fails
		case mapping:
			return yes
		case hazy:
			return unsure
		}
		return no
	}
}

func same(a, b operand) truth {
	switch {
	case a.kind == absent || b.kind == absent:
		return fails
	case a.kind == hazy || b.kind == hazy || a.kind == mapping || b.kind == mapping:
		return unsure
	case a.kind == b.kind && a.whole == b.whole && a.says(b):
		return yes
	}
	return no
}

// among looks for a value in a list of constants, or for a name among headers.
func among(value, in ast.Expr) verdict {
	if chain := chainOf(in); len(chain) == 2 && chain[1] == "headers" {
		name, ok := constantText(value)
		if !ok {
			return nil
		}
		return presence([]string{chain[0], "headers", name})
	}
	needle := termOf(value)
	if needle == nil || in.Kind() != ast.ListKind {
		return nil
	}
	var options []operand
	for _, element := range in.AsList().Elements() {
		option := termOf(element)
		if option == nil || element.Kind() != ast.LiteralKind {
			return nil
		}
		options = append(options, option(nil))
	}
	return func(g *Glimpse) truth {
		met := needle(g)
		for _, option := range options {
			if t := same(met, option); t != no {
				return t
			}
		}
		return no
	}
}

func matching(target, pattern ast.Expr) verdict {
	value := termOf(target)
	text, ok := constantText(pattern)
	compiled, err := sift.NewPattern(text)
	if value == nil || !ok || err != nil {
		return nil
	}
	return func(g *Glimpse) truth {
		switch v := value(g); {
		case v.kind == absent:
			return fails
		case v.kind != aText:
			return unsure
		case v.raw != nil && compiled.Matches(v.raw), v.raw == nil && compiled.Matches([]byte(v.text)):
			return yes
		}
		return no
	}
}

func constantText(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	text, ok := e.AsLiteral().Value().(string)
	return text, ok
}

// termOf compiles a constant or a member; nil: it is something else.
func termOf(e ast.Expr) term {
	if e.Kind() == ast.LiteralKind {
		return constant(e.AsLiteral())
	}
	chain := chainOf(e)
	switch {
	case len(chain) == 1 && chain[0] == "self":
		return func(g *Glimpse) operand {
			if g.Self == nil {
				return decoded(g.self)
			}
			return read(g.Self)
		}
	case len(chain) == 1 && chain[0] == "signature":
		return func(g *Glimpse) operand { return operand{kind: aText, text: g.Signature} }
	case len(chain) == 1 && chain[0] == "authentication":
		return func(g *Glimpse) operand { return operand{kind: aText, text: g.Authentication} }
	case len(chain) < 2:
		return nil
	case len(chain) == 2 && chain[0] == "credentials":
		return func(g *Glimpse) operand { return texted(get(g.Credentials, chain[1])) }
	case len(chain) == 2 && chain[0] == "merchant":
		return func(g *Glimpse) operand {
			on, known := g.Merchant[chain[1]]
			switch {
			case !known:
				return operand{kind: absent}
			case on:
				return operand{kind: truthValue, whole: 1}
			}
			return operand{kind: truthValue}
		}
	case len(chain) == 2 && chain[0] == "answer" && chain[1] == "status":
		return func(g *Glimpse) operand { return operand{kind: wholeNumber, whole: int64(g.Status)} }
	case len(chain) == 2 && chain[0] == "request" && chain[1] == "method":
		return func(g *Glimpse) operand { return operand{kind: aText, text: g.Method} }
	case len(chain) == 3 && chain[0] == "request" && chain[1] == "query":
		return func(g *Glimpse) operand { return texted(g.Query(chain[2])) }
	case len(chain) == 3 && chain[1] == "headers":
		key := http.CanonicalHeaderKey(chain[2])
		return func(g *Glimpse) operand {
			text, there, sure := g.header(chain[0], key)
			if !sure {
				return operand{}
			}
			return texted(text, there)
		}
	case chain[1] == "body" && !slices.Contains(chain, "*"):
		answer, path := chain[0] == "answer", chain[2:]
		return func(g *Glimpse) operand {
			switch raw, value, there := g.side(answer).member(path); {
			case !there:
				return operand{kind: absent}
			case raw != nil:
				return read(raw)
			default:
				return decoded(value)
			}
		}
	}
	return nil
}

// presence asks whether a member is there; it fails where that of which it is
// one is not there, or is no object.
func presence(chain []string) verdict {
	switch {
	case len(chain) == 2 && (chain[0] == "request" || chain[0] == "answer") && chain[1] == "body":
		answer := chain[0] == "answer"
		return func(g *Glimpse) truth { return truthOf(g.side(answer).here()) }
	case len(chain) == 3 && chain[0] == "request" && chain[1] == "query":
		return func(g *Glimpse) truth {
			_, there := g.Query(chain[2])
			return truthOf(there)
		}
	case len(chain) == 3 && chain[1] == "headers":
		key := http.CanonicalHeaderKey(chain[2])
		return func(g *Glimpse) truth {
			_, there, sure := g.header(chain[0], key)
			if !sure {
				return unsure
			}
			return truthOf(there)
		}
	case len(chain) > 2 && chain[1] == "body" && !slices.Contains(chain, "*"):
		answer, above, path := chain[0] == "answer", chain[2:len(chain)-1], chain[2:]
		return func(g *Glimpse) truth {
			side := g.side(answer)
			raw, value, there := side.member(above)
			if !there {
				return fails
			}
			if _, object := value.(map[string]any); !object && (raw == nil || raw[0] != '{') {
				return unsure
			}
			_, _, there = side.member(path)
			return truthOf(there)
		}
	}
	return nil
}

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// chainOf gives the members from a variable on, nil if it is no such chain.
func chainOf(e ast.Expr) []string {
	return (&walker{}).chain(e)
}

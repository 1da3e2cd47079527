package view

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// TestTrue compares True with Holds and HoldsFor, for random conditions and for bodies
// with absent members.
func TestTrue(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 0))
	held, spared := 0, 0
	for range 400 {
		source := randomCondition(random, 3)
		e := &Expression{Source: source}
		x := newTestView(t, testBody(), e)
		for range 40 {
			body := randomBody(random)
			x.Load(contract.Exchange{Request: contract.Request{Body: []byte(body)}}, nil, map[string]bool{"on": random.IntN(2) > 0})
			if random.IntN(2) > 0 {
				x.Known = []string{"x"}
			}
			var b *RequestViolation
			if random.IntN(2) > 0 {
				b = &RequestViolation{Keyword: []string{"x", "y"}[random.IntN(2)]}
			}
			holds, applies := x.HoldsFor(e, b)
			if got := x.True(e, b); got != (holds && applies) {
				t.Errorf("%s of %s, %+v: is true: %t; holds: %t, applies: %t", source, body, b, got, holds, applies)
			}
			if holds && applies {
				held++
			} else if !x.possible(e, b) {
				spared++
			}
			x.Clear()
		}
	}
	if held < 2000 || spared < 2000 {
		t.Errorf("of 16,000 conditions only %d held and %d were not evaluated", held, spared)
	}
}

// testBody is a request's body with some of the members that conditions name.
func testBody() *Body {
	inner, body := jsonschema.Anything(), jsonschema.Anything()
	inner.Properties = map[string]*jsonschema.Schema{"p": jsonschema.Anything()}
	body.Properties = map[string]*jsonschema.Schema{"a": jsonschema.Anything(), "o": inner}
	return NewBody("request#", true, body, nil)
}

// newTestView returns a view of an operation with a request's body and one expression.
func newTestView(t *testing.T, request *Body, e *Expression) *View {
	t.Helper()
	plan, err := Compile(Operation{Request: request, Expressions: []*Expression{e}})
	if err != nil {
		t.Fatalf("%s: %v", e, err)
	}
	return plan.View()
}

// randomCondition returns a random expression.
func randomCondition(random *rand.Rand, deep int) string {
	of := func(all ...string) string { return all[random.IntN(len(all))] }
	member := of("request.body.a", "request.body.b", "request.body.o.p")
	if deep == 0 || random.IntN(4) == 0 {
		return of(
			member+` == "x"`, member+` != "x"`, member+" == request.body.b", member+` in ["x", "z"]`, member+`.matches("^x$")`,
			"has("+member+")", `violation.keyword == "x"`, `violation.keyword != "x"`, "known("+member+")", "merchant.on",
			"request.body.l.exists(i, i == "+member+")", "request.body.l.all(i, i != request.body.a)", `["x", "y"].exists(a, a == `+member+")",
			`request.body.l[0] == "x"`, `request.body["a"] == "x"`, `size(`+member+`) == 1`, `request.body.l.filter(i, i == "x").size() > 0`,
		)
	}
	a, b := randomCondition(random, deep-1), randomCondition(random, deep-1)
	return fmt.Sprintf(of("(%s && %s)", "(%s || %s)", "!(%s && %s)", "!(%s || %s)", "((%s) == (%s))", "(merchant.on ? (%s) : (%s))", "((%s) ? (%s) : true)"), a, b)
}

// randomBody returns a random body.
func randomBody(random *rand.Rand) string {
	var all []string
	for _, name := range []string{"a", "b", "o", "l"} {
		value := []string{`"x"`, `"y"`, "7", "null"}[random.IntN(4)]
		switch {
		case random.IntN(3) == 0:
			continue
		case name == "l":
			value = "[" + value + `,"x"]`
		case name == "o" && random.IntN(4) > 0:
			value = fmt.Sprintf(`{"p":%s}`, value)
		}
		all = append(all, fmt.Sprintf("%q:%s", name, value))
	}
	return "{" + strings.Join(all, ",") + "}"
}

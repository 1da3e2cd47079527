package view

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"

	"assay/internal/contract"
)

// expressionForms are expressions of each form in which CEL reads a member.
var expressionForms = []string{
	`request.headers["accept"] == "y"`, `request.headers["x-none"] == "y"`, `request.headers.accept == "y"`, `request.headers["Accept"] == "y"`,
	`request.query["q"] == "1"`, `request.query.q == "1"`, `"q" in request.query`, `has(request.query.q)`, `has(request.query.none)`, `size(request.query) == 2`,
	`request.body["a"] == 1`, `request.body["a"] == "x"`, `request.body.a[0] == 1`, `request.body.l[0] == "x"`, `request.body.l[1] == "x"`, `request.body.l[7] == "x"`,
	`request.body[request.body.b] == "x"`, `request.body.o["p"] == "x"`, `has(request.body["o"].p)`, `has(request.body.o.p) && request.body.o.p == "y"`,
	`has(request.body.a) ? request.body.a == "x" : true`, `request.body.a == "x" ? request.body.b == "y" : false`, `request.body.t ? true : false`,
	`(request.body.a == "x" ? request.body.b : request.body.a) == "y"`, `request.body.n == null`, `request.body.n == 7`, `request.body.n == 7.0`, `request.body.n > 6`, `7 == request.body.n`,
	`string(request.body.n) == "7"`, `type(request.body.n) == int`, `type(request.body.l) == list`, `type(request.body.o) == map`, `type(request.body) == map`, `type(request.body.l) == map`, `type(request.body.t) == bool`, `type(request.body.n) == null_type`, `dyn(request.body.l) == ["x", "x"]`, `request.body.o == {"p": "x"}`, `"p" in request.body.o`, `"a" in request.body`,
	`request.body.l.exists(i, i == request.body.a)`, `request.body.l.map(i, i == "x")[0]`, `request.body.o.exists(k, request.body.o[k] == "x")`, `request.body.l.filter(i, i != "x").size() == 0`,
	`request.body.a.startsWith("x")`, `request.body.a.matches("^[xy]$")`, `size(request.body.l) == 2`, `size(request.body) > 2`, `has(request.body)`, `!has(request.body)`, `request.body == request.body`,
	`[request.body.a, request.body.b][1] == "y"`, `{"k": request.body.a}["k"] == "x"`, `["x"].exists(v, request.body[v] == "x")`, `request["body"]["a"] == "x"`, `request["body"].a == "x"`, `has(request["body"].a)`,
	`credentials.mid == request.body.a`, `credentials["mid"] == "x"`, `credentials.none == "x"`, `has(credentials.mid)`, `has(credentials.none)`, `has(credentials.mid) && credentials.mid != ""`, `"mid" in credentials`, `size(credentials) == 1`,
	`merchant.on`, `!merchant.on`, `merchant["on"]`, `merchant.none`, `has(merchant.on)`, `has(merchant.none)`, `merchant.on ? request.body.a == "x" : merchant.none`, `merchant.none || merchant.on`,
}

// testBodies are the bodies they are evaluated on, besides random ones.
var testBodies = []string{"", "null", "7", `"x"`, "[]", "{}", "{", `{"a":1}`, `{"a":[1]}`, `{"a":"x","b":"a","n":7,"t":true}`, `{"n":7.0}`, `{"n":null,"t":false}`, `{"n":12345678901234567890}`}

// TestPlainCEL compares expressions, which read members from the bytes, with plain CEL
// on the decoded body. It uses every form, and random expressions and bodies.
func TestPlainCEL(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(2, 0))
	sources, bodies := expressionForms, testBodies
	for range 300 {
		sources = append(sources, randomCondition(random, 3))
	}
	for range 30 {
		bodies = append(bodies, randomBody(random))
	}
	held, failed := 0, 0
	for _, source := range sources {
		e := &Expression{Source: source}
		program := plainProgram(t, source)
		for _, request := range []*Body{testBody(), nil} {
			x := newTestView(t, request, e)
			for i, body := range bodies {
				ex := contract.Exchange{Request: contract.Request{Body: []byte(body), URL: &url.URL{Scheme: "https", Host: "h.example", Path: "/p", RawQuery: "q=1&r=2"}, Header: http.Header{"Accept": {"y"}}}}
				breach := &RequestViolation{Keyword: []string{"x", "y"}[i%2]}
				x.Load(ex, map[string]string{"mid": "x"}, map[string]bool{"on": i%2 > 0})
				x.Known = []string{"x"}
				holds, applies := x.HoldsFor(e, breach)
				wantHolds, wantApplies := evalPlain(program, body, breach, i%2 > 0)
				if holds != wantHolds || applies != wantApplies {
					t.Errorf("%s of %s: holds: %t, applies: %t; CEL: %t, %t", source, body, holds, applies, wantHolds, wantApplies)
				}
				if applies {
					held++
				} else {
					failed++
				}
				x.Clear()
			}
		}
	}
	if held < 5000 || failed < 5000 {
		t.Errorf("only %d expressions applied and %d did not", held, failed)
	}
}

// plainProgram compiles an expression without our macro for has and without variables
// for members.
func plainProgram(t *testing.T, source string) cel.Program {
	t.Helper()
	open := cel.MapType(cel.StringType, cel.DynType)
	env, err := cel.NewEnv(
		cel.Variable("request", open), cel.Variable("violation", open), cel.Variable("credentials", cel.MapType(cel.StringType, cel.StringType)), cel.Variable("merchant", cel.MapType(cel.StringType, cel.BoolType)), cel.Variable(References, cel.ListType(cel.StringType)),
		cel.Macros(cel.GlobalMacro("known", 1, func(factory cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
			return factory.NewCall(operators.In, args[0], factory.NewIdent(References)), nil
		})),
	)
	if err != nil {
		t.Fatal(err)
	}
	checked, issues := env.Compile(source)
	if issues.Err() != nil {
		t.Fatalf("%s: %v", source, issues.Err())
	}
	program, err := env.Program(checked)
	if err != nil {
		t.Fatal(err)
	}
	return program
}

func evalPlain(program cel.Program, body string, b *RequestViolation, on bool) (holds, applies bool) {
	request := map[string]any{"headers": map[string]any{"accept": "y"}, "query": map[string]any{"q": "1", "r": "2"}, "method": "", "path": "/p"}
	if value, err := contract.Decode([]byte(body)); err == nil && value != nil { // null counts as no body
		request["body"] = native(value)
	}
	value, _, err := program.Eval(map[string]any{
		"request": request, "credentials": map[string]string{"mid": "x"}, "merchant": map[string]bool{"on": on}, References: []string{"x"},
		"violation": map[string]any{"at": b.At, "keyword": b.Keyword, "field": b.Field(), "path": b.Path(), "value": b.Value},
	})
	if err != nil {
		return false, false
	}
	holds, applies = value.Value().(bool)
	return holds, applies
}

// TestShadows: an item of a list must not have the name of a variable, because has()
// would then mean the variable.
func TestShadows(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"request", "response"} {
		err := (&Expression{Source: fmt.Sprintf("[response.body].exists(%s, has(%s.a))", name, name)}).Compile()
		if err == nil || !strings.Contains(err.Error(), "cannot be named "+name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

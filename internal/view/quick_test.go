package view

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/cel-go/common/types"

	"assay/internal/contract"
)

// quickForms are expressions that are evaluated without CEL, for most exchanges.
var quickForms = []string{
	`request.body.a == "x"`, `request.body.a != "x"`, `request.body.a == request.body.b`, `request.body.n == 7`, `7 != request.body.n`, `request.body.n in [7, -7, "x", true]`,
	`request.body.t == true`, `request.body.t`, `!request.body.t`, `request.body.o == "x"`, `request.body.o == 7`, `type(request.body.o) == map`, `type(request.body.a) == string`,
	`type(request.body.l) == list`, `type(request.body.t) == bool`, `type(request.body) == map`, `has(request.body)`, `has(response.body)`, `has(response.body.o.p)`, `response.status == 200`,
	`response.status != 200 || has(request.body.a)`, `request.method == "POST"`, `"accept" in request.headers`, `"x-none" in request.headers`, `"Accept" in request.headers`,
	`"date" in response.headers`, `request.headers.accept == "y"`, `request.query.q == "1"`, `request.query.q == request.body.a`,
	`credentials.mid == request.body.a`, `credentials.none == ""`, `merchant.on`, `!merchant.on`, `merchant.none`, `signature == "unverified"`, `signature in ["missing", "invalid"]`,
	`signatureForm != ""`, `authentication == "missing" || authentication == "unverified"`, `violation.keyword == "x"`, `violation.path in ["", "a"]`, `violation.field != "a"`, `violation.at == ""`,
	`violation.value == "x"`, `known(request.body.a)`, `known(request.body.n)`, `self == "x"`, `self != request.body.a`, `isURL(request.body.a)`,
	`isEncodedURL(request.body.a)`, `isURL(request.query.q)`, `request.body.a.matches("^[xh]")`, `request.query.q.matches("^1$")`, `true`, `false || request.body.t`,
}

// TestQuick compares what is evaluated without CEL with the same program of CEL.
func TestQuick(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 0))
	sources := append([]string{}, quickForms...)
	for range 300 {
		a, b, c := quickForms[random.IntN(len(quickForms))], quickForms[random.IntN(len(quickForms))], quickForms[random.IntN(len(quickForms))]
		sources = append(sources, fmt.Sprintf([]string{"(%s) && (%s) || (%s)", "!(%s) || (%s) && (%s)", "!((%s) && (%s)) && (%s)", "(%s) || (%s) || (%s)"}[random.IntN(4)], a, b, c))
	}
	bodies := append([]string{
		`{"a":"h\u0074tp://h/","b":"http://h/"}`, `{"a":"https://h.example/p","b":"https://h.example/p"}`, `{"a":"aHR0cHM6Ly9oLmV4YW1wbGU=","n":-7}`, `{"a":"\"","b":"\"","n":7e0}`, `{"n":-0,"t":"x"}`,
		`{"a":null,"b":null,"o":null}`, `{"a":true,"b":false,"t":true}`, `{"a":{},"b":{}}`, `{"a":[],"b":[],"l":{}}`, `{"a":7,"b":7.0,"o":{"p":null}}`, `{"n":1234567890123456}`,
	}, testBodies...)
	for range 30 {
		bodies = append(bodies, randomBody(random))
	}
	for i, source := range sources {
		decided := false
		e := &Expression{Source: source}
		x := newTestView(t, testBody(), e)
		for k, body := range bodies {
			x.Load(quickExchange(body, bodies[(k+1)%len(bodies)]), map[string]string{"mid": "x"}, map[string]bool{"on": k%2 > 0})
			x.Signature, x.Authentication, x.SignatureForm = contract.SignatureUnverified, contract.AuthenticationUnverified, []string{"", "documented"}[k%2]
			v := &x.memo.variables
			if v.recorded = k%3 == 0; k%5 > 0 {
				x.Known, v.self, v.violated = []string{"y", "x"}, types.String("x"), &RequestViolation{At: "request#/a", Keyword: []string{"x", "y"}[k%2], Value: "x"}
			} else {
				x.Known, v.self, v.violated = nil, nil, nil
			}
			got := e.quick(v)
			want := fails
			if value, _, err := e.program.Eval(v.frame); err == nil {
				if holds, applies := value.Value().(bool); applies {
					want = verdictOf(holds)
				}
			}
			decided = decided || got != unsure
			if got != unsure && got != want {
				t.Errorf("%s of %s: %d, CEL: %d", source, body, got, want)
			}
		}
		if !decided && i < len(quickForms) {
			t.Errorf("%s always needs CEL", source)
		}
	}
}

func quickExchange(body, responded string) contract.Exchange {
	return contract.Exchange{
		Request: contract.Request{
			Method: http.MethodPost, Body: []byte(body), Header: http.Header{"Accept": {"y"}},
			URL: &url.URL{Scheme: "https", Host: "h.example", Path: "/p", RawQuery: "q=1&r=2"},
		},
		Response: contract.Response{Status: 200 + len(body)%2, Header: http.Header{"date": {"x"}}, Body: []byte(responded)},
	}
}

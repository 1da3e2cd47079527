package spec

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"assay/internal/contract"
	"assay/specs"
)

// TestHolds asks expressions at a glance and by CEL, of members of every kind.
func TestHolds(t *testing.T) {
	t.Parallel()
	var all []*Expression
	for _, source := range []string{
		`request.body.a == answer.body.a`, `request.body.a != "x"`, `answer.body.a in ["x", 1]`, `answer.body.a.b == 1`, `has(answer.body.a)`,
		`has(answer.body.a.b)`, `has(answer.body.a.b.c) || true`, `!has(request.body.a) && answer.status == 200`, `type(answer.body.a) == map`,
		`answer.body.a.matches("^x")`, `answer.body.a`, `has(request.body)`, `has(request.query.q) && request.query.q == "1"`, `request.query.p == ""`,
		`has(request.headers.accept)`, `"x-a" in request.headers`, `answer.headers["content-type"] == "x"`, `credentials.key == request.body.a`,
		`merchant.on`, `merchant.off || request.method == "POST"`, `signature == "none"`, `authentication == answer.body.a`, `self == request.body.a`, `self.matches("^x")`,
	} {
		e, err := compile(source)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	loaded, err := LoadAll(specs.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range loaded {
		for _, o := range s.Operations {
			for _, r := range o.Rules {
				all = append(all, r.Rule)
			}
		}
	}
	sure := 0
	for _, one := range odd() {
		for _, other := range odd() {
			ex := contract.Exchange{
				Request: contract.Request{Method: "POST", URL: &url.URL{RawQuery: "q=1&p=&q=2"}, Header: http.Header{"Accept": {"x", "y"}, "X-A": {}}, Body: []byte(one)},
				Answer:  contract.Answer{Status: 200, Header: http.Header{"Content-Type": {"x"}}, Body: []byte(other)},
			}
			slow := NewView(ex, map[string]string{"key": "x"}, map[string]bool{"on": true})
			quick := NewView(ex, map[string]string{"key": "x"}, map[string]bool{"on": true})
			quick.Glance(nil, Taken{})
			for _, e := range all {
				self, _ := contract.Lookup(slow.AnswerBody(), "/a")
				holds, applies := quick.holds(e, self)
				if wantHolds, wantApplies := slow.holds(e, self); applies != wantApplies || holds != wantHolds {
					t.Errorf("%s of %s and %s: at a glance %v %v, CEL says %v %v", e, one, other, holds, applies, wantHolds, wantApplies)
				}
				if _, _, ok := e.Glance(quick.glimpsed()); ok {
					sure++
				}
			}
		}
	}
	if sure < 1000 {
		t.Errorf("sure of %d only", sure)
	}
}

// odd gives bodies with a member of every kind.
func odd() []string {
	all := []string{"", "null", "[]", "7", `"a"`, "{", `{}`, `{"b":1}`}
	for _, value := range []string{
		`"x"`, `"\u0078"`, `""`, `"xy"`, `"1"`, "1", "1.0", "1e0", "-0", "0", "12345678901234567890", "1.5", "true", "false", "null", "[]", `["x"]`, "{}",
		`{"b":1}`, `{"b":{"c":null}}`, `{"b":null}`,
	} {
		all = append(all, fmt.Sprintf(`{"a":%s}`, value))
	}
	return all
}

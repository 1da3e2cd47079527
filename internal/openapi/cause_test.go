package openapi

import (
	"net/url"
	"testing"

	"assay/internal/contract"
	"assay/specs"
)

// TestOppositeCauses compares the truth of a condition that is the opposite of an x-rule
// with its own evaluation.
func TestOppositeCauses(t *testing.T) {
	t.Parallel()
	s, err := Load(specs.Files, "paytm.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o, found := s.Operations[0], 0
	for _, query := range []string{"", "mid=a&orderId=b", "mid=b&orderId=a", "mid=a"} {
		for _, body := range []string{"", "{}", `{"body":{}}`, `{"body":{"mid":"a","orderId":"b"}}`, `{"body":{"mid":1,"orderId":null}}`, `[]`, `{"body":{"mid":"\u0061"}}`} {
			x := NewView(o, contract.Exchange{Request: contract.Request{Method: "POST", URL: &url.URL{RawQuery: query}, Body: []byte(body)}}, nil, nil)
			for _, refusal := range x.Refusals() {
				c := refusal.Cause
				if c.opposite < 0 {
					continue
				}
				found++
				if got, want := x.CauseTruth(c, nil), x.Truth(c.Expression, nil); got != want {
					t.Errorf("?%s %s: %s is %v, want %v", query, body, c.Text, got, want)
				}
			}
			x.Done()
		}
	}
	if found == 0 {
		t.Error("no condition of paytm is the opposite of an x-rule")
	}
	for source, want := range map[string]int{"a != b": 0, "a == b": -1, "!(a != b)": -1, "a != b || c": -1, "a != b ? c : d": -1, "b != a": -1} {
		rules := []*Rule{{On: contract.InRequest, Rule: &Expression{Source: "a == b"}}}
		if got := opposite(&Expression{Source: source}, rules); got != want {
			t.Errorf("%s: %d, want %d", source, got, want)
		}
	}
}

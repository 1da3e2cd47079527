package rule_test

import (
	"testing"

	"assay/internal/contract"
	"assay/internal/rule"
)

// TestWrongCases checks that findings of wrong cases are reported against the test
// data, and the same findings of correct cases are not.
func TestWrongCases(t *testing.T) {
	t.Parallel()
	dropMid := func(b *bench) { b.ask(`"mid":"216820000002516036253",`, "") }
	withoutMid := []byte(`[{"op":"remove","path":"/body/body/mid"}]`)
	withoutWebsite := []byte(`[{"op":"remove","path":"/body/body/websiteName"}]`)
	for _, c := range []struct {
		name, rule string
		side       contract.Side
		change     func(*bench)
	}{
		{"another code than wanted", "code-expected", contract.ProviderSide, func(b *bench) { b.c.Want.Code = "324" }},
		{"a wanted code of no table", "code-expected", contract.TestDataSide, func(b *bench) { b.c.Want.Code = "no-such-code" }},
		{"an invalid request and a success wanted", "code-expected", contract.TestDataSide, func(b *bench) {
			dropMid(b)
			b.c.Send = withoutMid
			b.response("1001")
		}},
		{"an expected finding that does not come", "fields-typed", contract.TestDataSide, func(b *bench) {
			b.c.Want.Findings = []contract.ExpectedFinding{{Rule: "fields-typed"}}
		}},
		{"the client drops a member", "request-documented", contract.ClientSide, dropMid},
		{"the case drops a member", "request-documented", contract.TestDataSide, func(b *bench) {
			dropMid(b)
			b.c.Send = withoutMid
		}},
		{"the case drops another member", "request-documented", contract.ClientSide, func(b *bench) {
			dropMid(b)
			b.c.Send = withoutWebsite
		}},
		{"the case drops it and expects the finding", "request-documented", contract.ClientSide, func(b *bench) {
			dropMid(b)
			b.c.Send = withoutMid
			b.c.Want.Findings = []contract.ExpectedFinding{{Rule: "request-documented", At: "request#/body/mid"}}
		}},
		{"the case has other credentials", "request-authenticated", contract.TestDataSide, func(b *bench) {
			b.basic()
			b.c.Credentials = map[string]string{"merchantKey": "other"}
			b.pass = func(p *rule.Subject) { p.View.Authentication = contract.AuthenticationInvalid }
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			c.change(b)
			found := apply(t, c.rule, b.made()).Findings
			if len(found) == 0 || found[0].Side != c.side {
				t.Errorf("got %+v, want a finding on the side %q", found, c.side)
			}
		})
	}
}

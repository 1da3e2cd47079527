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
	unsigned := func(b *bench) { b.pass = func(p *rule.Subject) { p.View.Signature = contract.SignatureInvalid } }
	unauthorized := func(b *bench) {
		b.basic()
		b.pass = func(p *rule.Subject) { p.View.Authentication = contract.AuthenticationInvalid }
	}
	website := func(sent, options string) func(*bench) { // the type of websiteName is wrong
		return func(b *bench) {
			b.ask(`"websiteName":"retail"`, `"websiteName":`+sent)
			b.c.Options = []byte(options)
		}
	}
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
		{"an expected finding that comes elsewhere", "fields-typed", contract.ProviderSide, func(b *bench) {
			b.swap(`"resultMsg":"Success"`, `"resultMsg":7`)
			b.c.Want.Findings = []contract.ExpectedFinding{{Rule: "fields-typed", At: "response#/body/txnToken"}}
		}},
		{"an expected finding of another rule", "fields-typed", contract.ProviderSide, func(b *bench) {
			b.swap(`"resultMsg":"Success"`, `"resultMsg":7`)
			b.c.Want.Findings = []contract.ExpectedFinding{{Rule: "fields-required"}}
		}},

		{"a wanted code that the body excludes", "code-expected", contract.TestDataSide, func(b *bench) { b.c.Want.Code = "2013" }},
		{"a wanted code that the body demands", "code-expected", contract.ProviderSide, func(b *bench) {
			b.query("mid", "other")
			b.c.Want.Code = "2013"
		}},
		{"a wanted code that the credentials exclude", "code-expected", contract.TestDataSide, func(b *bench) { b.c.Want.Code = "2006" }},
		{"a wanted code that the credentials demand", "code-expected", contract.ProviderSide, func(b *bench) {
			b.ask(`"mid":"216820000002516036253"`, `"mid":"other"`)
			b.c.Want.Code = "2006"
		}},
		{"a wanted code that the signature excludes", "code-expected", contract.TestDataSide, func(b *bench) { b.c.Want.Code = "2005" }},
		{"a wanted code that the signature demands", "code-expected", contract.ProviderSide, func(b *bench) {
			unsigned(b)
			b.c.Want.Code = "2005"
		}},
		{"a wanted code without a condition", "code-expected", contract.ProviderSide, func(b *bench) { b.c.Want.Code = "501" }},
		{"a wanted code about violations", "code-expected", contract.ProviderSide, func(b *bench) { b.c.Want.Code = "1012" }},

		{"a query without mid and a success wanted", "code-expected", contract.TestDataSide, func(b *bench) {
			b.query("mid", "")
			b.c.Send = []byte(`[{"op":"remove","path":"/query/mid"}]`)
			b.response("2013")
		}},
		{"an invalid request of the client", "code-expected", contract.ProviderSide, func(b *bench) {
			dropMid(b)
			b.response("1001")
		}},
		{"an invalid request and a refusal wanted", "code-expected", contract.ProviderSide, func(b *bench) {
			dropMid(b)
			b.c.Send, b.c.Want.Code = withoutMid, "1007"
		}},
		{"an invalid request that is expected", "code-expected", contract.ProviderSide, func(b *bench) {
			dropMid(b)
			b.c.Send = withoutMid
			b.c.Want.Findings = []contract.ExpectedFinding{{Rule: "request-documented", At: "request#/body/mid"}}
			b.response("1001")
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
		{"the case drops a parameter", "request-documented", contract.TestDataSide, func(b *bench) {
			b.query("mid", "")
			b.c.Send = []byte(`[{"op":"remove","path":"/query/mid"}]`)
		}},
		{"the client drops a parameter", "request-documented", contract.ClientSide, func(b *bench) {
			b.query("mid", "")
			b.c.Send = withoutMid
		}},
		{"the case changes the method", "request-documented", contract.TestDataSide, func(b *bench) {
			b.exchange.Request.Method = "PUT"
			b.c.Send = []byte(`[{"op":"replace","path":"/method","value":"PUT"}]`)
		}},
		{"the client changes the method", "request-documented", contract.ClientSide, func(b *bench) {
			b.exchange.Request.Method = "PUT"
			b.c.Send = withoutMid
		}},

		{"the case has other credentials", "request-authenticated", contract.TestDataSide, func(b *bench) {
			unauthorized(b)
			b.c.Credentials = map[string]string{"merchantKey": "other"}
		}},
		{"the case sends another authorization", "request-authenticated", contract.TestDataSide, func(b *bench) {
			unauthorized(b)
			b.c.Send = []byte(`[{"op":"add","path":"/headers/Authorization","value":"Basic x"}]`)
		}},
		{"the client sends another authorization", "request-authenticated", contract.ClientSide, func(b *bench) {
			unauthorized(b)
			b.c.Send = withoutWebsite
		}},

		{"the case does not sign its change", "request-signed", contract.TestDataSide, func(b *bench) {
			unsigned(b)
			b.c.Send = withoutWebsite
		}},
		{"the case signs its change", "request-signed", contract.ClientSide, func(b *bench) {
			unsigned(b)
			b.c.Send, b.c.Resign = withoutWebsite, true
		}},
		{"the case signs with another key", "request-signed", contract.TestDataSide, func(b *bench) {
			unsigned(b)
			b.c.Credentials = map[string]string{"merchantKey": "other"}
		}},
		{"the case replaces the signature", "request-signed", contract.TestDataSide, func(b *bench) {
			unsigned(b)
			b.c.Send, b.c.Resign = []byte(`[{"op":"replace","path":"/body/head/signature","value":"x"}]`), true
		}},
		{"the client signs wrongly", "request-signed", contract.ClientSide, unsigned},
		{"the options do not sign", "request-signed", contract.ClientSide, func(b *bench) {
			unsigned(b)
			b.c.Options = []byte(`{"websiteName":"retail"}`)
		}},

		{"an option of the case", "request-documented", contract.TestDataSide, website(`7`, `{"websiteName":7}`)},
		{"an option inside another", "request-documented", contract.TestDataSide, website(`7`, `{"more":[{"websiteName":7}]}`)},
		{"an option that is an object", "request-documented", contract.TestDataSide, website(`{"a":1,"b":2}`, `{"websiteName": {"b": 2, "a": 1}}`)},
		{"an option with escapes", "request-documented", contract.TestDataSide, website(`["<"]`, `{"websiteName":["\u003c"]}`)},
		{"no option", "request-documented", contract.ClientSide, website(`7`, ``)},
		{"an option with another value", "request-documented", contract.ClientSide, website(`7`, `{"websiteName":70}`)},
		{"an option with another name", "request-documented", contract.ClientSide, website(`7`, `{"callbackUrl":7}`)},
		{"an option inside a text", "request-documented", contract.ClientSide, website(`7`, `{"note":"\"websiteName\":7"}`)},

		{"the client misreads a response", "outcome-agrees", contract.ClientSide, func(b *bench) {
			b.read = success
			b.c.Send, b.c.Options = []byte(`[{"op":"replace","path":"","value":{}}]`), []byte(`{"resultCode":"501"}`)
			b.response("501")
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

// TestSimulatedResponses checks that a provider is not blamed for a simulated response in
// a cassette. It is blamed for every other response.
func TestSimulatedResponses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, rule string
		recording  *rule.Recording // nil: the response was just sent
		side       contract.Side
	}{
		{"simulated", "fields-typed", &rule.Recording{Evidence: contract.Simulated}, contract.TestDataSide},
		{"simulated, with another code", "code-expected", &rule.Recording{Evidence: contract.Simulated}, contract.TestDataSide},
		{"simulated, and the client is wrong", "request-documented", &rule.Recording{Evidence: contract.Simulated}, contract.ClientSide},
		{"simulated, and misread", "outcome-agrees", &rule.Recording{Evidence: contract.Simulated}, contract.ClientSide},
		{"documented", "fields-typed", &rule.Recording{Evidence: contract.Documented}, contract.ProviderSide},
		{"sandbox", "fields-typed", &rule.Recording{Evidence: contract.Sandbox}, contract.ProviderSide},
		{"production", "fields-typed", &rule.Recording{Evidence: contract.Production}, contract.ProviderSide},
		{"just sent", "fields-typed", nil, contract.ProviderSide},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.ask(`"mid":"216820000002516036253",`, "")
			b.response("501")
			b.swap(`"resultMsg":`, `"resultMsg":7,"before":`)
			b.read = success
			p := b.made()
			p.Recording = c.recording
			found := apply(t, c.rule, p).Findings
			if len(found) == 0 || found[0].Side != c.side || found[0].Severity != contract.Error {
				t.Errorf("got %+v, want an error on the side %q", found, c.side)
			}
		})
	}
}

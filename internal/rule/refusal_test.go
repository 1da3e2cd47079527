package rule_test

import (
	"strings"
	"testing"

	"assay/internal/contract"
)

// TestEmptyForAbsent checks empty values in place of optional members: an info in a
// documented refusal, an error in a success and in a refusal that contradicts itself.
func TestEmptyForAbsent(t *testing.T) {
	t.Parallel()
	for _, member := range []string{
		`"extraParamsMap":null`, `"txnToken":null`, `"extraParamsMap":""`, `"extraParamsMap":[]`, `"txnToken":{}`, `"txnToken": [ ]`,
	} {
		for code, want := range map[string]contract.Severity{"2222": contract.Info, "324": contract.Info, "0000": contract.Error, "1011": contract.Info} {
			b := newBench(t)
			b.response(code)
			b.c.Want.Code = code
			if code == "0000" {
				b.exchange.Response.Body = []byte(strings.Replace(string(b.exchange.Response.Body), `"txnToken"`, `"wasToken"`, 1))
			}
			b.swap(`"resultInfo"`, member+`,"resultInfo"`)
			found := append(apply(t, "fields-typed", b.made()).Findings, apply(t, "fields-required", b.made()).Findings...)
			if len(found) == 0 || found[0].Severity != want {
				t.Errorf("%s with %s: found %+v; want %s", code, member, found, want)
			}
			b.exchange.Response.Status = 500
			for _, f := range apply(t, "fields-typed", b.made()).Findings {
				if f.Severity == contract.Info {
					t.Errorf("%s with status 500 and %s: found %+v", code, member, f)
				}
			}
		}
	}
	for _, required := range []string{"resultStatus", "resultCode"} {
		b := newBench(t)
		b.response("501")
		b.exchange.Response.Body = contract.Replace(b.exchange.Response.Body, contract.Pointer("/body/resultInfo/"+required), []byte("null"))
		for _, f := range apply(t, "fields-typed", b.made()).Findings {
			if f.Severity == contract.Info {
				t.Errorf("%s is required; found %+v", required, f)
			}
		}
	}
}

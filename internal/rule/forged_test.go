package rule_test

import (
	"slices"
	"testing"

	"assay/internal/contract"
	"assay/internal/signature"
)

// TestForgedResponses applies every forgery to a success and a failure. response-signed
// must report exactly those whose required signature is missing or invalid.
func TestForgedResponses(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"0000": {"missing", "tampered-body", "tampered-signature", "wrong-key", "other-order", "reordered"},
		"324":  {"tampered-body", "tampered-signature", "wrong-key"}, // comes unsigned, too, and has one member, which is no order's
	}
	for code, noticed := range want {
		for _, f := range signature.Forgeries() {
			b := newBench(t)
			b.response(code)
			b.exchange.Response.Body = f.Forge(b.op.Sign.Response, b.op.Responses[200].Body, b.exchange.Response.Body, b.spec.TestCredentials())
			found := apply(t, "response-signed", b.made()).Findings
			if got, want := len(found) > 0, slices.Contains(noticed, f.Name); got != want {
				t.Errorf("%s, %s: found %+v", code, f.Name, found)
			}
		}
	}
}

// TestUnsignedFailure checks that a response without signature, where none is required,
// is inconclusive.
func TestUnsignedFailure(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.response("324")
	b.exchange.Response.Body = contract.Replace(b.exchange.Response.Body, "/head", []byte("{}"))
	applied := apply(t, "signature-verified", b.made())
	if len(applied.Findings) > 0 || applied.Inconclusive == nil {
		t.Errorf("found %+v, inconclusive %v", applied.Findings, applied.Inconclusive)
	}
}

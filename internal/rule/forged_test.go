package rule_test

import (
	"slices"
	"testing"

	"assay/internal/contract"
	"assay/internal/signature"
)

// TestForgedAnswers forges a success and a failure in every way: answer-signed
// finds each whose signature is demanded and does not hold, and no other.
func TestForgedAnswers(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"0000": {"missing", "tampered-body", "tampered-signature", "wrong-key", "other-order", "reordered"},
		"324":  {"tampered-body", "tampered-signature", "wrong-key"}, // comes unsigned, too, and has one member, which is no order's
	}
	for code, noticed := range want {
		for _, f := range signature.Forgeries() {
			b := newBench(t)
			b.answer(code)
			b.exchange.Response.Body = f.Forge(b.op.Sign.Answer, b.op.Answers[200].Body, b.exchange.Response.Body, b.spec.TestCredentials())
			found := apply(t, "answer-signed", b.made()).Findings
			if got, want := len(found) > 0, slices.Contains(noticed, f.Name); got != want {
				t.Errorf("%s, %s: found %+v", code, f.Name, found)
			}
		}
	}
}

// TestUnsignedFailure has nothing to forge in an answer that may come without
// signature, and says so.
func TestUnsignedFailure(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.answer("324")
	b.exchange.Response.Body = contract.Replace(b.exchange.Response.Body, "/head", []byte("{}"))
	applied := apply(t, "signature-verified", b.made())
	if len(applied.Findings) > 0 || applied.Unproved == nil {
		t.Errorf("found %+v, unproved %v", applied.Findings, applied.Unproved)
	}
}

package contract_test

import (
	"testing"

	"assay/internal/contract"
)

func TestFingerprint(t *testing.T) {
	t.Parallel()
	identify := func(f contract.Finding, provider string) string {
		f.Identify(provider, "createOrder")
		return f.Fingerprint
	}
	one, other := &contract.Template{ID: "one", Text: "one message"}, &contract.Template{ID: "other", Text: "another message"}
	base := contract.Finding{Rule: "fields-typed", At: "response#/list/0/x", Detail: "type", Message: one.Says()}
	same := base
	same.At, same.Message, same.Severity = "response#/list/9/x", other.Says(), contract.Info
	if identify(base, "paytm") != identify(same, "paytm") {
		t.Error("position in a list, message and severity change the fingerprint")
	}
	for name, change := range map[string]func(*contract.Finding){
		"rule": func(f *contract.Finding) { f.Rule = "x" }, "place": func(f *contract.Finding) { f.At = "response#/y" }, "keyword": func(f *contract.Finding) { f.Detail = "enum" },
	} {
		other := base
		change(&other)
		if identify(base, "paytm") == identify(other, "paytm") {
			t.Errorf("the %s does not change the fingerprint", name)
		}
	}
	if identify(base, "paytm") == identify(base, "enkash") {
		t.Error("the provider does not change the fingerprint")
	}
}

func TestEvidenceOrder(t *testing.T) {
	t.Parallel()
	if got := contract.Simulated.Stronger(contract.Documented); got != contract.Documented {
		t.Errorf("simulated or documented: %s", got)
	}
	if got := contract.Production.Stronger(contract.NoEvidence); got != contract.Production {
		t.Errorf("production or nothing: %s", got)
	}
}

func TestSeverityOrder(t *testing.T) {
	t.Parallel()
	if !contract.Error.AtLeast(contract.Warning) || contract.Info.AtLeast(contract.Warning) || !contract.Warning.AtLeast(contract.Warning) {
		t.Error("severities are not in order")
	}
}

func TestUnknownIsNotAccepted(t *testing.T) {
	t.Parallel()
	if o := contract.UnknownOutcome(); o.State.Accepted() || o.Retry != contract.AfterInquiry {
		t.Errorf("an unknown outcome is %+v", o)
	}
	if len(contract.States()) != 10 {
		t.Errorf("there are %d states", len(contract.States()))
	}
}

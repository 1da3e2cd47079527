package rule_test

import (
	"fmt"
	"time"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/rule"
	"assay/specs"
)

func ExampleFind() {
	r, ok := rule.Find("amount-exact")
	fmt.Println(ok, r.Family, r.Severity)
	fmt.Println(r.Title)
	// Output:
	// true request error
	// the request asks for the exact amount of the order
}

// A waiver without evidence loads, but tolerates nothing and is a finding.
func ExampleApply() {
	spec, err := openapi.Load(specs.Files, "paytm.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	r, _ := rule.Find("waiver-justified")
	subject := &rule.Subject{Spec: spec, Waivers: []contract.Waiver{{
		Rule: "code-agrees", Where: "paytm/*", Owner: "Asha", Reason: "agreed with the provider",
		Expires: time.Date(2027, time.January, 1, 0, 0, 0, 0, time.UTC), Source: "fixtures/waivers.yaml:1",
	}}}
	for _, f := range rule.Apply(r, subject).Findings {
		fmt.Printf("%s (%s): %s\n", f.Severity, f.Side, report.Sentence(f.Message))
	}
	// Output: error (test data): the waiver of code-agrees has no evidence, so its findings count; add what is missing, or remove the waiver
}

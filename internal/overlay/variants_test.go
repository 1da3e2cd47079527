package overlay_test

import (
	"os"
	"slices"
	"testing"

	"assay/internal/contract"
	"assay/internal/overlay"
	"assay/internal/report"
)

// TestVariants proposes changes to rows of a code with variants: each to its own row.
func TestVariants(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../openapi/testdata/variants/tolls.yaml")
	if err != nil {
		t.Fatal(err)
	}
	before := loaded(t, "tolls", raw)
	of := func(kind contract.Kind, code string, at contract.Place, what contract.Value) contract.Change {
		return contract.Change{Operation: "tolls/createOrder", Kind: kind, Code: code, At: at, Got: what, Now: what, Is: contract.Count{N: 20, Of: 20}}
	}
	p, err := overlay.Propose(before, raw, []contract.Change{
		of(contract.MessageChanged, "REFUSED/duplicate-receipt", "response#/error/description", message("Receipt in use")),
		of(contract.MemberAdded, "REFUSED/unauthorized", "response#/error/hint", types("string")),
		of(contract.CodeNew, "REFUSED", "response#/error/code", code("REFUSED")),
		of(contract.CodeNew, "REFUSED/unauthorized", "response#/error/code", code("REFUSED/unauthorized")),
	})
	if err != nil {
		t.Fatal(err)
	}
	var skipped []string
	for _, s := range p.Skipped {
		skipped = append(skipped, s.Change.Code+": "+report.Sentence(s.Reason))
	}
	want := []string{
		"REFUSED/unauthorized: the table already has it (nothing to do)",
		"REFUSED: the code is documented, and none of its variants fits the responses (read the responses, and add a row with the code, a variant and an if)",
	}
	if slices.Sort(skipped); !slices.Equal(skipped, want) {
		t.Errorf("skipped %q, want %q", skipped, want)
	}
	after := loaded(t, "tolls", apply(t, raw, p.Document))
	for _, f := range after.Faults() {
		t.Errorf("the proposal has a fault: %s", report.Sentence(f.Message))
	}
	o := after.Operation("createOrder")
	if got := o.Code("REFUSED/duplicate-receipt").Messages; !slices.Equal(got, []string{"The receipt was used before", "Receipt in use"}) {
		t.Errorf("the messages of the row are %q", got)
	}
	for _, other := range []string{"REFUSED/unauthorized", "REFUSED/invalid-field"} {
		if got, had := o.Code(other).Messages, before.Operation("createOrder").Code(other).Messages; !slices.Equal(got, had) {
			t.Errorf("the messages of %s are %q now", other, got)
		}
	}
	if o.Responses[401].Member("/error/hint") == nil {
		t.Error("the new member is not documented")
	}
}

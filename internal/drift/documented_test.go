package drift_test

import (
	"os"
	"slices"
	"testing"

	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/openapi"
)

// TestDocumentedUses rates members by what the documents require.
func TestDocumentedUses(t *testing.T) {
	t.Parallel()
	s, err := openapi.Load(os.DirFS("../../cmd/assay/testdata/till/specs"), "till.yaml")
	if err != nil {
		t.Fatal(err)
	}
	u := drift.DocumentedUses(s.Operation("createOrder"))
	if !u.Documented || !slices.Equal(u.Codes, []string{"DENIED", "INVALID", "DUPLICATE", "200"}) {
		t.Errorf("the codes are %q", u.Codes)
	}
	for name, c := range map[string]struct {
		code    string
		pointer contract.Pointer
		how     string
		want    contract.Impact
		why     string
	}{
		"a required member is gone":        {"200", "/id", drift.Gone, contract.Breaks, "impact.documented.required"},
		"a required member is a number":    {"200", "/id", "integer", contract.Breaks, "impact.documented.required"},
		"an optional member is gone":       {"200", "/receipt", drift.Gone, contract.Degrades, "impact.documented.optional"},
		"an optional member is a number":   {"200", "/receipt", "number", contract.Degrades, "impact.documented.optional"},
		"a documented type":                {"200", "/receipt", "string", contract.Minor, "impact.documented.allowed"},
		"an undocumented member":           {"200", "/extra", drift.Gone, contract.Minor, "impact.documented.nowhere"},
		"the code of a refusal":            {"INVALID", "/error/code", drift.Gone, contract.Breaks, "impact.documented.required"},
		"the object that has the code":     {"INVALID", "/error", drift.Gone, contract.Breaks, "impact.documented.required"},
		"a member of another response":     {"INVALID", "/id", drift.Gone, contract.Minor, "impact.documented.nowhere"},
		"a code that has not been tried":   {"NEW", "/id", drift.Gone, contract.Breaks, "impact.documented.required"},
		"a member of an unknown reference": {"NEW", "/extra", "null", contract.Minor, "impact.documented.nowhere"},
	} {
		impact, why := u.Impact(u.By(c.code, c.pointer, c.how))
		if impact != c.want || why.Template.ID != c.why {
			t.Errorf("%s: %s because %s, want %s because %s", name, impact, why.Template.ID, c.want, c.why)
		}
	}
}

package rule_test

import (
	"os"
	"strings"
	"testing"

	"assay/internal/openapi"
	"assay/internal/rule"
)

// TestWholeDoc takes the document of a finding about a provider as a whole from the operation
// that the finding is about.
func TestWholeDoc(t *testing.T) {
	t.Parallel()
	spec, err := openapi.Load(os.DirFS("../../cmd/assay/testdata/providers/specs"), "stripe.yaml")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]map[string]bool{}
	for _, r := range rule.Rules() {
		if !r.Whole || !strings.HasSuffix(r.ID, "-covered") && r.ID != "ambiguity-settled" {
			continue
		}
		for _, f := range rule.Apply(r, &rule.Subject{Spec: spec}).Findings {
			name, rest, _ := strings.Cut(f.Detail, " ")
			o := spec.Operation(name)
			if o == nil {
				continue // about the provider
			}
			want := o.URL
			if c := o.Code(rest); r.ID == "code-covered" && c != nil && c.Doc != "" {
				want += " " + c.Doc
				if f.Doc != want {
					t.Errorf("%s at %s: %s, want %s", r.ID, f.At, f.Doc, want)
				}
			}
			if at, inside := f.At.CutOperation(name); inside {
				want = o.Doc(at)
			}
			if !strings.HasPrefix(f.Doc, want) {
				t.Errorf("%s at %s: %s, want %s", r.ID, f.At, f.Doc, want)
			}
			if seen[r.ID] == nil {
				seen[r.ID] = map[string]bool{}
			}
			seen[r.ID][name] = true
		}
	}
	for _, id := range []string{"operation-covered", "code-covered", "field-covered", "value-covered"} {
		if len(seen[id]) != len(spec.Operations) {
			t.Errorf("%s: findings about %d of %d operations", id, len(seen[id]), len(spec.Operations))
		}
	}
}

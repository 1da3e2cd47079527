package contract_test

import (
	"testing"

	"assay/internal/contract"
)

func TestImpactAtLeast(t *testing.T) {
	t.Parallel()
	all := contract.Impacts()
	for i, mild := range all {
		for j, other := range all {
			if got := mild.AtLeast(other); got != (i >= j) {
				t.Errorf("%s at least %s: %v", mild, other, got)
			}
		}
	}
}

func TestChangeIdentify(t *testing.T) {
	t.Parallel()
	one := contract.Change{Operation: "paytm/createOrder", Kind: "member-added", Code: "0000", At: "answer#/list/3/price"}
	one.Identify()
	if len(one.Fingerprint) != 16 {
		t.Fatalf("fingerprint %q", one.Fingerprint)
	}
	alike := one
	alike.At, alike.Impact, alike.Was, alike.Is = "answer#/list/7/price", contract.Breaks, "a", "b"
	alike.Message, alike.Count, alike.First, alike.Last = "m", 9, "f", "l"
	alike.Identify()
	if alike.Fingerprint != one.Fingerprint {
		t.Error("a fingerprint is of operation, kind, code and place only")
	}
	for name, differs := range map[string]func(*contract.Change){
		"operation": func(c *contract.Change) { c.Operation = "paytm/other" },
		"kind":      func(c *contract.Change) { c.Kind = "member-removed" },
		"code":      func(c *contract.Change) { c.Code = "0001" },
		"place":     func(c *contract.Change) { c.At = "answer#/list" },
	} {
		c := one
		differs(&c)
		c.Identify()
		if c.Fingerprint == one.Fingerprint {
			t.Errorf("the fingerprint does not tell another %s", name)
		}
	}
}

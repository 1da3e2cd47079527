package contract_test

import (
	"testing"

	"assay/internal/contract"
)

func TestImpactAtLeast(t *testing.T) {
	t.Parallel()
	all := contract.Impacts()
	for i, bad := range all {
		for j, other := range all {
			if got := bad.AtLeast(other); got != (i <= j) {
				t.Errorf("%s at least %s: %v", bad, other, got)
			}
		}
	}
}

func TestChangeIdentify(t *testing.T) {
	t.Parallel()
	one := contract.Change{Operation: "paytm/createOrder", Kind: "member-added", Code: "0000", At: "response#/list/3/price"}
	one.Identify()
	if len(one.ID) != 12 {
		t.Fatalf("id %q", one.ID)
	}
	alike := one
	alike.At, alike.Impact, alike.Before, alike.Now = "response#/list/7/price", contract.Breaks, contract.Value{Absent: true}, contract.Value{Codes: []string{"b"}}
	alike.Message, alike.Is.N, alike.First, alike.Last = (&contract.Template{ID: "m"}).Says(), 9, "f", "l"
	alike.Identify()
	if alike.ID != one.ID {
		t.Error("an id is of operation, kind, code, place and what did not come before only")
	}
	for name, differs := range map[string]func(*contract.Change){
		"operation": func(c *contract.Change) { c.Operation = "paytm/other" },
		"kind":      func(c *contract.Change) { c.Kind = "member-removed" },
		"code":      func(c *contract.Change) { c.Code = "0001" },
		"place":     func(c *contract.Change) { c.At = "response#/list" },
		"type":      func(c *contract.Change) { c.Got = contract.Value{Types: []string{"null"}} },
	} {
		c := one
		differs(&c)
		c.Identify()
		if c.ID == one.ID {
			t.Errorf("the id does not tell another %s", name)
		}
	}
}

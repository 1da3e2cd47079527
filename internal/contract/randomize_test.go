package contract_test

import (
	"testing"

	"assay/internal/contract"
)

func TestRandomize(t *testing.T) {
	t.Parallel()
	last := func(n int) int { return n - 1 }
	for id, want := range map[string]string{"OREDRID98765": "ZZZZZZZ99999", "xx_00-1.é": "zz_99-9.é", "": ""} {
		if got := contract.Randomize(id, last); got != want {
			t.Errorf("alike to %q is %q, want %q", id, got, want)
		}
	}
}

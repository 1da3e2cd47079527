package openapi_test

import (
	"testing"

	"assay/internal/golden"
)

// TestConditions lists every condition between members. No response of ours violates
// most of them, so a run would not notice a missing one.
func TestConditions(t *testing.T) {
	t.Parallel()
	var got []string
	for _, s := range all(t) {
		for _, o := range s.Operations {
			for _, r := range o.Rules {
				got = append(got, o.Name()+" "+r.ID)
			}
		}
	}
	golden.Set(t, "testdata/proved/conditions.txt", got)
}

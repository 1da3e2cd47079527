package engine_test

import (
	"slices"
	"testing"

	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/fixed"
)

// TestReferences makes the references of a case with two seeds, and with none. The same seed
// gives the same references, another one others, and without a seed no two runs share one.
func TestReferences(t *testing.T) {
	t.Parallel()
	of := func(seed string) []string {
		e := enginetest.Load(t)
		live := engine.Simulated(e.Specs, "http://127.0.0.1:1")
		if seed != "" {
			live.Pick = func(name string) func(n int) int { return fixed.Picker(seed + " " + name) }
		}
		e = enginetest.OverNetwork(t, e, *live)
		return e.Resolve(e.Fixtures.Case("paytm/createOrder/accepted")).Input.References()
	}
	first, second := of("1"), of("2")
	switch {
	case len(first) == 0 || !slices.Equal(first, of("1")):
		t.Errorf("the same seed gives %v and %v", first, of("1"))
	case slices.Equal(first, second):
		t.Errorf("two seeds give %v", first)
	case slices.Equal(of(""), of("")):
		t.Error("without a seed, two runs share references")
	}
}

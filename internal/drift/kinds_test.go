package drift_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"assay/internal/drift"
)

// TestKinds: every kind of change that traffic shows is in the list, once, with a sentence.
func TestKinds(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../contract/drift.go")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, found := range regexp.MustCompile(`(?m)^\t\w+ +Kind += "([a-z-]+)"`).FindAllSubmatch(raw, -1) {
		want = append(want, string(found[1]))
	}
	for _, k := range drift.Kinds() {
		if got = append(got, string(k.ID)); k.About == "" {
			t.Errorf("%s says nothing", k.ID)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) || len(want) == 0 {
		t.Errorf("the list has %v, want %v", got, want)
	}
}

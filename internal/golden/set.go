package golden

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Set compares what a test went through with a file: every item once, a line each,
// in order. A test that was made faster shows by it that it proves no less. The
// number of items is logged.
func Set(t testing.TB, file string, items []string) {
	t.Helper()
	all := slices.Clone(items)
	slices.Sort(all)
	all = slices.Compact(all)
	t.Logf("%s: %d", file, len(all))
	var text strings.Builder
	for _, item := range all {
		_, _ = fmt.Fprintln(&text, item) // never fails
	}
	Compare(t, file, []byte(text.String()))
}

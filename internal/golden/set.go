package golden

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Set compares a set of items with a file: sorted, one line for each. A test lists what it
// tested, so that a faster version shows that it tests the same. Set logs the number.
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

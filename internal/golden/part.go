package golden

import (
	"os"
	"strings"
	"testing"

	"assay/internal/testsize"
)

// Proved compares what a test tested with a file, as Set does. In the short form of make test the
// test takes some of the items: then each has to be in the file, and there has to be one.
func Proved(t testing.TB, file string, items []string) {
	t.Helper()
	if testsize.Full() {
		Set(t, file, items)
		return
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for line := range strings.Lines(string(raw)) {
		listed[strings.TrimSuffix(line, "\n")] = true
	}
	if len(items) == 0 {
		t.Errorf("nothing of %s was tested", file)
	}
	for _, item := range items {
		if !listed[item] {
			t.Errorf("%s lacks %s; ASSAY_TESTS=full go test with -args -update writes it", file, item)
		}
	}
}

package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"assay/internal/traffic"
	"assay/specs"
)

// TestTrafficTopic compares the table of recorders in `assay help traffic` with the one that
// readers use.
func TestTrafficTopic(t *testing.T) {
	t.Parallel()
	text, err := topicText("traffic")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for _, r := range traffic.Recorders() {
		fmt.Fprintf(&want, "  %-17s %-31s %s\n", r.Name, r.Leaves, r.Instead)
	}
	if _, table, found := strings.Cut(text, "Recorders leave out:\n\n"); !found || table != want.String() {
		t.Errorf("the table is\n%s\nit should be\n%s", table, &want)
	}
}

// TestDialectTopic checks that `assay help dialect` explains every extension that a
// specification may use.
func TestDialectTopic(t *testing.T) {
	t.Parallel()
	text, err := topicText("dialect")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`"(x-[a-z-]+)"`).FindAllSubmatch(specs.Dialect, -1)
	for _, name := range found {
		if !strings.Contains(text, "\n  "+string(name[1])+" ") {
			t.Errorf("%s is not explained", name[1])
		}
	}
	if len(found) < 15 {
		t.Errorf("found %d extensions", len(found))
	}
}

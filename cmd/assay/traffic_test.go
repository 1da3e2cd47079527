package main

import (
	"fmt"
	"strings"
	"testing"

	"assay/internal/traffic"
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

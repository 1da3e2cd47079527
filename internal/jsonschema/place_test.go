package jsonschema_test

import (
	"fmt"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// TestPlaces reads bodies one after the other with the same state. Each violation is at its own
// place, whatever the bodies before had, as RFC 6901 writes it.
func TestPlaces(t *testing.T) {
	t.Parallel()
	list, object, text := jsonschema.Anything(), jsonschema.Anything(), jsonschema.Anything()
	list.Items, object.Additional, text.Types = object, text, []string{"string"}
	check, err := jsonschema.Compile(list, jsonschema.Request{Root: contract.ResponseRoot})
	if err != nil {
		t.Fatal(err)
	}
	var state jsonschema.ScanState
	long := strings.Repeat("x", 300)
	for range 3 {
		for name, token := range map[string]string{
			"ab": "ab", "ba": "ba", "a~b": "a~0b", "a/b": "a~1b", "~/": "~0~1", "": "", `\u0061\u007e`: "a~0", "é": "é", long: long, long + "y": long + "y",
			"c0": "c0", "c1": "c1", "c2": "c2", "c3": "c3", "c4": "c4", "c5": "c5", "c6": "c6", "c7": "c7", "c8": "c8",
		} {
			if !check.Read(fmt.Appendf(nil, `[{},{"%s":1}]`, name), &state) {
				t.Fatalf("%s is not read", name)
			}
			if want := contract.ResponseRoot + contract.Place("/1/"+token); len(state.Violations) != 1 || state.Violations[0].At != want {
				t.Errorf("%q: %+v, want %s", name, state.Violations, want)
			}
		}
	}
}

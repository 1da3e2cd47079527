package openapi

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/jsonschema"
)

// testCase is a schema, and values that it accepts and rejects.
type testCase struct {
	Description    string
	Schema         openapi3.Schema
	Valid, Invalid []json.RawMessage
}

// TestQuestions runs our own cases for what validators often get wrong: numbers and
// booleans, escapes, characters and bytes, empty schemas, names outside the schema.
func TestQuestions(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/questions.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []testCase
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	runTestCases(t, all)
}

// runTestCases compares the check with each case. It differs from kin-openapi only
// where deviates says so.
func runTestCases(t *testing.T, all []testCase) {
	t.Helper()
	n := 0
	ask := func(q testCase, body []byte, valid bool) {
		n++
		compareBoth(t, &q.Schema, body)
		notes := &jsonschema.ScanState{}
		if got := compiled(convertSchema(&q.Schema), jsonschema.Request{}).Read(body, notes) && len(notes.Violations) == 0; got != valid {
			t.Errorf("%s: %s is accepted: %t, want %t", q.Description, body, got, valid)
		}
	}
	for _, q := range all {
		for _, body := range q.Valid {
			ask(q, body, true)
		}
		for _, body := range q.Invalid {
			ask(q, body, false)
		}
	}
	t.Logf("%d questions", n)
}

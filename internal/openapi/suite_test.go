package openapi

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/jsonschema"
)

// question is a schema, and values that satisfy it and that do not.
type question struct {
	Description    string
	Schema         openapi3.Schema
	Valid, Invalid []json.RawMessage
}

// TestQuestions asks questions of our own, about what validators get wrong:
// numbers that are no booleans, escapes, characters and bytes, empty schemas,
// names that stand in no schema.
func TestQuestions(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/questions.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []question
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	asked(t, all)
}

// asked holds the check to questions: it accepts what is valid and nothing else, and
// differs from kin-openapi only where deviates says so.
func asked(t *testing.T, all []question) {
	t.Helper()
	n := 0
	ask := func(q question, body []byte, valid bool) {
		n++
		bothJudge(t, &q.Schema, body)
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

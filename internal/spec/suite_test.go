package spec

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
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

// asked holds both validators to questions: whatever the check over raw bytes
// accepts is valid, and kin-openapi says so too. It accepts two thirds of what is
// valid for kin-openapi, or it checks nothing.
func asked(t *testing.T, all []question) {
	t.Helper()
	valid, accepted := 0, 0
	ask := func(q question, body []byte, ok bool) {
		quick, slow := bothJudge(t, &q.Schema, body)
		if ok && slow {
			valid++
		}
		if !quick {
			return
		}
		accepted++
		if !ok || !slow {
			t.Errorf("%s: %s is accepted; valid: %t, for kin-openapi: %t", q.Description, body, ok, slow)
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
	t.Logf("of %d that are valid %d are accepted", valid, accepted)
	if accepted < valid*2/3 {
		t.Errorf("of %d that are valid only %d are accepted", valid, accepted)
	}
}

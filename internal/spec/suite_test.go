package spec

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// TestDraft4 asks the JSON Schema Test Suite's questions, as far as OpenAPI 3.0
// has the keywords: whatever the check over raw bytes accepts is valid there and
// for kin-openapi. testdata/draft4 is tests/draft4 of
// github.com/json-schema-org/JSON-Schema-Test-Suite, of 2026-08-22, without the
// groups that use references, several types, null as a type, and tuples.
func TestDraft4(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/draft4/suite.json")
	if err != nil {
		t.Fatal(err)
	}
	var groups []struct {
		Description string
		Schema      openapi3.Schema
		Tests       []struct {
			Description string
			Data        json.RawMessage
			Valid       bool
		}
	}
	if err := json.Unmarshal(raw, &groups); err != nil {
		t.Fatal(err)
	}
	valid, accepted := 0, 0
	for _, g := range groups {
		for _, one := range g.Tests {
			quick, slow := bothJudge(t, &g.Schema, one.Data)
			if one.Valid && slow {
				valid++
			}
			if !quick {
				continue
			}
			accepted++
			if !one.Valid || !slow {
				t.Errorf("%s: %s is accepted; the suite says valid %v, kin-openapi %v: %s", g.Description, one.Description, one.Valid, slow, one.Data)
			}
		}
	}
	t.Logf("of %d that are valid %d are accepted at once", valid, accepted)
	if accepted < valid*2/3 {
		t.Errorf("of %d that are valid only %d are accepted at once", valid, accepted)
	}
}

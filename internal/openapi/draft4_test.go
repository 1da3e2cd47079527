//go:build suites

package openapi

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"testing"
)

// TestDraft4 runs the JSON Schema Test Suite for draft 4, as far as OpenAPI 3.0 can
// express its schemas. It comes from the npm package json-schema-test-suite, which
// `make test-suites` installs. The younger @json-schema-org/tests contains no tests: it
// fetches them from a Git host.
func TestDraft4(t *testing.T) {
	t.Parallel()
	tests := os.DirFS("testdata/suites/node_modules/json-schema-test-suite/tests/draft4")
	var all []testCase
	cases, left := 0, map[string]int{}
	err := fs.WalkDir(tests, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(tests, file)
		if err != nil {
			return err
		}
		var groups []struct {
			Description string
			Schema      json.RawMessage
			Tests       []struct {
				Data  json.RawMessage
				Valid bool
			}
		}
		if err := json.Unmarshal(raw, &groups); err != nil {
			return err
		}
		for _, g := range groups {
			var schema any
			if err := json.Unmarshal(g.Schema, &schema); err != nil {
				return err
			}
			if path.Base(file) == "zeroTerminatedFloats.json" {
				left["1.0 counts as an integer, as kin-openapi and most languages have it"]++
				continue
			}
			if why := unsupported(schema); why != "" {
				left[why]++
				continue
			}
			q := testCase{Description: path.Base(file) + ": " + g.Description}
			if err := json.Unmarshal(g.Schema, &q.Schema); err != nil {
				return err
			}
			for _, one := range g.Tests {
				if cases++; one.Valid {
					q.Valid = append(q.Valid, one.Data)
				} else {
					q.Invalid = append(q.Invalid, one.Data)
				}
			}
			all = append(all, q)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d groups with %d values; left out: %v", len(all), cases, left)
	if len(all) < 52 || cases < 169 {
		t.Errorf("%d groups with %d values, want 52 with 169", len(all), cases)
	}
	runTestCases(t, all)
}

// unsupported returns the part of a schema that OpenAPI 3.0 cannot express or means
// differently; "": there is none. The Schema Object of 3.0.3 has no type null, one type
// each, one schema for all items, and neither dependencies nor patternProperties.
// References stand in components, and the loader resolves them. Formats are annotations
// in draft 4 too, but the suite enforces them.
func unsupported(schema any) string {
	s, ok := schema.(map[string]any)
	if !ok {
		return ""
	}
	for _, keyword := range []string{"$ref", "definitions", "id", "dependencies", "patternProperties", "additionalItems", "format"} {
		if _, has := s[keyword]; has {
			return keyword
		}
	}
	if one, has := s["type"]; has {
		if name, single := one.(string); !single || name == "null" {
			return "type"
		}
	}
	if _, tuple := s["items"].([]any); tuple {
		return "items"
	}
	inner := []any{s["items"], s["not"], s["additionalProperties"]}
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		if list, has := s[keyword].([]any); has {
			inner = append(inner, list...)
		}
	}
	if members, has := s["properties"].(map[string]any); has {
		for _, member := range members {
			inner = append(inner, member)
		}
	}
	for _, one := range inner {
		if why := unsupported(one); why != "" {
			return why
		}
	}
	return ""
}

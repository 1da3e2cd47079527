//go:build suites

package openapi

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// more names another copy of the JSON Schema Test Suite: its folder tests.
var more = flag.String("suite", "", "a folder with draft4 and draft6")

// suites returns the folders with copies of the JSON Schema Test Suite. No copy is
// complete: the npm package json-schema-test-suite has an old draft 4; the Go module
// gojsonschema has drafts 4 and 6 with formats. The npm package @json-schema-org/tests
// has no tests: it fetches them from a Git host.
func suites(t *testing.T) []string {
	t.Helper()
	const module, sum = "github.com/xeipuuv/gojsonschema@v1.2.0", "h1:LhYJRs+L4fBtjZUfuSZIKGeVu0QRy8e5Xi7D17UxZ74="
	command := exec.Command("go", "mod", "download", "-json", module)
	raw, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	var downloaded struct{ Dir, Sum string }
	if err := json.Unmarshal(raw, &downloaded); err != nil || downloaded.Sum != sum {
		t.Fatalf("%s has the sum %s, want %s (%v)", module, downloaded.Sum, sum, err)
	}
	all := []string{"testdata/suites/node_modules/json-schema-test-suite/tests", path.Join(downloaded.Dir, "testdata")}
	if *more != "" {
		all = append(all, *more)
	}
	return all
}

// exceptions are the tests of the suites with another result than ours, with the reason.
// The key is the end of "draft/file: group: test".
var exceptions = map[string]string{
	"zeroTerminatedFloats.json: some languages do not distinguish between different types of numeric value: a float is not an integer even without fractional part": "1.0 counts as an integer: draft 6 says so, and an encoder may write any integer so",
	"optional/format.json: validation of URIs: a valid protocol-relative URI":                                                                                       "RFC 3986 calls //host a relative reference; later copies of the suite have corrected the test",
}

// TestSchemaSuites runs the JSON Schema Test Suite for draft 4, and what draft 6 shares
// with it, as far as OpenAPI 3.0 can express the schemas. Each schema is asked in every
// way that a check has; all must agree.
func TestSchemaSuites(t *testing.T) {
	t.Parallel()
	r := &suiteRun{left: map[string]int{}, used: map[string]bool{}}
	for _, folder := range suites(t) {
		for _, draft := range []string{"draft4", "draft6"} {
			r.folder(t, os.DirFS(folder), draft)
		}
	}
	t.Logf("%d schemas with %d values, asked in %d ways each", r.schemas, r.values, len(suiteWays))
	for _, why := range slices.Sorted(maps.Keys(r.left)) {
		t.Logf("left out: %d of %s", r.left[why], why)
	}
	for name, why := range exceptions {
		if !r.used[name] {
			t.Errorf("the exception %q (%s) is not needed", name, why)
		}
	}
	if r.schemas < 227 || r.values < 795 {
		t.Errorf("%d schemas with %d values, want more", r.schemas, r.values)
	}
}

type suiteRun struct {
	schemas, values int
	left            map[string]int // schemas, by reason
	used            map[string]bool
}

func (r *suiteRun) folder(t *testing.T, suite fs.FS, draft string) {
	t.Helper()
	err := fs.WalkDir(suite, draft, func(file string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && file == draft {
			return nil // the copy has no such draft
		}
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(suite, file)
		if err != nil {
			return err
		}
		var groups []struct {
			Description string
			Schema      json.RawMessage
			Tests       []struct {
				Description string
				Data        json.RawMessage
				Valid       bool
			}
		}
		if err := json.Unmarshal(raw, &groups); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		for _, g := range groups {
			accepts, why := r.compile(t, g.Schema)
			if why != "" {
				r.left[why]++
				continue
			}
			r.schemas++
			for _, one := range g.Tests {
				r.values++
				name := file + ": " + g.Description + ": " + one.Description
				if got := accepts(t, one.Data); got != one.Valid && !r.excepted(name) {
					t.Errorf("%s: %s is accepted: %t, want %t; the schema is %s", name, one.Data, got, one.Valid, g.Schema)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (r *suiteRun) excepted(name string) bool {
	for known := range exceptions {
		if strings.HasSuffix(name, known) {
			r.used[known] = true
			return true
		}
	}
	return false
}

// compile loads a schema as a document's, in every way. It returns why it cannot.
func (r *suiteRun) compile(t *testing.T, raw []byte) (accepts func(*testing.T, []byte) bool, why string) {
	t.Helper()
	value, err := contract.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	made, why := asOpenAPI(value, value, 0)
	if why != "" {
		return nil, why
	}
	text, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	c := &schemaCheck{root: document.Content[0]}
	c.schema(document.Content[0], nil)
	if len(c.faults) > 0 {
		_, reason, _ := strings.Cut(c.faults[0].text, "cannot be enforced: ")
		return nil, "a load error: " + reason
	}
	ref := &openapi3.SchemaRef{Value: &openapi3.Schema{}}
	if err := json.Unmarshal(text, ref.Value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	keepNumbers(ref, document.Content[0])
	checks := map[string]*jsonschema.Check{}
	for name, way := range suiteWays {
		checks[name] = compiled(way(convertSchema(ref.Value)))
	}
	return func(t *testing.T, data []byte) bool {
		t.Helper()
		results := map[bool][]string{}
		for name, check := range checks {
			var state jsonschema.ScanState
			conforms := check.Read(data, &state) && len(state.Violations)+len(state.Departures) == 0
			results[conforms] = append(results[conforms], name)
		}
		if len(results) > 1 {
			t.Errorf("%s: accepted %q, refused %q; the schema is %s", data, results[true], results[false], text)
		}
		return len(results[false]) == 0
	}, ""
}

// suiteWays are the ways to validate a value.
var suiteWays = map[string]func(s *jsonschema.Schema) (*jsonschema.Schema, jsonschema.Request){
	"alone": func(s *jsonschema.Schema) (*jsonschema.Schema, jsonschema.Request) { return s, jsonschema.Request{} },
	"with a span": func(s *jsonschema.Schema) (*jsonschema.Schema, jsonschema.Request) {
		return s, jsonschema.Request{Spans: []contract.Pointer{""}}
	},
	"in allOf":      within(func(o, s *jsonschema.Schema) { o.AllOf = []*jsonschema.Schema{s, jsonschema.Anything()} }),
	"in anyOf":      within(func(o, s *jsonschema.Schema) { o.AnyOf = []*jsonschema.Schema{s} }),
	"in oneOf":      within(func(o, s *jsonschema.Schema) { o.OneOf = []*jsonschema.Schema{s} }),
	"in not in not": within(func(o, s *jsonschema.Schema) { o.Not = jsonschema.Anything(); o.Not.Not = s }),
	"strict": func(s *jsonschema.Schema) (*jsonschema.Schema, jsonschema.Request) {
		return jsonschema.Anything(), jsonschema.Request{Strict: []jsonschema.StrictSchema{{Schema: s}}}
	},
}

func within(put func(outer, s *jsonschema.Schema)) func(*jsonschema.Schema) (*jsonschema.Schema, jsonschema.Request) {
	return func(s *jsonschema.Schema) (*jsonschema.Schema, jsonschema.Request) {
		outer := jsonschema.Anything()
		put(outer, s)
		return outer, jsonschema.Request{}
	}
}

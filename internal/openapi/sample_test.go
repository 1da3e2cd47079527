package openapi

import (
	"encoding/json"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

// TestSampleOfNumbers makes a value for every schema of numbers that has one, whatever
// the size of its limits and the distance between them.
func TestSampleOfNumbers(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		`{type: integer}`,
		`{type: integer, minimum: 9007199254740993, maximum: 9007199254740993}`,
		`{type: integer, minimum: 9007199254740992, exclusiveMinimum: true, maximum: 9007199254740994, exclusiveMaximum: true}`,
		`{type: integer, format: int64, minimum: 9223372036854775807}`,
		`{type: integer, maximum: -100000000000000000000000000000001}`,
		`{type: integer, minimum: 1.5, maximum: 2.5}`,
		`{type: integer, minimum: 2.5, multipleOf: 7}`,
		`{type: integer, minimum: 1e20, multipleOf: 3}`,
		`{type: number, minimum: 0.1, maximum: 0.1}`,
		`{type: number, minimum: 19.99, exclusiveMinimum: true, maximum: 20, exclusiveMaximum: true}`,
		`{type: number, minimum: 0, exclusiveMinimum: true, maximum: 0.00000000000000000001}`,
		`{type: number, minimum: 19.985, maximum: 19.995, multipleOf: 0.01}`,
		`{type: number, multipleOf: 0.01, minimum: 90071992547409.93}`,
		`{type: number, minimum: 0.1000000000000000055511151231257827, maximum: 0.1000000000000000055511151231257827}`,
	} {
		var node yaml.Node
		if err := yaml.Unmarshal([]byte(source), &node); err != nil {
			t.Fatal(err)
		}
		raw, err := toJSON(node.Content[0])
		if err != nil {
			t.Fatal(err)
		}
		ref := &openapi3.SchemaRef{}
		if err := json.Unmarshal(raw, ref); err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		keepNumbers(ref, node.Content[0])
		value, ok := sample(ref.Value, nil)
		if !ok {
			t.Errorf("%s has no sample", source)
			continue
		}
		if wrong := violations(ref.Value, value); len(wrong) > 0 {
			t.Errorf("%s: %v violates %s", source, value, wrong[0].Keyword)
		}
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestListSchema checks every list against list.schema.json, with rows of embedded data
// and, so that optional members occur, with a waiver and an undocumented code.
func TestListSchema(t *testing.T) {
	t.Parallel()
	schema := compiled(t, listSchema)
	for _, l := range lists() {
		var out, words bytes.Buffer
		if code := run(t.Context(), []string{"list", l.name, "--json"}, nil, &out, &words); code != exitConforms {
			t.Fatalf("%s: exit code %d: %s", l.name, code, &words)
		}
		checkList(t, schema, l.name, out.Bytes())
	}
	for name, r := range map[string]listRow{
		"waivers": waiverRow{Rule: "code-agrees", Cases: "paytm/*", Place: "response#", Owner: "me", Expires: "2030-01-01", Reason: "r", Evidence: "e", Source: "fixtures/waivers.yaml:1"},
		"codes":   codeRow{Operation: "paytm/createOrder", Code: "1", HTTP: 200, Outcome: "unknown", Retry: "never", Ambiguity: "C1", Sandbox: preferHeader, Messages: []string{}},
		"operations": operationRow{
			Operation: "p/o", Method: "POST", Path: "/o", Document: "https://pay.example", Idempotency: &idempotencyRow{"request.header.idempotency-key", 24, "9"},
		},
		"providers": providerRow{Provider: "p", Server: "https://pay.example", Credentials: []credentialRow{}},
	} {
		raw, err := json.Marshal(listDocument{"assay.list/v1", version, name, []listRow{r}})
		if err != nil {
			t.Fatal(err)
		}
		checkList(t, schema, name, raw)
	}
}

// checkList also checks that the schema refuses an unknown member in a row and the
// rows of another list.
func checkList(t *testing.T, schema *jsonschema.Schema, name string, raw []byte) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	rows, _ := value.(map[string]any)["rows"].([]any)
	if len(rows) == 0 {
		if name != "waivers" {
			t.Errorf("%s: no rows", name)
		}
		return
	}
	first := rows[0].(map[string]any)
	first["surprise"] = true
	if schema.Validate(value) == nil {
		t.Errorf("%s: the schema accepts an unknown member", name)
	}
	delete(first, "surprise")
	other := "rules"
	if name == other {
		other = "cases"
	}
	value.(map[string]any)["list"] = other
	if schema.Validate(value) == nil {
		t.Errorf("%s: the schema accepts the rows under the name %s", name, other)
	}
}

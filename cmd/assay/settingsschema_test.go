package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// holdsTo checks a document against a schema, and that the schema refuses an unknown member
// in the document and in an item of a list.
func holdsTo(t *testing.T, schema *jsonschema.Schema, raw []byte, list string) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%v\n%s", err, raw)
	}
	whole := value.(map[string]any)
	items, _ := whole[list].([]any)
	if len(items) == 0 {
		t.Errorf("%s is empty", list)
		return
	}
	for name, object := range map[string]map[string]any{"the document": whole, list: items[0].(map[string]any)} {
		object["surprise"] = true
		if schema.Validate(value) == nil {
			t.Errorf("the schema accepts an unknown member of %s", name)
		}
		delete(object, "surprise")
	}
}

func TestSettingsSchema(t *testing.T) {
	t.Parallel()
	schema := compiled(t, settingsSchema)
	var out, words bytes.Buffer
	if code := run(t.Context(), []string{"config", "--no-config", "--json"}, nil, &out, &words); code != exitConforms {
		t.Fatalf("exit code %d: %s", code, &words)
	}
	holdsTo(t, schema, out.Bytes(), "settings")
	holdsTo(t, schema, out.Bytes(), "credentials")
}

// TestDiagnosesSchema validates a run of doctor, and what it says about a host.
func TestDiagnosesSchema(t *testing.T) {
	t.Parallel()
	schema := compiled(t, diagnosesSchema)
	var out, words bytes.Buffer
	if code := run(t.Context(), []string{"doctor", "--no-config", "--json"}, nil, &out, &words); code != exitConforms {
		t.Fatalf("exit code %d: %s", code, &words)
	}
	holdsTo(t, schema, out.Bytes(), "checks")
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	d := &doctor{program: &program{}, now: time.Now(), live: true, over: server.Client().Transport}
	d.host(t.Context(), "acme", server.URL)
	d.host(t.Context(), "acme", "nonsense")
	d.skip("age", "acme", "text", "remedy")
	d.fail(exitUsage, "data", "acme", "text", "remedy")
	d.warn("waiver", "acme", "text", "remedy")
	raw, err := json.Marshal(map[string]any{"schema": doctorSchema, "checks": d.lines})
	if err != nil {
		t.Fatal(err)
	}
	holdsTo(t, schema, raw, "checks")
}

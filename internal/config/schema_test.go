package config_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"assay/internal/config"
)

// compiled returns the published schema.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(config.Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.schema.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// accepts reports whether the schema accepts a YAML text. Texts that are no single
// document are not for the schema.
func accepts(t *testing.T, s *jsonschema.Schema, text string) (ok, applies bool) {
	t.Helper()
	var value any
	if yaml.Unmarshal([]byte(text), &value) != nil || strings.Contains(text, "---") || len(text) > 1<<16 {
		return false, false
	}
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(instance) == nil, true
}

// TestSchema checks that the schema refuses what Parse refuses, and accepts what it accepts.
func TestSchema(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	if ok, _ := accepts(t, s, whole); !ok {
		t.Error("the schema refuses a file with every setting")
	}
	count := 0
	for text := range faults() {
		ok, applies := accepts(t, s, text)
		if applies {
			count++
		}
		if ok {
			t.Errorf("%q: the schema accepts it", text)
		}
	}
	if count < 15 {
		t.Errorf("only %d files reached the schema", count)
	}
}

// TestSchemaKeys compares the members of the schema with Keys.
func TestSchemaKeys(t *testing.T) {
	t.Parallel()
	var document struct {
		Properties map[string]json.RawMessage
	}
	if err := json.Unmarshal(config.Schema, &document); err != nil {
		t.Fatal(err)
	}
	var sections struct {
		Properties map[string]struct{ Properties map[string]any }
	}
	if err := json.Unmarshal(document.Properties["commands"], &sections); err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for name := range document.Properties {
		got[""] = append(got[""], name)
	}
	for command, section := range sections.Properties {
		for name := range section.Properties {
			got[command] = append(got[command], name)
		}
	}
	want := map[string][]string{"": {"keys", "commands", "watch", "$schema"}}
	for _, k := range config.Keys() {
		name, _, _ := strings.Cut(k.Name, "/")
		for _, command := range append([]string{""}, k.Commands...) {
			if !slices.Contains(want[command], name) {
				want[command] = append(want[command], name)
			}
		}
	}
	for command := range want {
		slices.Sort(got[command])
		slices.Sort(want[command])
		if !slices.Equal(got[command], want[command]) {
			t.Errorf("%q: the schema has %v, Keys has %v", command, got[command], want[command])
		}
	}
	if len(got) != len(want) {
		t.Errorf("the schema has %d sections, Keys has %d", len(got), len(want))
	}
}

// FuzzParse checks that Parse does not panic.
func FuzzParse(f *testing.F) {
	f.Add(whole)
	for text := range faults() {
		f.Add(text)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		_, _ = config.Parse("assay.yaml", []byte(text))
	})
}

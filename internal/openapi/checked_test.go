package openapi

import (
	"strings"
	"testing"
	"testing/fstest"

	"assay/specs"
)

// TestEmbedded checks the embedded documents against the dialect, as no command does.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	for file, known := range embedded() {
		s, err := Inspect(specs.Files, file)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if own, err := known.load(); err != nil || own.SHA256 != s.SHA256 || len(own.Operations) != len(s.Operations) {
			t.Errorf("%s: %v; %d operations, want %d", file, err, len(own.Operations), len(s.Operations))
		}
	}
}

// TestLoadChecked checks that a document that cannot be read has the errors of Load.
func TestLoadChecked(t *testing.T) {
	t.Parallel()
	raw, err := specs.Files.ReadFile("paytm.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string][2]string{
		"no summary": {"      externalDocs:", "      other:"}, "no paths": {"\npaths:", "\nways:"}, "no title": {"title: ", "titel: "},
		"no YAML": {"paths:", "paths: ["}, "twice": {"paths:", "openapi: 3.0.3\npaths:"},
	} {
		text := strings.Replace(string(raw), edit[0], edit[1], 1)
		if text == string(raw) {
			t.Fatalf("%s: nothing was edited", name)
		}
		files := fstest.MapFS{"paytm.yaml": {Data: []byte(text)}}
		_, want := Load(files, "paytm.yaml")
		if _, err := loadChecked(files, "paytm.yaml"); err == nil || want == nil || err.Error() != want.Error() {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
}

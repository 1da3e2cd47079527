package openapi

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

// standardOf returns the JSON of the standard part of a document.
func standardOf(t *testing.T, raw []byte) []byte {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	return standardJSON(document.Content[0])
}

// TestStandardJSON checks that kin-openapi reads the same from the JSON of the standard part
// as from the document, save for the extensions that the JSON leaves out.
func TestStandardJSON(t *testing.T) {
	t.Parallel()
	var files []string
	for _, pattern := range []string{"../../specs/*.yaml", "testdata/*/*.yaml", "../specdiff/testdata/*/*.yaml", "../*/testdata/specs/*.yaml", "../*/testdata/*/specs/*.yaml", "../../cmd/assay/testdata/*/specs/*.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(found), err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		standard := standardOf(t, raw)
		if standard == nil {
			t.Errorf("%s has no JSON", file)
			continue
		}
		if got, want := standardRead(t, standard), standardRead(t, raw); !bytes.Equal(got, want) {
			t.Errorf("%s: kin-openapi reads\n%s, want\n%s", file, got, want)
		}
	}
}

// standardRead returns what kin-openapi reads from a document, without the extensions of the
// document and of its operations.
func standardRead(t *testing.T, raw []byte) []byte {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		t.Fatal(err)
	}
	doc.Extensions = nil
	for _, item := range doc.Paths.Map() {
		for _, o := range item.Operations() {
			o.Extensions = nil
		}
	}
	read, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// TestPlain lists what JSON cannot say as YAML does: kin-openapi reads the document then.
func TestPlain(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		`{a: 1, "200": x, 200b: y, 201: z}`:    `{"a":1,"200":"x","200b":"y","201":"z"}`,
		`{a: [1.5, 1e3, true, ~, no, 007x]}`:   `{"a":[1.5,1e3,true,null,"no","007x"]}`,
		`{x-a: 1, b: {x-c: 2}}`:                `{"b":{"x-c":2}}`,
		`{paths: {/a: {get: {x-b: 1, c: 2}}}}`: `{"paths":{"/a":{"get":{"c":2}}}}`,
		`{a: 2022-06-01, b: "\u20ac\n"}`:       `{"a":"2022-06-01","b":"€\n"}`,
		`{a: &b {c: 1}, d: 1}`:                 `{"a":{"c":1},"d":1}`,
		`{a: &b {c: 1}, d: *b}`:                "",
		`{a: &b {c: 1}, d: {<<: *b}}`:          "",
		`{a: {<<: {c: 1}}}`:                    "",
		`{a: !!str 1}`:                         "",
		`{a: !!binary aGk=}`:                   "",
		`{a: !own {}}`:                         "",
		`{a: -0}`:                              "",
		`{0x10: a}`:                            "",
		`{007: a}`:                             "",
		`{+1: a}`:                              "",
		`{1.5: a}`:                             "",
		`{true: a}`:                            "",
		`{~: a}`:                               "",
		`{2022-06-01: a}`:                      "",
		`{? [a] : b}`:                          "",
	} {
		if got := string(standardOf(t, []byte(document))); got != want {
			t.Errorf("%s: %s, want %s", document, got, want)
		}
	}
}

// TestOpenAPIAsWritten checks that kin-openapi reads the document itself if it has no JSON.
func TestOpenAPIAsWritten(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../specs/paytm.yaml")
	if err != nil {
		t.Fatal(err)
	}
	aliased := strings.Replace(string(raw), "title: ", "title: !!str ", 1)
	for _, document := range []string{string(raw), aliased} {
		standard := standardOf(t, []byte(document))
		if has := standard != nil; has != (document != aliased) {
			t.Fatalf("%t", has)
		}
		doc, err := written{raw: []byte(document), standard: standard}.decode()
		if err != nil || doc.Info.Title == "" || len(doc.Paths.Map()) == 0 {
			t.Errorf("%v, %v", doc, err)
		}
	}
	// The text of an error is that of the document as written.
	_, want := openapi3.NewLoader().LoadFromData([]byte("openapi: 3.0.3\ninfo: 7\n"))
	if _, err := (written{raw: []byte("openapi: 3.0.3\ninfo: 7\n"), standard: []byte(`{"openapi":"3.0.3","info":7}`)}).decode(); err == nil || err.Error() != want.Error() {
		t.Errorf("%v, want %v", err, want)
	}
}

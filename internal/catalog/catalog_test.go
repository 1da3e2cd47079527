package catalog_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"assay/internal/catalog"
)

func load(t *testing.T, data catalog.Data) *catalog.Catalog {
	t.Helper()
	k, err := catalog.Load(data, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSelect(t *testing.T) {
	t.Parallel()
	k := load(t, catalog.Embedded())
	count := func(patterns ...string) int {
		selected, err := k.Select(patterns)
		if err != nil {
			t.Errorf("%v: %v", patterns, err)
		}
		return len(selected)
	}
	if count() != len(k.Fixtures.Cases) || count("paytm/createOrder/duplicate", "paytm/createOrder/dup*") != 1 || count("paytm") != count("paytm/createOrder") || count("*/createOrder/nothing-like-it") != 0 {
		t.Error("the selection differs from the patterns")
	}
	for pattern, want := range map[string]string{
		"paytn": `no provider "paytn"; did you mean paytm?`, "paytm/createOrdr": "did you mean paytm/createOrder?",
		"paytm/createOrder/duplicat": "did you mean paytm/createOrder/duplicate?",
	} {
		_, err := k.Select([]string{pattern})
		var unknown *catalog.UnknownNameError
		if !errors.As(err, &unknown) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", pattern, err, want)
		}
	}
}

func TestUnknownNames(t *testing.T) {
	t.Parallel()
	good, err := fs.ReadFile(catalog.Embedded().Fixtures, "paytm/createOrder/accepted.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ file, old, replacement, want string }{
		"provider":   {"paytn/createOrder/x.yaml", "", "", "there is no provider paytn; did you mean paytm?"},
		"operation":  {"paytm/creatOrder/x.yaml", "", "", "paytm has no operation creatOrder; did you mean createOrder?"},
		"code":       {"paytm/createOrder/x.yaml", `"0000"`, `"0001"`, ":9: want.code: paytm/createOrder lists no code 0001"},
		"credential": {"paytm/createOrder/x.yaml", "order:", "credentials: {midd: x}\norder:", ":4: credentials: paytm has no credential midd; did you mean mid?"},
		"fault":      {"paytm/createOrder/x.yaml", "order:", "fault: resett\norder:", ":4: fault: there is no fault resett; did you mean reset?"},
		"no fault":   {"paytm/createOrder/x.yaml", "order:", "fault: fire\norder:", ":4: fault: there is no fault fire; there are delay, timeout, reset, "},
		"merchant":   {"paytm/createOrder/x.yaml", "order:", "merchant: {checksums: true}\norder:", "no merchant setting checksums"},
		"rule":       {"paytm/createOrder/x.yaml", `{code: "0000"}`, `{code: "0000", findings: [{rule: strict-interpretation-x}]}`, "did you mean strict-interpretation?"},
		"whole rule": {"paytm/createOrder/x.yaml", `{code: "0000"}`, `{code: "0000", findings: [{rule: spec-sound}]}`, "spec-sound does not apply to this case"},
	} {
		data := catalog.Embedded()
		data.Fixtures = fstest.MapFS{c.file: {Data: []byte(strings.Replace(string(good), c.old, c.replacement, 1))}}
		if _, err := catalog.Load(data, catalog.Options{}); err == nil || !strings.Contains(err.Error(), "fixtures/"+c.file) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
	document, err := fs.ReadFile(catalog.Embedded().Specs, "paytm.yaml")
	if err != nil {
		t.Fatal(err)
	}
	data := catalog.Embedded()
	data.Specs = fstest.MapFS{"paytm.yaml": {Data: []byte(strings.Replace(string(document), "held: [code-expected]", "held: [code-expectd]", 1))}}
	if _, err := catalog.Load(data, catalog.Options{}); err == nil || !strings.Contains(err.Error(), "held: there is no rule and no case code-expectd; did you mean code-expected?") {
		t.Errorf("a misspelled name under held: %v", err)
	}
	data = catalog.Embedded()
	data.Fixtures = fstest.MapFS{"waivers.yaml": {Data: []byte("- {rule: code-agree, where: p, owner: o, reason: r, expires: 2027-01-01}\n")}}
	if _, err := catalog.Load(data, catalog.Options{}); err == nil || !strings.Contains(err.Error(), "did you mean code-agrees?") {
		t.Errorf("a waiver for an unknown rule: %v", err)
	}
}

func TestOverAndExport(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mine")
	n, err := catalog.Embedded().Export(dir)
	if err != nil || n < 40 {
		t.Fatalf("exported %d files: %v", n, err)
	}
	for _, folder := range []string{"specs", "fixtures", "cassettes"} {
		if _, err := os.Stat(filepath.Join(dir, folder, "README.md")); err != nil {
			t.Errorf("the README of the folder is missing: %v", err)
		}
	}
	if _, err := catalog.Embedded().Export(dir); err == nil {
		t.Error("a second export replaced the first")
	}
	laid, err := catalog.Embedded().Over(dir)
	if err != nil {
		t.Fatal(err)
	}
	k := load(t, laid)
	if names := k.Providers(); !slices.Equal(names, load(t, catalog.Embedded()).Providers()) {
		t.Errorf("the exported providers are %v", names)
	}
	for _, bad := range []string{filepath.Join(dir, "nowhere"), filepath.Join(dir, "cassettes", "manifest.yaml"), t.TempDir()} {
		if _, err := catalog.Embedded().Over(bad); err == nil {
			t.Errorf("%s is accepted as data", bad)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "fixtures", "paytm", "createOrder", "another.yaml"), []byte("about: [\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := catalog.Load(laid, catalog.Options{}); err == nil || !strings.Contains(err.Error(), "another.yaml") {
		t.Errorf("a file of the directory is not read: %v", err)
	}
}

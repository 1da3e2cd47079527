package internal_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// module is the prefix of this project's packages.
const module = "assay/"

// floor returns the floor of a package; CONTRIBUTING.md shows all floors.
func floor(path string) (int, bool) {
	floors := [][]string{
		{"specs", "fixtures", "cassettes"},
		{"internal/contract", "internal/atomicfile", "internal/budget", "internal/child", "internal/crash", "internal/filelock", "internal/fixed", "internal/lazy", "internal/media", "internal/route", "internal/slowest", "internal/testheap", "internal/testsize", "internal/database"},
		{"internal/jsonschema", "internal/fixture", "internal/cassette", "internal/transport", "internal/redact", "internal/ledger", "internal/journal", "internal/interrupt", "internal/contentcoding", "internal/golden", "internal/hostile", "internal/nearest", "internal/outage", "internal/protocol", "internal/standin", "internal/history", "internal/shard", "internal/watch", "internal/metrics", "internal/browser"},
		{"internal/view", "internal/report", "internal/config", "internal/watchstore", "internal/watch/storetest"},
		{"internal/openapi", "internal/notify", "internal/dashboard", "internal/dashboard/month"},
		{"internal/signature", "internal/traffic", "internal/proxy", "internal/overlay", "internal/specdiff", "internal/shape"},
		{"internal/adapter/*", "internal/client", "internal/skeleton", "internal/rule", "internal/drift", "internal/negative"},
		{"internal/adapter"},
		{"internal/catalog", "internal/sandbox"},
		{"internal/engine", "internal/impact", "internal/judge", "internal/lint"},
		{"internal/recording", "internal/conform", "internal/enginetest"},
		{"cmd/assay", "suites"},
		{"suites/examples/*", "internal/suitestest"},
	}
	for i, names := range floors {
		for _, name := range names {
			if above, ok := strings.CutSuffix(name, "/*"); path == name || ok && strings.HasPrefix(path, above+"/") {
				return i, true
			}
		}
	}
	return 0, false
}

// libraryImporters names, for each third-party library, the only package that may import
// it. A library that will become part of Go may have two.
func libraryImporters() map[string]string {
	return map[string]string{
		"github.com/getkin/kin-openapi":         "internal/openapi",
		"github.com/go-json-experiment/json":    "internal/contract internal/traffic",
		"github.com/google/cel-go":              "internal/view",
		"github.com/santhosh-tekuri/jsonschema": "internal/openapi",
		"golang.org/x/text/language":            "internal/openapi",
		"golang.org/x/text/message":             "internal/openapi",
		"golang.org/x/text/unicode/norm":        "internal/redact",
		"github.com/dnaeon/go-vcr":              "internal/cassette",
		"github.com/klauspost/compress":         "internal/contentcoding",
		"github.com/andybalholm/brotli":         "internal/contentcoding",
		"gotest.tools/v3":                       "internal/golden",
		"github.com/evanphx/json-patch":         "internal/fixture",
		"github.com/spf13/cobra":                "cmd/assay",
		"github.com/agext/levenshtein":          "internal/nearest",
		"github.com/hashicorp/golang-lru":       "internal/sandbox",
		"golang.org/x/time":                     "internal/engine",
		"github.com/robfig/cron":                "internal/watch",
		"modernc.org/sqlite":                    "internal/database",
		"pgregory.net/rapid":                    "internal/watch/storetest",
		"github.com/oasdiff/oasdiff":            "internal/specdiff",
		"github.com/wneessen/go-mail":           "internal/notify",
		"golang.org/x/term":                     "cmd/assay",
		"github.com/schollz/progressbar":        "cmd/assay",
		"golang.org/x/net/netutil":              "cmd/assay",
		"golang.org/x/net/http2":                "internal/outage",
		"github.com/prometheus/client_golang":   "internal/metrics",
		"github.com/chromedp":                   "internal/browser",
		"github.com/onsi/ginkgo":                "suites",
		"github.com/onsi/gomega":                "suites",
	}
}

type pkg struct {
	ImportPath string
	Imports    []string
}

// TestFloors checks the imports of every package: a package imports only packages of
// floors below its own.
func TestFloors(t *testing.T) {
	for _, p := range packages(t) {
		path := strings.TrimPrefix(p.ImportPath, module)
		if path == "internal" {
			continue // this test
		}
		mine, ok := floor(path)
		if !ok {
			t.Errorf("%s has no floor: add it to floor and to CONTRIBUTING.md", path)
			continue
		}
		for _, imported := range p.Imports {
			target, ours := strings.CutPrefix(imported, module)
			switch below, _ := floor(target); {
			case !ours:
				checkLibrary(t, path, mine, imported)
			case below >= mine:
				t.Errorf("%s (floor %d) imports %s (floor %d): import only packages of lower floors", path, mine, target, below)
			}
		}
	}
}

// checkLibrary reports an import of a library that the package may not import.
func checkLibrary(t *testing.T, path string, mine int, imported string) {
	t.Helper()
	if !strings.Contains(strings.SplitN(imported, "/", 2)[0], ".") {
		return // the standard library
	}
	if mine == 1 && path != "internal/database" && !strings.HasPrefix(imported, "github.com/go-json-experiment/json") {
		t.Errorf("%s imports %s: packages of floor 1 import only the standard library and go-json-experiment/json; internal/database imports SQLite", path, imported)
	}
	if mine == 0 {
		t.Errorf("%s imports %s: packages of floor 0 only embed data", path, imported)
	}
	if strings.HasPrefix(imported, "go.yaml.in/yaml") {
		return // any package may import YAML
	}
	for library, importers := range libraryImporters() {
		if strings.HasPrefix(imported, library) {
			if !slices.Contains(strings.Fields(importers), path) {
				t.Errorf("%s imports %s, which only %q may import", path, imported, importers)
			}
			return
		}
	}
	t.Errorf("%s imports %s: name the one package that may import it in libraryImporters", path, imported)
}

// TestSandboxImportsNoAdapter checks that the sandbox shares no code with the adapters, which
// are tested against it.
func TestSandboxImportsNoAdapter(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", module+"internal/sandbox").Output()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), module+"internal/adapter") {
		t.Error("internal/sandbox depends on an adapter")
	}
}

// TestNoGinkgoInBinary checks that the command does not contain the test framework.
func TestNoGinkgoInBinary(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", module+"cmd/assay").Output()
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(strings.Fields(string(out)), func(p string) bool { return strings.Contains(p, "onsi/") }); i >= 0 {
		t.Errorf("cmd/assay depends on %s", strings.Fields(string(out))[i])
	}
}

// TestExamplesImportOnlySuites checks that the example clients are as clients elsewhere: they
// import the standard library and package suites.
func TestExamplesImportOnlySuites(t *testing.T) {
	found := false
	for _, p := range packages(t) {
		if !strings.HasPrefix(p.ImportPath, module+"suites/examples/") {
			continue
		}
		found = true
		for _, imported := range p.Imports {
			if imported != module+"suites" && (strings.HasPrefix(imported, module) || strings.Contains(strings.SplitN(imported, "/", 2)[0], ".")) {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
	}
	if !found {
		t.Error("there is no example")
	}
}

// watch reads every Go file, so that the go command does not take the result of this test
// from its cache after one has changed.
func watch(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		_, err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func packages(t *testing.T) []pkg {
	t.Helper()
	watch(t)
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p pkg
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 10 {
		t.Fatalf("go list returned only %d packages", len(all))
	}
	return all
}

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

// module is what packages of this project begin with.
const module = "assay/"

// floor tells on which floor a package stands; CONTRIBUTING.md draws the house.
func floor(path string) (int, bool) {
	floors := [][]string{
		{"specs", "fixtures", "cassettes"},
		{"internal/contract", "internal/atomicfile", "internal/fixed", "internal/slowest"},
		{"internal/jsonschema", "internal/fixture", "internal/cassette", "internal/transport", "internal/redact", "internal/report", "internal/ledger", "internal/contentcoding", "internal/golden", "internal/outage"},
		{"internal/view"},
		{"internal/openapi"},
		{"internal/signature", "internal/traffic", "internal/proxy", "internal/overlay", "internal/specdiff", "internal/shape"},
		{"internal/adapter/*", "internal/rule", "internal/drift", "internal/negative"},
		{"internal/adapter"},
		{"internal/catalog", "internal/sandbox"},
		{"internal/engine", "internal/impact", "internal/judge"},
		{"internal/recording", "internal/enginetest"},
		{"cmd/assay", "suites"},
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

// keepers are the third-party libraries, and the packages that alone may import
// them: one, but for a library that is to become a part of Go.
func libraryImporters() map[string]string {
	return map[string]string{
		"github.com/getkin/kin-openapi":         "internal/openapi",
		"github.com/go-json-experiment/json":    "internal/contract internal/traffic",
		"github.com/google/cel-go":              "internal/view",
		"github.com/santhosh-tekuri/jsonschema": "internal/openapi",
		"golang.org/x/text":                     "internal/openapi",
		"github.com/dnaeon/go-vcr":              "internal/cassette",
		"github.com/klauspost/compress":         "internal/contentcoding",
		"github.com/andybalholm/brotli":         "internal/contentcoding",
		"gotest.tools/v3":                       "internal/golden",
		"github.com/evanphx/json-patch":         "internal/fixture",
		"github.com/spf13/cobra":                "cmd/assay",
		"github.com/agext/levenshtein":          "internal/catalog",
		"github.com/hashicorp/golang-lru":       "internal/sandbox",
		"golang.org/x/time":                     "internal/engine",
		"modernc.org/sqlite":                    "internal/ledger",
		"github.com/oasdiff/oasdiff":            "internal/specdiff",
		"golang.org/x/term":                     "cmd/assay",
		"github.com/schollz/progressbar":        "cmd/assay",
		"golang.org/x/net/netutil":              "cmd/assay",
		"golang.org/x/net/http2":                "internal/outage",
		"github.com/prometheus/client_golang":   "internal/proxy",
		"github.com/onsi/ginkgo":                "suites",
		"github.com/onsi/gomega":                "suites",
	}
}

type pkg struct {
	ImportPath string
	Imports    []string
}

// TestFloors asks the go command who imports whom: imports go down only, never
// sideways, never up.
func TestFloors(t *testing.T) {
	for _, p := range packages(t) {
		path := strings.TrimPrefix(p.ImportPath, module)
		if path == "internal" {
			continue // this test
		}
		mine, ok := floor(path)
		if !ok {
			t.Errorf("%s stands on no floor: give it one in floor and in CONTRIBUTING.md", path)
			continue
		}
		for _, imported := range p.Imports {
			target, ours := strings.CutPrefix(imported, module)
			switch below, _ := floor(target); {
			case !ours:
				checkLibrary(t, path, mine, imported)
			case below >= mine:
				t.Errorf("%s (floor %d) imports %s (floor %d): imports go down only", path, mine, target, below)
			}
		}
	}
}

// outside holds an import from outside the project to the library rules.
func checkLibrary(t *testing.T, path string, mine int, imported string) {
	t.Helper()
	if !strings.Contains(strings.SplitN(imported, "/", 2)[0], ".") {
		return // the standard library
	}
	if mine == 1 && !strings.HasPrefix(imported, "github.com/go-json-experiment/json") {
		t.Errorf("%s imports %s: the lowest floor has the standard library and its JSON of tomorrow only", path, imported)
	}
	if mine == 0 {
		t.Errorf("%s imports %s: the data folders embed, and nothing else", path, imported)
	}
	if strings.HasPrefix(imported, "go.yaml.in/yaml") {
		return // YAML is everybody's
	}
	for library, keeper := range libraryImporters() {
		if strings.HasPrefix(imported, library) {
			if !slices.Contains(strings.Fields(keeper), path) {
				t.Errorf("%s imports %s, which belongs to %q alone", path, imported, keeper)
			}
			return
		}
	}
	t.Errorf("%s imports %s, which keepers does not list: one package a library", path, imported)
}

// TestSandboxKnowsNoAdapter holds the simulator to the specifications: one that
// shares code with what it tests proves nothing.
func TestSandboxKnowsNoAdapter(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", module+"internal/sandbox").Output()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), module+"internal/adapter") {
		t.Error("internal/sandbox links an adapter")
	}
}

// TestNoGinkgoInBinary holds the promise that the command does not link the
// test framework.
func TestNoGinkgoInBinary(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", module+"cmd/assay").Output()
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(strings.Fields(string(out)), func(p string) bool { return strings.Contains(p, "onsi/") }); i >= 0 {
		t.Errorf("cmd/assay links %s", strings.Fields(string(out))[i])
	}
}

// watch opens every Go file, so that the go command runs this test again once
// one changes, and does not response from its cache.
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
		t.Fatalf("go list gives %d packages only", len(all))
	}
	return all
}

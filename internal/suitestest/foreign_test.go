package suitestest_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"assay/internal/testsize"
)

// TestForeignModule runs Conform in a module that is not this one: a shop with the client of
// examples/go, and two that are that client with a fault. Each bad client fails the rules about
// its fault and no other, and the good one fails none. make test leaves it out.
func TestForeignModule(t *testing.T) {
	testsize.SkipUnlessFull(t) // it compiles another module
	t.Parallel()
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	copyFile(t, "../../go.sum", dir)
	copyFile(t, "testdata/shop/shop_test.go", dir)
	for _, name := range []string{"client.go", "request.go", "response.go"} {
		copyFile(t, "../../suites/examples/go/"+name, dir)
	}
	module := "module example.com/shop\n\ngo 1.26.0\n\nrequire assay v0.0.0\n\nreplace assay => " + repository + "\n"
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(module), 0o600); err != nil {
		t.Fatal(err)
	}
	failed, ended := runShop(t, dir)
	want := map[string][]string{
		"TestGinkgo":       {"signature-verified"},
		"TestUnsigned":     {"signature-verified"},
		"TestForged":       {"signature-verified"},
		"TestUnknownCodes": {"damage-survived", "outcome-agrees", "unknown-never-succeeds"},
	}
	if !reflect.DeepEqual(failed, want) {
		t.Errorf("the rules that fail are %v, want %v", failed, want)
	}
	for name, action := range map[string]string{
		"TestGood": "pass",
		"TestGood/paytm/createOrder/accepted/sent-once":         "pass",
		"TestGinkgo/paytm/createOrder/accepted/sent-once":       "pass",
		"TestGinkgo/paytm/createOrder/accepted/damage-survived": "skip",
	} {
		if ended[name] != action {
			t.Errorf("%s ended with %q, want %q", name, ended[name], action)
		}
	}
	if !slices.ContainsFunc(slices.Collect(maps.Keys(ended)), func(name string) bool {
		return strings.HasPrefix(name, "TestGinkgo/paytm:_not_conformant:_1_rule_is_violated")
	}) {
		t.Error("the sentences do not end with whether the client is conformant")
	}
}

// runShop runs the tests of the module, offline. It returns the rules that failed, by test,
// and how each test ended.
func runShop(t *testing.T, dir string) (failed map[string][]string, ended map[string]string) {
	t.Helper()
	run := exec.CommandContext(t.Context(), "go", "test", "-json", "-vet=off", ".")
	run.Dir = dir
	run.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "GOGC=400") // a larger heap, as in these tests
	out, err := run.Output()                                                                    // the exit code is 1: clients fail
	rules := map[string]map[string]bool{}
	ended = map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var event struct{ Action, Test string }
		if e := d.Decode(&event); e != nil {
			t.Fatalf("%v\n%s", e, out)
		}
		names := strings.Split(event.Test, "/")
		if slices.Contains([]string{"pass", "fail", "skip"}, event.Action) {
			ended[event.Test] = event.Action
		}
		if event.Action == "fail" && len(names) == 5 { // test, provider, operation, case, rule
			if rules[names[0]] == nil {
				rules[names[0]] = map[string]bool{}
			}
			rules[names[0]][names[4]] = true
		}
	}
	if len(ended) == 0 {
		t.Fatalf("no test ran: %v\n%s", err, out)
	}
	failed = map[string][]string{}
	for name, all := range rules {
		failed[name] = slices.Sorted(maps.Keys(all))
	}
	return failed, ended
}

func copyFile(t *testing.T, path, dir string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)), raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

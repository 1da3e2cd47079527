package rule_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/rule"
	"assay/internal/traffic"
)

// TestReasons checks that each reason why a rule did not check names a way out, that no
// finding has one, and that the rules use no reasons but these.
func TestReasons(t *testing.T) {
	t.Parallel()
	reasons := rule.Reasons()
	for _, reason := range reasons {
		if reason.WayOut == "" {
			t.Errorf("%s: %q names no way out", reason.ID, reason.Text)
		}
	}
	for _, other := range rule.Templates() {
		if other.WayOut != "" && !slices.Contains(reasons, other) {
			t.Errorf("%s is no reason and has a way out", other.ID)
		}
	}
	declared := regexp.MustCompile(`(\w+) += &contract\.Template\{ID: "([^"]+)"`)
	used := regexp.MustCompile(`\.inconclusive\((\w+)\)`)
	ids, names := map[string]string{}, []string{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range declared.FindAllStringSubmatch(string(source), -1) {
			ids[found[1]] = found[2]
		}
		for _, found := range used.FindAllStringSubmatch(string(source), -1) {
			names = append(names, found[1])
		}
	}
	if len(names) < len(reasons)-len(traffic.RecorderTemplates()) {
		t.Errorf("%d uses of %d reasons", len(names), len(reasons))
	}
	for _, name := range names {
		if !slices.ContainsFunc(reasons, func(r *contract.Template) bool { return r.ID == ids[name] }) {
			t.Errorf("the reason %s is on no rule's list", name)
		}
	}
}

// TestUnverifiedAuthorization checks that the way out fits: a key file verifies Basic
// authorization, and nothing in a recording shows which token was issued.
func TestUnverifiedAuthorization(t *testing.T) {
	t.Parallel()
	for scheme, want := range map[string]string{"basic": "credentials.none", "bearer": "request-authenticated.token"} {
		b := newBench(t)
		o := *b.op
		o.Authorization = &openapi.Authorization{Scheme: scheme, Bare: true}
		b.op = &o
		b.pass = func(p *rule.Subject) { p.View.Authentication = contract.AuthenticationUnverified }
		if got := apply(t, "request-authenticated", b.made()); got.Inconclusive == nil || got.Inconclusive.ID != want {
			t.Errorf("%s: %+v, want %s", scheme, got, want)
		}
	}
}

// TestNoClient holds the id that the text report knows.
func TestNoClient(t *testing.T) {
	t.Parallel()
	if got := rule.NoClient("acme").Template.ID; got != contract.NoClient {
		t.Errorf("the reason has the id %s, want %s", got, contract.NoClient)
	}
}

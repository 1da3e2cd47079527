package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
)

// readmeRun gives the run that README.md shows. A new provider is left out until
// README.md shows it.
func readmeRun(readme string, providers []string) string {
	args := []string{"run"}
	for _, p := range providers {
		if strings.Contains(readme, "\n"+p+"/") {
			args = append(args, p)
		}
	}
	if len(args) > len(providers) {
		return "run"
	}
	return strings.Join(args, " ")
}

// TestReadme compares the output in README.md with real output.
func TestReadme(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(raw)
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{readmeRun(readme, k.Providers()), "explain paytm/324"} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), strings.Fields(args), nil, &stdout, &stderr); code != exitConforms {
			t.Fatalf("assay %s: exit %d: %s", args, code, stderr.String())
		}
		if !strings.Contains(readme, strings.TrimSpace(stdout.String())) {
			t.Errorf("the README shows something else than\n$ assay %s\n%s", args, stdout.String())
		}
	}
	e := engine.New(k, engine.Cassettes(k))
	r := e.Run(t.Context(), e.Fixtures.Cases, contract.Error, version, nil)
	for name, c := range r.Coverage {
		_, operation, _ := strings.Cut(name, "/")
		for _, line := range strings.Split(readme, "\n") {
			cells := strings.Split(line, "|")
			if len(cells) < 6 || strings.TrimSpace(cells[2]) != operation || !strings.EqualFold(strings.TrimSpace(cells[1]), strings.Split(name, "/")[0]) {
				continue
			}
			for code, evidence := range c.Codes {
				column := map[contract.Evidence]int{contract.Documented: 3, contract.Simulated: 4}[evidence]
				if !strings.Contains(cells[column], "`"+code+"`") {
					t.Errorf("the README's table does not list %s of %s as %s", code, name, evidence)
				}
			}
		}
	}
}

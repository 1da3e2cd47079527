//go:build reports

package report_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"assay/internal/report"
)

// TestMarkup holds pages to html-validate.
func TestMarkup(t *testing.T) {
	dir := t.TempDir()
	args := []string{"--no-install", "html-validate", "-c", ".htmlvalidate.json"}
	for name, text := range map[string]string{
		"0": html5(t, report.Runs(), many(0), families()), "12": html5(t, report.Runs(), many(12), families()), "10000": html5(t, report.Runs(), many(10_000), families()), "sample": html5(t, report.Runs(), sample(), families()),
		"foreign": html5(t, report.Runs(), foreignReport(`<img src=x>"'&amp;`, true), families()), "drift": html5(t, report.Drifts(), sampleDrift(), report.How{}),
	} {
		file := filepath.Join(dir, name+".html")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	validate := exec.CommandContext(t.Context(), "npx", args...)
	validate.Dir = "testdata/browser"
	if out, err := validate.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

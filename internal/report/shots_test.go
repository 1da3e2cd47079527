package report_test

import (
	"os"
	"testing"

	"assay/internal/report"
)

func TestShots(t *testing.T) {
	for name, n := range map[string]int{"0": 0, "12": 12, "10000": 10000} {
		os.WriteFile("/tmp/h-"+name+".html", []byte(html5(t, report.Runs(), many(n), families())), 0o644)
	}
	os.WriteFile("/tmp/h-drift.html", []byte(html5(t, report.Drifts(), sampleDrift(), report.How{})), 0o644)
	os.WriteFile("/tmp/h-sample.html", []byte(html5(t, report.Runs(), sample(), families())), 0o644)
}

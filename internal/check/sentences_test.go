package check_test

import (
	"bytes"
	"fmt"
	"testing"

	"assay/internal/check"
	"assay/internal/contract"
	"assay/internal/golden"
)

// TestFindingsOfProbes compares what every probe finds with testdata/findings.golden:
// the sentences, and the fingerprints, which waivers and the readers of reports rely on.
func TestFindingsOfProbes(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	all := probes()
	for _, rule := range check.Rules() {
		for _, p := range all[rule.ID] {
			for _, f := range probed(t, rule, p) {
				_, _ = fmt.Fprintf(&b, "%s, %s: %s %s %s %q %s | %s | %s\n", f.Rule, p.name, f.Severity, f.Side, f.At, f.Detail, f.Fingerprint, f.Message, f.Doc) // never fails
			}
		}
	}
	golden.Compare(t, "testdata/findings.golden", b.Bytes())
}

// probed is what a rule finds in the exchange that a probe has changed.
func probed(t *testing.T, rule check.Rule, p probe) []contract.Finding {
	t.Helper()
	b := newBench(t)
	p.change(b)
	pass := b.made()
	if rule.Whole {
		pass = b.whole()
	}
	return check.Apply(rule, pass).Findings
}

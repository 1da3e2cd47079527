package rule_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"sync"
	"testing"

	"assay/internal/contract"
	"assay/internal/golden"
	"assay/internal/report"
	"assay/internal/rule"
)

// TestFindingsOfProbes compares the findings of every probe with
// testdata/findings.golden: messages, and fingerprints, on which readers of reports
// rely. A rule that is not in the file is skipped until -update adds it.
func TestFindingsOfProbes(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	all := probes()
	known, err := os.ReadFile("testdata/findings.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rule.Rules() {
		compared := golden.Update() || bytes.Contains(known, []byte("\n"+r.ID+", ")) || bytes.HasPrefix(known, []byte(r.ID+", "))
		for _, p := range all[r.ID] {
			for _, f := range probed(t, r, p) {
				listed(t, f.Message)
				if !compared {
					continue
				}
				_, _ = fmt.Fprintf(&b, "%s, %s: %s %s %s %q %s | %s | %s\n", f.Rule, p.name, f.Severity, f.Side, f.At, f.Detail, f.Fingerprint, report.Sentence(f.Message), f.Doc) // never fails
			}
		}
	}
	golden.Compare(t, "testdata/findings.golden", b.Bytes())
}

// listed checks that a message uses a template of Templates and has each argument of
// its text exactly once.
func listed(t *testing.T, m contract.Message) {
	t.Helper()
	if m.Template == contradiction {
		return
	}
	if !slices.Contains(rule.Templates(), m.Template) {
		t.Errorf("no list has the template %s", m.Template.ID)
	}
	names := map[string]bool{}
	for _, arg := range m.Args {
		if names[arg.Name] {
			t.Errorf("%s: the argument %s stands twice", m.Template.ID, arg.Name)
		}
		names[arg.Name] = true
		if arg.Kind() == contract.MessageKind {
			listed(t, arg.Message())
		}
	}
	for _, found := range hole.FindAllStringSubmatch(m.Template.Text, -1) {
		if !names[found[1]] {
			t.Errorf("%s: there is no argument %s", m.Template.ID, found[1])
		}
	}
}

var hole = regexp.MustCompile(`\{(\w+)[|}]`)

// probed returns the findings of a rule in the exchange that a probe changed. Tests that
// look at the same findings share them.
func probed(t *testing.T, r rule.Rule, p probe) []contract.Finding {
	t.Helper()
	made, _ := probedOnce.LoadOrStore(r.ID+": "+p.name, sync.OnceValue(func() []contract.Finding {
		b := newBench(t)
		p.change(b)
		pass := b.made()
		if r.Whole {
			pass = b.whole()
		}
		return rule.Apply(r, pass).Findings
	}))
	once, _ := made.(func() []contract.Finding)
	return once()
}

var probedOnce sync.Map

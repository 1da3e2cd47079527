package report_test

import (
	"bytes"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/report"
)

// TestWorth checks what the text report says about evidence: for cases of assay, and for
// the traffic of a client, which may be recorded, or pass a proxy to a provider or to a
// sandbox.
func TestWorth(t *testing.T) {
	t.Parallel()
	const none, simulated, documented, staging, production = contract.NoEvidence, contract.Simulated, contract.Documented, contract.Sandbox, contract.Production
	clientless := &contract.Template{ID: contract.NoClient}
	for _, c := range []struct {
		evidence []contract.Evidence
		traffic  bool
		want     string
	}{
		{[]contract.Evidence{simulated, documented}, false, "No request went to a provider. This run checks the adapters"},
		{[]contract.Evidence{none, simulated}, false, "No request went to a provider."},
		{[]contract.Evidence{staging, simulated}, false, "Some responses came from a provider. The others only show"},
		{[]contract.Evidence{staging, production, none}, false, "The responses came from a provider."},
		{[]contract.Evidence{none}, false, "No response was checked"},
		{nil, false, "No response was checked"},
		{[]contract.Evidence{simulated}, true, "The responses came from a simulation or from this machine. This run checks the client"},
		{[]contract.Evidence{staging}, true, "The responses came from the provider's staging environment."},
		{[]contract.Evidence{production, none}, true, "The responses came from the provider's production environment."},
		{[]contract.Evidence{production, simulated}, true, "Some responses came from the provider's production environment, others from a simulation."},
		{[]contract.Evidence{none}, true, "Recorded traffic does not prove that the provider sent these responses."},
		{nil, true, "No response was checked"},
	} {
		r := &contract.Report{}
		for _, e := range c.evidence {
			r.Results = append(r.Results, contract.Result{Case: "paytm/createOrder", Provider: "paytm", Operation: "createOrder", Origin: contract.WholeTraffic, Evidence: e, Verdict: contract.Pass})
		}
		if strings.HasPrefix(c.want, "No request") || strings.HasPrefix(c.want, "Some responses came from a provider.") {
			for i := range r.Results {
				r.Results[i].Inconclusive = []contract.Gap{{Rule: "outcome-agrees", Why: contract.Message{Template: clientless}}}
			}
			if got := closing(t, r); !strings.Contains(got, "cases") || strings.Contains(got, "adapters") {
				t.Errorf("%v without a client: %q", c.evidence, got)
			}
			for i := range r.Results {
				r.Results[i].Inconclusive = nil
			}
		}
		if c.traffic {
			r.Traffic = &contract.Traffic{Exchanges: int64(len(c.evidence))}
		}
		if got := closing(t, r); !strings.HasPrefix(got, c.want) {
			t.Errorf("%v, traffic %t: %q, want %q", c.evidence, c.traffic, got, c.want)
		}
	}
}

// closing returns the line of a text report that says what the evidence is worth.
func closing(t *testing.T, r *contract.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Text(&b, r, report.How{}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	return lines[len(lines)-2]
}

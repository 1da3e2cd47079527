//go:build clients

package main

import (
	"bytes"
	"testing"

	"assay/internal/golden"
)

// TestProvidersClients has the providers' own clients, from npm, use the sandbox through the
// proxy: they must understand its responses, and their requests must conform. It also holds the
// example clients, and clients that are wrong on purpose, to the cases.
func TestProvidersClients(t *testing.T) {
	t.Parallel()
	runScripts(t, "testdata/clients")
}

// TestPublishedClients writes what assay finds out about clients that others published. The
// reports in suites/clients are the golden files.
func TestPublishedClients(t *testing.T) {
	t.Chdir("../../suites/clients") // so that the reports hold no path of this machine
	const providers = "../../cmd/assay/testdata/providers"
	for name, args := range map[string][]string{
		"razorpay": {"razorpay", "--data", providers},
		"stripe":   {"stripe", "--data", providers},
		"paytm": {
			"paytm", "--skip", "request=the SDK speaks to initiateTransaction of the ordinary gateway, which is another operation",
		},
	} {
		var out, errs bytes.Buffer
		args = append(append([]string{"conform"}, args...), "--client-timeout", "10s", "--", "node", name+".js")
		if code := run(t.Context(), args, nil, &out, &errs); code != exitFindings {
			t.Errorf("%s: exit %d, want %d\n%s", name, code, exitFindings, errs.Bytes())
		}
		golden.Compare(t, name+".txt", out.Bytes())
	}
}

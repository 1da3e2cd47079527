//go:build linux

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/rule"
)

// TestInterruptStuck interrupts commands while a rule takes for ever: a response can be so
// large that its check takes longer than an interrupt may. The reports are written, say
// so, and have everything else.
func TestInterruptStuck(t *testing.T) {
	base, _ := hanging(t)
	dir := t.TempDir()
	data, traffic := filepath.Join(dir, "data"), filepath.Join(dir, "traffic.ndjson")
	export(t, data)
	line := `{"request":{"method":"POST","url":"https://stage-router.paytm.in/aoa-acquiring-biz/v2/order","headers":{},"body":"{}"},"response":{"status":200,"headers":{},"body":"{}"}}` + "\n"
	if err := os.WriteFile(traffic, []byte(strings.Repeat(line, 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ASSAY_PAYTM_MID", "216820000002516036253")
	t.Setenv("ASSAY_PAYTM_MERCHANT_KEY", "0123456789abcdef")
	for name, c := range map[string]struct {
		args []string
		want string // in the report or on standard output
	}{
		"run":      {[]string{"run", "paytm", "--report", "json"}, "the run was interrupted while this case was checked"},
		"run live": {[]string{"run", "paytm", "--live", "--rate", "1000", "--base", "paytm=" + base, "--report", "json"}, "the run was interrupted while this case was checked"},
		"record":   {[]string{"record", "paytm", "--sandbox", "--yes", "--data", data}, "the run was interrupted while this case was checked"},
		"check":    {[]string{"check", traffic, "--workers", "1", "--report", "json"}, `"exchanges": 2,`},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			release := make(chan struct{})
			defer close(release)
			n := 0
			stuck := rule.Rule{ID: "stuck", Title: "is stuck", Family: "response", Side: contract.ProviderSide, Severity: contract.Error, Run: func(*rule.Subject) {
				if n++; n == 3 {
					cancel()
					<-release
				}
			}}
			var stdout, stderr bytes.Buffer
			p := &program{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, more: catalog.Options{Rules: []rule.Rule{stuck}}}
			code := p.execute(ctx, c.args)
			if code != exitInconclusive || !strings.Contains(stdout.String(), c.want) || !strings.Contains(stderr.String(), "interrupted: ") {
				t.Errorf("exit %d\n%.3000s\n%.1000s", code, stdout.String(), stderr.String())
			}
		})
	}
}

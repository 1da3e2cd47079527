package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/internal/outage"
)

// longAttack reports whether tests of hostile peers run in their long form, as make attack
// runs them.
func longAttack() bool { return os.Getenv("ASSAY_ATTACK") != "" }

// TestAttackSentOnce has a provider lose every response, in every way, and counts the
// requests of every command that sends some: one leaves for each case, and never more
// than --max-calls.
func TestAttackSentOnce(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	if code := run(t.Context(), []string{"export", data}, nil, &outputBuffer{}, &outputBuffer{}); code != exitConforms {
		t.Fatal(code)
	}
	faults := []outage.Fault{outage.Close, outage.GoAway, outage.Refuse}
	if longAttack() {
		faults = slices.Concat(outage.Faults(), outage.Cuts())
	}
	one, two := "paytm/createOrder/accepted", "paytm/createOrder/everything"
	for sender, c := range map[string]struct {
		args []string
		want int
	}{
		"run":    {[]string{"run", one, two}, 2},
		"budget": {[]string{"run", one, two, "--max-calls", "1"}, 1},
		"record": {[]string{"record", one, two, "--data", data}, 2},
		"drift":  {[]string{"drift", "live", "--provider", "paytm", "--max-calls", "2"}, 2},
	} {
		for _, fault := range faults {
			t.Run(sender+"/"+string(fault), func(t *testing.T) {
				s := outage.New(t, fault, func(int) bool { return true })
				args := append(slices.Clone(c.args), "--rate", "1000", "--base", "paytm="+s.URL)
				if c.args[0] != "drift" {
					args = append(args, "--live")
				}
				roots := filepath.Join(t.TempDir(), "ca.pem")
				if err := os.WriteFile(roots, s.PEM(), 0o600); err != nil {
					t.Fatal(err)
				}
				command := exec.CommandContext(t.Context(), "assay", args...)
				command.Env = append(os.Environ(), "SSL_CERT_FILE="+roots, "XDG_STATE_HOME="+t.TempDir(), "NO_COLOR=1",
					"ASSAY_PAYTM_MID=216820000002516036253", "ASSAY_PAYTM_MERCHANT_KEY=0123456789abcdef")
				out, err := command.CombinedOutput()
				if err == nil || command.ProcessState.ExitCode() != exitInconclusive {
					t.Errorf("it ended with %v\n%s", err, out)
				}
				if n := s.Requests(); n != c.want {
					t.Errorf("%d requests left, want %d\n%s", n, c.want, out)
				}
				if strings.Contains(string(out), "GetBody") {
					t.Errorf("advice for programmers:\n%s", out)
				}
			})
		}
	}
}

// TestAttackProxySendsOnce has a provider lose every response to requests through the
// proxy: an order, and requests without a body.
func TestAttackProxySendsOnce(t *testing.T) {
	t.Parallel()
	faults := []outage.Fault{outage.Close, outage.GoAway, outage.Refuse}
	if longAttack() {
		faults = slices.Concat(outage.Faults(), outage.Cuts())
	}
	for _, fault := range faults {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			s := outage.New(t, fault, func(int) bool { return true })
			args := []string{"paytm", "--to", s.URL, "--keys", keyFile(t)}
			if pem := s.PEM(); pem != nil {
				args = append(args, "--ca", tempFile(t, string(pem)))
			}
			p := newRunningProxy(t, args...)
			for n, request := range []struct{ method, path, body string }{
				{http.MethodPost, "/aoa-acquiring-biz/v2/order", orderBody("ONCE0002")},
				{http.MethodPost, "/aoa-acquiring-biz/v2/order", ""},
				{http.MethodPost, "/elsewhere", ""},
				{http.MethodPut, "/elsewhere", ""},
				{http.MethodDelete, "/elsewhere", ""},
			} {
				req, err := http.NewRequestWithContext(t.Context(), request.method, p.base+request.path, strings.NewReader(request.body))
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Idempotency-Key", fmt.Sprint(n))
				resp, err := http.DefaultClient.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				_ = resp.Body.Close()
				if got := s.Requests(); got != n+1 {
					t.Errorf("%s %s: %d requests left in all, want %d", request.method, request.path, got, n+1)
				}
			}
			if code := p.end(); code != exitInconclusive {
				t.Errorf("it ended with %d\n%s", code, p.words)
			}
		})
	}
}

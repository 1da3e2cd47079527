package proxy_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/proxy"
)

// scrape reads the lines of /metrics, except comments, zeros, and the buckets and sums of
// histograms.
func scrape(t *testing.T, p *proxy.Proxy) []string {
	t.Helper()
	w := httptest.NewRecorder()
	p.Admin().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	var all []string
	for line := range strings.Lines(w.Body.String()) {
		if !strings.HasPrefix(line, "#") && !strings.HasSuffix(line, " 0\n") && !regexp.MustCompile(`_(bucket|sum)\{`).MatchString(line) {
			all = append(all, strings.TrimSpace(strings.Replace(line, `provider="shop"`, "", 1)))
		}
	}
	slices.Sort(all)
	return all
}

// TestMetrics passes an exchange of each kind and checks every series. No value that a
// client sends becomes a label.
func TestMetrics(t *testing.T) {
	t.Parallel()
	waived := finding(contract.Error, "response#/c")
	waived.Waived = &contract.AppliedWaiver{}
	wrong := []contract.Finding{finding(contract.Error, "response#/a"), finding(contract.Info, "response#/b"), waived}
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.URL.Path == "/stream" {
			w.Header().Set("Content-Type", "text/event-stream")
		}
	}))
	t.Cleanup(up.Close)
	p, all := newProxy(t, up.URL, func(o *proxy.Options) {
		o.Enforce = true
		o.Judge.Operation = func(r contract.Request) string {
			if strings.HasPrefix(r.URL.Path, "/9812345670") {
				return ""
			}
			return "shop/pay"
		}
		o.Judge.JudgeRequest = func(r contract.Request) (contract.Result, bool) {
			if r.URL.Path == "/bad" {
				return contract.Result{Checked: []string{"a"}, Findings: wrong[:1]}, true
			}
			return contract.Result{Checked: []string{"a"}}, true
		}
		o.Judge.JudgeExchange = func(ex contract.Exchange) (contract.Result, bool) {
			switch ex.Request.URL.Path {
			case "/wrong":
				return contract.Result{Checked: []string{"a"}, Code: "324", Findings: wrong}, true
			case "/unchecked":
				return contract.Result{}, true
			case "/panic":
				panic("jane@mail.test")
			}
			return contract.Result{Checked: []string{"a"}, Code: "0000"}, true
		}
	})
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	for _, path := range []string{"/good", "/good", "/bad", "/wrong", "/unchecked", "/panic", "/stream", "/9812345670?email=jane@mail.test"} {
		post(t, s.URL+path)
	}
	all.waitFor(t, 8)
	s.Close() // waits for exchanges in progress: a client has its response a little earlier
	p.CountDropped()
	p.CountRecording("leak")
	want := []string{
		`assay_check_failures_total{} 1`,
		`assay_check_seconds_count{} 11`, // each request, and each response except those of bad, panic and stream
		`assay_dropped_total{} 1`,
		`assay_exchanges_total{operation="pay",,verdict="error"} 2`,
		`assay_exchanges_total{operation="pay",,verdict="fail"} 2`,
		`assay_exchanges_total{operation="pay",,verdict="inconclusive"} 1`,
		`assay_exchanges_total{operation="pay",,verdict="pass"} 2`,
		`assay_exchanges_total{operation="undocumented",,verdict="unmatched"} 1`,
		`assay_findings{operation="pay",,rule="rule-of-error",severity="error"} 2`,
		`assay_findings{operation="pay",,rule="rule-of-info",severity="info"} 1`,
		`assay_recordings_total{outcome="leak",} 1`,
		`assay_refused_total{,side="request"} 1`,
		`assay_refused_total{,side="response"} 1`,
		`assay_result_code_total{code="0000",operation="pay",} 2`,
		`assay_result_code_total{code="324",operation="pay",} 1`,
		`assay_result_code_total{code="undocumented",operation="pay",} 1`,
		`assay_unchecked_total{,reason="failed"} 1`,
		`assay_unchecked_total{,reason="stream"} 1`,
		`assay_unchecked_total{,reason="undocumented"} 1`,
		`assay_upstream_seconds_count{operation="pay",} 6`,
		`assay_upstream_seconds_count{operation="undocumented",} 1`,
	}
	if got := scrape(t, p); !slices.Equal(got, want) {
		t.Errorf("/metrics is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

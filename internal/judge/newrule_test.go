package judge_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/judge"
	"assay/internal/proxy"
	"assay/internal/rule"
	"assay/internal/traffic"
)

var tookLong = &contract.Template{ID: "responded-in-time.slow", Text: "took longer than a second"}

// slow is a rule made as the recipe in CONTRIBUTING.md says. It checks something that no
// other rule checks.
func slow() rule.Rule {
	return rule.Rule{
		ID: "responded-in-time", Title: "is responded in time", Family: "response", Side: contract.ProviderSide, Severity: contract.Warning, Templates: []*contract.Template{tookLong},
		Run: func(p *rule.Subject) {
			if p.View.Exchange.Response.Duration > time.Second || p.View.Exchange.Response.Header.Get("Slow") != "" {
				p.Report(contract.Finding{At: "response.status", Detail: "slow", Message: tookLong.Says()})
			}
		},
	}
}

// many is the number of exchanges that the new rule checks.
const many = 100

// TestNewRule adds a rule. It reports the hundredth exchange as it does the first, in
// recorded traffic and in the proxy; the exchanges conform otherwise.
func TestNewRule(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	ex := enginetest.Exchanges(t, e)[e.Fixtures.Case("ipayments/initKyc/accepted")]
	t.Run("check", func(t *testing.T) {
		t.Parallel()
		ex := ex
		ex.Response.Duration = 2 * time.Second
		line, err := traffic.Append(nil, ex)
		if err != nil {
			t.Fatal(err)
		}
		j := enginetest.NewJudge(t, e, judge.Options{Recorded: true})
		j.Add(slow())
		tally, err := j.Check(t.Context(), []string{"-"}, bytes.NewReader(bytes.Repeat(line, many)), judge.CheckOptions{FailOn: contract.Error, Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		groups := tally.Report(e.Catalog, "", 10).Traffic.Groups
		if len(groups) != 1 || groups[0].Finding.Rule != slow().ID || groups[0].Count != many {
			t.Errorf("of %d exchanges: %+v", many, groups)
		}
	})
	t.Run("proxy", func(t *testing.T) {
		t.Parallel()
		upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Slow", "yes")
			_, _ = w.Write(ex.Response.Body)
		}))
		t.Cleanup(upstream.Close)
		to, err := url.Parse(upstream.URL)
		if err != nil {
			t.Fatal(err)
		}
		j := enginetest.NewJudge(t, e, judge.Options{Provider: "ipayments", Bases: map[string]string{"ipayments": upstream.URL}})
		j.Add(slow())
		p, err := proxy.New(proxy.Options{
			Provider: "ipayments", To: to, Transport: &http.Transport{}, FailOn: contract.Error, MaxBody: 1 << 20, CheckTimeout: time.Minute,
			Judge: proxy.Judge{
				Operation: func(r contract.Request) string {
					if o := j.Operation(r); o != nil {
						return o.Name()
					}
					return ""
				},
				JudgeRequest: j.JudgeRequest, JudgeExchange: j.Judge,
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Close)
		between := httptest.NewServer(p)
		t.Cleanup(between.Close)
		client := between.Client()
		for n := range many {
			r, err := http.NewRequestWithContext(t.Context(), ex.Request.Method, between.URL+ex.Request.URL.Path, bytes.NewReader(ex.Request.Body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header = ex.Request.Header.Clone()
			response, err := client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
			if found := response.Header.Get(proxy.FindingsHeader); found != "1" {
				t.Fatalf("exchange %d has %s findings", n+1, found)
			}
		}
	})
}

package engine_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
)

// TestExpiryBlamesNoOrder plays an order with a token whose expiry had passed when it was
// issued. The response with the token has the finding; the order has none.
func TestExpiryBlamesNoOrder(t *testing.T) {
	t.Parallel()
	for name, expiry := range map[string]func() int64{
		"milliseconds":   func() int64 { return time.Now().Add(time.Hour).UnixMilli() },
		"seconds":        func() int64 { return time.Now().Add(time.Hour).Unix() },
		"an hour before": func() int64 { return time.Now().Add(-time.Hour).UnixMilli() },
		"microseconds":   func() int64 { return time.Now().Add(time.Hour).UnixMicro() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := enginetest.Load(t)
			spec := e.Spec("enkash")
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if strings.HasSuffix(r.URL.Path, "/token") {
					_, _ = fmt.Fprintf(w, `{"token":"abcdef1234567890","expiry":%d,"resultCode":200,"resultMessage":"Token generated successfully."}`, expiry())
					return
				}
				example, _ := spec.Operation("createOrder").Example("0")
				_, _ = w.Write(example.Body)
			}))
			t.Cleanup(server.Close)
			l := engine.Simulated(e.Specs, "")
			l.Bases = map[string]string{"enkash": server.URL}
			source, err := engine.Network(e.Catalog, *l)
			if err != nil {
				t.Fatal(err)
			}
			over := engine.New(e.Catalog, source)
			cases := []*contract.Case{over.Fixtures.Case("enkash/createToken/accepted"), over.Fixtures.Case("enkash/createOrder/accepted")}
			for _, r := range over.Run(t.Context(), cases, contract.Error, "test", nil).Results {
				issued := false
				for _, f := range r.Findings {
					if f.Rule == "request-authenticated" {
						t.Errorf("%s: the request is blamed: %s", r.Case, f.Message.Template.Text)
					}
					issued = issued || f.Rule == "times-plausible" && f.Side == contract.ProviderSide
				}
				if r.Verdict == contract.Errored || strings.Contains(r.Case, "createToken") && issued == (name == "milliseconds") {
					t.Errorf("%s: %s %s, findings %+v", r.Case, r.Verdict, r.Why, r.Findings)
				}
			}
		})
	}
}

package metrics_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"assay/internal/metrics"
)

// TestServe writes counters, gauges and families, each with the labels of the registry. A
// label that is not UTF-8, or a gauge that occurs twice, spoils nothing.
func TestServe(t *testing.T) {
	t.Parallel()
	r := metrics.New(map[string]string{"provider": "p"})
	c := r.Counters("c_total", "Counts.", "code")
	c.Inc("a")
	c.Add(2, "a")
	c.Inc("\xff")
	r.Gauge("g", "A gauge.", func() float64 { return 7 })
	r.Histograms("h", "A histogram.").Observe(0.2)
	f := metrics.Family{Name: "f", Help: "A family.", Labels: []string{"thing"}}
	f.Set(1, "x")
	f.Set(2, "x")
	f.Set(3, "y\n\"")
	w := httptest.NewRecorder()
	r.Serve(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), f)
	for _, want := range []string{
		`c_total{code="a",provider="p"} 3`, "c_total{code=\"\ufffd\",provider=\"p\"} 1", `g{provider="p"} 7`, `h_bucket{provider="p",le="0.1"} 0`, `h_bucket{provider="p",le="0.3"} 1`,
		`f{provider="p",thing="x"} 1`, `f{provider="p",thing="y\n\""} 3`, "# HELP f A family.",
	} {
		if !strings.Contains(w.Body.String(), want+"\n") {
			t.Errorf("there is no %s in\n%s", want, w.Body)
		}
	}
	if w.Code != http.StatusOK {
		t.Error(w.Code)
	}
}

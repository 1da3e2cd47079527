package proxy

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"assay/internal/contract"
)

// none is the label of what the documents do not list. Nothing else that
// somebody sends becomes a label: their number is that of the specification's
// operations and codes and of the rules.
const none = "undocumented"

// metrics are what a scraper is told.
type metrics struct {
	registry  *prometheus.Registry
	exchanges *prometheus.CounterVec
	findings  *prometheus.CounterVec
	codes     *prometheus.CounterVec
	unchecked *prometheus.CounterVec
	refused   *prometheus.CounterVec
	kept      *prometheus.CounterVec
	responses *prometheus.HistogramVec
	checks    prometheus.Histogram
	failures  prometheus.Counter
	dropped   prometheus.Counter
}

func newMetrics(provider string, inFlight func() int) *metrics {
	own := prometheus.Labels{"provider": provider}
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: own}, labels)
	}
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: own})
	}
	buckets := []float64{.0001, .0003, .001, .003, .01, .03, .1, .3, 1, 3, 10, 30}
	m := &metrics{
		registry:  prometheus.NewRegistry(),
		exchanges: counters("assay_exchanges_total", "Exchanges that passed: pass, fail, inconclusive, broken (documented, and nobody looked) or foreign (of no documented operation).", "operation", "verdict"),
		findings:  counters("assay_findings", "Findings that count.", "operation", "rule", "severity"),
		codes:     counters("assay_result_code_total", "Result codes of judged responses.", "operation", "code"),
		unchecked: counters("assay_unchecked_total", "Exchanges that nobody looked at.", "reason"),
		refused:   counters("assay_refused_total", "What was refused: request or response.", "side"),
		kept:      counters("assay_recordings_total", "Exchanges that were to be recorded: kept, leak (not written), error, or late (recording was behind).", "outcome"),
		responses: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "assay_upstream_seconds", Help: "From sending a request to its response: to the end of one that is judged, to the header of another.", ConstLabels: own, Buckets: buckets}, []string{"operation"}),
		checks:    prometheus.NewHistogram(prometheus.HistogramOpts{Name: "assay_check_seconds", Help: "How long judging took.", ConstLabels: own, Buckets: buckets}),
		failures:  counter("assay_check_failures_total", "Checks that failed or panicked."),
		dropped:   counter("assay_dropped_total", "Exchanges that were counted, but not written to log and terminal, which were behind."),
	}
	flight := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "assay_in_flight", Help: "Exchanges under way.", ConstLabels: own}, func() float64 { return float64(inFlight()) })
	m.registry.MustRegister(m.exchanges, m.findings, m.codes, m.unchecked, m.refused, m.kept, m.responses, m.checks, m.failures, m.dropped, flight)
	return m
}

// label is the operation without its provider.
func label(operation string) string {
	if _, id, documented := strings.Cut(operation, "/"); documented {
		return id
	}
	return none
}

func (m *metrics) count(s Observed) {
	verdict := string(s.Result.Verdict)
	switch {
	case s.Skipped == Undocumented:
		verdict = "unmatched"
	case s.Skipped != "":
		verdict = string(contract.Errored)
	}
	operation := label(s.Operation)
	m.exchanges.WithLabelValues(operation, verdict).Inc()
	if s.Skipped != "" {
		m.unchecked.WithLabelValues(string(s.Skipped)).Inc()
		return
	}
	for _, f := range s.Result.Findings {
		if f.Counts() {
			m.findings.WithLabelValues(operation, f.Rule, string(f.Severity)).Inc()
		}
	}
	if s.Refused != "" {
		m.refused.WithLabelValues(s.Refused).Inc()
	}
	if s.Refused == "request" {
		return // there is no response
	}
	code := s.Result.Code
	if code == "" {
		code = none
	}
	m.codes.WithLabelValues(operation, code).Inc()
}

func (m *metrics) upstream(operation string, took time.Duration) {
	m.responses.WithLabelValues(label(operation)).Observe(took.Seconds())
}

func (m *metrics) checked(done outcome) {
	switch done.reason {
	case "":
		m.checks.Observe(done.took.Seconds())
	case Failed:
		m.failures.Inc()
	}
}

// Dropped counts an exchange that could not be written down in time.
func (p *Proxy) Dropped() { p.metrics.dropped.Inc() }

// Recorded counts an exchange that was to be recorded: "kept", "leak", "error" or
// "late".
func (p *Proxy) Recorded(outcome string) { p.metrics.kept.WithLabelValues(outcome).Inc() }

// Admin serves /healthz, /readyz and /metrics, for a listener of their own.
func (p *Proxy) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if p.draining.Load() {
			say(w, http.StatusServiceUnavailable, "draining")
			return
		}
		say(w, http.StatusOK, "ready")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(p.metrics.registry, promhttp.HandlerOpts{}))
	return mux
}

func say(w http.ResponseWriter, status int, word string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, word) // the client is gone: nobody to tell
}
